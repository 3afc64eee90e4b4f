"""A server with channels, people and roles, for tests and for trying the bot."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.discord_permissions import MEMBER, Permission
from tests.fakes.discord_world import Channel, Guild, Role, User, World

BOT = MEMBER | Permission.PIN_MESSAGES
"""What the bot's role allows beyond @everyone: pinning."""


@dataclass
class Town:
    """A world with one server: a channel, a forum with two tags, two people and a role that may be mentioned."""

    clock: Callable[[], float]
    world: World = field(init=False)
    guild: Guild = field(init=False)
    general: Channel = field(init=False)
    forum: Channel = field(init=False)
    ada: User = field(init=False)
    bob: User = field(init=False)
    team: Role = field(init=False)

    def __post_init__(self) -> None:
        """Build it."""
        self.world = World(self.clock)
        self.guild = self.world.add_guild("Rocketry", everyone=MEMBER, bot=BOT)
        self.general = self.world.add_channel(self.guild, "general")
        self.forum = self.world.add_channel(self.guild, "digests", tags=("daily", "weekly"))
        self.ada = self.world.add_member(self.guild, "ada")
        self.bob = self.world.add_member(self.guild, "bob", locale="zh-CN")
        self.team = self.world.add_role(self.guild, "team", mentionable=True)
        self.guild.members[self.bob.id].add(self.team.id)

    @property
    def bot_role(self) -> Role:
        """The role that the bot got on installation."""
        return self.guild.roles[next(iter(self.guild.members[self.world.bot.id]))]
