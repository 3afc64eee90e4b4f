"""Every error that the core and the adapters raise on purpose.

    DigestbotError
     ├── TemporaryError             the same request may succeed later
     │    ├── SourceUnavailable     a repository's server cannot be reached, or did not answer in time
     │    ├── CodeHostUnavailable   the API of a code host cannot be reached, or fails
     │    │    └── RateLimited      it answers again at a time that is known
     │    ├── ModelUnavailable      the model's server cannot be reached, fails, or asks to slow down
     │    ├── ChatUnavailable       a chat platform cannot be reached, fails, or asks to slow down
     │    ├── DeliveryBusy          somebody else is delivering the same thread
     │    └── StoreUnavailable      the database is locked, overloaded or out of reach
     └── FinalError                 repeating the request will not help
          ├── RequestError          whoever asked can put it right
          │    ├── UnknownPeriod    not the name of any period
          │    ├── ImpossiblePeriod a period that does not exist, or has not happened yet
          │    ├── UnknownTimezone
          │    ├── RepositoryNotFound
          │    │    └── RepositoryBlocked   the code host shows it to nobody
          │    ├── AmbiguousName    a short name that several repositories have
          │    ├── UnknownRef       `since` names no tag and no commit of the default branch
          │    └── UnsafeName       a repository or ref that looks like an option, or carries a credential
          ├── AccessDenied          whoever asked may not have this, or not so often
          ├── ConfigurationError    the operator has to change a setting or the machine
          │    ├── AlreadyRunning   another process does the work of this database
          │    ├── CredentialRefused   a code host, a model's server or a chat refuses a key, or it may not do this
          │    └── StoreError       the disk is full, or the database is damaged or may not be written
          ├── SourceError           the repository answers, but cannot be read
          ├── ModelError            the model's server does not take a request, or its answer is of no use
          │    ├── PromptTooLong    the request is longer than the model can read
          │    ├── AnswerTooLong    the answer was cut by its length, even when a shorter one was asked for
          │    └── BudgetSpent      nothing more may be asked: the digest's or the day's budget is spent
          ├── ChatError             a chat platform does not take a request
          │    ├── PlaceGone        the channel or thread is gone, archived, or the bot is not in it
          │    ├── NotAllowed       the bot lacks a right there, which the remedy names
          │    ├── MessageTooLong
          │    ├── TooManyPins
          │    └── PostGone         somebody has deleted the post
          └── OutputError           the result cannot be written where it was asked for

Each message is one sentence without a secret; `remedy` is the next thing to do, in one sentence. Both are for the
operator. `public` is what somebody who asked in a chat is told: it differs where the operator may know more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.redaction import redact


class DigestbotError(Exception):
    """The root of the tree."""

    def __init__(self, message: str, *, remedy: str = "", public: str | None = None) -> None:
        """Keep the sentence, what to do about it, and what is said in a chat if that is something else."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self._public = public

    def __str__(self) -> str:
        """Both sentences, as a person should see them."""
        return f"{self.message} {self.remedy}".strip()

    @property
    def public(self) -> str:
        """What may be said to somebody who is not the operator; the same sentences unless something is to be hidden.

        A server may repeat a key in what it says of an error: that is masked.
        """
        return redact.known(str(self) if self._public is None else self._public)


class TemporaryError(DigestbotError):
    """The same request may succeed later: after `retry_after`, where the other side said when."""

    def __init__(
        self, message: str, *, remedy: str = "", public: str | None = None, retry_after: timedelta | None = None
    ) -> None:
        """Keep the time to wait beside the sentences."""
        super().__init__(message, remedy=remedy, public=public)
        self.retry_after = retry_after


class SourceUnavailable(TemporaryError):
    """A repository's server cannot be reached, or did not answer in time."""


class CodeHostUnavailable(TemporaryError):
    """The API of a code host cannot be reached, or fails."""


