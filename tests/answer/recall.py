"""How well questions find the changes that answer them: recall at ten."""

from collections.abc import Iterable, Mapping

from bot.answer.material import Material
from tests.answer.questions import QUESTIONS, Question

AT = 10


async def recalls(
    material: Material, shas: Mapping[str, str], questions: Iterable[Question] = QUESTIONS
) -> dict[Question, float]:
    """Return the recall of each question that has an answer: the share of its changes among the first ten."""
    found = {}
    for question in questions:
        if question.expected:
            reading = await material.search(question.text, AT)
            shown = {passage.sha for passage in reading.passages}
            found[question] = sum(shas[key] in shown for key in question.expected) / len(question.expected)
    return found


def mean(recalls: Mapping[Question, float], *, named: bool) -> float:
    """Return the mean recall of the questions that name something, or that describe it."""
    chosen = [recall for question, recall in recalls.items() if question.named is named]
    return sum(chosen) / len(chosen)
