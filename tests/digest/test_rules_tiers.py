"""Tiers and their reasons."""

import json
import re
from importlib.resources import files

import pytest

from bot.digest.rules import PATCH_LIMITS, analyse
from bot.digest.rules.facts import gather
from bot.digest.rules.signals import signals_of
from bot.digest.rules.vocabulary import HARMS
from bot.digest.rules.weights import fitted
from bot.model import Analysis, Commit, FileStatus, Patch, Tier
from bot.present.labels import Labels, languages
from tests.digest.written import change, file, patch


def said(analysis: Analysis) -> list[tuple[str, dict[str, str | int]]]:
    """Return the reasons with their values."""
    return [(reason.id, dict(reason.values)) for reason in analysis.reasons if not isinstance(reason, str)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('+@router.get("/v1/fuel")', ("reason-adds-endpoint", {"name": "/v1/fuel"})),
        ('-    parser.add_argument("--fifo", action="store_true")', ("reason-removes-flag", {"name": "--fifo"})),
        ('+    parser.add_argument("-d", "--deadline", type=float)', ("reason-adds-flag", {"name": "--deadline"})),
        ('+    limit = os.environ.get("PUMP_LIMIT", "3")', ("reason-reads-variable", {"name": "PUMP_LIMIT"})),
        ("+def refill(tank):", ("reason-adds-names", {"name": "refill", "count": 1})),
        ("+class T:\n+def refill(tank):", ("reason-adds-names", {"name": "refill", "count": 2})),
        ("-class Tank:", ("reason-removes-names", {"name": "Tank", "count": 1})),
        ('+    warnings.warn("use Tank", DeprecationWarning)', ("reason-deprecates", {})),
    ],
)
def test_patch_shows_what_comes_and_goes(line: str, reason: tuple[str, dict[str, str | int]]) -> None:
    """Endpoints, flags, variables, definitions and deprecations of a patch are reasons that name them."""
    worked = change("feat: work on the engine\n\nPUMP_LIMIT is how fast it may go.", "engine/scheduler.py")
    analysis = analyse(worked, patch(f" pass\n{line}\n"))
    assert reason in said(analysis)


def test_definition_that_moves_is_neither_new_nor_gone() -> None:
    """A function that is removed in one place and added in another is not called new or removed."""
    moved = patch("-def refill(tank):\n-    pass\n+def refill(tank):\n+    return\n")
    ids = [reason for reason, _ in said(analyse(change("feat: move refill", "engine/scheduler.py"), moved))]
    assert not {"reason-adds-names", "reason-removes-names"} & set(ids)


def test_nothing_is_called_removed_where_the_patch_is_cut() -> None:
    """Of a patch that is cut nothing is claimed to be gone, since it may have moved to the part that is missing."""
    half = patch("-def refill(tank):\n", cut=True)
    ids = [reason for reason, _ in said(analyse(change("feat: rework", "engine/scheduler.py"), half))]
    assert "reason-removes-names" not in ids


def test_tests_and_documentation_define_nothing() -> None:
    """Functions of tests and examples in documentation are no new definitions."""
    tests = patch("+def test_refill():\n", "tests/test_tank.py")
    assert said(analyse(change("Test the refill", "tests/test_tank.py"), tests)) == [("reason-only-tests", {})]


def test_wide_change_counts_its_files_where_they_are() -> None:
    """A change of many files names the folder in which most of them lie, with their number."""
    wide = change("Use the new queue everywhere", *[f"src/scheduler/part{n}.py" for n in range(31)], "src/cli.py")
    assert ("reason-files-in", {"count": 31, "where": "scheduler/"}) in said(analyse(wide, None))


@pytest.mark.parametrize(
    ("commit", "first"),
    [
        (change("Bump the pump", "docs/pump.md"), "reason-only-documentation"),
        (change("More checks", "tests/test_pump.py"), "reason-only-tests"),
        (change("Run at night", ".github/workflows/night.yml"), "reason-only-ci"),
        (change("Nothing at all"), "reason-empty"),
        (change("Move it", file("src/b.py", 0, 0, FileStatus.RENAMED, "src/a.py")), "reason-only-moves"),
    ],
)
def test_low_change_says_why_it_is_low(commit: Commit, first: str) -> None:
    """A low change has its restriction as the first reason."""
    analysis = analyse(commit, None)
    assert analysis.tier is Tier.LOW
    assert said(analysis)[0][0] == first


