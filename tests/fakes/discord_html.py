"""A channel as people see it, as a page of HTML that needs nothing else: messages, embeds, buttons, threads, pins."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from tests.fakes.discord_answers import Answer, error
from tests.fakes.discord_markdown import Node, parse, parse_inline
from tests.fakes.discord_reading import mention_name, time_name, words
from tests.fakes.discord_world import (
    EPHEMERAL,
    JSON,
    LOADING,
    Channel,
    ChannelType,
    Message,
    MessageType,
    World,
    moment,
)

_STYLE = Path(__file__).with_name("discord.css").read_text(encoding="utf-8")
_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
}
_TAGS = {"strong": "strong", "em": "em", "underline": "u", "strike": "s", "small": "small", "quote": "blockquote"}
_BUTTONS = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary"}
_ROW, _BUTTON, _TEXT, _SEPARATOR, _CONTAINER = 1, 2, 10, 14, 17


def page(world: World, name: str) -> Answer:
    """Return the page of a channel or a thread, by its id or its name; without a name, of the first channel."""
    channels = [each for each in world.channels.values() if name in ("", str(each.id), each.name)]
    if not channels:
        return error(10003)
    return Answer(200, _page(world, channels[0]).encode(), _HEADERS)


def _page(world: World, channel: Channel) -> str:
    body = _pins(world, channel) + _posts(world, channel)
    if channel.type is ChannelType.FORUM:
        body = "".join(_thread(world, each) for each in reversed([*world.threads(parent_id=channel.id)]))
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        f"<meta name=viewport content='width=device-width'><title>{_title(world, channel)}</title>"
        f"<style>{_STYLE}</style></head><body>{_side(world, channel)}"
        f"<main><header>{_title(world, channel)}</header>{body}</main></body></html>"
    )


def _title(world: World, channel: Channel) -> str:
    if channel.recipient_id:
        return f"@ {escape(world.users[channel.recipient_id].name)}"
    return f"{'🧵' if channel.thread else '#'} {escape(channel.name)}"


def _side(world: World, shown: Channel) -> str:
    rows = []
    for channel in world.channels.values():
        if not channel.thread:
            mark = " class=here" if channel.id in (shown.id, shown.parent_id) else ""
            rows.append(f"<a{mark} href='/view/{channel.id}'>{_title(world, channel)}</a>")
            rows += [
                f"<a class=thread href='/view/{each.id}'>{_title(world, each)}</a>"
                for each in world.threads(parent_id=channel.id)
            ]
    names = ", ".join(escape(guild.name) for guild in world.guilds.values())
    return f"<nav><b>{names}</b>{''.join(rows)}</nav>"


def _pins(world: World, channel: Channel) -> str:
    if not channel.pins:
        return ""
    pinned = sorted(channel.pins, key=lambda number: -channel.pins[number])
    rows = [
        f"<a href='#m{number}'>{escape(_first_words(channel.messages[number], world))}</a>"
        for number in pinned
        if number in channel.messages
    ]
    return f"<section class=pins><b>📌 Pinned</b>{''.join(rows)}</section>"


def _first_words(message: Message, world: World) -> str:
    titles = [embed.get("title", "") or embed.get("description", "") for embed in message.embeds]
    text = next((text for text in (message.content, *titles) if text), "message")
    return next(iter(words(parse(text), world).strip().splitlines()), "message")


def _posts(world: World, channel: Channel) -> str:
    return "".join(_message(world, channel, each) for each in channel.messages.values())


def _thread(world: World, thread: Channel) -> str:
    assert thread.thread
    count = sum(each.type is not MessageType.THREAD_STARTER for each in thread.visible)
    tags = {tag.id: tag.name for tag in world.parent(thread).tags}
    marks = [f"<i>{escape(tags[each])}</i>" for each in thread.thread.tags if each in tags]
    marks += [f"<i>{word}</i>" for word in ("archived", "locked") if getattr(thread.thread, word)]
    head = f"<a href='/view/{thread.id}'>{_title(world, thread)}</a> · {count} messages {''.join(marks)}"
    return f"<section class=thread><h4>{head}</h4>{_pins(world, thread)}{_posts(world, thread)}</section>"


def _message(world: World, channel: Channel, message: Message) -> str:
    author = world.users[message.author_id]
    if said := _system(message):
        return f"<p class=system>{said.format(name=escape(author.name))}</p>"
    if message.type is MessageType.THREAD_STARTER:
        return ""
    badge = " <span class=app>APP</span>" if author.bot else ""
    pinned = " 📌" if message.id in channel.pins else ""
    edited = " <small>(edited)</small>" if message.edited_at else ""
    head = f"<b>{escape(author.name)}</b>{badge} <time>{moment(message.sent_at)[:16].replace('T', ' ')}</time>{pinned}"
    said = "<em class=thinking>is thinking…</em>" if message.flags & LOADING else html(parse(message.content), world)
    parts = [f"<div class=words>{said}{edited}</div>"]
    parts += [_embed(embed, world) for embed in message.embeds]
    parts += [f"<div class=file>📄 {escape(file['filename'])}</div>" for file in message.attachments]
    parts += [_component(each, world) for each in message.components]
    if message.reactions:
        reactions = "".join(f"<i>{escape(emoji)} {len(who)}</i>" for emoji, who in message.reactions.items())
        parts.append(f"<div class=reactions>{reactions}</div>")
    if message.flags & EPHEMERAL:
        parts.append("<small>👁 Only you can see this</small>")
    if message.thread_id in world.channels:
        parts.append(_thread(world, world.channels[message.thread_id]))
    letter, kind = escape(author.name[:1].upper()), "bot" if author.bot else "person"
    return (
        f"<article id=m{message.id}><span class='face {kind}'>{letter}</span>"
        f"<div>{_used(world, message)}<div class=head>{head}</div>{''.join(parts)}</div></article>"
    )


def _system(message: Message) -> str:
    return {
        MessageType.PINNED: "📌 <b>{name}</b> pinned a message to this channel.",
        MessageType.THREAD_CREATED: "🧵 <b>{name}</b> started a thread.",
        MessageType.NAME_CHANGED: "✏️ <b>{name}</b> changed the name.",
    }.get(message.type, "")


def _used(world: World, message: Message) -> str:
    one = message.interaction
    if one is None or message.type is not MessageType.COMMAND:
        return ""
    return f"<div class=used>{escape(world.users[one.user_id].name)} used <b>/{escape(one.data['name'])}</b></div>"


def _embed(embed: JSON, world: World) -> str:
    rows = []
    if author := embed.get("author"):
        rows.append(f"<div class=author>{_linked(escape(author['name']), author.get('url'))}</div>")
    if "title" in embed:
        title = html(parse_inline(embed["title"]), world)
        rows.append(f"<div class=title>{_linked(title, embed.get('url'))}</div>")
    if "description" in embed:
        rows.append(f"<div class=words>{html(parse(embed['description']), world)}</div>")
    fields = [
        f"<div{' class=inline' if field['inline'] else ''}><b>{html(parse_inline(field['name']), world)}</b>"
        f"<div class=words>{html(parse(field['value']), world)}</div></div>"
        for field in embed.get("fields", ())
    ]
    rows += [f"<div class=fields>{''.join(fields)}</div>"] if fields else []
    foot = [escape(embed.get("footer", {}).get("text", "")), escape(str(embed.get("timestamp", ""))[:16])]
    if any(foot):
        rows.append(f"<div class=foot>{' · '.join(filter(None, foot))}</div>")
    return f"<div class=embed style='border-color:#{int(embed.get('color') or 0x4F545C):06x}'>{''.join(rows)}</div>"


def _component(component: JSON, world: World) -> str:
    kind = component["type"]
    inside = "".join(_component(each, world) for each in component.get("components", ()))
    if accessory := component.get("accessory"):
        inside += _component(accessory, world)
    if kind == _BUTTON:
        emoji = (component.get("emoji") or {}).get("name") or ""
        label = escape(f"{emoji} {component.get('label') or ''}".strip())
        style = f"{_BUTTONS.get(component['style'], 'secondary')}{' off' if component.get('disabled') else ''}"
        return f"<span class='button {style}'>{_linked(label, component.get('url'))}</span>"
    if kind == _TEXT:
        return f"<div class=words>{html(parse(component['content']), world)}</div>"
    if kind == _SEPARATOR:
        return "<hr>"
    if not inside:
        return f"<span class='button secondary'>{escape(component.get('placeholder') or 'Choose')} ▾</span>"
    return f"<div class={'embed' if kind == _CONTAINER else 'row'}>{inside}</div>"


def html(nodes: Iterable[Node], world: World) -> str:
    """Return a parsed text as HTML."""
    parts: list[str] = []
    ended = False
    for node in nodes:  # a heading and a block of code end their line themselves
        part = _node(node, world)
        parts.append(part[1:] if ended and part.startswith("\n") else part)
        ended = node.kind in ("heading", "block")
    return "".join(parts)


def _node(node: Node, world: World) -> str:
    inner = html(node.children, world) if node.children else escape(node.text)
    if node.kind == "link":
        return _linked(inner, node.target)
    if node.kind == "mention":
        return f"<span class=mention>{escape(mention_name(node.text, world))}</span>"
    if node.kind == "time":
        return f"<span class=time>{time_name(node)}</span>"
    if node.kind == "item":
        return f"<span class=item>{escape(node.text)}</span>"
    if node.kind == "heading":
        return f"<h{node.level}>{inner}</h{node.level}>"
    if node.kind == "spoiler":
        return f"<span class=spoiler>{inner}</span>"
    if node.kind in ("code", "block"):
        return f"<code>{inner}</code>" if node.kind == "code" else f"<pre>{inner}</pre>"
    tag = _TAGS.get(node.kind)
    return f"<{tag}>{inner}</{tag}>" if tag else inner


def _linked(inner: str, url: str | None) -> str:
    safe = url and url.startswith(("http://", "https://", "mailto:", "tel:"))
    return f"<a href='{escape(url or '')}' rel='noopener noreferrer'>{inner}</a>" if safe else inner
