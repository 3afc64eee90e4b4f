"""How the bot is doing for a channel: what is made for it, and what becomes of its subscriptions."""

from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from bot.asking import Spent
from bot.engine.orders import Orders
from bot.model import Standing
from bot.present.blocks import Message
from bot.present.status import ChannelStatus, Followed, status
from bot.requests.digesting import Digesting
from bot.requests.reading import Reader
from bot.subscriptions import SubscriptionDesk
from bot.talk.commands import LIST

_MOST_SHOWN = 5
"""Subscriptions that fit on a phone beside the rest."""


class StatusDesk:
    """Tells channels how the bot is doing for them, and nothing of others.

    `model` is the name of the language model that writes digests, if one does, and `spent` returns what the day took
    of it.
    """

    def __init__(
        self,
        digesting: Digesting,
        orders: Orders,
        subscriptions: SubscriptionDesk,
        model: str | None,
        spent: Callable[[], Awaitable[Spent]],
    ) -> None:
        self._digesting = digesting
        self._orders = orders
        self._subscriptions = subscriptions
        self._model = model
        self._spent = spent

    async def of(self, reader: Reader) -> Message:
        """Return what the channel of somebody who asks is told. Raises StoreUnavailable and StoreError."""
        standings = await self._subscriptions.standing(reader.channel)
        first = sorted(standings, key=lambda standing: not standing.in_trouble)[:_MOST_SHOWN]
        busy = await self._orders.busy() if first else set()
        told = ChannelStatus(
            making=await self._digesting.under_way(reader),
            subscriptions=len(standings),
            followed=[await self._followed(standing, busy) for standing in first],
            model=self._model,
            spent=(await self._spent()).exhausted,
        )
        return status(told, LIST.usage, ZoneInfo(reader.timezone), reader.labels)

    async def _followed(self, standing: Standing, busy: set[str]) -> Followed:
        subscription = standing.subscription
        return Followed(standing, subscription.id in busy, await self._orders.last_posted(subscription))
