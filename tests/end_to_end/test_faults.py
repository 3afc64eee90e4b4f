"""What people get while GitHub or the way to it fails: the right digest with a note, or a sentence and a code."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.end_to_end.conftest import CHANGES, DAY, Bot
from tests.fakes.github import FakeGitHub
from tests.fakes.github_answers import Answer, bad_credentials, blocked, error, not_found, secondary_limit, server_error
from tests.fakes.github_faults import Drop, Fault, GraphQLErrors, Hang, Truncate

UNREADABLE, TRY_AGAIN, CONFIGURATION = 3, 4, 5
API = "^(GET /(repos|search)|POST /graphql)"
GRAPHQL = "^POST /graphql"
GIT = "rocket.git"
ASKING = "GET .*info/refs"
ANSWERING = "POST .*git-upload-pack"
LASTING = 100
PAGE = b"<!DOCTYPE html>\n<title>Maintenance</title>\n<p>We are back in a minute.</p>\n"


def limited() -> Answer:
    """Return what is said when the quota of the hour is used up."""
    return error(
        403,
        "API rate limit exceeded for user ada.",
        x_ratelimit_limit="5000",
        x_ratelimit_remaining="0",
        x_ratelimit_reset="4102444800",
    )


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, how often it happens and to which requests; what the program says, in a note or, with a code, at all.

    `said` of a code of 0 are words of a note; an empty text says that there is no note.
    """

    fault: Fault
    on: str
    said: str = ""
    code: int = 0
    times: int = LASTING
    name: str = "acme/rocket"
    settings: Mapping[str, str] = field(default_factory=dict)


