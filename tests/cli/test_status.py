"""`digestbot status`: what a person reads, and what a program does."""

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

import bot
from bot.asking import Limit, Spent
from bot.cli.status import VERSION, to_json, to_text
from bot.engine.under_way import Errand, UnderWay
from bot.engine.workflows import State
from bot.errors import StoreError
from bot.model import Origin, Place, Rhythm, Schedule, Standing, Subscription, Usage
from bot.ports import Agreement, RunningProcess
from bot.present.labels import Labels
from bot.status import Status
from bot.store.migrations import VERSION_TABLE
from tests.cli.test_commands import Program
from tests.present.test_export import keys
from tests.store.support import NOON

PAGE = Path(bot.__file__).parent.parent / "docs" / "json.md"
EN, ZH = Labels("en"), Labels("zh")
PLACE = Place("slack", "T1", "C1")
WELL = Subscription(
    "k3xab2cd",
    PLACE,
    ("acme/rocket",),
    Schedule(Rhythm.WEEKLY, time(9), "UTC", 3),
    "en",
    NOON - timedelta(days=20),
    last_run=NOON - timedelta(hours=3),
)
FAILING = replace(WELL, id="aaaabbbb", last_error="acme/gears: There is no repository acme/gears. Check the name.")
DUE = NOON + timedelta(days=7, hours=-3)
NOTHING = Status(NOON, (), None, Spent(NOON.date(), Usage(), Limit()), (), (), Agreement(0, 0, 0), 0, 0)
MUCH = Status(
    at=NOON,
    processes=(
        RunningProcess("falcon:12:ab", "worker", NOON - timedelta(days=3)),
        RunningProcess("kestrel:7:cd", None, NOON + timedelta(seconds=5)),
    ),
    model="model-x",
    spent=Spent(NOON.date(), Usage(14, 80_000, 0, 1_220, 0.1234), Limit(5_000_000, 5.0)),
    work=(
        UnderWay(Errand.DIGEST, State.RUNNING, NOON - timedelta(minutes=3), PLACE, ("acme/rocket",)),
        UnderWay(Errand.QUESTION, State.WAITING, NOON - timedelta(seconds=20)),
    ),
    standings=(Standing(FAILING, NOON - timedelta(hours=1), overdue=True), Standing(WELL, DUE)),
    tiers=Agreement(12, 1, 0),
    useful=3,
    useless=1,
)


@pytest.fixture
def digestbot(tmp_path: Path, forked: list[str]) -> Program:
    """Return the program with a data directory of its own."""
    return Program(forked, tmp_path, "http://127.0.0.1:9")


def test_what_a_person_reads() -> None:
    """What concerns everything comes first, and then each subscription, those in trouble before the others."""
    assert (
        to_text(MUCH, EN, "Europe/Berlin")
        == """\
Running: 2 processes
  falcon:12:ab · role worker · for 3 days
  kestrel:7:cd · for 0 seconds
Model: model-x; today (UTC) 14 calls, 81,220 of 5,000,000 tokens, $0.12 of $5.00
Work: 2 pieces wait or are being made
  a digest that somebody asked for · acme/rocket · slack:T1/C1 · being made · for 3 minutes
  a question in a thread · waiting · for 20 seconds
Tiers: 12 shown, 92% agreed with; 1 found too high, 0 too low
Answers: 3 found useful, 1 not
Subscriptions: 2, 1 in trouble; next due 22 Jan 10:00 Europe/Berlin

`aaaabbbb` · acme/rocket · slack:T1/C1
every Thursday at 09:00 UTC · in en
due since 15 Jan 11:00, and not begun · last run 15 Jan 09:00
The last run failed: acme/gears: There is no repository acme/gears. Check the name.

`k3xab2cd` · acme/rocket · slack:T1/C1
every Thursday at 09:00 UTC · in en
next 22 Jan 09:00 · last run 15 Jan 09:00 went well
"""
    )


def test_nobody_said_anything_of_a_tier() -> None:
    """That nobody minded is not told as if they had been asked and agreed."""
    silent = replace(MUCH, tiers=Agreement(12, 0, 0))
    assert "Tiers: 12 shown, none found too high or too low\n" in to_text(silent, EN, "UTC")


def test_nothing_to_tell() -> None:
    """Before anything is set up, each line says what would change that."""
    assert (
        to_text(NOTHING, EN, "UTC")
        == """\
Running: no process; start one with `digestbot run`
Model: none is configured, so digests are ranked by rules; docs/model.md tells how to set one up
Work: nothing waits or is being made
Tiers and answers: nothing to judge yet
Subscriptions: none; make one with `digestbot subscribe`
"""
    )


