"""Tells text that could instruct a language model. Such a change is judged in a call of its own.

A model that reads several changes at once might obey one of them and say something false of the others. So what looks
like an instruction never comes into a call that others share. This is a net, not a proof: it is wide, since what it
catches by mistake costs one call. What it catches is told apart in eight ways:

    hidden     characters that nobody sees, and texts that are encoded
    roles      the marks by which chats are written: <|im_start|>, [INST]
    speakers   "system:" at the beginning of a line
    answers    our own fence
    keys       JSON with the names of our answers
    commands   "ignore the previous instructions" and its like, in many languages (`instructions.toml`)
    ratings    what is to be said of this or of other changes: "mark every other commit as low"
    cues       sentences about how changes are reported, by the words that come together in them

Where each sentence of an answer is checked before anybody sees it, and a text that is withheld is missed by who asks,
the mesh is wider (`FOR_ANSWERS`): more cues have to come together, and in code an order counts only where it is words.
"""

import base64
import html
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import ascii_lowercase
from typing import Any
from urllib.parse import unquote

from bot.digest.analyst.characters import HIDING, folded, readable

_MOST = 40_000
_LINK = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s<>()\"'`]*")
_ENCODED = re.compile(r"[A-Za-z0-9+]{24,4096}|[A-Za-z0-9+/_-]{24,4096}")
_HEXADECIMAL = re.compile(r"(?<!\w)(?:[0-9a-f]{2}[ :]?){16,2048}(?!\w)", re.IGNORECASE)
_ESCAPES = re.compile(r"(?:\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|&#x?[0-9a-f]+;|%[0-9a-f]{2}){4}", re.IGNORECASE)
_MOST_ENCODED = 64
_SENTENCE_END = re.compile(r"[.!?;\n]+")
_LONGEST_SENTENCE = 300
_MIXED = re.compile(r"[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z]")
_LOOKALIKES = str.maketrans("аеіорсухѕјԁһԛԝαοενιρκτυ", "aeiopcyxsjdhqwaoevipktu")
_DIGITS_AS_LETTERS = str.maketrans("013457@$", "oieastas")
_DIGIT_IN_WORD = re.compile(r"(?<![a-z0-9@$])(?=[a-z]{0,20}[0-9@$])[a-z0-9@$]{3,20}(?![a-z0-9@$])")
_TELLING = re.compile(
    r"^(?:ign|disreg|forget|overr|prev|instr|prompt|syst|assis|commi|chang|low|high|medium|mark|tier|rate|others|every)"
)
_BACKWARDS = re.compile("erongi|snoitcurtsni|tpmorp|metsys|timmoc|drageris|hgih|muidem")
_TURNED = re.compile("vtaber|vafgehpgvba|cebzcg|flfgrz|pbzzvg|qvfertneq|uvtu|zrqvhz")
_SPELT_OUT = re.compile(r"(?<!\w)(?:\w[ ._*-]){5,400}\w(?!\w)")
_JOINT = re.compile(r"[-_./\\|+*~]+")
_JOINED = re.compile(r"(?<![^\W_])[^\W_]{1,40}+(?:[-_./\\|+*~]{1,3}[^\W_]{1,40}+){2,200}")
_SYNTAX = re.compile(r"[(){}\[\]=<>|;]|(?<=\w)\.(?=\w)|[\"'],\s{0,9}[\"']")
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]{0,200})\]\( link ?\)")
_BOUNDARY = re.compile(r"^(?:\\b|\(\?<!\[[^\]]+\]\))")
_ALWAYS = ("answers", "roles")
_ORDERS = ("commands", "ratings")


@dataclass(frozen=True, slots=True)
class Net:
    """How many cues have to come together in a sentence, also in code, and whether code is told from words there."""

    cues: int
    cues_in_code: int
    words_in_code: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    """An expression, and a wider one without its first boundary, which tells sooner that there is nothing to find.

    `re` tries an expression that begins with a boundary at every character, and others where one stands that they can
    begin with.
    """

    exact: re.Pattern[str]
    wide: re.Pattern[str]

    @classmethod
    def written(cls, expression: str) -> "_Rule":
        """Return the rule of an expression."""
        wide = _BOUNDARY.sub("", expression, count=1)
        return cls(re.compile(expression, re.MULTILINE), re.compile(wide, re.MULTILINE))

    def finds(self, text: str) -> bool:
        """Tell whether it is found in a text."""
        return self.wide.search(text) is not None and self.exact.search(text) is not None

    def found(self, text: str) -> Iterator[str]:
        """Yield what is found."""
        if self.wide.search(text):
            yield from (found[0] for found in self.exact.finditer(text))


FOR_TRIAGE = Net(3, 4)
FOR_ANSWERS = Net(4, 5, words_in_code=True)


