"""What a model gets to read of a change."""

import json
import re
from dataclasses import dataclass
from functools import cached_property

from bot.digest.analyst.characters import one_line, readable
from bot.digest.analyst.day import Change, Day
from bot.digest.analyst.quarantine import hides, instructs
from bot.digest.diffs import MEDIUM_TOKENS, TRIAGE_TOKENS, Excerpt, mask
from bot.model import Analysis, Commit
from bot.present.labels import Labels

_SUBJECT = 240
_BODY_AT_TRIAGE = 400
_BODY, _REQUEST_BODY = 1_600, 900
_BRIEF_BODY, _BRIEF_REQUEST_BODY = 900, 500
"""Characters of the texts: for a high change, and for a medium one."""
_FILES, _LONGEST_PATH = 12, 400
_LABELS = 10
_REASONS = 3
_SHORTEST_ID, _SHORTEST_NAME = 8, 7
_NAME = re.compile(r"(?<![0-9a-f])[0-9a-f]{7,40}(?![0-9a-f])")


@dataclass(frozen=True)
class Sheet:
    """A change as a model reads it: secrets masked, and without characters that nobody sees.

    `id` is the sha, as short as it can be. `title` and `request_body` are those of the pull request. `masked` counts
    secrets, those of the diff among them. `others` are the beginnings of the shas of the day's other changes.
    """

    change: Change
    id: str
    subject: str
    body: str
    title: str
    labels: str
    request_body: str
    masked: int
    others: frozenset[str]

    @property
    def commit(self) -> Commit:
        """The change itself."""
        return self.change.commit

    @property
    def rules(self) -> Analysis:
        """What the rules say of it."""
        return self.change.rules

    @cached_property
    def texts(self) -> str:
        """Everything that people wrote about the change, and the names that they gave."""
        paths = (path for file in self.commit.files for path in (file.path, file.previous_path or ""))
        parts = (self.subject, self.body, self.title, self.labels, self.request_body, self.rules.area or "", *paths)
        return "\n".join(parts)

    @cached_property
    def _reasons(self) -> tuple[str, ...]:
        """The first reasons of the rules, in English."""
        return tuple(map(Labels("en").reason, self.rules.reasons[:_REASONS]))

    @cached_property
    def suspicious(self) -> bool:
        """Whether its texts, as far as they are shown, could instruct a model about other changes."""
        shown = (self.subject, self.body[:_BODY], self.title, self.labels, self.request_body[:_REQUEST_BODY])
        files = self.commit.files[:_FILES]
        paths = [path[:_LONGEST_PATH] for file in files for path in (file.path, file.previous_path or "")]
        # Reasons name flags and functions, which a stranger named.
        text = "\n".join((*shown, self.rules.area or "", *self._reasons, *paths))
        return instructs(text) or self._names_others(text) or self._hides()

    def _hides(self) -> bool:
        """Tell whether there is something in its texts that nobody sees, and that was left out here."""
        request = self.commit.pull_request
        told = [self.commit.message, *(file.path for file in self.commit.files), self.rules.area or ""]
        told += [file.previous_path for file in self.commit.files if file.previous_path]
        told += [request.title or "", request.body, *request.labels] if request else []
        return any(map(hides, told))

    def _names_others(self, text: str) -> bool:
        """Tell whether a text names another change of the day, of which it could say something."""
        return any(found[:_SHORTEST_NAME] in self.others for found in _NAME.findall(text.lower()))

    def excerpt(self, tokens: int) -> Excerpt:
        """Return what is shown of the diff."""
        return self.change.diff.within(self.change.diff.budget(tokens))

    @cached_property
    def suspicious_diff(self) -> bool:
        """Whether what calls that it shares show of its diff could instruct a model about other changes."""
        shown = self.excerpt(MEDIUM_TOKENS)
        texts = [shown.text] if shown.whole else [shown.text, self.excerpt(TRIAGE_TOKENS).text]
        return any(instructs(text, code=True) or self._names_others(text) for text in texts)

    @property
    def size(self) -> str:
        """How much it changes, in numbers."""
        return f"{len(self.commit.files)} files, +{self.commit.additions} -{self.commit.deletions}"

    def outline(self) -> str:
        """Return the change in one line, for comparison; without any text of its own if that could instruct."""
        told = f"{self.id} {self.rules.score:.2f}"
        return f"{told} ({self.size})" if self.suspicious else f"{told} {self.subject}"

    def for_triage(self, tokens: int) -> str:
        """Return what the triage reads of the change, with that much of its diff."""
        return "\n".join(
            filter(None, (*self._head(), self._files(), self._message(_BODY_AT_TRIAGE), self._diff(tokens)))
        )

    def for_depth(self, tokens: int, *, brief: bool = False) -> str:
        """Return what is read of the change to write about it, with that much of its diff."""
        request = self.request_body if self.request_body.strip() != self.body.strip() else ""
        told = _told("pull request's text", request, _BRIEF_REQUEST_BODY if brief else _REQUEST_BODY)
        parts = (*self._head(), self._message(_BRIEF_BODY if brief else _BODY), told)
        return "\n".join(filter(None, (*parts, self._diff(tokens, always=True))))

    def _head(self) -> tuple[str, ...]:
        title = self.title if self.title.casefold() not in self.subject.casefold() else ""
        reasons = "; ".join(self._reasons)
        area = f"area {self.rules.area}; " if self.rules.area else ""
        breaking = ", marked as breaking" if self.rules.breaking else ""
        return (
            self.subject,
            f"pull request: {title}" if title else "",
            f"labels: {self.labels}" if self.labels else "",
            f"{area}rules: {self.rules.change_type}{breaking}, score {self.rules.score:.2f}: {reasons}",
        )

    def _files(self) -> str:
        files = self.commit.files
        told = [
            f"{one_line(file.path)[:_LONGEST_PATH]} {_lines(file.additions, file.deletions)}".strip()
            for file in files[:_FILES]
        ]
        if len(files) > _FILES:
            told.append(f"and {len(files) - _FILES} more")
        return f"{self.size}: {', '.join(told)}" if told else "no files known"

    def _message(self, most: int) -> str:
        return _told("message", self.body, most)

    def _diff(self, tokens: int, *, always: bool = False) -> str:
        if self.suspicious_diff and not always:
            return ""
        excerpt = self.excerpt(tokens)
        if not excerpt.text:
            return ""
        left_out = (
            "" if excerpt.whole else f" ({excerpt.left_out} parts left out)" if excerpt.left_out else " (in part)"
        )
        return f"diff{left_out}:\n{readable(excerpt.text)}"


