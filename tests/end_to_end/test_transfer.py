"""The benchmark of what goes over the wire, in short."""

import pytest

from tests.bench.transfer import main

pytestmark = pytest.mark.long


def test_a_day_does_not_cost_a_clone(capsys: pytest.CaptureFixture[str]) -> None:
    """A day of 4,000 commits is a twentieth of a clone at most, and whole: by three requests, and then by none."""
    assert main(["--commits", "4000"]) == 0
    assert capsys.readouterr().out.count("ok  ") == 5
