"""Digests as JSON, and the page that describes it."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.model import Earlier, Entry, LinkedIssue, Phrase, PullRequest, Receipt, Relation, Tier
from bot.present.export import VERSION, to_json
from bot.present.labels import Labels
from tests.fakes.digests import LOCAL, NOON, analysis, commit, day, digest, shanghai

EN, ZH = Labels("en"), Labels("zh")
PAGE = Path(bot.__file__).parent.parent / "docs" / "json.md"


def keys(value: object, within: str = "") -> Iterator[str]:
    """Yield every key of a JSON value, with the keys that lead to it."""
    if isinstance(value, list):
        for item in value:
            yield from keys(item, f"{within}[]")
    elif isinstance(value, dict):
        for key, item in value.items():
            name = f"{within}.{key}".lstrip(".")
            yield name
            yield from keys(item, name)


def test_every_key_is_documented() -> None:
    """The page names every key that there is, and no other."""
    first = day(depth=True)
    known = PullRequest(1, labels=("bug",), linked_issues=(LinkedIssue("acme/rocket", 7, "Old requests starve"),))
    earlier = (Earlier(Relation.REVERTS, "a" * 40, "Order requests", NOON),)
    requested = [
        replace(entry, commit=replace(entry.commit, pull_request=known), earlier=earlier) for entry in first.entries
    ]
    written = set(keys(json.loads(to_json([replace(first, entries=tuple(requested))], EN))))
    page, _, _ = PAGE.read_text(encoding="utf-8").partition("\n# The JSON of the status\n")
    documented = re.findall(r"^\| `([^`]*)` \|", page, flags=re.MULTILINE)
    assert set(documented) == written
    assert len(documented) == len(set(documented))
    assert f"version {VERSION}" in page


def test_a_digest_as_json() -> None:
    """A digest has its window in UTC, its receipt, its counts and its entries, newest first."""
    receipt = Receipt(20, 19, 1, 2, fallback=("abc",), notes=(Phrase.of("repository-empty"),))
    written = json.loads(to_json([replace(day(shanghai()), receipt=receipt)], ZH))
    assert written["version"] == 1
    (made,) = written["digests"]
    assert made["window"] == {
        "start": "2026-01-14T16:00:00Z",
        "end": "2026-01-15T16:00:00Z",
        "timezone": "Asia/Shanghai",
        "label": "2026-01-15",
    }
    assert made["receipt"] == {
        "found": 20,
        "analysed": 19,
        "failed": 1,
        "cut": 2,
        "fallback": ["abc"],
        "dropped": 0,
        "masked": 0,
        "excluded": 0,
        "usage": {"calls": 0, "input_tokens": 0, "cached_tokens": 0, "output_tokens": 0, "cost": 0.0},
        "notes": ["仓库还没有提交。"],
    }
    assert made["counts"] == {"high": 3, "medium": 5, "low": 12}
    times = [entry["committed_at"] for entry in made["entries"]]
    assert times == sorted(times, reverse=True)
    assert made["language"] == "zh"


def test_an_entry_by_the_rules() -> None:
    """What a model did not write is null, and the shape of the change is part of the summary."""
    entry = day().of_tier(Tier.HIGH)[0]
    (written,) = json.loads(to_json([digest([entry])], EN))["digests"][0]["entries"]
    assert written["sha"] == entry.commit.sha
    assert written["url"] == f"https://github.com/acme/rocket/commit/{entry.commit.sha}"
    assert written["pull_request"] == 1412
    assert written["author"] == {"name": "Grace Hopper", "login": None}
    assert written["reasons"] == ["removes the public flag `--fifo`", "marked as breaking by its author"]
    assert written["summary"].split("\n") == [
        entry.analysis.summary,
        "`engine/queue.py` (new), `engine/scheduler.py`, `cli/args.py`, 4 test files · +363\u00a0−39",
    ]
    assert [written[key] for key in ("scope", "insight", "risks", "advice", "conclusion")] == [None] * 5
    assert (written["files"], written["additions"], written["deletions"]) == (7, 363, 39)
    assert (written["late"], written["earlier"], written["remarks"]) == (False, [], [])


def test_an_entry_that_has_to_do_with_earlier_ones() -> None:
    """What a change does to earlier ones is there with their page, and remarks are sentences."""
    earlier = Earlier(Relation.REVERTS, "a" * 40, "Order requests", NOON, 7, "https://chat.example/p")
    remark = Phrase.of("remark-fixed-again", count=3, path="engine/queue.py")
    entry = replace(day().entries[0], earlier=(earlier,), remarks=(remark,))
    (written,) = json.loads(to_json([digest([entry])], ZH))["digests"][0]["entries"]
    assert written["earlier"] == [
        {
            "relation": "reverts",
            "sha": "a" * 40,
            "url": f"https://github.com/acme/rocket/commit/{'a' * 40}",
            "pull_request": 7,
            "headline": "Order requests",
            "committed_at": "2026-01-15T12:00:00Z",
        }
    ]
    assert written["remarks"] == ["一周内第 3 次修复 `engine/queue.py`"]


def test_an_entry_by_a_model() -> None:
    """What a model wrote is there in its parts, and the summary is the model's own."""
    entry = day(depth=True).of_tier(Tier.HIGH)[0]
    (written,) = json.loads(to_json([digest([entry])], EN))["digests"][0]["entries"]
    assert written["summary"] == entry.analysis.summary
    assert written["insight"][0] == {"aspect": "performance", "text": "pop is O(log n), was O(1)"}
    assert written["risks"] == [
        {
            "severity": "high",
            "text": "no deadline given means 0, so old clients jump the queue",
            "path": "engine/queue.py",
            "line": 58,
        }
    ]


def test_phrases_are_sentences_of_the_language() -> None:
    """Reasons that are phrases are written in the language of the labels."""
    entry = Entry(commit(), analysis(reasons=(Phrase.of("reason-files", count=31),)))
    made = digest([entry])
    english, chinese = (json.loads(to_json([made], labels))["digests"][0]["entries"][0] for labels in (EN, ZH))
    assert english["reasons"] == ["touches 31 source files"]
    assert chinese["reasons"] == ["涉及 31 个源文件"]


def test_without_a_page_there_is_no_url() -> None:
    """A change of a repository without pages, and without a pull request, has nulls in their places."""
    (written,) = json.loads(to_json([digest([Entry(commit(), analysis())], repository=LOCAL)], EN))["digests"][0][
        "entries"
    ]
    assert (written["url"], written["pull_request"], written["labels"]) == (None, None, [])


@pytest.mark.parametrize("digests", [[], [digest()]])
def test_nothing_is_json_too(digests: list[object]) -> None:
    """No digest, or one without entries, is a document of the same form."""
    written = json.loads(to_json(digests, EN))  # type: ignore[arg-type] # digests they are
    assert [made["entries"] for made in written["digests"]] == [[] for _ in digests]


@given(st.text(st.characters(), max_size=60))
def test_any_text_survives(text: str) -> None:
    """Every text comes back as it was, and no character in the document acts on a terminal."""
    document = to_json([digest([Entry(replace(commit(), message=f"x{text}"), analysis(text, summary=text))])], EN)
    (written,) = json.loads(document)["digests"][0]["entries"]
    assert written["headline"] == text
    assert written["summary"].startswith(text.strip())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", document)
    assert document.encode().decode() == document
