"""What a channel sees of a thread that is delivered once, again, and otherwise."""

import pytest

from bot.engine.delivery import Attachment, Outcome, PinPolicy
from bot.errors import PostGone
from bot.model import Phrase, Pins, PostReference
from bot.present.blocks import Code, Text
from tests.chaos.chat_server import ChatServer
from tests.engine.delivery.support import CHANNEL, KEY, REPOSITORY, Bench, message, thread


async def test_a_thread_is_posted_in_order(bench: Bench) -> None:
    """The root is in the channel, and every reply beneath it in the order of the layout."""
    outcome = await bench.deliver(thread("high/1", "medium/1", "table/1"))

    assert bench.texts == ["root", "high/1", "medium/1", "table/1"]
    root, *replies = bench.server.shown("C")
    assert root.thread is None
    assert {reply.thread for reply in replies} == {root.id}
    assert outcome == Outcome(PostReference(CHANNEL, root.id), posted=4)


async def test_what_is_there_is_not_touched(bench: Bench) -> None:
    """Delivered again, a thread calls the platform for nothing."""
    await bench.deliver(thread("high/1", "low/1"))
    calls = bench.server.calls.copy()

    outcome = await bench.deliver(thread("high/1", "low/1"))

    assert bench.server.calls == calls
    assert (outcome.posted, outcome.edited, outcome.deleted) == (0, 0, 0)


async def test_what_is_whole_is_known(bench: Bench) -> None:
    """When a thread came to be whole, and after which tip, is kept; one that could not be ended is not whole."""
    bench.server.forbidden = {"post"}
    await bench.deliver(thread("high/1"))
    assert await bench.delivery.showing(KEY) is None

    bench.server.forbidden = set()
    await bench.deliver(thread("high/1"))
    shown = await bench.delivery.showing(KEY)
    assert shown is not None
    assert shown.after == "tip"
    assert shown.at <= bench.clock.now()


async def test_a_thread_grows(bench: Bench) -> None:
    """What is new goes to the end, what has changed is edited, and nothing else is touched."""
    await bench.deliver(thread("high/1", message("medium/1", "two changes"), "table/1"))

    outcome = await bench.deliver(
        thread("high/2", "high/1", message("medium/1", "three changes"), "table/1", root="grown")
    )

    assert bench.texts == ["grown", "high/1", "three changes", "table/1", "high/2"]
    assert (outcome.posted, outcome.edited, outcome.deleted) == (1, 2, 0)


async def test_what_is_withdrawn_is_gone_for_good(bench: Bench) -> None:
    """All of a thread is deleted, and nothing more is posted of it, however it is gone on with."""
    await bench.deliver(thread("high/1"))
    for key in (KEY, "never posted"):
        await bench.delivery.withdraw(key, CHANNEL)
        with pytest.raises(PostGone):
            await bench.delivery.begin(key, CHANNEL, message("root"), anew=False)
        await bench.delivery.say(key, message("root"))
        ended = await bench.delivery.deliver(key, CHANNEL, thread("high/1"), repository=REPOSITORY)
        assert ended.ended is not None
    assert bench.texts == []


async def test_what_left_the_thread_is_deleted(bench: Bench) -> None:
    """A part that is no longer in the thread is deleted, and posted again if it comes back."""
    await bench.deliver(thread("high/1", "high/2"))
    outcome = await bench.deliver(thread("high/2"))
    assert bench.texts == ["root", "high/2"]
    assert outcome.deleted == 1

    await bench.deliver(thread("high/1", "high/2"))
    assert bench.texts == ["root", "high/2", "high/1"]


async def test_a_long_message_is_posted_in_pieces(server: ChatServer, bench: Bench) -> None:
    """A message that one post cannot hold comes in several, which follow it when it grows and shrinks."""
    async with Bench.opened(server, bench.outbox, bench.clock, longest=10) as narrow:
        await narrow.deliver(thread(message("low/1", "one\ntwo\nthree\nfour"), "table/1"))
        assert narrow.texts == ["root", "one\ntwo\n", "three\nfour", "table/1"]
        outcome = await narrow.deliver(thread(message("low/1", "one\ntwo"), "table/1"))
        assert narrow.texts == ["root", "one\ntwo", "table/1"]
        assert (outcome.edited, outcome.deleted) == (1, 1)
        await narrow.deliver(thread(message("low/1", "one\ntwo\nthree"), "table/1"))
        assert narrow.texts == ["root", "one\ntwo\n", "table/1", "three"]


async def test_what_the_platform_finds_too_long_is_parted(bench: Bench) -> None:
    """Where the platform takes less than it says, the pieces become smaller, once and for all."""
    bench.server.longest = 20
    lines = [f"line {number}" for number in range(8)]
    await bench.deliver(thread(message("low/1", "\n".join(lines)), "table/1"))

    assert bench.texts[0] == "root"
    assert "".join(bench.texts[1:-1]).split("\n") == lines
    calls = bench.server.calls["post"]
    await bench.deliver(thread(message("low/1", "\n".join(lines)), "table/1"))
    assert bench.server.calls["post"] == calls


