"""How a token reaches the server that it is for, and nobody else."""

import base64
from urllib.parse import urlsplit

from adapters.source.git.process import Git
from adapters.source.git.settings import GitSettings


def with_token(git: Git, settings: GitSettings, url: str) -> Git:
    """Return git so that it shows the token to the token's host, if the URL leads there by https.

    The header is bound to the host, and travels by the environment: not in the URL, which errors and process lists
    show. git would repeat it wherever a server redirects to, so it follows no redirections then.
    """
    parts = urlsplit(url) if "://" in url else None
    if not settings.token or not parts or parts.scheme != "https" or parts.hostname != settings.token_host.lower():
        return git
    secret = base64.b64encode(f"x-access-token:{settings.token.get_secret_value()}".encode()).decode("ascii")
    return git.configured(
        {
            f"http.https://{parts.netloc}/.extraHeader": f"Authorization: Basic {secret}",
            "http.followRedirects": "false",
        }
    )
