"""What people say -> Command, and the grammar of it as data, from which adapters make their options and help.

In chat a text is a verb of `GRAMMAR` and what follows it. A terminal splits off options itself and hands the rest of
its words to `split_request`, which both share.
"""

import difflib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import RequestError, UnsafeName
from bot.model import Period
from bot.ports import Parameter, Verb
from bot.talk import periods
from bot.talk.names import check_repository_name
from bot.talk.terms import EXAMPLE, Terms, is_option, split_terms
from bot.talk.wording import quoted

DEFAULT_PERIOD = "today"
MAX_REPOSITORIES = 10
_MAX_LENGTH = 2000
# Around several words that belong together, as for a terminal; no name has any.
_QUOTES = str.maketrans(dict.fromkeys('"“”„«»', " "))
_LIKE = 0.8
"""How much a word is like a verb that it is taken for one with a slip: "helm" is not like "help"."""
_LONGEST_PERIOD = 10  # words: "from the day before yesterday to the day before yesterday"

# Words that only ever begin a period, so that one that is not understood is not looked for as a repository.
_OPENERS = frozenset({"since", "last", "past", "previous", "this", "the", "from", "自", "自从", "从"})


REPOSITORY = Parameter("repository", required=True, repeated=True)
PERIOD = Parameter("period", required=False)
OPTION = Parameter("option", required=False, repeated=True)
ID = Parameter("id", required=True)
DIGEST = Verb("digest", ("摘要", "日报"), (REPOSITORY, PERIOD))
STATUS = Verb("status", ("状态", "进度"))
CANCEL = Verb("cancel", ("取消",), (replace(REPOSITORY, required=False),))
SUBSCRIBE = Verb("subscribe", ("订阅",), (REPOSITORY, OPTION))
LIST = Verb("list", ("列表", "订阅列表"))
PAUSE = Verb("pause", ("暂停",), (ID,))
RESUME = Verb("resume", ("恢复",), (ID,))
UNSUBSCRIBE = Verb("unsubscribe", ("退订", "取消订阅"), (ID,))
SET = Verb("set", ("设置", "修改"), (replace(ID, required=False), replace(REPOSITORY, required=False), OPTION))
REPOS = Verb("repos", ("仓库", "仓库列表"))
HELP = Verb("help", ("帮助",))
GRAMMAR = (DIGEST, STATUS, CANCEL, SUBSCRIBE, LIST, PAUSE, RESUME, UNSUBSCRIBE, SET, REPOS, HELP)
_VERBS = {name: verb for verb in GRAMMAR for name in (verb.name, *verb.also)}


@dataclass(frozen=True, slots=True)
class Digest:
    """A wish for a digest. The repositories are names (`ruff`, `astral-sh/ruff`): never a path, never a URL."""

    repositories: tuple[str, ...]
    period: Period


@dataclass(frozen=True, slots=True)
class Help:
    """A wish to know what can be asked, with a few periods that work today."""

    verbs: tuple[Verb, ...]
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subscribe:
    """A wish for regular digests of repositories. These are names, as in `Digest`."""

    repositories: tuple[str, ...]
    terms: Terms


@dataclass(frozen=True, slots=True)
class List:
    """A wish to see the subscriptions of a channel."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A wish that a subscription rests."""

    id: str


@dataclass(frozen=True, slots=True)
class Resume:
    """A wish that it goes on."""

    id: str


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """A wish that it ends."""

    id: str


@dataclass(frozen=True, slots=True)
class Set:
    """A wish that it changes; without repositories those stay. Without an id, the channel is meant."""

    id: str
    repositories: tuple[str, ...]
    terms: Terms


