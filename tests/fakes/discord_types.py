"""The types of what requests say: checked before anything is read, so that nonsense is refused where it stands."""

import re
from typing import Final

from tests.fakes.discord_answers import Refusal, invalid_form, required
from tests.fakes.discord_world import JSON, Value

SNOWFLAKE: Final = "snowflake"
Shape = Value
"""`str`, `int`, `bool` or SNOWFLAKE; a list of one shape; an object of shapes by name. Null is of every type."""

_WORDS: dict[object, tuple[str, str]] = {
    str: ("STRING_TYPE_CONVERT", "Could not interpret as string."),
    int: ("NUMBER_TYPE_COERCE", "Value is not int."),
    bool: ("BOOLEAN_TYPE_CONVERT", "Must be either true or false."),
    SNOWFLAKE: ("NUMBER_TYPE_COERCE", "Value is not snowflake."),
}

_EMBED: JSON = {
    "title": str,
    "description": str,
    "url": str,
    "color": int,
    "timestamp": str,
    "author": {"name": str, "url": str, "icon_url": str},
    "footer": {"text": str, "icon_url": str},
    "image": {"url": str},
    "thumbnail": {"url": str},
    "fields": [{"name": str, "value": str, "inline": bool}],
}
_COMPONENT: JSON = {
    "type": int,
    "style": int,
    "label": str,
    "custom_id": str,
    "url": str,
    "content": str,
    "placeholder": str,
    "disabled": bool,
    "emoji": {"id": SNOWFLAKE, "name": str, "animated": bool},
    "options": [{"label": str, "value": str, "description": str, "default": bool}],
    "media": {"url": str},
    "file": {"url": str},
    "items": [{"media": {"url": str}}],
}
_COMPONENT |= {"components": [_COMPONENT], "accessory": _COMPONENT}
MESSAGE: JSON = {
    "content": str,
    "embeds": [_EMBED],
    "components": [_COMPONENT],
    "attachments": [{"id": SNOWFLAKE, "filename": str, "description": str}],
    "allowed_mentions": {"parse": [str], "users": [SNOWFLAKE], "roles": [SNOWFLAKE], "replied_user": bool},
    "flags": int,
    "enforce_nonce": bool,
    "tts": bool,
    "message_reference": {
        "message_id": SNOWFLAKE,
        "channel_id": SNOWFLAKE,
        "guild_id": SNOWFLAKE,
        "fail_if_not_exists": bool,
    },
}
CHANNEL: JSON = {
    "name": str,
    "topic": str,
    "archived": bool,
    "locked": bool,
    "auto_archive_duration": int,
    "applied_tags": [SNOWFLAKE],
    "type": int,
    "message": MESSAGE,
}
_OPTION: JSON = {
    "type": int,
    "name": str,
    "description": str,
    "required": bool,
    "autocomplete": bool,
    "name_localizations": {},
    "description_localizations": {},
    "choices": [{"name": str, "name_localizations": {}}],
}
_OPTION |= {"options": [_OPTION]}
COMMAND: JSON = _OPTION | {"default_member_permissions": SNOWFLAKE, "dm_permission": bool, "nsfw": bool}
CALLBACK: JSON = {"type": int, "data": MESSAGE | {"choices": [{"name": str, "name_localizations": {}}]}}


def checked(body: Value, shape: Shape, path: str = "") -> Value:
    """Return a body once everything in it is of its type. Raises Refusal."""
    errors: dict[str, tuple[str, str]] = {}
    _check(errors, path, body, shape)
    if errors:
        raise Refusal(invalid_form(errors))
    return body


def _check(errors: dict[str, tuple[str, str]], path: str, value: Value, shape: Shape) -> None:
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            errors[path or "_"] = ("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            return
        for name, inner in shape.items():
            if value.get(name) is not None:
                _check(errors, f"{path}.{name}".removeprefix("."), value[name], inner)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            errors[path] = ("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return
        for place, each in enumerate(value):
            if each is None:
                errors[f"{path}.{place}"] = required()
            else:
                _check(errors, f"{path}.{place}".removeprefix("."), each, shape[0])
    elif not _is(value, shape):
        errors[path] = _WORDS[shape]


def _is(value: Value, shape: Shape) -> bool:
    if shape is SNOWFLAKE:
        return not isinstance(value, bool) and re.fullmatch(r"[0-9]{1,20}", str(value)) is not None
    if shape is int:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 53
    return isinstance(value, bool) if shape is bool else isinstance(value, str)
