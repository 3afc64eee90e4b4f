"""Which changes questions find."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.answer.library import Library
from bot.answer.material import Absence, Missing
from tests.answer.digested import Digested
from tests.answer.questions import ASKED_AT, QUESTIONS, THURSDAY, ZONE, Kind
from tests.answer.recall import AT, mean, recalls


def test_the_set_of_questions() -> None:
    """There are sixty questions at least, some of each kind, and those that can be answered have an answer."""
    assert len(QUESTIONS) >= 60
    assert {question.kind for question in QUESTIONS} == set(Kind)
    assert all(
        question.expected for question in QUESTIONS if question.kind not in (Kind.UNANSWERABLE, Kind.ADVERSARIAL)
    )


async def test_recall(digested: Digested) -> None:
    """Among the first ten, nine of ten changes are found that a question names, and seven of ten that it describes."""
    found = await recalls(digested.library, digested.shas)

    assert mean(found, named=True) >= 0.9
    assert mean(found, named=False) >= 0.7


async def test_what_cannot_be_answered_finds_nothing(digested: Digested) -> None:
    """A question that no change can answer finds none, rather than what is least unlike it."""
    questions = [question for question in QUESTIONS if question.kind is Kind.UNANSWERABLE]
    found = {question.text: await digested.library.search(question.text, AT) for question in questions}

    assert [text for text, reading in found.items() if reading.passages] == []
    assert found["does #99999 change the default?"].missing == (Missing("#99999", Absence.UNKNOWN),)
    assert found["what did commit deadbeef1234 do"].missing == (Missing("deadbeef1234", Absence.UNKNOWN),)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("does #17028 change the default?", "deadline"),
        ("is order_by_deadline on by default", "deadline"),
        ("kernels/attention.cu got slower?", "fp8"),
        ("哪个改动修复了死锁？", "cjk"),
        ("which scheduler changes landed last week", "heap"),
    ],
)
async def test_what_is_meant_comes_first(digested: Digested, text: str, first: str) -> None:
    """What a question names is the first that it finds."""
    reading = await digested.library.search(text, AT)

    assert reading.passages[0].sha == digested.shas[first]


async def test_a_commit_is_named_by_its_digits(digested: Digested) -> None:
    """The digits of a sha in a question lead to that change before any other."""
    sha = digested.shas["tls"]
    reading = await digested.library.search(f"does {sha[:8]} touch the scheduler?", AT)

    assert reading.passages[0].sha == sha
    assert reading.missing == ()


async def test_the_digest_of_the_thread_comes_first(digested: Digested) -> None:
    """Of changes that match alike, that of the thread's digest comes first, and without that digest the newest."""
    shelves, found = digested.shelves, [digested.repository]
    ((_, heap),) = await shelves.index.named([digested.repository.full_name], [], [16950])
    alike = [replace(heap, sha=f"{number}" * 40, committed_at=THURSDAY - timedelta(days=number)) for number in (1, 2)]
    await shelves.index.keep(digested.repository.full_name, alike)
    (entry,) = [each for each in digested.digest.entries if each.commit.sha == digested.shas["fuel"]]
    entry = replace(entry, commit=replace(entry.commit, sha="2" * 40))
    library = Library(shelves, found, [replace(digested.digest, entries=(entry,))], ASKED_AT, ZONE)

    async def first(library: Library) -> str:
        return (await library.search("priority heap", 3)).passages[0].sha

    assert await first(library) == "2" * 40
    assert await first(Library(shelves, found, [], ASKED_AT, ZONE)) == "1" * 40


async def test_days_are_kept_to(digested: Digested) -> None:
    """Only what landed in the days that a question speaks of is found, unless days are given beside it."""
    tuesday = THURSDAY - timedelta(days=2)
    spoken = await digested.library.search("what landed on Tuesday?", 50)
    given = await digested.library.search("what landed on Tuesday?", 50, THURSDAY, THURSDAY + timedelta(days=1))

    keys = {sha: key for key, sha in digested.shas.items()}
    assert {keys[each.sha] for each in spoken.passages} == {
        "log",
        "kvcache",
        "drop_py39",
        "revert_fifo",
        "filler-2",
        "filler-32",
    }
    assert digested.shas["fuel"] in {each.sha for each in given.passages}
    assert all(f"{tuesday:%Y-%m-%d}" in each.text.partition("\n")[0] for each in spoken.passages)
