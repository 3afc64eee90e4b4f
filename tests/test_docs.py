"""The documentation: its settings are settings, and its commands are commands."""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import sections
from bot.cli import commands_of, parser
from bot.settings import ConfigurationFile
from bot.talk.commands import parse_command, split_request
from bot.talk.thread import parse_thread_command
from tests.docs.blocks import CHAT, OUTPUT, PAGES, ROOT, SHELL, TOML, blocks
from tests.docs.configure import SECTIONS

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def named(path: Path) -> str:
    """Return how a page is called in a report."""
    return path.name


def commands(page: Path) -> Iterator[str]:
    """Yield the calls of digestbot that a page shows on lines of their own."""
    for block in blocks(page):
        if block.language == SHELL:
            # A program in a folder has its path before it, and what holds for one call alone its setting.
            yield from re.findall(r"^(?:\w+=\S* )*(?:[\w.~][\w.~/-]*/)?digestbot (.*)", block.text, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_are_understood(page: Path) -> None:
    """Every call of digestbot that a page shows is one that the program takes."""
    for command in commands(page):
        options = parser().parse_args(shlex.split(command, comments=True))
        if options.command == "digest":
            names, _ = split_request(options.words, NOW, options.timezone or "UTC")
            assert names


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_what_chats_are_told_is_understood(page: Path) -> None:
    """Every command and mention that a page shows on a line of its own is understood; whatever asks is a question."""
    typed = "".join(block.text for block in blocks(page) if block.language == CHAT)
    for said in re.findall(r"^(?:/digest|@digestbot) (.*)$", typed, re.MULTILINE):
        is_option = "repository:" in said  # of Discord's
        if not (is_option or said.endswith("?") or parse_thread_command(said)):
            parse_command(said, NOW, "UTC")


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_settings_are_known(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting that a page shows is one that the program takes."""
    for block in blocks(page):
        if block.language == TOML:
            path = tmp_path / f"{block.line}.toml"
            path.write_text(block.text, "utf-8")
            monkeypatch.setenv("DIGESTBOT_CONFIG", str(path))
            file = ConfigurationFile.read()
            file.settings(sections())
            for table, settings in SECTIONS.items():
                file.section(settings, table)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file that is there."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_paths_are_there(page: Path) -> None:
    """Every path of this checkout that a page names between backticks exists."""
    for path in re.findall(r"`((?:bot|adapters|tests|docs)/[\w./-]*)`", page.read_text("utf-8")):
        assert (ROOT / path).exists(), path


def test_help_names_a_page() -> None:
    """The help of every command and of every step names the page that tells the rest, and that page shows it."""
    for words, command in commands_of(parser()).items():
        named_page = re.search(r"docs/[\w-]+\.md$", command.format_help().strip())
        assert named_page, words
        assert f"digestbot {words}" in (ROOT / named_page[0]).read_text("utf-8"), words


def test_both_languages() -> None:
    """The Chinese README has the sections, blocks, commands and links of the English one."""
    english, chinese = (ROOT / name for name in ("README.md", "README.zh-CN.md"))
    assert _outline(english) == _outline(chinese)
    assert list(_typed(english)) == list(_typed(chinese))


def _outline(page: Path) -> list[str]:
    """Return the levels of the headings, the languages of the blocks, the rows of tables, and where links lead."""
    found = r"^\s*(```\w+|#+ |\|-+\||\d\.(?= ))|^(\|)|^(- )|(?<!!)\[[^]]*\](\((?!README)[^)]+\))"
    text = re.sub(
        r"^( *```(?:sh|text|output|chat)\n).*?```", r"\1", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    return ["".join(match.groups("")) for match in re.finditer(found, text, re.MULTILINE)]


def _typed(page: Path) -> Iterator[str]:
    """Yield what is typed and printed; what a comment says is not the same, and nor is whose morning it is."""
    for block in blocks(page):
        if block.language in (SHELL, CHAT, OUTPUT):
            for line in block.text.splitlines():
                yield re.sub(r" +# .*| in \w+/\w+", "", line)
