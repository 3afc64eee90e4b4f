"""The program as a person at a terminal uses it: through its real entry point, on real repositories."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.contracts.repositories import BuiltRepository, Story
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import World

DAY = "2026-01-15"
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def rocket(tmp_path_factory: pytest.TempPathFactory) -> BuiltRepository:
    """Return a repository with two changes on the day and one long before."""
    story = Story()
    story.commit("Begin", {"engine/queue.py": "class Queue: pass\n"}, at=datetime(2026, 1, 2, tzinfo=UTC))
    story.commit("feat(api)!: remove the /v0 endpoints (#7)", {"api/routes.py": "ROUTES = []\n"}, at=NOON)
    story.commit("docs: explain the queue", {"docs/queue.md": "# Queue\n"}, at=NOON)
    return story.write(tmp_path_factory.mktemp("acme") / "rocket", bare=False)


@pytest.fixture(scope="module")
def hub() -> Iterator[FakeGitHub]:
    """Yield a GitHub without repositories."""
    with FakeGitHub(World()).in_thread() as hub:
        yield hub


@pytest.fixture
def digestbot(tmp_path: Path, forked: list[str], hub: FakeGitHub) -> "Program":
    """Return the program with a data directory and a GitHub of its own and an empty working directory."""
    return Program(forked, tmp_path, hub.url)


class Program:
    """Runs `digestbot`, which `command` is for."""

    def __init__(self, command: list[str], folder: Path, github: str) -> None:
        self.command = command
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DIGESTBOT_", "GITHUB_"))},
            "DIGESTBOT_DATA_DIR": str(folder / "data"),
            "GITHUB_API_URL": github,
        }

    def __call__(self, *arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
        """Run the program to its end and return what it printed."""
        return subprocess.run(
            [*self.command, *arguments],
            cwd=cwd or self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )


def test_a_thread_shows_the_day(digestbot: Program, rocket: BuiltRepository) -> None:
    """Without options the thread of the day is printed, and nothing else."""
    run = digestbot("digest", str(rocket.path), DAY)
    assert (run.returncode, run.stderr) == (0, "")
    assert "Remove the /v0 endpoints".lower() in run.stdout.lower()
    assert "Begin" not in run.stdout
    assert "\x1b" not in run.stdout


def test_json_holds_every_change(digestbot: Program, rocket: BuiltRepository) -> None:
    """The JSON of a day names exactly the changes that landed on it."""
    run = digestbot("digest", str(rocket.path), DAY, "--format", "json")
    digest = json.loads(run.stdout)["digests"][0]
    assert {entry["sha"] for entry in digest["entries"]} == {rocket.sha(2), rocket.sha(3)}
    assert digest["receipt"]["found"] == 2


def test_the_output_decides_the_format(digestbot: Program, rocket: BuiltRepository) -> None:
    """A file is written in the format that its name ends in, and nothing is printed."""
    run = digestbot("digest", str(rocket.path), DAY, "--output", "report.md")
    assert (run.returncode, run.stdout) == (0, "")
    assert (digestbot.folder / "report.md").read_text("utf-8").startswith("# ")


def test_a_period_of_several_words_needs_no_quotes(digestbot: Program, rocket: BuiltRepository) -> None:
    """The words after the repositories are read as one period."""
    run = digestbot("digest", str(rocket.path), "since", rocket.sha(1), "--format", "json")
    assert json.loads(run.stdout)["digests"][0]["window"]["label"] == f"since {rocket.sha(1)}"


def test_several_repositories_share_a_report(digestbot: Program, rocket: BuiltRepository, tmp_path: Path) -> None:
    """Two repositories are two sections of one report."""
    story = Story()
    story.commit("Add a parachute", {"parachute.py": "OPEN = True\n"}, at=NOON)
    capsule = story.write(tmp_path / "capsule")
    run = digestbot("digest", str(rocket.path), str(capsule.path), DAY, "--format", "markdown", "--language", "zh")
    assert run.returncode == 0
    assert "rocket" in run.stdout
    assert "Add a parachute" in run.stdout


def test_an_alias_names_a_repository(digestbot: Program, rocket: BuiltRepository) -> None:
    """A short name of digestbot.toml stands for a location."""
    (digestbot.folder / "digestbot.toml").write_text(f'[aliases]\nmoon = "{rocket.path}"\n', "utf-8")
    assert digestbot("digest", "moon", DAY).returncode == 0


def test_one_failing_repository_leaves_the_others(digestbot: Program, rocket: BuiltRepository) -> None:
    """A repository that cannot be read is named on stderr, and the others are delivered."""
    run = digestbot("digest", "missing", str(rocket.path), DAY, "--format", "json")
    assert run.returncode == 3
    assert len(json.loads(run.stdout)["digests"]) == 1
    assert "missing" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["rocket", "2026-02-30"], 2, "2026-02-30"),
        (["rocket", "01/02/2026"], 2, "2026"),
        (["today"], 2, "repository"),
        (["--timezone", "Mars/Olympus", "rocket"], 2, "Mars/Olympus"),
        (["--language", "tlh", "rocket"], 2, "tlh"),
        (["--", "--upload-pack=touch owned"], 2, "looks like an option"),
        (["missing"], 3, "missing"),
        (["file:///nowhere/at/all", DAY], 3, "does not exist"),
        (["ssh://git@127.0.0.1:1/acme/rocket", DAY], 4, "cannot be reached"),
    ],
)
def test_an_error_is_one_sentence_and_a_code(digestbot: Program, arguments: list[str], code: int, said: str) -> None:
    """A request that cannot be met gives its own exit code and a line that says why, without a traceback."""
    run = digestbot("digest", *arguments)
    assert run.returncode == code, run.stderr
    assert said in run.stderr
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_wrong_setting_has_a_code_of_its_own(digestbot: Program) -> None:
    """A configuration error is told from a wrong request."""
    (digestbot.folder / "digestbot.toml").write_text('colour = "red"\n', "utf-8")
    run = digestbot("digest", "rocket")
    assert run.returncode == 5
    assert "colour" in run.stderr


def test_an_output_that_cannot_be_written_is_an_error(digestbot: Program, rocket: BuiltRepository) -> None:
    """A file in a folder that does not exist gives a sentence and its own code."""
    run = digestbot("digest", str(rocket.path), DAY, "--output", "no/such/folder/report.md")
    assert run.returncode == 6
    assert "no/such/folder/report.md" in run.stderr


def test_a_full_disk_behind_standard_output_is_an_error(digestbot: Program, rocket: BuiltRepository) -> None:
    """A result that standard output does not take gives a sentence and its own code."""
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [*digestbot.command, "digest", str(rocket.path), DAY],
            env=digestbot.environment,
            cwd=digestbot.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=120,
            check=False,
        )
    assert run.returncode == 6
    assert b"standard output" in run.stderr


def test_a_reader_that_has_seen_enough_is_no_error(digestbot: Program, rocket: BuiltRepository) -> None:
    """`digestbot … | head` ends without a complaint."""
    arguments = [*digestbot.command, "digest", str(rocket.path), DAY, "--format", "json"]
    with subprocess.Popen(
        arguments,
        env=digestbot.environment,
        cwd=digestbot.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(timeout=60), said) == (0, b"")


def test_the_demo_finds_the_last_active_day(digestbot: Program, rocket: BuiltRepository) -> None:
    """The demo digests the newest day on which something landed, and says what to try next."""
    run = digestbot("demo", cwd=rocket.path)
    assert run.returncode == 0, run.stderr
    assert "15 January 2026" in run.stdout
    assert "Try next" in run.stdout


def test_help_loads_nothing_that_it_does_not_need() -> None:
    """`--help` imports neither the program nor its libraries."""
    code = (
        "import sys\nfrom bot.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(run.stderr.split())
    assert not loaded & {"asyncio", "pydantic", "rich", "babel", "fluent", "adapters", "sqlalchemy"}
    assert "exit codes" in run.stdout
