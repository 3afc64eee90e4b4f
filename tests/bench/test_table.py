"""Benchmarks become one table, whatever happens to them."""

from pathlib import Path

import pytest

from tests.bench.__main__ import BUDGETS, PAGE, Bench, run, table, write
from tests.bench.machine import Machine
from tests.bench.rows import Bound, Row, from_json, report

FASTER = Row("ours", 1.5, "theirs", 2.0, 0.8, "s")
LARGER = Row("memory", 300, "git", 150, 250, "MB", Bound.OURS_AT_MOST)
SLOWER = Row("one process", 24, "four", 8, 3, "s", Bound.RATIO_AT_LEAST)


def test_limits() -> None:
    """A limit is on the ratio, from above or from below, or on the figure itself."""
    assert [row.ok for row in (FASTER, LARGER, SLOWER)] == [True, False, True]
    assert Row("missed", 0, "of", 0, 0).ok
    assert not Row("missed", 1, "of", 0, 5).ok


def test_rows_go_through_json(capsys: pytest.CaptureFixture[str]) -> None:
    """What a benchmark prints for whoever gathers rows is read as the same rows, and is not judged there."""
    rows = [FASTER, LARGER, SLOWER]
    assert report(rows, as_json=True) == 0
    assert [from_json(line) for line in capsys.readouterr().out.splitlines()] == rows


def test_what_a_person_reads(capsys: pytest.CaptureFixture[str]) -> None:
    """By itself a benchmark prints a line a row, and fails if one is beyond its limit."""
    assert report([FASTER], as_json=False) == 0
    assert report([LARGER], as_json=False) == 1
    ours, over = capsys.readouterr().out.splitlines()
    assert ours == "ok   ours: 1.5 s; theirs: 2 s; ratio 0.75 (limit ≤ 0.8)"
    assert over.startswith("OVER memory: 300 MB; git: 150 MB; ratio 2 (limit ≤ 250 MB)")


def test_one_that_fails_is_a_row() -> None:
    """A benchmark that fails says why in a row of its own."""
    bench = run("nothing", 30)
    assert not bench.ok
    assert "No module named tests.bench.nothing" in table([bench])


def test_one_that_takes_too_long_is_a_row() -> None:
    """A benchmark that is not done in its time is ended, and its row says so."""
    bench = run("recall", 0.01)
    assert not bench.ok
    assert "not done after 0.01 s" in table([bench])


def test_the_page_takes_the_table(tmp_path: Path) -> None:
    """The table replaces the one that was there, and the rest of the page stays."""
    page = tmp_path / "page.md"
    page.write_text(PAGE.read_text("utf-8"), "utf-8")
    said = table([Bench("speed", [FASTER])])
    for _ in range(2):
        write(page, said)
    text = page.read_text("utf-8")
    assert text.count("| [speed](#speed) | ours | 1.5 s | theirs | 2 s | 0.75 | ≤ 0.8 | ok |") == 1
    assert text.startswith("# Benchmarks")
    assert text.partition("## completeness")[2] == PAGE.read_text("utf-8").partition("## completeness")[2]


@pytest.mark.parametrize("name", BUDGETS)
def test_every_benchmark_is_explained(name: str) -> None:
    """The page says of every benchmark what it measures."""
    assert f"\n## {name}\n" in PAGE.read_text("utf-8")


def test_the_machine() -> None:
    """The machine is described, and warns only when it is busy."""
    machine = Machine.here()
    assert f"{machine.cores} cores" in str(machine)
    assert bool(machine.warning) == (machine.load > 1)
