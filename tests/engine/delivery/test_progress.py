"""What somebody who waits is shown until the digest is there."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.engine.delivery import Delivery
from bot.errors import PlaceGone
from bot.ports import Call, ChatTraits
from bot.present.blocks import Divider
from bot.store import Store
from tests.chaos.chat_server import ChatServer, Faults
from tests.chaos.clock import FastClock
from tests.engine.delivery.support import CHANNEL, KEY, Bench, message, thread


@pytest.fixture
def clock() -> FastClock:
    """Return a clock on which a second is ten milliseconds."""
    return FastClock(100)


@pytest.fixture
async def busy(server: ChatServer, store: Store, clock: FastClock) -> AsyncIterator[Bench]:
    """Return a bench where four edits a minute are allowed."""
    async with Bench.opened(server, store.outbox, clock, traits=ChatTraits(calls={Call.EDIT: 4})) as bench:
        yield bench


async def test_the_root_comes_first_and_becomes_the_digest(bench: Bench) -> None:
    """What is posted at once for somebody who waits is the root of the thread later, and is posted once."""
    root = await bench.delivery.begin(KEY, CHANNEL, message("root", "begun"))
    assert bench.texts == ["begun"]
    assert await bench.delivery.begin(KEY, CHANNEL, message("root", "begun again")) == root

    outcome = await bench.deliver(thread("high/1"))
    assert outcome.root == root
    assert bench.texts == ["root", "high/1"]
    assert (outcome.posted, outcome.edited) == (1, 1)


async def test_two_who_ask_get_one_thread(bench: Bench) -> None:
    """Two requests for the same thread at the same moment share its root."""
    asked = [bench.delivery.begin(KEY, CHANNEL, message("root", f"begun {number}")) for number in range(2)]
    first, second = await asyncio.gather(*asked)
    assert first == second
    assert len(bench.texts) == 1


async def test_the_root_is_posted_once_whatever_fails(bench: Bench) -> None:
    """A first answer that got lost does not lead to a second root."""
    bench.server.script = ["after", "busy", "before"]
    await bench.delivery.begin(KEY, CHANNEL, message("root", "begun"))
    assert bench.texts == ["begun"]
    assert bench.server.calls == {"post": 1, "find": 3}


async def test_the_latest_state_is_shown_now_and_then(bench: Bench) -> None:
    """Of many states the latest is shown, and there are three seconds between two edits."""
    await bench.delivery.begin(KEY, CHANNEL, message("root", "begun"))
    began = bench.clock.now()
    async with bench.delivery.progress(KEY) as live:
        for number in range(100):
            live.show(message("root", f"analysed {number}"))
            await bench.clock.sleep(0.1)
        # A busy machine takes longer than the clock says.
        for _ in range(100):
            if bench.texts == ["analysed 99"]:
                break
            await bench.clock.sleep(1)
        assert bench.texts == ["analysed 99"]
    passed = (bench.clock.now() - began).total_seconds()
    assert 3 <= bench.server.calls["edit"] <= passed / 3 + 1


async def test_an_answer_grows_as_fast_as_it_may(server: ChatServer, store: Store) -> None:
    """What grows is edited every second where the platform allows an edit a second."""
    clock = FastClock(30)
    traits = ChatTraits(calls={Call.EDIT: 1000}, edit_interval=1.0)
    async with Bench.opened(server, store.outbox, clock, traits=traits) as bench:
        await bench.delivery.begin(KEY, CHANNEL, message("root", "begun"))
        began = clock.now()
        async with bench.delivery.growing(KEY, CHANNEL, "ada", Divider()) as live:
            for number in range(100):
                live.show(message("root", f"sentence {number}"))
                await clock.sleep(0.1)
        passed = (clock.now() - began).total_seconds()
        assert 3 < bench.server.calls["edit"] <= passed + 1


async def test_progress_leaves_room_for_others(busy: Bench) -> None:
    """Progress takes no more than half of the edits that the platform allows, and shows its last state later."""
    await busy.delivery.begin(KEY, CHANNEL, message("root", "begun"))
    async with busy.delivery.progress(KEY) as live:
        for number in range(40):
            live.show(message("root", f"analysed {number}"))
            await busy.clock.sleep(1)
        assert busy.server.calls["edit"] == 2
        await busy.clock.sleep(40)
        assert busy.texts == ["analysed 39"]


async def test_progress_never_hides_the_digest(bench: Bench) -> None:
    """Once the digest is there, no late state of the work takes its place."""
    await bench.delivery.begin(KEY, CHANNEL, message("root", "begun"))
    async with bench.delivery.progress(KEY) as live:
        live.show(message("root", "analysed 1"))
        await bench.deliver(thread("high/1"))
        live.show(message("root", "analysed 2"))
        await bench.clock.sleep(10)
    assert bench.texts == ["root", "high/1"]


async def test_progress_fails_quietly(bench: Bench) -> None:
    """That progress cannot be shown ends no work."""
    await bench.delivery.begin(KEY, CHANNEL, message("root", "begun"))
    bench.server.faults = Faults(before=1.0)
    async with bench.delivery.progress(KEY) as live:
        live.show(message("root", "analysed 1"))
        await bench.clock.sleep(1)
        bench.server.faults = Faults()
    assert (await bench.deliver(thread())).ended is None
    assert bench.texts == ["root"]


async def test_a_place_that_is_gone_is_an_error_at_once(bench: Bench) -> None:
    """Somebody who asks in a channel where nothing can be posted is told by an error, and may ask again."""
    bench.server.closed = {"C"}
    with pytest.raises(PlaceGone):
        await bench.delivery.begin(KEY, CHANNEL, message("root", "begun"))
    bench.server.closed = set()
    await bench.delivery.begin(KEY, CHANNEL, message("root", "begun"))


async def test_a_deleted_thread_begins_anew(bench: Bench, store: Store) -> None:
    """Whoever asks for a thread whose root was deleted gets another one."""
    await bench.deliver(thread("high/1"))
    bench.server.stored[0].deleted = True
    await bench.deliver(thread("high/1", root="more"))
    other = Delivery(bench.chat, store.outbox, bench.clock, "one")
    await other.begin(KEY, CHANNEL, message("root", "begun"))
    assert bench.texts == ["begun"]
    await bench.deliver(thread("high/1"))
    assert bench.texts == ["root", "high/1"]
