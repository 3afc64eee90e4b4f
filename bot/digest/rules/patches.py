"""What a patch shows of the surface that users see: functions, flags, endpoints, settings that come or go.

Only lines that a patch adds or removes are read, only of source files, and each only to a fixed length, so that a patch
costs time in proportion to its size, and one line of a megabyte costs no more than another.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.digest.rules.paths import Role, role_of
from bot.model import Patch

_LONGEST_LINE = 240
_MOST_LINES = 3_000
"""Changed lines that are read of one change; a larger change says enough by its size."""

_ENDPOINT = re.compile(
    r"""(?:@\w+(?:\.\w+)*\.(?:route|get|post|put|delete|patch|api_route|websocket)|\b(?:router|app|mux|r|e|g|api)\.(?:get|post|put|delete|patch|handle|handlefunc|any|route)|"""
    r"""#\[(?:get|post|put|delete|patch)|@(?:Get|Post|Put|Delete|Patch|Request)Mapping)\(\s*(?:path\s*=\s*)?["'`](/[\w/{}:.<>*-]{1,80})["'`]""",
    re.IGNORECASE,
)
_FLAG = re.compile(
    r"""(?:add_argument|add_option|click\.option|typer\.Option|@?option|\.(?:Bool|String|Int|Duration|StringSlice|Float64|Uint)(?:Var)?P?|\.arg|Arg::new|addOption|\.flag|long\s*=|opts\.\w+)"""
    r"""[\s(]{0,3}(?:&?[\w.]+,\s*)?(?:["'`]-\w["'`],\s*)?["'`](--?[a-z][\w-]{1,40}|[a-z]+(?:-[a-z]+)+)["'`\s=]"""
)
_VARIABLE = re.compile(
    r"""(?:environ(?:\.get)?\s*[\[(]|getenv\(|LookupEnv\(|process\.env[.\[]|env::var(?:_os)?\(|ENV\[)\s*["'`]?([A-Z][A-Z0-9_]{3,60})"""
)
_PUBLIC = re.compile(
    r"^(?:pub (?:(?:async|const|unsafe) )?(?:fn|struct|enum|trait|mod|type|macro) (?P<rust>\w+)|"
    r"(?:async )?def (?P<python>[a-z]\w*)\(|class (?P<cls>[A-Z]\w*)|"
    r"export (?:default )?(?:async )?(?:function\*?|class|const|interface|type|enum|abstract class) (?P<js>\w+)|"
    r"func (?:\([^)]{1,60}\) )?(?P<go>[A-Z]\w*)[\[(]|type (?P<gotype>[A-Z]\w*) |"
    r"\s*public (?:static |final |abstract |virtual |override |async |sealed )*"
    r"(?!class\b)[\w<>\[\],.? ]{1,60} (?P<java>\w+)\(|"
    r"\s*public (?:static |final |abstract |sealed |partial )*(?:class|interface|enum|record|struct) (?P<jtype>\w+)|"
    r"(?:[A-Z][A-Z_]*_(?:API|EXPORT|EXTERN|PUBLIC)|extern|PyAPI_FUNC\([^)]*\)) [\w* ]{1,60}?(?P<c>\w+)\()"
)
_HEADS = ("pub ", "def ", "async ", "class ", "export ", "func ", "type ", "extern ", "PyAPI")
_EXPORTS = ("public ", "_API ", "_EXPORT ", "_EXTERN ", "_PUBLIC ")
_COMMENT = re.compile(
    r"^\s*(?:#(?!include|define|if|endif|else|pragma|\[)|//|/\*|\*(?:\s|/|$)|--\s|;;|\"\"\"|'''|<!--)"
)
_PRIVATE = re.compile(r"(?:^|/)(?:internal|private|_[^_/][^/]*)(?:/|$)", re.IGNORECASE)
_DEPRECATES = re.compile(
    r"\bDeprecationWarning|\bFutureWarning|@deprecated|#\[deprecated|\[\[deprecated|\bDeprecated:|\[Obsolete|"
    r"\bdeprecate_?\w*\(",
    re.IGNORECASE,
)
_DEPRECATING = ("eprecat", "Obsolete", "FutureWarning")
_CONDITION = re.compile(
    r"^\s*(?:\}?\s*(?:el(?:se )?)?if\b|unless\b|guard\b|assert|case\b|match\b|when\b|return\b|raise\b|throw\b|"
    r"catch\b|except\b)"
)


