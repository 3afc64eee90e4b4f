"""What texts are found by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lexemes import is_name, terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("crashes, crashed. Crashing!", ["crash", "crash", "crash"]),
        ("dropped drops dropping", ["drop", "drop", "drop"]),
        ("retries retried retry", ["retry", "retry", "retry"]),
        ("schedules scheduling scheduler", ["schedul", "schedul", "schedul"]),
        ("order_by_deadline", ["order_by_deadline", "ord", "by", "deadlin"]),
        ("HTTPServer2", ["httpserver2", "http", "server2", "serv"]),
        ("use --fifo.", ["use", "--fifo", "fifo"]),
        ("/v1/fuel", ["/v1/fuel", "v1", "fuel"]),
        ("engine/queue.py", ["engine/queue.py", "queue.py", "engin", "queu", "py"]),
        ("torch::nn->view", ["torch::nn->view", "torch", "nn", "view"]),
        ("(#1412) !7 a#3", ["#1412", "#7", "a", "3"]),
        ("修复order_by的死锁", ["修复", "order_by", "ord", "by", "的死", "死锁"]),
        ("ＦＩＦＯ 锁", ["fifo", "锁"]),
        ("arm64 on v2", ["arm64", "arm", "on", "v2"]),
        ("…/--!", []),
    ],
)
def test_terms(text: str, found: list[str]) -> None:
    """Words lose their endings, names stay whole and are taken apart, and Chinese is taken two by two."""
    assert list(terms(text)) == found


def test_names() -> None:
    """What has digits or marks is a name; words, also Chinese ones, are none."""
    assert [term for term in terms("fix #7 in a_b, 修复 v2 --x") if is_name(term)] == ["#7", "a_b", "v2", "--x"]


@given(st.text())
def test_any_text(text: str) -> None:
    """Whatever a text holds, its terms are short, not empty and without spaces."""
    assert all(0 < len(term) <= 64 and not term.isspace() for term in terms(text))
