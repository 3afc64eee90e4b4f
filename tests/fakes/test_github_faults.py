"""Faults on demand: what each looks like to a client, and that the request after it is served."""

from http.client import HTTPException, IncompleteRead, RemoteDisconnected

import pytest

from tests.fakes import github_answers as answers
from tests.fakes.conftest import TOKEN
from tests.fakes.github import FakeGitHub
from tests.fakes.github_client import ask
from tests.fakes.github_faults import Drop, GraphQLErrors, Hang, Truncate
from tests.fakes.github_world import World

LIMIT = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1768003600"}


@pytest.mark.parametrize(
    ("fault", "status", "headers"),
    [
        (answers.bad_credentials(), 401, {}),
        (answers.primary_limit("127.0.0.1", LIMIT), 403, LIMIT),
        (answers.secondary_limit(7), 403, {"retry-after": "7"}),
        (answers.secondary_limit(7, 429), 429, {"retry-after": "7"}),
        (answers.not_found(), 404, {}),
        (answers.blocked(), 451, {}),
    ],
)
def test_refusals(hub: FakeGitHub, fault: answers.Answer, status: int, headers: dict[str, str]) -> None:
    """A scripted refusal is JSON with GitHub's message and headers, and happens once."""
    hub.faults.add(fault)
    reply = ask(f"{hub.url}/user", token=TOKEN)
    assert (reply.status, reply.headers.items() >= headers.items(), bool(reply.json["message"])) == (status, True, True)
    assert ask(f"{hub.url}/user", token=TOKEN).status == 200


def test_a_429_without_a_time(hub: FakeGitHub) -> None:
    """A secondary limit may come without the time to wait."""
    hub.faults.add(answers.secondary_limit(None, 429))
    assert "retry-after" not in ask(f"{hub.url}/user", token=TOKEN).headers


def test_a_burst_of_server_errors(hub: FakeGitHub) -> None:
    """Errors of the servers come in the order of the script; those of a gateway are pages and not JSON."""
    hub.faults.add(*(answers.server_error(status) for status in (500, 502, 502)))
    replies = [ask(f"{hub.url}/user", token=TOKEN) for _ in range(4)]
    assert [reply.status for reply in replies] == [500, 502, 502, 200]
    assert replies[1].headers["content-type"].startswith("text/html")


def test_a_dropped_connection(hub: FakeGitHub) -> None:
    """A dropped connection gives no answer at all."""
    hub.faults.add(Drop())
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        ask(f"{hub.url}/user", token=TOKEN)
    assert ask(f"{hub.url}/user", token=TOKEN).status == 200


@pytest.mark.parametrize("fault", [Truncate(), Truncate(0), Truncate(100)])
def test_a_truncated_body(hub: FakeGitHub, fault: Truncate) -> None:
    """A truncated body is shorter than its header says."""
    hub.faults.add(fault)
    with pytest.raises(HTTPException) as caught:
        ask(f"{hub.url}/user", token=TOKEN)
    assert isinstance(caught.value, IncompleteRead)
    assert hub.log[-1].fault == "Truncate"
    assert len(caught.value.partial) == hub.log[-1].sent


def test_a_server_that_hangs(hub: FakeGitHub) -> None:
    """A server that hangs answers nothing until the client gives up, and serves others meanwhile."""
    hub.faults.add(Hang())
    with pytest.raises(TimeoutError):
        ask(f"{hub.url}/user", token=TOKEN, timeout=0.1)
    assert ask(f"{hub.url}/user", token=TOKEN).status == 200


def test_partial_errors(hub: FakeGitHub) -> None:
    """A query that fails in part has null where it failed, an error that says so, and the rest."""
    hub.faults.add(GraphQLErrors({("repository", "b"): "Something went wrong."}), on="graphql")
    fields = "a: pullRequest(number: 12) { number } b: pullRequest(number: 13) { number }"
    query = f'{{ repository(owner: "acme", name: "rocket") {{ {fields} }} }}'
    body = ask(f"{hub.url}/graphql", token=TOKEN, post={"query": query}).json
    assert body["data"]["repository"] == {"a": {"number": 12}, "b": None}
    assert [(problem["path"], problem["message"]) for problem in body["errors"]] == [
        (["repository", "b"], "Something went wrong.")
    ]


def test_a_fault_waits_for_its_request(hub: FakeGitHub) -> None:
    """A fault for some requests is not spent on others, and the log says which request met it."""
    hub.faults.add(answers.server_error(), on=r"GET /repos/acme/rocket$")
    assert ask(f"{hub.url}/user", token=TOKEN).status == 200
    assert ask(f"{hub.url}/repos/acme/rocket", token=TOKEN).status == 500
    assert [(exchange.path, exchange.fault) for exchange in hub.requests("rest")] == [
        ("/user", None),
        ("/repos/acme/rocket", "Answer"),
    ]


async def test_within_the_event_loop(world: World) -> None:
    """The fake also runs in the event loop of its test, and its address is free again afterwards."""
    async with FakeGitHub(world) as first:
        url = first.url
    async with FakeGitHub(world, port=int(url.rpartition(":")[2])) as second:
        assert second.url == url
