"""What the fake Slack knows: a team, its people, channels, messages and files, the app, and the tokens."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

BOT_SCOPES = (
    "commands,chat:write,app_mentions:read,channels:history,groups:history,im:history,channels:read,groups:read,"
    "pins:write,users:read,files:write"
)
OPTIONAL_BOT_SCOPES = "chat:write.public,pins:read,channels:join,assistant:write"
BOT_TOKEN = "xoxb-of-the-bot"  # noqa: S105 - good for nothing but the fake
APP_TOKEN = "xapp-of-the-app"  # noqa: S105 - good for nothing but the fake
SIGNING_SECRET = "what-the-app-and-slack-share"  # noqa: S105 - good for nothing but the fake

Kind = Literal["channel", "group", "im"]
"""As events name it: a public channel, a private one, a direct conversation."""

Json = dict[str, Any]


@dataclass(slots=True)
class User:
    """A person, or the bot's own user."""

    id: str
    name: str
    real_name: str = ""
    tz: str = "Europe/Berlin"
    tz_offset: int = 3600
    locale: str = "en-US"
    is_bot: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Message:
    """A message as it is kept.

    `text` and `blocks` are what was sent, `markdown` says that the text is a markdown text, and `revisions` are its
    texts before each edit. `subtype` is Slack's word for a special message. `only_for` is the one person that an
    ephemeral message is for. A stream takes more until the second `stream_until` of Slack's time.
    """

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    bot_id: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    metadata: Json | None = None
    edited: Json | None = None
    files: list[str] = field(default_factory=list)
    reactions: list[Json] = field(default_factory=list)
    mrkdwn: bool = True
    parse: str = "none"
    link_names: bool = False
    unfurl_links: bool = True
    unfurl_media: bool = True
    markdown: bool = False
    streaming: str | None = None
    stream_until: float = 0.0
    only_for: str | None = None
    revisions: list[str] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread, and is not its root."""
        return self.thread_ts not in (None, self.ts)

    @property
    def in_channel(self) -> bool:
        """Whether the channel itself shows it."""
        return not self.is_reply or self.subtype == "thread_broadcast"


@dataclass(slots=True)
class Pin:
    """A pinned message: by whom, and in which second."""

    ts: str
    user: str
    created: int


@dataclass(slots=True)
class Status:
    """What the bot is said to be doing in a thread, until a second of the world's clock."""

    text: str
    until: float


@dataclass(slots=True)
class Channel:
    """A conversation. `user` is the other side of a direct one."""

    id: str
    name: str
    kind: Kind = "channel"
    members: list[str] = field(default_factory=list)
    archived: bool = False
    user: str | None = None
    messages: dict[str, Message] = field(default_factory=dict)
    ephemeral: list[Message] = field(default_factory=list)
    pins: list[Pin] = field(default_factory=list)
    statuses: dict[str, Status] = field(default_factory=dict)

    def replies(self, ts: str) -> list[Message]:
        """Return the replies in the thread of a message, oldest first."""
        return [message for message in self.messages.values() if message.thread_ts == ts and message.is_reply]

    def timeline(self) -> list[Message]:
        """Return what the channel itself shows, oldest first."""
        return [message for message in self.messages.values() if message.in_channel]


@dataclass(slots=True)
class File:
    """A file that was announced; it has content once it is uploaded, and is shared once that is completed."""

    id: str
    name: str
    length: int
    title: str = ""
    content: str | None = None
    shared: bool = False


@dataclass(slots=True)
class Token:
    """A token: what it may, or why it is no longer good (`token_revoked`, `account_inactive`)."""

    kind: Literal["bot", "app"]
    scopes: str
    problem: str | None = None


