"""What an operator may set about where a process says how it is."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class HealthSettings(BaseSettings):
    """Where `digestbot run` says over HTTP how it is; in the environment, each name with the prefix DIGESTBOT_HEALTH_.

    Whoever reaches the port may read it: it tells states and counts, and no name, text, address or secret.
    """

    model_config = SettingsConfigDict(
        env_prefix="DIGESTBOT_HEALTH_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    host: str = Field(default="127.0.0.1", description="the address to listen at; empty: nowhere")
    port: int = Field(
        default=9464, ge=0, le=65_535, description="likewise; 0: nowhere. One process of a machine can have a port"
    )

    @property
    def on(self) -> bool:
        """Whether it says anything at all."""
        return bool(self.host and self.port)
