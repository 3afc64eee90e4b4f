"""Fits the weights of the rule analyst anew.

    python -m tests.bench.fit_rules REPOSITORY… [--write]

A logistic regression with a ridge towards common sense (`priors.toml`) and bounds around it, by coordinate descent,
which needs nothing beyond Python. Each project weighs the same and has an intercept of its own while fitting, so that
only what tells changes of one project apart is learnt; the mean of the intercepts is kept. First every project is left
out in turn and ranked with the weights of the others; `--write` then writes the weights fitted to all of them.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from statistics import fmean

from bot.digest.rules.tiers import rank
from bot.digest.rules.weights import Model, Models
from bot.model import Tier
from tests.bench.ranking import HEADER, Row, line, mean, measure, name_of
from tests.bench.samples import Sample, samples_of, without_other_products

_PRIORS: Mapping[str, Mapping[str, list[float]]] = tomllib.loads(
    Path(__file__).with_name("priors.toml").read_text(encoding="utf-8")
)
_WEIGHTS = Path(__file__).parents[2] / "bot/digest/rules/weights.json"
_RIDGE = 100.0
_PROJECT = {"notable": 3_000.0, "high": 1_000.0}
"""What a project's samples weigh together, against the ridge."""
_HARD = 2.0
"""What a hard sample weighs, against another."""
_PRECISION = 2e-3
_SWEEPS = 200

Projects = Mapping[str, Sequence[Sample]]


@dataclass(slots=True)
class _Column:
    """One signal: where it is not zero, and its weight so far."""

    entries: list[tuple[int, float]]
    weight: float
    prior: float
    ridge: float
    least: float
    most: float


def fit(question: str, projects: Projects) -> Model:
    """Fit one of the two models to the projects."""
    rows, wanted, mass, columns, project = _design(question, projects)
    margins = [0.0] * len(rows)
    for column in columns.values():
        for at, value in column.entries:
            margins[at] += column.weight * value
    for _ in range(_SWEEPS):
        if max(_step(column, margins, wanted, mass) for column in columns.values()) < _PRECISION:
            break
    weights = {name: round(columns[name].weight, 3) for name in sorted(_PRIORS[question])}
    return Model(round(fmean(columns[name].weight for name in project), 3), weights)


def _design(
    question: str, projects: Projects
) -> tuple[list[Sample], list[float], list[float], dict[str, _Column], list[str]]:
    """Return the rows, what they should be, what they weigh, a column per signal, and the projects' own columns."""
    rows: list[Sample] = []
    mass: list[float] = []
    columns = {
        name: _Column([], prior, prior, _RIDGE, least, most) for name, (prior, least, most) in _PRIORS[question].items()
    }
    own = []
    for name, samples in projects.items():
        asked = [one for one in samples if question == "notable" or one.notable]
        weights = [_HARD if one.hard else 1.0 for one in asked]
        scale = _PROJECT[question] / sum(weights)
        start = len(rows)
        own.append(f"project {name}")
        columns[own[-1]] = _Column([(start + at, 1.0) for at in range(len(asked))], -1.0, 0.0, 1e-3, -20.0, 20.0)
        for at, one in enumerate(asked, start):
            for signal, value in one.signals.items():
                columns[signal].entries.append((at, value))
        rows += asked
        mass += [weight * scale for weight in weights]
    wanted = [float(one.notable if question == "notable" else one.tier is Tier.HIGH) for one in rows]
    return rows, wanted, mass, columns, own


def _step(column: _Column, margins: list[float], wanted: list[float], mass: list[float]) -> float:
    """Move one weight by Newton's rule within its bounds; return by how much."""
    slope = column.ridge * (column.weight - column.prior)
    curve = column.ridge
    for at, value in column.entries:
        chance = 1 / (1 + exp(-max(-30.0, min(30.0, margins[at]))))
        slope += mass[at] * (chance - wanted[at]) * value
        curve += mass[at] * chance * (1 - chance) * value * value
    target = max(column.least, min(column.most, column.weight - max(-2.0, min(2.0, slope / curve))))
    move = target - column.weight
    if move:
        column.weight = target
        for at, value in column.entries:
            margins[at] += move * value
    return abs(move)


def fit_all(projects: Projects) -> Models:
    """Fit both models."""
    return Models(fit("notable", projects), fit("high", projects))


def judge(models: Models, samples: Sequence[Sample]) -> tuple[Row, list[Tier]]:
    """Rank samples by these models; return the measures and the tiers."""
    ranked = [rank(one.facts, models.notable.chance(one.signals), models.high.chance(one.signals)) for one in samples]
    return measure(samples, [score for score, _ in ranked], [tier for _, tier in ranked]), [tier for _, tier in ranked]


def report(title: str, verdicts: Mapping[str, tuple[Models, Sequence[Sample]]]) -> None:
    """Print how well each project's samples are ranked by the models that go with them."""
    out = sys.stdout
    out.write(f"\n{title}\n{HEADER}\n")
    rows = []
    for name, (models, samples) in verdicts.items():
        row, said = judge(models, samples)
        rows.append(row)
        out.write(line(name, row, [one.tier for one in samples], said) + "\n")
    out.write(line("macro-average", mean(rows)) + "\n")
    out.flush()


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, print both tables, and write the weights if asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.fit_rules", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    parser.add_argument(
        "--limit", type=int, default=10_000, help="how many of the newest changes to read (default: %(default)s)"
    )
    parser.add_argument("--write", action="store_true", help=f"write {_WEIGHTS.name}")
    options = parser.parse_args(arguments)
    everything = {name_of(path): samples_of(path, options.limit) for path in options.repositories}
    train(everything, write=options.write)


def train(everything: Projects, *, write: bool) -> None:
    """Leave each project out in turn, then fit to all."""
    projects = {name: without_other_products(list(samples)) for name, samples in everything.items()}
    left_out = {
        name: (fit_all({other: rows for other, rows in projects.items() if other != name}), samples)
        for name, samples in projects.items()
    }
    report("Left out in turn, without other products of the repository", left_out)
    report("Left out in turn, all changes", {name: (left_out[name][0], everything[name]) for name in projects})
    models = fit_all(projects)
    report("Fitted to all, without other products", {name: (models, samples) for name, samples in projects.items()})
    if write:
        data = {
            name: {"intercept": model.intercept, "weights": model.weights}
            for name, model in (("notable", models.notable), ("high", models.high))
        }
        _WEIGHTS.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
