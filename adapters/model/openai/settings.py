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

    input: float = Field(ge=0, allow_inf_nan=False)
    cached_input: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)


class ModelSettings(BaseSettings):
    """How a language model is asked. The conventional variables are read, else those of the prefix DIGESTBOT_MODEL_.

    `name` (DIGESTBOT_MODEL) is the model, and `light` a cheaper one for what is simple. `prices` are by their names;
    `context` is how many tokens a request and its answer may have together, with either of them.

    At most `concurrency` calls are under way at once, and their beginnings are spread so that there are no more than
    `requests_per_minute`. A call takes `timeout` seconds at most, of which `connect_timeout` for the connection. It is
    sent `attempts` times at most; `longest_wait` is how long it waits in all where the server asks for patience.

    The rest is for servers that lack something. `structured` says how JSON is asked for: by its schema, as any JSON, or
    in words alone. `limit` is the parameter for the length of an answer: by default OpenAI's own for OpenAI, and the
    older max_tokens, which all others take, elsewhere. Without `system_role`, instructions go before the question;
    without `tools`, none are offered. `extra_body` goes into every request as it is.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_MODEL_",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    key: HeaderSecret = Field(default=None, alias="OPENAI_API_KEY")
    base_url: str = Field(default=_OPENAI, alias="OPENAI_BASE_URL")
    name: str = Field(default="", alias="DIGESTBOT_MODEL")
    light: str = ""
    prices: dict[str, Price] = Field(default_factory=dict)
    context: int = Field(default=32_000, ge=1_000)
    concurrency: int = Field(default=16, ge=1, le=256)
    requests_per_minute: int | None = Field(default=None, ge=1)
    timeout: float = Field(default=120, gt=0)
    connect_timeout: float = Field(default=10, gt=0)
    attempts: int = Field(default=3, ge=1)
    longest_wait: timedelta = timedelta(seconds=60)
    structured: Literal["json_schema", "json_object", "none"] = "json_schema"
    limit: Literal["max_completion_tokens", "max_tokens"] | None = None
    system_role: bool = True
    tools: bool = True
    temperature: float | None = Field(default=None, ge=0, le=2)
    seed: int | None = None
    extra_body: dict[str, JsonValue] = Field(default_factory=dict)

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
