"""Takes a commit message apart: what its author says, without the marks that their project puts around it."""

import re
from dataclasses import dataclass

from bot.digest.rules.vocabulary import MARKS, PICTURES, VERBS
from bot.model import Commit

_LONGEST_LINE = 2_000
"""Characters of a subject that are searched for marks; the headline itself is never cut."""

_MERGED_REQUEST = re.compile(r"^Merge (?:pull request #\d+|PR #?\d+|!\d+)\b(?:\s+(?:from|into)\s+\S+)?(?::\s*)?")
_MERGED_BRANCH = re.compile(r"^Merge (?:remote-tracking )?(?:branch|tag|commit)(?:es)? ['\"]?[^'\"]+['\"]?.*$")
_PULL_REQUEST = re.compile(
    r"\s{0,9}[(\[]\s{0,9}(?:(?:PR|GH|MR)?[-\s]?[#!]|GH-|PR-)\d+\s{0,9}(?:[,;]\s{0,9}[#!]\d+\s{0,9})*[)\]]$",
    re.IGNORECASE,
)
_CI_MARK = re.compile(
    r"\s{0,9}(?:\[|\*{3})(?:skip[- ]ci|ci[- ]skip|no[- ]ci|skip[- ]actions|citest skip)(?:\]|\*{3})\s*", re.IGNORECASE
)
_TICKET = re.compile(
    r"^(?:(?:(?P<verb>Fix(?:e[sd])?|Close[sd]?|Refs?|References|Resolve[sd]?|See)\s+)?"
    r"(?:(?:gh|bpo|pr|issue|bug)[-\s]?#?\d+|#\d+|[A-Z][A-Z0-9]{1,9}-\d+)"
    r"(?:\s*,\s*#?\d+)*\s*(?:[:.\]]|--?|—|–)\s*(?:--\s*)?)(?=\S)",
    re.IGNORECASE,
)
_EMOJI = re.compile(r"^(?::(?P<name>[a-z0-9_+-]+):|(?P<sign>[\u2190-\u2bff\U0001f000-\U0001faff][\ufe0f\u200d]*))\s*")
_BRACKET = re.compile(r"^[\[【]\s{0,9}(?P<text>[^\[\]【】]{1,60})\s{0,9}[\]】]\s*:?\s*")
_CONVENTIONAL = re.compile(
    r"^(?P<type>[A-Za-z][A-Za-z_+/&-]{1,20})\s*"
    r"(?:\((?P<scope>[^()]{1,60})\)|\[(?P<other>[^\[\]]{1,60})\])?(?P<bang>!)?:\s+(?=\S)"
)
_MODULE = re.compile(
    r"^(?P<module>[\w.*+@{}~/-]+(?:\s*,\s*[\w.*+@{}~/-]+){0,4}|[\w.+-]+ [\w.+-]+)(?P<bang>!)?:\s+(?=\S)"
)
_SHOUTED = re.compile(r"^(?P<type>FIX|ENH|DOC|MNT|MAINT|TST|BLD|FEA|EFF|REF|CLN)\s+(?=\S)")
_TRAILER = re.compile(
    r"^[A-Z][A-Za-z]+(?:-[A-Za-z]+)+:\s|"
    r"^(?:Fixes|Closes|Refs|Bug|Test|Cc|CC|Reviewed By|Differential Revision|PiperOrigin-RevId): ?\S"
)
_BREAKING_FOOTER = re.compile(r"^(?:BREAKING[ -]CHANGES?|API BREAK(?:ING)?)\b\s*[:!]", re.MULTILINE)
_BREAKING_SUBJECT = re.compile(
    r"\bbackwards?[- ]incompatible|\bBC[- ]break\b|"
    r"\bbreaking(?:[- ]changes?)?\b(?! (?:out|up|down|cycle|loop|test|into|ties))",
    re.IGNORECASE,
)
_NOT_BREAKING = re.compile(
    r"\b(?:no|non|not a|not|without|avoid|un|prevent|fix|revert|docs?|document|about|list|for|of)[- ](?:\w+ )?breaking|"
    r"(?:change ?log|release notes|section|label|script|check)",
    re.IGNORECASE,
)

