"""Texts that want to be more than text, and a digest that has one of them wherever text from outside goes."""

from dataclasses import replace
from itertools import product

from bot.model import (
    BroughtCommit,
    Digest,
    Entry,
    FileStatus,
    Insight,
    LinkedIssue,
    Phrase,
    PullRequest,
    Receipt,
    Risk,
    Severity,
    Tier,
)
from bot.present.characters import visible
from bot.present.prose import prose
from tests.fakes.digests import DEPTH, ROCKET, analysis, changed, commit, digest, person, sha_of

_PINGS = (
    "<!channel>",
    "<!here>",
    "<!everyone>",
    "<!here|here>",
    "<@U0ADA>",
    "<@U0LIN|lin>",
    "<!subteam^S0TEAM>",
    "<!subteam^S0TEAM|@team>",
    "<#C0GENERAL>",
    "<#C0GENERAL|general>",
    "@channel",
    "@here",
    "@everyone",
    "@team",
    "@ada",
    "#general",
    "<@1>",
    "<@!80351110224678912>",
    "<@&165511591545143296>",
    "<#103735883630395392>",
    "</digest:816437322781949972>",
    "<id:customize>",
    "<:a:1>",
    "<a:spin:1>",
    "<t:1768478400:R>",
    "<!date^1768478400^{date}|x>",
)
_LINKS = (
    "https://evil.example/x",
    "http://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "www.evil.example",
    "evil.example/path?q=1#f",
    "README.md",
    "//evil.example",
    "ftp://evil.example",
    "mailto:ada@evil.example",
    "ada@evil.example",
    "tel:+15551234567",
    "slack://channel?id=C0GENERAL",
    "discord://-/channels/1",
    "discord.gg/evil",
    "https://discord.gg/evil",
    "javascript:alert(1)",
    "<https://evil.example>",
    "<https://evil.example|the report>",
    "<mailto:ada@evil.example|mail>",
    "[the report](https://evil.example)",
    "[the report](<https://evil.example>)",
    "[the report][1]\n\n[1]: https://evil.example",
    "![picture](https://evil.example/p.png)",
    "<a href='https://evil.example'>x</a>",
    "https://evil.example)",
    "(https://evil.example)",
    "https://[::1]/x",
    "https://xn--e1afmkfd.example",
    "https://例え.example",
    "https://user:pass@evil.example:8443/",
)
_FORMATS = (
    "*bold*",
    "_italic_",
    "__underlined__",
    "~gone~",
    "~~gone~~",
    "||spoiler||",
    "**bold** text",
    "***both***",
    "# heading",
    "-# small",
    "> quote",
    ">>> all of it",
    "- item",
    "1. item",
    "* item",
    "---",
    "```code```",
    "```\nfence\n```",
    "``two``",
    "`one`",
    "`",
    "``",
    "```",
    "`unclosed",
    "unclosed ```",
    "\\*not bold\\*",
    "\\",
    "\\\\`x`",
    "| a | b |\n|---|---|",
    "&lt;!channel&gt;",
    "&amp;amp; &",
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "<!-- comment -->",
    "${jndi:ldap://evil.example}",
    "{{ 7*7 }}",
    "%s %(name)s {0}",
    "$(reboot) `reboot`",
    ":tada:",
    ":warning::fire:",
    "(c) (tm) ->",
)
_CHARACTERS = (
    "\u202egnp.exe\u202c",
    "\u2066isolated\u2069",
    "\u200fright\u200eleft",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07",
    "\x00null",
    "bell\x07",
    "back\x08space",
    "carriage\rreturn",
    "line\u2028separator",
    "next\x85line",
    "lone \ud800 surrogate",
    "zero\u200bwidth",
    "soft\u00adhyphen",
    "e\u0301" * 20,
    "Z̷̢͔̈́a̶l̵g̸o",
    "👨‍👩‍👧‍👦 family",
    "🏳️‍🌈",
    "名字很长，标点「很」多。",
    "مرحبا بالعالم",
    "שלום עולם",
    "ﷺ",
    "𝕱𝖗𝖆𝖐𝖙𝖚𝖗",
    "tab\tbetween",
    " leading and trailing ",
    "x" * 400,
    "word " * 120,
    "很长" * 200,
)
_AROUND = ("{}", "fix: {} in the queue", "{}{}", "`{}`", "*{}*", "[{}](x)", "({})", "\\{}", "<{}>", "\u200b{}\u200b")

