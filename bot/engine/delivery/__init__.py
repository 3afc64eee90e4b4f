"""Messages -> posts: once, in order, at the platform's pace, and pins."""

from bot.engine.delivery.delivery import Delivery, Told
from bot.engine.delivery.live import Live
from bot.engine.delivery.outcome import Attachment, Outcome, PinPolicy
from bot.engine.delivery.showing import show

__all__ = ["Attachment", "Delivery", "Live", "Outcome", "PinPolicy", "Told", "show"]
