"""The audit of what the program depends on finds what it is there to find."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.audit.__main__ import OF_EXTRAS, ROOT, SHIPPED, look_at_licences, main, vulnerabilities, write_list
from tests.audit.licences import refused
from tests.audit.locked import names

pytestmark = pytest.mark.long


def test_every_licence_is_allowed() -> None:
    """Nothing that users install has a licence that is not on the list."""
    assert look_at_licences() == []


@pytest.mark.parametrize(
    ("licence", "is_refused"),
    [
        ("MIT", False),
        ("Apache-2.0 AND MIT", False),
        ("Apache-2.0 OR GPL-3.0-only", False),
        ("(Apache-2.0 OR MIT) AND BSD-3-Clause", False),
        ("Apache Software License; MIT License", False),
        ("GPL-3.0-only", True),
        ("MIT AND AGPL-3.0-only", True),
        ("MIT License; GNU General Public License v3 (GPLv3)", True),
        ("UNKNOWN", True),
        ("", True),
    ],
)
def test_licences(licence: str, *, is_refused: bool) -> None:
    """Of alternatives one has to be allowed, of all that hold together each, and what is not known is not."""
    assert refused(licence) is is_refused


def test_the_list_is_of_what_is_locked(tmp_path: Path) -> None:
    """The list of components has every package that is locked, and the program itself."""
    target = tmp_path / "new" / "sbom.json"
    count = write_list(target)
    document = json.loads(target.read_text("utf-8"))
    components = {component["name"] for component in document["components"]}

    assert count == len(document["components"])
    assert components == set(names((ROOT / SHIPPED).read_text("utf-8")))
    assert document["bomFormat"] == "CycloneDX"
    assert document["metadata"]["component"]["name"] == "digestbot"


def test_what_pip_audit_says_is_understood() -> None:
    """A vulnerability is told with what mends it, and a package of which nothing is known is no sound one."""
    report = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": []},
            {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]},
            {"name": "c", "version": "3", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]},
            {"name": "d", "skip_reason": "not found"},
        ]
    }
    found, unknown = vulnerabilities(json.dumps(report))
    assert found == ["b 2: PYSEC-1, mended in 2.1", "c 3: PYSEC-2, mended in none"]
    assert unknown == ["d"]


def test_what_could_not_be_asked_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a network that is said, and is an error only where it is asked for."""
    monkeypatch.setattr("tests.audit.__main__.look_for_vulnerabilities", lambda _: ([], ["the service is away"]))
    sbom = ("--sbom", str(tmp_path / "sbom.json"))

    assert main(sbom) == 0
    assert "Skipped: no advisories are to be had of the service is away" in capsys.readouterr().out
    assert main(["--strict", *sbom]) == 1


def test_the_extras_are_audited() -> None:
    """What the extras for users name is among what the licences are looked up of."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(names("\n".join(each.replace(">=", "==") for each in extras["postgres"] + extras["traces"]))) <= {
        *OF_EXTRAS
    }
