"""Takes what is said in the thread of digests: a command about their changes, or a question."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from bot.answer.answering import Answerer
from bot.answer.commanding import Setting, ThreadDesk
from bot.answer.library import Library, Shelves
from bot.answer.question import Question
from bot.answer.sentence import Sentence
from bot.model import Digest, Repository
from bot.ports import Clock
from bot.present.blocks import Message
from bot.present.labels import Labels
from bot.talk.thread import parse_thread_command


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said, in which conversation and channel (by their keys), about which digests.

    `id` names it for good, where it may be heard again.
    `timezone` (an IANA name) says what a day is, and `language` (an IETF tag) in which language a command is answered:
    an answer to a question keeps to the language of the question.
    """

    text: str
    conversation: str
    channel: str
    user: str
    digests: tuple[Digest, ...]
    timezone: str
    language: str
    id: str | None = None


class Hearing:
    """Answers what is said. What may be read for it are the repositories of the digests, and nothing else."""

    def __init__(self, answerer: Answerer, desk: ThreadDesk, shelves: Shelves, clock: Clock) -> None:
        self._answerer = answerer
        self._desk = desk
        self._shelves = shelves
        self._clock = clock

    async def hear(self, said: Said) -> Message | AsyncGenerator[Sentence, None]:
        """Return the answer to a command, or else the sentences of the answer to a question as they come.

        Raises what `ThreadDesk.do` does; the sentences raise what `Answerer.answer` does.
        """
        material = Library(self._shelves, _repositories(said.digests), said.digests, self._clock.now(), said.timezone)
        command = parse_thread_command(said.text)
        if command is None:
            question = Question(said.conversation, said.user, said.text, said.digests, material, said.id)
            return self._answerer.answer(question)
        setting = Setting(said.conversation, said.channel, said.user, said.digests, material)
        return await self._desk.do(command, setting, Labels(said.language))

    async def judge(self, conversation: str, question: str, user: str, *, useful: bool) -> bool:
        """Keep what somebody thinks of the answer to a question (by its own name), if there is one.

        Raises StoreUnavailable and StoreError.
        """
        return await self._desk.judge(conversation, user, useful=useful, question=question)

    async def forget(self, conversation: str, question: str) -> None:
        """Drop a question of a conversation (by its own name) and its answer. Raises StoreUnavailable, StoreError."""
        await self._answerer.forget(conversation, question)


def _repositories(digests: Sequence[Digest]) -> list[Repository]:
    return list({digest.repository.full_name: digest.repository for digest in digests}.values())
