"""The commands about subscriptions, through the program's real entry point."""

from pathlib import Path

import pytest

from tests.cli.test_commands import Program


@pytest.fixture
def digestbot(tmp_path: Path, forked: list[str]) -> Program:
    """Return the program with a data directory of its own."""
    return Program(forked, tmp_path, "http://127.0.0.1:9")


def test_a_subscription_from_its_beginning_to_its_end(digestbot: Program) -> None:
    """What is subscribed is listed, rests, goes on and ends."""
    made = digestbot(
        "subscribe", "acme/rocket", "./gears", "--place", "slack:T1/C1", "--weekly", "fri", "--at", "6:30pm",
        "--timezone", "Asia/Shanghai", "--exclude-bots", "--exclude-path", "docs/", "--exclude-type", "deps",
    )  # fmt: skip
    assert (made.returncode, made.stderr) == (0, "")
    id = made.stdout.split("`")[1]  # noqa: A001 -- what it is called
    assert f"acme/rocket, {digestbot.folder / 'gears'} · slack:T1/C1" in made.stdout
    assert "every Friday at 18:30 Asia/Shanghai" in made.stdout
    assert "without bots · without the paths docs/ · without the types dependencies" in made.stdout
    assert made.stdout in digestbot("list").stdout
    assert "paused" in digestbot("pause", id).stdout
    assert "next" in digestbot("resume", id).stdout
    assert digestbot("unsubscribe", id).stdout == f"The subscription {id} has ended.\n"
    assert digestbot("list", "--place", "slack:T1/C1").stdout == "No subscriptions\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("subscribe", "a/b", "--place", "slack"), "slack:T024BE7LH/C061EG9T2"),
        (("subscribe", "a/b", "--place", "console:", "--at", "noonish"), '"09:00"'),
        (("subscribe", "a/b", "--place", "console:", "--timezone", "Asia/Shanghay"), '"Asia/Shanghai"'),
        (("subscribe", "a/b", "--place", "console:", "--exclude-type", "feat"), '"feature"'),
        (("subscribe", "a/b", "--place", "console:", "--language", "tlh"), '"en" or "zh"'),
        (("pause", "k3xab2cd"), "See them with list."),
    ],
)
def test_what_is_wrong_comes_with_what_would_work(digestbot: Program, arguments: tuple[str, ...], said: str) -> None:
    """A request that cannot be fulfilled ends with one sentence, a remedy, and the code for it."""
    run = digestbot(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert said in run.stderr
    assert run.stderr.count("\n") == 1
