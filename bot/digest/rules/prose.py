"""Finds the running text of a commit's body: what its author tells a reader.

Left out are the questions of forms, headings and the sections that nobody reads in a digest (how it was tested, check
lists), quotes, tables, code, images, signs and references, and the small steps of a squashed branch.
"""

import re

from bot.digest.rules.vocabulary import LINES

_MOST = 16_000
"""Characters of a body that are read; nobody's first sentences come later."""
_LONGEST_LINE = 4_000
_LONGEST_HEADING = 90
_CELLS = 2
"""Bars from which a line is a row of a table."""

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DETAILS = re.compile(r"<details\b.*?(?:</details>|\Z)", re.DOTALL | re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
_LINK = re.compile(r"\[([^\[\]]+)\]\((?:[^()\s]|\([^()\s]*\)){1,2000}(?:\s+\"[^\"]*\")?\)|\[([^\[\]]+)\]\[[^\[\]]*\]")
_TAG = re.compile(
    r"</?(?:a|b|i|p|br|img|em|strong|su[bp]|kbd|div|span|h[1-6]|[uo]l|li|table|t[rdh]|tbody|thead|picture|source|summary|"
    r"details|center|font|code|pre|hr|samp|blockquote)\b[^<>]*>",
    re.IGNORECASE,
)
_HEADING = re.compile(r"#{1,6}\s.*|\*\*[^*]{1,60}\*\*:?|__[^_]{1,60}__:?|[A-Z][\w /'’()-]{0,50}:")
# Atomic: "GH-1" is one in two ways, and to try both of each in a list would not end.
_ISSUE = r"(?>(?:[\w.-]+/[\w.-]+)?#\d+|GH-\d+|@[\w/-]+|https?://\S+|[A-Z]{2,10}-\d+|[0-9a-f]{7,40})"
_VERB = (
    r"(?:(?:this\s+)?(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?|references|related(?: to)?|see(?: also)?|"
    r"part of|issue|towards?|addresses|supersedes|follow[- ]?up (?:to|of)|stacked on|depends on|relates to|cc|"
    r"contributes to|ping)\b:?\s*)"
)
_REFERENCES = re.compile(
    rf"(?:[-*]\s*)?{_VERB}{{0,3}}{_ISSUE}(?:[\s,;.&]+(?:and\s+)?{_VERB}?{_ISSUE})*[\s,.;]*", re.IGNORECASE
)
_LIST = re.compile(r"(?P<mark>[-*+•]|\d{1,3}[.)])\s+(?P<text>.*)")
_BOX = re.compile(r"\[[ xX]?\]")
_SENTENCE_SIGNS = ".!?:。！？："


def prose_of(body: str) -> str:
    """Return the paragraphs of a body, one a line; list items stay lines of their own that begin with "- "."""
    text = body[:_MOST]
    if "<" in text:
        text = _TAG.sub("", _DETAILS.sub("", _COMMENT.sub("", text)))
    if "[" in text:
        text = _LINK.sub(lambda link: link[1] or link[2], _IMAGE.sub("", text))
    reader = _Reader()
    for line in text.split("\n"):
        reader.read(line)
    return "\n".join(reader.paragraphs)


class _Reader:
    """Reads a body line by line: which lines go on with the paragraph before, and which are left out."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self._open = False
        """Whether the next line may go on with the last paragraph."""
        self._dropping = False
        """Whether lines are left out up to the end of this paragraph, since its beginning was."""
        self._fenced = False
        self._skipped = False
        """Whether the section is one that is left out."""

    def read(self, line: str) -> None:
        """Read one line."""
        text = line.strip()
        if text.startswith(("```", "~~~")):
            self._fenced = not self._fenced
            self._open = False
        elif not self._fenced and not self._still_dropping(text):
            self._read_text(line, text)

    def _still_dropping(self, text: str) -> bool:
        self._dropping = self._dropping and bool(text) and not _LIST.match(text)
        return self._dropping

    def _read_text(self, line: str, text: str) -> None:
        before = self.paragraphs[-1] if self._open else ""
        if len(text) <= _LONGEST_HEADING and _HEADING.fullmatch(text):
            self._skipped = LINES["sections"].search(text) is not None
            self._open = False
        elif self._skipped or _is_noise(line, text, before):
            self._open = False
            self._dropping = text.startswith((">", "|"))
        elif item := _item(text, before):
            self._open = not (_BOX.match(item) or LINES["commits"].fullmatch(item) or _is_noise("", item, ""))
            self._dropping = not self._open
            self.paragraphs += [f"- {item}"] if self._open else []
        elif before:
            self.paragraphs[-1] += ("" if _wide(before[-1]) and _wide(text[0]) else " ") + text
        else:
            self.paragraphs.append(text)
            self._open = True


def _item(text: str, before: str) -> str:
    """Return the text of a list item, or nothing; a number that wrapping put at the beginning of a line begins none."""
    item = _LIST.fullmatch(text)
    if item is None or (before and item["mark"][0].isdecimal() and item["mark"][:-1] not in ("1", "2")):
        return ""
    return item["text"].strip()


def _is_noise(line: str, text: str, before: str) -> bool:
    """Return whether a line is left out; `before` is the text that it would go on with, if any."""
    if not text or len(text) > _LONGEST_LINE:
        return True
    if not before and line.startswith(("    ", "\t")) and not _LIST.match(text):
        return True
    if text[0] in ">|" or text.count(" | ") >= _CELLS or text.startswith(("+-", "+=")):
        return True
    if _REFERENCES.fullmatch(text[:400]):
        return not before or before[-1] in _SENTENCE_SIGNS
    return LINES["noise"].fullmatch(text) is not None


def _wide(sign: str) -> bool:
    """Return whether a character is of a script that is written without spaces."""
    return "\u2e80" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff" or "\uff00" <= sign <= "\uffef"
