"""What the words of every language must be. A subclass names the language; the rest is shared."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import ClassVar

from babel import Locale
from fluent.syntax.ast import (
    FunctionReference,
    Identifier,
    Junk,
    Message,
    MessageReference,
    Resource,
    SelectExpression,
    VariableReference,
)
from fluent.syntax.visitor import Visitor

from bot.ports.grammar import Verb
from bot.present.characters import visible
from bot.present.labels import Labels, resource
from bot.talk.commands import GRAMMAR

ORIGINAL = "en"
_MARKS = re.compile("[🔴🟡🟢]")
_COUNTS = (0, 1, 2, 3, 5, 11, 21, 100, 1_200)
_SHORT = 100
"""Characters of a description: Discord takes no more."""


@dataclass
class Parts(Visitor):
    """What a message is made of: its variables, the messages that it refers to, and what its variants are chosen by."""

    variables: set[str] = field(default_factory=set)
    references: set[str] = field(default_factory=set)
    choices: list[tuple[object, frozenset[str]]] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)

    def visit_VariableReference(self, node: VariableReference) -> None:  # noqa: N802 - the names are Fluent's
        """Note a variable."""
        self.variables.add(node.id.name)

    def visit_MessageReference(self, node: MessageReference) -> None:  # noqa: N802 - likewise
        """Note another message."""
        self.references.add(node.id.name)

    def visit_FunctionReference(self, node: FunctionReference) -> None:  # noqa: N802 - likewise
        """Note a function."""
        self.functions.add(node.id.name)

    def visit_SelectExpression(self, node: SelectExpression) -> None:  # noqa: N802 - likewise
        """Note what chooses, and between what."""
        keys = (variant.key for variant in node.variants)
        names = frozenset(key.name if isinstance(key, Identifier) else str(key.value) for key in keys)
        self.choices.append((node.selector, names))
        self.generic_visit(node)


def parts(of: Resource) -> Mapping[str, Parts]:
    """Return the parts of every message. Variables of a message are its own, too, where it is referred to."""
    found: dict[str, Parts] = {}
    for message in _messages(of):
        found[message.id.name] = Parts()
        found[message.id.name].visit(message)
    for each in found.values():
        for name in each.references & found.keys():
            each.variables |= found[name].variables
    return found


class LanguageContract:
    """The facts. A subclass says by `language` which one it is, by the name of its entry point."""

    language: ClassVar[str]

    def test_every_message_is_there(self) -> None:
        """Every message is there once, none that nobody says, and nothing else."""
        assert [entry.content for entry in resource(self.language).body if isinstance(entry, Junk)] == []
        names = [message.id.name for message in _messages(resource(self.language))]
        assert sorted(names) == sorted(message.id.name for message in _messages(resource(ORIGINAL)))

    def test_every_message_takes_its_values(self) -> None:
        """Every message takes exactly the values that it is given."""
        original = {name: of.variables for name, of in parts(resource(ORIGINAL)).items()}
        ours = {name: of.variables for name, of in parts(resource(self.language)).items()}
        assert {name: ours[name] for name in ours if ours[name] != original.get(name)} == {}

    def test_variants_are_chosen_by_number(self) -> None:
        """Variants are chosen by a value alone, and are numbers, or the forms that numbers have in the language."""
        rule = Locale.parse(self._said("locale")).plural_form
        forms = frozenset(rule(number) for number in range(1_001))
        for name, of in parts(resource(self.language)).items():
            assert not of.functions, f"{name}: numbers are formatted by themselves"
            for selector, keys in of.choices:
                assert isinstance(selector, VariableReference), name
                named = {key for key in keys if not key.isdecimal()}
                assert named <= {*rule.tags, "other"}, f"{name}: {named} are no forms of this language"
                assert named == {"other"} or forms <= named, f"{name}: the form of some numbers is missing"

    def test_every_message_can_be_said(self) -> None:
        """Every message is a text, with any number in it, and holds nothing that acts on a screen."""
        original, labels = Labels(ORIGINAL), Labels(self.language)
        for name, of in parts(resource(self.language)).items():
            for count in _COUNTS:
                said = labels.text(name, **dict.fromkeys(of.variables, count))
                assert said.strip() or not original.text(name, **dict.fromkeys(of.variables, count)).strip(), name
                assert visible(said) == said, name

    def test_names_from_the_code_stand_out(self) -> None:
        """A value that is a name from the code stands between backticks, and no other does."""
        known = parts(resource(ORIGINAL))
        for name, of in known.items():
            assert self._quoted(self.language, name, of) == self._quoted(ORIGINAL, name, of), name

    def test_tiers_have_their_marks(self) -> None:
        """What belongs to a tier bears its mark, so that it is known in every language."""
        for name, of in parts(resource(ORIGINAL)).items():
            values = dict.fromkeys(of.variables, 1)
            marks = [_MARKS.findall(Labels(each).text(name, **values)) for each in (ORIGINAL, self.language)]
            assert marks[0] == marks[1], name

    def test_verbs_are_described_shortly(self) -> None:
        """What a verb does, and what each parameter is called and is, is as short as chat platforms ask for."""
        for name in _described(GRAMMAR):
            said = self._said(name)
            assert 0 < len(said) <= _SHORT, name
            assert said == said.lower() or not name.startswith("parameter-name-"), (
                f"{name}: Discord takes small letters"
            )

    def test_days_and_times(self) -> None:
        """The locale is the language's own, and a day, a range of days, a moment and a time have all their numbers."""
        labels = Labels(self.language)
        assert Locale.parse(labels.text("locale")).language == self.language
        first, last = date(2026, 1, 15), date(2026, 1, 28)
        moment = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
        for said, numbers in (
            (labels.day(first), ("2026", "15")),
            (labels.days(first, last), ("2026", "15", "28")),
            (labels.moment(moment), ("15", "09:30")),
            (labels.time(moment), ("09:30",)),
        ):
            assert all(number in said for number in numbers), said
        assert len({labels.weekday(number) for number in range(7)}) == 7

    def _said(self, name: str) -> str:
        return Labels(self.language).text(name)

    @staticmethod
    def _quoted(language: str, name: str, of: Parts) -> frozenset[str]:
        said = Labels(language).text(name, **{variable: f"<{variable}>" for variable in of.variables})
        return frozenset(variable for variable in of.variables if f"`<{variable}>`" in said)


def _messages(of: Resource) -> Iterator[Message]:
    return (entry for entry in of.body if isinstance(entry, Message))


def _described(grammar: tuple[Verb, ...]) -> Iterator[str]:
    parameters = sorted({parameter.name for verb in grammar for parameter in verb.parameters})
    yield from (f"verb-{verb.name}" for verb in grammar)
    yield from (f"parameter-{name}" for name in parameters)
    yield from (f"parameter-name-{name}" for name in parameters)
