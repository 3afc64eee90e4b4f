"""What gives the jobs something to do: the time, and people."""

import logging
from dataclasses import replace
from enum import StrEnum

from bot import request_id
from bot.engine.kit import Kit
from bot.engine.schedule import Portion, due
from bot.engine.wishes import Wish, from_json, title, to_json
from bot.engine.workflows import LATER, Engine, Queue, Work
from bot.errors import ChatError, ChatUnavailable, PostGone
from bot.model import Place, PostedDigest, Since, Subscription
from bot.ports import Showing
from bot.present import notices
from bot.present.labels import Labels

_LOG = logging.getLogger(__name__)


class Asked(StrEnum):
    """What becomes of a wish: it has begun, is under way since somebody else asked, or was done for good."""

    BEGUN = "begun"
    UNDER_WAY = "under-way"
    DONE = "done"


class Orders:
    """Submits work to the engine."""

    def __init__(self, engine: Engine, kit: Kit) -> None:
        self._engine = engine
        self._kit = kit

    async def tick(self) -> int:
        """Submit whatever is due by now, each run once, and return how many runs that was.

        A subscription whose last run is not over has to wait: its windows begin where that one's will have ended.
        """
        gap = await self._kit.upkeep.gap() if self._kit.upkeep else None
        runs = due(self._kit.clock.now(), await self._kit.subscriptions.all(), gap)
        busy = await self.busy() if runs else set()
        runs = [run for run in runs if run.subscription not in busy]
        for run in runs:
            day = run.day.isoformat()
            payload = {"subscription": run.subscription, "day": day, "portions": to_json(run)["portions"]}
            with request_id.following():
                work = f"deliver:{run.key}"
                await self._engine.submit(Queue.DELIVERIES, "subscription", work, payload, priority=LATER)
                _LOG.info("The subscription %s is due", run.subscription)
            # Only now: after a crash in between it is submitted again, and the id lets that pass.
            await self._kit.subscriptions.began(run.subscription, run.day)
        return len(runs)

    async def busy(self) -> set[str]:
        """Return the ids of the subscriptions whose runs are not over."""
        works = await self._engine.works("deliver:", unfinished=True)
        return {work.payload["subscription"] for work in works if work.job == "subscription"}

    async def ask(self, wish: Wish) -> Asked:
        """Let somebody's wish be fulfilled: its root is there, and shows that it is waited for, when this returns.

        A thread grows as long as its period is not over; then it is done. Raises what `Deliveries.begin` raises.
        """
        prefix = f"deliver:{wish.thread}:"
        earlier = await self._engine.works(prefix)
        if any(not work.state.over for work in earlier):
            return Asked.UNDER_WAY
        showing = await self._kit.deliveries.showing(wish.thread, wish.place)
        if showing and await self._is_done(wish, showing):
            return Asked.DONE
        if showing:  # what landed late stays in it
            wish = replace(wish, target=replace(wish.target, after=showing.after))
        labels = Labels(wish.target.language)
        said = notices.waiting(title(wish, labels), None, labels)
        await self._kit.deliveries.begin(wish.thread, wish.place, said)
        number = 1 + max((work.number for work in earlier), default=0)
        payload = {"wish": to_json(wish)}
        await self._engine.submit(Queue.DELIVERIES, "deliver", f"{prefix}{number}", payload)
        return Asked.BEGUN

    async def link(self, wish: Wish) -> str | None:
        """Return the address of a wish's thread, or None if it has none."""
        try:
            return await self._kit.deliveries.link(wish.thread, wish.place)
        except PostGone:
            return None

    async def last_posted(self, subscription: Subscription) -> list[PostedDigest]:
        """Return the digests that a subscription's last run posted that posted any, as long as that is remembered."""
        for work in await self._engine.works(f"deliver:{subscription.id}:"):
            if threads := (work.result or {}).get("threads"):
                portions = [from_json(Portion, each) for each in work.payload["portions"]]
                return [
                    PostedDigest(
                        each.repository, each.window, await self._address(threads[each.repository], subscription)
                    )
                    for each in portions
                    if each.repository in threads
                ]
        return []

    async def _address(self, thread: str, subscription: Subscription) -> str | None:
        try:
            return await self._kit.deliveries.link(thread, subscription.place)
        except (ChatError, ChatUnavailable) as error:
            _LOG.info("In %s: the address of a digest is not known: %s", subscription.place.channel_key, error)
            return None

    async def _is_done(self, wish: Wish, showing: Showing) -> bool:
        """Tell whether a thread is there, whoever wanted it, that came to be what it is after its period was over."""
        period = wish.target.period
        if isinstance(period, Since) or showing.at < period.end:
            return False
        return await self.link(wish) is not None

    async def asked(self, place: Place) -> list[tuple[Work, Wish]]:
        """Return the work that is under way for people in a channel, newest first."""
        works = [work for work in await self._engine.works("deliver:", unfinished=True) if work.job == "deliver"]
        wishes = [(work, from_json(Wish, work.payload["wish"])) for work in works]
        return [(work, wish) for work, wish in wishes if wish.place.channel_key == place.channel_key]

    async def cancel(self, work: Work, wish: Wish) -> None:
        """Stop work that somebody asked for, and let its thread say so."""
        await self._engine.cancel(work.id)
        await self._engine.submit(Queue.DELIVERIES, "cancelled", f"cancelled:{work.id}", {"wish": to_json(wish)})
