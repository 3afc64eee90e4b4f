"""Which earlier changes a commit message names, and what it says to do to them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.model import Commit, Relation, Repository

_LONGEST_SUBJECT = 500
_LONGEST_TEXT = 20_000
_MOST = 20

_SHA = r"(?P<sha>\b[0-9a-f]{7,64}\b)"
_TARGET = rf"(?:(?P<repository>[\w.-]{{1,60}}/[\w.-]{{1,60}})?(?P<mark>[#!])(?P<number>\d{{1,9}})\b|{_SHA})"
_KIND = r"(?:commit |merge commit |pull request |PR |MR )?"
_BY = r"(?:introduced|caused|broken|broke|regress(?:ed|ions?))\s+(?:in|by|from|since|with)"

_SAID = tuple(
    (relation, re.compile(pattern, re.IGNORECASE | re.MULTILINE))
    for relation, pattern in (
        (Relation.REVERTS, rf"\brevert(?:s|ing)?\s+{_KIND}{_TARGET}"),
        (Relation.REVERTS, r"^merge pull request #\d+ from [\w.-]+/revert-(?P<number>\d{1,9})-"),
        (Relation.RELANDS, rf"\b(?:re-?land(?:s|ing)?|reappl(?:y|ies))\s+(?:of )?{_KIND}{_TARGET}"),
        (Relation.RELANDS, rf"^original (?:PR|pull request|commit|change)\b[^:\n]{{0,20}}: ?{_TARGET}"),
        (Relation.FIXES, rf"^fixes: ?{_SHA}"),
        (Relation.FIXES, rf"\b{_BY}\s+{_KIND}{_TARGET}"),
    )
)
_QUOTED = re.compile(r'(?P<verb>revert|reapply|re-?land)(?:ed|s|ing)?:? "(?P<title>.*)"', re.IGNORECASE)
_LAST_NUMBER = re.compile(r'.*[#!](?P<number>\d{1,9})\)?[")\s]*$')
_RELANDING = re.compile(r"\W{0,3}(?:re-?land(?:ed|ing|s)?|reapply|reapplies)\b", re.IGNORECASE)
_ANY_NUMBER = re.compile(r"(?<![\w/])[#!](?P<number>\d{1,9})\b")


@dataclass(frozen=True, slots=True)
class Reference:
    """A change as a message names it: by the first digits of its sha, or by the number of its pull request."""

    relation: Relation
    digits: str | None = None
    number: int | None = None


def references(commit: Commit, repository: Repository) -> tuple[Reference, ...]:
    """Return what a change's message and pull request say of earlier changes of its repository, as they say it.

    What a number means is for whoever knows the pull requests: it may be that of an issue.
    """
    request = commit.pull_request
    text = commit.message[:_LONGEST_TEXT] + (f"\n{request.body[:_LONGEST_TEXT]}" if request else "")
    found = dict.fromkeys((*_of_title(commit.subject[:_LONGEST_SUBJECT]), *_of_text(text, repository)))
    own = request.number if request else None
    return tuple(each for each in found if each.number is None or each.number != own)[:_MOST]


def _of_title(title: str) -> Iterator[Reference]:
    """Yield what `Revert "… (#1)"` and `Reland … (#1)` mean; the revert of a revert lands what that took back."""
    outer = _QUOTED.search(title)
    if outer is None:
        numbers = _ANY_NUMBER.finditer(title) if _RELANDING.match(title) else ()
        yield from (Reference(Relation.RELANDS, number=int(found["number"])) for found in numbers)
        return
    reverts = outer["verb"].lower() == "revert"
    yield from _at_end(Relation.REVERTS if reverts else Relation.RELANDS, outer["title"])
    inner = _QUOTED.match(outer["title"])
    if inner and reverts and inner["verb"].lower() == "revert":
        yield from _at_end(Relation.RELANDS, inner["title"])


def _at_end(relation: Relation, title: str) -> Iterator[Reference]:
    if found := _LAST_NUMBER.match(title):
        yield Reference(relation, number=int(found["number"]))


def _of_text(text: str, repository: Repository) -> Iterator[Reference]:
    for relation, pattern in _SAID:
        for match in pattern.finditer(text):
            found = match.groupdict()
            elsewhere = (found.get("repository") or repository.name).casefold() != repository.name.casefold()
            if elsewhere or (found.get("mark") or repository.request_mark) != repository.request_mark:
                continue
            if number := found.get("number"):
                yield Reference(relation, number=int(number))
            else:
                yield Reference(relation, digits=found["sha"].lower())
