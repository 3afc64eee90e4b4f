"""Where a GitHub is, and which names lead to a repository of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.source.github.addresses import Server
from bot.errors import ConfigurationError

PUBLIC = Server.of("https://api.github.com")
LOOPBACK = Server.of("http://127.0.0.1:8080")


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://api.github.com/", "https://github.com"),
        ("https://ghe.example/api/v3", "https://ghe.example"),
        ("https://ghe.example:8443/api/v3/", "https://ghe.example:8443"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com"),
        ("https://api.example", "https://api.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/api/v3", "http://[::1]:8080"),
    ],
)
def test_pages_of_an_api(api: str, web: str) -> None:
    """The pages and clones are where GitHub puts them for the address of an API."""
    assert Server.of(api).web == web


@pytest.mark.parametrize(
    "api",
    [
        "http://ghe.example/api/v3",
        "https://user:secret@ghe.example/api/v3",
        "https://ghe.example/api/v3?token=secret",
        "ghe.example",
        "file:///etc/passwd",
        "https://[half",
        "",
    ],
)
def test_unusable_apis(api: str) -> None:
    """An address that is not encrypted, carries a credential or is none is refused, and never repeated."""
    with pytest.raises(ConfigurationError) as caught:
        Server.of(api)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "acme/rocket",
        "github.com/acme/rocket",
        "https://github.com/acme/rocket",
        "https://www.github.com/acme/rocket/",
        "https://github.com/acme/rocket.git",
        "HTTPS://GitHub.com/acme/rocket",
        "git@github.com:acme/rocket.git",
        "ssh://git@github.com/acme/rocket.git",
    ],
)
def test_full_names(name: str) -> None:
    """An owner/name and every address of the server lead to the same repository, to be cloned by https."""
    located = PUBLIC.locate(name)
    assert located
    assert (located.name, located.location, located.web_url) == (
        "acme/rocket",
        "https://github.com/acme/rocket.git",
        "https://github.com/acme/rocket",
    )
    assert located.full_name == "github.com/acme/rocket"


@pytest.mark.parametrize(
    "name",
    [
        "rocket",
        "/srv/acme/rocket",
        "./rocket",
        "../rocket",
        "acme/..",
        "acme/rocket/tree/main",
        "https://gitlab.com/acme/rocket",
        "https://github.com.evil.example/acme/rocket",
        "https://secret@github.com/acme/rocket",
        "https://github.com/acme/rocket?x=y",
        "-acme/rocket",
        "acme/rocket\n",
        "acme/%2e%2e",
    ],
)
def test_not_on_the_server(name: str) -> None:
    """A short name, a path, another server and whatever only resembles an address are no repository of the server."""
    assert PUBLIC.locate(name) is None


def test_a_full_name_leads_back() -> None:
    """What things are kept by is a name that leads to the repository again, also on another port."""
    located = LOOPBACK.locate("acme/rocket")
    assert located
    assert LOOPBACK.locate(located.full_name) == located


@given(st.text() | st.from_regex(r"(https://)?github\.com[:/][a-z./%-]*"))
def test_any_text(text: str) -> None:
    """Any text is a repository whose address has two parts, or none."""
    located = PUBLIC.locate(text)
    assert located is None or located.location.count("/") == 4


@pytest.mark.parametrize(
    ("address", "login"),
    [
        ("123+ada@users.noreply.github.com", "ada"),
        ("Ada-L@users.noreply.github.com", "Ada-L"),
        ("49699333+dependabot[bot]@users.noreply.github.com", "dependabot[bot]"),
        ("ada@example.org", None),
        ("ada@users.noreply.github.com.evil.example", None),
        ("a b@users.noreply.github.com", None),
        ("@users.noreply.github.com", None),
        ("", None),
    ],
)
def test_logins_in_addresses(address: str, login: str | None) -> None:
    """An address that GitHub gave out names its account."""
    assert PUBLIC.login_of(address) == login
