"""What an operator may set about reading repositories by git."""

from datetime import timedelta

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class GitSettings(BaseSettings):
    """How repositories are read; in the environment, each name with the prefix DIGESTBOT_GIT_.

    `token` is sent to `token_host` alone, and only over https or to the machine itself. Plain http to any other host
    needs `allow_http`, and never carries a token.
    `time_limit` is how long one request to a server may take, and `stall_limit` how long git may stay silent while it
    reads what is here already.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_GIT_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    token: SecretStr | None = None
    token_host: str = "github.com"  # noqa: S105 -- the name of a host, no password
    allow_http: bool = False
    executable: str = "git"
    time_limit: timedelta = timedelta(minutes=10)
    stall_limit: timedelta = timedelta(minutes=2)
