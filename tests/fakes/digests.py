"""Digests for tests: builders of the nouns with defaults, and one invented day that has a bit of everything."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.model import (
    Analysis,
    BroughtCommit,
    ChangeType,
    Commit,
    DepthText,
    Digest,
    Entry,
    FileChange,
    FileKind,
    FileStatus,
    Insight,
    Person,
    Phrase,
    PullRequest,
    Receipt,
    Repository,
    Risk,
    Severity,
    Tier,
    Window,
)

ROCKET = Repository("acme/rocket", "https://github.com/acme/rocket.git", "https://github.com/acme/rocket")
LOCAL = Repository("rocket", "/srv/rocket")
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def sha_of(name: str) -> str:
    """Return a sha that depends on nothing but the name."""
    return hashlib.sha1(name.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def person(name: str = "Ada Lovelace") -> Person:
    """Return somebody with a name and an address that follows from it."""
    return Person(name, f"{name.lower().replace(' ', '.')}@example.org")


def changed(
    path: str, additions: int | None = 10, deletions: int | None = 2, status: FileStatus = FileStatus.MODIFIED
) -> FileChange:
    """Return a change of one regular file."""
    return FileChange(path, status, FileKind.REGULAR, additions, deletions)


def commit(
    subject: str = "Order requests by deadline",
    *,
    body: str = "",
    number: int | None = None,
    author: str = "Ada Lovelace",
    at: datetime = NOON,
    files: Sequence[FileChange] = (changed("engine/queue.py"),),
) -> Commit:
    """Return a landed change; use `dataclasses.replace` for what is rarer."""
    return Commit(
        sha=sha_of(subject + at.isoformat()),
        parents=(sha_of("parent"),),
        author=person(author),
        co_authors=(),
        authored_at=at - timedelta(hours=1),
        committed_at=at,
        message=f"{subject}\n\n{body}".strip(),
        pull_request=None if number is None else PullRequest(number),
        files=tuple(files),
    )


def analysis(
    headline: str = "Order requests by deadline",
    *,
    tier: Tier = Tier.MEDIUM,
    change_type: ChangeType = ChangeType.FEATURE,
    area: str | None = "engine",
    score: float = 0.5,
    reasons: tuple[Phrase | str, ...] = (),
    summary: str = "",
    depth: DepthText | None = None,
    breaking: bool = False,
) -> Analysis:
    """Return an analysis by the rules."""
    return Analysis(
        change_type=change_type,
        area=area,
        breaking=breaking,
        tier=tier,
        score=score,
        reasons=reasons,
        analyst="rules" if depth is None else "model-x",
        headline=headline,
        summary=summary,
        depth=depth,
    )


def window(timezone: str = "UTC", start: datetime | None = None, days: int = 1, label: str = "2026-01-15") -> Window:
    """Return a window of whole days that begins on 15 January 2026 unless a start is given."""
    midnight = start or datetime(2026, 1, 15, tzinfo=UTC)
    return Window(midnight, midnight + timedelta(days=days), timezone, label)


def shanghai() -> Window:
    """Return 15 January 2026 as it is in Shanghai."""
    return window("Asia/Shanghai", datetime(2026, 1, 14, 16, tzinfo=UTC))


def digest(
    entries: Sequence[Entry] = (),
    *,
    repository: Repository = ROCKET,
    of: Window | None = None,
    receipt: Receipt | None = None,
    analyst: str = "rules",
) -> Digest:
    """Return a digest whose receipt says that everything was read, unless another is given."""
    newest_first = tuple(sorted(entries, key=lambda entry: entry.commit.committed_at, reverse=True))
    return Digest(
        repository=repository,
        window=of or window(),
        tip=newest_first[0].commit.sha if entries else sha_of("tip"),
        tip_committed_at=newest_first[0].commit.committed_at if entries else datetime(2026, 1, 13, 9, tzinfo=UTC),
        language="en",
        analyst=analyst,
        receipt=receipt or Receipt(found=len(entries), analysed=len(entries), failed=0, cut=0),
        entries=newest_first,
    )


def busy(changes: int, highs: int = 0) -> Digest:
    """Return a day of many changes, the first of which are high."""
    areas = [f"area-{number}" for number in range(12)]
    types = list(ChangeType)
    entries = []
    for number in range(changes):
        subject = f"Change the handling of case {number} in the parser of the flight plan"
        tier = Tier.HIGH if number < highs else (Tier.MEDIUM if number % 3 == 0 else Tier.LOW)
        made = commit(subject, number=number + 1, author=f"Author {number % 40}", at=NOON + timedelta(seconds=number))
        analysed = analysis(
            subject, tier=tier, area=areas[number % 12], change_type=types[number % len(types)], score=1 / (number + 1)
        )
        entries.append(Entry(made, analysed))
    return digest(entries)


DEPTH = DepthText(
    scope=("every request path", "start scripts that pass `--fifo`"),
    insight=(
        Insight("performance", "pop is O(log n), was O(1)"),
        Insight("compatibility", "start scripts with `--fifo` stop with an error"),
    ),
    risks=(Risk(Severity.HIGH, "no deadline given means 0, so old clients jump the queue", "engine/queue.py", 58),),
    advice=("set a default deadline before upgrading", "drop `--fifo` from start scripts"),
    conclusion="Worth it under load; not without the default.",
)


def day(of: Window | None = None, *, depth: bool = False) -> Digest:
    """Return an invented day of twenty changes, ranked by rules; with `depth`, a model wrote of the first one."""
    entries = [*_highs(DEPTH if depth else None), *_mediums(), *_lows()]
    receipt = Receipt(found=len(entries), analysed=len(entries) - 1, failed=1, cut=2)
    return digest(entries, of=of, receipt=receipt)


def _highs(depth: DepthText | None) -> list[Entry]:
    scheduler = commit(
        "feat(scheduler)!: order requests by deadline",
        number=1412,
        author="Grace Hopper",
        at=NOON + timedelta(hours=3),
        files=(
            changed("engine/scheduler.py", 80, 30),
            changed("engine/queue.py", 120, 0, FileStatus.ADDED),
            changed("cli/args.py", 3, 9),
            *(changed(f"tests/engine/test_queue_{number}.py", 40, 0) for number in range(4)),
        ),
    )
    fuel = replace(
        commit(
            "Add the /v1/fuel endpoint",
            number=1398,
            author="Артём Савин",
            at=NOON - timedelta(hours=6),
            files=(changed("api/fuel.py", 210, 0, FileStatus.ADDED), changed("api/routes.py", 4, 0)),
        ),
        co_authors=(person("José Núñez"),),
    )
    arm = replace(
        commit("Merge branch 'arm-weights'", author="王小明", at=NOON - timedelta(hours=2)),
        files=(
            changed("arm/load.c", 410, 380),
            FileChange("arm/table.bin", FileStatus.MODIFIED, FileKind.REGULAR, None, None, binary=True),
            FileChange("arm/pack.c", FileStatus.RENAMED, FileKind.REGULAR, 0, 0, previous_path="arm/packer.c"),
        ),
        brought=tuple(
            BroughtCommit(sha_of(text), text, person("王小明"))
            for text in ("Map the weights instead of copying", "Pack them in `arm/pack.c`", "Measure the load")
        ),
    )
    return [
        Entry(
            scheduler,
            analysis(
                "Order requests by deadline; `--fifo` is gone",
                tier=Tier.HIGH,
                score=0.98,
                breaking=True,
                reasons=("removes the public flag `--fifo`", "marked as breaking by its author"),
                summary="Requests carry a deadline and the queue is a heap; first-in-first-out is no longer available.",
                depth=depth,
            ),
        ),
        Entry(
            fuel,
            analysis(
                "New `/v1/fuel` endpoint, without authentication so far",
                tier=Tier.HIGH,
                area="api",
                score=0.91,
                reasons=("new public endpoint `/v1/fuel`",),
            ),
        ),
        Entry(
            arm,
            analysis(
                "Load weights twice as fast on ARM",
                tier=Tier.HIGH,
                area="arm",
                change_type=ChangeType.PERFORMANCE,
                score=0.88,
                reasons=("twice as fast by its own words",),
                summary="The weights are mapped instead of copied. The kernel wheel has to be rebuilt.",
            ),
        ),
    ]


def _mediums() -> list[Entry]:
    told: list[tuple[str, str | None, ChangeType, str, str]] = [
        ("Keep the gauge at zero when a tank is empty", "engine", ChangeType.FIX, "fixes a wrong value", ""),
        (
            "Retry the handshake once when the peer closes early",
            "api",
            ChangeType.FIX,
            "fixes a dropped connection",
            "A peer that restarts closes the socket in the middle of a handshake. The client waits and tries again.",
        ),
        ("Read the flight plan lazily", "engine", ChangeType.PERFORMANCE, "faster start", ""),
        ("Move the parser of plans to `plan/`", "plan", ChangeType.REFACTOR, "moves a public module", ""),
        ("Allow `--timeout 0` for no limit at all", None, ChangeType.FEATURE, "changes a public flag", ""),
    ]
    return [
        Entry(
            commit(
                headline,
                number=1380 + number,
                author=("Linus T.", "Grace Hopper", "李雷")[number % 3],
                at=NOON - timedelta(minutes=17 * number),
                files=[changed(f"{area or 'cli'}/module_{file}.py", 12 + file, 4) for file in range(number + 1)],
            ),
            analysis(
                headline, area=area, change_type=kind, score=0.6 - number / 50, reasons=(reason,), summary=summary
            ),
        )
        for number, (headline, area, kind, reason, summary) in enumerate(told)
    ]


def _lows() -> list[Entry]:
    told = [
        ("Describe the flight plan format", ChangeType.DOCUMENTATION, "docs"),
        ("Fix a typo in the fuel guide", ChangeType.DOCUMENTATION, "docs"),
        ("Rename the test of the gauge", ChangeType.TEST, "engine"),
        ("Test the empty tank", ChangeType.TEST, "engine"),
        ("Run the nightly build on ARM", ChangeType.CI, "ci"),
        ("Cache the toolchain between runs", ChangeType.CI, "ci"),
        ("Bump numpy from 2.1.0 to 2.1.1", ChangeType.DEPENDENCIES, "deps"),
        ("Bump actions/checkout from 4 to 5", ChangeType.DEPENDENCIES, "deps"),
        ("Sort the imports of `engine/`", ChangeType.REFACTOR, "engine"),
        ("Quiet a warning of the compiler", ChangeType.BUILD, "build"),
        ("Release 0.9.4", ChangeType.RELEASE, None),
    ]
    entries = [
        Entry(
            commit(
                subject,
                number=1300 + number,
                author="dependabot[bot]" if kind is ChangeType.DEPENDENCIES else "Katherine Johnson",
                at=NOON - timedelta(minutes=31 * number + 5),
            ),
            analysis(subject, tier=Tier.LOW, area=area, change_type=kind, score=0.1, reasons=()),
        )
        for number, (subject, kind, area) in enumerate(told)
    ]
    unreadable = replace(
        commit("Update the vendored decoder", author="Katherine Johnson", at=NOON - timedelta(hours=8)),
        files=(),
        unread=Phrase.of("unread-missing-objects"),
    )
    entries.append(
        Entry(
            unreadable, analysis("Update the vendored decoder", tier=Tier.LOW, area=None, change_type=ChangeType.OTHER)
        )
    )
    return entries
