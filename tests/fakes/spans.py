"""Notes spans, for tests of what is told of them; see `tests.fakes.collector` for what becomes of them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from bot.ports import SpanKind
from bot.ports.tracing import Attributes

_CURRENT: ContextVar["Noted | None"] = ContextVar("current", default=None)


@dataclass
class Noted:
    """A span as it is noted, with its parent's name."""

    name: str
    kind: SpanKind
    parent: str
    attributes: dict[str, object]
    failed: tuple[str, str] | None = None
    ended: bool = False

    def add(self, attributes: Attributes) -> None:
        """Note more of it."""
        self.attributes |= attributes

    def fail(self, kind: str, message: str) -> None:
        """Note that it has failed."""
        self.failed = kind, message

    def current(self) -> AbstractContextManager[None]:
        """Be the parent of what begins in the block."""

        @contextmanager
        def current() -> Iterator[None]:
            token = _CURRENT.set(self)
            yield
            _CURRENT.reset(token)

        return current()

    def end(self) -> None:
        """Note that it has ended."""
        assert not self.ended
        self.ended = True


@dataclass
class Noting:
    """Notes spans. See `bot.ports.Tracer`."""

    spans: list[Noted] = field(default_factory=list)

    def begin(self, name: str, attributes: Attributes, kind: SpanKind, parent: str) -> Noted:
        """Note a span."""
        current = _CURRENT.get()
        self.spans.append(Noted(name, kind, parent or (current.name if current else ""), dict(attributes)))
        return self.spans[-1]

    def traceparent(self) -> str:
        """Return the name of the current span."""
        current = _CURRENT.get()
        return current.name if current else ""
