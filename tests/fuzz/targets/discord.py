"""What Discord sends of a command, and of what somebody is still typing of one."""

from hypothesis import strategies as st

from adapters.chat.discord.commands import CHOICES, OTHERS, chosen
from bot.talk.commands import GRAMMAR
from tests.fuzz.inputs import altered, words
from tests.fuzz.target import target

_DIGEST = {
    "name": "digest",
    "type": 1,
    "options": [
        {"name": "repository", "type": 3, "value": "ruff uv", "focused": True},
        {"name": "period", "type": 3, "value": "last week"},
    ],
}
_SET = {"name": OTHERS, "options": [{"name": "set", "type": 1, "options": [{"name": "id", "value": "abc"}]}]}
_TEXTS = words(("ruff", "digest", "status", OTHERS, "repository"))


@target(st.tuples(altered([_DIGEST, _SET], _TEXTS), st.lists(words(("ruff", "astral-sh/ruff")), max_size=40)))
def discord_commands(given: tuple[object, list[str]]) -> None:
    """What was chosen is the text of a command, or nothing; completions are as many and as long as Discord takes."""
    data, suggestions = given
    said = chosen(GRAMMAR, data if isinstance(data, dict) else {})
    if said is None:
        return
    assert said.text.split(" ")[0] == said.verb.name
    completed = said.completed(suggestions)
    assert len(completed) <= CHOICES
    assert all(0 < len(each) <= 100 for each in completed)
    assert said.suggesting is None or isinstance(said.suggesting[1], str)
