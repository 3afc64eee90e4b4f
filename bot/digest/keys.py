"""The key by which the tiers of a day are kept. Pure."""

import hashlib
import json
from dataclasses import asdict

from bot.model import Audience, Repository, Window


def day_key(
    repository: Repository, window: Window, language: str, audience: Audience, examples: tuple[str, ...] = ()
) -> str:
    """Return the key of a repository's day and its audience: 64 hexadecimal digits.

    The window's end is no part of it: today grows, and what was said of it in the morning stays said. Neither is the
    order in which an audience's interests and filters are named. Without `examples`, the key is what it always was.
    """
    told = {name: sorted(value) if isinstance(value, tuple) else value for name, value in asdict(audience).items()}
    parts = [repository.full_name, window.start.timestamp(), window.timezone, language, told, *examples]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