def write_sheets(day: Day) -> tuple[Sheet, ...]:
    """Return the sheets of a day's changes, in their order."""
    shas = [change.commit.sha for change in day.changes]
    length = next((n for n in range(_SHORTEST_ID, 41) if len({sha[:n] for sha in shas}) == len(set(shas))), 40)
    names = frozenset(sha[:_SHORTEST_NAME] for sha in shas)
    sheets = tuple(_write(change, length, names - {change.commit.sha[:_SHORTEST_NAME]}) for change in day.changes)
    for sheet in sheets:
        # Both are looked up many times, and take a while to find out.
        _ = sheet.suspicious or sheet.suspicious_diff
    return sheets


def interests(day: Day) -> str:
    """Return what the audience cares about, and what they thought of earlier tiers; empty if they did not say."""
    told = [one_line(interest)[:300] for interest in day.audience.interests[:10]]
    lines = f"Readers' interests: {json.dumps(told, ensure_ascii=False)}\n" if told else ""
    if day.examples:
        lines += f"Earlier tiers that readers found wrong: {json.dumps(day.examples, ensure_ascii=False)}\n"
    return lines


def _write(change: Change, length: int, others: frozenset[str]) -> Sheet:
    commit, request = change.commit, change.commit.pull_request
    masked = [
        mask(readable(text))
        for text in (
            commit.subject,
            commit.body,
            (request.title or "") if request else "",
            ", ".join(request.labels[:_LABELS]) if request else "",
            request.body if request else "",
        )
    ]
    subject, body, title, labels, request_body = (text for text, _ in masked)
    return Sheet(
        change=change,
        id=commit.sha[:length],
        subject=_short(subject),
        body=body,
        title=_short(title),
        labels=_short(labels),
        request_body=request_body,
        others=others,
        masked=change.diff.masked + sum(count for _, count in masked),
    )


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _SUBJECT else f"{line[:_SUBJECT]} […]"


def _told(name: str, text: str, most: int) -> str:
    """Return a text under its name; what is left out of it is marked."""
    text = text.strip()
    if not text:
        return ""
    return f"{name}:\n{text}" if len(text) <= most else f"{name}:\n{text[:most]} [… {len(text) - most} characters more]"


def _lines(additions: int | None, deletions: int | None) -> str:
    return "" if additions is None else f"+{additions} -{deletions}"
