"""How `make docs` makes a site of these pages (Sphinx). Nothing in it is loaded from another host."""

from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "digestbot"
html_title = "digestbot"
html_theme = "furo"
extensions = ["myst_parser"]
myst_heading_anchors = 4
html_copy_source = False
html_show_sphinx = False
linkcheck_timeout = 20
linkcheck_anchors = False  # pages that are made by scripts have none in what is sent
linkcheck_ignore = [
    r"https?://(127\.0\.0\.1|localhost|[^/]*example)",
    r"^(?!https?:)",  # links between pages, which `make docs` follows, and which end in .md until then
]

ROOT = Path(__file__).parents[1]
OUTSIDE = {
    "README.md": "index",
    "README.zh-CN.md": "chinese",
    "CONTRIBUTING.md": "contributing",
    "CHANGELOG.md": "changelog",
    "SECURITY.md": "reporting",
}
"""The pages that stand at the root of the repository, and what they are called here."""


def bring_in(app: Sphinx, name: str, source: list[str]) -> None:
    """Put a page of the root where its stub is, and let links lead to pages of the site."""
    text = source[0]
    for file, page in OUTSIDE.items():
        if page == name:
            app.env.note_dependency(ROOT / file)
            text = text.replace(f"<!-- {file} -->", (ROOT / file).read_text("utf-8"))
            text = text.replace("](docs/", "](").replace('src="docs/', 'src="').replace('srcset="docs/', 'srcset="')
            text = text.replace("](LICENSE)", "](../LICENSE)")
    for file, page in OUTSIDE.items():
        text = text.replace(f"](../{file}", f"]({page}.md").replace(f"]({file}", f"]({page}.md")
    source[0] = text


def setup(app: Sphinx) -> None:
    """Take part in the reading of pages; what is typed into a chat has no colours."""
    app.add_lexer("chat", TextLexer)
    app.connect("source-read", bring_in)
