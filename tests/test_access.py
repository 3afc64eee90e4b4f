"""Who may ask for what."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.access import Access
from bot.errors import AccessDenied, RepositoryNotFound
from bot.model import Place, Repository
from bot.ports import Asker, FoundRepository
from bot.settings import AccessSettings, ChannelSettings, Settings

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
CHANNEL = Place("slack", "T1", "C1")
THREAD = Place("slack", "T1", "C1", "1.2")
ADA = Asker(CHANNEL, "U1")
PUBLIC = FoundRepository(Repository("acme/rocket", "x", "https://code.example/acme/rocket"))
PRIVATE = FoundRepository(Repository("acme/secret", "x", "https://code.example/acme/secret"), private=True)


def access(rules: AccessSettings | None = None, repositories: tuple[str, ...] = ()) -> Access:
    """Return the rules, where the channel names these repositories."""
    channels = {"slack:T1/C1": ChannelSettings(repositories=repositories)}
    return Access(Settings(access=rules or AccessSettings(), channels=channels))


def test_without_rules_everybody_may_ask_for_what_is_public() -> None:
    """Nothing is forbidden but what is private, of which it is not said that it is there."""
    rules = access()
    rules.check_asker(ADA)
    rules.check_subscriber(ADA)
    rules.check_repository("rocket", PUBLIC, CHANNEL)
    with pytest.raises(RepositoryNotFound) as caught:
        rules.check_repository("secret", PRIVATE, CHANNEL)
    assert "private" not in str(caught.value)


@pytest.mark.parametrize("pattern", ["acme/secret", "ACME/*", "code.example/acme/secret"])
def test_a_private_repository_in_a_channel_that_names_it(pattern: str) -> None:
    """Where the channel names it, it is shown, in its threads too, and nowhere else."""
    rules = access(repositories=(pattern,))
    rules.check_repository("secret", PRIVATE, THREAD)
    with pytest.raises(RepositoryNotFound):
        rules.check_repository("secret", PRIVATE, Place("slack", "T1", "C2"))


def test_a_list_of_all_does_not_show_what_is_private() -> None:
    """That everything may be asked for does not name a private repository."""
    with pytest.raises(RepositoryNotFound):
        access(AccessSettings(repositories=("*",))).check_repository("secret", PRIVATE, CHANNEL)


def test_a_list_of_repositories() -> None:
    """What is on no list is refused; a channel adds to the list what it names."""
    with pytest.raises(AccessDenied):
        access(AccessSettings(repositories=("other/*",))).check_repository("rocket", PUBLIC, CHANNEL)
    access(AccessSettings(repositories=("other/*",)), ("acme/*",)).check_repository("r", PUBLIC, CHANNEL)
    access(AccessSettings(repositories=("Rocket",))).check_repository("rocket", PUBLIC, CHANNEL)


def test_lists_of_people_and_channels() -> None:
    """Only those who are listed may ask, and only where it is listed; people are not mistaken for channels."""
    access(AccessSettings(users=("slack:T1/U1",), channels=("slack:T1/*",))).check_asker(ADA)
    for rules in (
        AccessSettings(users=("slack:T1/C1",)),
        AccessSettings(channels=("slack:T1/U1",)),
        AccessSettings(channels=("slack:T2/*",)),
    ):
        with pytest.raises(AccessDenied):
            access(rules).check_asker(ADA)
    with pytest.raises(AccessDenied):
        access(AccessSettings(subscribers=("slack:T1/U2",))).check_subscriber(ADA)


def test_where_nobody_else_reads() -> None:
    """Direct messages are answered whatever the list of channels, unless they are switched off."""
    direct = Asker(Place("slack", "T1", "D1"), "U1", direct=True)
    access(AccessSettings(channels=("slack:T1/C1",))).check_asker(direct)
    with pytest.raises(AccessDenied):
        access(AccessSettings(direct=False)).check_asker(direct)


def test_a_limit_per_person_and_hour() -> None:
    """Within any hour a person may ask so often; what was refused does not count."""
    rules = access(AccessSettings(requests_per_hour=2))
    rules.spend(ADA, NOON)
    rules.spend(ADA, NOON + timedelta(minutes=30))
    with pytest.raises(AccessDenied, match="in 20 min"):
        rules.spend(ADA, NOON + timedelta(minutes=40, seconds=30))
    rules.spend(Asker(CHANNEL, "U2"), NOON + timedelta(minutes=40))
    rules.spend(ADA, NOON + timedelta(minutes=60))
    with pytest.raises(AccessDenied):
        rules.spend(ADA, NOON + timedelta(minutes=61))