@dataclass(frozen=True, slots=True)
class Status:
    """A wish to see how the bot is doing for the channel."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """A wish that digests are not made; without repositories, none of those that are under way in the place."""

    repositories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repos:
    """A wish to know which repositories can be asked for."""


Command = Digest | Help | Subscribe | List | Pause | Resume | Unsubscribe | Set | Status | Cancel | Repos


def parse_command(text: str, now: datetime, timezone: str, *, host: str = "github.com") -> Command:
    """Return what a text from a chat asks for, at a moment (aware) and in an IANA zone.

    The verb may be preceded by a slash. Without one the text asks for a digest, and an empty text for help. A
    repository's address is understood where it is on `host`. Raises RequestError, or the subclass of it that fits.
    """
    spoken = unicodedata.normalize("NFKC", text[: _MAX_LENGTH + 1])
    if len(spoken) > _MAX_LENGTH:
        raise RequestError(f"A command has at most {_MAX_LENGTH} characters.", remedy=f"Write {quoted(DIGEST.usage)}.")
    first, *rest = spoken.translate(_QUOTES).split() or [HELP.name]
    verb = find_verb(first)
    if verb is None:
        _refuse_misspelt(first)
        verb, rest = DIGEST, [first, *rest]
    if verb is HELP or _is_help(rest):
        return Help(GRAMMAR, periods.examples(now, timezone))
    if verb is DIGEST:
        words, period = split_request(rest, now, timezone)
        return Digest(_names(words, host), period)
    return _other(verb, rest, host)


def _other(verb: Verb, words: Sequence[str], host: str) -> Command:
    if verb is SUBSCRIBE:
        named, terms = split_terms(words)
        if not named:
            raise RequestError("There is no repository to subscribe to.", remedy=f"Write {quoted(_SUBSCRIBE_LIKE)}.")
        return Subscribe(_names(named, host), terms)
    if verb is CANCEL:
        return Cancel(_names(words, host))
    if verb is SET:
        return _set(words, host)
    if verb.name in _OF_ALL:
        return _OF_ALL[verb.name]()
    if len(words) != 1:
        raise RequestError(f"Write which subscription to {verb.name}, and nothing else.", remedy=_SEE_LIST)
    return _OF_ONE[verb.name](words[0])


def _set(words: Sequence[str], host: str) -> Set:
    """Return what is to be changed of a subscription, or, where an option comes first, of the channel."""
    named, terms = split_terms(words)
    if named:
        return Set(named[0], _names(named[1:], host), terms)
    if terms == Terms() or replace(terms, timezone=None, language=None) != Terms():
        message = "Of a channel, the time zone and the language can be set here."
        raise RequestError(message, remedy=f'Write "set in Asia/Shanghai language zh", or {quoted(SET.usage)}.')
    return Set("", (), terms)


def _names(words: Sequence[str], host: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(check_repository_name(word, host) for word in words))
    if len(names) > MAX_REPOSITORIES:
        raise RequestError(
            f"A digest covers at most {MAX_REPOSITORIES} repositories, not {len(names)}.",
            remedy="Ask for them in several digests.",
        )
    return names


_SUBSCRIBE_LIKE = f"{SUBSCRIBE.name} owner/name {EXAMPLE}"
_OF_ALL: Mapping[str, Callable[[], Command]] = {LIST.name: List, STATUS.name: Status, REPOS.name: Repos}
_SEE_LIST = f"Write {quoted(LIST.usage)} to see what they are called."
_OF_ONE: Mapping[str, Callable[[str], Command]] = {
    PAUSE.name: Pause,
    RESUME.name: Resume,
    UNSUBSCRIBE.name: Unsubscribe,
}


def split_request(words: Sequence[str], now: datetime, timezone: str) -> tuple[tuple[str, ...], Period]:
    """Return the repositories, as they were written, and the period of `REPOSITORY… [PERIOD]`.

    The period is as many words as make one, and `today` if there is none. What only looks like a period is an error,
    not a repository. Raises RequestError where a repository is missing or follows the period, and whatever
    `periods.parse` raises.
    """
    found = _find_period(words, now, timezone)
    if found is None:
        opener = next((at for at, word in enumerate(words) if _opens(word)), None)
        if opener is not None:
            periods.parse(" ".join(words[opener:]), now, timezone)  # raises, since no run of words is a period
        found = _Run(len(words), len(words), periods.parse(DEFAULT_PERIOD, now, timezone))
    before, spoken, after = words[: found.start], words[found.start : found.end], words[found.end :]
    if after:
        if _find_period(after, now, timezone):
            raise RequestError(
                "A digest has one period, and here are several.", remedy=f"Write {quoted(DIGEST.usage)}."
            )
        if is_option(after[0]):
            message = f"A digest takes no options, and {quoted(' '.join(after))} is one."
            options = f"Options go with {quoted(SUBSCRIBE.name)}, and with {quoted(SET.name)} for all of a channel."
            raise RequestError(message, remedy=f"{_write(*before, *spoken)} {options}")
        raise RequestError("The period comes after the repositories.", remedy=_write(*before, *after, *spoken))
    if not before:
        raise RequestError(
            "There is no repository to digest.", remedy=_write("owner/name", *(spoken or [DEFAULT_PERIOD]))
        )
    return tuple(before), found.period


@dataclass(frozen=True, slots=True)
class _Run:
    """The words from `start` up to `end`, and the period that they are."""

    start: int
    end: int
    period: Period


def _find_period(words: Sequence[str], now: datetime, timezone: str) -> _Run | None:
    """Return the first run of words that is a period, the longest of those that begin there."""
    refused: UnsafeName | None = None
    for start in range(len(words)):
        for end in range(min(len(words), start + _LONGEST_PERIOD), start, -1):
            try:
                period = periods.find(" ".join(words[start:end]), now, timezone)
            except UnsafeName as error:  # "since v1.2 ruff": the ref may be fewer words
                refused = refused or error
                continue
            if period is not None:
                return _Run(start, end, period)
    if refused:
        raise refused
    return None


def _write(*words: str) -> str:
    return f"Write {quoted(' '.join((DIGEST.name, *words)))}."


def _opens(word: str) -> bool:
    first, *_ = word.lower().split() or [""]
    return first in _OPENERS


def find_verb(word: str) -> Verb | None:
    """Return the verb that a word is, with or without a slash before it, or None."""
    return _VERBS.get(word.lower().removeprefix("/"))


def _refuse_misspelt(word: str) -> None:
    """Raise RequestError for what is rather a verb with a slip than a repository."""
    lowered = word.lower().removeprefix("/")
    near = difflib.get_close_matches(lowered, _VERBS, 1, _LIKE)
    near += [name for name in _VERBS if sorted(name) == sorted(lowered)]
    if near or word.startswith("/"):
        usage = (_VERBS[near[0]] if near else HELP).usage
        raise RequestError(
            f"{quoted(word)} is not a command.",
            remedy=f"Did you mean {quoted(usage)}? If it is a repository, write {quoted(f'{DIGEST.name} {word}')}.",
        )


def _is_help(words: Sequence[str]) -> bool:
    return len(words) == 1 and find_verb(words[0]) is HELP
