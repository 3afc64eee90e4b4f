"""A digest as a thread."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import (
    ChangeType,
    Commit,
    DepthText,
    Digest,
    Earlier,
    Entry,
    FileChange,
    FileKind,
    FileStatus,
    Phrase,
    PullRequest,
    Receipt,
    Relation,
    Tier,
    Usage,
)
from bot.ports import Asking
from bot.present import change, layout
from bot.present.blocks import (
    Actions,
    Block,
    Bold,
    BulletedList,
    Code,
    Context,
    Divider,
    Heading,
    Link,
    Message,
    NumberedList,
    Paragraph,
    Quote,
    Span,
    Spans,
    Table,
    Thread,
    Time,
)
from bot.present.labels import Labels
from bot.present.layout import HIGHS_IN_ROOT, MEDIUM_PER_MESSAGE, PINS, TABLE_ROWS, lay_out
from bot.present.memory import noted
from bot.present.prose import plain
from bot.present.shape import shape
from tests.fakes.digests import (
    DEPTH,
    LOCAL,
    NOON,
    ROCKET,
    analysis,
    busy,
    changed,
    commit,
    day,
    digest,
    person,
    shanghai,
    window,
)

EN, ZH = Labels("en"), Labels("zh")


def lines(block: Block) -> Iterator[Spans]:
    """Yield the lines of a block."""
    match block:
        case Heading(spans) | Paragraph(spans) | Context(spans) | Quote(spans):
            yield spans
        case BulletedList(items) | NumberedList(items):
            yield from items
        case Table(_, rows):
            yield from (cell for row in rows for cell in row)
        case Divider() | Actions():
            pass


def spans(message: Message) -> Iterator[Span]:
    """Yield every span of a message."""
    for block in message.blocks:
        for line in lines(block):
            yield from line


def text(message: Message) -> str:
    """Return a message as a reader would read it aloud."""
    return "\n".join(plain(line) for block in message.blocks for line in lines(block))


def of(thread: Thread, begin: str) -> list[Message]:
    """Return the replies whose part begins in a certain way."""
    return [message for message in thread.replies if message.part.startswith(begin)]


def test_the_root_tells_the_day() -> None:
    """The root has the title, the counts, the high headlines, where the work went, the receipt and what is beneath."""
    digest_of_day = day(shanghai())
    merge = digest_of_day.of_tier(Tier.HIGH)[2].commit.sha[:7]
    title, counts, *headlines, where, receipt, more = text(lay_out(digest_of_day, EN).root).split("\n")
    assert title == "acme/rocket · Thursday 15 January 2026"
    assert counts == "20 changes by 7 authors · 🔴 3 high · 🟡 5 medium · 🟢 12 low"
    assert headlines == [
        "Order requests by deadline; `--fifo` is gone #1412",
        "New `/v1/fuel` endpoint, without authentication so far #1398",
        f"Load weights twice as fast on ARM {merge}",
    ]
    assert where.startswith("Where  engine 6 · api 2 · ci 2 · deps 2 · docs 2 · arm 1 · build 1 · plan 1 · elsewhere 3")
    assert where.endswith(" · +1,297\u00a0−501 in 26 files")
    assert receipt == (
        "15 Jan 00:00 to 16 Jan 00:00 Asia/Shanghai (14 Jan 16:00 to 15 Jan 16:00 UTC) · "
        "20 found, 19 analysed, 1 could not be read, 2 diffs shortened · ranked by rules, without a model"
    )
    assert more == "In the thread: high in full, medium by area, low by type, all commits."


@pytest.mark.parametrize(
    ("asking", "labels", "end"),
    [
        (Asking.MENTION, EN, "all commits. Mention me there to ask about these changes."),
        (Asking.MESSAGE, EN, "all commits. Write there to ask about these changes."),
        (Asking.MENTION, ZH, "完整提交列表。在话题内提及我，即可就这些变更提问。"),
        (Asking.MESSAGE, ZH, "完整提交列表。在话题内留言，即可就这些变更提问。"),
        (None, ZH, "完整提交列表。"),
    ],
)
def test_how_to_ask(asking: Asking | None, labels: Labels, end: str) -> None:
    """The root ends with how people ask in its thread, where they are heard there."""
    assert text(lay_out(day(shanghai()), labels, asking).root).endswith(end)


def test_the_root_in_chinese() -> None:
    """The same root in Chinese has Chinese dates, counts and punctuation."""
    root = lay_out(day(shanghai()), ZH).root
    assert text(root).split("\n")[:2] == [
        "acme/rocket · 2026年1月15日 星期四",
        "7 位作者，20 项变更 · 🔴 高 3 · 🟡 中 5 · 🟢 低 12",
    ]
    assert "UTC 1月14日 16:00 至 1月15日 16:00" in text(root)


def test_the_receipt_says_who_analysed() -> None:
    """A digest by a model names it with its cost, and names the changes that the rules analysed in its place."""
    made = day()
    by_rules = tuple(entry.commit.sha for entry in made.entries[:2])
    usage = Usage(calls=11, input_tokens=61_000, output_tokens=4_000, cost=0.0371)
    receipt = Receipt(20, 20, 0, 0, fallback=by_rules, dropped=3, masked=1, excluded=2, usage=usage)
    root = text(lay_out(replace(made, analyst="model-x", receipt=receipt), EN).root)
    assert (
        "20 found, 20 analysed, 2 left out by the filters of this channel, 2 of them by rules instead of the model, "
        "3 unsupported claims dropped, 1 secret masked · by model-x, $0.04"
    ) in root
    first, second = (plain(change.reference(entry.commit, made.repository)) for entry in made.entries[:2])
    assert f"By rules instead of the model: {first}, {second}" in root


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (Usage(), "by model-x\n"),
        (Usage(calls=1, input_tokens=900, output_tokens=100, cost=None), "by model-x, 1 call, 1,000 tokens\n"),
        (Usage(calls=2, input_tokens=900, output_tokens=100, cost=0.001), "by model-x, 2 calls, less than $0.01\n"),
    ],
)
def test_what_a_digest_took(usage: Usage, said: str) -> None:
    """A digest says its cost, or its tokens where there is no price, and nothing where everything was known before."""
    assert said in text(lay_out(replace(day(), analyst="model-x", receipt=Receipt(20, 20, 0, 0, usage=usage)), EN).root)


def test_a_low_change_that_a_model_read_is_told_by_its_line() -> None:
    """The line of a low change is the model's, which says what changed in the code; by rules it is the subject."""
    made = commit("chore: tidy", number=7)
    told = analysis("Tidy", tier=Tier.LOW, summary="Drops the unused `--trace` branch from `cli/args.py`.")
    low = [lay_out(digest([Entry(made, replace(told, analyst=who))]), EN).replies[0] for who in ("rules", "model-x")]
    assert "Tidy #7" in text(low[0])
    assert "Drops the unused `--trace` branch from `cli/args.py`. #7" in text(low[1])


