"""The commands of a person at a terminal: their grammar.

Only what `--help` needs is imported here; what the commands do is in `bot.cli.run`.
"""

import argparse

FORMATS = ("thread", "markdown", "json")
ROLES = ("chat", "worker", "all")

EXIT_CODES = """\
exit codes:
  0    everything that was asked for was delivered
  1    digestbot has a fault; DIGESTBOT_DEBUG=1 shows where
  2    the request cannot be understood: a period, a time zone, an option
  3    a repository was not found, or cannot be read
  4    a server did not answer; the same request may succeed later
  5    a setting is wrong
  6    the result cannot be written
  130  interrupted

When several repositories were asked for and some failed, the others are
delivered, and the code is that of the first failure."""

PAGES = {
    "digest": "try-it",
    "demo": "try-it",
    "ask": "questions",
    "subscribe": "subscriptions",
    "list": "subscriptions",
    "pause": "subscriptions",
    "resume": "subscriptions",
    "unsubscribe": "subscriptions",
    "run": "operate",
    "status": "operate",
    "health": "operate",
    "backup": "operate",
    "restore": "operate",
    "doctor": "configure",
    "plugins": "extend",
    "prompts": "extend",
    "words": "extend",
    "slack": "slack",
    "slack manifest": "slack",
    "discord": "discord",
    "discord invite": "discord",
}
"""The page of docs/ that tells the rest of each command."""

DIGEST_DESCRIPTION = """\
Rank every change that landed in a repository on a day, and show the digest.

REPO is a path, a clone URL, a name or owner/name on GitHub, or an alias of
digestbot.toml.
PERIOD is today (which is the default), yesterday, monday, 2026-01-15,
2026-01-12..2026-01-15, last 7 days, this week, last week, this month,
or since v0.5 (a tag or a commit); in Chinese, too: 昨天, 上周, 最近7天."""

ASK_DESCRIPTION = """\
Answer a question about what landed in a repository, with citations.

The conversation about a repository and a period goes on with each question:
  digestbot ask vllm yesterday "which changes touch the scheduler?"
  digestbot ask vllm yesterday "does the first of them change a default?"

In place of a question, a command: "more on #17", "explain why high",
"too high #17", "diff a1b2c3d path/file.py". Without a language model the
changes that match are shown. REPO and PERIOD are as for digestbot digest."""

SUBSCRIBE_DESCRIPTION = """\
Post a digest of repositories to a channel, as long as digestbot runs.

REPO is a name or owner/name on GitHub, a clone URL, an absolute path, or an
alias of digestbot.toml."""

RUN_DESCRIPTION = """\
Post what channels are subscribed to, and answer people, until it is stopped.

With PostgreSQL (DATABASE_URL) several processes may run: `--role chat` talks
to people, `--role worker` does the work."""

STATUS_DESCRIPTION = """\
Tell how the bot is doing: which processes run, what the language model took
today, what waits or is being made, what people think of tiers and answers,
and every subscription, those in trouble first.

It only looks. The exit code is 0 also where something is in trouble:
`digestbot health` is for scripts that want to know."""

HEALTH_DESCRIPTION = """\
Ask the process of `digestbot run` on this machine how it is, at the port of
[health], and say what it answers. The exit code is 0 if it is well, and 1 if
it is not, does not answer within 4 seconds, or cannot be asked."""

BACKUP_DESCRIPTION = """\
Write what is kept, and the work under way, to a file, also while digestbot runs.

With PostgreSQL (DATABASE_URL) it is pg_dump that does so."""

