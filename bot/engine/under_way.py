"""What waits or is being made, as it is told to those who wonder. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.engine.answering import Heard
from bot.engine.wishes import Wish, from_json
from bot.engine.workflows import State, Work
from bot.model import Place, Subscription

_Noun = TypeVar("_Noun")


class Errand(StrEnum):
    """What work is for."""

    DIGEST = "digest"
    """Somebody has asked for a digest."""

    SUBSCRIPTION = "subscription"
    """A subscription is due."""

    UPGRADE = "upgrade"
    """A digest that was made without the model is made again with it."""

    QUESTION = "question"
    """Somebody has asked something in a thread."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Work that is not over, and since when (UTC). `subscription` is the id of the one that is due.

    Where it is for, and of which repositories, is not told of work that this version cannot read.
    """

    errand: Errand
    state: State
    since: datetime
    place: Place | None = None
    repositories: tuple[str, ...] = ()
    subscription: str | None = None


def under_way(works: Iterable[Work], subscriptions: Iterable[Subscription]) -> list[UnderWay]:
    """Return what works are for, in their order, without those that do a part of another one."""
    known = {subscription.id: subscription for subscription in subscriptions}
    return [told for work in works if (told := _told(work, known))]


def _told(work: Work, known: Mapping[str, Subscription]) -> UnderWay | None:
    match work.job:
        case "deliver":
            return _of_wish(work, Errand.DIGEST)
        case "upgrade":
            return _of_wish(work, Errand.UPGRADE)
        case "answer":
            told = UnderWay(Errand.QUESTION, work.state, work.submitted_at)
            heard = _read(Heard, work.payload.get("heard"))
            return replace(told, place=heard.place) if heard else told
        case "subscription":
            id_ = work.payload["subscription"]
            told = UnderWay(Errand.SUBSCRIPTION, work.state, work.submitted_at, subscription=id_)
            of = known.get(id_)
            return replace(told, place=of.place, repositories=of.repositories) if of else told
        case _:
            return None


def _of_wish(work: Work, errand: Errand) -> UnderWay:
    told = UnderWay(errand, work.state, work.submitted_at)
    wish = _read(Wish, work.payload.get("wish"))
    return replace(told, place=wish.place, repositories=(wish.target.found.repository.name,)) if wish else told


def _read(kind: type[_Noun], written: Any) -> _Noun | None:  # noqa: ANN401 # whatever JSON can say
    """Return a noun, or None if another version has written it in another way."""
    try:
        return from_json(kind, written)
    except ValidationError:
        return None
