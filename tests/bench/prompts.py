"""How much of a busy day's diffs a language model is sent, and what of them stays visible.

    python -m tests.bench.prompts [REPOSITORY...]

The yardstick is sending every full diff, each counted at no more than 20,000 tokens. What is sent is every change for
the triage, and a fifth of them (at least three) as high and three tenths as medium, by the order of the rules; with
their messages, and instructions for every call, of which there is one for each high change and for every four medium
ones. What stays visible is counted in public signatures: added and removed
lines of source that declare a public name. Without a repository a small one is made.
"""

import argparse
import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from math import ceil
from pathlib import Path

from bot.digest import diffs, rules
from bot.digest.rules.patches import read_names
from bot.digest.rules.paths import Role, role_of
from bot.model import Commit, Patch
from bot.ports import PatchLimits
from tests.bench.history import busiest_day, read_changes
from tests.fakes.repositories import BEGINNING, Story

SIZE_LIMIT = 0.4
VISIBLE_LIMIT = 0.9
_FULL = 20_000
_WHOLE = PatchLimits(file=16 << 20, change=64 << 20)
_INSTRUCTIONS = 800
"""Tokens of the instructions of one call."""
_A_TRIAGE, _A_MEDIUM = 40, 4
"""Changes of one call of the triage, and of one about medium changes."""
_MESSAGE = 400
"""Tokens of a message that are sent with a change."""


@dataclass
class Figures:
    """What a day takes, in tokens, and how many of its signatures are seen."""

    changes: int = 0
    full: int = 0
    excerpts: int = 0
    prompts: int = 0
    signatures: int = 0
    visible: int = 0
    whole: int = 0
    masked: int = 0

    @property
    def size(self) -> float:
        """Everything that is sent, as a share of all full diffs."""
        return self.prompts / max(1, self.full)

    @property
    def seen(self) -> float:
        """The share of the signatures that is sent."""
        return self.visible / self.signatures if self.signatures else 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.prompts", description=__doc__.partition("\n")[0])
    parser.add_argument("repositories", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        repositories = options.repositories or [make(Path(scratch) / "made")]
        return int(sum(not _print(repository) for repository in repositories) > 0)


def _print(repository: Path) -> bool:
    """Print the figures of a repository's busiest day, and return whether they are within the limits."""
    day = busiest_day(repository)
    commits, patches = read_changes(repository, day, _WHOLE)
    _, read = read_changes(repository, day, diffs.PATCH_LIMITS)
    figures = measure(commits, patches, read)
    print(
        f"{repository}, {day.label}: {figures.changes} changes, {figures.full:,} tokens of full diffs, "
        f"{figures.excerpts:,} of excerpts, {figures.prompts:,} with messages and instructions; "
        f"{figures.whole} changes shown whole, {figures.masked} secrets masked, "
        f"{figures.visible} of {figures.signatures} signatures visible"
    )
    checks = (
        (figures.size <= SIZE_LIMIT, figures.size, f"at most {SIZE_LIMIT}", "what is sent against all full diffs"),
        (figures.seen >= VISIBLE_LIMIT, figures.seen, f"at least {VISIBLE_LIMIT}", "signatures that stay visible"),
    )
    for good, figure, limit, name in checks:
        print(f"{'ok  ' if good else 'OVER'} {figure:8.3f} ({limit}) {name}")
    return all(good for good, *_ in checks)


def measure(commits: Sequence[Commit], patches: dict[str, Patch], read: dict[str, Patch]) -> Figures:
    """Return the figures of a day, given all of its patches and what the program reads of them."""
    analyses = {commit.sha: rules.analyse(commit, read[commit.sha]) for commit in commits}
    order = sorted(commits, key=lambda commit: -analyses[commit.sha].score)
    high = max(3, len(order) // 5)
    medium = high + ceil(len(order) * 0.3)
    calls = ceil(len(order) / _A_TRIAGE) + high + ceil((medium - high) / _A_MEDIUM)
    figures = Figures(changes=len(order), prompts=calls * _INSTRUCTIONS)
    for number, commit in enumerate(order):
        depth = diffs.HIGH_TOKENS if number < high else diffs.MEDIUM_TOKENS if number < medium else None
        _count(figures, commit, patches[commit.sha], read[commit.sha], depth)
    return figures


def _count(figures: Figures, commit: Commit, patch: Patch, read: Patch, depth: int | None) -> None:
    diff = diffs.prepare(commit, read, diffs.KEPT_TOKENS)
    sent = [diff.within(diffs.TRIAGE_TOKENS), *([diff.within(diff.budget(depth))] if depth else [])]
    tokens = sum(excerpt.tokens for excerpt in sent)
    message = min(_MESSAGE, diffs.estimate(commit.message))
    figures.full += min(_FULL, sum(diffs.estimate(file.path * 2 + file.text) for file in patch.files))
    figures.excerpts += tokens
    figures.prompts += tokens + message * len(sent)
    figures.whole += any(excerpt.whole for excerpt in sent)
    figures.masked += diff.masked
    wanted = Counter(_signatures(patch))
    shown = {_plain(line) for excerpt in sent for line in excerpt.text.split("\n")}
    figures.signatures += wanted.total()
    figures.visible += sum(count for line, count in wanted.items() if line in shown)


def _signatures(patch: Patch) -> Iterable[str]:
    """Yield the changed lines of source that declare a public name, for the rules or by the look of it."""
    for file in patch.files:
        if role_of(file.path) is Role.SOURCE:
            named = (name.line for name in read_names(file.path, f"\n{file.text}") if name.kind == "name")
            yield from {_plain(line) for line in chain(named, _DECLARATION.findall(file.text))}


_DECLARATION = re.compile(
    r"^[+-][ \t]*(?:pub(?:\([a-z]+\))? (?:[a-z]+ )*(?:fn|struct|enum|trait|mod|type)|export |public |"
    r"(?:async )?def [a-z]|class [A-Z]|func (?:\(.*?\) )?[A-Z]|__global__).*$",
    re.MULTILINE,
)


def _plain(line: str) -> str:
    return f"{line[:1]}{line[1:].strip()}"


def make(path: Path) -> Path:
    """Make a repository with one busy day: most of its changes are small, some are large, few are very large."""
    chance = random.Random(20260115)  # noqa: S311 - the same repository every time
    story = Story()
    names = [f"{area}/part_{number}.py" for area in ("engine", "api", "tests") for number in range(12)]
    files = {name: [line for _ in range(12) for line in _function(chance)] for name in names}
    story.commit("Begin", {name: "\n".join(lines) for name, lines in files.items()}, at=BEGINNING)
    for number in range(60):
        touched = chance.sample(names, chance.choice((1, 1, 2, 3, 6)))
        for name in touched:
            for _ in range(min(200, int(chance.lognormvariate(1, 1.4)) + 1)):
                at = chance.randrange(len(files[name]))
                files[name][at : at + chance.randrange(8)] = _function(chance)
        changed = {name: "\n".join(files[name]) for name in touched}
        landed = BEGINNING + timedelta(days=1, minutes=number)
        story.commit(f"fix: keep part {number} in order (#{number})", changed, at=landed)
    story.write(path)
    return path


def _function(chance: random.Random) -> list[str]:
    """Return the lines of a function, of which one in three is public."""
    name = f"{chance.choice(('', '_', '_'))}work_{chance.randrange(10_000)}"
    body = [
        f"    value_{chance.randrange(99)} = call_{chance.randrange(99)}(a, b)" for _ in range(chance.randrange(20))
    ]
    return [f"def {name}(a, b):", *body, "    return a", "", ""]


if __name__ == "__main__":
    raise SystemExit(main())
