"""What the program depends on: known vulnerabilities, licences, and a list of it. `python -m tests.audit --help`."""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.audit.licences import refused
from tests.audit.locked import names

ROOT = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent
SHIPPED, EVERYTHING = "requirements.txt", "requirements-dev.txt"
OF_EXTRAS = ("psycopg", "psycopg-binary", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http")
"""What the extras bring that users install."""


def vulnerabilities(report: str) -> tuple[list[str], list[str]]:
    """Return what a report of pip-audit (JSON) has found, and of which packages it could learn nothing."""
    packages = json.loads(report)["dependencies"]
    found = [
        f"{package['name']} {package['version']}: {each['id']}, mended in {' or '.join(each['fix_versions']) or 'none'}"
        for package in packages
        for each in package.get("vulns", ())
    ]
    return found, [package["name"] for package in packages if "skip_reason" in package]


def look_for_vulnerabilities(requirements: str) -> tuple[list[str], list[str]]:
    """Ask for the advisories of everything that is locked; return what was found, and what could not be asked."""
    done = _run("pip-audit", "--requirement", requirements, "--disable-pip", "--no-deps", "--format", "json")
    try:
        found, unknown = vulnerabilities(done.stdout)
    except json.JSONDecodeError:
        said = done.stderr.strip().splitlines()
        return [], [said[-1] if said else "pip-audit said nothing"]
    return found, unknown


def look_at_licences() -> list[str]:
    """Return which of what users install have a licence that is not allowed, with the licence."""
    shipped = [*names((ROOT / SHIPPED).read_text("utf-8")), *OF_EXTRAS]
    done = _run("pip-licenses", "--from", "mixed", "--format", "json", "--packages", *shipped)
    licences = json.loads(done.stdout)
    assert licences, done.stderr
    return [f"{each['Name']}: {each['License']}" for each in licences if refused(each["License"])]


def write_list(target: Path) -> int:
    """Write what the program is made of as a CycloneDX document (JSON), and return how many components it has."""
    target.parent.mkdir(parents=True, exist_ok=True)
    arguments = ("requirements", SHIPPED, "--pyproject", "pyproject.toml", "--output-reproducible")
    done = _run("cyclonedx-py", *arguments, "--output-file", str(target.absolute()))
    assert done.returncode == 0, done.stderr
    return len(json.loads(target.read_text("utf-8"))["components"])


def main(words: Sequence[str] | None = None) -> int:
    """Do all of it, and return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("--sbom", type=Path, default=ROOT / "build" / "sbom.json", help="where the list is written")
    parser.add_argument("--strict", action="store_true", help="fail where advisories cannot be asked for")
    options = parser.parse_args(words)
    print(f"Components: {write_list(options.sbom)}, in {options.sbom}")
    unlicensed = look_at_licences()
    print("Licences:", "all allowed" if not unlicensed else "; ".join(unlicensed))
    found, unknown = look_for_vulnerabilities(EVERYTHING)
    for each in found:
        print("Vulnerable:", each)
    if unknown:
        print("Skipped: no advisories are to be had of", ", ".join(unknown[:5]), f"({len(unknown)} in all)")
    else:
        print("Vulnerabilities:", len(found), "known")
    return int(bool(found or unlicensed or (options.strict and unknown)))


def _run(tool: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(TOOLS / tool), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)


if __name__ == "__main__":
    sys.exit(main())