def test_a_medium_change_ends_with_the_advice() -> None:
    """What a model advises about a medium change is its last line."""
    made = replace(analysis("Retry once", tier=Tier.MEDIUM), depth=DepthText(advice=("Raise `--timeout`.", "Restart.")))
    medium = lay_out(digest([Entry(commit("fix: retry once"), made)]), EN).replies[0]
    assert text(medium).endswith("Do  Raise `--timeout`. Restart.")


def test_a_window_in_utc_is_told_once() -> None:
    """Where the zone is UTC, the receipt has the window once."""
    assert "15 Jan 00:00 to 16 Jan 00:00 UTC · 20 found" in text(lay_out(day(), EN).root)


def test_a_quiet_day_is_one_line() -> None:
    """A day without changes is the root alone, in one line that says when the last change landed."""
    thread = lay_out(digest(of=shanghai()), EN)
    assert thread.replies == ()
    assert text(thread.root) == (
        "acme/rocket · Thursday 15 January 2026 · No changes landed; the last one before is of Tuesday 13 January 2026."
    )


def test_a_quiet_day_still_says_what_could_not_be_read() -> None:
    """An empty window whose history could not be read says so, rather than that nothing happened."""
    receipt = Receipt(found=0, analysed=0, failed=0, cut=0, notes=(Phrase.of("history-ends-early", sha="abc"),))
    assert "The clone's history ends at `abc`" in text(lay_out(digest(receipt=receipt), EN).root)


