"""What the adapter sends, and how much of it at once."""

import asyncio

import pytest

from bot.contracts.model import SCHEMA, request
from bot.errors import ModelUnavailable
from tests.adapters.model.conftest import KEY, Clock, Opened
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Says, rate_limited


async def test_a_request(opened: Opened, fake: FakeOpenAI) -> None:
    """A request has what was asked for, and nothing else."""
    await opened().ask(request("A change"))
    call = fake.calls()[0]
    assert call.key == KEY
    assert call.body == {
        "model": "large",
        "messages": [
            {"role": "system", "content": "Give every change a tier."},
            {"role": "user", "content": "A change"},
        ],
        "max_tokens": 100,
        "response_format": {"type": "json_schema", "json_schema": {"name": "triage", "schema": SCHEMA, "strict": True}},
    }


async def test_settings(opened: Opened, fake: FakeOpenAI) -> None:
    """Whatever the settings add goes into every request."""
    extra = {"chat_template_kwargs": {"enable_thinking": False}}
    await opened(temperature=0, seed=7, limit="max_completion_tokens", extra_body=extra).ask(request())
    body = fake.calls()[0].body
    assert (body["temperature"], body["seed"], body["max_completion_tokens"]) == (0, 7, 100)
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert "max_tokens" not in body


async def test_without_a_system_role(opened: Opened, fake: FakeOpenAI) -> None:
    """Where there is no such role, the instructions begin what the user says."""
    await opened(system_role=False, structured="none").ask(request("A change"))
    (message,) = fake.calls()[0].body["messages"]
    assert message["role"] == "user"
    assert message["content"].startswith("Give every change a tier.")
    assert message["content"].endswith("A change")


@pytest.mark.parametrize("structured", ["json_object", "none"])
async def test_a_schema_in_words(opened: Opened, fake: FakeOpenAI, structured: str) -> None:
    """Where no schema can be enforced, it is a part of the instructions."""
    await opened(structured=structured).ask(request())
    assert '"enum": ["high", "low"]' in fake.calls()[0].system


async def test_two_models(opened: Opened, fake: FakeOpenAI) -> None:
    """What is simple goes to the cheaper model, if there is one; both are known by their names."""
    model = opened(light="small")
    await model.ask(request())
    await model.ask(request(light=True))
    await opened().ask(request(light=True))
    assert [call.model for call in fake.calls()] == ["large", "small", "large"]
    assert (model.name(), model.name(light=True), opened().name(light=True)) == ("large", "small", "large")


async def test_no_key(opened: Opened, fake: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key none is sent, not even one that the SDK would find by itself."""
    model = opened(key=None)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    await model.ask(request())
    assert "authorization" not in fake.calls()[0].headers


@pytest.mark.parametrize(
    ("price", "cost"),
    [
        ({"input": 2, "cached_input": 0.5, "output": 10}, (600 * 2 + 400 * 0.5 + 50 * 10) / 1e6),
        ({"input": 2, "output": 10}, (1000 * 2 + 50 * 10) / 1e6),
        ({"input": 0, "output": 0}, 0),
    ],
)
async def test_costs(opened: Opened, fake: FakeOpenAI, price: dict[str, float], cost: float) -> None:
    """A call costs what its tokens cost; those that the server had read before have a price of their own."""
    fake.script(Says("{}", input_tokens=1000, cached_tokens=400, output_tokens=50))
    usage = (await opened(prices={"large": price}).ask(request())).usage
    assert (usage.calls, usage.input_tokens, usage.cached_tokens, usage.output_tokens) == (1, 1000, 400, 50)
    assert usage.cost == pytest.approx(cost)


async def test_unknown_costs(opened: Opened) -> None:
    """Without the price of the very model, what a call costs is not known."""
    model = opened(light="small", prices={"large": {"input": 1, "output": 1}})
    assert (await model.ask(request())).usage.cost
    assert (await model.ask(request(light=True))).usage.cost is None


async def test_concurrency(opened: Opened, fake: FakeOpenAI) -> None:
    """No more calls are under way than the settings allow, and as many as that."""
    fake.latency = 0.03
    model = opened(concurrency=4)
    await asyncio.gather(*[model.ask(request()) for _ in range(12)])
    assert (len(fake.calls()), fake.peak) == (12, 4)


async def test_a_place_is_kept(opened: Opened, fake: FakeOpenAI, clock: Clock) -> None:
    """While a server wants to be left alone, those that wait for a place do not ask it."""
    fake.script(rate_limited("5"), on="first")
    model = opened(concurrency=1)
    await asyncio.gather(model.ask(request("first")), model.ask(request("second")))
    assert [call.user for call in fake.calls()] == ["first", "first", "second"]
    assert clock.slept == [5]


async def test_a_place_is_given_back(opened: Opened, fake: FakeOpenAI) -> None:
    """A call that fails, and one that is cancelled, take no place for ever."""
    model = opened(concurrency=1, attempts=1)
    fake.script(rate_limited())
    with pytest.raises(ModelUnavailable):
        await model.ask(request())
    fake.latency = 5
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(model.ask(request()), 0.1)
    fake.latency = 0
    assert (await asyncio.wait_for(model.ask(request()), 30)).text


async def test_pace(opened: Opened, fake: FakeOpenAI) -> None:
    """Requests begin as far from each other as their number a minute asks for, attempts included."""
    model = opened(requests_per_minute=3_000)  # 20 ms apart
    await model.ask(request())
    fake.history.clear()
    fake.script(rate_limited("0"))
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*[model.ask(request()) for _ in range(5)])
    assert len(fake.calls()) == 6
    assert asyncio.get_running_loop().time() - began > 0.095


async def test_connections_are_closed(opened: Opened, fake: FakeOpenAI) -> None:
    """Leaving the adapter closes its connections; before anything was asked there is nothing to close."""
    async with opened():
        pass
    async with opened() as model:
        await model.ask(request())
    assert len(fake.history) == 1
