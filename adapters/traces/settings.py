"""What an operator may set about traces."""

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.redaction import redact

_PATH = "/v1/traces"
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[ -~]+")
_FORM = "it has to be name=value, or several of these with commas between them"


class TracesSettings(BaseSettings):
    """Where traces are sent, if anywhere; in the environment, each name with the prefix DIGESTBOT_TRACES_.

    It takes `pip install "digestbot[traces]"`. [operate.md](operate.md#traces) says what they tell, and what never.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_TRACES_", env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    endpoint: str = Field(
        default="",
        description="a collector that speaks OTLP over HTTP, such as `http://127.0.0.1:4318`; empty: no traces",
    )
    headers: SecretStr | None = Field(
        default=None,
        description="headers that it wants, such as `x-key=…`, with commas between several; "
        "what stands for a value is percent-encoded where it has a comma. They are sent to it alone",
    )
    service: str = Field(default="digestbot", min_length=1, description="the name of the service that traces bear")

    @field_validator("endpoint")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        """Refuse what would carry a credential into logs and errors, and what is no address at all."""
        parts = urlsplit(url)
        plain = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        if url and (not plain or parts.query or parts.fragment):
            message = "it has to be an address such as http://127.0.0.1:4318, without a name, a key or a query"
            raise ValueError(message)
        return url.rstrip("/").removesuffix(_PATH)

    @field_validator("headers")
    @classmethod
    def _fit_for_headers(cls, headers: SecretStr | None) -> SecretStr | None:
        """Refuse what is no list of headers; each value is a secret of its own."""
        for name, value in _read(headers).items():
            redact.learn(value)
            if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
                raise ValueError(_FORM)
        return headers

    @property
    def on(self) -> bool:
        """Whether anything is traced."""
        return bool(self.endpoint)

    @property
    def url(self) -> str:
        """Where spans are posted to."""
        return f"{self.endpoint}{_PATH}"

    @property
    def host(self) -> str:
        """The host of the collector, with its port if it has one."""
        return urlsplit(self.endpoint).netloc

    @property
    def sent_headers(self) -> Mapping[str, str]:
        """The headers by their names."""
        return _read(self.headers)


def _read(headers: SecretStr | None) -> dict[str, str]:
    """Return headers as OTEL_EXPORTER_OTLP_HEADERS spells them."""
    given = headers.get_secret_value().strip() if headers else ""
    pairs = [each.partition("=") for each in given.split(",")] if given else []
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs}
