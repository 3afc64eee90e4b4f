"""What of a diff a language model gets to see: within a budget, what says most, without secrets."""

from bot.digest.diffs.excerpts import Excerpt
from bot.digest.diffs.preparing import Diff, prepare
from bot.digest.diffs.secrets import mask
from bot.digest.diffs.tokens import estimate

TRIAGE_TOKENS = 250
MEDIUM_TOKENS = 1_500
HIGH_TOKENS = 5_000
"""How much of one change is shown for the triage, and for writing about a medium and a high change."""

__all__ = ["HIGH_TOKENS", "MEDIUM_TOKENS", "TRIAGE_TOKENS", "Diff", "Excerpt", "estimate", "mask", "prepare"]
