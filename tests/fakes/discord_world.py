"""What the fake Discord knows: people, servers, channels, threads, messages, and one application with its bot."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

JSON = dict[str, Any]
"""An object of a request or an answer."""
Value = Any
"""Whatever JSON can say, as a request that nobody checked yet may."""
Clock = Callable[[], float]
"""Seconds since 1970."""

_EPOCH = 1_420_070_400
"""The second that Discord's identifiers count from."""


class ChannelType(IntEnum):
    """The types of channels that the fake has."""

    TEXT = 0
    DM = 1
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


class MessageType(IntEnum):
    """The types of messages that the fake posts."""

    DEFAULT = 0
    NAME_CHANGED = 4
    PINNED = 6
    THREAD_CREATED = 18
    REPLY = 19
    COMMAND = 20
    THREAD_STARTER = 21


@dataclass(slots=True)
class User:
    """An account; the bot's own is one too."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"


@dataclass(slots=True)
class Role:
    """A role of a server; @everyone has the server's own id."""

    id: int
    name: str
    permissions: int = 0
    mentionable: bool = False


@dataclass(slots=True)
class Overwrite:
    """What a channel allows and denies a role (type 0) or a member (type 1)."""

    id: int
    type: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Guild:
    """A server: roles by id, and the roles of each member."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Tag:
    """A tag of a forum."""

    id: int
    name: str


@dataclass(slots=True)
class Thread:
    """What a thread has beyond a channel."""

    owner_id: int
    created_at: float
    archived_at: float
    archived: bool = False
    locked: bool = False
    auto_archive: int = 1440
    tags: list[int] = field(default_factory=list)
    members: set[int] = field(default_factory=set)
    sent: int = 0


@dataclass(frozen=True, slots=True)
class Pings:
    """Who is notified of a message."""

    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    everyone: bool = False

    def __bool__(self) -> bool:
        """Tell whether anybody is."""
        return bool(self.users or self.roles or self.everyone)


@dataclass(slots=True)
class Message:
    """A message as it is stored. `seen_by` is the one person who sees an ephemeral one."""

    id: int
    channel_id: int
    author_id: int
    sent_at: float
    content: str = ""
    embeds: list[JSON] = field(default_factory=list)
    components: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    type: MessageType = MessageType.DEFAULT
    flags: int = 0
    nonce: str | int | None = None
    edited_at: float | None = None
    pings: Pings = Pings()
    reactions: dict[str, list[int]] = field(default_factory=dict)
    reference: JSON | None = None
    thread_id: int | None = None
    interaction: "Interaction | None" = None
    seen_by: int | None = None


@dataclass(slots=True)
class Channel:
    """A channel, a thread or a conversation of two; its messages in the order in which they were sent."""

    id: int
    type: ChannelType
    name: str = ""
    guild_id: int | None = None
    parent_id: int | None = None
    topic: str | None = None
    position: int = 0
    overwrites: list[Overwrite] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    requires_tag: bool = False
    thread: Thread | None = None
    recipient_id: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    pins: dict[int, float] = field(default_factory=dict)

    @property
    def visible(self) -> list[Message]:
        """The messages that are in the history: all but those for one person's eyes."""
        return [message for message in self.messages.values() if message.seen_by is None]


@dataclass(slots=True)
class Interaction:
    """What a person started with a command or a button, and what the bot answered.

    `type` is 2 for a command, 3 for a button, 4 for an autocompletion, and `callback` is the type of the answer.
    """

    id: int
    token: str
    type: int
    channel_id: int
    user_id: int
    data: JSON
    started_at: float
    message_id: int | None = None
    callback: int | None = None
    original: Message | None = None
    choices: list[JSON] = field(default_factory=list)
    modal: JSON | None = None

    @property
    def loading(self) -> bool:
        """Whether the person is still shown that the bot is thinking."""
        return self.original is not None and bool(self.original.flags & LOADING)


LOADING = 1 << 7
EPHEMERAL = 1 << 6
HAS_THREAD = 1 << 5
COMPONENTS_V2 = 1 << 15
SUPPRESS_EMBEDS = 1 << 2
SUPPRESS_NOTIFICATIONS = 1 << 12


@dataclass(slots=True)
class Application:
    """The application: its bot's account and token, and the privileged intents that are switched on for it."""

    id: int
    name: str
    token: str
    owner_id: int
    message_content: bool = False
    privileged_intents: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """What the gateway tells the bot, if it has one of the intents and may see the channel."""

    name: str
    data: JSON
    intents: int = 0
    guild_id: int | None = None
    channel: Channel | None = None
    message: Message | None = None


