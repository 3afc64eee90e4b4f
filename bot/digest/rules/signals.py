"""Turns a change into numbers that mean the same in every project: what the weights are fitted to.

No signal knows a project's words. Sizes are logarithms, so that a project of large changes and one of small ones are
close; what an author marks ("fix: …") and what they merely say ("Fix …") share one signal, so that weights which were
fitted where marks are common hold where they are not.
"""

from math import log1p

from bot.digest.rules.facts import Facts
from bot.digest.rules.paths import Role
from bot.model import ChangeType

_ROLES = {
    "tests": (Role.TEST,),
    "docs": (Role.DOCUMENTATION, Role.EXAMPLE),
    "upkeep": (Role.CI, Role.TOOLING, Role.BUILD, Role.LOCK),
    "generated": (Role.GENERATED, Role.ASSET),
}


def signals_of(facts: Facts) -> dict[str, float]:
    """Return the signals of a change; a signal that is not in the answer is zero."""
    signals = {f"type_{facts.change_type.value}": 1.0, f"verb_{facts.words.verb}": 1.0}
    signals |= {f"says_{theme}": 1.0 for theme in facts.words.themes}
    signals |= _message(facts)
    signals |= _files(facts)
    signals |= _surface(facts)
    return {name: value for name, value in signals.items() if value}


def _message(facts: Facts) -> dict[str, float]:
    message, commit = facts.message, facts.commit
    marks = set(message.types)
    words = len(message.headline.split())
    return {
        "breaking": float(message.breaking is not None),
        "bot": float(facts.bot),
        "merge": float(message.merge),
        "marked_chore": float("chore" in marks),
        "marked_refactor": float("refactor" in marks),
        "marked_fix": float("fix" in marks),
        "marked_feature": float("feature" in marks),
        "quiet": float(facts.words.quiet),
        "names_code": float("`" in message.headline),
        "short": max(0.0, 4.0 - words) / 4,
        "long": min(1.0, max(0.0, words - 4) / 10),
        "prose": min(1.0, log1p(len(facts.prose)) / 7),
        "closes": float(bool(facts.closes)),
        "referenced": float(message.referenced),
        "requested": float(commit.pull_request is not None),
        "co_authors": float(bool(commit.co_authors)),
    }


def _files(facts: Facts) -> dict[str, float]:
    shape = facts.shape
    sourced = shape.roles[Role.SOURCE] > 0
    signals = {f"share_{name}": shape.share(*roles) for name, roles in _ROLES.items()}
    return signals | {
        "sourced": float(sourced),
        "lines": log1p(min(shape.lines, 5_000)) / 5 if sourced else 0.0,
        "tiny": float(sourced and shape.lines <= 4),
        "huge": max(0.0, log1p(shape.lines) - 6.5) if sourced else 0.0,
        "many_files": max(0.0, log1p(len(shape.source)) - 2.4),
        "new_source": min(1.0, log1p(shape.added) / 2),
        "dropped_source": min(1.0, log1p(shape.deleted) / 2),
        "public": float(bool(shape.public)),
        "tested": float(sourced and shape.roles[Role.TEST] > 0),
        "documented": float(sourced and shape.roles[Role.DOCUMENTATION] > 0),
        "manifest": float(sourced and shape.roles[Role.MANIFEST] > 0),
        "moves": float(shape.moves),
        "shrinks": facts.shrinks,
    }


def _surface(facts: Facts) -> dict[str, float]:
    surface = facts.surface
    fix = facts.change_type is ChangeType.FIX
    return {
        "adds_endpoint": float(bool(surface.count("endpoint") or facts.endpoint)),
        "adds_flag": float(bool(surface.count("flag"))),
        "adds_variable": float(bool(surface.count("variable"))),
        "adds_names": min(1.0, log1p(surface.count("name")) / 2),
        "removes_flag": float(bool(surface.count("flag", removed=True) or surface.count("endpoint", removed=True))),
        "removes_names": min(1.0, log1p(surface.count("name", removed=True)) / 2),
        "deprecates": float(surface.deprecates),
        "comments_only": float(surface.comments_only),
        "branches": min(1.0, log1p(surface.branches) / 3),
        "fix_tested": float(fix and facts.shape.roles[Role.TEST] > 0 and facts.shape.roles[Role.SOURCE] > 0),
    }
