"""From a name to a repository: asked for where the name is a full one, searched for where it is short."""

from collections.abc import Sequence

from adapters.source.github.addresses import SHORT_NAME, Server
from adapters.source.github.api import Api
from adapters.source.github.failures import Kind, RequestFailed
from adapters.source.github.identity import Identity
from adapters.source.github.refusals import blocked, error_of, missing, what_an_asker_hears
from adapters.source.github.shapes import Listed, SearchResult, read
from bot.errors import AmbiguousName, UnsafeName
from bot.model import Phrase, Repository
from bot.ports import FoundRepository

CLEAR_LEAD = 10
"""How many times the stars of the second has the one that a short name clearly means."""

_CANDIDATES_SHOWN = 5
_SEARCHED = "100"
_FIRST_STARS = 1


async def find(name: str, server: Server, api: Api, identity: Identity) -> FoundRepository:
    """Return what a name means. See `bot.ports.CodeHost.find`."""
    located = server.locate(name)
    if not located and not SHORT_NAME.fullmatch(name):
        raise UnsafeName(
            f"That is not the name of a repository on {server.host}.",
            remedy=f'Write "name", "owner/name" or "{server.web}/owner/name".',
        )
    try:
        if located:
            return await _named(located, server, api, identity)
        return await _searched(name, server, api, identity)
    except RequestFailed as failed:
        asked = located.name if located else name
        raise error_of(failed.failure, asked, server.host, anonymous=identity.anonymous) from None


async def _named(located: Repository, server: Server, api: Api, identity: Identity) -> FoundRepository:
    """Ask for a full name. PyGithub follows the redirection of a repository that was renamed."""
    credential = await identity.credential(located.name.partition("/")[0])
    listed = read(Listed, await api.get(f"/repos/{located.name}", credential))
    renamed = listed.full_name.lower() != located.name.lower()
    note = Phrase.of("repository-renamed", old=located.name, new=listed.full_name)
    return _found(listed, server, (note,) if renamed else (), renamed=renamed)


async def _searched(name: str, server: Server, api: Api, identity: Identity) -> FoundRepository:
    """Search among the repositories that have a name like this one, of which only those of exactly this name count."""
    terms = {"q": f"{name} in:name", "sort": "stars", "order": "desc", "per_page": _SEARCHED}
    result = read(SearchResult, await api.get("/search/repositories", await identity.credential(), terms))
    if result.incomplete_results:  # the one that is meant may be missing
        raise RequestFailed.because(Kind.UNAVAILABLE)
    named = [each for each in result.items if each.name.lower() == name.lower()]
    if not named:
        raise missing(name, server.host, anonymous=identity.anonymous)
    ranked = sorted(named, key=lambda each: -each.stargazers_count)
    if len(ranked) > 1 and ranked[0].stargazers_count < CLEAR_LEAD * max(ranked[1].stargazers_count, _FIRST_STARS):
        raise _ambiguous(name, ranked, server)
    note = Phrase.of("name-means", name=name, repository=ranked[0].full_name)
    return _found(ranked[0], server, (note,))


def _found(listed: Listed, server: Server, notes: tuple[Phrase, ...], *, renamed: bool = False) -> FoundRepository:
    if listed.disabled:
        raise blocked(listed.full_name, server.host)
    if listed.archived:
        notes += (Phrase.of("repository-archived", repository=listed.full_name),)
    if listed.private:
        notes += (Phrase.of("repository-private", repository=listed.full_name),)
    return FoundRepository(server.repository(listed.full_name), renamed, listed.private, notes)


def _ambiguous(name: str, ranked: Sequence[Listed], server: Server) -> AmbiguousName:
    shown = ranked[:_CANDIDATES_SHOWN]
    # Which private repositories there are is nothing for a chat.
    public = [each for each in ranked if not each.private][:_CANDIDATES_SHOWN]
    remedy = "Write the one that is meant as owner/name."
    return AmbiguousName(
        _several(name, shown, len(ranked)),
        remedy=remedy,
        public=f"{_several(name, public, len(public))} {remedy}" if public else what_an_asker_hears(name, server.host),
        candidates=[each.full_name for each in shown],
    )


def _several(name: str, shown: Sequence[Listed], count: int) -> str:
    listed = ", ".join(f"{each.full_name} ({each.stargazers_count:,} stars)" for each in shown)
    more = f" and {count - len(shown)} more" if count > len(shown) else ""
    return f"No repository is clearly meant by {name}: there are {listed}{more}."