RESTORE_DESCRIPTION = """\
Bring a backup back, in place of what is there, which is moved aside.

What was posted since the backup is looked up in the channels when digestbot
runs again, and is not posted twice.

Without FILE, the database is told that it was brought back by other means:
by pg_restore, or with the disk."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    options = parser().parse_args(arguments)
    if options.command == "health":
        # Asked every few seconds: it must not take what the program takes to load.
        from bot.cli.health import run as look  # noqa: PLC0415 - see above

        return look(options)
    # The program and its libraries take ten times as long to load as the grammar.
    from bot.cli.run import run  # noqa: PLC0415 - see above

    return run(options)


def parser() -> argparse.ArgumentParser:
    """Return the grammar of the command line."""
    layout = argparse.RawDescriptionHelpFormatter
    grammar = argparse.ArgumentParser(
        prog="digestbot",
        description="Ranked digests of a repository's work.",
        epilog=EXIT_CODES,
        formatter_class=layout,
    )
    commands = grammar.add_subparsers(required=True, metavar="COMMAND")
    digest = commands.add_parser(
        "digest",
        help="rank the changes of a day and show the digest",
        description=DIGEST_DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=layout,
        usage="digestbot digest [options] REPO… [PERIOD]",
    )
    digest.add_argument("words", nargs="+", metavar="REPO… [PERIOD]", help="what to digest, and of which time")
    digest.add_argument("--format", choices=FORMATS, help="default: thread, or what the name of the output ends in")
    digest.add_argument("--output", metavar="FILE", help="write to a file instead of the terminal")
    _add_explain(digest)
    _add_reading_options(digest)
    demo = commands.add_parser(
        "demo",
        help="show the newest active day of the repository in this folder",
        description="Digest the newest active day of the repository in this folder, and say what to try next.",
    )
    _add_reading_options(demo)
    demo.set_defaults(explain=False)
    ask = commands.add_parser(
        "ask",
        help="answer a question about a digest",
        description=ASK_DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=layout,
        usage="digestbot ask [options] REPO [PERIOD] QUESTION",
    )
    ask.add_argument("words", nargs="+", metavar="REPO [PERIOD]", help="what the question is about; today by default")
    ask.add_argument("question", metavar="QUESTION", help="between quotation marks")
    ask.add_argument("--new", action="store_true", help="forget what was asked and answered before")
    _add_explain(ask)
    _add_reading_options(ask)
    _add_subscriptions(commands)
    run = commands.add_parser(
        "run",
        help="post what is subscribed to, until it is stopped",
        description=RUN_DESCRIPTION,
        formatter_class=layout,
    )
    run.add_argument("--role", choices=ROLES, default="all", help="what this process does; default: all")
    _add_status(commands)
    commands.add_parser(
        "health",
        help="ask the process that runs on this machine how it is",
        description=HEALTH_DESCRIPTION,
        formatter_class=layout,
    )
    _add_backup(commands)
    _add_setup(commands)
    for name, command in commands_of(grammar).items():
        command.set_defaults(command=name)
        command.epilog = "\n\n".join(filter(None, (command.epilog, f"The page about it: docs/{PAGES[name]}.md")))
    return grammar


def commands_of(grammar: argparse.ArgumentParser, before: str = "") -> dict[str, argparse.ArgumentParser]:
    """Return the commands of a grammar, and their steps, by all of their words."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in grammar._actions:  # noqa: SLF001 - argparse has no other way to see what was added
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - likewise
            for word, command in action.choices.items():
                found |= {before + word: command} | commands_of(command, f"{before}{word} ")
    return found


