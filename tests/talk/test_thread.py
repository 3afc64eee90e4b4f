"""What is said in a thread is one of a few commands, in English or Chinese, or a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Leaning, Tier
from bot.talk.thread import Judge, More, Rate, ShowDiff, ThreadCommand, Why, parse_thread_command

SHA = "a1b2c3d"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("more on #17028", More("#17028")),
        ("More about a1b2c3d.", More(SHA)),
        ("more !12", More("!12")),
        ("详细说说 #17028", More("#17028")),
        ("展开#17028", More("#17028")),
        ("explain why high", Why(Tier.HIGH)),
        ("why is #17 high?", Why(Tier.HIGH, "#17")),
        ("why low #17", Why(Tier.LOW, "#17")),
        ("explain why medium for a1b2c3d", Why(Tier.MEDIUM, SHA)),
        ("#17为什么是高？", Why(Tier.HIGH, "#17")),
        ("为什么低", Why(Tier.LOW)),
        ("解释一下为什么是中", Why(Tier.MEDIUM)),
        ("too high", Rate(Leaning.TOO_HIGH)),
        ("Too low!", Rate(Leaning.TOO_LOW)),
        ("too high #17", Rate(Leaning.TOO_HIGH, "#17")),
        ("#17 is too low", Rate(Leaning.TOO_LOW, "#17")),
        ("太高", Rate(Leaning.TOO_HIGH)),
        ("#17太低了", Rate(Leaning.TOO_LOW, "#17")),
        ("偏高 a1b2c3d", Rate(Leaning.TOO_HIGH, SHA)),
        ("useful", Judge(useful=True)),
        ("That was helpful!", Judge(useful=True)),
        ("not useful", Judge(useful=False)),
        ("没用", Judge(useful=False)),
        ("有帮助", Judge(useful=True)),
        ("diff a1b2c3d engine/Queue.py", ShowDiff(SHA, "engine/Queue.py")),
        ("diff a1b2c3d a file.txt", ShowDiff(SHA, "a file.txt")),
        ("diff #17", ShowDiff("#17")),
        ("差异 a1b2c3d engine/queue.py", ShowDiff(SHA, "engine/queue.py")),
    ],
)
def test_a_command_is_understood(text: str, command: ThreadCommand) -> None:
    """Each is said in a few ways."""
    assert parse_thread_command(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "does #17028 change the default?",
        "why is the latency high?",
        "why is the timeout too high in #17?",
        "what more is there on #17",
        "is 4 GB too high a limit?",
        "diff between v1 and v2",
        "more",
        "为什么延迟这么高？",
        "",
        "too high " * 100,
    ],
)
def test_everything_else_is_a_question(text: str) -> None:
    """A question that has the words of a command in it is none."""
    assert parse_thread_command(text) is None


@given(st.text(max_size=60))
def test_any_text_is_understood_or_a_question(text: str) -> None:
    """Nothing that is said makes the grammar fail."""
    parse_thread_command(text)
