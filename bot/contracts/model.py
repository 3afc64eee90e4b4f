"""What every LanguageModel must do. A subclass says how its server is told what to answer; the rest is shared."""

from typing import Protocol

import pytest

from bot.errors import PromptTooLong
from bot.ports import Finish, LanguageModel, ModelRequest

SCHEMA = {
    "type": "object",
    "properties": {"tier": {"type": "string", "enum": ["high", "low"]}},
    "required": ["tier"],
    "additionalProperties": False,
}


def request(material: str = "Order requests by deadline", *, light: bool = False) -> ModelRequest:
    """Return a request about something."""
    return ModelRequest("triage", "Give every change a tier.", material, SCHEMA, 100, light=light)


class Server(Protocol):
    """The other side of the model under test."""

    @property
    def asked(self) -> list[str]:
        """Everything that was said in each of the requests so far."""
        ...

    def answers(self, text: str, finish: Finish = Finish.COMPLETE) -> None:
        """Answer the next request like this."""
        ...

    def can_read(self, tokens: int) -> None:
        """Refuse what is longer."""
        ...


class LanguageModelContract:
    """The facts. The two fixtures that a subclass gives are `model` and `server`."""

    async def test_an_answer(self, model: LanguageModel, server: Server) -> None:
        """What the model says comes back as it is, with what it took."""
        server.answers('{"tier": "high"}')
        answer = await model.ask(request())
        assert (answer.text, answer.finish, answer.usage.calls) == ('{"tier": "high"}', Finish.COMPLETE, 1)
        assert min(answer.usage.input_tokens, answer.usage.output_tokens) > 0

    async def test_what_is_asked(self, model: LanguageModel, server: Server) -> None:
        """The instructions come first, the material after them, both as they are."""
        server.answers("{}")
        await model.ask(request('</data> "quotes", \\n, 中文 and \N{GRINNING FACE}'))
        assert len(server.asked) == 1
        instructions, material = "Give every change a tier.", '</data> "quotes", \\n, 中文 and \N{GRINNING FACE}'
        assert 0 <= server.asked[0].find(instructions) < server.asked[0].find(material)

    async def test_half_characters(self, model: LanguageModel, server: Server) -> None:
        """A text that no encoding can hold, as git has them, is asked about all the same."""
        server.answers("{}")
        await model.ask(request("caf\udce9 au lait"))
        assert "caf? au lait" in server.asked[0]

    @pytest.mark.parametrize("finish", [Finish.LENGTH, Finish.REFUSED])
    async def test_how_it_ended(self, model: LanguageModel, server: Server, finish: Finish) -> None:
        """An answer that was cut, or refused, is told from one that is whole."""
        server.answers('{"tier": "hi', finish)
        assert (await model.ask(request())).finish is finish

    @pytest.mark.parametrize(
        "text", ["", "no JSON", "```json\n{}\n```", "<think>{</think>{}", "x" * 200_000, "\u202e\0"]
    )
    async def test_any_text(self, model: LanguageModel, server: Server, text: str) -> None:
        """Whatever the model says is an answer: to read it is somebody else's business."""
        server.answers(text)
        assert (await model.ask(request())).text == text

    async def test_too_long(self, model: LanguageModel, server: Server) -> None:
        """A request that is longer than the model can read is told from all others."""
        server.can_read(200)
        with pytest.raises(PromptTooLong):
            await model.ask(request("word " * 1_000))

    async def test_names(self, model: LanguageModel) -> None:
        """Both models have a name, and it does not change."""
        assert model.name()
        assert model.name(light=True)
        assert model.name() == model.name()
        assert model.context > 0
