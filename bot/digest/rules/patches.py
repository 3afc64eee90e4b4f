"""What a patch shows of the surface that users see: functions, flags, endpoints, settings that come or go.

Only source is read, and of each file only the beginning of its patch: what a change adds to the surface shows early or
not at all. The searches run over whole patches rather than line by line, and begin with a line break rather than with
the anchor for one, since both are many times faster.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.digest.rules.paths import Role, role_of
from bot.model import Patch
from bot.ports import PatchLimits

PATCH_LIMITS = PatchLimits(file=32 * 1024, change=128 * 1024, context=1)
"""How much of a patch the rules read: hardly more than changed lines, and of most changes all of them."""

_TELLING = 3
"""How many characters a name has at least that tells a reader something; `A` in an example does not."""

_ENDPOINT = re.compile(
    r"(?:@\w{1,40}(?:\.\w{1,40})?\.(?:route|get|post|put|delete|patch|api_route|websocket)|"
    r"\b(?:router|app|mux|r|e|g|api)\.(?:get|post|put|delete|patch|handle|handlefunc|any|route)|"
    r"#\[(?:get|post|put|delete|patch)|@(?:get|post|put|delete|patch|request)mapping)"
    r"\([ \t]*(?:path[ \t]*=[ \t]*)?[\"'`](/[\w/{}:.<>*-]{1,80})[\"'`]",
    re.IGNORECASE,
)
_FLAG = re.compile(
    r"(?:add_argument|add_option|click\.option|typer\.Option|@option|addOption|\.option|Arg::new|\.arg|\.flag|"
    r"\blong[ \t]*=|\.(?:Bool|String|Int|Duration|StringSlice|Float64|Uint)(?:Var)?P?)"
    r"[ \t(]{0,3}(?:&?[\w.]{1,60},[ \t]*)?(?:[\"'`]-\w[\"'`],[ \t]*)?"
    r"[\"'`](--?[a-z][\w-]{1,40}|[a-z]+(?:-[a-z]+)+)[\"'`\s=]"
)
_VARIABLE = re.compile(
    r"(?:environ(?:\.get)?[ \t]*[\[(]|getenv\(|LookupEnv\(|process\.env[.\[]|env::var(?:_os)?\(|ENV\[)[ \t]*[\"'`]?"
    r"([A-Z][A-Z0-9_]{3,60})"
)
_SOUGHT: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    ("endpoint", _ENDPOINT, re.compile(r"[\"'`]/[\w{]")),
    ("flag", _FLAG, re.compile(r"[\"'`](?:--?[a-z]|[a-z]{1,40}-[a-z])")),
    ("variable", _VARIABLE, re.compile(r"nv(?:iron|\(|\[|::|\.)")),
    ("variable", _VARIABLE, re.compile(r"NV\[")),
)
"""What is sought, how, and what a line holds that is worth a closer look: marks that are found many times faster."""

_PUBLIC = re.compile(
    r"\n([+-])(?:pub (?:(?:async|const|unsafe) )?(?:fn|struct|enum|trait|mod|type|macro) (?P<rust>\w+)|"
    r"(?:async )?def (?P<python>[a-z]\w*)\(|class (?P<cls>[A-Z]\w*)|"
    r"export (?:default )?(?:async )?(?:function\*?|class|const|interface|type|enum|abstract class) (?P<js>\w+)|"
    r"func (?:\([^)]{1,60}\) )?(?P<go>[A-Z]\w*)[\[(]|type (?P<gotype>[A-Z]\w*) |"
    r"[ \t]*public (?:static |final |abstract |virtual |override |async |sealed )*"
    r"(?!class\b)[\w<>\[\],.? ]{1,60} (?P<java>\w+)\(|"
    r"[ \t]*public (?:static |final |abstract |sealed |partial )*(?:class|interface|enum|record|struct) (?P<jtype>\w+)|"
    r"(?:[A-Z][A-Z_]*_(?:API|EXPORT|EXTERN|PUBLIC)|extern|PyAPI_FUNC\([^)]*\)) [\w* ]{1,60}?(?P<c>\w+)\()",
)
_CHANGED = re.compile(r"\n[+-][ \t]*+\S")
_COMMENT = re.compile(
    r"\n[+-][ \t]*+(?:#(?!include|define|if|endif|else|pragma|\[)|//|/\*|\*[ \t/\n]|--[ \t]|;;|\"\"\"|'''|<!--)",
)
_CONDITION = re.compile(
    r"\n\+[ \t]*+(?=[}acegimrtuw])(?:(?:\}[ \t]*+)?(?:el(?:se )?)?if\b|unless\b|guard\b|assert|case\b|match\b|when\b|"
    r"return\b|raise\b|throw\b|catch\b|except\b)",
)
_PRIVATE = re.compile(r"(?:^|/)(?:internal|private|_[^_/][^/]*)(?:/|$)", re.IGNORECASE)
_DEPRECATES = re.compile(
    r"\n\+.{0,200}?(?:\bDeprecationWarning|\bFutureWarning|@[Dd]eprecated|#\[deprecated|\[\[deprecated|\bDeprecated:|\[Obsolete|"
    r"\bdeprecate_?\w*\()",
)
_DEPRECATING = ("eprecat", "Obsolete", "FutureWarning")


@dataclass(frozen=True, slots=True)
class NameChange:
    """A name of the surface in a changed line: whether it comes or goes ("+", "-"), its kind, and the whole line."""

    sign: str
    kind: str
    name: str
    line: str


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
        """Return the first telling name of a kind that was added (or removed), or an empty string."""
        names = [name for what, name in (self.removed if removed else self.added) if what == kind]
        return next((name for name in names if len(name) >= _TELLING), names[0] if names else "")

    def count(self, kind: str, *, removed: bool = False) -> int:
        """Return how many names of a kind were added (or removed)."""
        return sum(what == kind for what, _ in (self.removed if removed else self.added))


def read_surface(patch: Patch | None) -> Surface:
    """Read what a patch shows of the surface; a patch that is missing or unread shows nothing."""
    sources = [file for file in patch.files if role_of(file.path) is Role.SOURCE] if patch else []
    texts = ["\n" + file.text[: PATCH_LIMITS.file] for file in sources]
    found: dict[str, dict[tuple[str, str], None]] = {"+": {}, "-": {}}
    for file, text in zip(sources, texts, strict=True):
        for change in read_names(file.path, text):
            found[change.sign][change.kind, change.name] = None
    lines = sum(len(_CHANGED.findall(text)) for text in texts)
    return Surface(
        added=tuple(name for name in found["+"] if name not in found["-"]),
        removed=tuple(name for name in found["-"] if name not in found["+"]),
        comments_only=bool(lines) and lines == sum(len(_COMMENT.findall(text)) for text in texts),
        deprecates=any(_deprecates(text) for text in texts),
        branches=sum(len(_CONDITION.findall(text)) for text in texts),
        whole=not any(file.cut or len(file.text) > PATCH_LIMITS.file for file in sources),
    )


def _deprecates(text: str) -> bool:
    return any(word in text for word in _DEPRECATING) and _DEPRECATES.search(text) is not None


def _lines_with(mark: re.Pattern[str], text: str) -> Iterator[str]:
    """Yield the lines that hold a mark, each with the line break before it."""
    end = 0
    while found := mark.search(text, end):
        start, end = text.rfind("\n", 0, found.start()), text.find("\n", found.end())
        if end < 0:
            end = len(text)
        yield text[start:end]


def read_names(path: str, text: str) -> Iterator[NameChange]:
    """Yield what of the surface a file's patch adds and removes, comments aside; the text begins with a line break."""
    for kind, sought, mark in _SOUGHT:
        for line in _lines_with(mark, text):
            if line[1] in "+-" and not _COMMENT.match(line):
                for found in sought.finditer(line):
                    name = f"--{found[1]}" if kind == "flag" and found[1][0] != "-" else found[1]
                    yield NameChange(line[1], kind, name, line[1:])
    if not _PRIVATE.search(path):
        for public in _PUBLIC.finditer(text):
            if public.lastgroup:
                end = text.find("\n", public.end())
                line = text[public.start() + 1 : end if end >= 0 else len(text)]
                yield NameChange(public[1], "name", public[public.lastgroup], line)
