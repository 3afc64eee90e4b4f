"""The files that GitHub reads: what their schemas and a hunter of holes say of them, and what they promise."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.container.test_container import ROOT, run

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
OTHERS = {
    ".github/dependabot.yml": "vendor.dependabot",
    ".github/ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
    ".github/ISSUE_TEMPLATE/idea.yml": "vendor.github-issue-forms",
    ".github/ISSUE_TEMPLATE/wrong.yml": "vendor.github-issue-forms",
}
ACTION = re.compile(r"uses: ([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$")


def named(path: Path) -> str:
    """Return how a file is called in a report."""
    return path.name


def loaded(path: Path) -> Mapping[str, Any]:
    """Return what a file says."""
    content: Mapping[str, Any] = YAML(typ="safe").load(path)
    return content


def steps(workflow: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the steps of all jobs."""
    for job in workflow["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"])
@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_a_workflow_conforms(path: Path, schema: str) -> None:
    """A workflow is what GitHub's schema describes, and each of its jobs ends in time."""
    done = run("check-jsonschema", "--builtin-schema", schema, str(path))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", OTHERS)
def test_another_file_conforms(path: str) -> None:
    """The forms of issues, and what is to be kept up to date, are what their schemas describe."""
    done = run("check-jsonschema", "--builtin-schema", OTHERS[path], path)
    assert done.returncode == 0, done.stdout


def test_every_file_is_looked_at() -> None:
    """No file beneath .github has been forgotten here."""
    there = {str(path.relative_to(ROOT)) for path in GITHUB.rglob("*.yml")}
    assert there == {*OTHERS, *(str(path.relative_to(ROOT)) for path in WORKFLOWS)}


def test_the_workflows_have_no_holes() -> None:
    """Looked at as strictly as can be, the workflows let nobody in."""
    done = run("zizmor", "--offline", "--no-progress", "--persona", "pedantic", ".github")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_actions_are_pinned(path: Path) -> None:
    """Each action is named by a commit, and says beside it of which version that is."""
    used = [line.strip().removeprefix("- ") for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert used
    assert [line for line in used if not ACTION.match(line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_rights_are_given_one_by_one(path: Path) -> None:
    """A workflow has no rights but those that a job of it names, and only what publishes may write."""
    workflow = loaded(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        writes = "write" in job["permissions"].values()
        assert writes == (name == "publish"), name
        checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_what_workflows_run_is_there(path: Path) -> None:
    """What a workflow runs of this checkout is there: the check of a fresh machine, and targets of make."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    commands = [step["run"] for step in steps(loaded(path)) if "run" in step]
    assert ".ci/run" in commands
    assert {command.split()[1] for command in commands if command.startswith("make ")} <= targets
