"""Sees that a tag can be released, and prints what its release says: `python -m tests.release v0.2.0`."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


class NotReady(Exception):
    """The tag cannot be released as it is."""


def notes(tag: str, changelog: str, project: str) -> str:
    """Return what CHANGELOG.md says of the version of a tag. Raises NotReady, with what is to be done."""
    version = tomllib.loads(project)["project"]["version"]
    if tag != f"v{version}":
        message = f"The tag is {tag}, and the version in pyproject.toml is {version}: one of them is to be corrected."
        raise NotReady(message)
    heading = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d\n(.*?)(?=^## |^\[|\Z)"
    found = re.search(heading, changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        message = f"CHANGELOG.md says nothing of {version}: move what is under Unreleased to '## [{version}] - DATE'."
        raise NotReady(message)
    return found[1].strip() + "\n"


def main(tag: str) -> int:
    """Print the notes of a tag, or why there are none."""
    try:
        sys.stdout.write(
            notes(tag, (ROOT / "CHANGELOG.md").read_text("utf-8"), (ROOT / "pyproject.toml").read_text("utf-8"))
        )
    except NotReady as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
