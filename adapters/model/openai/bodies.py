"""What is sent: the bodies of requests. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from adapters.model.openai.settings import ModelSettings
from bot.ports import Conversation, ModelRequest, Speaker, Tool, ToolCall, Turn

Body = dict[str, Any]

_NO_NAME = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_NAME = 64


def model_of(settings: ModelSettings, *, light: bool) -> str:
    """Return the name of the model that is asked."""
    return settings.light if light and settings.light else settings.name


def asking(request: ModelRequest, settings: ModelSettings) -> Body:
    """Return the body of a request for one answer in JSON."""
    instructions = request.instructions
    if settings.structured != "json_schema":
        # Servers that cannot be told the schema read it; OpenAI's own JSON mode insists on the word too.
        schema = json.dumps(request.schema, ensure_ascii=False)
        instructions = f"{instructions}\n\nAnswer with JSON alone, according to this JSON schema:\n{schema}"
    messages = _messages(instructions, [{"role": "user", "content": _sendable(request.material)}], settings)
    body = _body(messages, request.longest, settings, light=request.light)
    match settings.structured:
        case "json_schema":
            name = _NO_NAME.sub("_", request.task)[:_LONGEST_NAME]
            form = {"name": name, "schema": request.schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        case "json_object":
            body["response_format"] = {"type": "json_object"}
        case "none":
            pass
        case never:
            assert_never(never)
    return body


def conversing(conversation: Conversation, settings: ModelSettings) -> Body:
    """Return the body of a request for the next turn of a conversation."""
    turns = [_turn(turn) for turn in conversation.turns]
    messages = _messages(conversation.instructions, turns, settings)
    body = _body(messages, conversation.longest, settings, light=conversation.light)
    if conversation.tools and settings.tools:
        body["tools"] = [_tool(tool) for tool in conversation.tools]
    return body


def texts(body: Body) -> Sequence[str]:
    """Return the texts of a request, which no error may repeat."""
    return [message["content"] for message in body["messages"]]


def _body(messages: Sequence[Mapping[str, object]], longest: int, settings: ModelSettings, *, light: bool) -> Body:
    body: Body = {
        "model": model_of(settings, light=light),
        "messages": messages,
        settings.length_parameter: longest,
    }
    if settings.temperature is not None:
        body["temperature"] = settings.temperature
    if settings.seed is not None:
        body["seed"] = settings.seed
    return body


def _messages(
    instructions: str, turns: Sequence[Mapping[str, object]], settings: ModelSettings
) -> Sequence[Mapping[str, object]]:
    instructions = _sendable(instructions)
    if settings.system_role:
        return [{"role": "system", "content": instructions}, *turns]
    first, *others = turns
    return [{**first, "content": f"{instructions}\n\n{first['content']}"}, *others]


def _turn(turn: Turn) -> Mapping[str, object]:
    content = _sendable(turn.text)
    match turn.speaker:
        case Speaker.PERSON:
            return {"role": "user", "content": content}
        case Speaker.MODEL:
            calls = {"tool_calls": [_call(call) for call in turn.calls]} if turn.calls else {}
            return {"role": "assistant", "content": content, **calls}
        case Speaker.TOOL:
            return {"role": "tool", "content": content, "tool_call_id": _sendable(turn.call)}


def _call(call: ToolCall) -> Mapping[str, object]:
    function = {"name": _sendable(call.tool), "arguments": _sendable(call.arguments)}
    return {"id": _sendable(call.id), "type": "function", "function": function}


def _tool(tool: Tool) -> Mapping[str, object]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _sendable(text: str) -> str:
    """Replace what UTF-8 cannot hold: half characters, which git lets through from files, and models write in JSON."""
    return text.encode("utf-8", "replace").decode()
