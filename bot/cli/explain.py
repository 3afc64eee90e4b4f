"""What a language model was asked and answered, and what of that is not shown, for a person who wants to know why."""

from typing import TYPE_CHECKING, TextIO

from bot.model import Usage
from bot.present.characters import visible

if TYPE_CHECKING:
    from bot.asking import Attempt, Dropped


class Explanation:
    """Collects what an analyst is observed to do, and writes it down in the order in which it happened."""

    def __init__(self) -> None:
        self._attempts: list[Attempt] = []
        self._dropped: list[Dropped] = []

    def __call__(self, seen: "Attempt | Dropped") -> None:
        """Take note of something."""
        from bot.asking import Attempt  # noqa: PLC0415 - it is loaded by then, and takes long otherwise

        if isinstance(seen, Attempt):
            self._attempts.append(seen)
        else:
            self._dropped.append(seen)

    def write(self, stream: TextIO) -> None:
        """Write every call with what it cost, then every claim that was dropped, then the sum."""
        explained: dict[str, int] = {}
        used = Usage()
        for number, attempt in enumerate(self._attempts, start=1):
            used += attempt.answer.usage if attempt.answer else Usage()
            stream.write(_call(number, attempt, explained.setdefault(attempt.request.instructions, number)))
        stream.writelines(
            f"=== dropped of {each.subject[:7]} ({each.reason}): {visible(each.text)}\n" for each in self._dropped
        )
        unanswered = sum(attempt.answer is None for attempt in self._attempts)
        without = f", {unanswered} without an answer" if unanswered else ""
        stream.write(f"=== in all: {len(self._attempts)} calls{without}; {_taken(used)}\n")


def _call(number: int, attempt: "Attempt", explained: int) -> str:
    request, answer = attempt.request, attempt.answer
    instructions = request.instructions if explained == number else f"(as in call {explained})"
    came = f"{answer.text}\n" if answer else ""
    ended = f" ({answer.finish}; {_taken(answer.usage)})" if answer else ": nothing"
    wrong = f"--- of no use: {attempt.problem}\n" if attempt.problem else ""
    return visible(
        f"=== call {number}: {request.task}, to {attempt.model}\n"
        f"--- instructions:\n{instructions}\n--- material:\n{request.material}\n--- came back{ended}\n{came}{wrong}\n"
    )


def _taken(usage: Usage) -> str:
    cost = "cost unknown" if usage.cost is None else f"${usage.cost:.4f}"
    cached = f" ({usage.cached_tokens} of them cached)" if usage.cached_tokens else ""
    return f"{usage.input_tokens} tokens read{cached}, {usage.output_tokens} written, {cost}"
