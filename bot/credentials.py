"""Secrets as settings hold them."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr


def _fit_for_a_header(secret: SecretStr | None) -> SecretStr | None:
    """Drop the line feed that a file ends with; anything else that no header may hold is no secret."""
    bare = secret.get_secret_value().strip() if secret else ""
    if not all("!" <= character <= "~" for character in bare):
        message = "it has characters that no token has"
        raise ValueError(message)
    return SecretStr(bare) if bare else None


HeaderSecret = Annotated[SecretStr | None, AfterValidator(_fit_for_a_header)]
"""A token or a key that travels in a header; an empty one is None."""
