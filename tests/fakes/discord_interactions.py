"""The endpoints by which the bot answers a person: the callback of an interaction, and what follows it."""

from tests.fakes import discord_actions as actions
from tests.fakes.discord_actions import Circumstances
from tests.fakes.discord_answers import Answer, refuse
from tests.fakes.discord_call import Call, Route
from tests.fakes.discord_commands import CHOICES, check_choices
from tests.fakes.discord_forms import Draft, Form, read_message, refuse_empty
from tests.fakes.discord_messages import edit_with, require_open, store
from tests.fakes.discord_shapes import message as message_shape
from tests.fakes.discord_types import CALLBACK, checked
from tests.fakes.discord_world import EPHEMERAL, JSON, LOADING, Interaction, Message, MessageType

FIRST_ANSWER = 3
"""Seconds within which an interaction has to be answered."""
LIFE = 900
"""Seconds for which its token is good."""
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES_SHOWN, MODAL = 4, 5, 6, 7, 8, 9
_COMMAND, _COMPONENT, _AUTOCOMPLETE, _SUBMIT = 2, 3, 4, 5
_ANSWERS = {
    _COMMAND: (MESSAGE, DEFER, MODAL),
    _COMPONENT: (MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL),
    _AUTOCOMPLETE: (CHOICES_SHOWN,),
    _SUBMIT: (MESSAGE, DEFER, DEFER_UPDATE, UPDATE),
}
_DEFAULT_MENTIONS = ("users",)


def callback(call: Call) -> Answer:
    """Answer an interaction for the first time."""
    one = call.world.interactions.get(call.part["token"])
    if one is None or one.id != int(call.part["interaction"]):
        raise refuse(10062)
    if one.callback is not None:
        raise refuse(40060)
    if call.world.now() - one.started_at > FIRST_ANSWER:
        raise refuse(10062)
    checked(call.form, CALLBACK)
    kind, data = call.form.get("type"), call.form.get("data") or {}
    form = Form()
    form.choice("type", kind, _ANSWERS[one.type])
    if kind == CHOICES_SHOWN:
        choices = check_choices(form, "data.choices", form.items("data.choices", data.get("choices"), CHOICES))
    form.done()
    if kind == CHOICES_SHOWN:
        one.choices = choices
    elif kind == MODAL:
        one.modal = data
    elif kind in (MESSAGE, DEFER):
        _answer(call, one, data, deferred=kind == DEFER)
    elif kind == UPDATE:
        one.original = edit_with(_with_body(call, data), _message_of(call, one))
    else:
        one.original = _message_of(call, one)
    one.callback = kind
    return Answer(200, _response(call, one)) if call.query.get("with_response") in ("1", "true") else Answer(204)


def _with_body(call: Call, body: JSON) -> Call:
    return Call(call.world, call.at, call.part, call.query, body, call.files)


def _answer(call: Call, one: Interaction, data: JSON, *, deferred: bool) -> None:
    """Post the answer of an interaction, or the line that says that the bot is thinking."""
    draft = Draft(frozenset(), flags=(data.get("flags") or 0) & EPHEMERAL) if deferred else read_message(data, "data.")
    one.original = _post(call, one, draft, deferred=deferred)


def _post(call: Call, one: Interaction, draft: Draft, *, deferred: bool = False, first: bool = True) -> Message:
    channel = call.world.channels[one.channel_id]
    require_open(call.world, channel)
    files = store(call, draft.attachments)
    if not deferred:
        refuse_empty(draft.content, draft.embeds, draft.components, files)
    kind = MessageType.COMMAND if first and one.type == _COMMAND else MessageType.DEFAULT
    seen_by = one.user_id if draft.flags & EPHEMERAL else None
    flags = LOADING if deferred else 0
    reference: JSON | None = None
    if not first and one.original and one.original.id in channel.messages:
        kind = MessageType.REPLY
        reference = {"type": 0, "channel_id": str(channel.id), "message_id": str(one.original.id)}
    how = Circumstances(kind, flags, one, reference, files, seen_by, default_mentions=_DEFAULT_MENTIONS)
    return actions.post(call.world, channel, call.bot, draft, how)


def _message_of(call: Call, one: Interaction) -> Message:
    message = call.world.channels[one.channel_id].messages.get(one.message_id or 0)
    if message is None:
        raise refuse(10008)
    return message


def _response(call: Call, one: Interaction) -> JSON:
    """Return what a callback answers where that is asked for."""
    shape: JSON = {"id": str(one.id), "type": one.type, "channel_id": str(one.channel_id)}
    channel = call.world.channels[one.channel_id]
    if channel.guild_id:
        shape["guild_id"] = str(channel.guild_id)
    if one.original and one.callback in (MESSAGE, DEFER):
        shape |= {
            "response_message_id": str(one.original.id),
            "response_message_loading": one.loading,
            "response_message_ephemeral": bool(one.original.flags & EPHEMERAL),
        }
    if one.original and one.callback in (MESSAGE, UPDATE):
        resource = {"type": one.callback, "message": message_shape(one.original, call.world)}
        return {"interaction": shape, "resource": resource}
    return {"interaction": shape}


def _followed(call: Call) -> Interaction:
    """Return the interaction that a token belongs to, once it was answered and for 15 minutes. Raises Refusal."""
    one = call.world.interactions.get(call.part["token"])
    if int(call.part["application"]) != call.world.application.id:
        raise refuse(10015)
    if one is None or call.world.now() - one.started_at > LIFE:
        raise refuse(50027)
    if one.callback is None:
        raise refuse(10015)
    return one


def follow_up(call: Call) -> Answer:
    """Send one more message; after a deferred answer the first one takes its place, as Discord still does."""
    one = _followed(call)
    if one.loading and one.original:
        message = edit_with(call, one.original)
    else:
        message = _post(call, one, read_message(call.form), first=False)
    return Answer(200, message_shape(message, call.world)) if call.query.get("wait") in ("1", "true") else Answer(204)


def _target(call: Call) -> Message:
    one = _followed(call)
    if call.part["message"] == "@original":
        message = one.original
    else:
        message = call.world.channels[one.channel_id].messages.get(int(call.part["message"]))
    if message is None or message.id not in call.world.channels[one.channel_id].messages:
        raise refuse(10008)
    if message.interaction is not one and message is not one.original:
        raise refuse(10008)
    return message


def get(call: Call) -> Answer:
    """Return the answer or a message that followed it."""
    return Answer(200, message_shape(_target(call), call.world))


def edit(call: Call) -> Answer:
    """Change the answer or a message that followed it."""
    message = _target(call)
    require_open(call.world, call.world.channels[message.channel_id])
    return Answer(200, message_shape(edit_with(call, message), call.world))


def delete(call: Call) -> Answer:
    """Delete the answer or a message that followed it."""
    actions.delete(call.world, _target(call))
    return Answer(204)


_WEBHOOK = "/webhooks/{application}/{token}"
ROUTES: tuple[Route, ...] = (
    ("POST", "/interactions/{interaction}/{token}/callback", callback),
    ("POST", _WEBHOOK, follow_up),
    ("GET", _WEBHOOK + "/messages/{message}", get),
    ("PATCH", _WEBHOOK + "/messages/{message}", edit),
    ("DELETE", _WEBHOOK + "/messages/{message}", delete),
)
