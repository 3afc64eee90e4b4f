"""What durable work does: a digest is built once for all who want it, and delivered to each of their places.

See `bot.engine.workflows` for what a job is, and why each of its effects is a step.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot import request_id
from bot.digest.examples import examples_of
from bot.engine.kit import BRIEF, LONG, Kit, Shows
from bot.engine.progress import KeptProgress
from bot.engine.schedule import Portion, moment_of
from bot.engine.wishes import Target, Wish, from_json, title, to_json
from bot.engine.workflows import FIRST, LATER, Engine, Json, Queue, Run, State, Work
from bot.errors import DigestbotError, RepositoryNotFound
from bot.model import Delivered, Digest, Quiet, Subscription, Window
from bot.ports import DigestThread, FoundRepository
from bot.ports.tracing import CHANNEL, REPOSITORY, spanning
from bot.present import notices
from bot.present.blocks import Message
from bot.present.labels import Labels

_MOST_OPINIONS = 30
_GLANCE = 3.0
"""Seconds between two looks at how far a build is, for somebody who waits."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A portion of a subscription: its wish, and its build or why it has none."""

    portion: Portion
    wish: Wish | None
    chosen: Json


class Jobs:
    """The jobs, by the names that work has."""

    def __init__(self, kit: Kit, engine: Engine) -> None:
        """Register the jobs. A name that was ever released stays."""
        self._kit = kit
        self._engine = engine
        engine.register("build", self._build)
        engine.register("deliver", self._deliver)
        engine.register("subscription", self._subscription)
        engine.register("upgrade", self._upgrade)
        engine.register("cancelled", self._cancelled)

    async def _build(self, run: Run, payload: Json) -> Json:
        """Build a digest and keep it."""
        target = from_json(Target, payload["target"])

        async def build() -> Json:
            digest = await self._digest(payload["key"], target)
            return {"degraded": bool(digest.receipt.fallback)}

        return await self._step(run, "build", build)

    async def _deliver(self, run: Run, payload: Json) -> Json:
        """Deliver what somebody asked for, or say in its place why that cannot be."""
        wish = from_json(Wish, payload["wish"])
        wish, chosen = await self._begin(run, wish)
        posted = chosen if "failed" in chosen else await self._end(run, wish, chosen["key"])
        if "failed" in posted:
            labels = Labels(wish.target.language)
            await self._say(
                run, wish, notices.failed(title(wish, labels), posted["failed"], labels, request_id.current())
            )
        return posted

    async def _subscription(self, run: Run, payload: Json) -> Json:
        """Deliver what a subscription is owed: let everything be built, and post it in order."""
        read = await self._step(run, "read", lambda: self._read(payload["subscription"]))
        if "subscription" not in read:
            return read
        subscription = from_json(Subscription, read["subscription"])
        begun = [await self._begin_portion(run, subscription, from_json(Portion, each)) for each in payload["portions"]]
        ended = {each.portion.repository: await self._end_portion(run, subscription, each) for each in begun}
        failures = [f"{name}: {end['failed']}" for name, end in ended.items() if "failed" in end]
        await self._step(run, "end", lambda: self._account(subscription, payload["day"], failures), LONG)
        return {
            "failures": failures,
            "threads": {name: end["thread"] for name, end in ended.items() if "thread" in end},
        }

    async def _upgrade(self, run: Run, payload: Json) -> Json:
        """Build anew what was built without the model, and let the thread show it."""
        wish = from_json(Wish, payload["wish"])
        key = f"{payload['prefix']}{payload['attempt'] + payload['round']}"
        built = await self._built(run, wish, key)
        if built is None or "failed" in built or built["degraded"]:
            await self._upgrade_later(run, payload | {"round": payload["round"] + 1})
            return {"upgraded": False}
        posted = await self._step(run, "post", lambda: self._post(wish, key), LONG)
        return {"upgraded": "failed" not in posted}

    async def _cancelled(self, run: Run, payload: Json) -> Json:
        """Let a thread say that somebody cancelled it."""
        wish = from_json(Wish, payload["wish"])
        labels = Labels(wish.target.language)
        return await self._say(run, wish, notices.cancelled(title(wish, labels), labels))

    # --- what jobs share

    async def _step(self, run: Run, name: str, act: Callable[[], Awaitable[Json]], attempts: int = BRIEF) -> Json:
        return await run.step(name, lambda: self._kit.value(act, attempts))

    async def _begin_portion(self, run: Run, subscription: Subscription, portion: Portion) -> _Begun:
        async def find() -> Json:
            return {"found": to_json(await self._kit.find(portion.repository, subscription))}

        found = await self._step(run, "find", find)
        if "failed" in found:
            return _Begun(portion, None, found)
        wish = _wish(subscription, portion, from_json(FoundRepository, found["found"]))
        return _Begun(portion, *await self._begin(run, wish))

    async def _end_portion(self, run: Run, subscription: Subscription, begun: _Begun) -> Json:
        """Post a portion and count it as delivered; return its thread, if it has one, or as "failed" why not."""
        posted = begun.chosen
        if begun.wish is not None and "failed" not in posted:
            posted = await self._end(run, begun.wish, posted["key"])
        if "failed" in posted:
            return posted
        reached = Delivered(begun.portion.window.end, posted["tip"])
        await self._step(run, "count", lambda: self._count(subscription.id, begun.portion.repository, reached), LONG)
        return {"thread": begun.wish.thread} if begun.wish and not posted.get("silent") else {}

    async def _begin(self, run: Run, wish: Wish) -> tuple[Wish, Json]:
        """Choose the build of a wish, and let it begin; return the wish as it was chosen for."""
        chosen = await self._step(run, "choose", lambda: self._choose(wish))
        wish = _with_examples(wish, chosen.get("examples", ()))
        if "key" in chosen:
            await run.submit(
                _queue(wish), "build", chosen["key"], _order(wish, chosen["key"]), priority=_priority(wish)
            )
        return wish, chosen

    async def _end(self, run: Run, wish: Wish, key: str) -> Json:
        """Wait for the build of a wish, and post it; one that had to do without the model is tried again later."""
        built = await self._built(run, wish, key)
        if built is None:
            return {"failed": Labels(wish.target.language).text("notice-stopped")}
        if "failed" in built:
            return built
        posted = await self._step(run, "post", lambda: self._post(wish, key), LONG)
        if built["degraded"] and "failed" not in posted:
            prefix, attempt = key[: key.rindex(":") + 1], int(key[key.rindex(":") + 1 :])
            await self._upgrade_later(run, {"wish": to_json(wish), "prefix": prefix, "attempt": attempt, "round": 1})
        return posted

    async def _built(self, run: Run, wish: Wish, key: str) -> Json | None:
        async with self._watched(wish, key):
            return await run.call(_queue(wish), "build", key, _order(wish, key), priority=_priority(wish))

    async def _upgrade_later(self, run: Run, payload: Json) -> None:
        number = payload["round"]
        if number <= len(self._kit.upgrades):
            thread = from_json(Wish, payload["wish"]).thread
            work = f"upgrade:{thread}:{payload['prefix']}{payload['attempt']}:{number}"
            delay = self._kit.upgrades[number - 1]
            await run.submit(Queue.DELIVERIES, "upgrade", work, payload, priority=LATER, delay=delay)

    async def _say(self, run: Run, wish: Wish, said: Message) -> Json:
        async def say() -> Json:
            await self._kit.deliveries.say(wish.thread, wish.place, said)
            return {}

        return await self._step(run, "say", say, LONG)

    # --- what steps do

    async def _choose(self, wish: Wish) -> Json:
        """Return the key of the build: the newest attempt for the tip, or one more if that is of no use."""
        examples = await self._examples(wish)
        wish = _with_examples(wish, examples)
        target = wish.target
        try:
            tip = await self._kit.branches.tip(target.found.repository) or "empty"
        except RepositoryNotFound:
            # It may have another name by now: the build follows it, or says why it cannot.
            tip = f"unknown at {self._kit.clock.now():%Y-%m-%dT%H:%M}"
        attempts = await self._engine.works(target.build_prefix(tip))
        if not attempts:
            return {"key": target.build_key(tip, 1), "examples": examples}
        newest = max(attempts, key=lambda work: work.number)
        key = target.build_key(tip, newest.number + 1) if _is_of_no_use(newest, wish) else newest.id
        return {"key": key, "examples": examples}

    async def _examples(self, wish: Wish) -> list[str]:
        """Return what the channel thought of tiers before the period began: what it thinks later changes nothing."""
        if self._kit.opinions is None:
            return []
        period = wish.target.period
        began = period.start if isinstance(period, Window) else _midnight(period.now)
        return list(examples_of(await self._kit.opinions.of_channel(wish.place.channel_key, began, _MOST_OPINIONS)))

    async def _digest(self, key: str, target: Target) -> Digest:
        """Return a digest that was built, and build it if it is not there: not yet, or not any more."""
        digest = await self._kit.builds.get(key)
        if digest is None:
            async with KeptProgress(self._kit.builds, key, self._kit.clock) as progress:
                digest = await self._kit.build(target, progress)
            await self._kit.builds.keep(key, digest)
        return digest

    async def _post(self, wish: Wish, key: str) -> Json:
        digest = await self._digest(key, wish.target)
        posted: Json = {"tip": digest.tip, "changes": len(digest.entries)}
        if not digest.entries and wish.quiet is Quiet.SILENCE:
            return posted | {"silent": True}
        showing = await self._kit.deliveries.showing(wish.thread, wish.place)
        if showing and showing.after and not wish.target.after:
            return posted  # a subscription has made more of the thread since: it also tells of what landed late
        # Before, as a thread that is begun can be asked about while it grows; and after, as the others are there then.
        await self._show(wish, key)
        about = {REPOSITORY: digest.repository.name, CHANNEL: wish.place.channel_key}
        with spanning(self._kit.tracer, "deliver", about):
            ended = await self._kit.deliveries.deliver(wish, digest)
        await self._show(wish, key)
        return {"failed": ended} if ended else posted

    async def _show(self, wish: Wish, key: str) -> None:
        if self._kit.threads:
            await self._kit.threads.keep(DigestThread(wish.thread, key))

    async def _read(self, id: str) -> Json:
        subscription = await self._kit.subscriptions.get(id)
        return {"subscription": to_json(subscription)} if subscription else {"gone": True}

    async def _count(self, id: str, repository: str, reached: Delivered) -> Json:
        await self._kit.subscriptions.delivered(id, repository, reached)
        return {}

    async def _account(self, subscription: Subscription, day: str, failures: list[str]) -> Json:
        """Keep how a run ended, and tell its place of the first failure."""
        reason = "\n".join(failures)
        if not failures:
            due = moment_of(subscription.schedule, date.fromisoformat(day))
            self._kit.meter.lag((self._kit.clock.now() - due).total_seconds())
        if await self._kit.subscriptions.ended(subscription.id, self._kit.clock.now(), reason or None):
            said = notices.trouble(
                subscription.repositories, reason, Labels(subscription.language), request_id.current()
            )
            await self._kit.deliveries.begin(f"trouble:{subscription.id}:{day}", subscription.place, said)
            await self._kit.subscriptions.told(subscription.id)
        return {}

    @asynccontextmanager
    async def _watched(self, wish: Wish, key: str) -> AsyncIterator[None]:
        """Show somebody who waits how far the build is."""
        if not wish.awaited:
            yield
            return
        async with self._kit.deliveries.live(wish.thread, wish.place) as shown:
            watch = asyncio.create_task(self._watch(wish, key, shown))
            try:
                yield
            finally:
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)

    async def _watch(self, wish: Wish, key: str, shown: Shows) -> None:
        labels = Labels(wish.target.language)
        while True:
            await self._kit.clock.sleep(_GLANCE)
            with suppress(DigestbotError):  # a number that is not shown is followed by what matters
                if progress := await self._kit.builds.progress(key):
                    shown.show(notices.waiting(title(wish, labels), progress, labels))


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _with_examples(wish: Wish, examples: Sequence[str]) -> Wish:
    return replace(wish, target=replace(wish.target, examples=tuple(examples)))


def _queue(wish: Wish) -> Queue:
    return Queue.PEOPLE if wish.awaited else Queue.SCHEDULES


def _priority(wish: Wish) -> int:
    return FIRST if wish.awaited else LATER


def _order(wish: Wish, key: str) -> Json:
    return {"key": key, "target": to_json(wish.target)}


def _is_of_no_use(build: Work, wish: Wish) -> bool:
    """Tell whether a build failed, or is one that somebody who asks anew would have made better."""
    if not build.state.over:
        return False
    if build.state is not State.DONE or build.result is None or "failed" in build.result:
        return True
    return wish.awaited and bool(build.result["degraded"])


def _wish(subscription: Subscription, portion: Portion, found: FoundRepository) -> Wish:
    target = Target(found, portion.window, subscription.language, subscription.audience, portion.tip)
    return Wish(target, subscription.place, awaited=False, quiet=subscription.quiet, pins=subscription.pins)
