"""What a language model was asked and answered, and what of that is not shown, for a person who wants to know why."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from bot.model import Usage
from bot.ports import Turn
from bot.present.characters import visible

if TYPE_CHECKING:
    from bot.asking import Attempt, Dropped, Spoken


class Explanation:
    """Collects what a model is observed to do, and writes it down in the order in which it happened."""

    def __init__(self) -> None:
        self._calls: list[Attempt | Spoken] = []
        self._dropped: list[Dropped] = []

    def __call__(self, seen: "Attempt | Spoken | Dropped") -> None:
        """Take note of something."""
        from bot.asking import Dropped  # noqa: PLC0415 - it is loaded by then, and takes long otherwise

        if isinstance(seen, Dropped):
            self._dropped.append(seen)
        else:
            self._calls.append(seen)

    def write(self, stream: TextIO) -> None:
        """Write every call with what it cost, then every claim that was dropped, then the sum."""
        from bot.asking import Attempt  # noqa: PLC0415 - likewise

        explained: dict[str, int] = {}
        used, unanswered = Usage(), 0
        heard: tuple[Turn, ...] = ()
        for number, call in enumerate(self._calls, start=1):
            request, end = (call.request, call.answer) if isinstance(call, Attempt) else (call.conversation, call.end)
            used += end.usage if end else Usage()
            unanswered += end is None
            first = explained.setdefault(request.instructions, number)
            instructions = request.instructions if first == number else f"(as in call {first})"
            if isinstance(call, Attempt):
                stream.write(_call(number, call, instructions))
            else:
                stream.write(_turn(number, call, instructions, heard))
                heard = call.conversation.turns
        stream.writelines(map(_left_out, self._dropped))
        without = f", {unanswered} without an answer" if unanswered else ""
        stream.write(f"=== in all: {len(self._calls)} calls{without}; {_taken(used)}\n")


@contextmanager
def explaining(wanted: bool, stream: TextIO) -> Iterator[Explanation | None]:
    """Give what observes, if it is wanted; what it saw is written at the end of the block, also of one that fails."""
    explanation = Explanation() if wanted else None
    try:
        yield explanation
    finally:
        if explanation:
            explanation.write(stream)


def _call(number: int, attempt: "Attempt", instructions: str) -> str:
    request, answer = attempt.request, attempt.answer
    came = f"{answer.text}\n" if answer else ""
    ended = f" ({answer.finish}; {_taken(answer.usage)})" if answer else ": nothing"
    wrong = f"--- of no use: {attempt.problem}\n" if attempt.problem else ""
    return visible(
        f"=== call {number}: {request.task}, to {attempt.model}\n"
        f"--- instructions:\n{instructions}\n--- material:\n{request.material}\n--- came back{ended}\n{came}{wrong}\n"
    )


def _turn(number: int, spoken: "Spoken", instructions: str, heard: tuple[Turn, ...]) -> str:
    """Return a turn of a model with what it was told, but for what it had heard, and had said, in the one before."""
    turns = spoken.conversation.turns
    goes_on = bool(heard) and turns[: len(heard)] == heard
    new = turns[len(heard) + 1 :] if goes_on else turns
    told = "".join(f"--- {turn.speaker}:\n{turn.text}\n" for turn in new)
    ended = f" ({spoken.end.finish}; {_taken(spoken.end.usage)})" if spoken.end else ", broken off"
    said = f"{spoken.text}\n" if spoken.text else ""
    calls = "".join(f"--- calls {call.tool}: {call.arguments}\n" for call in spoken.calls)
    return visible(
        f"=== call {number}: answer, to {spoken.model}\n"
        f"--- instructions:\n{instructions}\n{told}--- came back{ended}\n{said}{calls}\n"
    )


def _left_out(dropped: "Dropped") -> str:
    subject = f" of {dropped.subject[:7]}" if dropped.subject else ""
    return f"=== dropped{subject} ({dropped.reason}): {visible(dropped.text)}\n"


def _taken(usage: Usage) -> str:
    cost = "cost unknown" if usage.cost is None else f"${usage.cost:.4f}"
    cached = f" ({usage.cached_tokens} of them cached)" if usage.cached_tokens else ""
    return f"{usage.input_tokens} tokens read{cached}, {usage.output_tokens} written, {cost}"