async def test_what_cannot_be_parted_is_said_once(bench: Bench) -> None:
    """A message that no piece is short enough for is left out with a word, and the others are there."""
    bench.server.longest = 7
    plan = thread(message("high/1", "x" * 1_500), "low/1")

    outcome = await bench.deliver(plan)
    assert bench.texts == ["root", "low/1"]
    assert [note.id for note in outcome.notes] == ["delivery-failed"]
    assert outcome.ended is None
    calls = bench.server.calls.copy()
    assert (await bench.deliver(plan)).notes == ()
    assert bench.server.calls == calls


async def test_a_place_that_is_gone_ends_it(bench: Bench) -> None:
    """An archived channel ends the delivery with the reason, and when it is opened again the rest follows."""
    bench.server.closed = {"C"}
    outcome = await bench.deliver(thread("high/1"))
    assert outcome == Outcome(None, ended=Phrase.of("delivery-ended", reason="The channel is archived."))

    bench.server.closed = set()
    await bench.deliver(thread("high/1"))
    assert bench.texts == ["root", "high/1"]


async def test_a_missing_right_ends_it(bench: Bench) -> None:
    """Where posting is not allowed it is tried once, not once a message, and again by the next delivery."""
    bench.server.forbidden = {"post"}
    outcome = await bench.deliver(thread("high/1", "high/2"))
    assert outcome.ended == Phrase.of("delivery-ended", reason="The bot may not post there.")
    assert bench.server.calls["post"] == 1

    bench.server.forbidden = set()
    assert (await bench.deliver(thread("high/1", "high/2"))).posted == 3


async def test_a_deleted_message_stays_deleted(bench: Bench) -> None:
    """What people delete is not posted again, which is said once, and the rest of the thread goes on."""
    await bench.deliver(thread("high/1", "low/1"))
    bench.server.stored[1].deleted = True

    outcome = await bench.deliver(thread(message("high/1", "changed"), "low/1", "low/2"))
    assert outcome.notes == (Phrase.of("delivery-deleted", count=1),)
    assert (await bench.deliver(thread(message("high/1", "anew"), "low/1", "low/2"))).notes == ()
    assert bench.texts == ["root", "low/1", "low/2"]


async def test_a_deleted_root_ends_the_thread(bench: Bench) -> None:
    """Beneath a root that people deleted nothing more is posted, unless somebody asks for it: then a thread begins."""
    await bench.deliver(thread("high/1"))
    bench.server.stored[0].deleted = True

    ended = await bench.deliver(thread("high/1", "high/2", root="more"))
    assert ended.ended == Phrase.of("delivery-root-deleted")
    assert ended.posted == 0
    asked = await bench.deliver(thread("high/1", "high/2", root="more"), anew=True)
    assert asked.ended is None
    assert bench.texts == ["more", "high/1", "high/2"]


async def test_a_file_is_posted_once(bench: Bench) -> None:
    """The report hangs on the thread, a new one takes the place of an older one, and the same is not posted again."""
    await bench.deliver(thread("high/1"), attachment=Attachment("report.md", "# Report"))
    assert bench.texts == ["root", "high/1", "# Report"]
    await bench.deliver(thread("high/1"), attachment=Attachment("report.md", "# Report"))
    assert bench.server.calls["attach"] == 1
    await bench.deliver(thread("high/1"), attachment=Attachment("report.md", "# Longer report"))
    assert bench.texts == ["root", "high/1", "# Longer report"]


async def test_a_note_stays(bench: Bench) -> None:
    """A note that was added to a part is there once, also after the thread has grown."""
    await bench.deliver(thread("high/1", "low/1"))
    note = (Text("reverted by "), Code("#123"))

    assert await bench.delivery.annotate(KEY, "high/1", note)
    assert await bench.delivery.annotate(KEY, "high/1", note)
    assert bench.texts == ["root", "high/1\nreverted by #123", "low/1"]
    assert bench.server.calls["edit"] == 1
    await bench.deliver(thread(message("high/1", "changed"), "low/1"))
    assert bench.texts == ["root", "changed\nreverted by #123", "low/1"]
    assert not await bench.delivery.annotate(KEY, "high/2", note)
    assert not await bench.delivery.annotate("other", "high/1", note)


async def test_a_change_leads_to_its_post(bench: Bench) -> None:
    """Where a channel was told of a change is known, with the address, until the post is gone."""
    await bench.deliver(thread(message("high/1", changes=("a1",)), message("low/1", changes=("b2", "c3"))))

    told = await bench.delivery.told(CHANNEL, REPOSITORY, "c3")
    assert told is not None
    assert (told.thread, told.part) == (KEY, "low/1")
    assert told.link == f"{bench.server.url}/C/{told.post.message}"
    assert await bench.delivery.told(CHANNEL, REPOSITORY, "d4") is None
    assert await bench.delivery.part(KEY, "high/1") == await bench.delivery.told(CHANNEL, REPOSITORY, "a1")
    await bench.deliver(thread(message("low/1", changes=("b2", "c3"))))
    assert await bench.delivery.told(CHANNEL, REPOSITORY, "a1") is None


async def test_threads_do_not_mix(bench: Bench) -> None:
    """Two threads in one channel have posts of their own, even where they say the same."""
    await bench.deliver(thread("high/1"), "monday")
    await bench.deliver(thread("high/1"), "tuesday", pins=PinPolicy(Pins.NONE))
    assert bench.texts == ["root", "high/1"] * 2
