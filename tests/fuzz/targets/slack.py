"""What Slack sends: events, commands, and whatever a client of it may be made to say."""

from hypothesis import strategies as st

from adapters.chat.slack.conversation import Said, deleted, heard
from tests.fuzz.inputs import altered, words
from tests.fuzz.target import target

BOT = "U0BOT"
_MENTION = {
    "team_id": "T1",
    "event_id": "Ev1",
    "type": "event_callback",
    "event": {
        "type": "app_mention",
        "user": "U1",
        "text": f"<@{BOT}> digest ruff &lt;today&gt;",
        "channel": "C1",
        "ts": "1.2",
        "thread_ts": "1.1",
        "channel_type": "channel",
        "blocks": [],
        "team": "T1",
    },
}
_DIRECT = {
    "team_id": "T1",
    "event_id": "Ev2",
    "event": {"type": "message", "user": "U1", "text": "list", "channel": "D1", "ts": "1.2", "channel_type": "im"},
}
_CHANGED = {
    "team_id": "T1",
    "event": {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "channel_type": "channel",
        "message": {"type": "message", "user": "U1", "text": f"<@{BOT}> why?", "ts": "1.2", "thread_ts": "1.1"},
        "previous_message": {"type": "message", "user": "U1", "text": "why?", "ts": "1.2"},
    },
}
_DELETED = {
    "team_id": "T1",
    "event": {
        "type": "message",
        "subtype": "message_deleted",
        "channel": "C1",
        "deleted_ts": "1.2",
        "previous_message": {"user": "U1", "text": "why?", "ts": "1.2", "thread_ts": "1.1"},
    },
}
_TEXTS = words((f"<@{BOT}> digest ruff", "&amp;lt;!channel&gt;", "message", "bot_message", "im"))


@target(st.tuples(altered([_MENTION, _DIRECT, _CHANGED, _DELETED], _TEXTS), st.booleans()))
def slack_events(given: tuple[object, bool]) -> None:
    """An event says something new of somebody's, all of it text, or nothing at all."""
    body, threads = given
    body = body if isinstance(body, dict) else {}
    gone = deleted(body, BOT)
    if gone is not None:
        assert all(type(part) is str and part for part in (gone[0].workspace, gone[0].channel, gone[0].thread, gone[1]))
    said = heard(body, BOT, threads=threads)
    if said is None:
        return
    assert isinstance(said, Said)
    assert all(type(part) is str and part for part in (said.team, said.channel, said.ts, said.user))
    assert said.thread != ""
    assert said.user != BOT
    assert said.direct or said.addressed or (threads and said.thread)
