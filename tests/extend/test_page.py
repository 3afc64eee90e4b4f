"""docs/extend.md, followed to the letter: each example is installed, keeps its contract, and is used by digestbot."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.contracts.repositories import Story
from tests.docs.blocks import CONSOLE, FILE
from tests.extend.gateway import gateway
from tests.extend.workshop import Workshop, sections
from tests.fakes.openai import FakeOpenAI

pytestmark = pytest.mark.long

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
SECTIONS = sections()


@pytest.fixture(scope="module")
def rocket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with two changes on the day of the page."""
    story = Story()
    story.commit("feat(api)!: remove the /v0 endpoints (#7)", {"api/routes.py": "ROUTES = []\n"}, at=NOON)
    story.commit("docs: explain the <queue> & its order", {"docs/queue.md": "# Queue\n"}, at=NOON)
    return story.write(tmp_path_factory.mktemp("git") / "rocket").path


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """Yield the address of a gateway to language models."""
    with gateway() as address:
        yield address


@pytest.fixture(scope="module")
def model() -> Iterator[FakeOpenAI]:
    """Yield a server of language models behind OpenAI's API."""
    with FakeOpenAI().in_thread() as server:
        yield server


@pytest.fixture
def workshop(tmp_path: Path, rocket: Path, served: str, model: FakeOpenAI) -> Iterator[Workshop]:
    """Yield a machine with digestbot."""
    replaced = {
        "/srv/git/rocket": str(rocket),
        "http://127.0.0.1:8123": served,
        "http://127.0.0.1:11434/v1": model.url,
    }
    workshop = Workshop(tmp_path, replaced)
    yield workshop
    workshop.leave()


def test_a_platform(workshop: Workshop) -> None:
    """A platform of the page keeps the contract, hears what is asked, and shows the digest."""
    workshop.follow(SECTIONS["A platform"])
    page = workshop.wait("work/pages/team/rocket/index.html", "remove the /v0 endpoints", "All commits", "class=pinned")
    assert "the &lt;queue&gt; &amp; its order" in page
    assert not list((workshop.folder / "work/pages/team/rocket/inbox").iterdir())


def test_a_source(workshop: Workshop) -> None:
    """A source of the page keeps its contracts, and is read where its locations are named."""
    workshop.follow(SECTIONS["A source"])


def test_a_model(workshop: Workshop) -> None:
    """A model of the page keeps the contract, and reads a day."""
    workshop.follow(SECTIONS["A model"])
    digest = (workshop.folder / "work/digest.md").read_text("utf-8")
    assert "by small, 2 calls" in digest
    assert "rules" not in digest


def test_a_prompt(workshop: Workshop, model: FakeOpenAI) -> None:
    """A prompt of the page is sent to the model, after ours."""
    workshop.follow(SECTIONS["A prompt"])
    triage = next(call.prompt for call in model.calls() if "tell a team what deserves" in call.prompt)
    assert 0 < triage.find("Tiers:") < triage.find("customers copy their start scripts")


def test_a_language(workshop: Workshop) -> None:
    """A language of the page is used as far as it goes, and keeps the contract once `digestbot words` made it whole."""
    workshop.follow(SECTIONS["A language"])
    file = (workshop.folder / "digestbot-esperanto/digestbot_esperanto/eo.ftl").read_text("utf-8")
    assert file.count("\nquiet = ") == 1
    assert "## The receipt" in file
    assert "# $cost is in US dollars, with two decimals\nusage-cost = " in file


def test_nothing_is_left_out() -> None:
    """Every file and every command of the page stands in a section that is followed."""
    followed = {title for title in SECTIONS if f"test_{title.lower().replace(' ', '_')}" in globals()}
    with_code = {
        title for title, section in SECTIONS.items() for block in section.blocks if block.language in (FILE, CONSOLE)
    }
    assert with_code <= followed
