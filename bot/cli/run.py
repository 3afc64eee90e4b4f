"""What the commands do."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import PurePath

from bot.app import App
from bot.cli import backup, outcome, process, setup, subscriptions
from bot.cli.explain import explaining
from bot.cli.output import open_output
from bot.cli.progress import progress
from bot.errors import DigestbotError
from bot.model import Digest, Period
from bot.present.export import to_json
from bot.present.labels import Labels
from bot.present.report import render
from bot.talk.commands import split_request
from bot.talk.periods import parse

FORMAT_OF_SUFFIX = {".md": "markdown", ".markdown": "markdown", ".json": "json"}
TRY_NEXT = """\

Try next:
  {program} digest . "last 7 days"                      a week of this repository
  {program} digest astral-sh/ruff yesterday             a busy one, by its name on GitHub
  {program} digest . "last 7 days" --language zh        in Chinese
  {program} digest . "last 7 days" --output report.md   as a Markdown report
  {program} digest --help                               everything else"""


def run(options: argparse.Namespace) -> int:
    """Run the command that the options name, and return the exit code."""
    # What the terminal's encoding cannot show is shown escaped, rather than not at all.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    command = COMMANDS[options.command]
    try:
        return outcome.exit_code(asyncio.run(command(options)))
    except KeyboardInterrupt:
        print("digestbot: interrupted.", file=sys.stderr)
        return outcome.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return outcome.OK
    except Exception as error:  # noqa: BLE001 - nobody is shown a traceback who did not ask for it
        return outcome.report(error)


class Session:
    """What the commands of one invocation share: the program, and how its user reads."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.app = App()
        self.labels = Labels(options.language or self.app.settings.language)
        self.timezone: str = options.timezone or self.app.settings.timezone
        self._quiet: bool = options.quiet
        self._explain: bool = options.explain

    async def collect(self, names: Sequence[str], period: Period) -> tuple[list[Digest], list[DigestbotError]]:
        """Return the digests of the repositories, and the errors of those that have none."""
        digests, failures = [], []
        with explaining(self._explain, sys.stderr) as observe, progress(quiet=self._quiet) as shown:
            async with self.app.service(names, observe) as service:
                async for result in service.digests(names, period, self.labels.language, shown):
                    if isinstance(result, Digest):
                        digests.append(result)
                    else:
                        failures.append(result.error)
        return digests, failures

    async def deliver(self, digests: Sequence[Digest], form: str, output: str | None) -> None:
        """Write the digests as a thread, as Markdown or as JSON."""
        with open_output(output) as stream:
            match form:
                case "json":
                    stream.write(to_json(digests, self.labels))
                case "markdown":
                    stream.write(render(digests, self.labels))
                case _:
                    await self.app.show(digests, self.labels, stream)


async def digest(options: argparse.Namespace) -> list[DigestbotError]:
    """Digest repositories; return the errors of those that could not be digested."""
    session = Session(options)
    names, period = split_request(options.words, session.app.clock.now(), session.timezone)
    async with session.app.request(options.command):
        digests, failures = await session.collect(names, period)
        if digests:
            suffix = PurePath(options.output or "").suffix.lower()
            await session.deliver(digests, options.format or FORMAT_OF_SUFFIX.get(suffix, "thread"), options.output)
    return failures


async def demo(options: argparse.Namespace) -> list[DigestbotError]:
    """Digest the newest active day of the repository in the working directory, and say what to try next."""
    session = Session(options)
    now = session.app.clock.now()
    digests, failures = await session.collect((".",), parse("today", now, session.timezone))
    newest = digests[0].tip_committed_at if digests and not digests[0].entries else None
    if newest:
        day = newest.astimezone(digests[0].window.zone).date().isoformat()
        # A committer's clock may be ahead of ours; their day is no day of the future then.
        digests, failures = await session.collect((".",), parse(day, max(now, newest), session.timezone))
    if digests:
        await session.deliver(digests, "thread", None)
        print(TRY_NEXT.format(program=sys.argv[0]))
    return failures


async def ask(options: argparse.Namespace) -> list[DigestbotError]:
    """Answer a question about a digest."""
    from bot.cli.ask import ask as answer  # noqa: PLC0415 - what answers takes longer to load than most digests take

    return await answer(options)


async def status(options: argparse.Namespace) -> list[DigestbotError]:
    """Tell how the bot is doing."""
    from bot.cli.status import show  # noqa: PLC0415 - the engine takes as long to load as all the rest

    return await show(options)


COMMANDS = {
    "digest": digest,
    "demo": demo,
    "ask": ask,
    "run": process.run,
    "status": status,
    **subscriptions.COMMANDS,
    **backup.COMMANDS,
    **setup.COMMANDS,
}
