"""Secrets are masked, and little else is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest.diffs import mask, prepare
from bot.digest.diffs.placeholder import MASK
from tests.digest.secrets import PLANTED, PRIVATE_KEYS
from tests.digest.written import change, patch

_INNOCENT = """
eos_token = "</s>"
pad_token: "<pad>"
max_tokens: 1024
token = tokens[0]
token_id=cfg.token_id2
password = get_password()
connect(user, password=password, key=key1)
password = config.password;
"password": "{{ password }}"
API_KEY = os.environ["OPENAI_API_KEY"]
api_key_env = "OPENAI_API_KEY"
api_key: ${{ secrets.API_KEY }}
password: $DB_PASSWORD
url = "postgres://user:${PASSWORD}@db/name"
url = "postgres://user:<password>@db/name"
commit = "fb28d7242b3506a2348265962041acc1fb56cca4"
id = "123e4567-e89b-12d3-a456-426614174000"
integrity = "sha512-abcdEFGH1234abcdEFGH1234abcdEFGH1234abcdEFGabcdEFGH1234abcdEFGH1234abcdEFGH1234abcdEFG=="
{ hash = "sha256:fb28d7242b3506a2348265962041acc1fb56cca4fb28d7242b3506a23482a6f1" },
github.com/x/y v1.2.3 h1:abcdEFGH1234abcdEFGH1234abcdEFGH1234abcdEFG=
"tokenizer": "meta-llama/Llama-3-8B"
backend_key = "cutlass_w4a16"
out, num_tokens, "reduce_fp8"
author = "Ada1 Lovelace2"
docker run -p http://localhost:8080/foo@bar
if "-----BEGIN PRIVATE KEY-----" in text:
"Sm90_Fp8_Fp8_Bf16_PullCutedsl_MegaMoeConfig"
TOKEN_URL="http://169.254.169.254/latest/api/token"
"""

_SLOW = [
    "secret", '"', "eyJ", "sk-", "://a:", "password=", "M", "1", 'key("', "-----BEGIN PRIVATE KEY-----", "aws key ",
    "xoxb-1-", "PRIVATE KEY\n", "A" * 64 + "\n", "Bearer ",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "line", "secret"), PLANTED, ids=[kind for kind, _, _ in PLANTED])
def test_a_planted_secret_is_masked(kind: str, line: str, secret: str) -> None:
    """A secret of each kind is masked, once, in a line of a patch and in running text."""
    for text in (f"+{line}", line, f"Before\n\n{line}\nafter"):
        masked, count = mask(text)
        assert secret not in masked, kind
        assert count == 1
        assert masked.count("\n") == text.count("\n")


@pytest.mark.parametrize("line", [line for line in _INNOCENT.split("\n") if line])
def test_what_is_no_secret_stays(line: str) -> None:
    """Names, places for secrets, digests, identifiers and words of language models are left as they are."""
    assert mask(line) == (line, 0)


@pytest.mark.parametrize("key", PRIVATE_KEYS)
def test_a_private_key_is_masked_line_by_line(key: str) -> None:
    """Of a private key, be it in a file, in strings of a program or on one line, nothing is left but its frame."""
    secret = [line.strip(' "') for line in key.replace("\\n", "\n").split("\n")]
    secret = [line for line in secret if line and "KEY" not in line and ":" not in line]
    for sign in ("", "+", "-", " "):
        text = "\n".join(sign + line for line in ["first = 1", *key.split("\n"), "last = 2"])
        masked, count = mask(text)
        assert count == 1
        assert not any(line in masked for line in secret)
        assert [line[:1] for line in masked.split("\n") if sign] == [line[:1] for line in text.split("\n") if sign]
        assert "first = 1" in masked
        assert "last = 2" in masked


def test_the_end_of_a_private_key_is_enough() -> None:
    """A key whose beginning is not in the patch is masked, too."""
    body = "\n".join(["+" + "MIIEpAIBAAKCAQEA7bq9Zz0cWJ5r" * 2, "+QmFzZTY0", "+-----END RSA PRIVATE KEY-----"])
    masked, count = mask(f" context\n{body}\n+after")
    assert masked == f" context\n+{MASK}\n+{MASK}\n+-----END RSA PRIVATE KEY-----\n+after"
    assert count == 1


def test_a_lone_line_of_a_private_key_is_masked() -> None:
    """A changed line from the middle of a key is masked, though nothing says what it is."""
    line = "MIIEpAIBAAKCAQEA7bq9Zz0cWJ5rX2lFv8yTnKp3sHdQwRgUeMoLkBjVxNzCiYfA"
    assert mask(f"@@ -9 +9 @@\n-{line}\n") == (f"@@ -9 +9 @@\n-{MASK}\n", 1)


@given(st.lists(st.sampled_from([line for _, line, _ in PLANTED] + _INNOCENT.split("\n")) | st.text(max_size=30)))
def test_nothing_is_masked_twice(lines: list[str]) -> None:
    """Masking what is masked changes nothing and counts nothing."""
    once, _ = mask("\n".join(lines))
    assert mask(once) == (once, 0)


@given(st.text())
def test_any_text_keeps_its_lines(text: str) -> None:
    """Whatever is masked, there are as many lines as before."""
    assert mask(text)[0].count("\n") == text.count("\n")


def test_letters_that_change_their_length_shift_nothing() -> None:
    """A letter whose lower case is longer does not move what is masked."""
    assert mask("İİİ ghp_abcdefghijklmnopqrstuvwxyz0123456789 end")[0] == f"İİİ {MASK} end"


@pytest.mark.parametrize("snippet", _SLOW)
def test_no_line_takes_long(snippet: str) -> None:
    """A line of a hundred kilobytes that is made to be slow takes no longer than a second."""
    began = time.process_time()
    mask(snippet * (100_000 // len(snippet)))
    assert time.process_time() - began < 1


@pytest.mark.parametrize("budget", [0, 10, 30, 60, 120, 300, 10_000])
@pytest.mark.parametrize("path", ["engine/keys.py", "tests/test_keys.py", "package-lock.json", "id_rsa"])
def test_no_excerpt_holds_a_secret(budget: int, path: str) -> None:
    """At no budget does an excerpt hold a secret, be it in a hunk, in its heading, in a signature or in a path."""
    lines = "".join(f"+{line}\n" for _, line, _ in PLANTED)
    signatures = "".join(f"+def load_{number}(): {line}\n" for number, (_, line, _) in enumerate(PLANTED))
    diff = prepare(change("Plant", path), patch(f"{signatures}{lines}", path), most=5_000)
    text = diff.within(budget).text
    assert not [kind for kind, _, secret in PLANTED if secret in text]
    assert diff.masked >= len(PLANTED)


def test_a_secret_at_the_end_of_what_is_shown_of_a_line_is_masked_whole() -> None:
    """Where a long line is shortened in the middle of a secret, the part before is masked."""
    line = "x " * 490 + 'password = "correct-horse-battery-staple" ' + "y " * 500
    diff = prepare(change("Plant", "a.py"), patch(f"+{line}\n", "a.py"), most=5_000)
    assert "correct" not in diff.within(5_000).text
    assert diff.masked == 1
