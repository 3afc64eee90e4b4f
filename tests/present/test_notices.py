"""What is said in place of a digest."""

import pytest

from bot.model import Since
from bot.ports import BuildProgress, Stage
from bot.present import notices
from bot.present.blocks import Block, Context, Message, Paragraph, Spans
from bot.present.labels import Labels, languages
from tests.fakes.digests import NOON, window


def _text(message: Message) -> str:
    return "\n".join("".join(span.text for span in _spans(block)) for block in message.blocks)


def _spans(block: Block) -> Spans:
    assert isinstance(block, Paragraph | Context)
    return block.spans


@pytest.mark.parametrize("language", languages())
def test_every_stage_has_words(language: str) -> None:
    """Whatever a build is at, somebody who waits is told in words, and in numbers while changes are analysed."""
    labels = Labels(language)
    said = {_text(notices.waiting("rocket", BuildProgress(stage), labels)) for stage in Stage}
    counted = _text(notices.waiting("rocket", BuildProgress(Stage.ANALYSE, 9, 24), labels))

    assert "" not in said
    assert "9" in counted
    assert "24" in counted
    assert _text(notices.waiting("rocket", None, labels)) not in said


def test_reasons_are_plain_text() -> None:
    """A reason stands beneath as it came, and never becomes a link."""
    message = notices.failed("rocket", "https://evil.example said @channel no", Labels("en"))

    assert "https://evil.example said @channel no" in _text(message)
    assert message.part == "root"


def test_titles() -> None:
    """A wish is called by its repository and its period, also where that is since a ref."""
    labels = Labels("en")

    assert notices.title("acme/rocket", window(), labels) == "acme/rocket · Thursday 15 January 2026"
    assert notices.title("acme/rocket", Since("v1", NOON, "UTC", "since v1"), labels) == "acme/rocket · since v1"
