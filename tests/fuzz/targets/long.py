"""Long texts: the time to read one grows with its length, also if it is made against the expressions that read it."""

import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from inspect import signature
from types import ModuleType

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import adapters
import bot
from adapters.chat.discord.rendering import render as render_for_discord
from adapters.chat.slack.rendering import render as render_for_slack
from adapters.source.git.failures import translate
from adapters.source.git.locations import page_of, remote_location
from adapters.source.git.messages import co_authors, pull_request
from adapters.source.git.process import GitFailed
from adapters.source.git.refs import refuse_unsafe_ref
from adapters.source.github.addresses import Server
from bot.answer.checking import Checker
from bot.answer.querying import understand
from bot.answer.readings import Readings
from bot.answer.remarks import language_of
from bot.answer.streaming import Sentences
from bot.asking.reading import find
from bot.digest.analyst.claims import claims
from bot.digest.analyst.grounding import Grounding
from bot.digest.analyst.quarantine import FOR_ANSWERS, instructs
from bot.digest.analyst.sentences import clauses, whole_sentences
from bot.digest.analyst.sheets import write_sheets
from bot.digest.diffs import mask, prepare
from bot.digest.references import references
from bot.digest.rules import analyse
from bot.errors import DigestbotError
from bot.lexemes import terms
from bot.present.blocks import Message, Paragraph, Text
from bot.present.labels import Labels
from bot.present.markdown import escaped
from bot.present.prose import prose
from bot.present.shape import shape
from bot.present.splitting import split_text
from bot.redaction import Redactor
from bot.talk.commands import parse_command
from bot.talk.periods import parse
from bot.talk.terms import split_terms
from bot.talk.thread import parse_thread_command
from bot.tokens import estimate
from tests.digest.analyst.support import day, landed
from tests.digest.written import MIRA, change, patch
from tests.fakes.digests import ROCKET
from tests.fuzz.fuzzing import LONGEST, TooSlow
from tests.fuzz.inputs import NASTY
from tests.fuzz.target import target

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
_SHORT, _LONG = 400, 12_000
"""Characters of the texts that are read."""
_TIMES = 4
"""The longest is compared with one that is so many times shorter."""
_LONGEST_PIECE = 200
_SOON = 0.25
"""Seconds of the processor below which nobody asks how a time grows."""
_GROWTH = 9.0
"""More than this is not in proportion: four times as long is a line, and sixteen times a square."""
_TRIES = 3
_SHEET = write_sheets(day(landed(1, "Order requests by deadline (#1412)", "a.py", diff="@@ -1 +1 @@\n+pop in 4 ms")))[0]
_SERVER = Server.of("https://api.github.com")
_PATH = "engine/scheduler.py"
_URL = "https://example.org/x"
_NET = ("bot.digest.analyst.quarantine", "bot.digest.analyst.characters")
_MESSAGES = ("adapters.source.git.messages",)


def _message(text: str) -> Message:
    return Message("root", "title", (Paragraph((Text(text),)),))


def _answer(text: str) -> None:
    sentences = Sentences()
    checker = Checker(Readings(()), "What is the limit?", lambda _: None)
    for raw in (*sentences.take(text), *sentences.end()):
        checker.check(raw)