@pytest.mark.parametrize(
    ("subject", "harm"),
    [
        ("Fix a crash on empty tanks", "reason-fixes-crash"),
        ("Fix deadlock between pump and valve", "reason-fixes-hang"),
        ("Fix use-after-free in the gauge", "reason-fixes-memory-error"),
        ("Fix a memory leak of the pump", "reason-fixes-leak"),
        ("Fix regression in the order of requests", "reason-fixes-regression"),
    ],
)
def test_fix_names_the_harm_that_it_takes_away(subject: str, harm: str) -> None:
    """A fix of a grave harm says which, and is not low when it comes with a test."""
    analysis = analyse(change(subject, "src/tank.py", "tests/test_tank.py"), None)
    assert analysis.tier is not Tier.LOW
    assert said(analysis)[0][0] == harm


def test_revert_names_what_it_reverts() -> None:
    """A revert has the change that it takes back among its reasons."""
    analysis = analyse(change('Revert "Order by deadline (#17020)"', "src/queue.py"), None)
    assert ("reason-reverts", {"what": "#17020"}) in said(analysis)


def test_every_signal_has_a_weight() -> None:
    """No signal is computed for nothing: each that changes can have is weighed by both models."""
    commit = change(
        "feat(x)!: `add` a fast new option that fixes a crash (#1)\n\nFixes #1", "src/a.py", "docs/a.md", "tests/a.py"
    )
    signals = signals_of(gather(commit, patch("+def a():\n", "src/a.py")))
    for model in (fitted().notable, fitted().high):
        assert signals.keys() <= model.weights.keys()


def test_weights_of_common_sense_have_its_sign() -> None:
    """The fitted weights say what nobody would deny: breaking and fixed matter, bots and chores do not."""
    data = json.loads(files("bot.digest.rules").joinpath("weights.json").read_text(encoding="utf-8"))
    notable, high = data["notable"]["weights"], data["high"]["weights"]
    assert min(notable[name] for name in ("breaking", "type_feature", "type_fix", "tested", "says_security")) > 0
    assert max(notable[name] for name in ("bot", "marked_chore", "type_test", "type_ci", "quiet", "comments_only")) < 0
    assert high["breaking"] > high["type_feature"] > 0 > high["type_fix"]


def test_unread_change_is_ranked_by_its_message() -> None:
    """Without files and without a patch a change still gets a type, a tier and a reason."""
    analysis = analyse(change("feat!: drop the fifo flag"), Patch("c0ffee" + "0" * 34))
    assert (analysis.tier, analysis.change_type.value, bool(analysis.reasons)) == (Tier.HIGH, "feature", True)


@pytest.mark.parametrize("language", languages())
def test_every_reason_has_words_in_every_language(language: str) -> None:
    """Whatever reason the code can give, a reader of any language is told it in words."""
    source = files("bot.digest.rules").joinpath("reasons.py").read_text(encoding="utf-8")
    named = set(re.findall(r'"(reason-[a-z-]+)"', source)) | {f"reason-fixes-{harm}" for harm in HARMS}
    named |= {f"reason-{verb}-{kind}" for verb in ("adds", "removes") for kind in ("endpoint", "flag")}
    values: dict[str, str | int] = {
        "name": "x",
        "count": 2,
        "where": "x/",
        "what": "#1",
        "issue": "#1",
        "mark": "feat!",
        "label": "breaking",
    }
    assert all(Labels(language).text(reason, **values) for reason in named)


def test_limits_of_patches_hold_a_file_within_a_change() -> None:
    """What is asked of one file's patch is no more than what is asked of a whole change."""
    assert 0 < PATCH_LIMITS.file <= PATCH_LIMITS.change
