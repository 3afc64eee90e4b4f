"""A channel as a page that looks like a chat: its messages with their threads open, and its pins."""

import html
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby

from tests.fakes.slack_answers import Answer
from tests.fakes.slack_pieces import Piece
from tests.fakes.slack_reading import Line, lines
from tests.fakes.slack_world import Channel, Message, World

_STYLE = """
*{box-sizing:border-box}body{margin:0;font:15px/1.47 Lato,"Noto Sans","Noto Sans CJK SC",system-ui,sans-serif;
color:#1d1c1d;background:#fff}main{max-width:820px;margin:0 auto;padding:0 20px 40px}
h1{font-size:18px;margin:0;padding:14px 0;border-bottom:1px solid #ddd;position:sticky;top:0;background:#fff}
h1 small{font-weight:400;font-size:13px;color:#616061;margin-left:10px}
.message{display:flex;gap:10px;padding:8px 0}.message.pinned{background:#fef8e5;margin:0 -8px;padding:8px}
.face{flex:none;width:36px;height:36px;border-radius:6px;background:#4a154b;color:#fff;font-weight:700;
display:flex;align-items:center;justify-content:center;text-transform:uppercase}.person .face{background:#2b6cb0}
.body{min-width:0;flex:1;overflow-wrap:anywhere}.name{font-weight:900}.app{font-size:10px;background:#e8e8e8;
border-radius:2px;padding:1px 4px;color:#616061}time,.note{font-size:12px;color:#616061}
.line{white-space:pre-wrap;margin:2px 0}.header{font-size:18px;font-weight:900}
.context{font-size:12px;color:#616061}
.item{padding-left:22px;position:relative}.item::before{content:"•";position:absolute;left:8px}
.thread{border-left:3px solid #e8e8e8;margin:2px 0 10px 17px;padding-left:16px}.count{color:#1264a3;font-size:13px;
font-weight:700}a{color:#1264a3;text-decoration:none}.ping{background:#e8f5fa;color:#1264a3;border-radius:3px;
padding:0 2px}code{font:12px/1.5 "Noto Sans Mono",monospace;background:#f8f8f8;border:1px solid #e3e3e3;
border-radius:3px;padding:1px 3px;color:#c01343}pre{font:12px/1.5 "Noto Sans Mono",monospace;background:#f8f8f8;
border:1px solid #e3e3e3;border-radius:4px;padding:8px;margin:4px 0;white-space:pre-wrap}
.quote{border-left:4px solid #ddd;padding-left:10px}.button{display:inline-block;border:1px solid #bbb;
border-radius:4px;padding:3px 12px;margin:4px 6px 4px 0;font-weight:700;font-size:13px}
hr{border:0;border-top:1px solid #ddd;margin:8px 0}table{border-collapse:collapse;margin:6px 0;font-size:13px;
display:block;overflow-x:auto}td{border:1px solid #ddd;padding:4px 8px;vertical-align:top}
tr:first-child td{font-weight:700}
.file{display:table;border:1px solid #ddd;border-radius:8px;padding:8px 12px;margin:4px 0;font-weight:700}
.pin{font-size:12px;color:#b08800}.status{color:#616061;font-style:italic}
"""
_TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code", "underline": "u"}


def page(world: World, name: str) -> Answer:
    """Return the page of a channel; without a name, the list of channels."""
    channel = world.channel(name) if name else None
    if channel is None:
        items = "".join(f'<p><a href="/view/{id_}">{_text(_title(c))}</a></p>' for id_, c in world.channels.items())
        return Answer(200 if not name else 404, _whole(world.team, f"<h1>{_text(world.team)}</h1>{items}"))
    title = _title(channel)
    note = f"{len(channel.members)} members · {len(channel.pins)} pinned"
    shown = sorted([*channel.timeline(), *channel.ephemeral], key=lambda message: float(message.ts))
    body = "".join(part for message in shown for part in _with_thread(world, channel, message))
    return Answer(200, _whole(title, f"<h1>{_text(title)}<small>{note}</small></h1>{body}"))


