"""What is counted, as Prometheus reads it."""

import asyncio
from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

from adapters.health.metrics import PrometheusMeter
from bot.errors import StoreUnavailable
from bot.model import Usage
from bot.ports import Call

Depths = Mapping[tuple[str, str], int]


async def nothing() -> Depths:
    """Return that there is no work."""
    return {}


async def counted(meter: PrometheusMeter) -> Mapping[str, float]:
    """Return every sample of the page, by its name and its labels in their order."""
    page = (await meter.page(nothing)).decode()
    samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return {
        " ".join([sample.name, *(sample.labels[name] for name in sorted(sample.labels))]): sample.value
        for sample in samples
    }


async def test_everything_that_is_counted() -> None:
    """Each thing that happens is counted once, under the name that the page of operators has."""
    meter = PrometheusMeter()
    meter.digest("ok", 12.0)
    meter.digest("SourceUnavailable", 1.0)
    meter.lag(42.0)
    meter.chat("slack", Call.POST, "ok")
    meter.chat("slack", Call.POST, "ChatUnavailable")
    meter.model("ok", Usage(1, 1000, 200, 30, 0.25))
    meter.model("ok", Usage(1, 10, 0, 1, None))
    meter.answer("ok", 3.0)
    meter.given_up("NotAllowed")
    meter.refused("UnknownRef")

    found = await counted(meter)
    assert found["digestbot_digest_seconds_count ok"] == 1
    assert found["digestbot_digest_seconds_sum ok"] == 12
    assert found["digestbot_digest_seconds_count SourceUnavailable"] == 1
    assert found["digestbot_lag_seconds_sum"] == 42
    assert found["digestbot_chat_calls_total post ok slack"] == 1
    assert found["digestbot_chat_calls_total post ChatUnavailable slack"] == 1
    assert found["digestbot_model_calls_total ok"] == 2
    assert [found[f"digestbot_model_tokens_total {kind}"] for kind in ("input", "cached", "output")] == [1010, 200, 31]
    assert found["digestbot_model_dollars_total"] == 0.25
    assert found["digestbot_answer_seconds_count ok"] == 1
    assert found["digestbot_given_up_total NotAllowed"] == 1
    assert found["digestbot_refused_total UnknownRef"] == 1


async def test_two_meters() -> None:
    """A meter knows nothing of another one, so that an application may have several."""
    one, other = PrometheusMeter(), PrometheusMeter()
    one.lag(1.0)
    assert (await counted(other))["digestbot_lag_seconds_count"] == 0


async def test_the_work_that_there_is() -> None:
    """The work is told as it is when the page is asked for, and what is over is gone from the page."""
    meter = PrometheusMeter()

    async def some() -> Depths:
        return {("people", "waiting"): 3}

    assert b'digestbot_work{queue="people",state="waiting"} 3.0' in await meter.page(some)
    assert b"digestbot_work{" not in await meter.page(nothing)


async def test_work_that_cannot_be_counted() -> None:
    """While the database does not answer the page is there, without the work: not with a 0 that would be a lie."""
    meter = PrometheusMeter()

    async def away() -> Depths:
        raise StoreUnavailable("The database is locked.")

    assert b"digestbot_work{" not in await meter.page(away)
    assert b"digestbot_lag_seconds_count 0.0" in await meter.page(away)
    assert not asyncio.all_tasks() - {asyncio.current_task()}