TEXTS = tuple(
    dict.fromkeys(
        [
            *(around.format(ping, ping) for ping, around in product(_PINGS, _AROUND)),
            *(around.format(link, link) for link, around in product(_LINKS, _AROUND[:5])),
            *_FORMATS,
            *_CHARACTERS,
        ]
    )
)
"""More than four hundred."""


def attacked(text: str) -> tuple[Digest, tuple[str, ...]]:
    """Return a digest that has the text in every place, between marks of the place's own, and the marked texts.

    The marks tell where a text ends, so that a character which is missing at an end is missed.
    """
    places = _Places(text)
    made = digest(
        [_high(places), _medium(places), _low(places)],
        repository=replace(ROCKET, name=f"acme/{places.here()}"),
        analyst=places.here(),
        receipt=Receipt(3, 3, 0, 0, notes=(Phrase.of("name-means", name=places.here(), repository=places.here()),)),
    )
    return made, tuple(places.marked)


def is_seen(text: str, seen: str) -> bool:
    """Tell whether a text is read somewhere in what is seen, which is without space.

    Acting characters are in their visible form; in running text, those that are space to Unicode are space, and what
    stands between backticks is set as code without them.
    """
    running = "".join(visible(span.text) for span in prose(text))
    return any(_bare(form) in _bare(seen) for form in (visible(text), running))


def _bare(text: str) -> str:
    return "".join(text.replace("`", "").split())


class _Places:
    """Marks each place that a text is put into."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.marked: list[str] = []

    def here(self) -> str:
        """Return the text between the marks of a new place."""
        return self._mark(self._text)

    def subject(self) -> str:
        """Return the same as a commit's subject, which is one line."""
        return self._mark(self._text.replace("\n", " "))

    def name(self) -> str:
        """Return the same as the name of a file: of a path, folders far from the file are left out."""
        return self._mark(self._text.replace("/", "|"))

    def _mark(self, text: str) -> str:
        number = len(self.marked)
        self.marked.append(f"⟦{number}a⟧{text}⟦{number}z⟧")
        return self.marked[-1]


def _high(places: _Places) -> Entry:
    made = commit(
        places.subject(),
        number=1,
        author=places.here(),
        files=(changed(places.name()), replace(changed("b.py", status=FileStatus.RENAMED), previous_path="a.py")),
    )
    pull = PullRequest(
        1,
        title="x",
        labels=(places.here(),),
        reviewers=(places.here(),),
        linked_issues=(LinkedIssue("acme/rocket", 7, places.here()),),
        milestone=places.here(),
    )
    brought = BroughtCommit(sha_of("brought"), places.here(), person(places.here()))
    written = replace(
        DEPTH,
        scope=(places.here(),),
        insight=(Insight("performance", places.here()),),
        risks=(Risk(Severity.HIGH, places.here(), "engine/queue.py", 3),),
        advice=(places.here(),),
        conclusion=places.here(),
    )
    said = analysis(places.here(), tier=Tier.HIGH, reasons=(places.here(),), summary=places.here(), depth=written)
    return Entry(replace(made, pull_request=pull, brought=(brought,)), said)


def _medium(places: _Places) -> Entry:
    said = analysis(places.here(), area=places.here(), reasons=(places.here(),), summary=places.here(), depth=DEPTH)
    return Entry(commit(places.subject(), author=places.here()), said)


def _low(places: _Places) -> Entry:
    said = analysis("x", tier=Tier.LOW, summary=places.here(), depth=DEPTH)
    return Entry(commit(places.subject(), number=3), said)