READERS: dict[str, tuple[Callable[[str], object], tuple[str, ...]]] = {
    "the rules, a subject": (lambda text: analyse(change(text), None), ("bot.digest.rules",)),
    "the rules, a body": (lambda text: analyse(change(f"Order requests\n\n{text}"), None), ("bot.digest.rules",)),
    "the rules, a merge": (lambda text: analyse(change(f"Merge branch 'x'\n\n{text}"), None), ("bot.digest.rules",)),
    "the rules, a path": (lambda text: analyse(change("Order requests", text), None), ("bot.digest.rules.paths",)),
    "the rules, a patch": (
        lambda text: analyse(change("Order", _PATH), patch(f"+{text}")),
        ("bot.digest.rules.patches", "bot.digest.rules.facts"),
    ),
    "references": (lambda text: references(change(f"{text}\n\n{text}"), ROCKET), ("bot.digest.references",)),
    "a file's shape": (lambda text: shape(change("Order", text), Labels("en")), ("bot.present.shape",)),
    "secrets in diffs": (mask, ("bot.digest.diffs",)),
    "a diff for a model": (
        lambda text: prepare(change("Order", _PATH), patch(f"+{text}"), 500).within(50),
        ("bot.digest.diffs",),
    ),
    "tokens": (estimate, ("bot.tokens",)),
    "instructions": (instructs, _NET),
    "instructions in code": (lambda text: instructs(text, code=True, net=FOR_ANSWERS), _NET),
    "an answer in JSON": (lambda text: find(f"{{{text}", "", str), ("bot.asking",)),
    "claims": (lambda text: list(claims(text)), ("bot.digest.analyst.claims",)),
    "sentences": (lambda text: list(map(clauses, whole_sentences(text))), ("bot.digest.analyst.sentences",)),
    "what is kept of an analysis": (Grounding(_SHEET).text, ("bot.digest.analyst", "bot.present.prose")),
    "an answer": (_answer, ("bot.answer", "bot.digest.analyst.claims", "bot.digest.analyst.sentences")),
    "a question": (lambda text: understand(text, NOW, "UTC"), ("bot.answer.querying", "bot.lexemes", "bot.talk")),
    "a question's language": (language_of, ("bot.answer.remarks",)),
    "terms": (lambda text: list(terms(text)), ("bot.lexemes",)),
    "a command": (lambda text: parse_command(text, NOW, "UTC"), ("bot.talk",)),
    "options": (lambda text: split_terms(text.split()), ("bot.talk",)),
    "a period": (lambda text: parse(text, NOW, "UTC"), ("bot.talk",)),
    "a command in a thread": (parse_thread_command, ("bot.talk.thread",)),
    "parts": (lambda text: split_text(text, 3_000), ("bot.present.splitting",)),
    "prose": (prose, ("bot.present.prose",)),
    "Markdown": (escaped, ("bot.present.markdown", "bot.present.characters")),
    "on Slack": (lambda text: render_for_slack(_message(text)), ("adapters.chat.slack", "bot.present.splitting")),
    "on Discord": (lambda text: render_for_discord(_message(text)), ("adapters.chat.discord", "bot.present.splitting")),
    "people of a commit": (lambda text: co_authors([("Co-authored-by", text)], MIRA), _MESSAGES),
    "a commit's pull request": (pull_request, _MESSAGES),
    "what git says": (lambda text: translate(GitFailed(128, text), _URL), ("adapters.source.git.failures",)),
    "a location": (lambda text: (page_of(text), remote_location(text)), ("adapters.source.git.locations",)),
    "a ref": (refuse_unsafe_ref, ("adapters.source.git.refs",)),
    "an address of GitHub's": (
        lambda text: (_SERVER.locate(text), _SERVER.login_of(text)),
        ("adapters.source.github.addresses",),
    ),
    "what is logged": (Redactor(), ("bot.redaction",)),
}
"""What reads texts of strangers, and the modules whose expressions it uses."""


@cache
def _expressions(modules: tuple[str, ...]) -> tuple[str, ...]:
    """Return the regular expressions of modules and of what is in them, in an order that is the same each time."""
    found = {
        each.pattern for module in _modules() if module.__name__.startswith(modules) for each in _compiled(vars(module))
    }
    return tuple(sorted(found))


@cache
def _modules() -> tuple[ModuleType, ...]:
    return tuple(
        importlib.import_module(each.name)
        for package in (bot, adapters)
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not each.name.endswith("__main__") and ".migrations." not in each.name
    )


def _compiled(value: object) -> Iterator[re.Pattern[str]]:
    """Yield the expressions for text that a value is, holds, or, where it is a function that keeps them, returns."""
    match value:
        case re.Pattern(pattern=str()):
            yield value
        case dict():
            yield from (found for each in value.values() for found in _compiled(each))
        case list() | tuple():
            yield from (found for each in value for found in _compiled(each))
        case _ if is_dataclass(value) and not isinstance(value, type):
            yield from (found for each in fields(value) for found in _compiled(getattr(value, each.name)))
        case _ if hasattr(value, "cache_info") and callable(value) and not signature(value).parameters:
            yield from _compiled(value())


@st.composite
def _texts(draw: DrawFn) -> list[str]:
    """Draw a reader, and what its text begins with, repeats and ends with: parts of what an expression finds."""
    name = draw(st.sampled_from(sorted(READERS)))
    shown = draw(st.from_regex(draw(st.sampled_from(_expressions(READERS[name][1])))))[:_LONGEST_PIECE] or " "
    begin = draw(st.integers(0, len(shown) - 1))
    end = draw(st.integers(begin + 1, len(shown)))
    return [name, shown[:begin], shown[begin:end], draw(st.sampled_from(("", "\x01", "\n", "!", *NASTY)))]


@target(_texts())
def long_texts(given: list[str]) -> None:
    """How long it takes to read a text grows with its length, whatever it repeats."""
    name, before, piece, after = given
    read, _ = READERS[name]

    def took(length: int) -> float:
        return _seconds(read, before + piece * (length // len(piece)) + after)

    took(_SHORT)  # what grows without bounds does not come back from a longer one
    # The machine may be busy with something else: the shortest of some times is the true one.
    slow = min(took(_LONG) for _ in range(_TRIES)) if took(_LONG) > _SOON else 0.0
    if slow > _SOON:
        growth = slow / min(took(_LONG // _TIMES) for _ in range(_TRIES))
        if growth > _GROWTH:
            raise TooSlow(f"{growth:.1f} times as long for {_TIMES} times the text")


def _seconds(read: Callable[[str], object], text: str) -> float:
    """Return how many seconds of the processor it takes to read a text; a refusal of it is an answer, too.

    Raises TooSlow after some of them: an expression that tries every way would not end by itself.
    """
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    begun = time.process_time()
    try:
        with suppress(DigestbotError, ValueError):
            read(text)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.process_time() - begun


def _stop(_: int, __: object) -> None:
    raise TooSlow(f"not read after {LONGEST} s of the processor")
