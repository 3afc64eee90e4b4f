"""The benchmark of completeness, in short."""

import pytest

from tests.bench.completeness import main


def test_no_change_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    """Random windows of a repository with merges and dates out of order are those of git's own list."""
    assert main(["--windows", "25"]) == 0
    assert capsys.readouterr().err.count(": 25 windows") == 3
