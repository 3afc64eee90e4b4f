"""The contract of languages: ours keep it, and it finds the mistakes that are made in one."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import plugins
from bot.contracts.language import LanguageContract
from bot.errors import ConfigurationError
from bot.present import labels
from bot.present.labels import Labels
from tests.fakes.packages import install

ENGLISH = (Path(labels.__file__).parent / "locales" / "en.ftl").read_text(encoding="utf-8")
DUTCH = ENGLISH.replace("locale = en_001", "locale = nl")
POLISH = ENGLISH.replace("locale = en_001", "locale = pl")

Install = Callable[[str, str], None]


class TestEnglish(LanguageContract):
    """The language that the others are held to."""

    language = "en"


class TestChinese(LanguageContract):
    """A language without plural forms."""

    language = "zh"


def forget() -> None:
    """Look at what is installed as if for the first time."""
    for cached in (plugins.installed, labels.languages, labels.resource, labels._bundle):  # noqa: SLF001 - its cache
        cached.cache_clear()
    for name in [name for name in sys.modules if name.startswith("words_of_")]:
        del sys.modules[name]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a language of another package."""

    def installed(language: str, text: str) -> None:
        files = {f"words_of_{language}/__init__.py": "", f"words_of_{language}/{language}.ftl": text}
        install(tmp_path, f"words-of-{language}", files, {"digestbot.language": {language: f"words_of_{language}"}})
        monkeypatch.syspath_prepend(tmp_path)
        forget()

    yield installed
    monkeypatch.undo()
    forget()


FACTS = [name for name in dir(LanguageContract) if name.startswith("test_")]


def keeps(language: str, fact: str) -> bool:
    """Tell whether a language keeps a fact of the contract."""
    contract = type("Held", (LanguageContract,), {"language": language})()
    try:
        getattr(contract, fact)()
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize(
    ("ours", "theirs", "fact"),
    [
        ("quiet = No changes landed.\n", "", "test_every_message_is_there"),
        ("quiet = No", "quite = No\nquiet = No", "test_every_message_is_there"),
        ("quiet = No", "quiet = Nein\nquiet = No", "test_every_message_is_there"),
        ("{ $count } high", "{ $number } high", "test_every_message_takes_its_values"),
        ("{ $ref } ({ $days })", "{ $ref }", "test_every_message_takes_its_values"),
        ("[one] Brings", "[many] Brings", "test_variants_are_chosen_by_number"),
        ("tier-medium = 🟡 Medium", "tier-medium = Medium", "test_tiers_have_their_marks"),
        ("new flag `{ $name }`", "new flag { $name }", "test_names_from_the_code_stand_out"),
        ("labelled “{ $label }”", "labelled `{ $label }`", "test_names_from_the_code_stand_out"),
        ("type-fix = fix", 'type-fix = { "" }', "test_every_message_can_be_said"),
        ("type-fix = fix", "type-fix = \u202efix", "test_every_message_can_be_said"),
        ("verb-help = Show", f"verb-help = {'very ' * 30}", "test_verbs_are_described_shortly"),
        ("locale = nl", "locale = fr", "test_days_and_times"),
        ("pattern-time = HH:mm", "pattern-time = HH", "test_days_and_times"),
    ],
)
def test_a_mistake_is_found(package: Install, ours: str, theirs: str, fact: str) -> None:
    """Each fact fails for a file that does not keep it."""
    assert ours in DUTCH
    package("nl", DUTCH.replace(ours, theirs))
    assert not keeps("nl", fact)


def test_a_file_without_mistakes_keeps_the_contract(package: Install) -> None:
    """What keeps the contract breaks none of its facts, also in a package of its own."""
    package("nl", DUTCH)
    assert [fact for fact in FACTS if not keeps("nl", fact)] == []
    assert "nl" in labels.languages()


def test_every_form_of_a_language_is_asked_for(package: Install) -> None:
    """A language with more forms of a number than English has to use them."""
    package("pl", POLISH)
    assert not keeps("pl", "test_variants_are_chosen_by_number")


def test_a_message_that_is_missing_is_said_in_english(package: Install) -> None:
    """What a language lacks, since it is older than the message, is said in English, and can be told."""
    package("nl", DUTCH.replace("quiet = No changes landed.\n", ""))
    assert Labels("nl").text("quiet") == "No changes landed."
    assert labels.missing("nl") == ("quiet",)


def test_what_is_no_message_is_an_error(package: Install) -> None:
    """A file with something in it that is no message is refused, with the line."""
    package("nl", DUTCH + "\nthis is not fluent\n")
    with pytest.raises(ConfigurationError, match=r"words-of-nl 1\.0 has what is no message: this is not fluent"):
        Labels("nl")