CASES = {
    "401": Case(bad_credentials(), API, "does not accept the token", CONFIGURATION),
    "401 of a query": Case(bad_credentials(), GRAPHQL, "10 changes are missing"),
    "403 primary": Case(limited(), API, "rate limit"),
    "403 primary, by short name": Case(limited(), API, "answers again at 00:00 UTC", TRY_AGAIN, name="rocket"),
    "403 primary of a query": Case(limited(), GRAPHQL, "one by one"),
    "403 secondary": Case(secondary_limit(600), API, "slow down"),
    "403 secondary, short": Case(secondary_limit(1), API, times=1),
    "403 secondary, by short name": Case(secondary_limit(600), API, "rate limit", TRY_AGAIN, name="rocket"),
    "403 for good": Case(error(403, "Resource not accessible"), API, "may not read", CONFIGURATION),
    "403 for good of a query": Case(error(403, "Resource not accessible"), GRAPHQL, "may not"),
    "429": Case(secondary_limit(600, 429), API, "slow down"),
    "451": Case(blocked(), API, "has disabled", UNREADABLE),
    "404": Case(not_found(), API, "has no repository", UNREADABLE),
    "500 once": Case(server_error(500), API, times=1),
    "500": Case(server_error(500), API, "does not answer"),
    "500 of a query": Case(server_error(500), GRAPHQL, "one by one"),
    "502 once": Case(server_error(502), API, times=1),
    "502": Case(server_error(502), API, "does not answer"),
    "502, by short name": Case(server_error(502), API, "does not answer", TRY_AGAIN, name="rocket"),
    "dropped once": Case(Drop(), API, times=1),
    "dropped": Case(Drop(), API, "does not answer"),
    "truncated once": Case(Truncate(), API, times=1),
    "truncated": Case(Truncate(), API, "does not answer"),
    "truncated to nothing": Case(Truncate(0), API, "does not answer"),
    "a page": Case(Answer(200, PAGE, {"content-type": "text/html"}), API, "does not answer"),
    "hanging": Case(
        Hang(), API, "does not answer", settings={"DIGESTBOT_GITHUB_TIMEOUT": "1", "DIGESTBOT_GITHUB_ATTEMPTS": "1"}
    ),
    "partial": Case(GraphQLErrors({("repository", "p3"): "Timeout"}), GRAPHQL, "asked about by itself"),
    "partial of people": Case(GraphQLErrors({("repository", "c3"): "Timeout"}), GRAPHQL),
    "partial to nothing": Case(GraphQLErrors({("repository",): "Timeout"}), GRAPHQL, "one by one"),
    "nobody there": Case(
        Drop(),
        "never",
        "cannot be reached",
        TRY_AGAIN,
        times=0,
        settings={"GITHUB_API_URL": "http://127.0.0.1:9"},
    ),
    "git 401": Case(Answer(401, b"Bad credentials"), GIT, "may not be read", UNREADABLE),
    "git 403": Case(Answer(403, b"Forbidden"), GIT, "may not be read", UNREADABLE),
    "git 404": Case(Answer(404, b"Not Found"), GIT, "may not be read", UNREADABLE),
    "git 429": Case(Answer(429, b"Too many requests"), GIT, "cannot be reached", TRY_AGAIN),
    "git 451": Case(Answer(451, b"Unavailable"), GIT, "may not be read", UNREADABLE),
    "git 500": Case(Answer(500, b"Server Error"), GIT, "cannot be reached", TRY_AGAIN),
    "git 502": Case(server_error(502), GIT, "cannot be reached", TRY_AGAIN),
    "git 502 in the middle": Case(server_error(502), ANSWERING, "cannot be reached", TRY_AGAIN),
    "git dropped": Case(Drop(), GIT, "cannot be reached", TRY_AGAIN),
    "git dropped in the middle": Case(Drop(), ANSWERING, "cannot be reached", TRY_AGAIN),
    "git truncated at once": Case(Truncate(0), ASKING, "cannot be reached", TRY_AGAIN),
    "git truncated": Case(Truncate(20), ASKING, "cannot be reached", TRY_AGAIN),
    "git truncated refs": Case(Truncate(20), ANSWERING, "cannot be reached", TRY_AGAIN),
    "git truncated pack": Case(Truncate(3000), ANSWERING, "cannot be reached", TRY_AGAIN),
    "git hanging": Case(Hang(), GIT, "in time", TRY_AGAIN, settings={"DIGESTBOT_GIT_TIME_LIMIT": "PT1S"}),
    "git hanging in the middle": Case(
        Hang(), ANSWERING, "in time", TRY_AGAIN, settings={"DIGESTBOT_GIT_TIME_LIMIT": "PT1S"}
    ),
    "git a page": Case(Answer(200, PAGE, {"content-type": "text/html"}), GIT, "not as a git server", UNREADABLE),
    "git a word": Case(Answer(200, b"OK", {"content-type": "text/plain"}), GIT, "not as a git server", UNREADABLE),
    "git nothing": Case(Answer(200, b"", {"content-type": "text/plain"}), GIT, "not as a git server", UNREADABLE),
    "git nothing in the middle": Case(Answer(200, b""), ANSWERING, "cannot be reached", TRY_AGAIN),
    "git a refusal": Case(
        Answer(
            200,
            b"001e# service=git-upload-pack\n0000003bERR Repository is being migrated, try again later.\n",
            {"content-type": "application/x-git-upload-pack-advertisement"},
        ),
        ASKING,
        "cannot be read by git",
        UNREADABLE,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_fault(bot: Bot, hub: FakeGitHub, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    """Nobody gets fewer changes without a word, and nobody gets a traceback."""
    hub.faults.add(*[case.fault] * case.times, on=case.on)
    for name, value in case.settings.items():
        monkeypatch.setenv(name, value)
    done = bot(case.name, DAY)
    assert hub.faults.left < case.times or not case.times
    assert done.code == case.code
    if case.code:
        assert done.out == ""
        assert done.err.startswith("digestbot: ")
        assert done.err.count("\n") == 1
        assert case.said in done.err
        return
    assert done.digest["receipt"]["found"] == CHANGES == len(done.digest["entries"])
    assert done.err == ""
    assert case.said in done.notes
    assert case.said or not done.notes
