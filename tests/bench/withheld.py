"""Measures how often what people write is withheld from a model that answers, since it reads like an instruction.

    python -m tests.bench.withheld REPOSITORY… [--changes 300]

Each repository is a local one. Printed are the shares of withheld messages and hunks among its newest changes, as
answers read them; few of them want to instruct anybody, so almost all of it is by mistake. With --show, what they are.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.answer.passages import of_diff, of_message
from bot.answer.showing import is_suspicious
from bot.model import Passage, Repository
from bot.ports import PatchLimits
from tests.bench.history import newest_changes

_LIMITS = PatchLimits(file=1 << 20, change=4 << 20)
_TOKENS = 6_000
"""Of a diff, as much as a tool may say."""


def passages(repository: Path, changes: int) -> tuple[list[Passage], list[Passage]]:
    """Return the messages, and the hunks, of the newest changes."""
    name = repository.resolve().name
    known = Repository(name, str(repository))
    commits, patches = newest_changes(repository, changes, _LIMITS)
    messages = [passage for commit in commits for passage in of_message(known, commit, "UTC").passages]
    diffs = [of_diff(known, commit, patches[commit.sha], _TOKENS) for commit in commits if commit.sha in patches]
    return messages, [passage for diff in diffs for passage in diff.passages]


def main(arguments: Sequence[str]) -> None:
    """Print a line for each repository."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.withheld", description=__doc__.split("\n")[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--changes", type=int, default=300, help="how many of the newest (default: %(default)s)")
    parser.add_argument("--show", action="store_true", help="print what is withheld")
    asked = parser.parse_args(arguments)
    for repository in asked.repositories:
        for kind, found in zip(("messages", "hunks"), passages(repository, asked.changes), strict=True):
            withheld = [passage for passage in found if is_suspicious(passage)]
            share = len(withheld) / max(1, len(found))
            print(f"{repository!s:40} {kind:9} {len(withheld):6} of {len(found):6} {share:7.2%}")
            for passage in withheld if asked.show else ():
                print(f"    {passage.sha[:12]} {passage.path or passage.text.partition(chr(10))[0]}")


if __name__ == "__main__":
    main(sys.argv[1:])
