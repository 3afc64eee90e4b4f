"""What a search answers, where no model does: the changes that match, with their links."""

from collections.abc import Mapping

from bot.answer.checking import link
from bot.answer.question import Question
from bot.answer.readings import Cited, Readings
from bot.answer.remarks import Remarks
from bot.answer.sentence import Kind, Sentence
from bot.digest.analyst.characters import one_line
from bot.model import Passage, Repository
from bot.present.blocks import Text
from bot.present.prose import prose

_MOST = 8
_LONGEST = 240


async def found_by_search(question: Question, why: str, readings: Readings) -> list[Sentence]:
    """Return why a search answers (the id of the sentence), and the changes that match, the best first.

    Raises StoreUnavailable and StoreError.
    """
    remarks = Remarks(question.text)
    reading = await question.material.search(question.text, _MOST)
    by_change: dict[tuple[str, str], Passage] = {}
    for each in reading.passages:
        by_change.setdefault((each.repository, each.sha), each)  # one change may match in several places
    passages = list(by_change.values())
    if not passages:
        return [remarks.say(why), remarks.say("answer-no-match")]
    readings.add(passages)
    repositories = {digest.repository.full_name: digest.repository for digest in question.digests}
    return [remarks.say(why), remarks.say("answer-matches"), *(_found(each, repositories) for each in passages)]


def _found(passage: Passage, repositories: Mapping[str, Repository]) -> Sentence:
    line = one_line(passage.text.strip().partition("\n")[0])
    line = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    cited = Cited(passage.repository, passage.sha)
    spans = (*prose(line), Text(" "), link(cited, repositories.get(passage.repository)))
    return Sentence(Kind.FOUND, spans, f"{line} {cited.text}", begins=True, item=True, cited=(cited,))
