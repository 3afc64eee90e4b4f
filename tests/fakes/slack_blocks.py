"""Block Kit's rules: which blocks there are, their fields and their limits."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.fakes.slack_answers import Refusal
from tests.fakes.slack_schema import Rule, anything, at, boolean, fields, items, number, one_of, text, typed

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MARKDOWN = 12_000
"""Characters of all markdown blocks of a message together."""
OTHER_TEXT = 11_300
"""Characters of all other blocks together. Slack documents none; it was seen to refuse from here on."""

_IDS = text(255)


def _text_object(most: int, *kinds: str) -> Rule:
    of: dict[str, Rule] = {"type": anything, "text": text(most, 1)}
    known = {
        "plain_text": fields({**of, "emoji": boolean}, ("text",)),
        "mrkdwn": fields({**of, "verbatim": boolean}, ("text",)),
    }
    return typed({kind: known[kind] for kind in kinds or known})


def _plain(most: int) -> Rule:
    return _text_object(most, "plain_text")


def _image(most_alt: int = 2000) -> dict[str, Rule]:
    return {"type": anything, "image_url": text(3000, 1), "slack_file": anything, "alt_text": text(most_alt, 1)}


_STYLE = fields(dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))


def _inline(required: str, **known: Rule) -> Rule:
    return fields({"type": anything, "style": _STYLE, **known}, required.split())


_INLINE: dict[str, Rule] = {
    "text": _inline("text", text=text(None, 1)),
    "link": _inline("url", url=text(3000, 1), text=text(), unsafe=boolean),
    "user": _inline("user_id", user_id=text()),
    "usergroup": _inline("usergroup_id", usergroup_id=text()),
    "team": _inline("team_id", team_id=text()),
    "channel": _inline("channel_id", channel_id=text()),
    "broadcast": _inline("range", range=one_of("here", "channel", "everyone")),
    "emoji": _inline("name", name=text(), unicode=text(), url=text()),
    "color": _inline("value", value=text()),
    "date": _inline("timestamp format", timestamp=number, format=text(), url=text(), fallback=text()),
}


def _rich(of: Rule, **more: Rule) -> Rule:
    return fields({"type": anything, "elements": items(of), **more}, ("elements",))


_BORDER = one_of(0, 1)
_SECTION = _rich(typed(_INLINE))
_RICH_TEXT = typed(
    {
        "rich_text_section": _SECTION,
        "rich_text_quote": _rich(typed(_INLINE), border=_BORDER),
        "rich_text_preformatted": _rich(typed({kind: _INLINE[kind] for kind in ("text", "link")}), border=_BORDER),
        "rich_text_list": _rich(
            typed({"rich_text_section": _SECTION}),
            style=one_of("bullet", "ordered"),
            indent=number,
            offset=number,
            border=_BORDER,
        ),
    }
)

_OPTION = fields(
    {"text": _text_object(75), "value": text(75), "description": _text_object(75), "url": text(3000)},
    ("text", "value"),
)
_CONFIRM = fields(
    {"title": _plain(100), "text": _text_object(300), "confirm": _plain(30), "deny": _plain(30), "style": anything},
    ("title", "text", "confirm", "deny"),
)
_SELECT: dict[str, Rule] = {"type": anything, "action_id": _IDS, "placeholder": _plain(150), "confirm": _CONFIRM}

_ELEMENTS: dict[str, Rule] = {
    "button": fields(
        {
            "type": anything,
            "text": _plain(75),
            "action_id": _IDS,
            "url": text(3000),
            "value": text(2000),
            "style": one_of("primary", "danger"),
            "confirm": _CONFIRM,
            "accessibility_label": text(75),
        },
        ("text",),
    ),
    "overflow": fields(
        {"type": anything, "action_id": _IDS, "options": items(_OPTION, 5, 1), "confirm": _CONFIRM}, ("options",)
    ),
    "static_select": fields(
        {**_SELECT, "options": items(_OPTION, 100, 1), "initial_option": _OPTION, "focus_on_load": boolean},
        ("options",),
    ),
    "conversations_select": fields({**_SELECT, "default_to_current_conversation": boolean}),
    "users_select": fields({**_SELECT, "initial_user": text()}),
    "datepicker": fields({**_SELECT, "initial_date": text(10, 10)}),
}
_FEEDBACK_BUTTON = fields({"text": _plain(75), "value": text(2000), "accessibility_label": text(75)}, ("text", "value"))
_CONTEXT_ACTIONS = typed(
    {
        "feedback_buttons": fields(
            {
                "type": anything,
                "action_id": _IDS,
                "positive_button": _FEEDBACK_BUTTON,
                "negative_button": _FEEDBACK_BUTTON,
            },
            ("positive_button", "negative_button"),
        ),
        "icon_button": fields(
            {"type": anything, "action_id": _IDS, "icon": text(), "text": _plain(75), "value": text(2000)},
            ("icon", "text"),
        ),
    }
)
_CELL = typed(
    {
        "raw_text": fields({"type": anything, "text": text(None, 1)}, ("text",)),
        "raw_number": fields({"type": anything, "value": number, "text": text(None, 1)}, ("value", "text")),
        "rich_text": _rich(_RICH_TEXT, block_id=_IDS),
    }
)


def _block(required: str = "", **known: Rule) -> Rule:
    return fields({"type": anything, "block_id": _IDS, **known}, required.split())


def _section(value: object, pointer: str) -> Iterator[str]:
    accessory = typed({**_ELEMENTS, "image": fields(_image(), ("alt_text",))})
    known = {"text": _text_object(3000), "fields": items(_text_object(2000), 10, 1), "expand": boolean}
    yield from _block("", accessory=accessory, **known)(value, pointer)
    if isinstance(value, Mapping) and not {"text", "fields"} & value.keys():
        yield at(pointer, "missing required field: text")


_BLOCKS: dict[str, Rule] = {
    "section": _section,
    "header": _block("text", text=_plain(150)),
    "divider": _block(),
    "context": _block(
        "elements",
        elements=items(
            typed(
                {
                    "plain_text": _plain(3000),
                    "mrkdwn": _text_object(3000, "mrkdwn"),
                    "image": fields(_image(), ("alt_text",)),
                }
            ),
            10,
            1,
        ),
    ),
    "actions": _block("elements", elements=items(typed(_ELEMENTS), 25, 1)),
    "context_actions": _block("elements", elements=items(_CONTEXT_ACTIONS, 5, 1)),
    "image": _block("alt_text", title=_plain(2000), **{k: v for k, v in _image().items() if k != "type"}),
    "markdown": _block("text", text=text(MARKDOWN, 1)),
    "rich_text": _block("elements", elements=items(_RICH_TEXT)),
    "table": _block(
        "rows",
        rows=items(items(_CELL, 20, 1), 100, 1),
        column_settings=items(fields({"align": one_of("left", "center", "right"), "is_wrapped": boolean}), 20),
    ),
}


def violations(blocks: object, pointer: str = "/blocks", most: int = MESSAGE_BLOCKS) -> list[str]:
    """Return what Slack's schema objects to in blocks, as it words it."""
    found = list(items(typed(_BLOCKS), most)(blocks, pointer))
    if not found:
        assert isinstance(blocks, Sequence)
        found = list(_repeated(blocks, pointer))
    return found


