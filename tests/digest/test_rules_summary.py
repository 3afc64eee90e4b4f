"""Summaries."""

import pytest

from bot.digest.rules import analyse
from bot.model import Person, PullRequest
from tests.digest.written import change

FORM = """<!-- Please describe your change.
It helps reviewers. -->
## Summary

The queue is a heap now, so that the request with the nearest deadline
is taken next. First in, first out is gone.

![plot](https://example.org/plot.png)

## How was this tested?

By hand, on three machines of different age and temper.

- [x] I have read the guide
- [ ] Documentation is updated (or
  not needed at all)

Fixes #12
Co-authored-by: Ada <ada@example.org>
"""


def summary(body: str, subject: str = "Order by deadline") -> str:
    """Return the summary of a change with this body."""
    return analyse(change(f"{subject}\n\n{body}", "src/queue.py"), None).summary


def test_form_is_reduced_to_what_its_author_wrote() -> None:
    """Of a filled-in form only the prose of its first section is left, as whole sentences."""
    assert summary(FORM) == (
        "The queue is a heap now, so that the request with the nearest deadline is taken next. "
        "First in, first out is gone."
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Order by deadline.",
        "Fixes #12",
        "Closes: https://example.org/issues/12, #13 and #14",
        "See also acme/rocket#12.",
        "N/A",
        "* fix typo\n* address review comments\n* lint",
        "- [x] tests\n- [ ] docs",
        "Signed-off-by: Ada <ada@example.org>\nReviewed-by: Bo <bo@example.org>",
        "```\nqueue = heap\nqueue.push(request)\n```",
        "    queue = heap of requests\n    queue.push(request)",
        "| name | before | after |\n|---|---|---|\n| pop | 12 | 3 |",
        "> quoted words of somebody\nwho went on here",
        "<details><summary>log</summary>\n\nmany lines of a log file\n\n</details>",
        "[![CI](https://example.org/badge.svg)](https://example.org)",
    ],
)
def test_body_that_adds_nothing_gives_no_summary(body: str) -> None:
    """Repetitions, references, forms, sign-offs, code, tables, quotes and pictures are no summary."""
    assert summary(body) == ""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "Keeps `heap[0]` in **front**, see [the guide](https://example.org/guide).",
            "Keeps `heap[0]` in front, see the guide.",
        ),
        ("Requests, e.g. of v1.2. of the client, wait now.", "Requests, e.g. of v1.2. of the client, wait now."),
        (
            "* order by deadline (#12)\n* fix typo\n* drop the fifo flag\n* wake idle workers",
            "drop the fifo flag; wake idle workers",
        ),
        (
            "Two things change, both for speed:\n\n- the queue is a heap\n- idle workers wake",
            "Two things change, both for speed: the queue is a heap; idle workers wake",
        ),
        ("请求现在按截止时间排序。\n先进先出的参数已经移除。", "请求现在按截止时间排序。先进先出的参数已经移除。"),
        ("Calls __init__ and `__del__` in their order.", "Calls __init__ and `__del__` in their order."),
        ("It stopped on 1. May and\n12) was never the reason.", "It stopped on 1. May and 12) was never the reason."),
    ],
)
def test_summary_is_in_the_words_of_the_author(body: str, said: str) -> None:
    """Marks of Markdown go, code spans stay, lists become one line, and sentences are not cut at abbreviations."""
    assert summary(body) == said


def test_summary_ends_with_a_sentence() -> None:
    """Sentences are added whole, as long as there is room for them."""
    sentences = [
        f"The {name} tank is filled to the brim before the pump of the next one is started." for name in "abcdefgh"
    ]
    text = summary(" ".join(sentences))
    assert text == " ".join(sentences[:3])
    assert len(text) <= 280


def test_endless_sentence_ends_at_a_clause() -> None:
    """A first sentence beyond all measure is cut at the end of a clause, and says so."""
    clause = "the pump waits for the valve and the valve waits for the tank"
    text = summary(", ".join([clause] * 20) + ".")
    assert text.endswith("waits for the tank…")
    assert len(text) <= 401


def test_summary_of_a_machine_is_left_out() -> None:
    """What a bot writes of its own schedule is no summary."""
    bot = Person("renovate[bot]", "bot@example.org")
    update = change(
        "Update ferry to v2\n\nThis is done at any time, since no schedule is defined.", "go.mod", "go.sum", author=bot
    )
    assert analyse(update, None).summary == ""


def test_pull_request_speaks_where_the_commit_is_silent() -> None:
    """Where the commit has no body, the description of the pull request is read."""
    described = PullRequest(4, "Order by deadline", "The queue is a heap now, and pops the nearest deadline.")
    analysis = analyse(change("Order by deadline (#4)", "src/queue.py", pull_request=described), None)
    assert analysis.summary == "The queue is a heap now, and pops the nearest deadline."
