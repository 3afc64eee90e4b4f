"""Making, seeing and changing subscriptions, in the file and by command."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, RequestError
from bot.model import Audience, ChangeType, Delivered, Origin, Pins, Place, Quiet, Rhythm, Schedule, Subscription
from bot.present.blocks import BulletedList
from bot.present.labels import Labels
from bot.present.prose import plain
from bot.present.subscriptions import described, listing
from bot.settings import ConfigurationFile, Settings
from bot.store import Store, open_store
from bot.subscriptions import SubscriptionDesk
from bot.talk.terms import Terms
from tests.store.support import NOON, StoppedClock, sha

PLACE = Place("slack", "T1", "C1")
THREAD = replace(PLACE, thread="1.2")
FILE = """
timezone = "Europe/Berlin"

[channels."slack:T1/C1"]
language = "zh"
exclude_bots = true
interests = ["AMD"]

[[subscriptions]]
place = "slack:T1/C1"
repositories = ["acme/rocket", "acme/gears"]
at = "07:30"
"""


@pytest.fixture
def clock() -> StoppedClock:
    """Return a clock that stands still."""
    return StoppedClock()


@pytest.fixture
async def store(tmp_path: Path, clock: StoppedClock) -> AsyncIterator[Store]:
    """Return an open store."""
    async with open_store(tmp_path / "data", clock=clock) as store:
        yield store


@pytest.fixture
def desk(store: Store, clock: StoppedClock) -> SubscriptionDesk:
    """Return a desk without a file."""
    return SubscriptionDesk(store.subscriptions, Settings(timezone="Asia/Shanghai"), clock)


def settings(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of a file."""
    (tmp_path / "digestbot.toml").write_text(text, "utf-8")
    monkeypatch.setenv("DIGESTBOT_CONFIG", str(tmp_path / "digestbot.toml"))
    return ConfigurationFile.read().settings(frozenset())


