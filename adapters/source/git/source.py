"""The git source: the landed changes of any repository that git can read."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from pathlib import Path

from adapters.source.git.credentials import with_token
from adapters.source.git.differences import Step, Unread
from adapters.source.git.failures import translate
from adapters.source.git.files import Files, read_files, read_names
from adapters.source.git.history import BROUGHT_KEPT, TEXT_KEPT, Record, commit_of
from adapters.source.git.local import find_local, head_of, place_at
from adapters.source.git.locations import remote_location
from adapters.source.git.mirror import advertised_tip, mirror_folder
from adapters.source.git.opening import Opened, opened_in_place, opened_mirror
from adapters.source.git.patches import Section, Sections, read_patches
from adapters.source.git.process import Git, GitError
from adapters.source.git.refs import refuse_unsafe_ref
from adapters.source.git.settings import GitSettings
from adapters.source.git.survey import Wish
from adapters.source.git.view import Place, View, view_of
from bot.errors import ConfigurationError
from bot.model import Collection, Commit, FileChange, Patch, Period, Phrase, Repository, Since, Window
from bot.ports import Credential, PatchLimits, Progress, Stage

SHALLOW_BOUNDARY = Phrase.of("unread-shallow-boundary")


class GitSource:
    """Reads repositories by git: those on this disk in place, all others through mirrors in the data directory.

    The default branch of a repository on this disk is the one that is checked out (in a bare one, the one that HEAD
    names); that of any other is what its server says. A mailmap is not applied: people are called what they were
    called when they made the commit.
    """

    def __init__(self, settings: GitSettings, *, data_dir: Path, credential: Credential | None = None) -> None:
        """Keep mirrors beneath `data_dir`; nothing is read or written before a repository is asked for.

        `credential` knows tokens beside the one of the settings, and is asked for the URL at hand before each fetch.
        """
        self._settings = settings
        self._credential = credential
        self._mirrors = data_dir.absolute() / "mirrors"
        self._git = Git(settings.executable, settings.time_limit.total_seconds(), settings.stall_limit.total_seconds())

    async def find(self, name: str) -> Repository:
        """Return the repository at a path or a clone URL. What a URL leads to is seen only when it is read.

        Raises RepositoryNotFound, UnsafeName, SourceUnavailable, SourceError.
        """
        if remote := remote_location(name, allow_http=self._settings.allow_http):
            return Repository(remote.name, remote.url, remote.web_url)
        try:
            return await find_local(self._git, name)
        except GitError as error:
            raise translate(error, name) from error

    async def tip(self, repository: Repository) -> str | None:
        """Return the commit that the default branch is at now. See `bot.ports.Branches`."""
        remote = remote_location(repository.location, allow_http=self._settings.allow_http)
        try:
            if not remote:
                return (await head_of(self._git, await place_at(self._git, repository.location))).tip
            git = await with_token(self._git, self._settings, self._credential, remote.url)
            return await advertised_tip(self._mirrors, remote.url, git)
        except GitError as error:
            raise translate(error, repository.location) from error
        except OSError as error:
            raise _unusable(error) from None

    async def collect(
        self, repository: Repository, period: Period, progress: Progress, *, after: str | None = None
    ) -> Collection:
        """Return every landed change of the period, and what landed late. See `bot.ports.Source.collect`.

        Raises RepositoryNotFound, UnknownRef, UnsafeName, SourceUnavailable, SourceError, ConfigurationError.
        """
        if isinstance(period, Since):
            refuse_unsafe_ref(period.ref)
        if after:
            refuse_unsafe_ref(after)
        progress.begin(Stage.FETCH, repository.name)
        try:
            async with await self._opened(repository, Wish(period, after), progress) as opened:
                if not opened:
                    return _empty(repository, period)
                progress.begin(Stage.COLLECT, repository.name, len(opened.found.walk.records))
                commits = await _commits(opened, progress)
        except GitError as error:
            raise translate(error, repository.location) from error
        except OSError as error:
            raise _unusable(error) from None
        found, dated = opened.found, opened.tip_committed_at
        return Collection(repository, found.window, opened.tip, dated, commits, _notes(opened), found.late)

    async def read(
        self, repository: Repository, commits: Sequence[Commit], limits: PatchLimits
    ) -> AsyncGenerator[tuple[Commit, Patch], None]:
        """Yield each of the commits with its lines counted, and its patch; files without hunks are not in that.

        They are read from what `collect` brought here: no server is asked. Raises RepositoryNotFound, SourceError.
        """
        if not commits:
            return
        steps = [Step(commit.sha, next(iter(commit.parents), None)) for commit in commits if not commit.unread]
        try:
            place = await self._place(repository, commits[0].sha)
            with view_of(self._git, place) as view:
                async with aclosing(read_patches(view, steps, limits)) as answers:
                    for commit in commits:
                        yield _read(commit, Unread(commit.unread) if commit.unread else await anext(answers))
        except GitError as error:
            raise translate(error, repository.location) from error
        except OSError as error:
            raise _unusable(error) from None

    async def _opened(
        self, repository: Repository, wish: Wish, progress: Progress
    ) -> AbstractAsyncContextManager[Opened | None]:
        remote = remote_location(repository.location, allow_http=self._settings.allow_http)
        if not remote:
            return opened_in_place(self._git, repository.location, wish)
        git = await with_token(self._git, self._settings, self._credential, remote.url)
        return opened_mirror(git, self._mirrors, remote.url, wish, progress.advance)

    async def _place(self, repository: Repository, sha: str) -> Place:
        if remote := remote_location(repository.location, allow_http=self._settings.allow_http):
            return Place.of_mirror(mirror_folder(self._mirrors, remote.url), sha)
        return await place_at(self._git, repository.location)


def _read(commit: Commit, answer: Sections | Unread) -> tuple[Commit, Patch]:
    if isinstance(answer, Unread):
        return replace(commit, unread=answer.reason), Patch(commit.sha, unread=answer.reason)
    sections = {section.path: section for section in answer}
    files = tuple(_counted(file, sections.get(file.path)) for file in commit.files)
    return replace(commit, files=files), Patch(commit.sha, tuple(each.patch for each in answer if each.patch))


def _counted(file: FileChange, section: Section | None) -> FileChange:
    """Return a file with its lines; one of which git shows no line has none."""
    if section is None:
        return replace(file, additions=0, deletions=0)
    if section.binary:
        return replace(file, binary=True)
    return replace(file, additions=section.additions, deletions=section.deletions)


def _unusable(error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"The data directory or the one for temporary files cannot be used: {error.strerror}.",
        remedy="Check the room on the disk, and who may write there.",
    )


def _empty(repository: Repository, period: Period) -> Collection:
    window = Window(period.now, period.now, period.timezone, period.label) if isinstance(period, Since) else period
    return Collection(repository, window, None, None, (), (Phrase.of("repository-empty"),))


async def _commits(opened: Opened, progress: Progress) -> tuple[Commit, ...]:
    """Return the changes with their files; of those that cannot be compared, just the names, where they are known."""
    view, found = opened.view, opened.found
    steps = found.steps(view)
    files: dict[str, Files | Unread] = {}
    async with aclosing(read_files(view, steps)) as answers:
        for step in steps:
            files[step.sha] = await anext(answers)
            progress.advance()
    named = await _named(view, [step for step in steps if isinstance(files[step.sha], Unread)])
    return tuple(
        _commit(record, opened, files.get(record.sha, Unread(SHALLOW_BOUNDARY)), named.get(record.sha, ()))
        for record in found.walk.records
    )


async def _named(view: View, steps: Sequence[Step]) -> dict[str, tuple[FileChange, ...]]:
    """Return the files of changes by name alone, where at least the trees are there."""
    named = {}
    async with aclosing(read_names(view, steps)) as answers:
        for step in steps:
            answer = await anext(answers)
            named[step.sha] = () if isinstance(answer, Unread) else answer.changes
    return named


def _commit(record: Record, opened: Opened, files: Files | Unread, named: tuple[FileChange, ...]) -> Commit:
    unread = files.reason if isinstance(files, Unread) else None
    return commit_of(
        record,
        brought=opened.found.brought.commits.get(record.sha, ()),
        files=named if isinstance(files, Unread) else files.changes,
        unread=unread,
    )


def _notes(opened: Opened) -> tuple[Phrase, ...]:
    """Return what a reader has to know about the whole: where history could not be read, and what was limited."""
    walk, brought = opened.found.walk, opened.found.brought
    notes = list(opened.found.notes)
    if opened.detached:
        notes.append(Phrase.of("detached-head"))
    if walk.broken or not walk.reaches(opened.view.shallow):
        notes.append(Phrase.of("history-ends-early", sha=walk.last or opened.tip))
    if not brought.complete:
        notes.append(Phrase.of("brought-incomplete"))
    if long := sum(record.cut for record in walk.records):
        notes.append(Phrase.of("messages-limited", count=long, kept=TEXT_KEPT >> 10))
    notes += [
        Phrase.of("brought-limited", sha=sha, count=count, kept=BROUGHT_KEPT)
        for sha, count in brought.counts.items()
        if count > BROUGHT_KEPT
    ]
    return tuple(notes)
