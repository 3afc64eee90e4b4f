"""The Markdown report, read back with a parser of GitHub's flavour."""

import html
import re
from collections import Counter
from dataclasses import replace
from urllib.parse import unquote

import cmarkgfm  # type: ignore[import-untyped] # it has no types
import pytest
from cmarkgfm.cmark import Options  # type: ignore[import-untyped] # likewise
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Digest, Entry, LinkedIssue, Phrase, PullRequest, Receipt, Repository, Tier
from bot.present.labels import Labels
from bot.present.report import render
from tests.fakes.digests import DEPTH, analysis, busy, commit, day, digest, shanghai, window

EN, ZH = Labels("en"), Labels("zh")
MOON = Repository("acme/moon", "https://github.com/acme/moon.git", "https://github.com/acme/moon")


def page_of(*digests: Digest, labels: Labels = EN) -> str:
    """Return the report as HTML."""
    return str(cmarkgfm.github_flavored_markdown_to_html(render(digests, labels), Options.CMARK_OPT_UNSAFE))


def words(fragment: str) -> str:
    """Return the words of HTML."""
    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<!--.*?-->", "", fragment, flags=re.DOTALL)))


def anchors(page: str) -> list[str]:
    """Return the anchors of a page's headings, by GitHub's rule written in another way than the report's own."""
    seen: Counter[str] = Counter()
    found = []
    for heading in re.findall(r"<h[1-6]>(.*?)</h[1-6]>", page, flags=re.DOTALL):
        base = re.sub(r"[^\w\- ]", "", words(heading).lower()).replace(" ", "-")
        found.append(f"{base}-{seen[base]}" if seen[base] else base)
        seen[base] += 1
    return found


def targets(page: str) -> list[str]:
    """Return the anchors that a page's links lead to, in their order."""
    return [unquote(target) for target in re.findall(r'href="#([^"]*)"', page)]


@pytest.mark.parametrize("labels", [EN, ZH], ids=["en", "zh"])
def test_every_link_of_the_contents_has_its_heading(labels: Labels) -> None:
    """Two repositories with the same headlines: the contents lead to every heading behind them, in order."""
    first, second = day(shanghai(), depth=True), replace(day(shanghai()), repository=MOON)
    page = page_of(first, second, labels=labels)
    headings = anchors(page)
    assert len(headings) == len(set(headings))
    assert targets(page) == headings[2:]  # behind the title and the contents' own heading


def test_every_change_has_an_entry_and_a_row() -> None:
    """Each change has a heading in its tier, with links, and a row of the table of commits, newest first."""
    made = busy(130, highs=3)
    page = page_of(made)
    rows = re.findall(r"<tr>\n<td>(.*?)</td>\n<td>(.*?)</td>\n<td>(.*?)</td>\n<td>(.*?)</td>", page)
    assert [words(row[2]) for row in rows] == [entry.commit.subject for entry in made.entries]
    assert len(re.findall("<h4>", page)) == 130
    assert all(f"https://github.com/acme/rocket/commit/{entry.commit.sha}" in page for entry in made.entries)


def test_an_entry_has_everything_that_is_known() -> None:
    """An entry tells who, when, type, breaking, the pull request, reasons, scope, and all that a model wrote."""
    first = day(depth=True).of_tier(Tier.HIGH)[0]
    known = PullRequest(
        1412,
        labels=("engine", "a|b"),
        reviewers=("joan", "@everyone"),
        linked_issues=(LinkedIssue("acme/rocket", 7, "Old requests starve"), LinkedIssue("acme/moon", 8, "")),
        milestone="1.0",
    )
    author = replace(first.commit.author, login="grace")
    page = page_of(digest([replace(first, commit=replace(first.commit, pull_request=known, author=author))]))
    assert 'href="https://github.com/acme/moon/issues/8"' in page
    said = words(page)
    for part in (
        "#1412 · grace · " + first.commit.sha[:7] + " · feature · breaking · 15 Jan 15:00",
        "closes #7 Old requests starve, acme/moon#8 · reviewed by joan, @everyone · labels engine, a|b · milestone 1.0",
        first.analysis.summary,
        "Why high removes the public flag --fifo; marked as breaking by its author",
        "Scope engine/queue.py (new), engine/scheduler.py, cli/args.py, 4 test files",
        *DEPTH.advice[:1],
        "compatibility: start scripts with --fifo stop with an error",
        "high: no deadline given means 0, so old clients jump the queue (engine/queue.py:58)",
        f"Conclusion {DEPTH.conclusion}",
    ):
        assert part in said


def test_the_report_in_chinese() -> None:
    """The Chinese report has Chinese headings and dates."""
    text = render([day(shanghai())], ZH)
    assert text.startswith("# acme/rocket · 2026年1月15日 星期四\n\n## 目录\n")
    assert "### 🔴 高（3）" in text
    assert "时间均为 Asia/Shanghai 时区。" in text


def test_several_repositories_share_a_title() -> None:
    """The title has the period of all digests once, and every period if they differ."""
    quiet = digest(repository=MOON)
    assert render([day(), quiet], EN).startswith("# Changes · Thursday 15 January 2026\n")
    longer = replace(quiet, window=window(days=2))
    assert render([day(), longer], EN).startswith("# Changes · Thursday 15 January 2026, 15–16 Jan 2026\n")


def test_a_quiet_repository_says_so() -> None:
    """A repository without changes has one line, and what could not be read of it."""
    receipt = Receipt(found=0, analysed=0, failed=0, cut=0, notes=(Phrase.of("repository-empty"),))
    said = words(page_of(digest(receipt=receipt)))
    assert "No changes landed; the last one before is of Tuesday 13 January 2026." in said
    assert "The repository has no commits yet." in said


def test_a_merge_lists_all_that_it_brought() -> None:
    """The report names every commit that a merge brought."""
    merge = day().of_tier(Tier.HIGH)[2]
    large = replace(merge, commit=replace(merge.commit, brought=merge.commit.brought * 40))
    assert page_of(digest([large])).count("Measure the load") == 40


headlines = st.one_of(
    st.text(max_size=30), st.sampled_from(["Fix", "fix!", "Fix-1", "🔴 High (1)", "!?", "# a", "Contents"])
)


@given(st.lists(headlines, min_size=1, max_size=6))
@settings(max_examples=150)
def test_no_headline_breaks_the_document(texts: list[str]) -> None:
    """Whatever authors write, every heading has one anchor and every link of the contents one heading."""
    entries = [
        Entry(
            commit(f"{number} {text}", body=text, author=text),
            analysis(text, tier=Tier.HIGH, area=text, summary=text, reasons=(text,)),
        )
        for number, text in enumerate(texts)
    ]
    page = page_of(digest(entries))
    links = targets(page)
    assert len(links) == len(set(links)) == len(re.findall("<h[234]>", page)) - 1
    assert len(re.findall("<h4>", page)) == len(texts)
    outside = {
        link for link in re.findall(r'href="([^#][^"]*)"', page) if not link.startswith("https://github.com/acme/")
    }
    assert outside == set()
    assert "<img" not in page
