"""How much of a busy day's diffs a language model is sent, and what of them stays visible.

    python -m tests.bench.prompts [REPOSITORY...]

The yardstick is sending every full diff, each counted at no more than 20,000 tokens. What is sent is every request of
the analyst, whole: instructions, schemas, messages, excerpts. Its model gives the tiers that the rules give. What stays
visible is counted in public signatures: added and removed lines of source that declare a public name. Without a
repository a small one is made.
"""

import asyncio
import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from pathlib import Path

from adapters.model.openai import ModelSettings
from bot.contracts.repositories import BEGINNING, Story
from bot.digest import diffs, rules
from bot.digest.analyst import Change, Day
from bot.digest.rules.patches import read_names
from bot.digest.rules.paths import Role, role_of
from bot.model import EVERYBODY, Commit, Patch, Tier, Window
from bot.ports import ModelRequest, PatchLimits
from tests.bench.history import busiest_day, read_changes
from tests.bench.rows import Bound, Row, parser, report
from tests.digest.analyst.support import ROCKET, Bench, Given, Model, honest

SIZE_LIMIT = 0.4
VISIBLE_LIMIT = 0.9
_FULL = 20_000
_WHOLE = PatchLimits(file=16 << 20, change=64 << 20)


@dataclass
class Figures:
    """What a day takes, in tokens, and how many of its signatures are seen."""

    changes: int = 0
    calls: int = 0
    full: int = 0
    prompts: int = 0
    signatures: int = 0
    visible: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    takes = parser("tests.bench.prompts", __doc__)
    takes.add_argument("repositories", nargs="*", type=Path)
    options = takes.parse_args(arguments)
    return report(rows(options.repositories), as_json=options.json)


def rows(repositories: Sequence[Path]) -> Iterator[Row]:
    """Yield the figures of each repository's busiest day."""
    with tempfile.TemporaryDirectory() as scratch:
        for repository in repositories or [make(Path(scratch) / "made")]:
            day = busiest_day(repository)
            commits, patches = read_changes(repository, day, _WHOLE)
            _, read = read_changes(repository, day, diffs.PATCH_LIMITS)
            figures = measure(commits, patches, read, day)
            name = f"{repository.name}, {figures.changes} changes in {figures.calls} calls"
            yield Row(
                f"tokens sent, {name}",
                figures.prompts,
                "every full diff, 20,000 tokens at most",
                figures.full,
                SIZE_LIMIT,
            )
            yield Row(
                f"changed signatures that are seen, {name}",
                figures.visible,
                "all that changed",
                figures.signatures,
                VISIBLE_LIMIT,
                bound=Bound.RATIO_AT_LEAST,
            )


def measure(commits: Sequence[Commit], patches: dict[str, Patch], read: dict[str, Patch], day: Window) -> Figures:
    """Return the figures of a day, given all of its patches and what the program reads of them."""
    changes = [_change(commit, read[commit.sha]) for commit in commits]
    tiers = _tiers(changes)
    model = Model(lambda request: _answer(request, tiers), context=ModelSettings().context)
    asyncio.run(Bench(model).analyse(Day(ROCKET, day, "en", EVERYBODY, changes)))
    figures = Figures(changes=len(commits), calls=len(model.history))
    figures.prompts = sum(_tokens(request) for request in model.history)
    shown = {_plain(line) for request in model.history for line in request.material.split("\n")}
    for patch in patches.values():
        figures.full += min(_FULL, sum(diffs.estimate(file.path * 2 + file.text) for file in patch.files))
        wanted = Counter(_signatures(patch))
        figures.signatures += wanted.total()
        figures.visible += sum(count for line, count in wanted.items() if line in shown)
    return figures


def _change(commit: Commit, patch: Patch) -> Change:
    return Change(commit, rules.analyse(commit, patch), diffs.prepare(commit, patch, diffs.KEPT_TOKENS))


def _tiers(changes: Sequence[Change]) -> dict[str, Tier]:
    """Return the tiers that the model gives: those of the rules."""
    return {change.commit.sha: change.rules.tier for change in changes}


def _answer(request: ModelRequest, tiers: dict[str, Tier]) -> Given:
    """Answer as an honest model does, but for the tiers."""
    said = honest(request)
    if request.task not in ("triage", "alone") or not isinstance(said, dict):
        return said
    for each in said.get("changes", [said]):
        each["tier"] = next(tier for sha, tier in tiers.items() if sha.startswith(each["sha"]))
    return said


def _tokens(request: ModelRequest) -> int:
    texts = (request.instructions, request.material, json.dumps(request.schema))
    return sum(map(diffs.estimate, texts))


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
