"""Turns the nouns into bytes and back, without loss: also of NUL characters and of lone surrogates."""

import json
import zlib
from dataclasses import fields, is_dataclass
from types import EllipsisType
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from cattrs.preconf.json import make_converter
from cattrs.strategies import configure_tagged_union

from bot.present.blocks import Block, Span

_FAST = 1  # of zlib's levels; the others are hardly smaller on texts this short
_Noun = TypeVar("_Noun")
_CONVERTER = make_converter()
# A text that is bold and one that is code have the same fields: the name of the type stands beside them.
configure_tagged_union(Span, _CONVERTER)
configure_tagged_union(Block, _CONVERTER)


class Codec(Generic[_Noun]):
    """Encodes a frozen dataclass as compressed JSON.

    `version` is written beside the bytes, which must be decoded by a codec of the same version alone. It follows from
    the fields by itself. `meaning` has to be changed by hand, whenever the same fields come to hold something else.
    """

    def __init__(self, noun: type[_Noun], meaning: int) -> None:
        self._noun = noun
        self.version = zlib.crc32(f"{meaning} {_shape(noun)}".encode()) >> 1  # fits a signed column

    def encode(self, noun: _Noun) -> bytes:
        """Return the bytes."""
        text = json.dumps(_CONVERTER.unstructure(noun), ensure_ascii=False, separators=(",", ":"))
        return zlib.compress(text.encode("utf-8", "surrogatepass"), _FAST)

    def decode(self, data: bytes) -> _Noun:
        """Return what was encoded."""
        text = zlib.decompress(data).decode("utf-8", "surrogatepass")
        return _CONVERTER.structure(json.loads(text), self._noun)


def _shape(kind: Any) -> str:  # noqa: ANN401 # a type of any form
    """Return a text that changes when the type, or one that it is made of, does."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return f"({', '.join(f'{field.name}: {_shape(hints[field.name])}' for field in fields(kind))})"
    if parts := get_args(kind):
        return f"[{', '.join(map(_shape, parts))}]"
    return "..." if isinstance(kind, EllipsisType) else str(kind.__name__)
