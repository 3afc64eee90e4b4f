"""What an operator may set about GitHub."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.credentials import HeaderSecret


class GitHubSettings(BaseSettings):
    """How GitHub is asked. The conventional variables are read, and for the rest those of the prefix DIGESTBOT_GITHUB_.

    Without a token and without an app GitHub answers 60 requests an hour. Of an app, its id and its private key (PEM:
    the text, or the path of a file) are needed; the installation is found by the owner unless it is named.

    `timeout` is how many seconds GitHub may stay silent. A request is sent `attempts` times at most; `longest_wait` is
    how long it waits in all where GitHub asks for patience. Each of the `threads` keeps `seconds_between_requests`.
    Where changes are asked about one by one, a digest takes `requests_per_digest` at most and leaves `reserve`.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_GITHUB_",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    api_url: str = Field(default="https://api.github.com", alias="GITHUB_API_URL")
    token: HeaderSecret = Field(default=None, alias="GITHUB_TOKEN")
    app_id: str | None = Field(default=None, alias="GITHUB_APP_ID", coerce_numbers_to_str=True)
    app_private_key: SecretStr | None = Field(default=None, alias="GITHUB_APP_PRIVATE_KEY")
    app_private_key_path: Path | None = Field(default=None, alias="GITHUB_APP_PRIVATE_KEY_PATH")
    app_installation_id: int | None = Field(default=None, alias="GITHUB_APP_INSTALLATION_ID")
    timeout: int = Field(default=30, gt=0)
    attempts: int = Field(default=4, ge=1)
    longest_wait: timedelta = timedelta(seconds=60)
    seconds_between_requests: float = Field(default=0.25, ge=0)
    threads: int = Field(default=4, ge=1, le=32)
    requests_per_digest: int = Field(default=50, ge=0)
    reserve: int = Field(default=10, ge=0)

    @model_validator(mode="after")
    def _whole_app(self) -> "GitHubSettings":
        has_key = bool(self.app_private_key or self.app_private_key_path)
        if has_key != bool(self.app_id):
            message = "an app needs both its id and its private key"
            raise ValueError(message)
        return self
