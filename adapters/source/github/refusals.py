"""A failed request as an error of ours, in words for the operator and for somebody who asks in a chat."""

from datetime import UTC, timedelta

from adapters.source.github.failures import Failure, Kind
from bot.errors import (
    CodeHostUnavailable,
    ConfigurationError,
    CredentialRefused,
    DigestbotError,
    RateLimited,
    RepositoryBlocked,
    RepositoryNotFound,
)

NEEDS_TOKEN = "Set GITHUB_TOKEN: with a token GitHub answers more."  # noqa: S105 -- the name of a variable


def missing(name: str, host: str, *, anonymous: bool) -> RepositoryNotFound:
    """Return the error of a repository that does not exist, or may not be known of: GitHub answers both alike."""
    may_be_private = "set GITHUB_TOKEN" if anonymous else "let the token read it"
    return RepositoryNotFound(
        f"{host} has no repository {name}, or does not show it.",
        remedy=f"Check the name; if it is private, {may_be_private}.",
        public=what_an_asker_hears(name, host),
    )


def what_an_asker_hears(name: str, host: str) -> str:
    """Return what is said in a chat of a missing repository, and of one that an asker may not know of."""
    return f"{host} has no repository {name} that can be shown here. Check the name."


def error_of(failure: Failure, name: str, host: str, *, anonymous: bool) -> DigestbotError:
    """Return the error that a failure amounts to when a repository was asked for by a name."""
    match failure.kind:
        case Kind.MISSING:
            return missing(name, host, anonymous=anonymous)
        case Kind.BLOCKED:
            return blocked(name, host)
        case Kind.UNAUTHORISED:
            return CredentialRefused(
                f"{host} does not accept the token: it is wrong, revoked or expired.",
                remedy="Set another GITHUB_TOKEN, or check the app's key.",
                public=f"{host} cannot be asked at the moment. The operator has to look at the bot's settings.",
            )
        case Kind.FORBIDDEN:
            return CredentialRefused(
                f"The token may not read {name} on {host}.",
                remedy="Let it read the repository's metadata and pull requests; authorise it for single sign-on.",
                public=what_an_asker_hears(name, host),
            )
        case Kind.LIMITED | Kind.SLOW_DOWN:
            return _limited(failure, host, anonymous=anonymous)
        case Kind.REFUSED:
            return ConfigurationError(
                f"The API of {host} does not accept what it is asked.",
                remedy="Check GITHUB_API_URL, and that the server is not an old one.",
            )
        case Kind.MISDIRECTED:
            return ConfigurationError(
                f"The API of {host} leads elsewhere than to itself.",
                remedy="Check GITHUB_API_URL: its scheme and host.",
            )
        case Kind.UNAVAILABLE:
            return CodeHostUnavailable(f"The API of {host} does not answer.", remedy="Try again later.")


def blocked(name: str, host: str) -> RepositoryBlocked:
    """Return the error of a repository that was disabled or taken down."""
    return RepositoryBlocked(
        f"{host} has disabled {name}: it was taken down, or breaks the terms of service.",
        remedy=f"Its page on {host} says why.",
    )


def _limited(failure: Failure, host: str, *, anonymous: bool) -> RateLimited:
    again = f"again at {failure.resets_at.astimezone(UTC):%H:%M} UTC" if failure.resets_at else "again later"
    error = RateLimited(
        f"The rate limit of {host} is used up; it answers {again}.",
        remedy=NEEDS_TOKEN if anonymous else "Try again then.",
        public=f"{host} answers {again}.",
        resets_at=failure.resets_at,
    )
    if failure.retry_after is not None:
        error.retry_after = timedelta(seconds=failure.retry_after)
    return error
