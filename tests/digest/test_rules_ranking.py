"""How rules rank, and the benchmark that measures it."""

from math import isnan
from pathlib import Path
from subprocess import run

import pytest

from bot.digest.rules import analyse
from bot.model import Tier
from tests.bench.changelogs import parse_changelog, tier_of_fragment, tier_of_section
from tests.bench.metrics import area_under_curve, kappa, macro_f1
from tests.bench.ranking import main
from tests.digest.written import change, file, patch

HIGH, MEDIUM, LOW = Tier.HIGH, Tier.MEDIUM, Tier.LOW

NOTABLE = [
    change("Add deadlines to requests", "src/queue.py", "src/api.py", "tests/test_queue.py", "docs/queue.md"),
    change("feat(pump): support diesel", "src/pump.py", "tests/test_pump.py"),
    change("Fix crash on an empty tank\n\nFixes #3", "src/tank.py", "tests/test_tank.py"),
    change("tank: avoid reading past the gauge", "lib/tank.c", "tests/tank.c"),
    change("Deprecate the fifo queue", "src/queue.py", "tests/test_queue.py"),
    change("Drop support for petrol", "src/pump.py", "tests/test_pump.py"),
    change("perf: halve the strokes of the pump", "src/pump.py", "tests/test_pump.py"),
]
QUIET = [
    change("Fix typo", "src/tank.py"),
    change("chore: update the list of maintainers", "MAINTAINERS"),
    change("Refactor the gauge", "src/gauge.py"),
    change("Bump ferry from 1.2 to 1.3", "Cargo.lock"),
    change("Add tests for the pump", "tests/test_pump.py"),
    change("ci: run at night", ".github/workflows/night.yml"),
    change("Release 2.1.0", "pyproject.toml"),
    change("Clean up unused helpers", "src/util.py"),
]


def test_what_readers_want_to_know_scores_above_what_they_do_not() -> None:
    """Every feature, fix, removal and gain of our examples scores above every typo, chore, test and release."""
    lowest = min(analyse(commit, None).score for commit in NOTABLE)
    assert lowest > max(analyse(commit, None).score for commit in QUIET)


def test_tiers_part_the_notable_from_the_quiet() -> None:
    """No notable example is low, and no quiet one is anything else."""
    assert LOW not in [analyse(commit, None).tier for commit in NOTABLE]
    assert {analyse(commit, None).tier for commit in QUIET} == {LOW}


def test_area_under_curve_counts_ties_half() -> None:
    """The measure is one for a perfect order, zero for its reverse, and a half where the scores say nothing."""
    assert area_under_curve([0.1, 0.2, 0.8, 0.9], [False, False, True, True]) == 1
    assert area_under_curve([0.1, 0.2, 0.8, 0.9], [True, True, False, False]) == 0
    assert area_under_curve([0.5] * 4, [True, False, False, True]) == 0.5
    assert isnan(area_under_curve([0.5], [True]))


def test_agreement_of_tiers_is_measured_beyond_chance() -> None:
    """Full agreement is one by both measures; saying the same of everything agrees by chance alone."""
    truth = [HIGH, MEDIUM, LOW, LOW]
    assert (macro_f1(truth, truth), kappa(truth, truth)) == (1, 1)
    assert kappa(truth, [LOW] * 4) == 0
    assert macro_f1(truth, [LOW] * 4) == pytest.approx((2 * 2 / 6) / 3)


@pytest.mark.parametrize(
    ("section", "tier"),
    [
        ("Breaking changes", HIGH),
        (":boom: Breaking Change", HIGH),
        ("Security", HIGH),
        ("New features", HIGH),
        ("🚀 New components 🚀", HIGH),
        ("Added", HIGH),
        ("Bug fixes", MEDIUM),
        ("Changed", MEDIUM),
        ("Performance", MEDIUM),
        ("Latest fixes", MEDIUM),
        ("Documentation", LOW),
        (":house: Internal", LOW),
        ("Build, tests and CI", LOW),
    ],
)
def test_section_has_a_tier(section: str, tier: Tier) -> None:
    """What a section of a changelog is called says how notable its entries are."""
    assert tier_of_section(section) is tier


