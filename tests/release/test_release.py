"""A release is made only of a version that is told of."""

import pytest

from tests.release.__main__ import ROOT, NotReady, notes

PROJECT = '[project]\nversion = "0.2.0"\n'
CHANGELOG = """\
# Changelog

## [Unreleased]

## [0.2.0] - 2026-01-15

### Added

- Two things.

## [0.1.0] - 2025-12-01

- One.
"""


def test_the_notes_are_those_of_the_version() -> None:
    """What a release says is what the changelog says of its version, and nothing of others."""
    assert notes("v0.2.0", CHANGELOG, PROJECT) == "### Added\n\n- Two things.\n"


@pytest.mark.parametrize(
    ("tag", "changelog", "words"),
    [
        ("v0.3.0", CHANGELOG, "The tag is v0.3.0, and the version in pyproject.toml is 0.2.0"),
        ("0.2.0", CHANGELOG, "The tag is 0.2.0"),
        ("v0.2.0", CHANGELOG.replace("0.2.0", "0.2.1"), "says nothing of 0.2.0"),
        ("v0.2.0", CHANGELOG.replace(" - 2026-01-15", ""), "says nothing of 0.2.0"),
        ("v0.2.0", CHANGELOG.replace("### Added\n\n- Two things.\n\n", ""), "says nothing of 0.2.0"),
    ],
)
def test_what_is_not_ready_is_refused(tag: str, changelog: str, words: str) -> None:
    """A tag of another version, or of one of which nothing is told, is refused with what is to be done."""
    with pytest.raises(NotReady, match=words):
        notes(tag, changelog, PROJECT)


def test_the_changelog_has_its_form() -> None:
    """The changelog begins with what is not released, and its sections are those of Keep a Changelog."""
    lines = (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
    headings = [line for line in lines if line.startswith("## ")]
    assert headings[0] == "## [Unreleased]"
    known = {"Upgrading", "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert {line.removeprefix("### ") for line in lines if line.startswith("### ")} <= known
