"""The id of what is being done for somebody, from the request to the post.

It is in every line of the log, in the payload of durable work, so that it outlives the process, and in what people are
told of an error, so that whoever runs the bot finds that in the log.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex

_CURRENT: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """Return the id of what is being done; "" where nobody asked for it."""
    return _CURRENT.get()


@contextmanager
def following(id: str = "") -> Iterator[str]:
    """Do what the block does under an id, and yield it: this one, else the one that holds already, else a new one."""
    token = _CURRENT.set(id or _CURRENT.get() or token_hex(4))
    try:
        yield _CURRENT.get()
    finally:
        _CURRENT.reset(token)
