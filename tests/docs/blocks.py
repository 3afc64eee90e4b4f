"""The code blocks of the documentation: what each is, where it stands, and what it is followed by."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

SHELL, CHAT, OUTPUT, TOML, JSON, TEXT = "sh", "chat", "output", "toml", "json", "text"
CHECKED = (SHELL, CHAT, OUTPUT, TOML, JSON)
"""What is run or loaded."""

TAKEN_AS_IT_IS = {
    TEXT: "a drawing or a form of words, which nobody types",
    "{toctree}": "the contents of the site, which `make docs` checks",
    "python": "code of somebody else's package; tests/extend runs what docs/extend.md shows",
    "ini": "the settings of another program, such as a unit of systemd",
    "nginx": "the settings of another program",
    "yaml": "the settings of another program",
}
"""What neither a shell nor digestbot takes, with the reason."""


@dataclass(frozen=True, slots=True)
class Block:
    """A code block: its language, its text without an indent, and the line of the page at which it begins, from 1."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        """Say where it stands."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """Yield the code blocks of a page, in order."""
    for token in MarkdownIt().parse(page.read_text("utf-8")):
        if token.type in ("fence", "code_block"):
            assert token.map
            language = token.info.split()[0] if token.info else _kind(token.content, fenced=token.type == "fence")
            yield Block(page, token.map[0] + 1, language, token.content)


def _kind(text: str, *, fenced: bool) -> str:
    """Return what a block is that does not say it: an indented one holds commands, or what is typed into a chat."""
    if fenced:
        return ""
    return CHAT if text.startswith(("/", "@")) else SHELL
