"""Text from outside, so that a language model can tell it from what we say."""

import hashlib
from collections.abc import Sequence

NAME = "material"
_LENGTH = 12


def fence(parts: Sequence[tuple[str, str]]) -> str:
    """Return texts, each under a title of ours, between marks that none of them contains.

    The mark comes from the texts themselves: the same texts give the same prompt, and whoever wrote one of them cannot
    have known it.
    """
    texts = [text for _, text in parts]
    mark = _mark(texts)
    sections = (f"=== {mark} {title}\n{text.strip()}" for title, text in parts)
    return "\n".join((f"<{NAME} {mark}>", *sections, f"</{NAME} {mark}>"))


def _mark(texts: Sequence[str]) -> str:
    state = hashlib.sha256()
    for text in texts:
        state.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    mark = state.hexdigest()[:_LENGTH]
    while any(mark in text for text in texts):
        state.update(b"again")
        mark = state.hexdigest()[:_LENGTH]
    return mark