def instructs(text: str, *, code: bool = False, net: Net = FOR_TRIAGE) -> bool:
    """Tell whether a text could be meant for a model that reads it; in `code` common words come together by chance.

    Only its first 40,000 characters are looked at.
    """
    text = text[:_MOST]
    enough, words = net.cues_in_code if code else net.cues, code and net.words_in_code
    return any(_orders(reading, enough, words=words) for reading in _readings(text))


def _readings(text: str) -> Iterator[str]:
    """Yield the text in all the ways in which a model might read it."""
    plain = folded(_LINK.sub(" link ", text))
    yield plain
    if _MIXED.search(plain):
        yield plain.translate(_LOOKALIKES)
    if _ESCAPES.search(text):
        yield folded(_unescaped(text))
    if any(_TELLING.search(found[0].translate(_DIGITS_AS_LETTERS)) for found in _DIGIT_IN_WORD.finditer(plain)):
        yield plain.translate(_DIGITS_AS_LETTERS)
    if _BACKWARDS.search(plain):
        yield plain[::-1]
    if _TURNED.search(plain):
        yield _rotated(plain)
    if _SPELT_OUT.search(plain):
        yield _SPELT_OUT.sub(lambda found: re.sub(r"(?<=\w)[ ._*-](?=\w)", "", found[0]), plain)
        yield re.sub(r"(?<=\b\w)[._*-](?=\w\b)", "", plain)
    yield from map(folded, _decoded(text))


def _unescaped(text: str) -> str:
    told = re.sub(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))", lambda m: chr(int(m[1] or m[2], 16)), text)
    return readable(unquote(html.unescape(told)))


def _rotated(text: str) -> str:
    return text.translate(str.maketrans(ascii_lowercase, ascii_lowercase[13:] + ascii_lowercase[:13]))


def _decoded(text: str) -> Iterator[str]:
    """Yield what is text when it is decoded."""
    for index, found in enumerate(_ENCODED.finditer(text)):
        if index >= _MOST_ENCODED:
            return
        body = found[0].replace("-", "+").replace("_", "/")
        # What stands before it, such as a folder, may shift where the groups of four begin.
        for begin in range(4):
            length = len(body) - begin
            yield from _if_text(base64.b64decode(body[begin : begin + length - length % 4]))
    for found in _HEXADECIMAL.finditer(text):
        digits = re.sub(r"[ :]", "", found[0])
        yield from _if_text(bytes.fromhex(digits))


def _if_text(raw: bytes) -> Iterator[str]:
    text = raw.decode("utf-8", "ignore")
    if len(text) > 0.8 * len(raw) and sum(character.isalpha() or character.isspace() for character in text) > 0.7 * len(
        text
    ):
        yield text


def _orders(text: str, enough: int, *, words: bool) -> bool:
    """Tell whether a text in lower case orders something, or a name does whose words are joined.

    With `words`, what has the marks of code between its words is no order, and no name rates anything.
    """
    rules = _rules()
    kind = "_in_code" if words else ""
    marks = (*_ALWAYS, f"keys{kind}", f"speakers{kind}")
    if any(rule.finds(text) for name in marks for rule in rules[name]):
        return True
    if words:
        text = _MARKDOWN_LINK.sub(r"\1 link ", text)
    if any(_is_found(rule, text, words=words) for name in _ORDERS for rule in rules[name]):
        return True
    if _speaks_of_reporting(text, enough):
        return True
    names = "\n".join(_JOINT.sub(" ", found[0]) for found in _JOINED.finditer(text))
    return any(rule.finds(names) for name in (_ORDERS[:1] if words else _ORDERS) for rule in rules[name])


def _is_found(rule: _Rule, text: str, *, words: bool) -> bool:
    return any(_SYNTAX.search(found) is None for found in rule.found(text)) if words else rule.finds(text)


def _speaks_of_reporting(text: str, enough: int) -> bool:
    """Tell whether a sentence of a text has enough cues."""
    cues = [cue for cue in _cues() if cue.finds(text)]
    return len(cues) >= enough and any(
        len(sentence) <= _LONGEST_SENTENCE and sum(cue.finds(sentence) for cue in cues) >= enough
        for sentence in _SENTENCE_END.split(text)
    )


@cache
def _cues() -> tuple[_Rule, ...]:
    return tuple(_Rule.written(rf"(?<![\w-])(?:{words})(?![\w-])") for words in _data()["cues"].values())


def hides(text: str) -> bool:
    """Tell whether a text has characters that nobody sees, of a kind that can carry words."""
    return HIDING.search(text) is not None


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("bot.digest.analyst").joinpath("instructions.toml").read_text(encoding="utf-8"))


@cache
def _rules() -> dict[str, tuple[_Rule, ...]]:
    """Return the expressions of `instructions.toml`, each with the words that it names in braces."""
    data = _data()
    words = {name: f"(?:{'|'.join(each)})" for name, each in data["words"].items()}

    def written(expression: str) -> _Rule:
        # One by one, they are found several times faster than as one expression.
        return _Rule.written(re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[0]), expression))

    return {name: tuple(map(written, expressions)) for name, expressions in data["rules"].items()}