def test_an_empty_repository_is_one_line() -> None:
    """A repository without any commit has no last change to tell of."""
    empty = replace(digest(), tip=None, tip_committed_at=None)
    assert text(lay_out(empty, EN).root).endswith("· No changes landed.")


def test_a_quiet_day_in_the_past_tells_of_no_later_change() -> None:
    """Where changes have landed since, the newest of all is none before."""
    since = replace(digest(), tip_committed_at=NOON + timedelta(days=3))
    assert text(lay_out(since, EN).root).endswith("· No changes landed.")


def test_a_day_of_three_hundred_changes_is_one_screen() -> None:
    """The root of a busy day names the first high changes, and says how many more there are and which are pinned."""
    thread = lay_out(busy(300, highs=14), EN)
    listed = next(block for block in thread.root.blocks if isinstance(block, NumberedList))
    assert len(listed.items) == HIGHS_IN_ROOT
    assert "and 4 more in the thread" in text(thread.root)
    assert f"{PINS} of 14 high changes are pinned." in text(thread.root)
    assert "4 more areas 100" in text(thread.root)
    assert [message.pinned for message in of(thread, "high/")] == [True] * PINS + [False] * (14 - PINS)


def test_a_day_without_high_changes_lists_medium_ones() -> None:
    """Where nothing is high, the root lists the first medium changes without numbers."""
    root = lay_out(busy(12), EN).root
    listed = next(block for block in root.blocks if isinstance(block, BulletedList))
    assert len(listed.items) == layout.MEDIUMS_IN_ROOT
    assert "and 1 more in the thread" in text(root)


def test_every_change_is_in_the_thread() -> None:
    """Each change has its place in one tier's messages and a row of the table, oldest first."""
    made = busy(300, highs=14)
    thread = lay_out(made, EN)
    below = [
        span.text for begin in ("high/", "medium/", "low/") for message in of(thread, begin) for span in spans(message)
    ]
    assert {f"#{number}" for number in range(1, 301)} <= set(below)
    rows = [
        row
        for message in of(thread, "table/")
        for block in message.blocks
        if isinstance(block, Table)
        for row in block.rows
    ]
    assert [row[-1] for row in rows] == [
        (Link(entry.commit.sha[:7], str(made.repository.commit_url(entry.commit.sha))),)
        for entry in reversed(made.entries)
    ]


def test_parts_are_named_by_their_content() -> None:
    """High changes are named by sha, and a day that grows leaves every full part of its table as it was."""
    grown = busy(180)
    early = digest(grown.entries[60:])
    before, after = lay_out(early, EN), lay_out(grown, EN)
    assert [message.part for message in of(after, "table/")] == [f"table/{part}" for part in (1, 2, 3, 4)]
    assert of(before, "table/")[:2] == of(after, "table/")[:2]
    assert all(
        len(block.rows) <= TABLE_ROWS
        for message in of(after, "table/")
        for block in message.blocks
        if isinstance(block, Table)
    )
    parts = [message.part for message in after.replies]
    assert len(parts) == len(set(parts))


def test_a_high_change_says_why_and_what_it_touches() -> None:
    """The message of a high change has the headline, who and where, the summary, the reasons and the scope."""
    first = of(lay_out(day(), EN), "high/")[0]
    assert text(first).split("\n") == [
        "🔴 1/3 Order requests by deadline; `--fifo` is gone",
        f"#1412 · Grace Hopper · {first.part.removeprefix('high/')[:7]} · feature · breaking",
        "Requests carry a deadline and the queue is a heap; first-in-first-out is no longer available.",
        "Why high  removes the public flag `--fifo`; marked as breaking by its author",
        "Scope  `engine/queue.py` (new), `engine/scheduler.py`, `cli/args.py`, 4 test files · +363\u00a0−39",
    ]
    assert first.title == "Order requests by deadline; `--fifo` is gone"


@pytest.mark.parametrize("tier", [Tier.HIGH, Tier.MEDIUM])
def test_a_type_that_is_not_known_is_not_named(tier: Tier) -> None:
    """Of a change that is of no known type nothing is said rather than "other"."""
    entry = day().of_tier(tier)[0]
    untyped = replace(entry, analysis=replace(entry.analysis, change_type=ChangeType.OTHER))
    assert EN.change_type(ChangeType.OTHER) not in text(lay_out(digest([untyped]), EN).replies[0])


