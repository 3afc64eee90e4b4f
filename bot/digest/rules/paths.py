"""What a path is for, judged by its name alone, with the conventions of many languages and none of a single project's."""

import re
from enum import Enum, auto
from functools import lru_cache


class Role(Enum):
    """What a file is for."""

    SOURCE = auto()
    TEST = auto()
    DOCUMENTATION = auto()
    CI = auto()
    BUILD = auto()
    MANIFEST = auto()
    LOCK = auto()
    EXAMPLE = auto()
    BENCHMARK = auto()
    GENERATED = auto()
    TOOLING = auto()
    ASSET = auto()
    CHANGELOG = auto()


def _folders(*names: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|/)(?:{'|'.join(names)})/")


_CHANGELOG_NAME = re.compile(
    r"^(?:changelog|changes|news|history|release[-_]?notes?|releases?|whats[-_]?new|unreleased|upgrading)"
    r"(?:[-_.][^/]*)?$"
)
_CHANGELOG_FOLDER = _folders(
    r"\.changesets?",
    r"\.chloggen",
    r"change_?logs?(?:\.d)?",
    r"news(?:\.d|fragments)?",
    r"changes(?:\.d)?",
    r"release[-_]?notes(?:\.d)?",
    r"whats_?new",
    r"upcoming_changes",
)
_CI = re.compile(
    r"^(?:\.github/(?:workflows|actions)/|\.circleci/|\.buildkite/|\.azure|\.gitlab/|\.jenkins|\.ci/|ci/|\.travis|"
    r"\.gitlab-ci|azure-pipelines|appveyor|\.appveyor|jenkinsfile|\.cirrus|codecov|\.codecov|\.woodpecker|\.drone)"
)
_TEST_FOLDER = _folders(
    r"tests?", r"testing", r"__tests?__", r"specs?", r"test[-_]?data", r"fixtures?", r"e2e", r"[a-z]+[-_]tests?", r"t",
    r"test[-_]?suites?", r"snapshots", r"__snapshots__", r"__mocks__", r"mocks?", r"tests?[-_][a-z]+", r"unittests?",
    r"[a-z]*testutils?", r"[a-z]+test(?=/(?:.*/)?[^/]+\.(?:md|txt|json|ya?ml|out|xml)$)", r"goldens?",
)  # fmt: skip
_TEST_NAME = re.compile(
    r"^(?:tests?[-_.].*|.*[-_.](?:tests?|unittest)\.[a-z0-9]+|.*[-_.]spec\.(?:rb|[cm]?[jt]sx?|lua|cr)|.*_tests?\.[a-z]+|conftest\.py|tests?\.[a-z]+|"
    r".*\.(?:snap|test-d\.ts|golden|feature)|jest\..*|pytest\.ini|vitest\..*)$"
)
_TEST_CAMEL = re.compile(r"[a-z0-9](?:Tests?|Spec|TestCase|IT)\.(?:java|kt|scala|cs|swift|php|groovy|m|cpp|cc)$")
_GENERATED = re.compile(
    r"(?:^|/)(?:vendor|vendored|third[-_]?party|3rdparty|node_modules|dist|generated|gen|__generated__|deps)/|"
    r"(?:\.pb\.(?:go|cc|h)|_pb2(?:_grpc)?\.pyi?|\.min\.(?:js|css)|\.generated\.[a-z]+|_generated\.[a-z]+|/generated_[^/]*|"
    r"/zz_generated[^/]*|\.g\.(?:dart|cs)|\.designer\.cs|\.(?:po|pot|mo))$"
)
_LOCK = re.compile(
    r"(?:^|/)(?:[^/]*\.lock|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|go\.sum|go\.work\.sum|"
    r"gemfile\.lock|\.terraform\.lock\.hcl|requirements[^/]*\.lock|bun\.lockb?)$"
)
_MANIFEST = re.compile(
    r"(?:^|/)(?:package\.json|go\.mod|go\.work|cargo\.toml|pyproject\.toml|requirements[^/]*\.(?:txt|in)|setup\.(?:py|cfg)|"
    r"pom\.xml|[^/]*\.gradle(?:\.kts)?|gradle\.properties|libs\.versions\.toml|gemfile|[^/]*\.gemspec|[^/]*\.csproj|"
    r"[^/]*\.nuspec|composer\.json|mix\.exs|pubspec\.yaml|package\.swift|environment[^/]*\.ya?ml|\.gitmodules|"
    r"directory\.packages\.props|pipfile|conanfile\.[a-z]+|vcpkg\.json|\.tool-versions|rust-toolchain(?:\.toml)?|"
    r"\.(?:node|python|ruby|nvmrc)-?(?:version)?|pnpm-workspace\.yaml|version(?:\.[a-z]+)?|_?version\.py|versions?\.ya?ml)$"
)
_BUILD = re.compile(
    r"(?:^|/)(?:makefile[^/]*|gnumakefile|[^/]*\.(?:mk|cmake|m4|ac|am|bzl|bazel|ninja|spec|nix|vcxproj|sln|props|targets)|"
    r"cmakelists\.txt|configure[^/]*|meson[^/]*|build|workspace|dockerfile[^/]*|containerfile|\.?docker[^/]*|justfile|"
    r"rakefile|gulpfile\.[a-z]+|webpack[^/]*\.[a-z]+|rollup[^/]*\.[a-z]+|babel\.config\.[a-z]+|build\.(?:rs|sh|py|zig)|"
    r"vite\.config\.[a-z]+|goreleaser[^/]*|\.goreleaser[^/]*|noxfile\.py|tox\.ini|taskfile\.ya?ml|manifest\.in|"
    r"turbo\.json|lerna\.json|tsconfig[^/]*\.json|nx\.json)$|"
    r"(?:^|/)(?:docker|packaging|debian|rpm|build-?tools?|buildscripts?|cmake)/"
)
_TOOLING_FOLDER = re.compile(
    r"^(?:\.github/|\.vscode/|\.idea/|\.husky/|\.devcontainer/|\.claude/|\.cursor/|\.agents?/|\.config/|\.yarn/|"
    r"scripts?/|tools?/|hack/|dev/|utils?/(?:dev|release)/|contrib/|misc/|maint/|eng/|developer/|bin/dev)"
)
_TOOLING_NAME = re.compile(
    r"^(?:\.[a-z].*|codeowners|maintainers|authors|owners|license.*|copying.*|notice.*|renovate\.json5?|"
    r"dependabot\.ya?ml|(?:eslint|prettier|stylelint|commitlint|knip|lint-staged)[^/]*|clippy\.toml|rustfmt\.toml|"
    r"_?typos\.toml|ruff\.toml|mypy\.ini|\.?pylintrc|deny\.toml|agents\.md|claude\.md|gemini\.md|netlify\.toml|"
    r"readthedocs\.ya?ml|mkdocs[^/]*\.ya?ml|cspell[^/]*)$"
)
_DOCUMENTATION = re.compile(
    r"(?:^|/)(?:docs?|documentation|website|www|site|man|manual|guides?|wiki|rfcs?|adr|blog)/|"
    r"\.(?:md|mdx|rst|adoc|asciidoc|texi|pod|[1-8])$|"
    r"(?:^|/)(?:readme|contributing|install|todo|thanks|faq|security|code_of_conduct)(?:\.[a-z]+)?$"
)
_EXAMPLE = _folders(r"examples?", r"samples?", r"demos?", r"playground", r"notebooks?", r"tutorials?", r"cookbook")
_BENCHMARK = _folders(r"bench(?:es|marks?|marking)?", r"asv_bench", r"perf[-_]?tests?", r"[a-z]+[-_]bench(?:marks?)?")
_BENCHMARK_NAME = re.compile(r"(?:^|/)(?:bench(?:mark)?_[^/]*|[^/]*[_.-]bench(?:mark)?\.[a-z]+)$")
_ASSET = re.compile(r"\.(?:png|jpe?g|gif|svg|ico|webp|pdf|mp4|woff2?|ttf|eot|bin|zip|gz|tar|whl|xcf)$")

