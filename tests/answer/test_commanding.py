"""Commands in a thread are about its changes, and nobody else's."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from bot.answer.commanding import Setting, ThreadDesk
from bot.errors import RequestError
from bot.model import DepthText, Digest, Entry, Exchange, Leaning, Phrase, Tier, TierOpinion
from bot.ports import Agreement
from bot.present.blocks import Message
from bot.present.labels import Labels
from bot.talk.thread import Judge, More, Rate, ShowDiff, ThreadCommand, Why
from tests.answer.support import DAY, DEADLINE, LIMIT, A, B, Clock, FakeMaterial, Memory
from tests.fakes.digests import NOON

WRITTEN = DepthText(conclusion="Set a default deadline first.", summary="The queue is a heap.")


class Opinions:
    """Keeps opinions."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, TierOpinion]] = []

    async def keep(self, channel: str, opinion: TierOpinion) -> None:
        """Keep one."""
        self.kept.append((channel, opinion))

    async def of_channel(self, channel: str, before: datetime, most: int) -> list[TierOpinion]:
        """Return those of a channel."""
        return [opinion for place, opinion in self.kept if place == channel and opinion.at < before][:most]

    async def agreement(self) -> Agreement:
        """Return nothing."""
        return Agreement(0, 0, 0)


@dataclass
class Bench:
    """A desk, and what it keeps."""

    opinions: Opinions = field(default_factory=Opinions)
    memory: Memory = field(default_factory=Memory)
    material: FakeMaterial = field(default_factory=FakeMaterial)
    deepened: DepthText | Phrase = WRITTEN

    async def deepen(self, digest: Digest, entry: Entry) -> Entry | Phrase:
        """Return the entry with what is written of it."""
        assert entry in digest.entries
        if isinstance(self.deepened, Phrase):
            return self.deepened
        return replace(entry, analysis=replace(entry.analysis, depth=self.deepened))

    async def do(self, command: ThreadCommand, language: str = "en") -> Message:
        """Return the answer to a command."""
        desk = ThreadDesk(self.memory, self.opinions, self.deepen, Clock())
        return await desk.do(command, Setting("thread", "slack:T1/C1", "ada", (DAY,), self.material), Labels(language))


@pytest.fixture
def bench() -> Bench:
    """Return a desk."""
    return Bench()


def told(message: Message) -> str:
    """Return all words of a message."""
    return repr(message.blocks)


async def test_more_is_a_model_s_analysis_in_full_depth(bench: Bench) -> None:
    """Whatever the tier, what is written of a high change is shown; without it, what the rules say and why."""
    assert "Set a default deadline first." in told(await bench.do(More("#18")))
    assert "Set a default deadline first." in told(await bench.do(More(B[:8])))
    bench.deepened = Phrase.of("fallback-unavailable")
    shown = told(await bench.do(More("#18")))
    assert LIMIT.analysis.headline in shown
    assert "the model's server did not answer" in shown


async def test_why_gives_the_reasons_of_a_change_or_of_a_tier(bench: Bench) -> None:
    """A tier that no change has is said to have none."""
    assert DEADLINE.analysis.headline in told(await bench.do(Why(Tier.HIGH)))
    assert LIMIT.analysis.headline not in told(await bench.do(Why(Tier.HIGH)))
    assert LIMIT.analysis.headline in told(await bench.do(Why(Tier.HIGH, "#18")))
    assert "No change of this digest has that tier." in told(await bench.do(Why(Tier.LOW)))


async def test_an_opinion_is_kept_for_the_channel(bench: Bench) -> None:
    """With the tier that was shown, and the headline by which a triage knows the change."""
    assert "Noted" in told(await bench.do(Rate(Leaning.TOO_HIGH, "#17")))
    ((channel, opinion),) = bench.opinions.kept
    assert channel == "slack:T1/C1"
    assert opinion.sha == A
    assert (opinion.tier, opinion.leaning, opinion.user, opinion.at) == (Tier.HIGH, Leaning.TOO_HIGH, "ada", NOON)
    assert "已记下" in told(await bench.do(Rate(Leaning.TOO_LOW, "#18"), "zh"))


async def test_an_opinion_without_a_name_is_of_what_was_spoken_of_last(bench: Bench) -> None:
    """If the last answer was about one change; otherwise it is asked which."""
    with pytest.raises(RequestError, match="not clear which change"):
        await bench.do(Rate(Leaning.TOO_HIGH))
    about = [passage for passage in bench.material.passages if passage.sha == B]
    await bench.memory.keep("thread", Exchange("ada", NOON, "What?", "That.", tuple(about)), 9)
    await bench.do(Rate(Leaning.TOO_HIGH))
    assert bench.opinions.kept[0][1].sha == B


async def test_a_diff_is_shown_as_plain_text(bench: Bench) -> None:
    """Of the change that is named, whatever the model thinks of it; what is not there is said not to be."""
    shown = told(await bench.do(ShowDiff("#18", "engine/queue.py")))
    assert "limit = 32" in shown
    assert "engine/queue.py:7" in shown
    bench.material.passages = []
    assert "of which there is text" in told(await bench.do(ShowDiff("#18")))


async def test_an_answer_is_found_useful_or_not(bench: Bench) -> None:
    """If there is one."""
    assert "Nothing was answered here yet." in told(await bench.do(Judge(useful=True)))
    await bench.memory.keep("thread", Exchange("ada", NOON, "What?", "That."), 9)
    assert "noted" in told(await bench.do(Judge(useful=False)))
    assert bench.memory.rated[-1] == ("thread", "ada", False)


@pytest.mark.parametrize("name", ["#1", "#177", "fffffff", "!0"])
async def test_a_change_of_no_digest_here_is_not_known(bench: Bench, name: str) -> None:
    """A name from elsewhere leads nowhere."""
    with pytest.raises(RequestError, match="No change of this thread"):
        await bench.do(ShowDiff(name))