MARKDOWN = """# Changelog

## [2.1.0] - 2026-01-15

### Added

- Deadlines for requests ([#12](https://example.org/pull/12))

### Fixed

- Crash on an empty tank (#13), by @mira
- Wrong level of the gauge 0123abc
"""
REST = """
2.1.0 (2026-01-15)
==================

Features
--------
- Deadlines for requests. :pr:`12`

Bug fixes
---------
- Crash on an empty tank (gh-13)
"""


@pytest.mark.parametrize("text", [MARKDOWN, REST])
def test_changelog_is_read_by_its_shape(text: str) -> None:
    """Versions, sections and numbers are found in Markdown as in reStructuredText."""
    (release,) = parse_changelog(text)
    assert (release.version, release.numbers) == ("2.1.0", {12: HIGH, 13: MEDIUM})


def test_entry_may_name_a_commit() -> None:
    """An entry that names a commit instead of a number lists that commit."""
    assert parse_changelog(MARKDOWN)[0].shas == {"0123abc": MEDIUM}


@pytest.mark.parametrize(
    ("path", "text", "tier"),
    [
        ("changelog.d/12.feature.md", "+Deadlines.", HIGH),
        ("news/13.bugfix.rst", "+A crash is gone.", MEDIUM),
        (".chloggen/queue.yaml", "+# what it is\n+change_type: breaking\n", HIGH),
        (".changeset/old-tank.md", '+---\n+"tank": patch\n+---\n', MEDIUM),
        ("changes/14.misc.rst", "+Tidied up.", LOW),
        ("src/tank.py", "+tank", None),
    ],
)
def test_fragment_tells_how_notable_its_change_is(path: str, text: str, tier: Tier | None) -> None:
    """A news fragment says its section by its name or by what it holds."""
    added = file(path, status=type(file(path).status).ADDED)
    assert tier_of_fragment(change("Work", added), patch(text, path)) is tier


@pytest.fixture(scope="module")
def tank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a repository with two releases, the second of which has a fix and a chore."""
    path = tmp_path_factory.mktemp("tank")

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=Mira", "-c", "user.email=mira@example.org", "-c", "commit.gpgsign=false")
        run(["git", "-C", str(path), *identity, *arguments], check=True, capture_output=True)

    def commit(name: str, text: str, subject: str) -> None:
        target = path / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
        git("add", "--all")
        git("commit", "--message", subject)

    git("init", "--initial-branch=main")
    commit("src/tank.py", "level = 0\n", "Fill the tank (#1)")
    git("tag", "v1.0.0")
    for number in range(2, 6):
        commit("src/tank.py", f"level = {number}\n", f"Fix crash at level {number} (#{number})")
        commit("Makefile", f"level: {number}\n", f"chore: tidy up {number} (#{number + 10})")
    entries = "\n".join(f"- Crash at level {number} (#{number})" for number in range(2, 6))
    commit("CHANGELOG.md", f"# 1.1.0\n\n## Features\n\n{entries}\n\n# 1.0.0\n\n- All (#1)\n", "Release 1.1.0")
    git("tag", "v1.1.0")
    return path


def test_ranking_of_a_repository_is_printed(tank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The benchmark matches the changelog of a repository to its changes, and prints how well the rules rank them."""
    main([str(tank)])
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith(tank.name))
    assert row.split()[1] == "1.000"
    assert "4/0/5" in row


def test_repository_without_a_changelog_is_refused(tmp_path: Path) -> None:
    """Where nothing can be matched, the benchmark says so instead of printing a perfect measure of nothing."""
    run(["git", "init", "--quiet", str(tmp_path)], check=True)
    identity = ["-c", "user.name=Mira", "-c", "user.email=mira@example.org", "-c", "commit.gpgsign=false"]
    run(["git", "-C", str(tmp_path), *identity, "commit", "--quiet", "--allow-empty", "--message", "Begin"], check=True)
    with pytest.raises(SystemExit, match="no release of its changelog"):
        main([str(tmp_path)])
