"""Secrets are masked in whatever is said, in every form in which they come."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ChatError
from bot.redaction import MASK, Redactor, redact

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq\nx8Zk9Qa+/wIDAQAB\n-----END RSA PRIVATE KEY-----"
LOOKS_LIKE_ONE = [
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "ghs_short1",
    "github_pat_11ABCDEFG0_abcdefghij",
    "xoxb-2345-6789-abcdefGHIJ",
    "xoxe.xoxp-1-Mi0yLTIzNDU2",
    "xapp-1-A0123-456-abcdef",
    "sk-proj-abcdefghijklmnop",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs",
    PEM,
]


@pytest.mark.parametrize("token", LOOKS_LIKE_ONE)
def test_what_looks_like_a_token(token: str) -> None:
    """A token of a known form is masked though nobody told of it, with the words around it kept."""
    assert Redactor()(f"before {token} after") == f"before {MASK} after"


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("postgresql://ada:hunter2@db.example/bot", f"postgresql://ada:{MASK}@db.example/bot"),
        ("Authorization: Bearer abcdefghijklmnop1234", f"Authorization: Bearer {MASK}"),
        ("wss://wss.slack.com/link/?ticket=12ab-34cd&app=1", f"wss://wss.slack.com/link/?ticket={MASK}&app=1"),
        ("POST https://hooks.slack.com/commands/T1/2/abc", f"POST https://hooks.slack.com/{MASK}"),
        (
            "https://d.example/webhooks/12/aW50ZXJhY3Rpb246abcdef/messages",
            f"https://d.example/webhooks/{MASK}/messages",
        ),
        ("?token=abcdef123&page=2", f"?token={MASK}&page=2"),
    ],
)
def test_what_stands_where_secrets_stand(said: str, masked: str) -> None:
    """Of an address or a header that lets somebody in, that part is masked which does."""
    assert Redactor()(said) == masked


@pytest.mark.parametrize(
    "said",
    [
        "Posted 3 messages in slack:T1/C1",
        "The job build has a fault",
        "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334",
        "https://github.com/acme/rocket/pull/1412",
        "The task-runner's disk-usage was high; see bot/engine/workflows.py:58",
        "tokens=1200 cost=0.04",
    ],
)
def test_what_is_no_secret(said: str) -> None:
    """What operators need to read stays as it is."""
    assert Redactor()(said) == said


@given(secret=st.text(min_size=6, max_size=60).filter(lambda text: len(text.strip()) >= 6 and text not in MASK))
def test_a_secret_that_was_told_of(secret: str) -> None:
    """A configured secret is masked as it is, and as it stands in Python's, JSON's and an address's spelling."""
    redactor = Redactor()
    redactor.learn(secret)
    for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], quote(secret, safe="")):
        assert form not in redactor(f"<{form}> and <{form}>").replace(MASK, "")


def test_the_parts_of_a_secret() -> None:
    """Of an address its password is masked alone, too, and of a key each of its lines."""
    redactor = Redactor()
    redactor.learn("postgresql://ada:hunter2x@db.example/bot")
    redactor.learn(PEM)
    assert "hunter2x" not in redactor("password authentication failed with 'hunter2x'")
    assert "MIIEowIBAAKCAQEA7bq" not in redactor("line 2: MIIEowIBAAKCAQEA7bq")


def test_what_is_short_is_no_secret() -> None:
    """A setting of a few letters masks nothing, and neither does one that is empty."""
    redactor = Redactor()
    redactor.learn("")
    redactor.learn("bot")
    assert redactor("The bot runs") == "The bot runs"


def test_a_header_of_basic_authentication() -> None:
    """What git sends in place of a token is masked as well."""
    header = base64.b64encode(b"x-access-token:ghp_secret").decode()
    assert header not in Redactor()(f"Authorization: Basic {header}")


@given(text=st.text(max_size=300))
def test_masking_twice_changes_nothing(text: str) -> None:
    """Whatever was masked stays as it is when it is masked once more, and no text makes it fail."""
    masked = Redactor()(text)
    assert Redactor()(masked) == masked


def test_what_is_said_of_an_error() -> None:
    """A key that a server repeats is masked in what people are told; a name that merely looks like one is not."""
    redact.learn("of-nobody-4f9a7c1e2b")
    error = ChatError("Slack does not take it: bad_of-nobody-4f9a7c1e2b, for acme/sk-learn-extra.")
    assert error.public == f"Slack does not take it: bad_{MASK}, for acme/sk-learn-extra."
