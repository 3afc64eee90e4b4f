"""Does what a command in the thread of digests asks for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import assert_never

from bot.answer.material import Material, Reading
from bot.errors import RequestError
from bot.model import Digest, Entry, Phrase, TierOpinion
from bot.ports import Clock, Conversations, TierOpinions
from bot.present import thread
from bot.present.blocks import Message
from bot.present.labels import Labels
from bot.talk.thread import Judge, More, Rate, ShowDiff, ThreadCommand, Why

_DIFF_TOKENS = 2_000

Deepen = Callable[[Digest, Entry], Awaitable[Entry | Phrase]]
"""Returns an entry with a model's analysis in full depth, or why there is none. See `DigestBuilder.deepen`."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a command is said: the conversation, the channel (by their keys), by whom, about which digests."""

    conversation: str
    channel: str
    user: str
    digests: tuple[Digest, ...]
    material: Material


class ThreadDesk:
    """Does commands about the changes of a thread."""

    def __init__(self, conversations: Conversations, opinions: TierOpinions, deepen: Deepen, clock: Clock) -> None:
        self._conversations = conversations
        self._opinions = opinions
        self._deepen = deepen
        self._clock = clock

    async def do(self, command: ThreadCommand, setting: Setting, labels: Labels) -> Message:
        """Return the answer to a command.

        Raises RequestError where no change is meant, or several are, and what `DigestBuilder.deepen` raises.
        """
        match command:
            case More(name):
                entry, digest = _named(name, setting)
                deepened = await self._deepen(digest, entry)
                if isinstance(deepened, Phrase):
                    return thread.more(entry, digest, labels, deepened)
                return thread.more(deepened, digest, labels)
            case Why(tier, None):
                entries = [(entry, digest) for digest in setting.digests for entry in digest.of_tier(tier)]
                return thread.why(entries, labels) if entries else thread.sentence("why-none", labels)
            case Why(_, name):
                return thread.why([_named(str(name), setting)], labels)
            case Rate():
                return await self._rate(command, setting, labels)
            case ShowDiff(name, path):
                entry, _ = _named(name, setting)
                reading = await setting.material.diff(entry.commit.sha, path, _DIFF_TOKENS)
                return _shown(reading, labels)
            case Judge(useful):
                known = await self.judge(setting.conversation, setting.user, useful=useful)
                return thread.sentence("judged" if known else "judged-nothing", labels)
            case _:
                assert_never(command)

    async def judge(self, conversation: str, user: str, *, useful: bool, question: str | None = None) -> bool:
        """Keep what somebody thinks of the answer to a question (by its own name), or of the last one, if there is one.

        Raises StoreUnavailable and StoreError.
        """
        return await self._conversations.rate(conversation, user, useful=useful, question=question)

    async def _rate(self, command: Rate, setting: Setting, labels: Labels) -> Message:
        name = command.name or await self._last(setting)
        if name is None:
            message = "It is not clear which change is meant."
            raise RequestError(message, remedy='Write "too high #17", with the number of the change.')
        entry, digest = _named(name, setting)
        opinion = TierOpinion(
            user=setting.user,
            repository=digest.repository.full_name,
            sha=entry.commit.sha,
            tier=entry.analysis.tier,
            leaning=command.leaning,
            headline=entry.analysis.headline,
            at=self._clock.now(),
        )
        await self._opinions.keep(setting.channel, opinion)
        return thread.rated(entry, digest, command.leaning, labels)

    async def _last(self, setting: Setting) -> str | None:
        """Return the change that was spoken of last, if the last answer was about one of the thread's."""
        shas = {entry.commit.sha for digest in setting.digests for entry in digest.entries}
        for exchange in await self._conversations.exchanges(setting.conversation, 1):
            cited = {passage.sha for passage in exchange.passages} & shas
            return cited.pop() if len(cited) == 1 else None
        return None


def _named(name: str, setting: Setting) -> tuple[Entry, Digest]:
    """Return the change of the thread that is called so. Raises RequestError."""
    found = [(entry, digest) for digest in setting.digests for entry in digest.entries if _is_called(entry, name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise RequestError("Several changes of this thread are called so.", remedy="Write more digits of the sha.")
    remedy = "Write the number of its pull request, or its sha."
    raise RequestError("No change of this thread is called so.", remedy=remedy)


def _is_called(entry: Entry, name: str) -> bool:
    if name[0] in "#!":
        request = entry.commit.pull_request
        return request is not None and str(request.number) == name[1:].lstrip("0")
    return entry.commit.sha.startswith(name)


def _shown(reading: Reading, labels: Labels) -> Message:
    if not reading.passages:
        reason = reading.missing[0].reason if reading.missing else None
        return thread.sentence("diff-unreadable" if reason == "unreadable" else "diff-none", labels)
    return thread.diff(reading.passages, whole=not reading.omitted, labels=labels)
