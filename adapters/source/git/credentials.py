"""How a token reaches the server that it is for, and nobody else."""

import base64
from urllib.parse import SplitResult, urlsplit

from adapters.source.git.locations import LOOPBACK
from adapters.source.git.process import Git
from adapters.source.git.settings import GitSettings
from bot.ports import Credential


async def with_token(git: Git, settings: GitSettings, credential: Credential | None, url: str) -> Git:
    """Return git so that it shows the URL's host the token for it, if there is one, over https or on this machine.

    The header is bound to the host, and travels by the environment: not in the URL, which errors and process lists
    show. git would repeat it wherever a server redirects to, so it follows no redirections then.
    """
    parts = urlsplit(url) if "://" in url else None
    if not parts or not _is_secret(parts):
        return git
    token = await credential(url) if credential else None
    if not token and parts.hostname == settings.token_host.lower():
        token = settings.token
    if not token:
        return git
    secret = base64.b64encode(f"x-access-token:{token.get_secret_value()}".encode()).decode("ascii")
    return git.configured(
        {
            f"http.{parts.scheme}://{parts.netloc}/.extraHeader": f"Authorization: Basic {secret}",
            "http.followRedirects": "false",
        }
    )


def _is_secret(parts: SplitResult) -> bool:
    """Return whether what is sent there is seen by nobody else."""
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