@dataclass(slots=True)
class World:
    """Everything. It may be read and changed while the server runs, and is kept in a file where one is named."""

    team_id: str = "T0ROCKET"
    team: str = "Rocket"
    app_id: str = "A0DIGEST"
    bot_id: str = "B0DIGEST"
    bot_user: str = "U0DIGEST"
    signing_secret: str = SIGNING_SECRET
    tokens: dict[str, Token] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    usergroups: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    last: int = 0
    clock: Callable[[], float] = time.time

    @classmethod
    def with_people(cls) -> Self:
        """Return a team with the app installed, two people, a public and a private channel, and a usergroup."""
        world = cls()
        world.tokens = {BOT_TOKEN: Token("bot", BOT_SCOPES), APP_TOKEN: Token("app", "connections:write")}
        for user in (
            User(world.bot_user, "digestbot", "digestbot", tz="America/Los_Angeles", tz_offset=-28800, is_bot=True),
            User("U0ADA", "ada", "Ada Lovelace"),
            User("U0LIN", "lin", "Lin Wei", tz="Asia/Shanghai", tz_offset=28800, locale="zh-CN"),
        ):
            world.users[user.id] = user
        everybody = list(world.users)
        world.channels = {
            "C0GENERAL": Channel("C0GENERAL", "general", members=everybody.copy()),
            "C0RANDOM": Channel("C0RANDOM", "random", members=["U0ADA", "U0LIN"]),
            "G0SECRET": Channel("G0SECRET", "secret", "group", members=["U0ADA"]),
        }
        world.usergroups = {"S0TEAM": "team"}
        return world

    def next_ts(self) -> str:
        """Return the time as the name of a message, later than every one before."""
        self.last = max(self.last + 1, int(self.clock() * 1_000_000))
        seconds, micros = divmod(self.last, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def next_id(self, letter: str) -> str:
        """Return an id that nothing has."""
        self.last += 1
        return f"{letter}{self.last:X}"

    def channel(self, name: str) -> Channel | None:
        """Return a channel by its id, or its name with or without #."""
        bare = name.removeprefix("#")
        return self.channels.get(name) or next((c for c in self.channels.values() if c.name == bare), None)

    def direct(self, user: str) -> Channel:
        """Return the conversation of the bot with somebody; it begins here if need be."""
        id_ = f"D0{user.removeprefix('U0')}"
        return self.channels.setdefault(id_, Channel(id_, "", "im", [user, self.bot_user], user=user))

    def add(self, message: Message) -> Message:
        """Keep a message; the first reply makes its parent a thread."""
        channel = self.channels[message.channel]
        if message.only_for:
            channel.ephemeral.append(message)
            return message
        channel.messages[message.ts] = message
        parent = channel.messages.get(message.thread_ts or "")
        if parent:
            parent.thread_ts = parent.ts
            channel.statuses.pop(parent.ts, None)
        return message

    def messages(self, *, ephemeral: bool = False) -> Iterator[Message]:
        """Yield every message of every channel, oldest first within a channel, and then those for one person."""
        for channel in self.channels.values():
            yield from channel.messages.values()
            yield from channel.ephemeral if ephemeral else ()

    def save(self, file: Path) -> None:
        """Write everything to a file, whole or not at all."""
        kept = asdict(self)
        kept.pop("clock")
        written = file.with_suffix(".new")
        written.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        written.replace(file)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Return what was written to a file."""
        kept: Json = json.loads(file.read_text(encoding="utf-8"))
        kept["tokens"] = {name: Token(**token) for name, token in kept["tokens"].items()}
        kept["users"] = {id_: User(**user) for id_, user in kept["users"].items()}
        kept["files"] = {id_: File(**known) for id_, known in kept["files"].items()}
        kept["channels"] = {id_: _channel(channel) for id_, channel in kept["channels"].items()}
        return cls(**kept)


def _channel(kept: Json) -> Channel:
    kept["messages"] = {ts: Message(**message) for ts, message in kept["messages"].items()}
    kept["ephemeral"] = [Message(**message) for message in kept["ephemeral"]]
    kept["statuses"] = {ts: Status(**status) for ts, status in kept["statuses"].items()}
    kept["pins"] = [Pin(**pin) for pin in kept["pins"]]
    return Channel(**kept)
