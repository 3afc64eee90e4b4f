"""What a refusal of the model's server means, as an error of ours. Pure.

https://platform.openai.com/docs/guides/error-codes is the source of the rules; other servers use the same statuses, and
say in words what OpenAI says in a code.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.errors import (
    ConfigurationError,
    CredentialRefused,
    DigestbotError,
    ModelError,
    ModelUnavailable,
    PromptTooLong,
)
from bot.present.characters import visible

PUBLIC = "The language model cannot be asked at the moment."
"""What is said in a chat, whatever went wrong."""

_ADDRESS = "Check OPENAI_BASE_URL: it usually ends in /v1."
_ABILITIES = "the model's settings: structured, limit, system_role, tools, extra_body."

_TOO_LONG = re.compile(
    r"context[_ ](?:length|size|window)|maximum model length|(?:prompt|input) is too long|request too large",
    re.IGNORECASE,
)
_NO_CREDIT = "insufficient_quota"
_WORTH_ANOTHER_ATTEMPT = frozenset({408, 409, 425, 429})

_EXCERPT = 160
"""Characters of a server's own words that an error shows, of the first `_READ`."""

_READ = 500
_TELLING_OF_A_PROMPT = 12
_TELLING_OF_A_KEY = 4
"""As many characters in a row as the server's words and a hidden text share are no coincidence."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of another status than success; the names of headers are in lower case.

    Nothing may be shown of the key and of the prompts, which the message may repeat.
    """

    status: int
    headers: Mapping[str, str]
    code: str
    message: str
    key: str
    prompts: Collection[str]


def error_of(refusal: Refusal, host: str, now: datetime) -> DigestbotError:
    """Return the error that a refusal amounts to."""
    status = refusal.status
    if status in (401, 403):
        return _credential(status, host)
    if refusal.code == _NO_CREDIT:
        return ConfigurationError(
            f"The account at {host} has no credit left.", remedy="Add credit, or use another key.", public=PUBLIC
        )
    if status == 413 or (status < 500 and _TOO_LONG.search(f"{refusal.code} {refusal.message[:_READ]}")):
        return PromptTooLong(
            f"The request is longer than the model at {host} can read.",
            remedy="Set DIGESTBOT_MODEL_CONTEXT to what the model can read.",
            public=PUBLIC,
        )
    if status == 429:
        return unavailable(f"{host} asks to slow down.", wait_of(refusal.headers, now))
    if status >= 500 or status in _WORTH_ANOTHER_ATTEMPT:
        error = unavailable(f"{host} fails with status {status}{_said(refusal)}.", wait_of(refusal.headers, now))
        if status == 500:  # with which some servers refuse what they do not know
            error.remedy = f"Try again later. If it stays, check {_ABILITIES}"
        return error
    if status == 404:
        remedy = f"Check DIGESTBOT_MODEL. {_ADDRESS}"
        return ModelError(
            f"{host} does not have the model, or not there{_said(refusal)}.", remedy=remedy, public=PUBLIC
        )
    if status < 400:
        return ModelError(f"{host} leads elsewhere (status {status}).", remedy=_ADDRESS, public=PUBLIC)
    return ModelError(
        f"{host} does not take the request (status {status}){_said(refusal)}.",
        remedy=f"Check {_ABILITIES}",
        public=PUBLIC,
    )


def unavailable(message: str, wait: float | None = None) -> ModelUnavailable:
    """Return the error of a server that may answer later; `wait` is in seconds."""
    retry_after = None if wait is None else timedelta(seconds=wait)
    return ModelUnavailable(message, remedy="Try again later.", public=PUBLIC, retry_after=retry_after)


def unreadable(host: str) -> ModelError:
    """Return the error of an answer that is nothing that OpenAI would send."""
    return ModelError(f"{host} answers with something else than a completion.", remedy=_ADDRESS, public=PUBLIC)


def wait_of(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds a server asks to be left alone; None if it does not say so, or not readably."""
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        said = headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", said, re.ASCII):
            return float(said) / unit
    try:
        date = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds())


def _credential(status: int, host: str) -> CredentialRefused:
    if status == 401:
        return CredentialRefused(
            f"{host} does not accept the key: it is missing, wrong or revoked.",
            remedy="Set another OPENAI_API_KEY.",
            public=PUBLIC,
        )
    return CredentialRefused(
        f"The key may not use the model at {host}.",
        remedy="Give it access, or set another DIGESTBOT_MODEL.",
        public=PUBLIC,
    )


def _said(refusal: Refusal) -> str:
    """Return the beginning of the server's own words, on one line, to go into a sentence; empty without any."""
    message = _without(refusal.message[:_READ], refusal.key, _TELLING_OF_A_KEY)
    for prompt in refusal.prompts:
        message = _without(message, prompt, _TELLING_OF_A_PROMPT)
    line = " ".join(visible(message).split()).rstrip(".")
    return f": {line if len(line) <= _EXCERPT else line[:_EXCERPT] + '…'}" if line else ""


def _without(message: str, hidden: str, size: int) -> str:
    """Replace whatever a message has in common with a hidden text, from `size` characters on."""
    kept = list(message)
    for start in range(len(message) - size + 1):
        if message[start : start + size] in hidden:
            kept[start : start + size] = ["\0"] * size
    return re.sub("\0+", "…", "".join(kept))
