"""Who GitHub is asked as. Pure."""

from dataclasses import dataclass

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Nobody in particular."""


@dataclass(frozen=True, slots=True)
class Token:
    """Whoever the token belongs to: a person, or the installation of an app."""

    secret: SecretStr


@dataclass(frozen=True, slots=True)
class AppKey:
    """An app itself, which may only ask where it is installed and for the tokens of its installations."""

    app_id: str
    private_key: SecretStr


Credential = Anonymous | Token | AppKey