def _add_status(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    status = commands.add_parser(
        "status",
        help="tell how the bot is doing: processes, model, work, subscriptions",
        description=STATUS_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    status.add_argument("--json", action="store_true", help="as JSON, for programs; docs/json.md describes it")
    _add_language(status)


def _add_backup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    layout = argparse.RawDescriptionHelpFormatter
    backup = commands.add_parser(
        "backup",
        help="write what is kept, and the work under way, to a file",
        description=BACKUP_DESCRIPTION,
        formatter_class=layout,
    )
    backup.add_argument("file", metavar="FILE", help="the file, for this user alone; - for standard output")
    restore = commands.add_parser(
        "restore",
        help="bring a backup back",
        description=RESTORE_DESCRIPTION,
        formatter_class=layout,
    )
    restore.add_argument("file", metavar="FILE", nargs="?", help="what `digestbot backup` wrote; - for standard input")


def _add_setup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    commands.add_parser("doctor", help="check the set-up, and say what to do about what is wrong")
    commands.add_parser("plugins", help="show what is installed of which package, and why it cannot be used")
    prompts = commands.add_parser("prompts", help="show the prompts of language models, or one as it is sent")
    prompts.add_argument("name", nargs="?", metavar="NAME", help="a prompt; without it, the names and versions of all")
    words = commands.add_parser("words", help="print the messages that a language of another package lacks, in English")
    words.add_argument("language", metavar="LANGUAGE", help="as digestbot plugins shows it")
    slack = commands.add_parser("slack", help="set Slack up")
    slack_steps = slack.add_subparsers(required=True, metavar="STEP")
    manifest = slack_steps.add_parser("manifest", help="print the manifest of an app, to make one from at Slack")
    manifest.add_argument("--url", metavar="URL", help="where Slack reaches the bot; without it, over a socket")
    discord = commands.add_parser("discord", help="set Discord up")
    steps = discord.add_subparsers(required=True, metavar="STEP")
    steps.add_parser("invite", help="print the link that adds the bot to a server, with what it may do there")


def _add_subscriptions(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    subscribe = commands.add_parser(
        "subscribe",
        help="post a digest to a channel regularly",
        description=SUBSCRIBE_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subscribe.add_argument("repositories", nargs="+", metavar="REPO")
    subscribe.add_argument("--place", required=True, help="such as slack:T024BE7LH/C061EG9T2, discord:1/2 or console:")
    rhythm = subscribe.add_mutually_exclusive_group()
    rhythm.add_argument("--daily", action="store_true", help="every day (the default)")
    rhythm.add_argument("--weekdays", action="store_true", help="from Monday to Friday")
    rhythm.add_argument("--weekly", metavar="DAY", help="once a week, such as friday")
    subscribe.add_argument("--at", metavar="TIME", help="such as 09:00 (the default)")
    subscribe.add_argument("--timezone", metavar="ZONE", help="of that time and of the days, such as Asia/Shanghai")
    _add_language(subscribe)
    subscribe.add_argument("--when-quiet", choices=("line", "silence"), help="what to post when nothing landed")
    subscribe.add_argument("--pins", choices=("high", "root", "none"), help="what to pin")
    subscribe.add_argument("--about", metavar="TEXT", action="append", help="what the channel cares about")
    subscribe.add_argument("--exclude-bots", action="store_true", help="leave the changes of bots out")
    subscribe.add_argument("--exclude-author", metavar="NAME", action="append", help="a login, a name or an address")
    subscribe.add_argument("--exclude-path", metavar="GLOB", action="append", help="as in a .gitignore, such as docs/")
    subscribe.add_argument("--exclude-type", metavar="TYPE", action="append", help="such as ci or documentation")
    subscribe.add_argument("--only-path", metavar="GLOB", action="append", help="leave out what touches none of them")
    listing = commands.add_parser("list", help="show subscriptions: next due, last run, last error")
    listing.add_argument("--place", help="only those of a channel")
    _add_language(listing)
    for command, what in (("pause", "let a subscription rest"), ("resume", "let it go on"), ("unsubscribe", "end it")):
        one = commands.add_parser(command, help=what)
        one.add_argument("id", metavar="ID", help="as digestbot list shows it")


def _add_language(command: argparse.ArgumentParser) -> None:
    command.add_argument("--language", metavar="LANGUAGE", help="such as en or zh")


def _add_explain(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--explain",
        action="store_true",
        help="tell on stderr what a model was asked, read and said, what was dropped, and the cost",
    )


def _add_reading_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--timezone", metavar="ZONE", help="where days begin and end, such as Asia/Shanghai")
    _add_language(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress on the terminal")
