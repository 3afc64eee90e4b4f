"""Tells text that could instruct a language model. Such a change is judged in a call of its own.

A model that reads several changes at once might obey one of them and say something false of the others. So what looks
like an instruction never comes into a call that others share. This is a net, not a proof: it is wide, since what it
catches by mistake costs one call. What it catches is told apart in five ways:

    hidden     characters that nobody sees, and texts that are encoded
    roles      the marks by which chats are written: <|im_start|>, [INST], "system:" at the beginning of a line
    answers    our own fence, and JSON with the names of our answers
    commands   "ignore the previous instructions" and its like, in many languages (`instructions.toml`)
    ratings    what is to be said of this or of other changes: "mark every other commit as low"

In code all but the ordinary marks of chats count: a repository about language models is full of those.
"""

import base64
import binascii
import html
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from urllib.parse import unquote

from bot.digest.analyst.characters import HIDING, folded, readable

_MOST = 200_000
_ENCODED = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{24,4096}={0,2}")
_HEXADECIMAL = re.compile(r"(?<!\w)(?:[0-9a-f]{2}[ :]?){16,2048}(?!\w)", re.IGNORECASE)
_ESCAPES = re.compile(r"(?:\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|&#x?[0-9a-f]+;|%[0-9a-f]{2}){4}", re.IGNORECASE)
_MOST_ENCODED = 64
_MIXED = re.compile(r"\b(?=\w*[a-z])(?=\w*[\u0370-\u052f])\w{3,}\b")
_LOOKALIKES = str.maketrans("аеіорсухѕјԁһԛԝαοενιρκτυ", "aeiopcyxsjdhqwaoevipktu")
_DIGITS_AS_LETTERS = str.maketrans("013457@$", "oieastas")
_SPELT_OUT = re.compile(r"(?<!\w)(?:\w[ ._*-]){5,}\w(?!\w)")
_SEPARATORS = re.compile(r"[\W_]+")


def instructs(text: str, *, code: bool = False) -> bool:
    """Tell whether a text could be meant for a model that reads it. `code` is for differences of code."""
    text = text[:_MOST]
    if HIDING.search(text):
        return True
    return any(_orders(reading, code=code) for reading in _readings(text))


def _readings(text: str) -> Iterator[str]:
    """Yield the text in all the ways in which a model might read it."""
    plain = folded(text)
    yield plain
    if _MIXED.search(plain):
        yield plain.translate(_LOOKALIKES)
    if _ESCAPES.search(text):
        yield folded(_unescaped(text))
    yield plain.translate(_DIGITS_AS_LETTERS)
    yield plain[::-1]
    if _SPELT_OUT.search(plain):
        yield _SPELT_OUT.sub(lambda found: re.sub(r"[ ._*-]", "", found[0]), plain)
    yield folded(_rotated(text))
    yield from map(folded, _decoded(text))


def _unescaped(text: str) -> str:
    told = re.sub(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))", lambda m: chr(int(m[1] or m[2], 16)), text)
    return readable(unquote(html.unescape(told)))


def _rotated(text: str) -> str:
    lower, upper = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    turned = str.maketrans(lower + upper, lower[13:] + lower[:13] + upper[13:] + upper[:13])
    return text.translate(turned)


def _decoded(text: str) -> Iterator[str]:
    """Yield what is text when it is decoded."""
    for index, found in enumerate(_ENCODED.finditer(text)):
        if index >= _MOST_ENCODED:
            return
        body = found[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            raw = base64.b64decode(body + "=" * (-len(body) % 4))
        except (binascii.Error, ValueError):
            continue
        yield from _if_text(raw)
    for found in _HEXADECIMAL.finditer(text):
        digits = re.sub(r"[ :]", "", found[0])
        yield from _if_text(bytes.fromhex(digits))


def _if_text(raw: bytes) -> Iterator[str]:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return
    if sum(character.isalpha() or character.isspace() for character in text) > 0.7 * len(text):
        yield text


def _orders(text: str, *, code: bool) -> bool:
    """Tell whether a text in lower case orders something, whatever separates its words."""
    rules = _rules()
    always = (rules["answers"], rules["commands"], rules["ratings"])
    if any(rule.search(text) for rule in always) or (not code and rules["roles"].search(text)):
        return True
    words = _SEPARATORS.sub(" ", text)
    return rules["commands"].search(words) is not None or (not code and rules["ratings"].search(words) is not None)


@cache
def _rules() -> dict[str, re.Pattern[str]]:
    """Return the expressions of `instructions.toml`, each with the words that it names in braces."""
    data = tomllib.loads(files("bot.digest.analyst").joinpath("instructions.toml").read_text(encoding="utf-8"))
    words = {name: f"(?:{'|'.join(each)})" for name, each in data["words"].items()}

    def written(expression: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[0]), expression)

    return {
        name: re.compile("|".join(f"(?:{written(each)})" for each in expressions), re.MULTILINE)
        for name, expressions in data["rules"].items()
    }
