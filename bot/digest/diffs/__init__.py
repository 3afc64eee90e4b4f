"""What of a diff a language model gets to see: within a budget, what says most, without secrets."""

from bot.digest.diffs.excerpts import Excerpt
from bot.digest.diffs.preparing import Diff, prepare
from bot.digest.diffs.secrets import mask
from bot.ports import PatchLimits
from bot.tokens import estimate

PATCH_LIMITS = PatchLimits(file=256 * 1024, change=1024 * 1024, context=1)
"""How much of a patch is read to choose from."""
KEPT_TOKENS = 20_000
"""How much of a patch is kept: whatever no budget would show is not."""
TRIAGE_TOKENS = 200
MEDIUM_TOKENS = 800
HIGH_TOKENS = 3_200
"""How much of a large change is shown for the triage, and for writing about a medium and a high change (`Diff.budget`).

Measured by `tests/bench/prompts.py`: with more, a day of small changes comes to more than two fifths of its diffs; with
less, signatures that change are no longer seen.
"""

__all__ = [
    "HIGH_TOKENS",
    "KEPT_TOKENS",
    "MEDIUM_TOKENS",
    "PATCH_LIMITS",
    "TRIAGE_TOKENS",
    "Diff",
    "Excerpt",
    "estimate",
    "mask",
    "prepare",
]