@dataclass(slots=True)
class World:
    """Everything. Names of new things are given by `snowflake`; what happens is told to the `listeners`."""

    clock: Clock
    application: Application = field(init=False)
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    commands: dict[int, JSON] = field(default_factory=dict)
    files: dict[int, bytes] = field(default_factory=dict)
    typing: list[tuple[int, int]] = field(default_factory=list)
    listeners: list[Callable[[Event], None]] = field(default_factory=list)
    _last: int = 0

    def __post_init__(self) -> None:
        """Create the application with its bot and its owner."""
        owner, bot = self.add_user("owner"), self.add_user("digestbot", bot=True)
        self.application = Application(bot.id, "digestbot", "MTE.fake.of-digestbot", owner.id)

    def now(self) -> float:
        """Return the time to the millisecond, as the API tells it: what is told can be asked for again."""
        return round(self.clock(), 3)

    def snowflake(self) -> int:
        """Return a name that no other thing has; later ones are greater."""
        self._last = max(self._last + 1, int((self.now() - _EPOCH) * 1000) << 22)
        return self._last

    def publish(self, event: Event) -> None:
        """Tell everybody who listens."""
        for listener in self.listeners:
            listener(event)

    def add_user(self, name: str, *, bot: bool = False, locale: str = "en-US") -> User:
        """Add an account."""
        user = User(self.snowflake(), name, bot, locale)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, *, everyone: int, bot: int) -> Guild:
        """Add a server with the permissions of @everyone and of the role that the bot gets on installation."""
        guild = Guild(self.snowflake(), name, self.application.owner_id)
        guild.roles[guild.id] = Role(guild.id, "@everyone", everyone)
        self.guilds[guild.id] = guild
        installed = self.add_role(guild, self.application.name, bot)
        guild.members = {self.application.owner_id: set(), self.bot.id: {installed.id}}
        return guild

    def add_role(self, guild: Guild, name: str, permissions: int = 0, *, mentionable: bool = False) -> Role:
        """Add a role."""
        role = Role(self.snowflake(), name, permissions, mentionable)
        guild.roles[role.id] = role
        return role

    def add_member(self, guild: Guild, name: str, *, locale: str = "en-US") -> User:
        """Add a person to a server."""
        user = self.add_user(name, locale=locale)
        guild.members[user.id] = set()
        return user

    def add_channel(self, guild: Guild, name: str, *, tags: tuple[str, ...] | None = None) -> Channel:
        """Add a text channel, or with tags (there may be none) a forum."""
        kind = ChannelType.TEXT if tags is None else ChannelType.FORUM
        place = len(self.channels_of(guild.id))
        channel = Channel(self.snowflake(), kind, name, guild.id, position=place)
        channel.tags = [Tag(self.snowflake(), tag) for tag in tags or ()]
        self.channels[channel.id] = channel
        return channel

    def conversation(self, user: User) -> Channel:
        """Return the direct messages of a person and the bot."""
        known = (channel for channel in self.channels.values() if channel.recipient_id == user.id)
        if found := next(known, None):
            return found
        channel = Channel(self.snowflake(), ChannelType.DM, recipient_id=user.id)
        self.channels[channel.id] = channel
        return channel

    @property
    def bot(self) -> User:
        """The bot's account."""
        return self.users[self.application.id]

    def channels_of(self, guild_id: int) -> list[Channel]:
        """Return the channels of a server, without threads."""
        return [channel for channel in self.channels.values() if channel.guild_id == guild_id and not channel.thread]

    def threads(self, *, guild_id: int | None = None, parent_id: int | None = None) -> Iterator[Channel]:
        """Yield the threads of a server, of a channel or (without either) all, the newest first."""
        for channel in sorted(self.channels.values(), key=lambda channel: -channel.id):
            here = channel.guild_id == guild_id if guild_id else parent_id in (None, channel.parent_id)
            if channel.thread and here:
                yield channel

    def parent(self, channel: Channel) -> Channel:
        """Return the channel that a thread is in; of another channel, itself."""
        return self.channels[channel.parent_id] if channel.thread and channel.parent_id else channel

    def sent_with_nonce(self, author_id: int, nonce: str | int, since: float) -> Message | None:
        """Return the message that an author sent with a nonce, since a time."""
        for channel in self.channels.values():
            for message in reversed(channel.messages.values()):
                if message.sent_at < since:
                    break
                if message.author_id == author_id and message.nonce is not None and str(message.nonce) == str(nonce):
                    return message
        return None


def moment(seconds: float) -> str:
    """Return a time as the API writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
