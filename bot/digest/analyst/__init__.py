"""The model analyst: a day triaged as a whole by a language model, and each change in the depth that it deserves.

day                    what comes in and what goes out
sheets, quarantine     what of a change a model reads, and what may not be read beside others
tasks, answers         what a model is asked, and the shapes of its answers
triage, bounds         the tiers: as the model says, within bounds
writing, depth         the texts about high and medium changes
evidence, grounding    what of the words is kept: whole sentences that the change supports
sentences, characters  the same, for text as such
matching, errands      answers to changes; jobs at the same time
analyst                all of it together
"""

from bot.digest.analyst.analyst import Kept, ModelAnalyst
from bot.digest.analyst.day import AnalystSettings, Change, Day, Findings

__all__ = ["AnalystSettings", "Change", "Day", "Findings", "Kept", "ModelAnalyst"]
