"""What an operator may set about the language model."""

from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.credentials import HeaderSecret

_OPENAI = "https://api.openai.com/v1"


class Price(BaseModel):
    """What a model costs, in US dollars per million tokens; cached input costs as much as other input unless set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float = Field(ge=0, allow_inf_nan=False, description="for what is sent")
    cached_input: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="for what is sent and was read before"
    )
    output: float = Field(ge=0, allow_inf_nan=False, description="for what is written")


class ModelSettings(BaseSettings):
    """How a language model is asked. The conventional variables are read, else those of the prefix DIGESTBOT_MODEL_.

    There is a model where one is named, and there is a key or another server than OpenAI's. The settings from
    `structured` on are for servers that lack something.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_MODEL_",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    key: HeaderSecret = Field(
        default=None, alias="OPENAI_API_KEY", description="the key; it is sent to the server alone"
    )
    base_url: str = Field(default=_OPENAI, alias="OPENAI_BASE_URL", description="where the server is")
    name: str = Field(default="", alias="DIGESTBOT_MODEL", description="the model")
    light: str = Field(default="", description="a cheaper model for what is simple; unless set, the same one")
    prices: dict[str, Price] = Field(
        default_factory=dict, description="what each model costs; without prices costs are not known"
    )
    context: int = Field(
        default=32_000, ge=1_000, description="tokens of a request and its answer together, with either model"
    )
    concurrency: int = Field(default=16, ge=1, le=256, description="calls at once")
    requests_per_minute: int | None = Field(default=None, ge=1, description="calls in a minute, spread evenly")
    timeout: float = Field(default=120, gt=0, description="seconds for a call, connection included")
    connect_timeout: float = Field(default=10, gt=0, description="seconds of these for the connection")
    attempts: int = Field(
        default=3, ge=1, description="how often a call is sent when the server fails, or asks to slow down"
    )
    longest_wait: timedelta = Field(
        default=timedelta(seconds=60),
        description="seconds that a call waits in all where the server says how long it needs",
    )
    structured: Literal["json_schema", "json_object", "none"] = Field(
        default="json_schema", description="how JSON is asked for: by its schema, as any JSON, or in words alone"
    )
    limit: Literal["max_completion_tokens", "max_tokens"] | None = Field(
        default=None,
        description="the parameter for an answer's length; unless set, the first for OpenAI and the second elsewhere",
    )
    system_role: bool = Field(
        default=True,
        description="whether the chat template has a system role; else instructions go before the question",
    )
    tools: bool = Field(default=True, description="whether the server knows tool calls; else none are offered")
    temperature: float | None = Field(default=None, ge=0, le=2, description="not sent unless set")
    seed: int | None = Field(default=None, description="not sent unless set")
    extra_body: dict[str, JsonValue] = Field(default_factory=dict, description="goes into every request as it is")

    @field_validator("base_url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        """Refuse what would carry a credential into logs and errors, and what is no address at all."""
        parts = urlsplit(url)
        plain = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        if not plain or parts.query or parts.fragment:
            message = "it has to be an address such as https://api.openai.com/v1, without a name, a key or a query"
            raise ValueError(message)
        return url.rstrip("/")

    @property
    def configured(self) -> bool:
        """Whether there is a model to ask: it is named, and there is a key or a server that may need none."""
        return bool(self.name and (self.key or self.base_url != _OPENAI))

    @property
    def host(self) -> str:
        """The host of the server, with its port if it has one."""
        return urlsplit(self.base_url).netloc

    @property
    def length_parameter(self) -> str:
        """The parameter for the length of an answer."""
        return self.limit or ("max_completion_tokens" if self.base_url == _OPENAI else "max_tokens")
