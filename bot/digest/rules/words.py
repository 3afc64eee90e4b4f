"""What the words of a subject say, in the many ways in which people say it."""

import re
from dataclasses import dataclass

_MOST = 400
"""Characters of a subject that are read for words; longer ones are paragraphs without a subject."""


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


_VERBS: dict[str, str] = {
    form: group
    for group, forms in {
        "fix": "fix fixes fixed fixing correct corrects corrected correcting repair resolve resolves resolved solve hotfix "
        "bugfix workaround patch unbreak restore restored rectify hardening harden",
        "guard": "avoid avoids avoided prevent prevents prevented preventing ensure ensures ensured handle handles handled "
        "handling guard respect respects honor honour preserve preserves don't dont do never stop stops check checks validate "
        "validates protect detect reject disallow forbid ignore ignores skip tolerate properly correctly only always "
        "defer retry catch escape sanitize verify clear reset close free initialize initialise no not fall fallback",
        "add": "add adds added adding introduce introduces introduced introducing implement implements implemented implementing "
        "new create creates created provide provides provided expose exposes exposed exposing initial first feature feat "
        "extend extends extended include includes port ports offer emit report autofix show register",
        "allow": "allow allows allowed allowing support supports supported supporting enable enables enabled enabling accept "
        "accepts accepted accepting permit recognize recognise recognizes understand let lets be stabilize stabilise promote",
        "improve": "improve improves improved improving enhance enhances enhanced better optimize optimizes optimized "
        "optimise optimises speed reduce reduces reduced speedup accelerate faster increase cache lazily lazy tune rework "
        "overhaul rewrite rewrites rewritten",
        "change": "make makes made change changes changed changing switch switches switched set sets default update updates "
        "updated updating modify adjust adjusts adjusted tweak tweaks treat return returns raise raises throw use uses used using adapt "
        "convert converts converted apply require requires turn limit bring follow align match print display prefer render",
        "remove": "remove removes removed removing drop drops dropped dropping delete deletes deleted disable disables disabled "
        "kill eliminate get eradicate purge strip",
        "deprecate": "deprecate deprecates deprecated deprecating obsolete sunset",
        "refactor": "refactor refactors refactored refactoring cleanup clean cleans cleaned move moves moved moving rename renames "
        "renamed renaming extract extracts extracted split splits simplify simplifies simplified inline unify consolidate "
        "merge merged reorganize reorganise reorder restructure deduplicate dedupe replace replaces replaced migrate migrates "
        "migrated modernize modernise factor encapsulate decouple isolate share reuse annotate type typehint sort format "
        "reformat tidy lint wrap pass centralize shorten hoist rearrange generalize abstract prefer normalize separate "
        "privatize collapse prepare derive",
        "upkeep": "bump bumps bumped upgrade upgrades upgraded pin unpin sync regenerate downgrade vendor release prepare tag "
        "backport cherry-pick rerun regen refresh lock",
        "note": "document documents documented clarify clarifies clarified mention explain describe note comment comments "
        "reword typo typos link spell",
        "try": "test tests tested testing mock xfail bench benchmark assert cover parametrize fuzz",
        "revert": "revert reverts reverted rollback unrevert reapply reland relands",
    }.items()
    for form in forms.split()
}

