"""What paths are for."""

import pytest

from bot.digest.rules.areas import folder_of
from bot.digest.rules.paths import Role, is_public, role_of


@pytest.mark.parametrize(
    ("role", "paths"),
    [
        (
            Role.SOURCE,
            ["src/tank.py", "lib/vtls/openssl.c", "pump.go", "src/security.py", "core/history.c", "a/mainloop_spec.py"],
        ),
        (Role.TEST, ["tests/test_tank.py", "pump_test.go", "src/a.spec.ts", "src/TankTest.java", "t/t0001-init.sh"]),
        (Role.TEST, ["spec/tank_spec.rb", "pkg/testdata/a.json", "crates/a/src/snapshots/a.snap", "lib/mdtest/a.md"]),
        (Role.DOCUMENTATION, ["docs/a.md", "README.md", "doc/man/a.1", "src/tank/README", "Documentation/a.txt"]),
        (Role.CI, [".github/workflows/a.yml", ".gitlab-ci.yml", ".circleci/config.yml", "azure-pipelines.yml"]),
        (Role.BUILD, ["Makefile", "CMakeLists.txt", "docker/Dockerfile.cu12", "meson.build", "tsconfig.base.json"]),
        (Role.MANIFEST, ["package.json", "go.mod", "crates/a/Cargo.toml", "requirements-dev.txt", "pyproject.toml"]),
        (Role.LOCK, ["yarn.lock", "Cargo.lock", "go.sum", "ui/package-lock.json"]),
        (Role.GENERATED, ["vendor/a/b.go", "api/a.pb.go", "third_party/z/z.c", "po/de.po", "deps/lua/lua.c"]),
        (Role.EXAMPLE, ["examples/a.py", "demo/b.js"]),
        (Role.BENCHMARK, ["benchmarks/a.py", "bench_tank.py"]),
        (Role.TOOLING, [".editorconfig", ".github/CODEOWNERS", "scripts/release.py", "LICENSE"]),
        (Role.ASSET, ["logo.svg", "web/font.woff2"]),
        (
            Role.CHANGELOG,
            [
                "CHANGELOG.md",
                "changelog.d/12.fix.md",
                ".changeset/a.md",
                "NEWS.rst",
                "HISTORY",
                "docs/releases/5.0.txt",
            ],
        ),
    ],
)
def test_path_tells_what_a_file_is_for(role: Role, paths: list[str]) -> None:
    """The conventions of many languages tell tests, documentation, upkeep and source apart."""
    assert {path: role_of(path) for path in paths} == dict.fromkeys(paths, role)


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("packages/tank-core/src/index.ts", "tank-core"),
        ("crates/valve/src/rules/a.rs", "valve"),
        ("src/engine/scheduler/queue.py", "scheduler"),
        ("exporter/debug/internal/a.go", "debug"),
        ("lib/vtls/openssl.c", "vtls"),
        (".github/workflows/night.yml", "ci"),
        ("src/main.c", None),
        ("Makefile", None),
    ],
)
def test_folder_names_the_part(path: str, folder: str | None) -> None:
    """A part is named by its folder; folders that every project has name none."""
    assert folder_of(path, 2) == folder


def test_headers_schemas_and_commands_are_public() -> None:
    """Files that users build against are public by their name, and the others are not."""
    public = ["include/tank.h", "api/tank.proto", "cmd/pump/main.go", "tank/__init__.py", "src/cli.rs"]
    assert [path for path in [*public, "src/tank.c", "engine/queue.py"] if is_public(path)] == public
