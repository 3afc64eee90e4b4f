"""The fake Discord under requests that make no sense: each is refused, and none breaks it."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import discord_rest
from tests.fakes.conftest import Clock
from tests.fakes.discord_answers import Answer, Refusal
from tests.fakes.discord_call import Call
from tests.fakes.discord_town import Town

EMBED = {
    "title": "t",
    "description": "d",
    "url": "https://a.example",
    "color": 1,
    "author": {"name": "a"},
    "footer": {"text": "f"},
    "fields": [{"name": "n", "value": "v", "inline": True}],
    "image": {"url": "https://a.example"},
}
MESSAGE = {
    "content": "c",
    "embeds": [EMBED],
    "components": [
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "l", "custom_id": "i"}]},
        {"type": 1, "components": [{"type": 3, "custom_id": "s", "options": [{"label": "l", "value": "v"}]}]},
    ],
    "allowed_mentions": {"parse": ["users"], "roles": ["1"]},
    "nonce": "n",
    "enforce_nonce": True,
    "flags": 0,
    "message_reference": {"message_id": "1", "fail_if_not_exists": False},
    "attachments": [{"id": "0", "filename": "f"}],
}
COMMAND = {
    "name": "digest",
    "description": "d",
    "type": 1,
    "name_localizations": {"zh-CN": "摘要"},
    "default_member_permissions": "8",
    "options": [{"type": 3, "name": "o", "description": "d", "choices": [{"name": "c", "value": "v"}]}],
}
THREAD = {"name": "t", "auto_archive_duration": 60, "type": 11, "applied_tags": ["1"], "message": MESSAGE}
REQUESTS: list[tuple[str, str, Any]] = [
    ("POST", "/channels/{general}/messages", MESSAGE),
    ("POST", "/channels/{general}/threads", THREAD),
    ("POST", "/channels/{forum}/threads", THREAD),
    ("PATCH", "/channels/{general}", {"name": "n", "topic": "t"}),
    ("PUT", "/applications/{application}/commands", [COMMAND]),
    ("POST", "/applications/{application}/commands", COMMAND),
    ("POST", "/users/@me/channels", {"recipient_id": "1"}),
]
NONSENSE: st.SearchStrategy[Any] = st.sampled_from(
    [None, 0, -1, 1.5, True, "", "x", "x" * 5000, [], [None], [[]], {}, {"x": None}, "１", 1 << 80]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - any JSON
    """Yield the path of every value within a value."""
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from places(inner, (*path, step))


def changed(value: Any, path: tuple[Any, ...], other: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a value in which another stands at a path."""
    if not path:
        return other
    made = copy.deepcopy(value)
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = other
    return made


def answered(town: Town, method: str, template: str, body: Any) -> Answer:  # noqa: ANN401 - any JSON
    """Return what a request is answered."""
    numbers = {"general": town.general.id, "forum": town.forum.id, "application": town.world.application.id}
    found = discord_rest.find(method, template.format(**numbers))
    assert not isinstance(found, Answer)
    try:
        return found.endpoint(Call(town.world, "http://127.0.0.1", found.part, {}, body))
    except Refusal as refusal:
        return refusal.answer


@pytest.mark.parametrize("path", ["messages", "messages/pins", "threads/archived/public"])
@pytest.mark.parametrize("name", ["before", "after", "around", "limit"])
@given(word=st.sampled_from(["", "x", "-1", "0", "１", "1e9", "2026-01-01", "2026-13-01", "9" * 30]))
def test_nonsense_in_a_query(path: str, name: str, word: str) -> None:
    """Whatever is asked for, the answer is a list or an error with a number."""
    town = Town(Clock())
    found = discord_rest.find("GET", f"/channels/{town.general.id}/{path}")
    assert not isinstance(found, Answer)
    try:
        answer = found.endpoint(Call(town.world, "http://127.0.0.1", found.part, {name: word}))
    except Refusal as refusal:
        answer = refusal.answer
    assert answer.status == 200 or answer.body["code"] == 50035


@pytest.mark.parametrize(("method", "template", "body"), REQUESTS)
@given(nonsense=NONSENSE, where=st.randoms(use_true_random=False))
def test_nonsense(method: str, template: str, body: Any, nonsense: Any, where: random.Random) -> None:  # noqa: ANN401
    """Whatever stands in whatever place, the answer is a success or an error with a number."""
    answer = answered(Town(Clock()), method, template, changed(body, where.choice([*places(body)]), nonsense))
    assert answer.status in (200, 201, 204) or answer.body["code"] >= 0
