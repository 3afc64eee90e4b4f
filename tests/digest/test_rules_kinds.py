"""Types, bots and reverts."""

import pytest

from bot.digest.rules import analyse
from bot.digest.rules.authors import is_bot, reverted
from bot.model import ChangeType, FileStatus, Person, Tier
from tests.digest.written import change, file

BOT = Person("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")


@pytest.mark.parametrize(
    ("message", "paths", "kind"),
    [
        ("Fix the rounding in the flow kernel", ["csrc/flow.cu"], ChangeType.FIX),
        ("[Fix] Remove the assertion for padded pipes", ["engine/pipes.py"], ChangeType.FIX),
        ("fix: fix detection of shared tanks", ["engine/tank.py"], ChangeType.FIX),
        ("pump: don't run dry", ["lib/pump.c"], ChangeType.FIX),
        ("Gauge crashes on an empty tank", ["lib/gauge.c"], ChangeType.FIX),
        ("Fix the flaky pump test", ["tests/test_pump.py"], ChangeType.TEST),
        ("fix: rename test files and job names", ["tests/pump/a.py", ".github/workflows/night.yml"], ChangeType.TEST),
        ("feat: cover valves", ["pump/valve_test.go"], ChangeType.TEST),
        ("move valves to the backend folder", ["engine/a.py", "engine/b.py"], ChangeType.REFACTOR),
        ("Clean up the valve code", ["engine/a.py"], ChangeType.REFACTOR),
        ("[Docs] describe the routing key", ["docs/routing.md"], ChangeType.DOCUMENTATION),
        ("Fix typos in comments", ["engine/a.py"], ChangeType.DOCUMENTATION),
        ("Add /v1/fuel endpoint for metrics", ["api/http.py"], ChangeType.FEATURE),
        ("feat: support diesel", ["engine/fuel.py"], ChangeType.FEATURE),
        ("MNT: support diesel", ["engine/fuel.py"], ChangeType.FEATURE),
        ("Speed up the search for leaks by caching results", ["engine/leaks.py"], ChangeType.PERFORMANCE),
        ("perf(pump): fewer strokes", ["engine/pump.py"], ChangeType.PERFORMANCE),
        ("Escape names of tanks (CVE-2026-0001)", ["web/tank.py"], ChangeType.SECURITY),
        ('Revert "Order by deadline (#17020)"', ["engine/queue.py"], ChangeType.REVERT),
        ("chore: bump pump version to 0.3.21", ["pyproject.toml", "pump/version.py"], ChangeType.RELEASE),
        ("v2.1.0", ["package.json"], ChangeType.RELEASE),
        ("Bump ferry from 1.2 to 1.3", ["Cargo.lock", "Cargo.toml"], ChangeType.DEPENDENCIES),
        ("chore(deps): update ferry to v2", ["package.json", "yarn.lock"], ChangeType.DEPENDENCIES),
        ("Run the slow jobs at night", [".github/workflows/night.yml"], ChangeType.CI),
        ("Find the compiler on BSD", ["CMakeLists.txt"], ChangeType.BUILD),
        ("fix: comments of tanks get lost", ["engine/a.py", "tests/test_a.py"], ChangeType.FIX),
        ("Set version in the user agent", ["engine/a.py"], ChangeType.OTHER),
        ("Things", ["engine/a.py"], ChangeType.OTHER),
        ("增加油量接口", ["engine/fuel.py"], ChangeType.FEATURE),
        ("修复读数错误", ["engine/fuel.py"], ChangeType.FIX),
    ],
)
def test_type_follows_from_files_then_marks_then_words(message: str, paths: list[str], kind: ChangeType) -> None:
    """A change has the type that its files prove, else its author marks, else its words say."""
    assert analyse(change(message, *paths), None).change_type is kind


def test_bot_that_updates_dependencies_is_named_as_the_reason() -> None:
    """A dependency update by a bot is low, and its first reason names the bot."""
    analysis = analyse(change("Bump ferry from 1.2 to 1.3", "go.mod", "go.sum", author=BOT), None)
    first = analysis.reasons[0]
    assert analysis.tier is Tier.LOW
    assert not isinstance(first, str)
    assert first.id == "reason-dependency-bot"


@pytest.mark.parametrize(
    ("name", "bot"),
    [
        ("dependabot[bot]", True),
        ("acme-bot", True),
        ("Acme Bot", True),
        ("github-actions", True),
        ("Marie Talbot", False),
        ("Robert Abbot", False),
        ("Jenkins, Ann", False),
    ],
)
def test_bots_are_told_from_people_whose_names_end_alike(name: str, bot: bool) -> None:
    """A bot is known by its name, and a surname that ends in bot is a person's."""
    assert is_bot(Person(name, "someone@example.org")) is bot


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ('Revert "Order by deadline (#17020)" (#17033)', "#17020"),
        ("Revert the queue\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.", "012345678"),
        ("revert: order by deadline\n\nReverts acme/rocket#17020", "#17020"),
        ("Revert the queue", ""),
    ],
)
def test_revert_says_what_it_takes_back(message: str, what: str) -> None:
    """The change that a revert takes back is found in its subject, else in its body, else nothing is claimed."""
    assert reverted(change(message)) == what


def test_renaming_tests_is_low_whatever_the_subject_says() -> None:
    """A change that only moves tests is low and a test, even when its subject calls it a fix."""
    moved = file("tests/a/test_x.py", 0, 0, FileStatus.RENAMED, previous="tests/test_x.py")
    analysis = analyse(change("fix: renaming test file", moved), None)
    assert (analysis.change_type, analysis.tier) == (ChangeType.TEST, Tier.LOW)


def test_documentation_is_never_high() -> None:
    """A change of documentation alone is not high, however large and new."""
    page = file("docs/new/guide.md", 4_000, 0, FileStatus.ADDED)
    assert analyse(change("feat!: add the guide of the new endpoint", page), None).tier is not Tier.HIGH
