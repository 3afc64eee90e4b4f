"""The commands of whoever sets the bot up."""

import argparse
import json
from importlib.metadata import version

from bot.app import App
from bot.errors import ConfigurationError, DigestbotError, RequestError
from bot.plugins import strays
from bot.present import labels
from bot.prompts import names


async def doctor(_options: argparse.Namespace) -> list[DigestbotError]:
    """Say of each part of the set-up whether it is in order; return what is wrong, with what to do."""
    wrong: list[DigestbotError] = []
    async for finding in App().check():
        print(f"{'wrong' if finding.problem else 'ok':5}  {finding.subject}")
        if finding.problem:
            error = ConfigurationError(finding.problem, remedy=finding.remedy)
            error.__cause__ = finding.cause
            wrong.append(error)
    return wrong


async def plugins(_options: argparse.Namespace) -> list[DigestbotError]:
    """Show what is installed, of which package, and how it is doing; return why what cannot be used cannot be."""
    wrong: list[DigestbotError] = []
    shown: list[tuple[str, ...]] = []
    for standing in App().installed():
        one = standing.one
        shown.append((one.kind.word, one.name, one.package or f"digestbot {version('digestbot')}", standing.doing))
        wrong += [standing.error] if standing.error else []
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        print("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
    return [*wrong, *strays()]


async def prompts(options: argparse.Namespace) -> list[DigestbotError]:
    """Print a prompt as it is sent, or show which there are."""
    app, known = App(), names()
    if options.name and options.name not in known:
        raise RequestError(f"There is no prompt {options.name!r}.", remedy=f"There are: {', '.join(known)}.")
    if options.name:
        print(app.prompts.load(options.name).text, end="")
    else:
        width = max(map(len, known))
        for name in known:
            print(f"{name:{width}}  {app.prompts.load(name).version}")
    return []


async def words(options: argparse.Namespace) -> list[DigestbotError]:
    """Print the messages that a language lacks, to be translated."""
    print(labels.untranslated(options.language), end="")
    return []


async def manifest(options: argparse.Namespace) -> list[DigestbotError]:
    """Print the manifest of a Slack app."""
    from adapters.chat.slack.manifest import manifest as of_slack  # noqa: PLC0415 - only for this

    print(json.dumps(of_slack(url=options.url), indent=2))
    return []


async def invite_discord(_options: argparse.Namespace) -> list[DigestbotError]:
    """Print the link that adds the bot to a Discord server."""
    print(await App().invite_discord())
    return []


COMMANDS = {
    "doctor": doctor,
    "plugins": plugins,
    "prompts": prompts,
    "words": words,
    "slack manifest": manifest,
    "discord invite": invite_discord,
}
