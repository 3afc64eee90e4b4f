"""A request as the fake model got it; what the API refuses before any model reads it; and a record of the traffic."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.openai_answers import Refuses, context_length, tokens_in, unauthorised, unknown_model

REDACTED = "<redacted>"
_RECORDED_AS = "https://api.openai.com"


@dataclass(slots=True)
class Call:
    """A request. Times are those of the running event loop, in seconds; `ended` is 0 until it is answered.

    `active` is how many requests were under way when this one came, with itself, and `status` is 0 where nothing was
    answered. `answer` is the name of the kind of answer, and `sent` says when each event of a stream was.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    began: float
    active: int
    ended: float = 0.0
    status: int = 0
    answer: str = ""
    sent: list[float] = field(default_factory=list)

    @property
    def model(self) -> str:
        """The model that is asked."""
        return str(self.body.get("model", ""))

    @property
    def task(self) -> str:
        """The name of the schema of the answer; empty without one."""
        return str(self._form.get("name", ""))

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of the answer; empty without one."""
        schema: Mapping[str, Any] = self._form.get("schema", {})
        return schema

    @property
    def system(self) -> str:
        """What the model is told that it has to do."""
        return "\n".join(self._said("system", "developer"))

    @property
    def user(self) -> str:
        """What people said."""
        return "\n".join(self._said("user"))

    @property
    def prompt(self) -> str:
        """Everything that was said."""
        return "\n".join(self._said())

    @property
    def key(self) -> str | None:
        """The key that came along."""
        scheme, _, key = self.headers.get("authorization", "").partition(" ")
        return key if scheme == "Bearer" else None

    @property
    def _form(self) -> Mapping[str, Any]:
        form: Mapping[str, Any] = (self.body.get("response_format") or {}).get("json_schema") or {}
        return form

    def _said(self, *roles: str) -> Iterator[str]:
        for message in self.body.get("messages", ()):
            content = message.get("content")
            if content and (not roles or message.get("role") in roles):
                yield content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


@dataclass(slots=True)
class Rules:
    """What the API insists on. `lacks` are parameters that it does not know, as other servers do not.

    An entry is the name of a parameter, `json_schema` or `json_object` for a form of answers, or `system` for the role.
    """

    keys: Collection[str] | None = None
    models: Collection[str] | None = None
    context: int | None = None
    lacks: set[str] = field(default_factory=set)

    def refusal(self, call: Call) -> Refuses | None:
        """Return why a request is not taken."""
        if self.keys is not None and call.key not in self.keys:
            return unauthorised()
        if call.path != "/v1/chat/completions":
            return None
        if self.models is not None and call.model not in self.models:
            return unknown_model(call.model)
        return self._unknown(call) or self._too_long(call) or _malformed(call)

    def _unknown(self, call: Call) -> Refuses | None:
        form = (call.body.get("response_format") or {}).get("type", "")
        roles = {message.get("role") for message in call.body.get("messages", ())}
        for name in sorted(self.lacks & ({*call.body, form} | roles)):
            return Refuses(400, f"Unsupported value: '{name}' is not supported with this model.", "unsupported_value")
        return None

    def _too_long(self, call: Call) -> Refuses | None:
        longest = call.body.get("max_completion_tokens") or call.body.get("max_tokens") or 0
        too_long = self.context is not None and tokens_in(call.prompt) + longest > self.context
        return context_length() if too_long else None


def _malformed(call: Call) -> Refuses | None:
    body = call.body
    if not body.get("messages"):
        return Refuses(400, "Missing required parameter: 'messages'.", "missing_required_parameter")
    if "max_tokens" in body and "max_completion_tokens" in body:
        return Refuses(400, "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
    form = body.get("response_format") or {}
    if form.get("type") == "json_object" and "json" not in call.prompt.lower():
        return Refuses(400, "'messages' must contain the word 'json' in some form, to use 'json_object'.")
    if form.get("type") == "json_schema" and form["json_schema"].get("strict"):
        for path in _open_objects(call.schema, "schema"):
            message = f"Invalid schema for response_format '{call.task}': {path} has to require all of its properties"
            return Refuses(400, f"{message} and to set 'additionalProperties' to false.", "invalid_json_schema")
    return None


def _open_objects(schema: object, path: str) -> Iterator[str]:
    """Yield where a schema has objects that OpenAI does not take when it is strict."""
    if isinstance(schema, Mapping):
        if schema.get("type") == "object":
            closed = schema.get("additionalProperties") is False
            if not closed or set(schema.get("required", ())) != set(schema.get("properties", {})):
                yield path
        for name, each in schema.items():
            yield from _open_objects(each, f"{path}.{name}")
    elif isinstance(schema, list):
        for index, each in enumerate(schema):
            yield from _open_objects(each, f"{path}[{index}]")


def record(file: Path, call: Call, headers: Mapping[str, str], body: bytes) -> None:
    """Append a call, and the headers and the body that it was answered with, as a line of JSON without the key."""
    line = {
        "service": "openai",
        "request": {
            "method": call.method,
            "url": _RECORDED_AS + call.path,
            "headers": _headers(call.headers),
            "body": call.body or None,
        },
        "response": {"status": call.status, "headers": _headers(headers), "body": _body(body)},
    }
    text = json.dumps(line, ensure_ascii=False)
    if call.key:
        text = text.replace(call.key, REDACTED)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{text}\n")


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): REDACTED if name.lower() == "authorization" else value for name, value in headers.items()}


def _body(body: bytes) -> object:
    try:
        parsed: object = json.loads(body)
    except ValueError:
        return body.decode()
    return parsed
