"""Which licences what users install may have: those that let a program under Apache-2.0 be used, changed, passed on."""

import re

PERMISSIVE = {
    "0BSD",
    "3-Clause BSD License",
    "Apache Software License",
    "Apache-2.0",
    "BSD License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT License",
    "MIT",
    "MIT-0",
    "PSF-2.0",
    "Python Software Foundation License",
}
OF_FILES_OR_LIBRARIES = {
    # Whoever changes their files passes the changes on; what uses them is not touched.
    "Mozilla Public License 2.0 (MPL 2.0)",
    "MPL-2.0",
    # PyGithub and psycopg: they are imported as they come, and everybody can put another version in their place.
    "GNU Library or Lesser General Public License (LGPL)",
    "LGPL-3.0-only",
}
ALLOWED = PERMISSIVE | OF_FILES_OR_LIBRARIES


def refused(licence: str) -> bool:
    """Return whether the licence of a package, an expression of SPDX or a list with semicolons, is not allowed.

    Of alternatives one is enough; anything else that is not understood is refused.
    """
    every = re.split(r"\s+AND\s+|\s*;\s*", licence.strip())
    return not all(any(map(_is_allowed, re.split(r"\s+OR\s+", part))) for part in every)


def _is_allowed(licence: str) -> bool:
    """Tell whether a licence is allowed; a parenthesis may be part of its name, or hold a group together."""
    return licence in ALLOWED or licence.strip("()") in ALLOWED
