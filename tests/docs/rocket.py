"""The repository of the documentation's examples: two days in January, and every day of the last two weeks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.contracts.repositories import BuiltRepository, Story

THURSDAY = datetime(2026, 1, 15, tzinfo=UTC)
_DAYS = 14

_ORDER = "def order(requests):\n    return sorted(requests, key=lambda each: each.{})\n"
_BEGINNING = {
    "README.md": "# Rocket\n",
    "engine/scheduler.py": _ORDER.format("arrived"),
    "cli/args.py": 'parser.add_argument("--fifo", action="store_true")\nparser.add_argument("--fuel", type=int)\n',
    "docs/guide.md": "Start it.\n",
}


def build(folder: Path, now: datetime) -> BuiltRepository:
    """Make the repository in a folder, with a work tree."""
    story = Story()
    begun = THURSDAY - timedelta(days=1)
    story.commit("Begin", _BEGINNING, at=begun + timedelta(hours=9))
    tagged = story.commit("docs: say how to start it (#1390)", {"docs/guide.md": "Start it on a dry day.\n"})
    story.tag("v0.5", tagged)
    _thursday(story)
    # Nothing lies ahead of now, and what is oldest comes first.
    for at in (now - timedelta(hours=8) * number for number in reversed(range(1, 3 * _DAYS))):
        minute = int(at.timestamp()) // 60
        story.commit(
            f"Scheduler: raise the limit to {minute} (#{minute % 9000 + 1500})",
            {"engine/limits.py": f"LIMIT = {minute}\n", "tests/test_limits.py": f"assert LIMIT == {minute}\n"},
            at=at,
            author="Grace Hopper <grace@example.org>",
        )
    story.commit(
        "Scheduler: name the queue (#17)", {"engine/queue.py": "requests = []\n"}, at=now - timedelta(minutes=1)
    )
    return story.write(folder, bare=False)


def _thursday(story: Story) -> None:
    story.commit(
        "Scheduler: order requests by deadline (#1412)\n\nThe flag --fifo is removed: start scripts that have it fail.",
        {
            "engine/scheduler.py": _ORDER.format("deadline"),
            "engine/queue.py": "import heapq\n\n\ndef pop(heap):\n    return heapq.heappop(heap)\n",
            "cli/args.py": 'parser.add_argument("--fuel", type=int)\n',
            "tests/test_scheduler.py": "def test_order():\n    assert order([]) == []\n",
        },
        at=THURSDAY + timedelta(hours=8),
    )
    story.commit(
        "api: add endpoint /v1/fuel (#1398)",
        {"api/fuel.py": '@app.get("/v1/fuel")\ndef fuel():\n    return {"left": tank.left()}\n'},
        author="Grace Hopper <grace@example.org>",
    )
    story.commit("Fix a crash when the tank is empty (#1405)", {"api/tank.py": "def left():\n    return 0\n"})
    story.commit("docs: name the flags (#1409)", {"docs/guide.md": "Start it on a dry day, with --fuel.\n"})
    story.commit(
        "ci: test on Python 3.13 (#1411)",
        {".github/workflows/test.yml": "python: 3.13\n"},
        author="renovate[bot] <renovate@example.org>",
    )