@pytest.mark.parametrize("tier", Tier)
def test_a_change_that_landed_late_says_so(tier: Tier) -> None:
    """A change that is dated before the period is marked, in any tier, and the table says of which day it is."""
    entry = replace(day().of_tier(tier)[0], late=True)
    late = replace(entry, commit=replace(entry.commit, committed_at=NOON - timedelta(days=3)))
    thread = lay_out(digest([late]), EN)
    assert "· landed late" in text(thread.replies[0])
    assert "landed late" not in text(lay_out(digest([replace(late, late=False)]), EN).replies[0])
    assert "12 Jan" in text(of(thread, "table/")[0])


@pytest.mark.parametrize("tier", Tier)
def test_a_change_says_what_it_has_to_do_with_earlier_ones(tier: Tier) -> None:
    """In any tier a change names the earlier ones that it reverts or fixes, leading to where they were told of."""
    told = Earlier(
        Relation.REVERTS, "a" * 40, "Order `requests`", NOON - timedelta(days=2), 7, "https://chat.example/p"
    )
    other = Earlier(Relation.FIXES, "b" * 40, "Lock", NOON - timedelta(days=9))
    remark = Phrase.of("remark-fixed-again", count=3, path="engine/queue.py")
    entry = replace(day().of_tier(tier)[0], earlier=(told, other), remarks=(remark,))
    first = lay_out(digest([entry]), EN).replies[0]
    assert "Reverts #7 of 13 Jan 2026: Order `requests`" in text(first)
    assert "Fixes bbbbbbb of 6 Jan 2026: Lock" in text(first)
    assert "Fix number 3 of `engine/queue.py` within a week" in text(first)
    links = {span.text: span.url for span in spans(first) if isinstance(span, Link)}
    assert links["#7"] == "https://chat.example/p"
    assert links["bbbbbbb"] == f"https://github.com/acme/rocket/commit/{'b' * 40}"


def test_the_note_for_an_earlier_change() -> None:
    """What is said later beneath a change names the one that did it, and leads to where that is told of."""
    by, told = commit("Take it back"), Earlier(Relation.REVERTS, "a" * 40, "Order requests", NOON, 7)
    requested = replace(by, pull_request=PullRequest(9))
    assert plain(noted(told, requested, ROCKET, EN)) == "#7 was reverted by #9"
    fixed = replace(told, relation=Relation.FIXES, pull_request=None)
    note = noted(fixed, by, LOCAL, ZH, "https://chat.example/p")
    assert plain(note) == f"`aaaaaaa` 已由 {by.sha[:7]} 修复"
    assert Link(by.sha[:7], "https://chat.example/p") in note


@given(st.text(st.sampled_from("ab` *"), max_size=20), st.sampled_from(Tier))
def test_nothing_bold_begins_or_ends_with_a_space(subject: str, tier: Tier) -> None:
    """Whatever a change is called, with code or without, what is bold is a word at both ends."""
    thread = lay_out(digest([Entry(commit(subject), analysis("", tier=tier))]), EN)
    shown = [span for message in (thread.root, *thread.replies) for span in spans(message)]
    assert [span.text for span in shown if isinstance(span, Bold) and span.text.strip() != span.text] == []


def test_what_a_model_wrote_is_shown() -> None:
    """Scope, insight, risks with severity and place, advice and conclusion of a model follow the scope by the data."""
    first = text(of(lay_out(day(depth=True), EN), "high/")[0])
    for said in (
        "every request path\nstart scripts that pass `--fifo`",
        "performance: pop is O(log n), was O(1)",
        "high: no deadline given means 0, so old clients jump the queue (`engine/queue.py:58`)",
        "set a default deadline before upgrading",
        f"Conclusion  {DEPTH.conclusion}",
    ):
        assert said in first


def test_a_merge_names_what_it_brought() -> None:
    """The commits that a merge brought are listed beneath it, up to a number that is said."""
    merge = day().of_tier(Tier.HIGH)[2]
    assert "Brings 3 commits\nMap the weights instead of copying · 王小明" in text(of(lay_out(day(), EN), "high/")[2])
    large = replace(merge, commit=replace(merge.commit, brought=merge.commit.brought * 9))
    assert "Brings 27 commits" in text(lay_out(digest([large]), EN).replies[0])
    assert "and 22 more" in text(lay_out(digest([large]), EN).replies[0])


