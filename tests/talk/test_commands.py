"""Commands: how words become repositories and a period, and which words a chat may not say."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ImpossiblePeriod, RequestError, UnknownPeriod, UnsafeName
from bot.talk.commands import (
    DIGEST,
    GRAMMAR,
    HELP,
    MAX_REPOSITORIES,
    SUBSCRIBE,
    Cancel,
    Command,
    Digest,
    Help,
    Repos,
    Set,
    Status,
    parse_command,
    split_request,
)
from bot.talk.periods import examples, parse
from bot.talk.terms import Terms

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)

WORDS = st.sampled_from(
    ["digest", "help", "/digest", "摘要", "ruff", "astral-sh/ruff", "https://github.com/a/b",
     "<https://github.com/a/b|b>", "../x", "today", "last", "7", "days", "since", "v0.5", "-x", "2026-02-30", "今天",
     "..", "<", "|", "\x00", "@"]
)  # fmt: skip


def split(text: str) -> tuple[tuple[str, ...], str]:
    """Return the repositories and the label of the period of words without quotes."""
    repositories, period = split_request(text.split(), NOW, "UTC")
    return repositories, period.label


def outcome(text: str) -> Command | RequestError:
    """Return the command of a text from a chat, or its refusal."""
    try:
        return parse_command(text, NOW, "UTC")
    except RequestError as error:
        return error


@pytest.mark.parametrize(
    ("text", "repositories", "label"),
    [
        ("ruff", ("ruff",), "today"),
        ("ruff flashinfer last 7 days", ("ruff", "flashinfer"), "last 7 days"),
        ("ruff yesterday", ("ruff",), "yesterday"),
        ("ruff since v0.5", ("ruff",), "since v0.5"),
        ("ruff the day before yesterday", ("ruff",), "day before yesterday"),
        ("ruff from monday to the day before yesterday", ("ruff",), "2026-01-12..2026-01-13"),
        ("ruff 2026-01-12 .. 2026-01-14", ("ruff",), "2026-01-12..2026-01-14"),
        ("ruff Jan 12", ("ruff",), "2026-01-12"),
        ("ruff 自 v0.5 以来", ("ruff",), "since v0.5"),
        ("ruff 过去 7 天", ("ruff",), "last 7 days"),
        (". ../flash ./today", (".", "../flash", "./today"), "today"),
        (
            "https://example.org/ruff.git file:///tmp/x this week",
            ("https://example.org/ruff.git", "file:///tmp/x"),
            "this week",
        ),
    ],
)
def test_split(text: str, repositories: tuple[str, ...], label: str) -> None:
    """The words of a terminal are repositories as they were written, then at most one period, today by default."""
    assert split(text) == (repositories, label)


def test_a_period_in_quotes() -> None:
    """A period may come as one word with spaces in it."""
    assert split_request(["ruff", "last 7 days"], NOW, "UTC") == (("ruff",), parse("last 7 days", NOW, "UTC"))


@pytest.mark.parametrize("text", ["", "today", "since v0.5", "last 7 days"])
def test_no_repository(text: str) -> None:
    """A period without a repository is answered with the request that was probably meant."""
    with pytest.raises(RequestError, match=f'"digest owner/name {text or "today"}"'):
        split(text)


@pytest.mark.parametrize("option", ["language zh", "in Europe/Berlin", "at 09:00", "only src/"])
def test_an_option_is_none_of_a_digest(option: str) -> None:
    """An option after the period is told from a repository, with the digest that there is without it."""
    with pytest.raises(RequestError) as raised:
        split_request(f"ruff 2026-01-14 {option}".split(), NOW, "UTC")
    assert option in raised.value.message
    assert raised.value.remedy.startswith('Write "digest ruff 2026-01-14".')


def test_a_period_that_precedes_a_repository() -> None:
    """A period in front is answered with the words in their order."""
    with pytest.raises(RequestError, match=r'"digest uv ruff since v0\.5"'):
        split("uv since v0.5 ruff")


def test_two_periods() -> None:
    """Two periods are refused, and neither is taken for a repository."""
    with pytest.raises(RequestError, match="one period"):
        split("ruff yesterday today")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("ruff 2026-02-30", ImpossiblePeriod),
        ("ruff monday to 2026-02-30", ImpossiblePeriod),
        ("ruff 01/02/2026", ImpossiblePeriod),
        ("ruff last monday", ImpossiblePeriod),
        ("ruff tomorrow", ImpossiblePeriod),
        ("ruff since --exec=x", UnsafeName),
        ("ruff since", UnknownPeriod),
        ("ruff last fortnight", UnknownPeriod),
        ("ruff this sprint", UnknownPeriod),
    ],
)
def test_what_looks_like_a_period_is_no_repository(text: str, error: type[RequestError]) -> None:
    """A period that cannot be, or that is not understood, raises its own error."""
    with pytest.raises(error):
        split(text)


@pytest.mark.parametrize(
    ("text", "repositories", "label"),
    [
        ("digest ruff", ("ruff",), "today"),
        ("/Digest ruff uv yesterday", ("ruff", "uv"), "yesterday"),
        ("digest astral-sh/ruff last week", ("astral-sh/ruff",), "last week"),
        ('digest ruff "last week"', ("ruff",), "last week"),
        ("ruff “last week”", ("ruff",), "last week"),
        ("digest acme/.github", ("acme/.github",), "today"),
        ("digest https://github.com/astral-sh/ruff", ("astral-sh/ruff",), "today"),
        ("digest https://www.GitHub.com/astral-sh/ruff.git/", ("astral-sh/ruff",), "today"),
        ("digest github.com/astral-sh/ruff", ("astral-sh/ruff",), "today"),
        ("digest <https://github.com/astral-sh/ruff> today", ("astral-sh/ruff",), "today"),
        ("digest <https://github.com/astral-sh/ruff|github.com/astral-sh/ruff> today", ("astral-sh/ruff",), "today"),
        ("digest ruff ruff https://github.com/a/b a/b", ("ruff", "a/b"), "today"),
        ("摘要　ｒｕｆｆ　今天", ("ruff",), "today"),
    ],
)
def test_digest(text: str, repositories: tuple[str, ...], label: str) -> None:
    """A text from a chat names repositories and a period; each repository is asked for once, by name."""
    assert parse_command(text, NOW, "UTC") == Digest(repositories, parse(label, NOW, "UTC"))


@pytest.mark.parametrize("text", ["", "  ", "help", "/help", "HELP", "帮助", "help me", "digest help"])
def test_help(text: str) -> None:
    """Help is the grammar and periods that work today, and also the answer to nothing."""
    assert parse_command(text, NOW, "UTC") == Help(GRAMMAR, examples(NOW, "UTC"))


@pytest.mark.parametrize(
    "word",
    [".", "..", "./ruff", "../ruff", "/etc", "~/ruff", "a/..", "a/../b", "a/b/c", ".git", ".git/config", "C:\\x",
     "a//b", "a/", "/a", "git@github.com:a/b", "file:///etc", "ssh://git@github.com/a/b", "https://example.org/a/b",
     "https://github.com/a", "https://github.com/a/b/pull/3", "https://github.com/a/b?x",
     "https://github.com/a/b#x", "https://github.com/../b", "https://user:hunter2@github.com/a/b",
     "https://github.com@example.org/a/b", "https://github.com:80/a/b", "<https://github.com/a/b", "<@U123>",
     "<!channel>", "$(x)", "a;b", "a\x00b", "版本", "x" * 101],
)  # fmt: skip
def test_chat_names_no_path_and_no_other_address(word: str) -> None:
    """Whatever could lead to a file, another server or a mention is refused, and a password is not repeated."""
    with pytest.raises(RequestError) as caught:
        parse_command(f"digest {word}", NOW, "UTC")
    assert not isinstance(caught.value, UnsafeName)
    assert "owner/name" in caught.value.remedy
    assert "hunter2" not in str(caught.value)


def test_chat_names_no_option() -> None:
    """A word like an option is refused as one."""
    with pytest.raises(UnsafeName):
        parse_command("digest --upload-pack=x", NOW, "UTC")


def test_another_host() -> None:
    """Addresses are those of the code host that the bot works with."""
    asked = parse_command("digest https://git.example.org/a/b", NOW, "UTC", host="git.example.org")
    assert asked == Digest(("a/b",), parse("today", NOW, "UTC"))


def test_too_many_repositories() -> None:
    """A digest of more repositories than the limit says the limit."""
    words = " ".join(f"r{n}" for n in range(MAX_REPOSITORIES + 1))
    with pytest.raises(RequestError, match=f"at most {MAX_REPOSITORIES} repositories, not {MAX_REPOSITORIES + 1}"):
        parse_command(f"digest {words}", NOW, "UTC")


def test_too_long() -> None:
    """A text longer than any command says the limit."""
    with pytest.raises(RequestError, match="at most 2000 characters"):
        parse_command("digest " + "x" * 2000, NOW, "UTC")


@pytest.mark.parametrize(
    ("word", "usage"),
    [("digset", DIGEST.usage), ("hlep", HELP.usage), ("subscrib", SUBSCRIBE.usage), ("/xyzzy", HELP.usage)],
)
def test_a_verb_with_a_slip(word: str, usage: str) -> None:
    """A word that is nearly a verb is answered with the usage of the verb, and with how it is a repository."""
    with pytest.raises(RequestError) as caught:
        parse_command(f"{word} ruff", NOW, "UTC")
    assert f'Did you mean "{usage}"' in caught.value.remedy
    assert f'"digest {word}"' in caught.value.remedy


@pytest.mark.parametrize("name", ["ruff", "helm", "lint", "acme/list", "tests"])
def test_no_verb(name: str) -> None:
    """What begins with no verb asks for a digest."""
    assert parse_command(f"{name} yesterday", NOW, "UTC") == Digest((name,), parse("yesterday", NOW, "UTC"))


def test_what_is_under_way() -> None:
    """What is being made can be seen, and cancelled as a whole or by repository."""
    assert parse_command("status", NOW, "UTC") == Status()
    assert parse_command("取消", NOW, "UTC") == Cancel(())
    assert parse_command("cancel acme/rocket", NOW, "UTC") == Cancel(("acme/rocket",))
    assert parse_command("repos", NOW, "UTC") == Repos()


def test_a_channel_is_set() -> None:
    """Without an id, the zone and the language of the channel are set, and nothing else of it can be."""
    assert parse_command("set in Asia/Shanghai language zh", NOW, "UTC") == Set(
        "", (), Terms(timezone="Asia/Shanghai", language="zh")
    )
    for text in ("set", "set daily", "set in UTC pins none"):
        with pytest.raises(RequestError, match="time zone and the language"):
            parse_command(text, NOW, "UTC")


def test_usage() -> None:
    """The grammar writes its own usage."""
    assert [verb.usage for verb in GRAMMAR] == [
        "digest REPOSITORY… [PERIOD]",
        "status",
        "cancel [REPOSITORY…]",
        "subscribe REPOSITORY… [OPTION…]",
        "list",
        "pause ID",
        "resume ID",
        "unsubscribe ID",
        "set [ID] [REPOSITORY…] [OPTION…]",
        "repos",
        "help",
    ]


@given(words=st.lists(WORDS, max_size=8))
def test_words_in_any_order(words: list[str]) -> None:
    """Words of the grammar in any order give a command or a refusal, and a digest names only names."""
    command = outcome(" ".join(words))
    if isinstance(command, Digest):
        names = {"ruff", "astral-sh/ruff", "a/b", "7", "days", "v0.5", "digest", "help", "last", "since"}
        assert set(command.repositories) <= names
    assert str(command).isprintable()


@given(text=st.text(max_size=2500))
def test_any_text_at_all(text: str) -> None:
    """No text raises anything but a refusal."""
    assert str(outcome(text)).isprintable()
    assert str(outcome(f"digest {text}")).isprintable()
