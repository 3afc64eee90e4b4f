"""What an operator may set about Discord."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.credentials import HeaderSecret


class DiscordSettings(BaseSettings):
    """How Discord is spoken to. The conventional variables are read, else those of the prefix DIGESTBOT_DISCORD_.

    With a token Discord is on.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_DISCORD_",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    token: HeaderSecret = Field(default=None, alias="DISCORD_TOKEN", description="the token of the bot")
    api_url: str = Field(
        default="https://discord.com/api/v10", alias="DISCORD_API_URL", description="where Discord's API is"
    )
    gateway_url: str = Field(
        default="wss://gateway.discord.gg/", alias="DISCORD_GATEWAY_URL", description="where its gateway is"
    )
    guilds: tuple[int, ...] = Field(
        default=(),
        description="ids of servers that are given the commands at once; none: every server, which may take a while",
    )
    forum_tags: tuple[str, ...] = Field(
        default=("digest",), description="what a digest is tagged with in a forum, as far as the forum has the tags"
    )
    answer_threads: bool = Field(
        default=False,
        description="let every message in a digest's thread be a question, and not only those that mention the bot; "
        "takes the message content intent",
    )
    timeout: float = Field(default=30, gt=0, le=30, description="seconds that Discord may stay silent")

    @field_validator("api_url")
    @classmethod
    def _without_a_slash(cls, url: str) -> str:
        """Let the URL end without a slash: the path of a request begins with one."""
        return url.rstrip("/")