class RateLimited(CodeHostUnavailable):
    """The API of a code host answers again at `resets_at` (UTC), or at a time that it did not tell."""

    def __init__(
        self, message: str, *, remedy: str = "", public: str | None = None, resets_at: datetime | None = None
    ) -> None:
        """Keep the time of the reset beside the sentences."""
        super().__init__(message, remedy=remedy, public=public)
        self.resets_at = resets_at


class ModelUnavailable(TemporaryError):
    """The model's server cannot be reached, fails, or asks to slow down."""


class ChatUnavailable(TemporaryError):
    """A chat platform cannot be reached, fails, or asks to slow down.

    `unknown` says that the call may have had its effect all the same: that it was sent, and no answer came that tells.
    """

    def __init__(
        self,
        message: str,
        *,
        unknown: bool,
        remedy: str = "",
        public: str | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        """Keep whether the outcome is known beside the sentences."""
        super().__init__(message, remedy=remedy, public=public, retry_after=retry_after)
        self.unknown = unknown


class DeliveryBusy(TemporaryError):
    """Somebody else, of this process or another, is delivering the same thread."""


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


class RepositoryBlocked(RepositoryNotFound):
    """The code host shows the repository to nobody: it was disabled, or taken down."""


class AmbiguousName(RequestError):
    """A short name that several repositories have, none of which is clearly meant; `candidates` are owner/name."""

    def __init__(
        self, message: str, *, remedy: str = "", public: str | None = None, candidates: Sequence[str] = ()
    ) -> None:
        """Keep the candidates, the likeliest first, beside the sentences."""
        super().__init__(message, remedy=remedy, public=public)
        self.candidates = tuple(candidates)


class UnknownRef(RequestError):
    """`since` names no tag and no commit of the default branch."""


class UnsafeName(RequestError):
    """A repository or ref that looks like an option, or carries a credential."""


class AccessDenied(FinalError):
    """Whoever asked may not have this, or not so often."""


ASKERS_OWN = (RequestError, AccessDenied)
"""What whoever asked can put right, or has to live with: the operator has nothing to look for."""


class ConfigurationError(FinalError):
    """The operator has to change a setting or the machine."""


class AlreadyRunning(ConfigurationError):
    """Another process, the `holder`, does the work of this database, and it is one that only one can work on."""

    def __init__(self, message: str, *, remedy: str = "", public: str | None = None, holder: str) -> None:
        """Keep what the process says of itself beside the sentences."""
        super().__init__(message, remedy=remedy, public=public)
        self.holder = holder


class CredentialRefused(ConfigurationError):
    """A code host, a model's server or a chat does not take a key, or it may not do this."""


class StoreError(ConfigurationError):
    """The disk is full, or the database is damaged or may not be written."""


class SourceError(FinalError):
    """The repository answers, but cannot be read."""


class ModelError(FinalError):
    """The model's server does not take a request, or its answer is of no use."""


class PromptTooLong(ModelError):
    """The request is longer than the model can read."""


class AnswerTooLong(ModelError):
    """The answer was cut by its length, even when a shorter one was asked for."""


class BudgetSpent(ModelError):
    """Nothing more may be asked: the budget of the `day`, or else of the digest, is spent."""

    def __init__(self, message: str, *, remedy: str = "", public: str | None = None, day: bool) -> None:
        """Keep which budget it is beside the sentences."""
        super().__init__(message, remedy=remedy, public=public)
        self.day = day


class ChatError(FinalError):
    """A chat platform does not take a request."""


class PlaceGone(ChatError):
    """The channel or thread is gone, archived, or the bot is not in it."""


class NotAllowed(ChatError):
    """The bot lacks a right there, which the remedy names."""


class MessageTooLong(ChatError):
    """The platform finds a message too long."""


class TooManyPins(ChatError):
    """A channel or thread has as many pins as it can have."""


class PostGone(ChatError):
    """Somebody has deleted the post."""


class OutputError(FinalError):
    """The result cannot be written where it was asked for."""
