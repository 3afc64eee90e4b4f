"""Where a GitHub is, and which names and addresses lead to a repository of it. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from bot.errors import ConfigurationError
from bot.model import Repository

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SHORT_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._][A-Za-z0-9._-]{0,99}")

_OWNER = r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}"
_FULL_NAME = re.compile(rf"(?P<owner>{_OWNER})/(?P<name>{SHORT_NAME.pattern})")
_BEFORE_THE_HOST = re.compile(r"(?:(?:https?://|(?:ssh://)?git@)(?:www\.)?)?", re.IGNORECASE)
_NO_REPLY = re.compile(r"(?:\d+\+)?(?P<login>[A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\[bot\])?)")
_DATA_RESIDENCY = ".ghe.com"


@dataclass(frozen=True, slots=True)
class Server:
    """A GitHub: the address of its REST API and that of its pages and clones, both without a slash at the end."""

    api: str
    web: str

    @classmethod
    def of(cls, api_url: str) -> "Server":
        """Return the server of an API's address, by the rules of https://docs.github.com/en/enterprise-server/rest.

        `https://HOST/api/v3` belongs to GitHub Enterprise Server, `https://api.NAME.ghe.com` to an enterprise with data
        residency; any other path is taken as it is. Raises ConfigurationError.
        """
        try:
            parts = urlsplit(api_url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host or "@" in parts.netloc or parts.query or parts.fragment:
            raise _unusable("is no address of an API, or carries more than an address")
        if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
            raise _unusable("is not encrypted")
        return cls(api_url.rstrip("/"), f"{parts.scheme}://{_web_host(parts, host)}")

    @property
    def host(self) -> str:
        """The host (and port) of the pages, as the full names of repositories begin."""
        return urlsplit(self.web).netloc

    def repository(self, full_name: str) -> Repository:
        """Return the repository of an owner/name."""
        return Repository(full_name, f"{self.web}/{full_name}.git", f"{self.web}/{full_name}")

    def locate(self, name: str) -> Repository | None:
        """Return the repository that an owner/name or an address of this server must be; None for anything else."""
        bare = name.removesuffix("/").removesuffix(".git")
        if match := _FULL_NAME.fullmatch(bare):
            return self.repository(match[0])
        prefix = _BEFORE_THE_HOST.match(bare)
        rest = bare[prefix.end() if prefix else 0 :]
        here, separator, path = rest[: len(self.host)], rest[len(self.host) :][:1], rest[len(self.host) + 1 :]
        if here.lower() == self.host.lower() and separator in ("/", ":") and _FULL_NAME.fullmatch(path):
            return self.repository(path)
        return None

    def login_of(self, address: str) -> str | None:
        """Return the account behind an address that this server gave out to commit with; None for any other."""
        account, _, domain = address.lower().rpartition("@")
        if domain != f"users.noreply.{self.host}":
            return None
        match = _NO_REPLY.fullmatch(address[: len(account)])
        return match["login"] if match else None


def _web_host(parts: SplitResult, host: str) -> str:
    if host == "api.github.com" or (host.startswith("api.") and host.endswith(_DATA_RESIDENCY)):
        return host.removeprefix("api.")
    return parts.netloc


def _unusable(why: str) -> ConfigurationError:
    remedy = "Set https://HOST/api/v3 for GitHub Enterprise, or leave it unset for github.com."
    return ConfigurationError(f"GITHUB_API_URL {why}.", remedy=remedy)
