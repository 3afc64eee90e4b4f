"""A stored message as people meet it: whom it notifies, where it leads, and the words that are read.

The judge of what hostile text may do: it reads what is stored as Discord's clients would, and knows no renderer.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from tests.fakes.discord_markdown import Node, parse, parse_inline
from tests.fakes.discord_world import COMPONENTS_V2, JSON, Message, Pings, World

BUTTON, TEXT_DISPLAY = 2, 10
_ALL = ("users", "roles", "everyone")
_MENTION = re.compile(r"<@!?(\d+)>|<@&(\d+)>|@(everyone|here)")


def pings(message: Message) -> Pings:
    """Return whom a message mentions so that they notice; nobody by an embed, by words in code, or out of sight."""
    return message.pings if message.seen_by is None else Pings()


def links(message: Message) -> frozenset[str]:
    """Return every address that a click may lead to, or that is loaded: of words, embeds, buttons and pictures."""
    found = {node.target for text in _linking(message) for node in _walk(parse(text)) if node.kind == "link"}
    for embed in message.embeds:
        places = (embed, embed.get("author", {}), embed.get("image", {}), embed.get("thumbnail", {}))
        found |= {place["url"] for place in places if place.get("url")}
    for component in components(message.components):
        media = [component.get("media"), component.get("file"), *(item["media"] for item in component.get("items", ()))]
        found |= {place["url"] for place in (component, *filter(None, media)) if place.get("url")}
    return frozenset(found)


def visible(message: Message, world: World) -> str:
    """Return the words that are read, from the top to the bottom: marks are gone, escapes resolved, mentions named."""
    rows = [words(parse(message.content), world)]
    for embed in message.embeds:
        rows += _embed_rows(embed, world)
    for component in components(message.components):
        rows.append(words(parse(component["content"]), world) if component["type"] == TEXT_DISPLAY else "")
        rows += [component.get("label", ""), component.get("placeholder") or ""]
        rows += [option["label"] for option in component.get("options", ())]
    rows += [file["filename"] for file in message.attachments]
    return "\n".join(row for row in rows if row)


def _embed_rows(embed: JSON, world: World) -> Iterator[str]:
    yield embed.get("author", {}).get("name", "")
    yield words(parse_inline(embed.get("title", "")), world)
    yield words(parse(embed.get("description", "")), world)
    for field in embed.get("fields", ()):
        yield words(parse_inline(field["name"]), world)
        yield words(parse(field["value"]), world)
    yield embed.get("footer", {}).get("text", "")


def words(nodes: Iterable[Node], world: World) -> str:
    """Return what is read of a parsed text."""
    return "".join(_word(node, world) for node in nodes)


def _word(node: Node, world: World) -> str:
    if node.kind == "mention":
        return mention_name(node.text, world)
    if node.kind == "time":
        return time_name(node)
    if node.kind == "item":
        return f"{node.text} "
    return words(node.children, world) if node.children else node.text


def mention_name(mention: str, world: World) -> str:
    """Return what a mention shows: a name where the id is known."""
    number = int(re.sub(r"\D", "", mention) or 0)
    if mention.startswith("<#"):
        return f"#{world.channels[number].name}" if number in world.channels else "#unknown"
    if mention.startswith("<@&"):
        roles = {role.id: role.name for guild in world.guilds.values() for role in guild.roles.values()}
        return f"@{roles.get(number, 'unknown-role')}"
    if mention.startswith("<@"):
        return f"@{world.users[number].name}" if number in world.users else "@unknown-user"
    return mention.strip("<>").partition(":")[0] if mention.startswith("</") else mention


def time_name(node: Node) -> str:
    """Return what a timestamp shows to a reader in UTC."""
    try:
        return f"{datetime.fromtimestamp(int(node.text), UTC):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, ValueError, OSError):
        return "Invalid Date"


def components(tree: Sequence[JSON]) -> Iterator[JSON]:
    """Yield every component, also those in rows, sections and containers."""
    for component in tree:
        yield component
        yield from components(component.get("components", ()))
        if accessory := component.get("accessory"):
            yield accessory


def _texts(message: Message) -> list[str]:
    """Return the texts in which mentions count."""
    displays = [each["content"] for each in components(message.components) if each["type"] == TEXT_DISPLAY]
    return displays if message.flags & COMPONENTS_V2 else [message.content]


def _linking(message: Message) -> Iterator[str]:
    """Yield the texts in which links work: the names of authors, titles and footers are none."""
    yield from _texts(message)
    for embed in message.embeds:
        yield embed.get("description", "")
        yield from (field["value"] for field in embed.get("fields", ()))


def _walk(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield from node.walk()


def wanted_pings(message: Message, allowed: JSON | None, default: Sequence[str] = _ALL) -> Pings:
    """Return whom a message would notify, as far as its allowed_mentions (without any: the default) let it.

    An escaped mention counts: a backslash changes how it looks and not what it does. Code does not.
    """
    spoken = "".join(
        node.text for text in _texts(message) for node in _walk(parse(text)) if node.kind not in ("code", "block")
    )
    users, roles, everyone = set[int](), set[int](), False
    for user, role, group in _MENTION.findall(spoken):
        users |= {int(user)} if user else set()
        roles |= {int(role)} if role else set()
        everyone |= bool(group)
    rules = {"parse": default} if allowed is None else allowed
    parsed = rules.get("parse") or ()
    if "users" not in parsed:
        users &= {int(each) for each in rules.get("users") or ()}
    if "roles" not in parsed:
        roles &= {int(each) for each in rules.get("roles") or ()}
    return Pings(frozenset(users), frozenset(roles), everyone and "everyone" in parsed)
