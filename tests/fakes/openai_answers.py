"""What the fake model says, and what goes wrong with it, as data; and the shapes of OpenAI's API that they take."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Reason = Literal["stop", "length", "content_filter"]
Json = dict[str, Any]

_CREATED = 1_768_000_000
_ID = "chatcmpl-fake"
_PIECE = 16
_PIECES = 500
"""Text is streamed in pieces of so many characters, or in so many pieces if it is long."""


@dataclass(frozen=True, slots=True)
class Says:
    """An answer. `calls` are names of tools with their arguments; tokens are counted unless they are given."""

    text: str | None = None
    finish: Reason = "stop"
    refusal: str | None = None
    calls: Sequence[tuple[str, str]] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Refuses:
    """An error in place of an answer."""

    status: int
    message: str
    code: str | None = None
    type: str = "invalid_request_error"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Raw:
    """A body with the status of success that is no answer."""

    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing is answered until the client goes away."""


@dataclass(frozen=True, slots=True)
class Trickle:
    """White space without an end, a byte every few milliseconds, in place of an answer."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection is closed before a byte of the answer is sent."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is closed after half of the answer's body, or of its pieces and one more event with this data."""

    answer: Says
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Stall:
    """After half of the pieces of an answer, nothing comes until the client goes away."""

    answer: Says


@dataclass(frozen=True, slots=True)
class Lists:
    """The names of the models."""

    models: Sequence[str]


Answer = Says | Refuses | Raw | Hang | Trickle | Drop | Cut | Stall | Lists


def answer_of(given: "Answer | str | Mapping[str, object] | None") -> Answer:
    """Return what is short for an answer as one: a text, something that becomes JSON, or nothing at all."""
    if given is None or isinstance(given, str):
        return Says(given)
    if isinstance(given, Mapping):
        return Says(json.dumps(given, ensure_ascii=False))
    return given


def fenced(text: str) -> Says:
    """Return an answer with prose around it, in a fence, as models like to."""
    return Says(f"Here is the JSON:\n\n```json\n{text}\n```\n\nLet me know if you need more.")


def thinking(text: str) -> Says:
    """Return an answer after a thought, which servers without a reasoning parser let through."""
    return Says(f'<think>\nThe user wants {{"a": 1}}, or something else?\n</think>\n\n{text}')


