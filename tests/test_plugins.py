"""Whose fault it is that the code of a package fails."""

from importlib.metadata import EntryPoint

import pytest

from bot.errors import ChatUnavailable, ConfigurationError, CredentialRefused, TemporaryError
from bot.plugins import Installed, Kind, blamed

POINT = EntryPoint("letters", "letterbox:PLUGIN", Kind.CHAT)
THEIRS = Installed(Kind.CHAT, "letters", POINT, "letterbox 1.0")
OURS = Installed(Kind.CHAT, "letters", POINT)
REFUSED = CredentialRefused("No such key.", remedy="Set it.")
UNAVAILABLE = ChatUnavailable("No answer.", unknown=True, remedy="Wait.")


@pytest.mark.parametrize(
    ("raised", "kind", "said"),
    [
        (KeyError("id"), ConfigurationError, "KeyError: 'id'. DIGESTBOT_DEBUG=1 shows where. Correct"),
        (REFUSED, ConfigurationError, "No such key. Set it."),
        (UNAVAILABLE, TemporaryError, "No answer. Wait."),
        (ExceptionGroup("", [KeyError("id"), OSError()]), ConfigurationError, "KeyError: 'id'. "),
        (ExceptionGroup("", [ExceptionGroup("", [KeyError("id")])]), ConfigurationError, "KeyError: 'id'. "),
        (ExceptionGroup("", [KeyError(), ExceptionGroup("", [REFUSED])]), ConfigurationError, "No such key. Set it."),
        (ExceptionGroup("", [UNAVAILABLE, KeyError()]), TemporaryError, "No answer. Wait."),
    ],
)
def test_a_package_is_named(raised: Exception, kind: type[Exception], said: str) -> None:
    """Whatever its code raises, the error names it with what to do and the cause, and is temporary if that was."""
    with pytest.raises(kind) as caught, blamed(THEIRS):
        raise raised
    assert str(caught.value).startswith(f"The chat 'letters' of letterbox 1.0 cannot be used: {said}")
    assert caught.value.__cause__ is raised


def test_ours_is_not_named() -> None:
    """What our own code raises on purpose stays as it is."""
    with pytest.raises(CredentialRefused) as caught, blamed(OURS):
        raise REFUSED
    assert caught.value is REFUSED
