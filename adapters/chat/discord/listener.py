"""What people say on Discord, handed to `bot.ports.Requests`: commands, completions, mentions and direct messages.

A command is answered to whoever gave it, for their eyes: what it causes is posted by itself. What is said aloud is
answered aloud, as a reply.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import aiohttp
import discord
from discord import app_commands

from adapters.chat.discord.addresses import lead
from adapters.chat.discord.chat import PLATFORM
from adapters.chat.discord.commands import Chosen, application_commands, chosen
from adapters.chat.discord.rendering import render
from adapters.chat.discord.settings import DiscordSettings
from bot.errors import ConfigurationError, CredentialRefused
from bot.model import Place
from bot.ports import Asker, Clock, Requests, Verb, Words
from bot.present.blocks import Message

_LOG = logging.getLogger(__name__)
_Interaction = discord.Interaction[discord.Client]

_SUGGESTING = 2.0
"""Seconds that suggestions may take: Discord waits for three."""
_REMEMBERED = 1_000
"""How many of the last things that were said are known, in case the gateway tells of one twice."""
_CHANGEABLE = timedelta(hours=1)
"""So long after it was said, what is changed counts as said: what it said before, Discord does not tell."""
_LONGEST_PAUSE = 60.0
_BAD_TOKEN = 4004
_EXPIRED = (401, 404)


class DiscordListener:
    """Listens at the gateway. discord.py keeps the connection: it beats, resumes, and begins anew."""

    def __init__(self, settings: DiscordSettings, clock: Clock, grammar: Sequence[Verb], words: Words) -> None:
        """Connect to nothing yet; `words` are those that the commands of the grammar are described in."""
        lead(settings)
        self._settings = settings
        self._clock = clock
        self._grammar = grammar
        self._commands = application_commands(grammar, words)
        self._client: _Client | None = None

    @property
    def connected(self) -> bool:
        """Whether people are heard at the moment, on all connections."""
        client = self._client
        return client is not None and client.is_ready() and not any(each.is_closed() for each in client.shards.values())

    async def listen(self, requests: Requests) -> None:
        """Register the commands and hand over what is said, until it is cancelled.

        Raises CredentialRefused and ConfigurationError.
        """
        token = self._settings.token.get_secret_value() if self._settings.token else ""
        for attempt in count():
            try:
                async with _Client(self._settings, requests, self._grammar, self._commands) as self._client:
                    await self._client.start(token)
            except discord.LoginFailure:
                raise _refused() from None
            except discord.PrivilegedIntentsRequired:
                message = "Discord does not let the bot read messages that do not mention it."
                remedy = "Switch the message content intent on for the application, or answer_threads off."
                raise ConfigurationError(message, remedy=remedy) from None
            except discord.ConnectionClosed as closed:
                if closed.code == _BAD_TOKEN:
                    raise _refused() from None
                _LOG.warning("Discord has closed the gateway (%s)", closed.code)
            # discord.py 2.7 asks a connection that was never there for its state: an AttributeError.
            except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, AttributeError) as error:
                _LOG.warning("Discord's gateway cannot be reached (%s)", type(error).__name__)
            await self._clock.sleep(min(_LONGEST_PAUSE, 2.0**attempt))


def _refused() -> CredentialRefused:
    return CredentialRefused("Discord does not know the bot's token.", remedy="Set DISCORD_TOKEN to a new one.")


class _Client(discord.AutoShardedClient):
    """The connections to the gateway, as long as they can be kept. Nothing of what is heard is kept but its number."""

    def __init__(
        self,
        settings: DiscordSettings,
        requests: Requests,
        grammar: Sequence[Verb],
        commands: Sequence[dict[str, Any]],
    ) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        intents.message_content = settings.answer_threads
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
        )
        self._settings = settings
        self._requests = requests
        self._grammar = grammar
        self._application_commands = list(commands)
        self._heard: dict[int, Place | None] = {}

    async def setup_hook(self) -> None:
        """Register the commands: everywhere, or on the servers that the settings name.

        How many connections there are is as Discord advises. Where the SDK asked for that itself, it would not go
        where it is led.
        """
        self.shard_count, *_ = await self.http.get_bot_gateway()
        own = self.application_id or 0
        everywhere = [] if self._settings.guilds else self._application_commands
        await self.http.bulk_upsert_global_commands(own, everywhere)
        for guild in self._settings.guilds:
            try:
                await self.http.bulk_upsert_guild_commands(own, guild, self._application_commands)
            except discord.HTTPException as error:
                _LOG.warning("The server %s is not given the commands: %s", guild, error.code)

    async def on_interaction(self, interaction: _Interaction) -> None:
        """Take a command, what somebody is still typing of one, or a button that they pressed."""
        data = interaction.data
        pressed = interaction.type is discord.InteractionType.component
        said = chosen(self._grammar, dict(data)) if data else None
        if (said is None and not pressed) or not self._is_new(interaction.id):
            return
        try:
            if said is None:
                await self._press(interaction, str(dict(data or {}).get("custom_id")))
            elif interaction.type is discord.InteractionType.autocomplete:
                await self._suggest(interaction, said)
            elif interaction.type is discord.InteractionType.application_command:
                await self._obey(interaction, said)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _LOG.warning("A command in %s cannot be answered: %s", interaction.channel_id, error)

    async def on_message(self, message: discord.Message) -> None:
        """Take what is said to the bot: by mention, in a direct message, or in a thread of its own."""
        if message.author.bot or message.is_system():
            return
        thread, is_meant = self._thread(message), message.guild is None or self._is_meant(message)
        is_question = thread and (is_meant or (self._settings.answer_threads and thread.owner_id == self._own))
        if not (is_question or is_meant) or not self._is_new(message.id):
            return
        try:
            if thread and is_question:
                await self._hear(message, thread, is_meant=is_meant)
            else:
                await self._reply(message)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _LOG.warning("A message in %s cannot be answered: %s", message.channel.id, error)

    async def on_raw_message_edit(self, change: discord.RawMessageUpdateEvent) -> None:
        """Take what was changed so that it mentions the bot; Discord also tells of links that it has unfolded."""
        message = change.message
        changed_after = message.edited_at - message.created_at if message.edited_at else _CHANGEABLE
        if message.guild and changed_after < _CHANGEABLE and self._is_meant(message):
            await self.on_message(message)

    async def on_raw_message_delete(self, deletion: discord.RawMessageDeleteEvent) -> None:
        """Take back what was deleted."""
        await self._take_back(deletion.guild_id, deletion.channel_id, deletion.message_id)

    async def on_raw_bulk_message_delete(self, deletion: discord.RawBulkMessageDeleteEvent) -> None:
        """Take back what a moderator deleted."""
        for message in sorted(deletion.message_ids):
            await self._take_back(deletion.guild_id, deletion.channel_id, message)

    async def _suggest(self, interaction: _Interaction, said: Chosen) -> None:
        names: Sequence[str] = ()
        if found := said.suggesting:
            with suppress(TimeoutError):
                async with asyncio.timeout(_SUGGESTING):
                    names = await self._requests.suggestions(*found, _asker(interaction))
        choices = [app_commands.Choice(name=name, value=name) for name in said.completed(names)]
        await interaction.response.autocomplete(choices)

    async def _obey(self, interaction: _Interaction, said: Chosen) -> None:
        asker = _asker(interaction)
        heard = self._requests.acknowledge(said.text, asker)
        if heard.message:
            first, *others = _pages(heard.message)
            await interaction.response.send_message(embeds=first, ephemeral=True)
            for page in others:
                await interaction.followup.send(embeds=page, ephemeral=True)
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)
        if not heard.over:
            await self._answer(interaction, await self._requests.command(said.text, asker))

    async def _press(self, interaction: _Interaction, custom_id: str) -> None:
        """Do what a button is for: who pressed it sees that it is noted, and nobody else."""
        action, _, value = custom_id.partition(":")
        await interaction.response.defer(ephemeral=True, thinking=True)
        if answer := await self._requests.pressed(action, value, _asker(interaction)):
            await self._answer(interaction, answer)
        else:
            await interaction.delete_original_response()

    async def _answer(self, interaction: _Interaction, message: Message) -> None:
        """Put the answer in place of what was said at once; when that can be no more, say it in the channel."""
        first, *others = _pages(message)
        try:
            await interaction.edit_original_response(embeds=first)
            for page in others:
                await interaction.followup.send(embeds=page, ephemeral=True)
        except discord.HTTPException as error:
            if error.status not in _EXPIRED or interaction.channel_id is None:
                raise
            channel = self.get_partial_messageable(interaction.channel_id)
            for at, page in enumerate((first, *others)):
                await channel.send(embeds=page, nonce=f"{interaction.id}x{at}")

    async def _hear(self, message: discord.Message, thread: discord.Thread, *, is_meant: bool) -> None:
        """Take what is said in a thread: what is answered there is not answered by a reply."""
        place = self._heard[message.id] = _place(thread, thread.guild.id)
        asker = Asker(place, str(message.author.id))
        said = await self._requests.question(self._text(message), asker, str(message.id), addressed=is_meant)
        if said:
            await _answer_beneath(message, said)

    async def _take_back(self, guild_id: int | None, channel: int, message: int) -> None:
        """Let what was deleted not be answered: in a thread, or as a reply to a root, where that is remembered."""
        guild = self.get_guild(guild_id) if guild_id else None
        thread = guild.get_thread(channel) if guild else None
        place = _place(thread, guild_id) if thread else self._heard.get(message)
        if place:
            await self._requests.deleted(place, str(message))

    async def _reply(self, message: discord.Message) -> None:
        guild = message.guild.id if message.guild else None
        asker = Asker(_place(message.channel, guild), str(message.author.id), direct=message.guild is None)
        text = self._text(message)
        async with message.channel.typing():
            heard = self._requests.acknowledge(text, asker)
            over = heard.message if heard.over else None
            answer = over or await self._requests.command(text, asker)
        await _answer_beneath(message, answer)

    def _thread(self, message: discord.Message) -> discord.Thread | None:
        """Return the thread that a message is in, or that of ours on whose root it is a reply."""
        if isinstance(message.channel, discord.Thread):
            return message.channel
        root = message.reference.message_id if message.reference else None
        beneath = message.guild.get_thread(root) if message.guild and root else None
        return beneath if beneath and beneath.owner_id == self._own else None

    def _text(self, message: discord.Message) -> str:
        return message.content.replace(f"<@{self._own}>", " ").replace(f"<@!{self._own}>", " ").strip()

    def _is_meant(self, message: discord.Message) -> bool:
        return any(user.id == self._own for user in message.mentions)

    @property
    def _own(self) -> int:
        return self.user.id if self.user else 0

    def _is_new(self, number: int) -> bool:
        """Tell whether something was not heard before, and remember it."""
        if number in self._heard:
            return False
        self._heard[number] = None
        while len(self._heard) > _REMEMBERED:
            del self._heard[next(iter(self._heard))]
        return True


async def _answer_beneath(message: discord.Message, answer: Message) -> None:
    for at, page in enumerate(_pages(answer)):
        await message.reply(embeds=page, nonce=f"{message.id}x{at}", mention_author=False)


def _asker(interaction: _Interaction) -> Asker:
    place = _place(interaction.channel, interaction.guild_id)
    language = str(interaction.locale).partition("-")[0]
    return Asker(place, str(interaction.user.id), language=language, direct=interaction.guild_id is None)


def _place(channel: object, guild: int | None) -> Place:
    """Return the place that a channel is; a thread is within its channel, and a conversation on no server."""
    workspace = str(guild) if guild else ""
    if isinstance(channel, discord.Thread):
        return Place(PLATFORM, workspace, str(channel.parent_id), str(channel.id))
    return Place(PLATFORM, workspace, str(getattr(channel, "id", "")))


def _pages(message: Message) -> list[list[discord.Embed]]:
    return [[discord.Embed.from_dict(embed) for embed in payload["embeds"]] for payload in render(message)]
