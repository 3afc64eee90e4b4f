"""Every error that the core and the adapters raise on purpose.

    DigestbotError
     ├── TemporaryError             the same request may succeed later
     │    ├── SourceUnavailable     a repository's server cannot be reached, or did not answer in time
     │    └── StoreUnavailable      the database is locked, overloaded or out of reach
     └── FinalError                 repeating the request will not help
          ├── RequestError          whoever asked can put it right
          │    ├── UnknownPeriod    not the name of any period
          │    ├── ImpossiblePeriod a period that does not exist, or has not happened yet
          │    ├── UnknownTimezone
          │    ├── RepositoryNotFound
          │    ├── UnknownRef       `since` names no tag and no commit of the default branch
          │    └── UnsafeName       a repository or ref that looks like an option, or carries a credential
          ├── ConfigurationError    the operator has to change a setting or the machine
          │    └── StoreError       the disk is full, or the database is damaged or may not be written
          ├── SourceError           the repository answers, but cannot be read
          └── OutputError           the result cannot be written where it was asked for

Each message is one sentence without a secret; `remedy` is the next thing to do, in one sentence.
"""

from datetime import timedelta


class DigestbotError(Exception):
    """The root of the tree."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        """Keep the sentence and what to do about it."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """Both sentences, as a person should see them."""
        return f"{self.message} {self.remedy}".strip()


class TemporaryError(DigestbotError):
    """The same request may succeed later: after `retry_after`, where the other side said when."""

    def __init__(self, message: str, *, remedy: str = "", retry_after: timedelta | None = None) -> None:
        """Keep the time to wait beside the sentences."""
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


class SourceUnavailable(TemporaryError):
    """A repository's server cannot be reached, or did not answer in time."""


class StoreUnavailable(TemporaryError):
    """The database is locked, overloaded or out of reach."""


class FinalError(DigestbotError):
    """Repeating the request will not help."""


class RequestError(FinalError):
    """Whoever asked can put it right."""


class UnknownPeriod(RequestError):
    """Not the name of any period."""


class ImpossiblePeriod(RequestError):
    """A period that does not exist, or has not happened yet."""


class UnknownTimezone(RequestError):
    """Not the name of any IANA zone."""


class RepositoryNotFound(RequestError):
    """There is no such repository, or it may not be seen."""


class UnknownRef(RequestError):
    """`since` names no tag and no commit of the default branch."""


class UnsafeName(RequestError):
    """A repository or ref that looks like an option, or carries a credential."""


class ConfigurationError(FinalError):
    """The operator has to change a setting or the machine."""


class StoreError(ConfigurationError):
    """The disk is full, or the database is damaged or may not be written."""


class SourceError(FinalError):
    """The repository answers, but cannot be read."""


class OutputError(FinalError):
    """The result cannot be written where it was asked for."""
