"""From what a person calls a repository to where it is: the rules for paths and clone URLs. Pure."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from bot.errors import UnsafeName

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.-]*::")
# `host:path` and `user@host:path`, as git takes them for ssh: no slash before the colon.
_SCP = re.compile(r"(?:(?P<user>[A-Za-z0-9_][\w.-]*)@)?(?P<host>[A-Za-z0-9][\w.-]*):(?P<path>[^:].*)", re.ASCII)
_SCHEMES = ("file", "ssh", "git+ssh", "ssh+git", "https", "http")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class RemoteLocation:
    """A clone URL that may be handed to git, the name that people use, and the page, if it has one."""

    url: str
    name: str
    web_url: str | None


def remote_location(name: str, *, allow_http: bool = False) -> RemoteLocation | None:
    """Return where a clone URL leads, or None if the name is a path.

    Raises UnsafeName for what git would take as an option or as a command to run, and for a URL with a credential.
    """
    _refuse_unsafe(name)
    if "://" in name:
        return _from_url(name, allow_http=allow_http)
    if (match := _SCP.fullmatch(name)) and not exists(Path(name)):
        return RemoteLocation(name, _last_two(match["path"]), _page(match["host"], match["path"]))
    return None


def exists(path: Path) -> bool:
    """Return whether there is something at a path; at one that no disk can have, there is nothing."""
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or a half character in it
        return False


def page_of(url: str) -> str | None:
    """Return the web page of a clone URL that nobody vouches for, without its credentials; None if it has none."""
    if _CONTROL.search(url):
        return None
    if "://" in url:
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            return None
        on_the_web = parts.scheme in _SCHEMES and parts.scheme != "file" and host
        return _page(_authority(parts), parts.path) if on_the_web else None
    if (match := _SCP.fullmatch(url)) and not _HELPER.match(url):
        return _page(match["host"], match["path"])
    return None


def _refuse_unsafe(name: str) -> None:
    if not name.strip():
        raise UnsafeName("A repository needs a name.", remedy="Give a path or a clone URL.")
    if _CONTROL.search(name):
        raise UnsafeName("The repository's name has control characters.", remedy="Give a path or a clone URL.")
    try:
        name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character, which no path and no server can be told
        raise UnsafeName("The repository's name is no text.", remedy="Give a path or a clone URL.") from None
    if name.startswith("-"):
        raise UnsafeName("The repository's name looks like an option.", remedy="Write ./ before a path like this.")
    if _HELPER.match(name):
        raise UnsafeName(
            "The repository's name would make git run another program.",
            remedy="Give a path, or a URL of file, ssh or https.",
        )


def _from_url(url: str, *, allow_http: bool) -> RemoteLocation:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UnsafeName("That is not a URL.", remedy="Give a path, or a URL of file, ssh or https.") from None
    if parts.scheme not in _SCHEMES:
        raise UnsafeName("git is not asked to read such URLs.", remedy="Give a path, or a URL of file, ssh or https.")
    if parts.password or ("@" in parts.netloc and parts.scheme in ("http", "https", "file")):
        raise UnsafeName(
            "The URL carries a credential.", remedy="Leave it out of the URL, and set the token in the settings."
        )
    if parts.query or parts.fragment:
        raise UnsafeName("The URL has a query or a fragment.", remedy="Give the URL that `git clone` takes.")
    if parts.scheme == "file":
        return RemoteLocation(url, _last_one(unquote(parts.path)), None)
    if not host or host.startswith("-") or (parts.username or "").startswith("-"):
        raise UnsafeName("The URL names no host.", remedy="Give the URL that `git clone` takes.")
    if parts.scheme == "http" and not allow_http and host not in LOOPBACK:
        raise UnsafeName("The URL is not encrypted.", remedy="Use https, or allow http in the settings.")
    return RemoteLocation(url, _last_two(unquote(parts.path)) or host, _page(_authority(parts), parts.path))


def _authority(parts: SplitResult) -> str:
    """Return the host of a web page: the port of an http(s) URL is the page's too, that of ssh is not."""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    try:
        port = parts.port if parts.scheme in ("http", "https") else None
    except ValueError:
        port = None
    return f"{host}:{port}" if port else host


def _page(authority: str, path: str) -> str | None:
    path = _without_suffix(path)
    return f"https://{authority}/{path}" if path and not _CONTROL.search(path) else None


def _without_suffix(path: str) -> str:
    return path.strip("/").removesuffix(".git").rstrip("/")


def _last_two(path: str) -> str:
    return "/".join(_without_suffix(path).split("/")[-2:])


def _last_one(path: str) -> str:
    return _without_suffix(path.removesuffix("/.git")).rpartition("/")[2] or "repository"
