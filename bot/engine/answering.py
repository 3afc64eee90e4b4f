"""What is said in the threads of digests is answered there: a placeholder at once, then the sentences, then the whole.

An answer goes on after a crash: its placeholder is found again, and becomes the one answer. What is said in one thread
is answered in the order in which it was heard: its placeholders are posted in it, and the answers wait in line. What
is deleted is not answered any more, and its answer is deleted as well. Beneath an answer are buttons to judge it by.
"""

import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import monotonic

from bot import request_id
from bot.answer.hearing import Hearing, Said
from bot.answer.sentence import Sentence, paragraphs
from bot.engine.kit import LONG, Kit
from bot.engine.wishes import from_json, to_json
from bot.engine.workflows import Engine, Json, Queue, Run
from bot.errors import AccessDenied, ConfigurationError, DigestbotError, RequestError
from bot.model import Place
from bot.ports import DigestThread, SpanKind
from bot.ports.metering import OK, outcome_of
from bot.ports.tracing import CHANNEL, spanning
from bot.present import notices
from bot.present.blocks import Actions, Button, Context, Message, Paragraph, Text
from bot.present.labels import Labels
from bot.present.prose import prose

_LOG = logging.getLogger(__name__)
_TITLE = 100
USEFUL, USELESS = "useful", "useless"
"""The actions of the buttons beneath an answer; their value is the name of what was said."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody (opaque) said in a thread. `id` is the platform's own name of the message: it is answered once.

    `timezone` is an IANA name, and `language` an IETF tag that there are words for.
    """

    id: str
    place: Place
    user: str
    text: str
    timezone: str
    language: str

    @property
    def key(self) -> str:
        """The key of the answer's post, and of the work."""
        return _key(self.place, self.id)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A question that was deleted, by its name, and the key of the conversation that it was in."""

    id: str
    place: Place
    conversation: str

    @property
    def key(self) -> str:
        """The key of the answer's post, and of the work."""
        return _key(self.place, self.id)


