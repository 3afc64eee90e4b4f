"""What is asked, and how much an answer may take."""

from dataclasses import dataclass

from bot.answer.material import Material
from bot.asking import NO_LIMIT, Limit
from bot.model import Digest


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """What an answer may take, and how many there may be.

    `calls` are those of tools, `tokens` those read and written, and `seconds` are waited for the model in all. `day` is
    what all answers and digests of a day may take. `of_user` and `of_conversation` are questions within an hour.
    """

    calls: int = 8
    tokens: int = 400_000
    seconds: float = 180.0
    day: Limit = NO_LIMIT
    of_user: int = 30
    of_conversation: int = 60


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a conversation (by its key) about digests; `material` is what may be read for it.

    `id` names it for good, where it may have to be answered anew: of one question one answer is kept.
    """

    conversation: str
    user: str
    text: str
    digests: tuple[Digest, ...]
    material: Material
    id: str | None = None
