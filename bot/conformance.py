"""Whether what a plugin opened has all that the core calls.

Nobody runs a type checker over a package when it is installed. Without this, a method that its author forgot would be
missed when it is called: `pin`, say, after everything was posted.
"""

from collections.abc import Iterator

from bot.ports import (
    AnsweringModel,
    Archive,
    Chat,
    CodeHost,
    GrowingChat,
    LanguageModel,
    OpenedModel,
    OpenedSource,
    Platform,
    Reader,
)

_Opened = Platform | OpenedSource | OpenedModel


def nonconformity(opened: object, of: type[_Opened]) -> str:
    """Return what is wrong with what a plugin of some kind opened, as the end of a sentence; "" if nothing is."""
    if not isinstance(opened, of):
        return (
            f"its `connect` has to yield a bot.ports.{of.__name__}, and yields something else ({type(opened).__name__})"
        )
    for name, part, protocol in _parts(opened):
        missing = sorted(member for member in _members(protocol) if not hasattr(part, member))
        if missing:
            has_no = " and no ".join(f"`{member}`" for member in missing)
            return f"its {name} ({type(part).__name__}) has no {has_no}, as a bot.ports.{protocol.__name__} has"
    return ""


def _parts(opened: _Opened) -> Iterator[tuple[str, object, type]]:
    """Yield the parts, each with its name and what it has to be; ask for one only if those before are right."""
    match opened:
        case Platform(chat):
            yield "chat", chat, Chat
            if chat.traits.growth > 0:
                yield "chat", chat, GrowingChat
        case OpenedSource(reader, archive, host):
            parts = (("reader", reader, Reader), ("archive", archive, Archive), ("host", host, CodeHost))
            yield from (part for part in parts if part[1] is not None)
        case OpenedModel(writes, answers):
            yield "writes", writes, LanguageModel
            if answers is not None:
                yield "answers", answers, AnsweringModel


def _members(protocol: type) -> Iterator[str]:
    return (name for each in protocol.__mro__ for name in vars(each) if not name.startswith("_"))
