"""Digests -> JSON. Every key is described in docs/json.md, whose version this writes."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from bot.model import Commit, Digest, Earlier, Entry, LinkedIssue, Person, Receipt, Repository, Window
from bot.present import change
from bot.present.labels import Labels

VERSION = 1

# JSON allows these inside a string, and a terminal acts on them (see bot.present.characters); lone surrogates cannot
# be written at all. In JSON text they occur in strings only, so an escape means the same.
_ACTING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def to_json(digests: Sequence[Digest], labels: Labels) -> str:
    """Return the digests as one JSON document, a line per entry, that ends with a line feed."""
    written = ",\n".join(_digest(digest, labels) for digest in digests)
    text = f'{{"version": {VERSION}, "digests": [\n{written}\n]}}\n'
    return harmless(text)


def harmless(text: str) -> str:
    """Return JSON text that means the same, in which nothing acts on a terminal."""
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def utc(moment: datetime) -> str:
    """Return a moment as all of our JSON has it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _digest(digest: Digest, labels: Labels) -> str:
    head = {
        "repository": digest.repository.name,
        "window": _window(digest.window),
        "tip": digest.tip,
        "language": labels.language,
        "analyst": digest.analyst,
        "receipt": _receipt(digest.receipt, labels),
        "counts": {str(tier): count for tier, count in digest.counts.items()},
    }
    # Entry by entry: json's own indentation would be written in Python, at ten times the cost.
    entries = ",\n".join(_dumped(_entry(entry, digest.repository, labels)) for entry in digest.entries)
    return f'{_dumped(head)[:-1]}, "entries": [\n{entries}\n]}}'


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _window(window: Window) -> dict[str, object]:
    return {
        "start": utc(window.start),
        "end": utc(window.end),
        "timezone": window.timezone,
        "label": window.label,
    }


def _receipt(receipt: Receipt, labels: Labels) -> dict[str, object]:
    return {
        "found": receipt.found,
        "analysed": receipt.analysed,
        "failed": receipt.failed,
        "cut": receipt.cut,
        "fallback": list(receipt.fallback),
        "dropped": receipt.dropped,
        "masked": receipt.masked,
        "excluded": receipt.excluded,
        "usage": asdict(receipt.usage),
        "notes": [labels.phrase(note) for note in receipt.notes],
    }


def _entry(entry: Entry, repository: Repository, labels: Labels) -> dict[str, object]:
    commit, analysis = entry.commit, entry.analysis
    return {
        **_commit(commit, repository),
        "change_type": str(analysis.change_type),
        "area": analysis.area,
        "breaking": analysis.breaking,
        "tier": str(analysis.tier),
        "score": round(analysis.score, 6),
        "reasons": [labels.reason(reason) for reason in analysis.reasons],
        "analyst": analysis.analyst,
        "headline": analysis.headline,
        "summary": change.summary(entry, labels),
        **_depth(entry),
        "late": entry.late,
        "earlier": [_earlier(earlier, repository) for earlier in entry.earlier],
        "remarks": [labels.phrase(remark) for remark in entry.remarks],
        "files": len(commit.files),
        "additions": commit.additions,
        "deletions": commit.deletions,
    }


def _earlier(earlier: Earlier, repository: Repository) -> dict[str, object]:
    return {
        "relation": str(earlier.relation),
        "sha": earlier.sha,
        "url": repository.commit_url(earlier.sha),
        "pull_request": earlier.pull_request,
        "headline": earlier.headline,
        "committed_at": utc(earlier.committed_at),
    }


def _commit(commit: Commit, repository: Repository) -> dict[str, object]:
    pull_request = commit.pull_request
    return {
        "sha": commit.sha,
        "url": repository.commit_url(commit.sha),
        "authored_at": utc(commit.authored_at),
        "committed_at": utc(commit.committed_at),
        "author": _person(commit.author),
        "co_authors": [_person(person) for person in commit.co_authors],
        "subject": commit.subject,
        "pull_request": pull_request.number if pull_request else None,
        "labels": list(pull_request.labels) if pull_request else [],
        "reviewers": list(pull_request.reviewers) if pull_request else [],
        "linked_issues": [_issue(issue, repository) for issue in (pull_request.linked_issues if pull_request else ())],
        "milestone": pull_request.milestone if pull_request else None,
        "commits": [
            {"sha": brought.sha, "subject": brought.subject, "author": _person(brought.author)}
            for brought in commit.brought
        ],
    }


def _depth(entry: Entry) -> dict[str, object]:
    depth = entry.analysis.depth
    if depth is None:
        return dict.fromkeys(("scope", "insight", "risks", "advice", "conclusion"))
    return {
        "scope": list(depth.scope),
        "insight": [{"aspect": item.aspect, "text": item.text} for item in depth.insight],
        "risks": [
            {"severity": str(risk.severity), "text": risk.text, "path": risk.path, "line": risk.line}
            for risk in depth.risks
        ],
        "advice": list(depth.advice),
        "conclusion": depth.conclusion,
    }


def _issue(issue: LinkedIssue, repository: Repository) -> dict[str, object]:
    url = repository.issue_url(issue)
    return {"repository": issue.repository, "number": issue.number, "title": issue.title, "url": url}


def _person(person: Person) -> dict[str, object]:
    # Addresses are left out: a digest is passed on to people whom the authors did not write to.
    return {"name": person.name, "login": person.login}
