"""What people ask for in chats, what it causes, and what is answered."""

from bot.requests.desk import RequestDesk
from bot.requests.digesting import Digesting
from bot.requests.reading import Readers
from bot.requests.status import StatusDesk

__all__ = ["Digesting", "Readers", "RequestDesk", "StatusDesk"]
