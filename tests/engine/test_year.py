"""A simulated year: every landed change in exactly one post of each subscription, every due day posted once."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from adapters.source.git import GitSettings, GitSource
from bot.contracts.repositories import BuiltRepository, Story
from bot.contracts.source import Steps
from bot.engine.schedule import due, first_delivered, next_due
from bot.model import Delivered, Place, Rhythm, Schedule, Subscription
from tests.engine.year import REPOSITORY, Branch, lives

_DAY = timedelta(days=1)


@pytest.mark.parametrize("start", [datetime(2011, 1, 5, 13, 37, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)])
def test_a_year_in_twelve_zones(start: datetime) -> None:
    """Through downtime, failures, late pushes and dates ahead, nothing is lost or doubled, and no day either."""
    for life in lives(1, start, 1, restless=False):
        assert life.wrong_changes() == []
        assert life.wrong_days() == []
        assert len(life.runs) > (40 if life.subscription.schedule.rhythm is Rhythm.WEEKLY else 200)
        assert len(life.posts) > 900


def test_a_year_of_changes_of_mind() -> None:
    """Where time and zone are changed and the subscription is paused every few days, nothing is lost or doubled."""
    for life in lives(2, datetime(2011, 1, 5, 13, 37, tzinfo=UTC), 1, restless=True):
        assert life.wrong_changes() == []
        assert len({run.key for _, run in life.runs}) == len(life.runs)


def test_the_simulation_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a source that knows nothing of what landed late, the same year loses changes."""
    whole = Branch.collect
    monkeypatch.setattr(Branch, "collect", lambda branch, portion, tip: whole(branch, replace(portion, tip=None), tip))
    assert all(life.wrong_changes() for life in lives(1, datetime(2026, 3, 3, tzinfo=UTC), 0.3, restless=False))


class Project:
    """A real repository into which somebody pushes something every few hours."""

    def __init__(self, folder: Path) -> None:
        self.dice = random.Random(3)  # noqa: S311 -- no secret
        self.repository: BuiltRepository | None = None
        self.line: list[tuple[str, datetime]] = []
        self._folder = folder

    def push(self, now: datetime) -> None:
        """Let one to three changes land, some dated days before or ahead, some of them merges."""
        story = Story()
        parents: list[int | str] = [self.line[-1][0]] if self.line else []
        marks: list[tuple[int, datetime]] = []
        for _ in range(self.dice.randint(1, 3)):
            off = self.dice.choice([0, 0, 0, 0, -1.5, -4, 2.5])
            dated = (now + off * _DAY).replace(microsecond=0)
            if parents and self.dice.random() < 0.3:
                side = story.commit("aside", {f"side{now}": "1"}, parents=parents, branch="side", at=dated)
                parents = [*parents, side]
            mark = story.commit("on the line", {"a": f"{now} {len(marks)}"}, parents=parents, at=dated)
            marks.append((mark, dated))
            parents = [mark]
        self.repository = story.write(self._folder)
        self.line += [(self.repository.sha(mark), dated) for mark, dated in marks]


async def test_three_weeks_of_a_real_repository(tmp_path: Path) -> None:
    """With the git source, every change of the branch is in exactly one digest of a morning's and an evening's."""
    project, now = Project(tmp_path / "rocket"), datetime(2026, 3, 20, 5, tzinfo=UTC)
    for ago in range(12, 0, -1):
        project.push(now - ago * _DAY / 2)
    wishes = [
        _wish(Schedule(Rhythm.DAILY, time(18, 30), "Europe/Berlin"), now),
        _wish(Schedule(Rhythm.WEEKDAYS, time(9), "Asia/Shanghai"), now),
    ]
    begins = [wish.delivered[REPOSITORY].end for wish in wishes]
    first_tips = [0, 0]
    posts: list[Counter[str]] = [Counter(), Counter()]
    source = GitSource(GitSettings(), data_dir=tmp_path / "data")
    repository = await source.find(str(tmp_path / "rocket"))
    for _ in range(3 * 18):
        now += timedelta(hours=project.dice.uniform(2, 16))
        project.push(now)
        for number, wish in enumerate(wishes):
            for run in due(now, [wish]):
                (portion,) = run.portions
                found = await source.collect(repository, portion.window, Steps(), after=portion.tip)
                assert found.notes == ()
                posts[number].update(commit.sha for commit in found.commits)
                first_tips[number] = first_tips[number] or len(project.line)
                reached = {REPOSITORY: Delivered(portion.window.end, found.tip)}
                wishes[number] = replace(wish, last_day=run.day, delivered=reached)

    for wish, begin, first_tip, posted in zip(wishes, begins, first_tips, posts, strict=True):
        end, tip = wish.delivered[REPOSITORY].end, wish.delivered[REPOSITORY].tip
        seen = [sha for sha, _ in project.line].index(str(tip)) + 1
        owed = {
            sha: 1
            for place, (sha, dated) in enumerate(project.line[:seen])
            if dated < end and (dated >= begin or place >= first_tip)
        }
        assert posted == owed
        assert len(owed) > 60
        assert next_due(wish, now)


def _wish(schedule: Schedule, now: datetime) -> Subscription:
    begin = {REPOSITORY: first_delivered(schedule, now)}
    return Subscription("s", Place("console", "", ""), (REPOSITORY,), schedule, "en", now, begin)