def test_medium_changes_go_by_area() -> None:
    """Medium changes come in groups by area, several in one message, and a group is parted only if it is too large."""
    thread = lay_out(busy(60), EN)
    for message in of(thread, "medium/"):
        assert sum(isinstance(block, Paragraph) for block in message.blocks) <= MEDIUM_PER_MESSAGE
        headings = [plain(block.spans) for block in message.blocks if isinstance(block, Heading)]
        assert len(headings) == len(set(headings))
    entries = [Entry(commit(f"Change {number}"), analysis(f"Change {number}")) for number in range(20)]
    assert [message.title for message in of(lay_out(digest(entries), EN), "medium/")] == ["🟡 engine"] * 3


def test_a_medium_change_has_three_lines() -> None:
    """A medium change has its headline with who and where, its summary, and the reasons with the scope."""
    api = next(message for message in of(lay_out(day(), EN), "medium/") if "🟡 api" in text(message))
    paragraph = text(api).split("🟡 api\n")[1].split("\n")[:3]
    assert paragraph == [
        "Retry the handshake once when the peer closes early #1381 · Grace Hopper · fix",
        "A peer that restarts closes the socket in the middle of a handshake. The client waits and tries again.",
        "fixes a dropped connection · 2 files in `api/`: `module_1.py`, `module_0.py` · +25\u00a0−8",
    ]


def test_low_changes_go_by_type() -> None:
    """Low changes are a line each, by type; one that could not be read says why."""
    low = text(of(lay_out(day(), EN), "low/")[0])
    assert (
        "🟢 documentation\nDescribe the flight plan format #1300\nFix a typo in the fuel guide #1301\n🟢 tests" in low
    )
    assert "The files could not be read: the clone lacks some of its objects" in low


def test_without_pages_there_are_no_links() -> None:
    """A repository without a web page has shas as code and numbers as text, and not one link."""
    local = replace(day(), repository=LOCAL)
    thread = lay_out(local, EN)
    every = [span for message in (thread.root, *thread.replies) for span in spans(message)]
    assert not [span for span in every if isinstance(span, Link)]
    assert Code(local.entries[0].commit.sha[:7]) in every


def test_links_lead_to_the_repository_alone() -> None:
    """No text of a commit makes a link: every link leads to a commit or a pull request of the repository."""
    hostile = "See [x](https://evil.example) https://evil.example <https://evil.example> @all"
    entry = Entry(
        commit(hostile, body=hostile, number=7), analysis(hostile, tier=Tier.HIGH, summary=hostile, area=hostile)
    )
    thread = lay_out(digest([entry]), EN)
    links = [span for message in (thread.root, *thread.replies) for span in spans(message) if isinstance(span, Link)]
    assert links
    assert all(link.url.startswith("https://github.com/acme/rocket/") for link in links)
    assert {link.text for link in links} == {"#7", entry.commit.sha[:7]}


def test_times_are_in_the_zone_of_the_window() -> None:
    """The table shows local times and keeps the moment; a window that touches two days has the day as well."""
    for of_window, said in (
        (shanghai(), "20:00"),
        (replace(shanghai(), end=shanghai().end.replace(day=18)), "15 Jan 20:00"),
        (window(start=NOON), "15 Jan 12:00"),
    ):
        table = lay_out(digest([Entry(commit(), analysis())], of=of_window), EN).replies[-1].blocks[1]
        assert isinstance(table, Table)
        assert table.rows[0][0] == (Time(commit().committed_at, said),)


def test_everyone_is_named_once() -> None:
    """Co-authors are named behind the author, and nobody is named twice."""
    shared = replace(commit(), co_authors=(person("Grace Hopper"), person("Ada Lovelace"), person("Grace Hopper")))
    assert "\nAda Lovelace with Grace Hopper · " in text(lay_out(entry_of(shared), EN).replies[0])


def test_a_change_without_words_is_called_by_its_sha() -> None:
    """A commit with an empty message has its sha for a headline."""
    silent = replace(commit(), message="", pull_request=PullRequest(3))
    thread = lay_out(digest([Entry(silent, analysis("", tier=Tier.HIGH))]), EN)
    assert thread.replies[0].title == f"`{silent.sha[:7]}`"


