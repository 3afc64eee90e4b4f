"""What an operator may set about reading repositories by git."""

from datetime import timedelta

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class GitSettings(BaseSettings):
    """How repositories are read; in the environment, each name with the prefix DIGESTBOT_GIT_."""

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_GIT_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    token: SecretStr | None = Field(
        default=None,
        description="the token for `token_host`; it is sent there alone, and only over https or to the machine itself",
    )
    token_host: str = Field(default="github.com", description="the only host that sees the token")
    allow_http: bool = Field(
        default=False, description="allow plain http to hosts other than this machine; it never carries a token"
    )
    executable: str = Field(default="git", description="the program")
    time_limit: timedelta = Field(
        default=timedelta(minutes=10), description="seconds that one request to a server may take"
    )
    stall_limit: timedelta = Field(
        default=timedelta(minutes=2), description="seconds that git may stay silent while it reads what is here already"
    )
