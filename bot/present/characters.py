"""What no reader may be shown as it is: characters that act on a screen, or on the order in which text is read."""

import re

# C0 and C1 controls but for tab and line feed, the line and paragraph separators, the marks that turn the direction of
# text (the "Trojan Source" attack, https://trojansource.codes), and lone surrogates, which no encoding can write.
_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """Return the text with every acting character in a form that can be seen, such as `␛` or `⟨U+202E⟩`.

    A carriage return before a line feed is a line's ending and goes.
    """
    return _ACTING.sub(_picture, text.replace("\r\n", "\n"))


def _picture(found: re.Match[str]) -> str:
    point = ord(found[0])
    if point < 0x20:
        return chr(0x2400 + point)  # the control pictures stand in the order of the controls
    return "␡" if point == 0x7F else f"⟨U+{point:04X}⟩"