class Answering:
    """Lets what people say in threads be answered."""

    def __init__(self, kit: Kit, engine: Engine) -> None:
        """Register the job. Its name stays."""
        self._kit = kit
        self._engine = engine
        engine.register("answer", self._answer)
        engine.register("withdraw", self._withdraw)

    async def answer(self, heard: Heard) -> bool:
        """Let something be answered, once however often it is heard; return whether it was said in a digest's thread.

        It is answered after what was heard in the thread before. Its placeholder is there when this returns, unless the
        chat fails: then it comes with the answer. Raises StoreUnavailable and StoreError.
        """
        thread = await self._thread(heard.place)
        if thread is None:
            return False
        # Only now: of what is said anywhere else there is nothing to tell.
        with spanning(self._kit.tracer, "question", {CHANNEL: heard.place.channel_key}, kind=SpanKind.SERVER):
            payload = {"heard": to_json(heard)}
            await self._engine.submit_in_line(Queue.QUESTIONS, thread.key, "answer", heard.key, payload)
            try:
                await self._begin(heard)
            except DigestbotError as error:
                _LOG.info("An answer in %s is not begun at once: %s", heard.place.channel_key, error)
        return True

    async def withdraw(self, place: Place, id: str) -> None:
        """Take back what was said by that name, since it was deleted: nothing is left of it that answers nobody.

        What is under way stops. The rest waits in line, so that it also holds where the question is heard later.
        Raises StoreUnavailable and StoreError.
        """
        thread = await self._thread(place)
        if thread is None:
            return
        withdrawn = Withdrawn(id, place, thread.key)
        await self._engine.cancel(withdrawn.key)
        payload = {"withdrawn": to_json(withdrawn)}
        await self._engine.submit_in_line(Queue.QUESTIONS, thread.key, "withdraw", f"withdraw:{withdrawn.key}", payload)

    async def judge(self, place: Place, id: str, user: str, *, useful: bool) -> bool:
        """Keep what somebody thinks of the answer to what was said by that name in a thread, if there is one.

        Raises StoreUnavailable and StoreError.
        """
        thread = await self._thread(place)
        if thread is None or self._kit.hearing is None:
            return False
        return await self._kit.hearing.judge(thread.key, _key(place, id), user, useful=useful)

    async def _thread(self, place: Place) -> DigestThread | None:
        """Return the thread of a digest at a place, or None if there is none."""
        return await self._kit.threads.at(place) if self._kit.threads else None

    async def _answer(self, run: Run, payload: Json) -> Json:
        """Answer what was said. What is answered and its post are one step: an answer that nobody saw is given anew."""
        heard = from_json(Heard, payload["heard"])
        begun = await run.step("begin", lambda: self._kit.value(lambda: self._begin(heard)))
        return begun if "failed" in begun else await run.step("answer", lambda: self._answered(heard))

    async def _withdraw(self, run: Run, payload: Json) -> Json:
        """Delete the answer to what was deleted, and forget both."""
        withdrawn = from_json(Withdrawn, payload["withdrawn"])

        async def withdraw() -> Json:
            try:
                await self._kit.deliveries.withdraw(withdrawn.key, withdrawn.place)
            finally:
                if self._kit.hearing:
                    await self._kit.hearing.forget(withdrawn.conversation, withdrawn.key)
            return {}

        return await run.step("withdraw", lambda: self._kit.value(withdraw, LONG))

    async def _begin(self, heard: Heard) -> Json:
        words = _waiting(heard.language)
        waiting = Message("root", words.text, (Paragraph((words,)),))
        await self._kit.deliveries.begin(heard.key, heard.place, waiting, anew=False)
        return {}

    async def _answered(self, heard: Heard) -> Json:
        message = await self._whole(heard)

        async def post() -> Json:
            ended = await self._kit.deliveries.answer(heard.key, heard.place, message)
            return {"failed": ended} if ended else {}

        return await self._kit.value(post, LONG)

    async def _whole(self, heard: Heard) -> Message:
        """Return the whole answer, after showing what there is of it meanwhile."""
        labels = Labels(heard.language)
        thread = await self._thread(heard.place)
        digest = await self._kit.builds.get(thread.build) if thread else None
        if thread is None or digest is None or self._kit.hearing is None:
            return _said(labels.text("answer-no-digest"))
        said = Said(
            text=heard.text,
            conversation=thread.key,
            channel=heard.place.channel_key,
            user=heard.user,
            digests=(digest,),
            timezone=heard.timezone,
            language=heard.language,
            id=heard.key,
        )
        began, outcome = monotonic(), OK
        try:
            return await self._heard(self._kit.hearing, said, heard)
        except Exception as error:  # noqa: BLE001 - somebody waits for an answer, whatever happened
            outcome = outcome_of(error)
            return self._refused(error, heard, labels)
        finally:
            self._kit.meter.answer(outcome, monotonic() - began)

    def _refused(self, error: Exception, heard: Heard, labels: Labels) -> Message:
        """Return what is said in place of an answer."""
        match error:
            case RequestError() | AccessDenied():
                return _said(error.public)
            case ConfigurationError():
                _LOG.warning("A question is not answered: %s", error)
                return _refusal(labels.text("answer-operator"), labels)
            case DigestbotError():
                _LOG.warning("A question is not answered: %s", error)
                return _refusal(error.public, labels)
            case _:
                _LOG.error("An answer to somebody in %s has a fault", heard.place.channel_key, exc_info=error)
                return _refusal(labels.text("answer-fault"), labels)

    async def _heard(self, hearing: Hearing, said: Said, heard: Heard) -> Message:
        answer = await hearing.hear(said)
        if isinstance(answer, Message):
            return replace(answer, part="root")
        sentences: list[Sentence] = []
        waiting = Context((_waiting(heard.language),))
        growing = self._kit.deliveries.growing(heard.key, heard.place, heard.user, waiting)
        async with growing as shown, aclosing(answer):
            async for sentence in answer:
                sentences.append(sentence)
                shown.show(_message(sentences))
        return _with_buttons(_message(sentences), heard)


def _key(place: Place, id: str) -> str:
    return f"answer:{place.channel_key}:{place.thread}:{id}"


def _waiting(language: str) -> Text:
    return Text(Labels(language).text("answer-waiting"))


def _message(sentences: Sequence[Sentence]) -> Message:
    """Return an answer as far as it is there."""
    first = "".join(span.text for span in sentences[0].spans) if sentences else ""
    return Message("root", first[:_TITLE], paragraphs(sentences))


def _with_buttons(answer: Message, heard: Heard) -> Message:
    labels = Labels(heard.language)
    buttons = tuple(Button(labels.text(f"button-{action}"), action, heard.id) for action in (USEFUL, USELESS))
    return replace(answer, blocks=(*answer.blocks, Actions(buttons)))


def _refusal(sentence: str, labels: Labels) -> Message:
    return _said(notices.traced(sentence, request_id.current(), labels))


def _said(sentence: str) -> Message:
    return Message("root", sentence[:_TITLE], (Paragraph(prose(sentence)),))
