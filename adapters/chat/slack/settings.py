"""What an operator may set about Slack."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.credentials import HeaderSecret


class SlackSettings(BaseSettings):
    """How Slack is spoken to. The conventional variables are read, else those of the prefix DIGESTBOT_SLACK_.

    With a bot token Slack is on. In socket mode, which needs no public address, an app token is needed too; in HTTP
    mode the signing secret is, and Slack's requests are awaited at `host`, `port` and `path`.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_SLACK_",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    bot_token: HeaderSecret = Field(
        default=None, alias="SLACK_BOT_TOKEN", description="the bot's token, which begins with `xoxb-`"
    )
    app_token: HeaderSecret = Field(
        default=None, alias="SLACK_APP_TOKEN", description="opens the socket of socket mode; it begins with `xapp-`"
    )
    signing_secret: HeaderSecret = Field(
        default=None, alias="SLACK_SIGNING_SECRET", description="by which requests of HTTP mode are known to be Slack's"
    )
    api_url: str = Field(default="https://slack.com/api/", alias="SLACK_API_URL", description="where Slack's API is")
    mode: Literal["socket", "http"] = Field(default="socket", description="how Slack's requests come")
    host: str = Field(default="127.0.0.1", description="where they are awaited in HTTP mode")
    port: int = Field(default=3000, ge=0, le=65_535, description="likewise")
    path: str = Field(default="/slack/events", description="likewise")
    answer_threads: bool = Field(
        default=False,
        description="let every message in a digest's thread be a question, and not only those that mention the bot",
    )
    streams: bool = Field(
        default=True, description="let answers grow as Slack's streams; where those are refused, they are edited"
    )
    timeout: int = Field(default=30, gt=0, description="seconds that Slack may stay silent")

    @field_validator("api_url")
    @classmethod
    def _with_its_slash(cls, url: str) -> str:
        """Let the URL end with a slash, to which the name of a method is added."""
        return url if url.endswith("/") else f"{url}/"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        missing = self.app_token is None if self.mode == "socket" else self.signing_secret is None
        if self.bot_token and missing:
            name = "SLACK_APP_TOKEN" if self.mode == "socket" else "SLACK_SIGNING_SECRET"
            message = f"{self.mode} mode needs {name} beside SLACK_BOT_TOKEN"
            raise ValueError(message)
        return self
