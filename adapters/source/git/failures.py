"""What git says when it fails, as our errors. The one place where that is decided.

git's own words are not passed on: they may repeat a URL, and they are no sentence for a reader.
"""

import re

from adapters.source.git.process import GitFailed, GitStalled
from bot.errors import DigestbotError, RepositoryNotFound, SourceError, SourceUnavailable

_MOVED = re.compile(r"returned error: 30\d|unable to update url base", re.IGNORECASE)
_NOT_FOUND = re.compile(
    r"does not appear to be a git repository|not a git repository|repository .* not found|returned error: (40[134]|410)"
    r"|could not read (Username|Password)|Authentication failed|Permission denied|terminal prompts disabled"
    r"|project you were looking for could not be found|access denied|does not exist",
    re.IGNORECASE,
)
_UNAVAILABLE = re.compile(
    r"Could not resolve host|Connection (refused|reset|timed out|closed)|Failed to connect|Network is unreachable"
    r"|No route to host|Operation timed out|early EOF|unexpected disconnect|hung up|RPC failed"
    r"|returned error: (429|5\d\d)|Temporary failure|SSL|TLS|gnutls|Host key verification failed|transfer closed",
    re.IGNORECASE,
)
_DAMAGED = re.compile(
    r"corrupt|bad object|unable to read|missing (blob|tree|commit)|pack has bad|not a valid object|unresolved deltas"
    r"|bad signature|does not match|invalid sha1 pointer|unable to parse|loose object|index file|bad config|bad config"
    r"|did not send all necessary objects|broken|not a git repository|packfile",
    re.IGNORECASE,
)


def translate(error: GitFailed | GitStalled, name: str) -> DigestbotError:
    """Return the error of ours that a failure amounts to; `name` is the repository as people call it."""
    if isinstance(error, GitStalled):
        return SourceUnavailable(f"{name} did not answer in time.", remedy="Try again later.")
    if _MOVED.search(error.said):
        return RepositoryNotFound(f"{name} has moved.", remedy="Give its new address.")
    if _NOT_FOUND.search(error.said):
        return RepositoryNotFound(
            f"{name} does not exist, or may not be read.", remedy="Check the address, and the token if it is private."
        )
    if _UNAVAILABLE.search(error.said):
        return SourceUnavailable(f"The server of {name} cannot be reached.", remedy="Try again later.")
    return SourceError(f"{name} cannot be read by git.", remedy="Check it with `git fsck`, or clone it anew.")


def means_damage(error: GitFailed) -> bool:
    """Return whether a mirror may be broken, so that making it anew may help."""
    return bool(_DAMAGED.search(error.said))