def _repeated(blocks: Sequence[Mapping[str, Any]], pointer: str) -> Iterator[str]:
    for id_, count in Counter(block.get("block_id") for block in blocks).items():
        if id_ is not None and count > 1:
            yield at(pointer, f"block_id already exists: {id_}")
    for at_, block in enumerate(blocks):
        elements = block.get("elements", []) if block["type"] in ("actions", "context_actions") else []
        for id_, count in Counter(element.get("action_id") for element in elements).items():
            if id_ is not None and count > 1:
                yield at(f"{pointer}/{at_}/elements", f"action_id already exists: {id_}")


def characters(value: object) -> int:
    """Return how many characters of text there are in a block, at any depth."""
    if isinstance(value, Mapping):
        own = value.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(
            characters(inner) for name, inner in value.items() if not (name == "text" and isinstance(inner, str))
        )
    return sum(map(characters, value)) if isinstance(value, list) else 0


def check_message(blocks: object) -> list[dict[str, Any]]:
    """Return the blocks of a message as they are kept, each with an id. Raises Refusal."""
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    if found := violations(blocks):
        raise Refusal("invalid_blocks", found, errors=found)
    if sum(block["type"] == "table" for block in blocks) > 1:
        raise Refusal("only_one_table_allowed")
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    others = sum(characters(block) for block in blocks if block["type"] != "markdown")
    if markdown > MARKDOWN or others > OTHER_TEXT:
        raise Refusal("msg_blocks_too_long")
    return [_kept(block, at_) for at_, block in enumerate(blocks)]


def _kept(block: dict[str, Any], at_: int) -> dict[str, Any]:
    """Give a block its id; one that was given for a markdown block is dropped."""
    if block["type"] == "markdown":
        return {**block, "block_id": f"m{at_}"}
    return {"block_id": f"b{at_}", **block}


def check_view(view: object) -> dict[str, Any]:
    """Return the Home view that was sent. Raises Refusal."""
    known: dict[str, Rule] = {
        "type": one_of("home"),
        "blocks": lambda value, pointer: iter(violations(value, pointer, VIEW_BLOCKS)),
        "private_metadata": text(3000),
        "callback_id": _IDS,
        "external_id": _IDS,
    }
    found = list(fields(known, ("type", "blocks"))(view, "/view"))
    if found or not isinstance(view, dict):
        raise Refusal("invalid_arguments", found, errors=found)
    return view