BROKEN = _any(
    r"bugs?", r"crash(?:es|ed|ing)?", r"regress(?:ion|ions|ed)", r"deadlocks?", r"leak(?:s|ed|ing|age)?", r"panics?", r"hangs?", r"hanging",
    r"race(?: conditions?)?", r"overflows?", r"underflow", r"use[- ]after[- ]free", r"segfaults?", r"null[- ]pointer", r"nil pointer", r"NPE",
    r"broken", r"breakage", r"incorrect(?:ly)?", r"wrong(?:ly)?", r"fail(?:s|ed|ing|ures?)?", r"infinite loops?", r"corrupt(?:s|ed|ion)?",
    r"false[- ](?:positives?|negatives?)", r"exceptions?", r"errors?", r"oom", r"out[- ]of[- ]bounds", r"invalid", r"missing", r"mismatch(?:es)?",
    r"unexpected(?:ly)?", r"undefined behaviou?r", r"division by zero", r"stale", r"flicker", r"problems?", r"issues?", r"double[- ]free",
    r"uninitiali[sz]ed", r"infinite recursion", r"stack overflow", r"typeerror|keyerror|valueerror|attributeerror|indexerror",
)  # fmt: skip
SEVERE = _any(
    r"crash(?:es|ed|ing)?", r"regress(?:ion|ions|ed)", r"deadlocks?", r"panics?", r"hangs?", r"use[- ]after[- ]free", r"segfaults?",
    r"null[- ]pointer", r"nil pointer", r"infinite loops?", r"corrupt(?:s|ed|ion)?", r"oom", r"out[- ]of[- ]bounds", r"(?:memory|goroutine|file descriptor|fd) leaks?",
    r"data loss", r"race conditions?", r"data races?", r"(?:buffer|heap|stack|integer) overflows?", r"double[- ]free",
)  # fmt: skip
SECURITY = _any(
    r"CVE-\d{4}-\d+", r"GHSA-[\w-]+", r"vulnerabilit(?:y|ies)", r"vulnerable", r"xss", r"csrf", r"ssrf", r"redos",
    r"(?:sql|command|code|header|crlf) injections?", r"path traversal", r"directory traversal", r"privilege escalation", r"denial of service",
    r"security (?:fix(?:es)?|issues?|bugs?|holes?|hardening|patch(?:es)?|release|advisor(?:y|ies)|vulnerabilit(?:y|ies))", r"prototype pollution",
    r"timing attacks?", r"remote code execution", r"spoofing", r"smuggling",
)  # fmt: skip
FAST = _any(
    r"perf", r"performance", r"faster", r"speed[- ]?ups?", r"speed", r"optimi[sz](?:e|es|ed|ing|ations?)", r"latency", r"throughput", r"slow(?:er|down)?",
    r"(?:fewer|avoid|reduce|redundant|unnecessary|extra) (?:\w+ )?(?:allocations?|copies|copy|clones?|lookups?|syscalls?)", r"memory (?:usage|footprint|consumption)",
    r"quadratic", r"hot[- ]path", r"vectori[sz]ed?", r"simd", r"cach(?:e|es|ed|ing) (?:the )?(?:results?|computed|lookups?)", r"lazily", r"bottlenecks?",
)  # fmt: skip
INTERNAL = _any(
    r"refactor(?:s|ed|ing|ings)?", r"clean[- ]?ups?", r"clean up", r"internal(?:s|ly)?", r"lints?", r"linters?", r"linting", r"eslint", r"clippy", r"ruff", r"mypy",
    r"pylint", r"flake8", r"golangci(?:-lint)?", r"prettier", r"clang-format", r"clang-tidy", r"formatting", r"whitespace", r"unused", r"dead code",
    r"type[- ]?(?:hints?|annotations?|ignores?)", r"typings?", r"nits?", r"cosmetics?", r"simplif(?:y|ies|ied|ication)", r"boilerplate", r"dedup(?:e|licate|lication)?",
    r"rename(?:s|d)?", r"pre-?commit", r"tech debt", r"todos?", r"fixmes?", r"helpers?", r"spelling", r"style", r"constify", r"misc", r"no-?op", r"trivial", r"minor",
    r"naming", r"indentation", r"coverity", r"compiler warnings?", r"warnings?", r"leftovers?", r"redundant", r"unneeded", r"unnecessary", r"tidy", r"obsolete", r"const",
    r"codeowners", r"maintainers?", r"reorgani[sz]e", r"scaffold(?:ing)?", r"stubs?", r"private", r"doc ?strings?", r"logging", r"debug",
)  # fmt: skip
TESTS = _any(
    r"tests?",
    r"testing",
    r"test ?cases?",
    r"unit ?tests?",
    r"e2e",
    r"fixtures?",
    r"flak(?:y|es|e|iness)",
    r"coverage",
    r"benchmarks?",
    r"fuzz(?:er|ing)?",
    r"snapshots?",
    r"mocks?",
    r"testdata",
    r"pytest",
    r"jest",
)
DOCS = _any(
    r"docs?",
    r"documentation",
    r"readme(?:\.\w+)?",
    r"typos?",
    r"comments?",
    r"docstrings?",
    r"javadoc",
    r"godoc",
    r"changelogs?",
    r"release notes?",
    r"man ?pages?",
    r"examples?",
    r"tutorials?",
    r"guides?",
    r"website",
    r"spelling",
    r"grammar",
    r"contributing",
    r"links?",
    r"wording",
    r"copyright",
    r"license",
)
CI = _any(
    r"ci",
    r"workflows?",
    r"github actions?",
    r"travis",
    r"appveyor",
    r"circleci",
    r"jenkins",
    r"azure pipelines?",
    r"gha",
    r"codecov",
    r"nightly",
    r"dependabot",
    r"renovate",
    r"cirrus",
    r"runners?",
    r"github action",
    r"pre-commit",
)
BUILD = _any(
    r"builds?",
    r"cmake",
    r"makefiles?",
    r"meson",
    r"autoconf",
    r"configure",
    r"compil(?:e|es|ation|er|ing)",
    r"docker(?:file)?s?",
    r"packaging",
    r"wheels?",
    r"bazel",
    r"gradle",
    r"webpack",
    r"rollup",
    r"linker",
    r"msvc",
    r"mingw",
    r"toolchain",
    r"artifacts?",
    r"debian",
    r"rpm",
)
NEW = _any(
    r"new",
    r"introduc(?:e|es|ed|ing)",
    r"implement(?:s|ed|ing|ation)?",
    r"support(?:s|ed|ing)? (?:for|of)?",
    r"initial",
    r"first-class",
    r"experimental",
)
SURFACE = _any(
    r"options?", r"flags?", r"parameters?", r"arguments?", r"args?", r"settings?", r"config(?:uration)?", r"command(?:s|-line)?", r"cli", r"apis?", r"endpoints?",
    r"methods?", r"functions?", r"plugins?", r"backends?", r"commands?", r"subcommands?", r"keywords?", r"syntax", r"metrics?", r"hooks?", r"events?", r"attributes?",
    r"headers?", r"env(?:ironment)? var(?:iable)?s?", r"field", r"rules?", r"macros?", r"modules?", r"types?", r"formats?", r"protocols?", r"drivers?", r"providers?", r"operators?", r"props?", r"components?",
)  # fmt: skip
DEPENDENCIES = re.compile(
    r"^(?:bump|update|upgrade|pin|lock|sync|renovate|downgrade|vendor)s?d? .*\b(?:to|from)\b v?\d|^(?:bump|update|upgrade|pin|refresh|lock)\w* "
    r"(?:\w+ ){0,4}(?:dep(?:s|endenc(?:y|ies))|lock ?files?|packages?|submodules?|modules?|actions?|toolchain|digest|crates?|requirements)\b|"
    r"^(?:bump|update) [\w@./-]+ (?:requirement )?from|^bump (?!version|the version|to )[@\w./-]+(?: to)? v?\d|^lock file maintenance|^update \S+ digest|^pin dependenc|"
    r"\b(?:monorepo|docker tag|action to v|dependency \S+ to)\b",
    re.IGNORECASE,
)
RELEASE = re.compile(
    r"^(?:v|release[ :-]*(?:of |version )?v?|version |prepare(?: for)? (?:the )?(?:release |version )?v?|bump (?:to )?v?)\d+(?:[._]\d+)+\S*$|"
    r"^(?:\S+@)?v?\d+\.\d+(?:\.\d+)?(?:[-.]?(?:rc|a|b|alpha|beta|dev|pre)[-.]?\d*)?(?: release)?(?: \(.*\))?$|"
    r"^(?:bump|update|increment|set|change)\w* (?:the )?(?:[\w@/.-]+ )?version(?:s|\b)(?! of)|^(?:post|pre)[- ]?release|^back to (?:dev|snapshot)|"
    r"^(?:cut|tag|publish|prepare|start|begin|finali[sz]e|draft) (?:\w+ ){0,3}(?:release|development|dev cycle)|^(?:new )?release (?:\w+[ -])?v?\d|^releas(?:e|ing) v?\d|"
    r"\brelease v?\d+\.\d+|^next (?:development )?version|^(?:update|add|prepare|write|generate|regenerate)\w* .*(?:change ?log|release notes)|"
    r"^\[?(?:maven-release|release)[\]-]|^publish$|^version packages|^(?:chore: )?release (?:main|master)|^bump v?\d",
    re.IGNORECASE,
)
_QUIETLY = re.compile(r"^(?:small|minor|tiny|trivial|more|further|some|misc|follow[- ]?up)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """What a subject's words say: its leading verb's group (or ""), and which themes it mentions."""

    verb: str
    text: str
    quiet: bool

    def mention(self, theme: re.Pattern[str]) -> bool:
        """Return whether the subject mentions a theme."""
        return theme.search(self.text) is not None


def read_words(headline: str) -> Words:
    """Read a subject's words."""
    text = headline[:_MOST].replace("_", " ")
    verb = ""
    for word in re.findall(r"[A-Za-z][A-Za-z'-]*", text[:80])[:3]:
        verb = _VERBS.get(word.lower(), "")
        if verb or word.lower() not in _FILLER:
            break
    return Words(verb, text, _QUIETLY.match(text) is not None)


_FILLER = frozenset(
    "a an the also more some further properly correctly small minor please fully partially automatically".split()
)
