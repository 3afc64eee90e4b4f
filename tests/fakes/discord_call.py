"""A request to the fake Discord, as an endpoint sees it."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.fakes.discord_answers import Answer, Refusal, invalid_form, refuse
from tests.fakes.discord_forms import Form
from tests.fakes.discord_permissions import Permission, require
from tests.fakes.discord_types import SNOWFLAKE, checked
from tests.fakes.discord_world import JSON, Channel, Guild, Message, User, World


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file."""

    field: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A request: `at` is the address of the fake, `part` the named parts of the path."""

    world: World
    at: str
    part: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    files: tuple[File, ...] = ()

    @property
    def bot(self) -> User:
        """Who asks: there is one bot."""
        return self.world.bot

    @property
    def form(self) -> JSON:
        """The body, which has to be an object. Raises Refusal."""
        if not isinstance(self.body, dict):
            raise refuse(50109)
        return self.body

    def channel(self, *needed: Permission) -> Channel:
        """Return the channel of the path, which the bot sees and may use so. Raises Refusal."""
        channel = self.world.channels.get(int(self.part["channel"]))
        if channel is None:
            raise refuse(10003)
        require(self.world, self.bot, channel, *needed)
        return channel

    def message(self, channel: Channel) -> Message:
        """Return the message of the path. Raises Refusal."""
        message = channel.messages.get(int(self.part["message"]))
        if message is None or message.seen_by is not None:
            raise refuse(10008)
        return message

    def guild(self) -> Guild:
        """Return the server of the path, which the bot is in. Raises Refusal."""
        guild = self.world.guilds.get(int(self.part["guild"]))
        if guild is None:
            raise refuse(10004)
        if self.bot.id not in guild.members:
            raise refuse(50001)
        return guild

    def number(self, name: str, default: int, most: int) -> int:
        """Return a number of the query between 1 and `most`. Raises Refusal."""
        form = Form()
        text = self.query.get(name, str(default))
        if not re.fullmatch(r"\d{1,9}", text):
            form.wrong(name, ("NUMBER_TYPE_COERCE", f'Value "{text}" is not int.'))
        elif not 1 <= int(text) <= most:
            limit = f"should be greater than or equal to 1 and less than or equal to {most}"
            form.wrong(name, ("NUMBER_TYPE_MAX", f"int value {limit}."))
        form.done()
        return int(text)

    def id_of(self, name: str, default: int = 0) -> int:
        """Return an id of the query. Raises Refusal."""
        checked({name: self.query.get(name)}, {name: SNOWFLAKE})
        return int(self.query.get(name, default))

    def seconds_of(self, name: str) -> float:
        """Return a time of the query; without one, the end of time. Raises Refusal."""
        if name not in self.query:
            return math.inf
        try:
            return datetime.fromisoformat(self.query[name]).timestamp()
        except ValueError:
            problem = "DATE_TIME_TYPE_PARSE", f"Could not parse {self.query[name]}."
            raise Refusal(invalid_form({name: problem})) from None


Endpoint = Callable[[Call], Answer]
Route = tuple[str, str, Endpoint]
"""A method, a path ("/channels/{channel}/messages") and what answers it."""
