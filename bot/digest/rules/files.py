"""The shape of a change: how much of it is source, tests, documentation and so on."""

from collections import Counter
from dataclasses import dataclass

from bot.digest.rules.paths import Role, is_public, role_of
from bot.model import FileChange, FileKind, FileStatus


@dataclass(frozen=True, slots=True)
class Shape:
    """What a change touches. Changelogs are left out of every count, unless they are all there is.

    `lines` are the changed lines of source, `added` and `deleted` count files of source, and `public` those that users
    build against; `moves` is whether files are moved and nothing else.
    """

    roles: Counter[Role]
    source: tuple[FileChange, ...]
    lines: int
    added: int
    deleted: int
    public: int
    moves: bool

    @property
    def total(self) -> int:
        """How many files count."""
        return sum(self.roles.values())

    def only(self, *roles: Role) -> bool:
        """Return whether every file has one of these roles; a change without files has no role at all."""
        return bool(self.roles) and all(role in roles for role in self.roles)

    def share(self, *roles: Role) -> float:
        """Return the share of the files that have one of these roles."""
        return sum(self.roles[role] for role in roles) / self.total if self.roles else 0.0


def shape_of(files: tuple[FileChange, ...]) -> Shape:
    """Measure what a change touches."""
    roles: Counter[Role] = Counter()
    source: list[FileChange] = []
    lines = 0
    for file in files:
        role = Role.GENERATED if file.kind is FileKind.SUBMODULE else role_of(file.path)
        roles[role] += 1
        if role is Role.SOURCE:
            source.append(file)
            lines += _lines(file)
    if len(roles) > 1:
        roles.pop(Role.CHANGELOG, None)
    return Shape(
        roles=roles,
        source=tuple(source),
        lines=lines,
        added=sum(file.status is FileStatus.ADDED for file in source),
        deleted=sum(file.status is FileStatus.DELETED for file in source),
        public=sum(is_public(file.path) for file in source),
        moves=bool(files) and all(file.status is FileStatus.RENAMED and not _lines(file) for file in files),
    )


def _lines(file: FileChange) -> int:
    return (file.additions or 0) + (file.deletions or 0)