_NO_TITLE = ("*", "- ", "#", "See merge request", "Conflicts", "<!--")
_WRAPPED = 50
"""Characters from which a line may have been wrapped at the width of a terminal."""
_SENTENCE = re.compile(r"[.!?](?=\s|$)\s*")

_LONGEST_BODY = 20_000
_NO_MODULES = frozenset({"note", "http", "https", "todo", "warning", "error", "re", "fwd"})
_AREA_LIKE = re.compile(r"^[^\s].{0,39}$")


@dataclass(frozen=True, slots=True)
class Message:
    """A commit message without its marks.

    `headline` is the subject in the author's words, `body` what follows it. `types` are what the marks say of the
    type (values of `MARKS`), `areas` the scopes, tags and modules among them, both in their order. `breaking`
    names the mark by which the author calls the change breaking, or is None. `merge` is whether it is a merge that says
    nothing of what it brings, `referenced` whether it only refers to a ticket that it begins with.
    """

    headline: str
    body: str
    types: tuple[str, ...]
    areas: tuple[str, ...]
    breaking: str | None
    merge: bool
    referenced: bool


class _Subject:
    """A subject whose marks are taken off one by one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.types: list[str] = []
        self.areas: list[str] = []
        self.breaking: str | None = None
        self.referenced = False

    def strip(self) -> None:
        self._strip_end()
        for _ in range(6):
            before = self.text
            for step in (self._ticket, self._emoji, self._bracket, self._conventional, self._module, self._shouted):
                if step():
                    break
            if self.text == before:
                break
        self._strip_end()

    def _strip_end(self) -> None:
        tail = self.text[-_LONGEST_LINE:]
        head = self.text[: len(self.text) - len(tail)]
        tail = _CI_MARK.sub(" ", tail).rstrip()
        tail = tail if head else tail.lstrip()
        while (shorter := _PULL_REQUEST.sub("", tail).rstrip()) != tail and shorter:
            tail = shorter
        if tail.endswith(".") and not tail.endswith((" .", "..", "etc.")):
            tail = tail[:-1]
        self.text = head + tail if tail else self.text

    def _ticket(self) -> bool:
        found = _TICKET.match(self.text)
        if not found:
            return False
        verb = (found["verb"] or "").lower()
        self.referenced = verb in ("ref", "refs", "references", "see")
        return self._take(found.end())

    def _emoji(self) -> bool:
        found = _EMOJI.match(self.text)
        if not found:
            return False
        self._type(PICTURES.get(found["name"] or found["sign"].rstrip("\ufe0f\u200d"), ""))
        return self._take(found.end())

    def _bracket(self) -> bool:
        found = _BRACKET.match(self.text)
        if not found or not self.text[found.end() :].strip():
            return False
        for word in re.split(r"\s*[|,:]\s*|/(?=\s)", found["text"].strip("` ")):
            self._word(word.strip("` "))
        return self._take(found.end())

    def _conventional(self) -> bool:
        found = _CONVENTIONAL.match(self.text)
        if not found:
            return False
        kinds = [MARKS.get(word) for word in re.split(r"[/&+]", found["type"].lower())]
        known = [kind for kind in kinds if kind]
        if not known:
            return False
        for kind in known:
            self._type(kind)
        if found["scope"] or found["other"]:
            scope = (found["scope"] or found["other"]).strip("` ")
            if scope.lower() in ("deps", "deps-dev", "dependencies"):
                self._type("dependencies")
            elif MARKS.get(scope.lower()) in ("release", "ci", "test", "documentation", "security"):
                self._type(MARKS[scope.lower()])
            else:
                self.areas.append(scope)
        if found["bang"]:
            self.breaking = f"{found['type']}!"
        return self._take(found.end())

    def _module(self) -> bool:
        found = _MODULE.match(self.text[:200])
        if not found or found["module"].lower() in _NO_MODULES or _is_phrase(found["module"]):
            return False
        for word in re.split(r"\s*,\s*", found["module"]):
            self._word(word)
        if found["bang"]:
            self.breaking = f"{found['module']}!"
        return self._take(found.end())

    def _shouted(self) -> bool:
        found = None if self.types else _SHOUTED.match(self.text)
        if not found:
            return False
        self._type(MARKS.get(found["type"].lower(), ""))
        return self._take(found.end())

    def _word(self, word: str) -> None:
        parts = [part for part in word.lower().split("/") if part]
        kinds = [MARKS[part] for part in parts if part in MARKS]
        if kinds and len(kinds) == len(parts):
            for kind in kinds:
                self._type(kind)
        elif word.lower() not in ("api", "wip", "rfc") and _AREA_LIKE.match(word):
            self.areas.append(word)

    def _type(self, kind: str) -> None:
        if kind == "breaking":
            self.breaking = "breaking"
        elif kind:
            self.types.append(kind)

    def _take(self, length: int) -> bool:
        rest = self.text[length:].lstrip()
        if not rest:
            return False
        self.text = rest
        return True


def _is_phrase(module: str) -> bool:
    """Return whether what stands before a colon is the beginning of a sentence: "Fix regression: …", "Update: …"."""
    first, _, second = module.partition(" ")
    verb = first.lower() in VERBS
    return verb and (bool(second) or (first[0].isupper() and first.lower() not in MARKS))


def parse(commit: Commit) -> Message:
    """Take a commit's message apart."""
    text, body, merge = _title(commit)
    subject = _Subject(text)
    subject.strip()
    breaking = subject.breaking or _breaking(text[:_LONGEST_LINE], body[:_LONGEST_BODY])
    return Message(
        headline=subject.text or text,
        body=body,
        types=tuple(subject.types),
        areas=tuple(subject.areas),
        breaking=breaking,
        merge=merge,
        referenced=subject.referenced,
    )