def test_in_chinese() -> None:
    """The same is told in the language of the settings."""
    text = to_text(MUCH, ZH, "UTC")
    assert "falcon:12:ab · 角色 worker · 已运行 3天" in text
    assert "有人请求的摘要 · acme/rocket · slack:T1/C1 · 生成中 · 已持续 3分钟" in text
    assert "订阅：2 个，其中 1 个异常" in text


def test_a_budget_that_is_spent() -> None:
    """It is said that the day's budget is spent, and until when; of a cost that nobody knows, that it is not known."""
    spent = Spent(NOON.date(), Usage(10, 990, 0, 0, None), Limit(tokens=1_000))
    text = to_text(replace(MUCH, spent=spent), EN, "UTC")
    assert "10 calls, 990 of 1,000 tokens, at a cost that is not known" in text
    assert "Today's budget is spent: until midnight (UTC)" in text


def test_much_work() -> None:
    """Of much work the oldest pieces are told one by one, and how many more there are."""
    piece = UnderWay(Errand.UPGRADE, State.WAITING, NOON)
    text = to_text(replace(MUCH, work=(piece,) * 13), EN, "UTC")
    assert text.count("to be made again when the model is back") == 10
    assert "  and 3 more\n" in text


def test_nothing_from_outside_acts_on_the_terminal() -> None:
    """A name or an error of any characters is shown, and changes neither the screen nor the JSON."""
    nasty = "NUL \x00, a half \ud800, \x1b[31m, \x9b1m, \u202e"
    failing = replace(FAILING, repositories=(nasty,), last_error=nasty)
    status = replace(MUCH, standings=(Standing(failing, None),), model=nasty)
    acting = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]")
    assert [acting.search(text) for text in (to_text(status, EN, "UTC"), to_json(status))] == [None, None]
    assert ascii(json.loads(to_json(status))["subscriptions"][0]["last_error"]) == ascii(nasty)


def test_every_key_is_documented() -> None:
    """The page names every key of the status, and no other."""
    _, _, page = PAGE.read_text("utf-8").partition("\n# The JSON of the status\n")
    documented = re.findall(r"^\| `([^`]*)` \|", page, flags=re.MULTILINE)
    assert set(documented) == set(keys(json.loads(to_json(MUCH))))
    assert len(documented) == len(set(documented))
    assert f"version {VERSION}" in page


def test_what_a_program_reads() -> None:
    """Moments are in UTC, and what is not known is null."""
    written = json.loads(to_json(replace(MUCH, standings=(Standing(replace(WELL, origin=Origin.FILE), None),))))
    assert written["processes"][0] == {"name": "falcon:12:ab", "role": "worker", "since": "2026-01-12T12:00:00Z"}
    assert written["model"]["day"] == date(2026, 1, 15).isoformat()
    assert written["subscriptions"][0]["next_due"] is None
    assert written["subscriptions"][0]["weekday"] == 3
    assert written["work"][1]["place"] is None
    assert json.loads(to_json(replace(MUCH, work=StoreError("It is damaged."))))["work"] is None


def test_the_status_of_a_folder(digestbot: Program) -> None:
    """Without a database the status is empty, and the same is told to people and to programs."""
    told = digestbot("status")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("Running: no process; start one with `digestbot run`\n")
    digestbot("subscribe", "acme/rocket", "--place", "slack:T1/C1")
    written = digestbot("status", "--json")
    assert written.returncode == 0
    assert [each["repositories"] for each in json.loads(written.stdout)["subscriptions"]] == [["acme/rocket"]]


def test_work_that_cannot_be_told(digestbot: Program) -> None:
    """Where the engine's database cannot be read, all the rest is told, and on stderr why that is not."""
    (digestbot.folder / "data").mkdir()
    (digestbot.folder / "data" / "engine.sqlite3").write_text("This is no database, however long it may be." * 100)
    told = digestbot("status")
    assert told.returncode == 5
    assert "Work: what waits or is being made cannot be told" in told.stdout
    assert "Subscriptions: none" in told.stdout
    assert "engine.sqlite3 is not a database" in told.stderr
    assert told.stderr.count("\n") == 1


def test_a_database_of_a_newer_program(digestbot: Program) -> None:
    """A database that a newer program has migrated is left alone, in a sentence that says so."""
    digestbot("list")
    with closing(sqlite3.connect(digestbot.folder / "data" / "digestbot.sqlite3")) as database:
        database.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")  # noqa: S608 - a constant
        database.commit()
    told = digestbot("status", "--json")
    assert (told.returncode, told.stdout) == (5, "")
    assert "newer digestbot" in told.stderr
