"""What a model says of a change is kept as far as the change supports it, in whole sentences."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest.analyst.answers import WrittenInFull
from bot.digest.analyst.grounding import PARAGRAPH, Grounding
from bot.digest.analyst.sentences import clauses, whole_sentences
from bot.digest.analyst.sheets import write_sheets
from bot.digest.analyst.tasks import task
from bot.model import FileStatus, PullRequest
from tests.digest.analyst.support import day, in_full, landed
from tests.digest.written import file

MOVED = file("engine/queue.py", status=FileStatus.RENAMED, previous="core/fifo.py")
CHANGE = landed(
    1,
    "Order requests by deadline (#1412)",
    "engine/scheduler.py",
    MOVED,
    "cli/args.py",
    "tests/engine/args.py",
    body="Loads in 40 ms rather than 1,250 ms, twice as fast; see https://docs.example/queue.",
    diff="@@ -10,2 +10,4 @@\n def pop(queue):\n+    limit = 512\n+    version = '0.3.21'\n     return queue\n",
    pull_request=PullRequest(1412, title="Deadlines", body="Needs `--fifo` gone in 2 files."),
)


def grounding() -> Grounding:
    """Return what reads texts about the change above."""
    return Grounding(write_sheets(day(CHANGE))[0])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Requests are ordered by deadline.", "Requests are ordered by deadline."),
        ("Loads in 40 ms.", "Loads in 40 ms."),
        ("It took 1250 ms before.", "It took 1250 ms before."),
        ("It took 1,250 ms before, now 37.", "It took 1,250 ms before."),
        ("Loads in 37 ms.", ""),
        ("Pop is O(log n), was 900 µs.", "Pop is O(log n)."),
        ("The limit is 512 (it was 256).", "The limit is 512."),
        ("The limit is 512. It was 256 before.", "The limit is 512."),
        ("Version `0.3` and `0.3.21` work.", "Version `0.3` and `0.3.21` work."),
        ("Version 0.4 works.", ""),
        ("Unless n is 99, it waits.", ""),
        ("It is twice as fast.", "It is twice as fast."),
        ("请求现在按截止时间排序。", "请求现在按截止时间排序。"),
        ("加载需要40毫秒，之前需要99毫秒。", "加载需要40毫秒。"),
        ("加载只要３７毫秒。", ""),
        ("Touches 4 files with 1412 in mind.", "Touches 4 files with 1412 in mind."),
        ("See engine/queue.py for it.", "See engine/queue.py for it."),
        ("See engine/scheduler.py:12 for it.", "See engine/scheduler.py:12 for it."),
        ("See engine/scheduler.py:900 for it.", ""),
        ("It waits, as in engine/heap.py.", "It waits."),
        ("It imports heap.py now.", ""),
        ("Read https://docs.example/queue first.", "Read https://docs.example/queue first."),
        ("Read https://evil.example/queue first.", ""),
        ("It waits, see [the docs](https://evil.example/x).", "It waits, see the docs."),
        ("It waits; see evil.com/install.", "It waits."),
        ("**Old** clients wait. 🚀", "Old clients wait."),
        ("- Old clients wait.", "Old clients wait."),
        ("# Old\u202e clients\u200b wait\x07.", "Old clients wait."),
        ("این می\u200cرود.", "این می\u200cرود."),
        ("<b>Old</b> clients @everyone wait.", "<b>Old</b> clients @everyone wait."),
        ("This commit improves code quality.", ""),
        ("Add unit tests.", ""),
        ("N/A.", ""),
        ("", ""),
        (" \n\t ", ""),
        ("...", ""),
        ("👍.", ""),
    ],
)
def test_a_text_keeps_what_the_change_supports(text: str, kept: str) -> None:
    """Numbers, files and links of the change stay; others go with their clause, or with the sentence they carry."""
    assert grounding().text(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Old clients wait. The queue is", "Old clients wait."),
        ("The queue is", ""),
        ("Old clients wait. The queue (as in `pop.", "Old clients wait."),
        ("Old clients wait...", ""),
        ("Old clients wait…", ""),
        ("Old clients wait, e.g.", ""),
        ("It calls `queue.pop` twice", ""),
        ("旧客户端会等待。队列现在", "旧客户端会等待。"),
        ("旧客户端会等待，队列", ""),
        ("旧客户端会等待（见下。", ""),
        ("He said “wait.” Then it waits.", "He said “wait.” Then it waits."),
        ("Use e.g. a heap. It waits!", "Use e.g. a heap. It waits!"),
    ],
)
def test_what_is_cut_in_mid_sentence_is_not_shown(text: str, kept: str) -> None:
    """A text ends with its last whole sentence; what is open at its end was none."""
    assert grounding().text(text) == kept


@given(
    st.lists(st.sampled_from(["Old clients wait.", "It `calls.pop` twice.", "队列会等待。", "真的吗？", "Stop!"])),
    st.integers(0, 200),
)
def test_a_cut_anywhere_leaves_the_sentences_before_it(sentences: list[str], cut: int) -> None:
    """Of a text that was cut, exactly the whole sentences before the cut are kept."""
    text = " ".join(sentences)
    kept = whole_sentences(text[:cut])
    assert list(kept) == sentences[: len(kept)]
    shown = text[:cut].strip()
    assert sum(map(len, kept)) <= len(shown)
    if shown and not shown.endswith((".", "。", "？", "!")):
        assert len(kept) < len(sentences)


@given(st.text())
def test_whatever_is_said_what_is_kept_ends_as_a_sentence(text: str) -> None:
    """No text at all is kept without a full stop at its end, with an open bracket or name, or in two lines."""
    kept = grounding().text(text)
    assert len(kept) <= PARAGRAPH
    assert "\n" not in kept
    if kept:
        assert list(whole_sentences(kept))
        assert kept.rstrip("\"'”’»)]）】」』》*")[-1] in ".!?。！？．｡"
        assert kept.count("`") % 2 == 0


JSON_TEXT = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "The queue is",
            "Old clients wait.",
            "旧客户端会等待。队列",
            "engine/heap.py",
            "engine/queue.py:11",
            "",
            "9 of 7.",
        ]
    ),
)


def anything(schema: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a schema is any JSON
    """Return arbitrary values after a schema."""
    if "anyOf" in schema:
        return st.one_of(*map(anything, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            return st.fixed_dictionaries({name: anything(each) for name, each in schema["properties"].items()})
        case "array":
            return st.lists(anything(schema["items"]), max_size=4)
        case "integer":
            return st.integers(-5, 2_000)
        case "null":
            return st.none()
        case _:
            return JSON_TEXT


@given(st.deferred(lambda: anything(schema())))
def test_nothing_cut_or_foreign_is_in_what_is_kept_of_any_answer(answer: dict[str, Any]) -> None:
    """Of an arbitrary answer only whole sentences, files of the change and lines of its diff are kept."""
    reader = grounding()
    text = reader.depth(WrittenInFull.model_validate(answer))
    paths = {each.path for each in CHANGE.commit.files}
    for scope in text.scope:
        path, _, what = scope.partition("`: ")
        assert path.strip("`") in paths
        assert not what or ended(what)
    for risk in text.risks:
        assert risk.path in paths
        assert risk.line is None or (risk.path == "engine/scheduler.py" and 10 <= risk.line < 14)
        assert ended(risk.text)
    assert all(ended(insight.text) for insight in text.insight)
    assert all(map(ended, text.advice))
    assert text.conclusion is None or ended(text.conclusion)
    assert not text.summary or ended(text.summary)


def schema() -> Any:  # noqa: ANN401 - a schema is any JSON
    """Return the schema of what is written of a high change."""
    return task("high").schema


def ended(text: str) -> bool:
    """Tell whether a text ends as a sentence."""
    return text.rstrip("\"'”’»)]）】」』》*")[-1:] in tuple(".!?。！？．｡")


@pytest.mark.parametrize(
    ("claim", "path", "line"),
    [
        ("engine/scheduler.py", "engine/scheduler.py", None),
        ("`./engine/scheduler.py:11`", "engine/scheduler.py", 11),
        ("b/engine/scheduler.py", "engine/scheduler.py", None),
        ("scheduler.py:999", "engine/scheduler.py", None),
        ("core/fifo.py", "engine/queue.py", None),
        ("fifo.py", "engine/queue.py", None),
        ("engine/queue.py (new)", "engine/queue.py", None),
    ],
)
def test_a_risk_names_a_file_of_the_change(claim: str, path: str, line: int | None) -> None:
    """By its path, its previous one or a telling end; a line outside of the diff is dropped, not the risk."""
    reader = grounding()
    answer = in_full("00010001", "")
    answer["risks"] = [answer["risks"][0] | {"path": claim, "line": None}]
    risk = reader.depth(WrittenInFull.model_validate(answer)).risks[0]
    assert (risk.path, risk.line) == (path, line)
    assert any("999" in each.text for each in reader.dropped) == ("999" in claim)


@pytest.mark.parametrize("claim", ["engine/heap.py", "args.py", "engine", "", "../engine/scheduler.py", "py"])
def test_a_risk_elsewhere_is_dropped_and_counted(claim: str) -> None:
    """A file that the change does not touch, or that could be one of two, is no place for a risk."""
    reader = grounding()
    answer = in_full("00010001", "") | {"scope": [], "advice": [], "summary": "", "insight": [], "conclusion": ""}
    answer["risks"] = [answer["risks"][0] | {"path": claim}]
    assert not reader.depth(WrittenInFull.model_validate(answer)).risks
    assert len(reader.dropped) == 1


def test_a_headline_has_no_full_stop_and_is_whole() -> None:
    """A headline is a sentence as well; what does not end as one is not shown."""
    reader = grounding()
    assert reader.headline("Requests are ordered by deadline.") == "Requests are ordered by deadline"
    assert reader.headline("请求按截止时间排序。") == "请求按截止时间排序"
    assert not reader.headline("Requests are ordered by")


def test_clauses_leave_names_whole() -> None:
    """Neither a comma between backticks nor one within a number begins a clause."""
    assert [text for _, text in clauses("It calls `f(a, b)`, then 1,250 more; 队列，等待。")] == [
        "It calls `f(a, b)`",
        "then 1,250 more",
        "队列",
        "等待。",
    ]
