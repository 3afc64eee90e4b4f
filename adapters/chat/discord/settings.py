"""What an operator may set about Discord."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.credentials import HeaderSecret


class DiscordSettings(BaseSettings):
    """How Discord is spoken to. The conventional variables are read, else those of the prefix DIGESTBOT_DISCORD_.

    With a token Discord is on. `guilds` are the ids of the servers that are given the commands at once; without any
    they are everywhere, which Discord may take a while for. `forum_tags` are the tags that a digest bears in a forum,
    as far as the forum has them. `answer_threads` lets every message in a digest's thread be a question, and not only
    those that mention the bot; it takes the privileged intent to read what is written. `timeout` is in seconds.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_DISCORD_",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    token: HeaderSecret = Field(default=None, alias="DISCORD_TOKEN")
    api_url: str = Field(default="https://discord.com/api/v10", alias="DISCORD_API_URL")
    gateway_url: str = Field(default="wss://gateway.discord.gg/", alias="DISCORD_GATEWAY_URL")
    guilds: tuple[int, ...] = ()
    forum_tags: tuple[str, ...] = ("digest",)
    answer_threads: bool = False
    timeout: float = Field(default=30, gt=0, le=30)

    @field_validator("api_url")
    @classmethod
    def _without_a_slash(cls, url: str) -> str:
        """Let the URL end without a slash: the path of a request begins with one."""
        return url.rstrip("/")
