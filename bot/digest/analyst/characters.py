"""Text without characters that nobody sees, or that act on what is seen."""

import re
import unicodedata

# Controls but for tab and line feed; soft hyphen; zero-width characters and direction marks, but for the joiners that
# Persian and Hindi are written with; separators; invisible operators; variation selectors; private use; tags; lone
# surrogates; characters that are none.
_UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U0010ffff"
)
_JOINERS = re.compile("[\u200c\u200d]")
_ANY_UNSEEN = re.compile(f"[{_UNSEEN}]")
# Tags, selectors and joiners carry text that no reviewer sees; a variation selector after an emoji is ordinary.
HIDING = re.compile(
    "[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u180e\U000e0000-\U000effff]|[\u200c\u200d]{2}|[\ufe00-\ufe0d]"
)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]")
_SPACE = re.compile(r"\s+")


def readable(text: str) -> str:
    """Return the text without unseen characters; its lines stay lines."""
    return _ANY_UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return the text in one line, without unseen characters."""
    return _SPACE.sub(" ", readable(text)).strip()


def without_emoji(text: str) -> str:
    """Return the text without pictures."""
    return _EMOJI.sub("", text)


def folded(text: str) -> str:
    """Return the text in the plainest letters, in lower case, for searching."""
    return unicodedata.normalize("NFKC", _JOINERS.sub("", readable(text))).casefold()