def _whole(title: str, body: str) -> str:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{_text(title)}</title>'
    head += f"<style>{_STYLE}</style>"
    return f'<!doctype html><html lang="en"><head>{head}</head><body><main>{body}</main></body></html>'


def _title(channel: Channel) -> str:
    return f"#{channel.name}" if channel.name else f"Direct: {channel.user}"


def _text(text: str) -> str:
    return html.escape(text)


def _with_thread(world: World, channel: Channel, message: Message) -> Iterator[str]:
    yield _message(world, channel, message)
    replies = [] if message.is_reply else channel.replies(message.ts)
    status = channel.statuses.get(message.ts)
    status = status if status and status.until > world.clock() else None
    if replies or status:
        yield '<div class="thread">'
        if replies:
            yield f'<div class="count">{len(replies)} {"reply" if len(replies) == 1 else "replies"}</div>'
        yield from (_message(world, channel, reply) for reply in replies)
        if status:
            yield f'<div class="status">{_text(world.users[world.bot_user].name)} {_text(status.text)}</div>'
        yield "</div>"


def _message(world: World, channel: Channel, message: Message) -> str:
    user = world.users.get(message.user)
    name = user.name if user else message.user
    when = datetime.fromtimestamp(float(message.ts), UTC)
    pinned = any(pin.ts == message.ts for pin in channel.pins)
    notes = [
        note
        for note, holds in (
            ("(edited)", message.edited),
            ("only visible to one person", message.only_for),
            ("writing …", message.streaming == "in_progress"),
        )
        if holds
    ]
    head = f'<span class="name">{_text(name)}</span> '
    head += '<span class="app">APP</span> ' if message.bot_id else ""
    head += f'<time datetime="{when.isoformat()}">{when:%H:%M}</time>'
    head += "".join(f' <span class="note">{note}</span>' for note in notes)
    head += ' <span class="pin">📌 Pinned</span>' if pinned else ""
    files = "".join(f'<div class="file">📄 {_text(world.files[id_].title)}</div>' for id_ in message.files)
    body = "".join(_lines([line for line in lines(message, world) if line.kind != "fallback"]))
    classes = f"message{' pinned' if pinned else ''}{'' if message.bot_id else ' person'}"
    face = f'<div class="face">{_text(name[:1])}</div>'
    return f'<div class="{classes}" id="m{message.ts}">{face}<div class="body">{head}{body}{files}</div></div>'


def _lines(shown: list[Line]) -> Iterator[str]:
    for is_cell, found in groupby(shown, lambda line: line.kind == "cell"):
        group = list(found)
        yield _table(group) if is_cell else "".join(map(_line, group))


def _table(cells: Iterable[Line]) -> str:
    rows = (
        "".join(f"<td>{_pieces(cell.pieces)}</td>" for cell in row)
        for _, row in groupby(cells, lambda cell: (cell.where.rpartition("/rows/")[0], cell.row))
    )
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _line(line: Line) -> str:
    if line.kind == "button":
        return f'<span class="button">{_pieces(line.pieces)}</span>'
    if line.kind == "divider":
        return "<hr>"
    if line.kind == "image":
        return f'<div class="note">[image: {_text(line.text)}]</div>'
    return f'<div class="line {line.kind}">{_pieces(line.pieces)}</div>'


def _pieces(pieces: Iterable[Piece]) -> str:
    return "".join(map(_piece, pieces))


def _piece(piece: Piece) -> str:
    shown = _text(piece.text)
    for style, tag in _TAGS.items():
        shown = f"<{tag}>{shown}</{tag}>" if style in piece.style else shown
    if "pre" in piece.style:
        shown = f"<pre>{shown}</pre>"
    if "quote" in piece.style:
        shown = f'<span class="quote">{shown}</span>'
    if piece.ping:
        return f'<span class="ping">{shown}</span>'
    if piece.url.startswith(("http://", "https://", "mailto:")):
        return f'<a href="{_text(piece.url)}" rel="noreferrer">{shown}</a>'
    return f"<a>{shown}</a>" if piece.url else shown
