r"""Masks secrets in text from outside, before anything of it is kept.

What tokens of vendors look like, and what looks like chance, is detect-secrets' knowledge; its detectors are not called
line by line, which would take minutes for a day of changes, and say neither where a secret is nor that it goes on.
So a line is looked at only where it holds a mark that is found fast, and whatever goes on like a secret is part of it.

No pattern here looks further than a bounded distance, so that none takes long on a line of a megabyte.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

from bot.digest.diffs.named import NAME_MARKS, is_random, named_secrets
from bot.digest.diffs.placeholder import MASK
from bot.digest.diffs.private_keys import mask_private_keys

_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))"
"""Where a token may begin: not within a word, unless that is an escaped line end."""


@dataclass(frozen=True, slots=True)
class _Detector:
    """Where a secret may be, by marks in lower case, and what it looks like there: its group, or all of it."""

    marks: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    accept: Callable[[re.Match[str]], bool] = lambda _: True
    group: int | str = 0


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _mixed(found: re.Match[str]) -> bool:
    """Return whether a token has digits and letters of both cases, as names in code hardly do."""
    text = found[0]
    return any(map(str.isdigit, text)) and text.lower() != text and text.upper() != text


def _is_password(found: re.Match[str]) -> bool:
    """Return whether the password of an address is one, rather than a place for one."""
    value = found["secret"]
    return MASK not in value and not re.fullmatch(r"[$%]?[{<(\[].*|\$\w+|%\w+%|\*+|x{3,}|\.{3}", value, re.IGNORECASE)


_GITLAB = (
    "glpat-",
    "gldt-",
    "glft-",
    "glsoat-",
    "glrt-",
    "gr1348941",
    "glcbt-",
    "glimt-",
    "glptt-",
    "glagent-",
    "gloas-",
)
_DETECTORS = (
    _Detector(("akia", "asia", "abia", "acca", "a3t"), tuple(AWSKeyDetector.denylist[:1])),
    _Detector(("aws",), tuple(AWSKeyDetector.denylist[1:]), group=1),
    _Detector(("accountkey=",), tuple(AzureStorageKeyDetector.denylist)),
    _Detector(("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), tuple(GitHubTokenDetector.denylist)),
    _Detector(_GITLAB, tuple(GitLabTokenDetector.denylist)),
    _Detector(("-us",), tuple(MailchimpDetector.denylist)),
    _Detector(("pypi-age",), tuple(PypiTokenDetector.denylist)),
    _Detector(("sg.",), tuple(SendGridDetector.denylist)),
    _Detector(("xox", "hooks.slack.com"), tuple(SlackDetector.denylist)),
    _Detector(("sq0csp",), tuple(SquareOAuthDetector.denylist)),
    _Detector(("k_live_",), tuple(StripeDetector.denylist)),
    # What detect-secrets does not know yet, or looks for with a pattern that takes long on long lines.
    _Detector(("eyj",), _compiled(rf"{_START}eyJ[\w=-]{{8,2000}}\.[\w=-]{{8,4000}}")),
    _Detector(
        (
            "github_pat_",
            "hf_",
            "npm_",
            "aiza",
            "xapp-",
            "xoxe",
            "whsec_",
            "k_test_",
            "dop_v1_",
            "gocspx-",
            "ya29.",
            "dapi",
        ),
        _compiled(
            rf"{_START}(?:github_pat_\w{{22}}|(?:hf|npm)_[A-Za-z0-9]{{30}}|AIza[\w-]{{35}}|xapp-\d-\w{{8}}|xoxe[.-][\w.-]{{20}}|"
            r"whsec_[A-Za-z0-9+/]{24}|[rs]k_test_[A-Za-z0-9]{20}|dop_v1_[0-9a-f]{40}|GOCSPX-[\w-]{20}|ya29\.[\w-]{20}|"
            r"dapi[0-9a-f]{32})",
        ),
    ),
    _Detector(("sk-",), _compiled(rf"{_START}sk-[\w-]{{20,200}}"), _mixed),
    _Detector(("_authtoken",), _compiled(r"_authToken\s{0,5}=\s{0,5}(?P<secret>[^\s\"'$]{8,})"), group="secret"),
    _Detector(
        ("authorization", "bearer"),
        _compiled(r"(?i:\b(?:bearer|basic|token)) (?P<secret>[\w.~+/=-]{16,})"),
        lambda found: is_random(found["secret"]),
        "secret",
    ),
    _Detector(
        ("://",),
        _compiled(r"://[^\s:/@\"'<>`]{0,100}:(?P<secret>[^\s\"'<>`/]{1,200})@(?=[\w.\[{$%-])"),
        _is_password,
        "secret",
    ),
)
_UNMARKED = _Detector(
    (),
    (
        *TelegramBotTokenDetector.denylist,
        *DiscordBotTokenDetector.denylist,
        *(re.compile(rf"{_START}{pattern.pattern}(?![A-Za-z0-9])") for pattern in TwilioKeyDetector.denylist),
    ),
)
"""What has no mark, and is searched for in the whole text."""

_GOES_ON = re.compile(r"[\w+/=-]*(?:\.[\w+/=-]+)*")
"""What belongs to a token that a pattern found the beginning of."""


_QUOTED = re.compile(r"(?<![\w-])([\"'`])(?P<secret>[A-Za-z0-9+/_=-]{24,128})\1")
_DIGEST = re.compile(r"(?:[0-9a-fA-F-]+|(?:sha\d+|md5|h1)[-:=].*)")
"""What only looks like chance: digests, identifiers of commits, UUIDs."""
_KEY_LINE = re.compile(
    r"^[+ -]?[ \t\"'`]{0,40}(?P<secret>[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{70})(?:\\[nr]|[\"'`,;+\\ \t\r)])*$", re.MULTILINE
)
"""A line from within a private key, in the lengths that OpenSSL and OpenSSH write."""
_SHORTEST_WORD = 12
"""Characters between two underlines, on average; with fewer it is a name of many words."""
_ENTROPY = Base64HighEntropyString(4.5)
_Span = tuple[int, int]


def mask(text: str) -> tuple[str, int]:
    """Return a text with its secrets masked, and how many there were.

    It keeps its lines, and of a patch the signs that they begin with. What is masked already is not found again.
    """
    text, count = mask_private_keys(text)
    parts: list[str] = []
    at = 0
    for begin, end in _merged(_found(text)):
        parts += (text[at:begin], MASK)
        at = end
        count += 1
    return "".join((*parts, text[at:])), count


def _found(text: str) -> Iterator[_Span]:
    low = text.lower()
    # A few letters have a lower case of two characters, which would shift all positions.
    if len(low) != len(text):
        low = "".join(char.lower() if char.isascii() else char for char in text)
    for begin, end in chain(_shaped(text, low), _named(text, low), _unmarked(text)):
        if MASK not in text[begin:end]:
            yield begin, end


def _shaped(text: str, low: str) -> Iterator[_Span]:
    """Yield what looks like a token of somebody's."""
    for detector in _DETECTORS:
        for begin, end in _lines_with(detector.marks, low):
            for pattern in detector.patterns:
                yield from _tokens(pattern, text, begin, end, detector)


