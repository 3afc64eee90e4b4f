"""What git says when it fails, as our errors. The one place where that is decided.

git's own words are not passed on: they may repeat a URL, and they are no sentences for a reader.
"""

import re

from adapters.source.git.process import MOST_PRINTED, GitError, GitFailed, GitFlooded
from bot.errors import ConfigurationError, DigestbotError, RepositoryNotFound, SourceError, SourceUnavailable

NO_DEFAULT_BRANCH = "HEAD names a branch that is not there"
"""What is said in git's place when it would take a repository with other branches for an empty one."""

NO_GIT_SERVER = "the answer is no packet of git's"
"""What is said in git's place when it would take any short answer for a repository without branches."""

_NO_GIT_SERVER = re.compile(rf"{NO_GIT_SERVER}|not valid: is this a git repository", re.IGNORECASE)
_NO_ROOM = re.compile(r"No space left on device|File too large|Disk quota exceeded", re.IGNORECASE)
_MOVED = re.compile(r"returned error: 30\d|unable to update url base", re.IGNORECASE)
_UNTRUSTED = re.compile(r"Host key verification failed|certificate|unknown CA", re.IGNORECASE)
_NOT_FOUND = re.compile(
    r"does not appear to be a git repository|not a git repository|repository .{0,300}not found"
    r"|project .{0,300} could not be found|returned error: (40[134]|410|451)|could not read (Username|Password)"
    r"|terminal prompts disabled|Authentication failed|Permission denied [(]|access denied",
    re.IGNORECASE,
)
_BROKEN_THERE = re.compile(r"corruption on the remote side|pack-objects died", re.IGNORECASE)
_UNAVAILABLE = re.compile(
    r"Could not resolve host|name resolution|Connection (refused|reset|timed out|closed)|Failed to connect"
    r"|Network is unreachable|No route to host|Operation timed out|early EOF|Empty reply|unexpected disconnect"
    r"|hung up|RPC failed|returned error: (429|5\d\d)|SSL_ERROR|gnutls|TLS connect|transfer closed"
    r"|expected flush after|protocol error|bad line length",
    re.IGNORECASE,
)
_DAMAGED = re.compile(
    r"corrupt|bad (object|signature|config|pack)|unable to (read|parse)|could not (read|parse)"
    r"|missing (blob|tree|commit)|not a valid object|unresolved deltas|does not match|invalid (sha1|object|index-pack)"
    r"|loose object|index file|did not send all necessary objects|broken|not a git repository|packfile|shallow file",
    re.IGNORECASE,
)


def translate(error: GitError, name: str) -> DigestbotError:
    """Return the error of ours that a failure amounts to; `name` is the repository's location."""
    match error:
        case GitFailed():
            return _failed(error, name)
        case GitFlooded():
            return SourceError(
                f"{name} has more branches, tags or commits than can be listed: over {MOST_PRINTED >> 20} MB of names.",
                remedy="Look whether all of them are meant to be there.",
            )
        case _:
            return SourceUnavailable(f"{name} did not answer in time.", remedy="Try again later.")


def _failed(error: GitFailed, name: str) -> DigestbotError:
    if _NO_ROOM.search(_ours(error)):
        return ConfigurationError(
            f"The disk has no room for {name}.", remedy="Make room in the data directory, or raise its quota."
        )
    if _NO_GIT_SERVER.search(error.said):
        return SourceError(
            f"{name} answers, but not as a git server does.",
            remedy="Check the address; if it was right before, try again later.",
        )
    if NO_DEFAULT_BRANCH in error.said:
        return SourceError(f"The default branch of {name} does not exist.", remedy="Let its HEAD name another branch.")
    if _MOVED.search(error.said):
        return RepositoryNotFound(f"{name} has moved.", remedy="Give its new address.")
    if _UNTRUSTED.search(error.said):
        return ConfigurationError(
            f"The server of {name} is not known to this machine.",
            remedy="Add its key to known_hosts, or its certificate to those that are trusted.",
        )
    if _NOT_FOUND.search(error.said):
        return RepositoryNotFound(
            f"{name} does not exist, or may not be read.", remedy="Check the address, and the token if it is private."
        )
    if _BROKEN_THERE.search(error.said):
        return SourceError(f"{name} is damaged on its server.", remedy="Ask whoever runs the server to repair it.")
    if _UNAVAILABLE.search(error.said):
        return SourceUnavailable(f"The server of {name} cannot be reached.", remedy="Try again later.")
    return SourceError(f"{name} cannot be read by git.", remedy="Check it with `git fsck`, or clone it anew.")


def means_damage(error: GitFailed) -> bool:
    """Return whether a mirror may be broken, so that making it anew may help."""
    ours = _ours(error)
    return not _UNAVAILABLE.search(ours) and not _NO_ROOM.search(ours) and bool(_DAMAGED.search(ours))


def _ours(error: GitFailed) -> str:
    """Return what was said on this side, without what a server said of itself."""
    return "\n".join(line for line in error.said.splitlines() if not line.startswith("remote:"))
