"""What a terminal is told of an error."""

import pytest

from bot.cli.outcome import FAULT, UNREADABLE, report
from bot.errors import SourceError


@pytest.mark.parametrize("debug", ["", "1"])
def test_nothing_in_an_error_acts_on_the_terminal(
    debug: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a server said stands in an error as it can be seen, also in a traceback."""
    monkeypatch.setenv("DIGESTBOT_DEBUG", debug)
    hostile = "\x1b]0;owned\x07\x1b[2J\u202ex\r"
    assert report(SourceError(f"There is a tag {hostile}.")) == UNREADABLE
    assert report(ValueError(hostile)) == FAULT
    said = capsys.readouterr().err
    assert "␛]0;owned␇␛[2J⟨U+202E⟩x␍" in said
    assert not set(said) & set(hostile) - set("x]0;owned[2J")