def _tokens(pattern: re.Pattern[str], text: str, at: int, end: int, detector: _Detector) -> Iterator[_Span]:
    """Yield the tokens between two places, each with what belongs to it after that of which a pattern knows."""
    while found := pattern.search(text, at, end):
        at = found.end()
        if detector.accept(found):
            goes_on = _GOES_ON.match(text, found.end(detector.group), end)
            at = max(at, goes_on.end() if goes_on else 0)
            yield found.start(detector.group), goes_on.end() if goes_on else found.end(detector.group)


def _named(text: str, low: str) -> Iterator[_Span]:
    """Yield what is called a secret."""
    for begin, end in set(_lines_with(NAME_MARKS, low)):
        for span in named_secrets(text[begin:end]):
            yield begin + span[0], begin + span[1]


def _unmarked(text: str) -> Iterator[_Span]:
    """Yield what looks like a token, or like chance, and has no mark."""
    for pattern in _UNMARKED.patterns:
        yield from _tokens(pattern, text, 0, len(text), _UNMARKED)
    for found in chain(_QUOTED.finditer(text), _KEY_LINE.finditer(text)):
        if _is_chance(found["secret"]):
            yield found.span("secret")


def _lines_with(marks: tuple[str, ...], low: str) -> Iterator[_Span]:
    """Yield where the lines are that hold one of the marks, each once for every mark that it holds."""
    for mark in marks:
        at = low.find(mark)
        while at >= 0:
            begin = low.rfind("\n", 0, at) + 1
            end = low.find("\n", at)
            end = len(low) if end < 0 else end
            yield begin, end
            at = low.find(mark, end)


def _is_chance(value: str) -> bool:
    """Return whether a string that nothing names as a secret can hardly be anything else."""
    digits, upper, lower = (sum(map(test, value)) for test in (str.isdigit, str.isupper, str.islower))
    if min(digits, upper, lower) < 3 or _DIGEST.fullmatch(value) or value.count("_") * _SHORTEST_WORD > len(value):
        return False
    return _ENTROPY.calculate_shannon_entropy(value) > _ENTROPY.entropy_limit


def _merged(spans: Iterator[_Span]) -> Iterator[_Span]:
    """Yield spans in their order, those that overlap as one."""
    begin = end = -1
    for span in sorted(spans):
        if span[0] > end or begin < 0:
            if begin >= 0:
                yield begin, end
            begin, end = span
        else:
            end = max(end, span[1])
    if begin >= 0:
        yield begin, end
