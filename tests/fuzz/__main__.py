"""Fuzzes the parsers of what comes from outside, one after the other. `python -m tests.fuzz --help`."""

import argparse
import secrets
import sys
from pathlib import Path

from tests.fuzz.fuzzing import checked, fuzz
from tests.fuzz.keeping import keep, kept, read
from tests.fuzz.target import Target, targets

_SEEDS = 1 << 31
_SHOWN = 200


def main(arguments: list[str]) -> int:
    """Fuzz the targets that are named, or all; return 1 if there is a finding."""
    known = targets()
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", metavar="TARGET", nargs="*", help=f"all, unless some are named: {', '.join(known)}")
    parser.add_argument("--seconds", type=float, default=60, help="how long each is fuzzed (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(_SEEDS), help="to repeat a run")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="check one file of the corpus, and show its error")
    said = parser.parse_args(arguments)
    if unknown := set(said.targets) - set(known):
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    if said.replay:
        return _replay(known[said.replay.resolve().parent.name], said.replay)
    print(f"seed {said.seed}", flush=True)
    found = [_fuzz(known[name], said.seconds, said.seed) for name in said.targets or known]
    return int(any(found))


def _fuzz(target: Target, seconds: float, seed: int) -> bool:
    for each in kept(target.name):
        checked(target, each.value)
    outcome = fuzz(target, seconds, first_seed=seed)
    rate = outcome.examples / outcome.seconds if outcome.seconds else 0
    print(
        f"{target.name:24} {outcome.seconds:6.0f} s {outcome.examples:9} examples {rate:7.0f}/s "
        f"slowest {outcome.slowest * 1000:6.0f} ms  {'A FINDING' if outcome.finding else 'no finding'}",
        flush=True,
    )
    if not outcome.finding:
        return False
    error = f"{type(outcome.finding.error).__name__}: {outcome.finding.error}".splitlines()[0][:_SHOWN]
    path = keep(target.name, outcome.finding.value, error)
    print(f"  {error}\n  Kept. Replay it with: python -m tests.fuzz --replay {path}", flush=True)
    return True


def _replay(target: Target, path: Path) -> int:
    each = read(path)
    print(f"{target.name}: {each.note}\n{each.value!r}", flush=True)
    checked(target, each.value)
    print("It holds.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