def file(status: FileStatus, **given: object) -> FileChange:
    """Return a change of `a/b.py` with anything else about it."""
    return replace(FileChange("a/b.py", status, FileKind.REGULAR, 0, 0), **given)  # type: ignore[arg-type] # any field


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), "no files changed"),
        ((changed("a.py"),), "`a.py` · +10\u00a0−2"),
        ((changed("x/a.py"), changed("x/y/b.py", 20)), "2 files in `x/`: `y/b.py`, `a.py` · +30\u00a0−4"),
        (
            (changed("tests/test_a.py"), changed("tests/b.py", 9)),
            "2 files in `tests/`: `test_a.py`, `b.py` · +19\u00a0−4",
        ),
        ((changed("a.py"), changed("tests/test_a.py")), "`a.py`, 1 test file · +20\u00a0−4"),
        (tuple(changed(f"{name}.c") for name in "abcdef"), "`a.c`, `b.c`, `c.c`, `d.c`, 2 more files · +60\u00a0−12"),
        ((file(FileStatus.ADDED, binary=True, additions=None, deletions=None),), "`a/b.py` (new, binary)"),
        ((file(FileStatus.RENAMED, previous_path="a/c.py"),), "`a/b.py` (was `c.py`)"),
        ((file(FileStatus.RENAMED, previous_path="c/d.py"),), "`a/b.py` (was `c/d.py`)"),
        ((changed("a/b/c/d/e.py"), changed("x.py", 9)), "`…/d/e.py`, `x.py` · +19\u00a0−4"),
        ((file(FileStatus.COPIED, previous_path="c.py"),), "`a/b.py` (copied from `c.py`)"),
        ((file(FileStatus.MODIFIED, mode_changed=True),), "`a/b.py` (mode changed)"),
        ((file(FileStatus.TYPE_CHANGED, kind=FileKind.SYMLINK),), "`a/b.py` (type changed)"),
        ((file(FileStatus.MODIFIED, kind=FileKind.SUBMODULE),), "`a/b.py` (submodule)"),
        ((file(FileStatus.DELETED, deletions=5),), "`a/b.py` (deleted) · +0\u00a0−5"),
        ((file(FileStatus.ADDED, path='a "b"\n`c`.py'),), '`a "b"\n`c`.py` (new)'),
    ],
)
def test_the_shape_of_a_change(files: tuple[FileChange, ...], said: str) -> None:
    """The shape names the largest files, what happened to them, the tests and the lines."""
    assert plain(shape(commit(files=files), EN)) == said


def test_the_shape_in_full() -> None:
    """In full, eight files are named with their whole paths."""
    files = tuple(changed(f"a/{number}/c/d/e.py") for number in range(9))
    said = plain(shape(commit(files=files), EN, in_full=True))
    assert said.startswith("9 files in `a/`: `0/c/d/e.py`, `1/c/d/e.py`")
    assert "`7/c/d/e.py`, 1 more file" in said


def entry_of(made: Commit) -> Digest:
    """Return the digest of one high change."""
    return digest([Entry(made, analysis(tier=Tier.HIGH))])


def test_an_unread_change_says_why() -> None:
    """A change whose files could not be read has the reason where its scope would be."""
    unread = replace(commit(), files=(), unread=Phrase.of("unread-shallow-boundary"))
    assert "Scope  The files could not be read: the clone is shallow and ends here" in text(
        lay_out(entry_of(unread), EN).replies[0]
    )
    assert "文件无法读取：浅克隆到此为止" in text(lay_out(entry_of(unread), ZH).replies[0])


def test_a_message_tells_the_tier_of_its_changes() -> None:
    """The root is of the highest tier of the day, a part of that of its changes; the table is of none."""
    thread = lay_out(day(), EN)
    assert {message.part.partition("/")[0]: message.tier for message in (thread.root, *thread.replies)} == {
        "root": Tier.HIGH,
        "high": Tier.HIGH,
        "medium": Tier.MEDIUM,
        "low": Tier.LOW,
        "table": None,
    }
    assert lay_out(busy(3), EN).root.tier is Tier.MEDIUM
    assert lay_out(digest(), EN).root.tier is None
