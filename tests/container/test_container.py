"""The image and the compose file: what linters and Compose itself say of them, and what both promise."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pathspec import GitIgnoreSpec
from ruamel.yaml import YAML

from bot.cli import parser
from bot.engine.roles import Role
from tests.audit.locked import names
from tests.container.dockerfile import read
from tests.test_secret_files import SECRETS

ROOT = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent
STAGES = read((ROOT / "Dockerfile").read_text("utf-8"))
IMAGE = STAGES[-1]
COMPOSE: Mapping[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: Mapping[str, Any] = COMPOSE["services"]


def run(tool: str, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run one of the development tools in the checkout; skip the test where there is none for this machine."""
    if not (TOOLS / tool).exists():
        pytest.skip(f"there is no {tool} for this machine")
    command = [str(TOOLS / tool), *arguments]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=60)


def test_the_dockerfile_is_clean() -> None:
    """The linter of Dockerfiles finds nothing."""
    done = run("hadolint", "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_compose_file_conforms() -> None:
    """The compose file is what the Compose specification's schema describes."""
    done = run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("profiles", [(), ("--profile", "postgres")], ids=["sqlite", "postgres"])
def test_compose_takes_the_compose_file(profiles: tuple[str, ...]) -> None:
    """Compose itself finds no fault with it, with and without PostgreSQL, and warns of nothing."""
    done = run("docker-compose", *profiles, "config", "--quiet", DIGESTBOT_ROLE="chat", HOME=str(ROOT))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_image_is_small_and_has_no_rights() -> None:
    """It is built in stages from a slim base of one exact version, and runs as a numbered user that is not root."""
    assert len(STAGES) > 1
    assert {stage.base for stage in STAGES} == {IMAGE.base}
    assert ":latest" not in IMAGE.base
    assert "-slim" in IMAGE.base
    assert IMAGE.base.partition(":")[2].count(".") == 2
    assert all(number.isdigit() and int(number) > 0 for number in IMAGE.user.split(":"))
    assert IMAGE.entrypoint == ["digestbot"]
    assert parser().parse_args(IMAGE.command).command == "run"
    assert IMAGE.environment["DIGESTBOT_DATA_DIR"] == IMAGE.volume


def test_what_the_image_installs_is_locked() -> None:
    """Everything from a registry of Python comes by its hash, and nothing else is asked for."""
    installs = [step.rest for stage in STAGES for step in stage.steps if "pip" in step.rest and "install" in step.rest]
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--no-deps --no-build-isolation" in installs[1]


def test_the_image_has_what_settings_ask_for() -> None:
    """What the image installs has the driver that the profile with PostgreSQL takes, and what sends traces."""
    wanted = {"psycopg", "psycopg-binary", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"}
    assert wanted <= set(names((ROOT / "requirements.txt").read_text("utf-8")))


def test_only_what_is_needed_comes_into_the_build() -> None:
    """The builder is given the files that the Dockerfile copies, and no other: no secret, no data, no history."""
    rules = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    ignored = GitIgnoreSpec.from_lines(rules)
    needed = [
        name
        for stage in STAGES
        for step in stage.steps
        if step.name == "COPY" and "from" not in step.flags
        for name in step.rest.split()[:-1]
    ]
    assert {path.name for path in ROOT.iterdir() if not ignored.match_file(path.name)} <= set(needed)
    assert not [name for name in needed if ignored.match_file(name)]
    for name in (".git/config", ".env", "secrets/GITHUB_TOKEN", "digestbot.toml", "bot/__pycache__/app.pyc"):
        assert ignored.match_file(name), name


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_contained(name: str) -> None:
    """Each service restarts, and has a read-only root, no capability, no way to more rights, and limits."""
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory", "pids"} <= service["deploy"]["resources"]["limits"].keys()
    assert "ports" not in service
    assert "privileged" not in service


def test_images_name_no_registry() -> None:
    """No image has the host of a registry in its name, and what is not built here has an exact version."""
    images = [stage.base for stage in STAGES] + [service["image"] for service in SERVICES.values()]
    assert not [image for image in images if "/" in image]
    assert not [name for name, service in SERVICES.items() if "build" not in service and "." not in service["image"]]


def test_no_secret_is_a_variable() -> None:
    """Secrets come from files alone, of the folder that digestbot reads, and each file that is used is declared."""
    for service in SERVICES.values():
        assert set(service["secrets"]) <= COMPOSE["secrets"].keys()
        assert not [name for name in service["environment"] if name in COMPOSE["secrets"]]
    assert SERVICES["bot"]["environment"]["DIGESTBOT_SECRETS_DIR"] == "/run/secrets"
    assert all(secret["file"] == f"./secrets/{name}" for name, secret in COMPOSE["secrets"].items())


def test_every_secret_has_its_place() -> None:
    """The compose file hands over each secret that can be set, and the page says to make a file for each."""
    page = (ROOT / "docs" / "operate.md").read_text("utf-8")
    touched = re.search(r"touch ([A-Z_ \\\n]+) &&", page)
    assert touched
    assert set(SERVICES["bot"]["secrets"]) == set(SECRETS)
    assert set(touched[1].replace("\\", "").split()) == {*SECRETS, "POSTGRES_PASSWORD"} == COMPOSE["secrets"].keys()


def test_sqlite_is_the_default_and_postgresql_a_profile() -> None:
    """Without a profile one process does everything; with it, one listens, several work, once the database is well."""
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["bot"]
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["postgres"]} == {
        "worker",
        "postgres",
    }
    assert SERVICES["worker"]["deploy"]["replicas"] >= 2
    for name in ("bot", "worker"):
        command = [word.replace("${DIGESTBOT_ROLE:-all}", "all") for word in SERVICES[name]["command"]]
        assert Role(parser().parse_args(command).role).works
        assert SERVICES[name]["depends_on"]["postgres"] == {"condition": "service_healthy", "required": False}
    assert SERVICES["postgres"]["healthcheck"]["test"][1] == "pg_isready"


def test_each_process_is_asked_how_it_is() -> None:
    """The image and each service of ours ask with a command of the program, as often, and allow it time to load."""
    assert parser().parse_args(IMAGE.healthcheck[1:]).command == "health"
    for name in ("bot", "worker"):
        assert SERVICES[name]["healthcheck"]["test"] == ["CMD", *IMAGE.healthcheck]
        assert SERVICES[name]["healthcheck"]["timeout"] == "10s"


def test_the_image_check_says_what_it_skips(tmp_path: Path) -> None:
    """Where debootstrap is missing the image is not built, and that is said."""
    git = shutil.which("git")
    assert git
    (tmp_path / "git").symlink_to(git)
    command = [sys.executable, "-m", "tests.container"]
    done = subprocess.run(
        command, cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.startswith("Skipped: the image is not built and started, since it needs")
