"""The code blocks of the documentation: what each is, where it stands, and what it is followed by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

SHELL, CHAT, OUTPUT, TOML, JSON, TEXT = "sh", "chat", "output", "toml", "json", "text"
FILE, CONSOLE = "file", "console"
CHECKED = (SHELL, CHAT, OUTPUT, TOML, JSON)
"""What is run or loaded."""

TAKEN_AS_IT_IS = {
    TEXT: "a drawing or a form of words, which nobody types",
    "{toctree}": "the contents of the site, which `make docs` checks",
    FILE: "a file of somebody else's package, with its path after the language; tests/extend uses it",
    CONSOLE: "commands in a folder of somebody else's package; tests/extend runs them, and looks at what they print",
    "ini": "the settings of another program, such as a unit of systemd",
    "nginx": "the settings of another program",
    "yaml": "the settings of another program",
}
"""What neither a shell nor digestbot takes, with the reason."""


ANYTHING = "…"


@dataclass(frozen=True, slots=True)
class Block:
    """A code block: its language, its text without an indent, and the line of the page at which it begins, from 1.

    `path` is that of a file (whose language is FILE), or the folder of commands, where the block says it.
    """

    page: Path
    line: int
    language: str
    text: str
    path: str = ""

    def __str__(self) -> str:
        """Say where it stands."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """Yield the code blocks of a page, in order."""
    for token in MarkdownIt().parse(page.read_text("utf-8")):
        if token.type in ("fence", "code_block"):
            assert token.map
            kind = _kind(token.content, fenced=token.type == "fence")
            language, path = [*token.info.split(), "", ""][:2]
            language = FILE if path and language != CONSOLE else language or kind
            yield Block(page, token.map[0] + 1, language, token.content, path)


def is_what_was_shown(printed: str, shown: str) -> bool:
    """Return whether an output is what a page shows: `…` is anything in its line, and alone any lines.

    Spaces that keep a line from being broken there look like others.
    """
    lines = (re.escape(line).replace(ANYTHING, ".*") + r"\n" for line in shown.strip().splitlines())
    pattern = "".join(r"(?:.*\n)*?" if line == r".*\n" else line for line in lines)
    return re.fullmatch(pattern, printed.strip().replace("\N{NO-BREAK SPACE}", " ") + "\n") is not None


def _kind(text: str, *, fenced: bool) -> str:
    """Return what a block is that does not say it: an indented one holds commands, or what is typed into a chat."""
    if fenced:
        return ""
    return CHAT if text.startswith(("/", "@")) else SHELL
