"""Block Kit's limits, each at its edge, with Slack's words for what is beyond."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_client import refusal

Blocks = list[dict[str, Any]]


def section(length: int) -> dict[str, Any]:
    """Return a section of so many characters."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}}


def header(length: int) -> dict[str, Any]:
    """Return a header of so many characters."""
    return {"type": "header", "text": {"type": "plain_text", "text": "x" * length}}


def table(rows: int, columns: int) -> dict[str, Any]:
    """Return a table."""
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def context(elements: int) -> dict[str, Any]:
    """Return a context of so many elements."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * elements}


def buttons(count: int) -> dict[str, Any]:
    """Return so many buttons."""
    text = {"type": "plain_text", "text": "x"}
    return {
        "type": "actions",
        "elements": [{"type": "button", "text": text, "action_id": str(n)} for n in range(count)],
    }


def markdown(length: int) -> dict[str, Any]:
    """Return a markdown block of so many characters."""
    return {"type": "markdown", "text": "x" * length}


@pytest.mark.parametrize(
    "blocks",
    [
        [section(3000)],
        [header(150)],
        [table(100, 20)],
        [context(10)],
        [buttons(25)],
        [markdown(12_000)],
        [{"type": "divider"}] * 50,
        [*[section(2800)] * 4, markdown(6_000), markdown(6_000)],
    ],
)
async def test_what_fits(api: AsyncWebClient, blocks: Blocks) -> None:
    """What is just within a limit is taken, and passes the check that there is for it."""
    await api.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks)
    await api.blocks_validate(blocks=blocks)


@pytest.mark.parametrize(
    ("blocks", "word", "complaint"),
    [
        ([section(3001)], "invalid_blocks", "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        ([section(0)], "invalid_blocks", "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([header(151)], "invalid_blocks", "must be less than 151 characters [json-pointer:/blocks/0/text/text]"),
        ([table(101, 1)], "invalid_blocks", "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
        ([table(1, 21)], "invalid_blocks", "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
        ([table(1, 1)] * 2, "only_one_table_allowed", None),
        ([context(11)], "invalid_blocks", "no more than 10 items allowed [json-pointer:/blocks/0/elements]"),
        ([buttons(26)], "invalid_blocks", "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
        ([markdown(12_001)], "invalid_blocks", "must be less than 12001 characters [json-pointer:/blocks/0/text]"),
        ([markdown(6_000), markdown(6_001)], "msg_blocks_too_long", None),
        ([section(2826)] * 4, "msg_blocks_too_long", None),
        ([{"type": "divider"}] * 51, "invalid_blocks", "no more than 50 items allowed [json-pointer:/blocks]"),
        ([{"type": "poem"}], "invalid_blocks", "unsupported type: poem [json-pointer:/blocks/0/type]"),
        ([{"type": "section"}], "invalid_blocks", "missing required field: text [json-pointer:/blocks/0]"),
        ([{"type": "divider", "x": 1}], "invalid_blocks", "invalid additional property: x [json-pointer:/blocks/0]"),
        (
            [{"type": "divider", "block_id": "a"}] * 2,
            "invalid_blocks",
            "block_id already exists: a [json-pointer:/blocks]",
        ),
        ("[}", "invalid_arguments", None),
        ('{"a": 1}', "invalid_blocks_format", None),
    ],
)
async def test_what_does_not(api: AsyncWebClient, blocks: Blocks, word: str, complaint: str | None) -> None:
    """What is beyond a limit is refused with Slack's word, the sentence, and the place."""
    answer = await refusal(api.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks))
    assert answer["error"] == word
    if complaint:
        assert answer["errors"] == [complaint]
        assert answer["response_metadata"]["messages"] == [f"[ERROR] {complaint}"]
        assert (await refusal(api.blocks_validate(blocks=blocks)))["errors"][0]["message"] in complaint


async def test_rich_text(api: AsyncWebClient) -> None:
    """Rich text is taken with every element that there is, and with none that there is not."""
    elements: Blocks = [
        {"type": "text", "text": "a", "style": {"bold": True}},
        {"type": "link", "url": "https://example.org", "text": "b"},
        {"type": "user", "user_id": "U0ADA"},
        {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"},
    ]
    lists = {
        "type": "rich_text_list",
        "style": "bullet",
        "elements": [{"type": "rich_text_section", "elements": elements}],
    }
    quote = {"type": "rich_text_quote", "elements": elements}
    code = {"type": "rich_text_preformatted", "elements": elements[:2]}
    await api.chat_postMessage(
        channel="C0GENERAL", text="x", blocks=[{"type": "rich_text", "elements": [lists, quote, code]}]
    )
    code["elements"] = elements
    answer = await refusal(
        api.chat_postMessage(channel="C0GENERAL", text="x", blocks=[{"type": "rich_text", "elements": [code]}])
    )
    assert "unsupported type: user" in answer["errors"][0]
