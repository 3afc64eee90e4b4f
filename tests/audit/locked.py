"""The names of what a file of locked requirements holds."""

import re


def names(requirements: str) -> list[str]:
    """Return the names of the packages, in order."""
    return re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==", requirements, re.MULTILINE)
