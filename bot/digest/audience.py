"""Which changes an audience wants to see."""

from collections.abc import Iterable

from pathspec import GitIgnoreSpec

from bot.digest.rules.authors import is_bot
from bot.model import Audience, Commit, Entry, Person


def wanted_by(audience: Audience, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries that an audience does not leave out, in their order.

    A change whose files are not known is left out for none of them: it may be what somebody waits for.
    """
    wish = _Wish(audience)
    return tuple(entry for entry in entries if not wish.leaves_out(entry))


class _Wish:
    """An audience whose globs are ready to be matched."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._authors = frozenset(author.removeprefix("@").casefold() for author in audience.exclude_authors)
        self._excluded = GitIgnoreSpec.from_lines(audience.exclude_paths)
        self._only = GitIgnoreSpec.from_lines(audience.only_paths)

    def leaves_out(self, entry: Entry) -> bool:
        return (
            entry.analysis.change_type in self._audience.exclude_types
            or self._by_unwanted_people(entry.commit)
            or self._of_unwanted_files(entry.commit)
        )

    def _by_unwanted_people(self, commit: Commit) -> bool:
        return all(self._is_unwanted(person) for person in _people_behind(commit))

    def _is_unwanted(self, person: Person) -> bool:
        if self._audience.exclude_bots and is_bot(person):
            return True
        return not self._authors.isdisjoint(
            name.casefold() for name in (person.login, person.name, person.email) if name
        )

    def _of_unwanted_files(self, commit: Commit) -> bool:
        if commit.unread is not None:
            return False
        # A file that was moved is where it was, too.
        paths = [[path for path in (file.path, file.previous_path) if path] for file in commit.files]
        excluded = bool(paths) and all(all(map(self._excluded.match_file, both)) for both in paths)
        missed = bool(self._audience.only_paths) and not any(any(map(self._only.match_file, both)) for both in paths)
        return excluded or missed


def _people_behind(commit: Commit) -> tuple[Person, ...]:
    """Return who a change is from: whoever opened the pull request, else the authors of what a merge brought."""
    if commit.pull_request and commit.pull_request.author:
        login = commit.pull_request.author
        return (
            next((one for one in (commit.author, *commit.co_authors) if one.login == login), Person(login, "", login)),
        )
    return tuple(brought.author for brought in commit.brought) or (commit.author,)
