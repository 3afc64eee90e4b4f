"""The arithmetic of docs/scaling.md."""

import pytest

from tests.bench.__main__ import PAGE
from tests.bench.scaling import Need, table
from tests.bench.simulation import Simulation, population


def test_the_page_has_the_table() -> None:
    """The table of the page is what the arithmetic gives."""
    assert table() in PAGE.with_name("scaling.md").read_text("utf-8")


@pytest.mark.parametrize("need", [Need(10, 1), Need(200, 1), Need(200, 3)])
def test_a_day_is_as_the_arithmetic_says(need: Need) -> None:
    """A simulated day has every thread, and its last one about when the arithmetic says."""
    day = Simulation(population(need.channels), need.processes).run()
    assert len(day.lags) == need.channels
    assert max(day.lags) == pytest.approx(need.lag, rel=0.25)
    assert sum(day.builds.values()) == pytest.approx(need.builds, rel=0.25)


def test_more_processes_are_sooner() -> None:
    """With four times the processes the last thread is there sooner, in the simulation too."""
    one, four = (max(Simulation(population(400), processes).run().lags) for processes in (1, 4))
    assert four < one