@dataclass(frozen=True, slots=True)
class Surface:
    """What of the surface a patch adds and removes, by kind ("endpoint", "flag", "variable", "name"), in its order.

    `comments_only` is whether every changed line of source is a comment or blank; `branches` counts added conditions
    and exits; `deprecates` is whether something is marked as deprecated; `whole` is whether all of the patch was read,
    without which nothing can be said to be gone, since it may have moved.
    """

    added: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    comments_only: bool = False
    deprecates: bool = False
    whole: bool = False
    branches: int = 0

    def first(self, kind: str, *, removed: bool = False) -> str:
        """Return the first name of a kind that was added (or removed), or an empty string."""
        return next((name for what, name in (self.removed if removed else self.added) if what == kind), "")

    def count(self, kind: str, *, removed: bool = False) -> int:
        """Return how many names of a kind were added (or removed)."""
        return sum(what == kind for what, _ in (self.removed if removed else self.added))


def read_surface(patch: Patch | None) -> Surface:
    """Read what a patch shows of the surface; a patch that is missing or unread shows nothing."""
    if patch is None or not patch.files:
        return Surface()
    added: dict[tuple[str, str], None] = {}
    removed: dict[tuple[str, str], None] = {}
    deprecates = False
    branches = comments = lines = 0
    for path, sign, line in _changed_lines(patch):
        lines += 1
        if _COMMENT.match(line):
            comments += 1
            deprecates |= sign == "+" and "eprecated" in line and bool(_DEPRECATES.search(line))
            continue
        found = added if sign == "+" else removed
        for named in _names(path, line):
            found[named] = None
        if sign == "+":
            branches += _CONDITION.match(line) is not None
            deprecates |= any(word in line for word in _DEPRECATING) and bool(_DEPRECATES.search(line))
    moved = added.keys() & removed.keys()
    return Surface(
        added=tuple(name for name in added if name not in moved),
        removed=tuple(name for name in removed if name not in moved),
        comments_only=bool(lines) and comments == lines,
        deprecates=deprecates,
        branches=branches,
        whole=not patch.cut and lines < _MOST_LINES,
    )


def _changed_lines(patch: Patch) -> Iterable[tuple[str, str, str]]:
    """Yield path, sign and text of the changed lines of source that say anything."""
    left = _MOST_LINES
    for file in patch.files:
        if role_of(file.path) is not Role.SOURCE:
            continue
        for line in file.text.split("\n"):
            if line[:1] in ("+", "-") and not line[1:40].isspace() and len(line) > 1:
                yield file.path, line[0], line[1:_LONGEST_LINE]
                left -= 1
                if not left:
                    return


def _names(path: str, line: str) -> Iterable[tuple[str, str]]:
    if "/" in line and (endpoint := _ENDPOINT.search(line)):
        yield "endpoint", endpoint[1]
    if "-" in line and (flag := _FLAG.search(line)):
        yield "flag", flag[1] if flag[1].startswith("-") else f"--{flag[1]}"
    if ("env" in line or "ENV" in line or "Env" in line) and (variable := _VARIABLE.search(line)):
        yield "variable", variable[1]
    if line.startswith(_HEADS) or any(mark in line for mark in _EXPORTS):
        public = _PUBLIC.match(line)
        if public and public.lastgroup and not _PRIVATE.search(path):
            yield "name", public[public.lastgroup]
