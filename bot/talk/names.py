"""Which words from a chat may name a repository."""

import re

from bot.errors import RequestError, UnsafeName
from bot.talk.wording import quoted

_LENGTH = 100  # what code hosts allow for either part
_PART = re.compile(rf"(?!\.{{1,2}}$)[A-Za-z0-9._-]{{1,{_LENGTH}}}")
_IN_CHAT = re.compile(r"<(?P<url>[^|<>]*)(?:\|[^<>]*)?>")
_ADDRESS = re.compile(r"(?:https?://)?(?P<host>[^/]*)/(?P<name>[^?#]*?)(?:\.git)?/?", re.IGNORECASE)
_SCHEME = "://"


def check_repository_name(word: str, host: str) -> str:
    """Return the name, or owner/name, by which a word from a chat means a repository.

    An address on `host` becomes owner/name, also in the angle brackets that chats put around it. The result is no path
    that leaves a folder and no option, but a folder of that name may well exist: it is for a search by name, never for
    a source that reads paths. Raises UnsafeName for a word like an option, RequestError for all else that is no name.
    """
    bare = match["url"] if (match := _IN_CHAT.fullmatch(word)) else word
    if _SCHEME in bare or bare.lower().startswith(f"{host}/"):
        return _name_of_address(bare, host)
    parts = bare.split("/")
    if bare.startswith("-"):
        raise UnsafeName(f"{quoted(bare)} looks like an option.", remedy='Write a repository as "owner/name".')
    if len(parts) > 2 or parts[0].startswith(".") or not all(_PART.fullmatch(part) for part in parts):
        raise RequestError(
            f"{quoted(bare)} is not the name of a repository.",
            remedy=f'Write "name", "owner/name" or "https://{host}/owner/name".',
        )
    return bare


def _name_of_address(address: str, host: str) -> str:
    """Return the owner/name of an address; the address itself, which may carry a credential, is never repeated."""
    match = _ADDRESS.fullmatch(address)
    owner, _, name = match["name"].partition("/") if match else ("", "", "")
    if not match or match["host"].lower().removeprefix("www.") != host or not name or "/" in name:
        raise RequestError(
            f"That address is not the page of a repository on {host}.",
            remedy=f'Write "https://{host}/owner/name", or "owner/name".',
        )
    return check_repository_name(f"{owner}/{name}", host)
