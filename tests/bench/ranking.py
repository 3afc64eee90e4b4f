"""Measures the ranking by rules against what maintainers call notable in their changelogs.

    python -m tests.bench.ranking REPOSITORY…

Each repository is a local one (bare or not) with its changelog in its tree and its releases tagged. Printed are the
ROC-AUC of the score (notable against low), the same on the hard part (people's changes that touch source), the macro-F1
and Cohen's kappa of the three tiers, and how many changes they rest on.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from bot.digest.rules import analyse
from bot.model import Tier
from tests.bench.metrics import area_under_curve, kappa, macro_f1
from tests.bench.samples import Sample, samples_of

Row = tuple[float, float, float, float]

HEADER = f"{'':40} {'AUC':>6} {'hard':>6} {'F1':>6} {'kappa':>6} {'changes':>8}  high/medium/low, and as ranked"


def measure(samples: Sequence[Sample], scores: Sequence[float], said: Sequence[Tier]) -> Row:
    """Return the four measures of a ranking of these samples."""
    truth = [one.tier for one in samples]
    hard = [at for at, one in enumerate(samples) if one.hard]
    return (
        area_under_curve(scores, [one.notable for one in samples]),
        area_under_curve([scores[at] for at in hard], [samples[at].notable for at in hard]),
        macro_f1(truth, said),
        kappa(truth, said),
    )


def line(name: str, row: Row, truth: Sequence[Tier] = (), said: Sequence[Tier] = ()) -> str:
    """Return a line of the table."""
    shares = [f"{'/'.join(str(list(tiers).count(tier)) for tier in Tier)}" for tiers in (truth, said) if tiers]
    return f"{name:40} " + " ".join(f"{value:6.3f}" for value in row) + f" {len(truth) or '':>8}  {'  '.join(shares)}"


def mean(rows: Sequence[Row]) -> Row:
    """Return the macro-average of several projects, each of the same weight."""
    first, second, third, fourth = zip(*rows, strict=True)
    return fmean(first), fmean(second), fmean(third), fmean(fourth)


def name_of(repository: Path) -> str:
    """Return what a repository is called in the table."""
    return repository.parent.name if repository.name in ("repo", ".git") else repository.name.removesuffix(".git")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each repository, and print a table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.ranking", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    parser.add_argument(
        "--limit", type=int, default=6_000, help="how many of the newest changes to read (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    out = sys.stdout
    out.write(HEADER + "\n")
    rows = []
    for repository in options.repositories:
        samples = samples_of(repository, options.limit)
        if not samples:
            sys.exit(f"{name_of(repository)}: no release of its changelog can be matched to a tag and to changes.")
        analyses = [analyse(one.change, one.patch) for one in samples]
        said = [analysis.tier for analysis in analyses]
        rows.append(measure(samples, [analysis.score for analysis in analyses], said))
        out.write(line(name_of(repository), rows[-1], [one.tier for one in samples], said) + "\n")
    out.write(line("macro-average", mean(rows)) + "\n")


if __name__ == "__main__":
    main()
