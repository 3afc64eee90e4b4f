"""What `digestbot ask` does: it answers a question about a digest, and goes on with the conversation about it."""

import argparse
import sys
from itertools import count

from bot.answer.hearing import Said
from bot.answer.sentence import paragraphs
from bot.app import Answers, App
from bot.cli.explain import explaining
from bot.cli.progress import progress
from bot.errors import DigestbotError, RequestError
from bot.model import Digest
from bot.present.blocks import Message
from bot.present.labels import Labels
from bot.talk.commands import split_request

_CHANNEL = "console:"


async def ask(options: argparse.Namespace) -> list[DigestbotError]:
    """Answer a question, each sentence as soon as it is checked; return why there is no digest to ask about."""
    app = App()
    language = Labels(options.language or app.settings.language).language
    timezone = options.timezone or app.settings.timezone
    names, period = split_request(options.words, app.clock.now(), timezone)
    if len(names) > 1:
        raise RequestError(
            "A question is about one repository.", remedy='Write: digestbot ask REPO [PERIOD] "QUESTION".'
        )
    with explaining(options.explain, sys.stderr) as observe:
        async with app.request(options.command), app.answers(names[0], observe) as answers:
            with progress(quiet=options.quiet) as shown:
                made = [each async for each in answers.service.digests(names, period, language, shown)]
            if not isinstance(made[0], Digest):
                return [made[0].error]
            conversation = _conversation(made[0])
            if options.new:
                await answers.conversations.forget(conversation)
            said = Said(options.question, conversation, _CHANNEL, _CHANNEL, (made[0],), timezone, language)
            await _answer(app, answers, said)
    return []


async def _answer(app: App, answers: Answers, said: Said) -> None:
    answer = await answers.hearing.hear(said)
    if isinstance(answer, Message):
        await app.say(answer, sys.stdout)
        return
    numbers = count(1)
    async for sentence in answer:
        await app.say(Message(f"answer/{next(numbers)}", "", paragraphs([sentence])), sys.stdout)


def _conversation(digest: Digest) -> str:
    """Return the key of the conversation about a repository and a period; of one since a ref, whatever landed since."""
    window = digest.window
    since = window.label.startswith("since ")
    span = window.label if since else f"{window.start.isoformat()}..{window.end.isoformat()}"
    return f"{_CHANNEL}{digest.repository.full_name}:{span}"
