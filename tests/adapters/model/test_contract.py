"""The contract of every LanguageModel, for servers that can everything and for those that lack something."""

import pytest

from adapters.model.openai import OpenAIModel
from bot.contracts.model import LanguageModelContract, Server
from bot.ports import Finish
from tests.adapters.model.conftest import Opened
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Says


class FakeServer:
    """The fake, as the contract knows it."""

    def __init__(self, fake: FakeOpenAI) -> None:
        """Take the fake."""
        self._fake = fake

    @property
    def asked(self) -> list[str]:
        """Everything that was said in each of the requests so far."""
        return [call.prompt for call in self._fake.calls()]

    def answers(self, text: str, finish: Finish = Finish.COMPLETE) -> None:
        """Answer the next request like this."""
        match finish:
            case Finish.COMPLETE:
                self._fake.script(Says(text))
            case Finish.LENGTH:
                self._fake.script(Says(text, finish="length"))
            case Finish.REFUSED:
                self._fake.script(Says(None, refusal=text))

    def can_read(self, tokens: int) -> None:
        """Refuse what is longer."""
        self._fake.rules.context = tokens


class TestStrict(LanguageModelContract):
    """A server that takes a schema, as OpenAI does."""

    @pytest.fixture
    def server(self, fake: FakeOpenAI) -> Server:
        """Take the old name of the limit for a mistake."""
        fake.rules.lacks = {"max_tokens"}
        return FakeServer(fake)

    @pytest.fixture
    def model(self, opened: Opened) -> OpenAIModel:
        """Asked as OpenAI is."""
        return opened(limit="max_completion_tokens")


class TestAnyJson(LanguageModelContract):
    """A server that can be held to JSON, but not to a schema."""

    @pytest.fixture
    def server(self, fake: FakeOpenAI) -> Server:
        """Know no schemas, and no new parameter for the limit."""
        fake.rules.lacks = {"json_schema", "max_completion_tokens"}
        return FakeServer(fake)

    @pytest.fixture
    def model(self, opened: Opened) -> OpenAIModel:
        """Asked for any JSON."""
        return opened(structured="json_object")


class TestPlain(LanguageModelContract):
    """A server that lacks all that can be lacking, and wants no key."""

    @pytest.fixture
    def server(self, fake: FakeOpenAI) -> Server:
        """Know messages of users and assistants, and a limit."""
        fake.rules.lacks = {"response_format", "system", "max_completion_tokens", "tools", "temperature", "seed"}
        return FakeServer(fake)

    @pytest.fixture
    def model(self, opened: Opened) -> OpenAIModel:
        """Asked in words."""
        return opened(key=None, structured="none", system_role=False, tools=False)
