"""How a language model is asked for an answer of a certain shape.

asker     asks, repairs what can be repaired, tells whoever observes
reading   finds the answer in what came back
fence     marks text from outside as such
budget    how much may be taken
circuit   stops when the server is down
"""

from bot.asking.asker import Asker, Attempt, Dropped, Observer, Spoken, unobserved
from bot.asking.budget import NO_LIMIT, Budget, Limit, Spent, spent_today
from bot.asking.fence import fence

__all__ = [
    "NO_LIMIT",
    "Asker",
    "Attempt",
    "Budget",
    "Dropped",
    "Limit",
    "Observer",
    "Spent",
    "Spoken",
    "fence",
    "spent_today",
    "unobserved",
]
