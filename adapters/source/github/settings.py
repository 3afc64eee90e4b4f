"""What an operator may set about GitHub."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.credentials import HeaderSecret


class GitHubSettings(BaseSettings):
    """How GitHub is asked. The conventional variables are read, and for the rest those of the prefix DIGESTBOT_GITHUB_.

    Without a token and without an app GitHub answers 60 requests an hour. Of an app, its id and its private key (PEM:
    the text, or the path of a file) are needed.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_GITHUB_",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    api_url: str = Field(
        default="https://api.github.com",
        alias="GITHUB_API_URL",
        description="where the API is; `https://HOST/api/v3` for GitHub Enterprise",
    )
    token: HeaderSecret = Field(
        default=None,
        alias="GITHUB_TOKEN",
        description="a token that may read the contents and the pull requests of the repositories",
    )
    app_id: str | None = Field(
        default=None, alias="GITHUB_APP_ID", coerce_numbers_to_str=True, description="the id of a GitHub App"
    )
    app_private_key: SecretStr | None = Field(
        default=None, alias="GITHUB_APP_PRIVATE_KEY", description="its private key: the PEM text"
    )
    app_private_key_path: Path | None = Field(
        default=None, alias="GITHUB_APP_PRIVATE_KEY_PATH", description="the same: a file that holds it"
    )
    app_installation_id: int | None = Field(
        default=None,
        alias="GITHUB_APP_INSTALLATION_ID",
        description="the installation; found by the owner of the repository unless set",
    )
    timeout: int = Field(default=30, gt=0, description="seconds that GitHub may stay silent")
    attempts: int = Field(default=4, ge=1, description="how often a request is sent at most")
    longest_wait: timedelta = Field(
        default=timedelta(seconds=60), description="seconds that a request waits in all where GitHub asks for patience"
    )
    seconds_between_requests: float = Field(default=0.25, ge=0, description="seconds, for each of the threads")
    threads: int = Field(default=4, ge=1, le=32, description="how many requests are under way at once")
    requests_per_digest: int = Field(
        default=50, ge=0, description="requests of a digest where changes are asked about one by one, without a token"
    )
    reserve: int = Field(default=10, ge=0, description="requests of the hourly limit that are left to others then")

    @model_validator(mode="after")
    def _whole_app(self) -> "GitHubSettings":
        has_key = bool(self.app_private_key or self.app_private_key_path)
        if has_key != bool(self.app_id):
            message = "an app needs both its id and its private key"
            raise ValueError(message)
        return self
