"""What people say: commands, periods, options, commands in threads, names, places."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.errors import RequestError
from bot.model import Since, Window
from bot.talk.commands import GRAMMAR, Cancel, Digest, Set, Subscribe, parse_command
from bot.talk.globs import check_glob
from bot.talk.periods import MAX_DAYS, examples, parse
from bot.talk.places import parse_place
from bot.talk.terms import EXAMPLE, Terms, split_terms
from bot.talk.thread import Judge, ShowDiff, parse_thread_command
from tests.fuzz.inputs import words
from tests.fuzz.target import target

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
_ZONES = ("UTC", "Asia/Shanghai", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu")
_NAME = re.compile(r"(?![-.])[A-Za-z0-9._-]{1,100}(?:/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100})?")

_PERIODS = (
    *examples(NOW, "UTC"), "last 24 hours", "since tags/2026-01-15", "from monday to the day before yesterday",
    "15 January", "2026-01-12 .. 2026-01-14", "3 days ago", "上周一", "过去 7 天", "最近二十四小时", "自 v0.5 以来",
    "从 昨天 至今", "本月", "jan 2nd",
)  # fmt: skip
_OPTIONS = (
    EXAMPLE, "weekly on friday at 6:30pm", "每周五 下午6点半", "language zh", "quiet silence", "pins none",
    "exclude bots", "exclude author ada, grace", "exclude path docs/,*.md", "exclude type ci", "only src/**",
    "everything", "about AMD, kernels；编译", "in Asia/Shanghai",
)  # fmt: skip
_REPOSITORIES = (
    "ruff", "astral-sh/ruff", "https://github.com/a/b.git", "<https://github.com/a/b|b>",
    "https://user:hunter2@github.com/a/b", "git@github.com:a/b", "file:///etc/passwd", "ext::sh -c x",
    "acme/.github",
)  # fmt: skip
_COMMANDS = tuple(
    f"{name} {_REPOSITORIES[number % len(_REPOSITORIES)]} {rest}"
    for number, (name, rest) in enumerate(
        (name, rest)
        for verb in GRAMMAR
        for name in (verb.name, *verb.also)
        for rest in ("", *_PERIODS[:3], *_OPTIONS[:4])
    )
)


def _is_refusal(error: RequestError, said: str = "") -> None:
    """A refusal is a line of text, and does not repeat what stands before an @: it may be a credential."""
    assert str(error).isprintable()
    assert len(str(error)) < 1_000
    innocent = " ".join(word.rpartition("@")[2] for word in unicodedata.normalize("NFKC", said).split())
    assert "hunter2" in innocent or "hunter2" not in str(error)


@target(st.tuples(words(_COMMANDS, (*_PERIODS, *_OPTIONS, *_REPOSITORIES)), st.sampled_from(_ZONES)))
def commands(said: tuple[str, str]) -> None:
    """A text is a command or refused; what it names are names, never a path, an option or an address."""
    try:
        command = parse_command(said[0], NOW, said[1])
    except RequestError as error:
        return _is_refusal(error, said[0])
    if isinstance(command, Digest | Subscribe | Set | Cancel):
        for name in command.repositories:
            assert _NAME.fullmatch(name), name
    if isinstance(command, Digest):
        again = parse_command(f"digest {' '.join(command.repositories)} {command.period.label}", NOW, said[1])
        assert again == command
    return None


@target(st.tuples(words(_PERIODS), st.sampled_from(_ZONES)))
def periods(said: tuple[str, str]) -> None:
    """A text is a period that is in the past and no longer than a year, or refused; its label means the same."""
    try:
        period = parse(said[0], NOW, said[1])
    except RequestError as error:
        return _is_refusal(error)
    assert parse(period.label, NOW, said[1]) == period
    if isinstance(period, Window):
        assert period.start < period.end <= NOW + timedelta(days=31)
        assert period.end - period.start <= timedelta(days=MAX_DAYS, hours=26)
        return None
    assert isinstance(period, Since)
    assert not period.ref.startswith("-")
    assert not set(period.ref) & set(" ~^:?*[\\\n\x00")
    return None


@target(words(_OPTIONS).map(str.split))
def options(said: list[str]) -> None:
    """Words are options or refused; lists are bounded, and globs are those that can be matched in good time."""
    try:
        before, terms = split_terms(said)
    except RequestError as error:
        return _is_refusal(error)
    assert isinstance(terms, Terms)
    assert list(before) == said[: len(before)]
    for listed in (terms.interests, terms.exclude_authors, terms.exclude_paths, terms.only_paths, terms.exclude_types):
        assert len(listed or ()) <= 50
    for glob in (*(terms.exclude_paths or ()), *(terms.only_paths or ())):
        assert check_glob(glob) == glob
    return None


_IN_THREADS = (
    "more on #17028", "tell me more about abc1234", "详细说说 #12", "why is #12 high?", "why low",
    "解释一下 #3 为什么是高级", "#12 is too high", "太低了 abc1234", "diff #12 src/a b.py", "差异 abc1234", "useful",
    "not helpful", "没用。",
)  # fmt: skip


@target(words(_IN_THREADS))
def thread_commands(said: str) -> None:
    """A text is a question or a command; a command names a change by a number or by digits."""
    command = parse_thread_command(said)
    if command is None or isinstance(command, Judge):
        return
    if command.name is not None:
        assert re.fullmatch(r"[#!][0-9]{1,9}|[0-9a-f]{7,40}", command.name), command.name
    if isinstance(command, ShowDiff) and command.path is not None:
        assert command.path
        assert "\n" not in command.path


@target(words(("slack:T024BE7LH/C061EG9T2", "discord:1/2", "console:")))
def places(said: str) -> None:
    """A text is a place or refused, and a place says again what was said."""
    try:
        place = parse_place(said)
    except RequestError as error:
        return _is_refusal(error)
    assert place.channel_key == said.strip() or not place.channel
    return None