def cut_by_length(text: str) -> Says:
    """Return the first half of an answer, cut as by the limit of the request."""
    return Says(text[: len(text) // 2], finish="length")


def refusal(text: str = "I'm sorry, I can't help with that.") -> Says:
    """Return a refusal of the model's own."""
    return Says(None, refusal=text)


def filtered() -> Says:
    """Return an answer that the server's filter took away."""
    return Says("", finish="content_filter")


def enormous(characters: int = 200_000) -> Says:
    """Return an answer of very much text."""
    return Says("All work and no play. " * (characters // 22))


def no_choice() -> Raw:
    """Return an answer without any choice."""
    return Raw(json.dumps({**_completion("fake"), "choices": []}).encode())


def context_length() -> Refuses:
    """Return the refusal of a request that is longer than the model can read."""
    message = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."
    return Refuses(400, message, "context_length_exceeded")


def unauthorised() -> Refuses:
    """Return the refusal of a key."""
    message = "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys."
    return Refuses(401, message, "invalid_api_key")


def forbidden() -> Refuses:
    """Return the refusal of a key that is good, but not for this."""
    return Refuses(403, "Project does not have access to the model.", "model_not_found")


def unknown_model(name: str = "nonesuch") -> Refuses:
    """Return the refusal of a model that does not exist."""
    return Refuses(404, f"The model `{name}` does not exist or you do not have access to it.", "model_not_found")


def rate_limited(retry_after: str | None = None) -> Refuses:
    """Return the refusal of a request too many; `retry_after` is the value of the header, which may be missing."""
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return Refuses(429, "Rate limit reached for requests.", "rate_limit_exceeded", "requests", headers)


def no_credit() -> Refuses:
    """Return the refusal of an account whose credit is spent."""
    return Refuses(429, "You exceeded your current quota.", "insufficient_quota", "insufficient_quota")


def server_error(status: int = 500) -> Refuses:
    """Return a failure of the server's own."""
    return Refuses(status, "The server had an error while processing your request.", None, "server_error")


def failing(answer: str, refused: Refuses) -> Cut:
    """Return an answer that in its middle turns into an error, with the status of success."""
    return Cut(Says(answer), json.dumps({"error": {**error_body(refused)["error"], "code": refused.status}}))


def error_body(refused: Refuses) -> Json:
    """Return the body of an error."""
    error = {"message": refused.message, "type": refused.type, "param": None, "code": refused.code}
    return {"error": error}


def models_body(names: Sequence[str]) -> Json:
    """Return the list of models."""
    models = [{"id": name, "object": "model", "created": _CREATED, "owned_by": "fake"} for name in names]
    return {"object": "list", "data": models}


def completion_body(says: Says, model: str, prompt: str) -> Json:
    """Return a completion."""
    message: Json = {"role": "assistant", "content": says.text, "refusal": says.refusal, "annotations": []}
    if says.calls:
        message["tool_calls"] = [_call(index, call) for index, call in enumerate(says.calls)]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _reason(says)}
    return {**_completion(model), "choices": [choice], "usage": _usage(says, prompt)}


def pieces(says: Says, model: str, prompt: str, *, usage: bool) -> Iterator[Json]:
    """Yield the pieces of a completion, as they are streamed; the last of them counts, if that was asked for."""
    yield _piece(model, {"role": "assistant", "content": "", "refusal": None})
    for part in _parts(says.text or ""):
        yield _piece(model, {"content": part})
    if says.refusal:
        yield _piece(model, {"refusal": says.refusal})
    for index, call in enumerate(says.calls):
        whole = _call(index, call)
        arguments = whole["function"]["arguments"]
        begun = {**whole, "index": index, "function": {**whole["function"], "arguments": ""}}
        yield _piece(model, {"tool_calls": [begun]})
        for part in _parts(arguments):
            yield _piece(model, {"tool_calls": [{"index": index, "function": {"arguments": part}}]})
    yield _piece(model, {}, reason=_reason(says))
    if usage:
        yield {**_piece(model, {}), "choices": [], "usage": _usage(says, prompt)}


def sample(schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- any JSON at all
    """Return something that a JSON schema allows, as small as it can be."""
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    for choices in ("anyOf", "oneOf"):
        if choices in schema:
            return sample(schema[choices][0])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    match kind:
        case "object":
            return {name: sample(each) for name, each in schema.get("properties", {}).items()}
        case "array":
            return [sample(schema.get("items", {}))] * schema.get("minItems", 0)
        case "string":
            return "The fake model says so."
        case "boolean":
            return False
        case "integer" | "number":
            return schema.get("minimum", 0)
        case _:
            return None


def tokens_in(text: str) -> int:
    """Return how many tokens a text has, roughly."""
    return -(-len(text) // 4)


def _parts(text: str) -> Iterator[str]:
    size = max(_PIECE, len(text) // _PIECES)
    return (text[start : start + size] for start in range(0, len(text), size))


def _completion(model: str) -> Json:
    return {"id": _ID, "object": "chat.completion", "created": _CREATED, "model": model}


def _piece(model: str, delta: Json, *, reason: str | None = None) -> Json:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return {**_completion(model), "object": "chat.completion.chunk", "choices": [choice]}


def _call(index: int, call: tuple[str, str]) -> Json:
    name, arguments = call
    return {"id": f"call_{index}", "type": "function", "function": {"name": name, "arguments": arguments}}


def _reason(says: Says) -> str:
    return "tool_calls" if says.calls and says.finish == "stop" else says.finish


def _usage(says: Says, prompt: str) -> Json:
    said = "".join([says.text or "", says.refusal or "", *(arguments for _, arguments in says.calls)])
    asked = tokens_in(prompt) if says.input_tokens is None else says.input_tokens
    answered = tokens_in(said) if says.output_tokens is None else says.output_tokens
    return {
        "prompt_tokens": asked,
        "completion_tokens": answered,
        "total_tokens": asked + answered,
        "prompt_tokens_details": {"cached_tokens": says.cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
