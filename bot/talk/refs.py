"""Which names of tags and commits may be handed to git."""

import re

from bot.errors import UnsafeName
from bot.talk.wording import quoted

# The rules of git-check-ref-format(1). A leading dash, which those allow, could be taken for an option.
_REFUSED = re.compile(
    r"""
      ^-  |  [~^:?*\[\\]  |  \.\.  |  @\{  |  ^@$
    | ^/  |  //  |  /$  |  (?:^|/)\.  |  \.$  |  \.lock(?:/|$)
    """,
    re.VERBOSE,
)


def check_ref(ref: str) -> str:
    """Return the ref if it can be the name of a tag or a commit. Raises UnsafeName."""
    if not ref or _REFUSED.search(ref) or any(char.isspace() or not char.isprintable() for char in ref):
        raise UnsafeName(
            f"{quoted(ref)} cannot be the name of a tag or a commit.",
            remedy='Write "since v1.2", for example.',
        )
    return ref
