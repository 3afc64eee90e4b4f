"""Which changes a question is most likely about. Pure.

A change that is named comes first, then one that holds a name, then the others by BM25 over their weighted parts. One
that holds too little of what is asked is left out: better no answer than any.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.answer.querying import Query
from bot.lexemes import terms
from bot.model import Tier
from bot.ports import IndexedChange, Matches

_K1, _B = 1.2, 0.5
_WEIGHTS = (3.0, 2.0, 1.5, 1.0, 0.6)
"""How much a word counts that stands in a headline, in a path, in a summary, in a message, in a pull request's text."""
_TIERS = {Tier.HIGH: 1.15, Tier.MEDIUM: 1.05, Tier.LOW: 1.0}
_IN_THREAD = 1.3
_HALF_LIFE = timedelta(days=30)
_RECENCY = 0.2
_LEAST_SHARE = 0.5
"""How much of what a question says a change must hold, weighed by how rare each word is."""
_UNMATCHED = 0.75
"""What a word counts that no change holds: people have words of their own for things."""
_UNMATCHED_WIDE = 0.35
"""What a pair of Chinese characters counts that no change holds: mostly it is the end of a word and the next one."""


Found = tuple[str, IndexedChange]
"""A change, by the full name of its repository."""


def rank(
    query: Query, named: Sequence[Found], matches: Matches, thread: Collection[tuple[str, str]], now: datetime
) -> list[Found]:
    """Return the changes that a question is about, the likeliest first; nothing if none can be.

    `named` are those that it names, `matches` those that hold its terms. `thread` are the changes, by repository and
    sha, of the digest that it was asked about.
    """
    first = [found for found in named if _is_within(found[1], query)]
    if query.digits and not named and not query.names:
        return []
    if query.terms:
        fitting = _fitting(query, matches, thread, now)
    else:
        fitting = [] if named else sorted(matches.changes, key=lambda found: -_standing(found, thread, now))
    shown = {(repository, change.sha) for repository, change in first}
    return first + [(repository, change) for repository, change in fitting if (repository, change.sha) not in shown]


def _fitting(query: Query, matches: Matches, thread: Collection[tuple[str, str]], now: datetime) -> list[Found]:
    """Return the changes that hold one of the names, those that hold most first, and those that hold enough words."""
    held = [[term for term in name if matches.frequencies.get(term)] for name in query.names]
    names = [name for name in held if name]
    if query.names and not names:
        return []
    texts = [(found, _weighted(found[1])) for found in matches.changes]
    measure = _Measure(query, matches, [sum(text.values()) for _, text in texts])
    graded = []
    for found, text in texts:
        count = sum(any(term in text for term in name) for name in names)
        if count or measure.share(text) >= _LEAST_SHARE:
            graded.append(((count, measure.fit(text) * _standing(found, thread, now)), found))
    graded.sort(key=lambda each: each[0], reverse=True)
    return [found for _, found in graded]


class _Measure:
    """How much each term of a query says, among the changes that hold any."""

    def __init__(self, query: Query, matches: Matches, sizes: Sequence[float]) -> None:
        self._rarity = {term: _rarity(term, matches) for term in query.terms}
        self._words = [word for word in query.words if word in self._rarity]
        self._asked = sum(_share(word, self._rarity[word], matches.frequencies) for word in self._words)
        self._average = sum(sizes) / len(sizes) if sizes else 1.0

    def share(self, text: Mapping[str, float]) -> float:
        """Return how much of what is asked a text holds, from 0 to 1."""
        held = sum(self._rarity[word] for word in self._words if word in text)
        return min(1.0, held / self._asked) if self._asked else 0.0

    def fit(self, text: Mapping[str, float]) -> float:
        """Return the BM25 of a text."""
        length = 1 - _B + _B * sum(text.values()) / self._average
        found = [(self._rarity[term], text[term]) for term in self._rarity if term in text]
        return sum(rarity * count * (_K1 + 1) / (count + _K1 * length) for rarity, count in found)


def _rarity(term: str, matches: Matches) -> float:
    frequency = matches.frequencies.get(term, 0)
    return math.log1p((matches.total - frequency + 0.5) / (frequency + 0.5))


def _share(word: str, rarity: float, frequencies: Mapping[str, int]) -> float:
    if frequencies.get(word):
        return rarity
    return rarity * (_UNMATCHED if word.isascii() else _UNMATCHED_WIDE)


def _weighted(change: IndexedChange) -> Mapping[str, float]:
    """Return how much each term of a change counts."""
    parts = (
        (change.subject, change.headline, change.title),
        change.paths,
        (change.summary, change.change_type, *change.authors),
        (change.body,),
        (change.request_body,),
    )
    weighted: dict[str, float] = {}
    for weight, texts in zip(_WEIGHTS, parts, strict=True):
        for term in _once_each(texts):
            weighted[term] = weighted.get(term, 0.0) + weight
    return weighted


def _once_each(texts: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(term for text in texts for term in terms(text))


def _standing(found: Found, thread: Collection[tuple[str, str]], now: datetime) -> float:
    """Return what speaks for a change whatever is asked: that it is in the thread's digest, important or new."""
    repository, change = found
    age = max(timedelta(0), now - change.committed_at) / _HALF_LIFE
    recency = 1 - _RECENCY + _RECENCY * math.pow(0.5, age)
    standing = _TIERS[change.tier] * recency
    return standing * (_IN_THREAD if (repository, change.sha) in thread else 1.0)


def _is_within(change: IndexedChange, query: Query) -> bool:
    since, until = query.since, query.until
    return (since is None or change.committed_at >= since) and (until is None or change.committed_at < until)