def _breaking(subject: str, body: str) -> str | None:
    """Return the words by which a message calls its change breaking, or None."""
    if _BREAKING_FOOTER.search(body):
        return "BREAKING CHANGE"
    return "breaking" if _BREAKING_SUBJECT.search(subject) and not _NOT_BREAKING.search(subject) else None


def _title(commit: Commit) -> tuple[str, str, bool]:
    """Return the line that says what the change does, what follows it, and whether it is a merge that has none."""
    subject, body = commit.subject.strip(), commit.body
    merged = _MERGED_REQUEST.match(subject)
    if merged and subject[merged.end() :].strip():
        return subject[merged.end() :].strip(), body, False
    if not merged and not _MERGED_BRANCH.match(subject[:_LONGEST_LINE]):
        return subject, body, False
    paragraph, _, rest = body.strip().partition("\n\n")
    if paragraph and not paragraph.startswith(_NO_TITLE) and not _TRAILER.match(paragraph):
        title, told = _first_sentence(paragraph)
        return title, f"{told}\n\n{rest}", False
    if commit.pull_request and commit.pull_request.title:
        return commit.pull_request.title.strip(), body, False
    if len(commit.brought) == 1:
        return commit.brought[0].subject.strip(), body, False
    return subject, body, not merged


def _first_sentence(paragraph: str) -> tuple[str, str]:
    """Split a paragraph that describes a merge into its title, which may be wrapped, and what follows."""
    title, _, rest = paragraph.partition("\n")
    if len(title) < _WRAPPED or not rest or _SENTENCE.search(title + " "):
        return title.strip(), rest
    text = " ".join(paragraph.split())
    end = _SENTENCE.search(text)
    return (text[: end.start()], text[end.end() :]) if end else (text, "")