_CHANGELOG_TEXT = re.compile(r"\.(?:md|rst|txt|adoc|markdown|json|xml|ya?ml|html|[0-9]+)$|^[^.]*$")

_PUBLIC = re.compile(
    r"(?:^|/)include/.*\.(?:h|hh|hpp|hxx)$|\.(?:proto|graphql|graphqls|thrift|avsc|pyi|d\.ts)$|"
    r"(?:^|/)(?:openapi|swagger|schema)[^/]*\.(?:json|ya?ml)$|(?:^|/)(?:api|apis|cli|cmd|commands?|options?|public)/|"
    r"(?:^|/)(?:api|cli|options?|args|arguments|flags|settings|config|exports?|public|commands?)\.[a-z]+$|"
    r"(?:^|/)__init__\.py$|(?:^|/)(?:lib|mod|index|main)\.(?:rs|ts|js|mjs)$"
)


@lru_cache(maxsize=16_384)
def role_of(path: str) -> Role:
    """Return what a file is for; whatever no convention claims is source."""
    low = path.lower()
    name = low.rpartition("/")[2]
    for found, role in (
        (_CI.search(low), Role.CI),
        (_is_changelog(low, name), Role.CHANGELOG),
        (_LOCK.search(low), Role.LOCK),
        (_GENERATED.search(low), Role.GENERATED),
        (_BENCHMARK.search(low) or _BENCHMARK_NAME.search(low), Role.BENCHMARK),
        (_TEST_FOLDER.search(low) or _TEST_NAME.match(name) or _TEST_CAMEL.search(path), Role.TEST),
        (_TOOLING_NAME.match(name), Role.TOOLING),
        (_MANIFEST.search(low), Role.MANIFEST),
        (_BUILD.search(low), Role.BUILD),
        (_EXAMPLE.search(low), Role.EXAMPLE),
        (_ASSET.search(low), Role.ASSET),
        (_DOCUMENTATION.search(low), Role.DOCUMENTATION),
        (_TOOLING_FOLDER.search(low), Role.TOOLING),
    ):
        if found:
            return role
    return Role.SOURCE


def _is_changelog(low: str, name: str) -> bool:
    if _CHANGELOG_FOLDER.search(low):
        return bool(_CHANGELOG_TEXT.search(name))
    return bool(_CHANGELOG_NAME.match(name) and _CHANGELOG_TEXT.search(name)) and not name.endswith(("ml", "json"))


@lru_cache(maxsize=16_384)
def is_public(path: str) -> bool:
    """Return whether a file of source is by its name one that users build against: a header, a schema, a command."""
    return _PUBLIC.search(path.lower()) is not None
