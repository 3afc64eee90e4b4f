"""No secret in what the program says: every one that it has read is masked, and whatever looks like one.

What was read is known to the process as a whole, since whatever says something may come across any of it.
"""

import json
import re
from collections.abc import Iterator
from functools import reduce
from urllib.parse import quote, urlsplit

MASK = "[secret]"

_SHORTEST = 6
"""A setting that is shorter is no secret that anybody has to guess, and would mask half of what is said."""
_LONGEST_TOKEN = 4_000
_WORD = r"[A-Za-z0-9_\-]"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        r"\b(?:gh[a-z]_|github_pat_|glpat-)[A-Za-z0-9_\-]{6,255}",
        r"\bxox[a-z](?:\.[a-z]+)?-[A-Za-z0-9\-]{6,400}",
        r"\bxapp-[A-Za-z0-9\-]{6,400}",
        r"\b(?:sk|pk|rk)-[A-Za-z0-9_\-]{6,400}",
        r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        rf"\beyJ{_WORD}{{8,2000}}\.{_WORD}{{8,4000}}\.{_WORD}{{0,1000}}",
        # A bot of Discord's: its number, a time and a signature.
        rf"\b[MNO]{_WORD}{{17,40}}\.{_WORD}{{6}}\.{_WORD}{{20,60}}",
        # Whoever has such an address speaks as the bot, or listens to what it hears.
        r"(?<=hooks\.slack\.com/)[^\s'\"<>\\]{6,400}",
        r"(?<=/response/)[^\s'\"<>\\/?]{6,400}",
        r"(?<=ticket=)[^\s'\"&<>\\]{6,400}",
        r"(?<=/webhooks/)\d{1,25}/[^\s'\"<>\\/?]{20,400}",
        r"(?<=/interactions/)\d{1,25}/[^\s'\"<>\\/?]{20,400}",
        r"(?P<kept>(?i:\b(?:Bearer|Basic|Bot)\s+))[A-Za-z0-9+/=._~\-]{16,4000}",
        r"(?i:(?<=password=)|(?<=passwd=)|(?<=secret=)|(?<=token=)|(?<=api_key=)|(?<=apikey=))[^\s'\"&,;)}\]<>\\]{6,400}",
        # The password of an address. The name before it stays: it tells which account is meant.
        r"(?<=://)(?P<kept>[^\s/:@'\"]{0,200}:)[^\s/@'\"]{1,400}(?=@)",
    )
)


class Redactor:
    """Masks secrets in texts: those that it was told of, in every form in which they may come, and what looks so."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._known: re.Pattern[str] | None = None

    def learn(self, secret: str) -> None:
        """Mask this from now on; of an address also its password, and of a text each of its lines."""
        found = {form for part in _parts(secret) for form in _forms(part)} - self._secrets
        if found:
            self._secrets |= found
            longest_first = sorted(self._secrets, key=len, reverse=True)
            self._known = re.compile("|".join(re.escape(each) for each in longest_first))

    def __call__(self, text: str) -> str:
        """Return a text without secrets."""
        return reduce(lambda masked, pattern: pattern.sub(_masked, masked), _PATTERNS, self.known(text))

    def known(self, text: str) -> str:
        """Return a text without the secrets that this was told of; what only looks like one may be a name."""
        return self._known.sub(MASK, text) if self._known else text


def _masked(found: re.Match[str]) -> str:
    return f"{found.groupdict().get('kept') or ''}{MASK}"


def _parts(secret: str) -> Iterator[str]:
    yield secret
    for line in secret.splitlines():
        if not line.startswith("-----"):
            yield line
    try:
        password = urlsplit(secret).password
    except ValueError:
        return
    if password:
        yield password


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it is, and as it stands in Python's, JSON's and an address's spelling."""
    spelled = (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (form for form in (*spelled, quote(secret, safe="")) if len(form.strip()) >= _SHORTEST)


redact = Redactor()
"""What masks the secrets of this process."""
