"""What `since` may be given: the rules for names of tags and commits, and the words for one that is unknown. Pure."""

import difflib
import re
from collections.abc import Iterable

from bot.errors import UnknownRef, UnsafeName

_SHA = re.compile(r"[0-9a-f]{4,64}")
# What `git check-ref-format` refuses, and with it all that git's language of revisions is made of.
_ODD = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|[/.]$|^[/.@]|^$")


def refuse_unsafe_ref(ref: str) -> None:
    """Raise UnsafeName for what cannot be the name of a tag or a commit, or looks like an option."""
    if ref.startswith("-"):
        raise UnsafeName("The tag's name looks like an option.", remedy="Give a tag or a commit.")
    if _ODD.search(ref):
        raise UnsafeName("That cannot be the name of a tag or a commit.", remedy="Give a tag or a commit.")


def as_sha(ref: str) -> str | None:
    """Return the ref as digits of a commit's name, if it may be that."""
    return ref.lower() if _SHA.fullmatch(ref.lower()) else None


def unknown_ref(ref: str, tags: Iterable[str]) -> UnknownRef:
    """Return the error for a ref that is not there, with the tags that look most like it."""
    near = difflib.get_close_matches(ref, list(tags), n=3, cutoff=0.4)
    remedy = f"Did you mean {', '.join(near)}?" if near else "Give a tag, or a commit of the default branch."
    return UnknownRef(f"{ref} names no tag and no commit of the default branch.", remedy=remedy)