class Written:
    """A file that changes, and what the store has of it."""

    def __init__(self, store: Store, clock: StoppedClock, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._store = store
        self._clock = clock
        self._folder = folder
        self._monkeypatch = monkeypatch

    def desk(self, text: str) -> SubscriptionDesk:
        """Return a desk for a file with this text."""
        return SubscriptionDesk(self._store.subscriptions, settings(text, self._folder, self._monkeypatch), self._clock)

    async def adopt(self, text: str) -> list[Subscription]:
        """Let the store have what the file says, and return it."""
        await self.desk(text).adopt_file()
        return list(await self._store.subscriptions.all())


@pytest.fixture
def written(store: Store, clock: StoppedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    """Return a file that changes."""
    return Written(store, clock, tmp_path, monkeypatch)


async def test_a_subscription_is_made_with_what_the_channel_has(desk: SubscriptionDesk, store: Store) -> None:
    """What is not said is daily at nine in the zone of the settings, and the thread that it was said in is left out."""
    made = await desk.subscribe(THREAD, ["ruff"], Terms(quiet=Quiet.SILENCE))

    assert made.subscription.schedule == Schedule(Rhythm.DAILY, time(9), "Asia/Shanghai")
    assert made.subscription.place == PLACE
    assert made.subscription.origin is Origin.CHAT
    assert made.next_due == datetime(2026, 1, 16, 1, tzinfo=UTC)
    assert list(await store.subscriptions.all()) == [made.subscription]


async def test_the_same_is_not_subscribed_twice(desk: SubscriptionDesk) -> None:
    """A channel that has a subscription is told which; another time makes it no other one, another rhythm does."""
    made = await desk.subscribe(PLACE, ["ruff", "uv"], Terms())
    with pytest.raises(RequestError, match=made.subscription.id):
        await desk.subscribe(PLACE, ["uv", "ruff"], Terms(at=time(10)))
    await desk.subscribe(PLACE, ["ruff", "uv"], Terms(rhythm=Rhythm.WEEKLY))
    await desk.subscribe(replace(PLACE, channel="C2"), ["ruff", "uv"], Terms())


async def test_an_id_is_never_given_again(desk: SubscriptionDesk, clock: StoppedClock) -> None:
    """What is subscribed anew is another subscription, so that today's run of the old one does not count for it."""
    first = await desk.subscribe(PLACE, ["ruff"], Terms())
    await desk.unsubscribe(first.subscription.id)
    clock.moment += timedelta(seconds=1)
    assert (await desk.subscribe(PLACE, ["ruff"], Terms())).subscription.id != first.subscription.id


async def test_a_subscription_rests_and_goes_on(desk: SubscriptionDesk, clock: StoppedClock) -> None:
    """Paused it is not due; resumed it is due next when its time comes, and covers the pause."""
    made = (await desk.subscribe(PLACE, ["ruff"], Terms())).subscription
    assert (await desk.pause(made.id, THREAD)).next_due is None
    clock.moment += timedelta(days=10)
    resumed = await desk.resume(made.id)
    assert resumed.next_due == datetime(2026, 1, 26, 1, tzinfo=UTC)
    assert resumed.subscription.delivered == made.delivered


async def test_what_is_set_takes_the_place_of_what_was(desk: SubscriptionDesk) -> None:
    """Only what is said changes."""
    made = (await desk.subscribe(PLACE, ["ruff"], Terms(exclude_bots=True))).subscription
    changed = (await desk.set(made.id, ["uv"], Terms(at=time(10), exclude_types=(ChangeType.CI,)))).subscription

    assert changed.repositories == ("uv",)
    assert changed.schedule == replace(made.schedule, at=time(10))
    assert changed.audience == Audience(exclude_bots=True, exclude_types=(ChangeType.CI,))
    assert (await desk.set(made.id, [], Terms(pins=Pins.NONE))).subscription == replace(changed, pins=Pins.NONE)
    with pytest.raises(RequestError, match='"en" or "zh"'):
        await desk.set(made.id, [], Terms(language="tlh"))


async def test_a_channel_sees_its_own_alone(desk: SubscriptionDesk) -> None:
    """A channel neither sees nor changes what is another's; whoever asks for no channel sees all."""
    made = (await desk.subscribe(PLACE, ["ruff"], Terms())).subscription
    other = replace(PLACE, channel="C2")

    assert await desk.standing(other) == ()
    assert len(await desk.standing(THREAD)) == len(await desk.standing()) == 1
    for change in (desk.pause, desk.resume, desk.unsubscribe):
        with pytest.raises(RequestError, match="There is no subscription"):
            await change(made.id, other)


async def test_the_file_is_adopted(written: Written) -> None:
    """What the file says is there with the defaults of its channel, once, however often it is read."""
    (found,) = await written.adopt(FILE)

    assert found.repositories == ("acme/rocket", "acme/gears")
    assert found.schedule == Schedule(Rhythm.DAILY, time(7, 30), "Europe/Berlin")
    assert (found.language, found.origin) == ("zh", Origin.FILE)
    assert found.audience == Audience(interests=("AMD",), exclude_bots=True)
    assert await written.adopt(FILE) == [found]


async def test_the_file_alone_changes_its_own(written: Written) -> None:
    """Commands cannot change what the file says, and say where it can be."""
    (found,) = await written.adopt(FILE)
    desk = written.desk(FILE)
    for change in (desk.pause, desk.resume, desk.unsubscribe):
        with pytest.raises(RequestError, match=r"digestbot\.toml"):
            await change(found.id)


async def test_a_file_that_changes_goes_on_where_it_was(written: Written, store: Store, clock: StoppedClock) -> None:
    """Another time keeps the subscription; other repositories make it another, which knows what was delivered."""
    (old,) = await written.adopt(FILE)
    reached = Delivered(NOON, sha(1))
    await store.subscriptions.delivered(old.id, "acme/rocket", reached)
    await store.subscriptions.began(old.id, date(2026, 1, 15))
    clock.moment += timedelta(days=1)

    (later,) = await written.adopt(FILE.replace("07:30", "18:30"))
    assert later.id == old.id
    assert (later.last_day, later.delivered["acme/rocket"]) == (date(2026, 1, 15), reached)

    (other,) = await written.adopt(FILE.replace("acme/gears", "acme/wings"))
    assert other.id != old.id
    assert other.delivered["acme/rocket"] == reached
    assert other.delivered["acme/wings"].tip is None

    assert await written.adopt("") == []


async def test_a_file_that_nobody_has_adopted_is_seen(written: Written, store: Store) -> None:
    """The list has what the file says, as something that waits for the program to run, and keeps nothing."""
    (standing,) = await written.desk(FILE).standing()

    assert standing.next_due is None
    assert await store.subscriptions.all() == []
    assert "begins when digestbot runs" in described(standing, Labels("en"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FILE + FILE[FILE.index("[[") :], "Number 2 of"),
        (FILE.replace('"zh"', '"tlh"'), 'There are no words in the language "tlh"'),
    ],
)
async def test_a_file_that_cannot_be(text: str, said: str, written: Written) -> None:
    """What the file cannot mean is refused when it is adopted."""
    with pytest.raises(ConfigurationError, match=said):
        await written.adopt(text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("slack:T1/C1", "slack", "is not a place"),
        ('at = "07:30"', 'at = "25:00"', "is not a time of day"),
        ('at = "07:30"', "at = 07:30:15", "to the minute"),
        ('at = "07:30"', 'timezone = "Mars/Olympus"', "IANA"),
        ('at = "07:30"', 'rhythm = "hourly"', "weekly"),
        ('at = "07:30"', 'weekday = "someday"', "is not a day of the week"),
        ('at = "07:30"', 'only_paths = ["!"]', "is not a pattern of paths"),
        ('at = "07:30"', 'exclude_type = ["ci"]', "there is no such setting"),
        ('["acme/rocket", "acme/gears"]', "[]", "at least 1"),
    ],
)
def test_settings_that_are_wrong(
    old: str, new: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake in the file is told with the setting that it is in."""
    with pytest.raises(ConfigurationError, match=said):
        settings(FILE.replace(old, new), tmp_path, monkeypatch)


def test_times_of_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time may be written as a text, or as TOML's own."""
    text = FILE.replace('"07:30"', "18:30:00") + 'weekday = "周五"\n'
    (found,) = settings(text, tmp_path, monkeypatch).subscriptions
    assert (found.at, found.weekday) == (time(18, 30), 4)


async def test_how_a_subscription_reads(desk: SubscriptionDesk, store: Store) -> None:
    """The list says when each is due next, when it ran last, and why that failed, in the reader's language."""
    terms = Terms(Rhythm.WEEKLY, 4, time(18, 30), language="zh", quiet=Quiet.SILENCE, only_paths=("src/",))
    made = await desk.subscribe(PLACE, ["ruff", "uv"], terms)
    await store.subscriptions.ended(made.subscription.id, NOON, "No \x1b[31mserver.")
    (standing,) = await desk.standing()

    assert described(standing, Labels("en")).splitlines() == [
        f"`{made.subscription.id}` · ruff, uv · slack:T1/C1",
        "every Friday at 18:30 Asia/Shanghai · in zh · silent when nothing landed · only the paths src/",
        "next 16 Jan 18:30 · last run 15 Jan 20:00",
        "The last run failed: No ␛[31mserver.",
    ]
    message = listing([standing], Labels("zh"))
    assert message.title == "1 个订阅"
    (listed,) = (block for block in message.blocks if isinstance(block, BulletedList))
    assert "每星期五 18:30（Asia/Shanghai）" in plain(listed.items[0])
    assert listing([], Labels("en")).title == "No subscriptions"


async def test_a_subscription_in_trouble(desk: SubscriptionDesk, store: Store, clock: StoppedClock) -> None:
    """One that did not begin within a quarter of an hour is in trouble, as is one that failed; none that rests."""
    made = await desk.subscribe(PLACE, ["ruff"], Terms(Rhythm.DAILY, at=time(9), timezone="UTC"))
    id_, due = made.subscription.id, NOON.replace(hour=9) + timedelta(days=1)
    clock.moment = due + timedelta(minutes=15)
    (late,) = await desk.standing()
    clock.moment += timedelta(seconds=1)
    (overdue,) = await desk.standing()
    assert (late.next_due, late.in_trouble, overdue.in_trouble) == (due, False, True)
    assert "due since 16 Jan 09:00, and not begun" in described(overdue, Labels("en"))

    await store.subscriptions.began(id_, due.date())
    await store.subscriptions.ended(id_, clock.moment, None)
    (well,) = await desk.standing()
    assert not well.in_trouble
    assert "last run 16 Jan 09:15 went well" in described(well, Labels("en"))
    await store.subscriptions.ended(id_, clock.moment, "No server.")
    (failed,) = await desk.standing()
    assert failed.in_trouble
    assert not (await desk.pause(id_)).in_trouble
