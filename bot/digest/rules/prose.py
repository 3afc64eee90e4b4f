"""Finds the running text of a commit's body: what its author tells a reader, without forms, lists of commits and signs."""

import re

_MOST = 16_000
"""Characters of a body that are read; nobody's first sentences come later."""

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DETAILS = re.compile(r"<details\b.*?(?:</details>|\Z)", re.DOTALL | re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
_LINK = re.compile(r"\[([^\[\]]+)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)|\[([^\[\]]+)\]\[[^\[\]]*\]")
_TAG = re.compile(
    r"</?(?:a|b|i|p|br|img|em|strong|sub|sup|kbd|div|span|h[1-6]|ul|ol|li|table|tr|td|th|tbody|thead|picture|source|summary|details|center|font|code|pre|hr|samp|blockquote)\b[^<>]*>",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^(?:#{1,6}\s+.*|\*\*[^*]{1,60}\*\*:?|__[^_]{1,60}__:?|[A-Z][\w /'’()-]{0,50}:)$")
_RULE = re.compile(r"^\s*(?:[-=*_~]\s*){3,}$")
_TRAILER = re.compile(
    r"^(?:[A-Z][A-Za-z]*(?:-[A-Za-z]+)+|Cc|CC|Fixes|Fixed|Closes|Closed|Resolves|Refs?|See|See also|Related|Related to|Part of|Bug|Bugs|Issue|Issues|Ticket|"
    r"Backport of|Backport|Reviewed By|Test Plan|Differential Revision|Reviewers|Subscribers|Tags|Tasks|PR|Pull Request|Approved by|Follow-up to|"
    r"Signed-off-by|Co-authored-by|Change-Id|BUG|TEST|Release note|Release Notes|git-svn-id|GitOrigin-RevId|PiperOrigin-RevId|Link|Assisted-by|Generated-by|Cherry-picked from)\b"
    r"\s*(?::\s*\S|(?:https?://|#|GH-|gh-)\S*\d).*$"
)
_ISSUE_LINE = re.compile(
    r"^(?:[-*]\s*)?(?:(?:this\s+)?(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?|references|related(?: to)?|see(?: also)?|part of|towards?|issue|addresses|follow[- ]?up (?:to|of)|stacked on|depends on|relates to|contributes to|cc|ping)\b:?\s*)*"
    r"(?:(?:[\w.-]+/[\w.-]+)?#\d+|GH-\d+|@[\w/-]+|https?://\S+|[A-Z]{2,10}-\d+|[0-9a-f]{7,40})(?:[\s,.;&]|and)*$",
    re.IGNORECASE,
)
_ISSUE_LINES = re.compile(
    r"^(?:[-*]\s*)?(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?|see|part of|related to|issue)?:?\s*(?:(?:[\w.-]+/[\w.-]+)?#\d+|https?://\S+)(?:[\s,;&.]+(?:(?:and|fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?)\s+)?(?:(?:[\w.-]+/[\w.-]+)?#\d+|https?://\S+))*\.?$",
    re.IGNORECASE,
)
_LIST = re.compile(r"^(?P<mark>[-*+•]|\d{1,3}[.)])\s+(?P<text>.*)$")
_BOX = re.compile(r"^\[[ xX]\]")
_QUOTE = re.compile(r"^>")
_TABLE = re.compile(r"^\|.*\|?$|^\+[-=+]+\+$")
_GIT = re.compile(
    r"^(?:This reverts commit\b|\(cherry[- ]picked from|Conflicts:|This reverts (?:PR|pull)|commit [0-9a-f]{7,40}|Author: |Date: |Merge branch|Merge remote|See merge request|diff --git|Signed-off|"
    r"# Conflicts|Approved-by|Bumps? (?:the )?\[|Updates? `|.* and others)"
)
_TEMPLATE = re.compile(
    r"^(?:N/?A|none|no|yes|nope|nil|tbd|todo|same as title|as titled?|as above|see title|title says it all|see commits?|wip|no issue|\.+|-+|thanks?[!.]?|thank you[!.]?|cc @.*|"
    r"fix(?:es)? (?:ci|lint|tests?|typos?|build)|please describe.*|what does this (?:pr|pull request|change) do.*|how (?:was|has) this (?:been )?tested.*|"
    r"before submitting.*|thank you for.*|thanks for.*|\(?optional\)?|changelog(?: entry)?.*|.*generated (?:by|with) \[?(?:claude|copilot|cursor|coderabbit|mend).*|"
    r"i (?:have|hereby|agree|confirm)\b.*|closes?\b ?#?|fixes ?#?|todo\b.*|<[^>]*>|this pull request (?:was|is) (?:exported|imported).*|automatic changes? by.*|auto-?generated.*)$",
    re.IGNORECASE,
)
_SKIP_SECTION = re.compile(
    r"test|check ?list|before submit|issue|related|reference|link|how (?:was|to|has|did)|changelog|release note|reviewer|screenshot|type of change|author|contribut|todo|"
    r"additional|license|benchmark|future|follow|ecosystem|ai (?:usage|assist|disclosure)|automated|generated|documentation|progress|accuracy|profil|next steps|verification|validation|qa|deploy|out of scope",
    re.IGNORECASE,
)
_BULLET_NOISE = re.compile(
    r"^(?:fix(?:es|up|ed)?|wip|nits?|lint|format(?:ting)?|typos?|clean ?up|update|updates|test|tests|address|apply|resolve|merge|rename|comment|comments|style|ci|docs?|bump|chore|review|feedback|revert|tweak|minor|cleanup|oops|rebase|fmt|"
    r"pre-commit|remove|more|add tests?|changelog|add changelog|update changelog|suggestions?)"
    r"(?:\b[\s:]*(?:the |some |a |up |more |from |code |all |review |minor |pr |for |in |by )*(?:ci|lint(?:s|er|ing|ers)?|tests?|typos?|build|format(?:ting)?|review|comments?|feedback|suggestions?|nits?|style|conflicts?|snapshots?|docs?|branch.*|changes|code|clippy|"
    r"imports?|naming|errors?|warnings?|pre-commit|mypy|ruff|main|master|changelog|things?|stuff|fixes|it|this|again|\W)*)?[.!]?$",
    re.IGNORECASE,
)


def prose_of(body: str) -> str:
    """Return the paragraphs of a body, one a line; list items stay lines of their own that begin with "- "."""
    text = body[:_MOST]
    if "<" in text:
        text = _TAG.sub("", _DETAILS.sub("", _COMMENT.sub("", text)))
    if "[" in text:
        text = _LINK.sub(lambda link: link[1] or link[2], _IMAGE.sub("", text))
    paragraphs: list[str] = []
    joined = fenced = skipped = False
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped.startswith(("```", "~~~")):
            fenced, joined = not fenced, False
        elif fenced:
            continue
        elif _is_heading(stripped):
            skipped, joined = _SKIP_SECTION.search(stripped) is not None, False
        elif skipped or _is_noise(line, stripped, joined=joined):
            joined = False
        elif item := _LIST.match(stripped):
            joined = not (
                _BOX.match(item["text"])
                or _BULLET_NOISE.match(item["text"])
                or _is_noise("", item["text"], joined=False)
            )
            paragraphs += [f"- {item['text']}"] if joined else []
        elif joined:
            paragraphs[-1] += _glue(paragraphs[-1], stripped) + stripped
        else:
            paragraphs.append(stripped)
            joined = True
    return "\n".join(paragraphs)


def _is_heading(line: str) -> bool:
    return bool(_HEADING.match(line)) and len(line) <= 90


def _is_noise(line: str, stripped: str, *, joined: bool) -> bool:
    """Return whether a line is no prose: blank, code, a quote, a table, a sign-off, a form's question."""
    if not stripped or len(stripped) > 4_000:
        return True
    if not joined and line.startswith(("    ", "\t")) and not _LIST.match(stripped):
        return True
    if stripped[0] in ">|+" and (_QUOTE.match(stripped) or _TABLE.match(stripped)):
        return True
    return any(pattern.match(stripped) for pattern in (_RULE, _TRAILER, _ISSUE_LINE, _ISSUE_LINES, _GIT, _TEMPLATE))


def _glue(before: str, after: str) -> str:
    """Return what joins two lines: nothing between characters of a script that is written without spaces."""
    return "" if _wide(before[-1]) and _wide(after[0]) else " "


def _wide(sign: str) -> bool:
    return "\u2e80" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff" or "\uff00" <= sign <= "\uffef"
