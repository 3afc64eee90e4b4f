"""What git may not be made to do, and what may not be seen of a token."""

import logging
import os
from pathlib import Path

import pytest

from adapters.source.git import GitSettings, GitSource
from bot.contracts.repositories import BuiltRepository, Story
from bot.contracts.source import DAY, EVER, collect, patches, since, subjects, window
from bot.errors import ConfigurationError, DigestbotError, RepositoryNotFound, SourceError, UnsafeName
from bot.model import Repository
from tests.adapters.source.wrappers import WrappedGit

SECRET = "ghp_sesame"  # noqa: S105 -- of a test
ENCODED = "eC1hY2Nlc3MtdG9rZW46Z2hwX3Nlc2FtZQ=="


@pytest.mark.parametrize(
    "name",
    [
        "https://user:secret@example.org/a/b",
        "https://token@example.org/a/b",
        "https://@example.org/a/b",
        "http://token@localhost/a/b",
        "ssh://git:secret@example.org/a/b",
        "file://user@host/a",
        "http://example.org/a/b",
        "ftp://example.org/a/b",
        "git://example.org/a/b",
        "ext::sh -c touch% x",
        "fd::17/foo",
        "http::https://example.org/a",
        "ssh://-oProxyCommand=x/a",
        "-oProxyCommand=x:a/b",
        "ssh://",
        "https:///a/b",
        "https://example.org:port/a/b",
        "https://[::1/a",
        "https://example.org/a/b?x=1",
        "https://example.org/a/b#x",
        "--upload-pack=touch x",
        "a\rb",
    ],
)
async def test_names_that_are_refused(source: GitSource, name: str) -> None:
    """A URL with a credential, another transport, another program or an option in it is refused, without its secret."""
    with pytest.raises(UnsafeName) as error:
        await source.find(name)
    assert error.value.remedy
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "called", "page"),
    [
        ("https://github.com/acme/rocket.git", "acme/rocket", "https://github.com/acme/rocket"),
        ("https://gitlab.example.org/group/sub/rocket/", "sub/rocket", "https://gitlab.example.org/group/sub/rocket"),
        ("https://example.org:8443/a/b", "a/b", "https://example.org:8443/a/b"),
        ("http://127.0.0.1:8000/a/b", "a/b", "https://127.0.0.1:8000/a/b"),
        ("git@github.com:acme/rocket.git", "acme/rocket", "https://github.com/acme/rocket"),
        ("github.com:acme/rocket", "acme/rocket", "https://github.com/acme/rocket"),
        ("ssh://git@example.org:2222/acme/rocket.git", "acme/rocket", "https://example.org/acme/rocket"),
        ("file:///srv/git/my%20rocket.git", "my rocket", None),
        ("file:///srv/rocket/.git", "rocket", None),
    ],
)
async def test_what_urls_are_called(source: GitSource, name: str, called: str, page: str | None) -> None:
    """A clone URL gives the name that people use, and the page."""
    assert await source.find(name) == Repository(called, name, page)


@pytest.mark.parametrize(
    ("origin", "page"),
    [
        ("https://user:secret@github.com/acme/rocket.git", "https://github.com/acme/rocket"),
        ("git@github.com:acme/rocket.git", "https://github.com/acme/rocket"),
        ("ext::sh -c x", None),
        ("/srv/git/rocket.git", None),
        ("file:///srv/git/rocket.git", None),
        ("https://[", None),
    ],
)
async def test_the_page_of_a_path(source: GitSource, folder: Path, origin: str, page: str | None) -> None:
    """A repository on this disk has the page of its origin, without the credentials of that."""
    repository = Story().write(folder)
    repository.git("config", "remote.origin.url", origin)
    assert await source.find(str(folder)) == Repository("rocket", str(folder), page)


async def test_a_repository_in_which_everything_runs_something(
    folder: Path, tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No hook, no filter and no helper of a repository's or a user's configuration runs, in place or in a mirror."""
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 $@ >> {ran}\ncat\n")
    program.chmod(0o755)
    story = Story()
    story.commit("first", {".gitattributes": "* diff=odd filter=odd\n", "a": "1\n"}, at=DAY)
    story.commit("second", {"a": "2\n"}, at=DAY)
    repository = story.write(folder, bare=False)
    settings = {
        "diff.external": program,
        "diff.odd.textconv": program,
        "diff.odd.command": program,
        "filter.odd.clean": program,
        "filter.odd.smudge": program,
        "core.fsmonitor": program,
        "core.pager": program,
        "core.sshCommand": program,
        "core.askPass": program,
        "credential.helper": f"!{program}",
        "gpg.program": program,
        "log.showSignature": "true",
        "uploadpack.packObjectsHook": program,
        "alias.log": f"!{program}",
        "trailer.odd.command": program,
        "diff.noprefix": "true",
        "diff.orderFile": "/nowhere",
        "color.ui": "always",
    }
    home = tmp_path / "home"
    home.mkdir()
    for key, value in settings.items():
        repository.git("config", key, str(value))
        repository.git("config", "--file", str(home / ".gitconfig"), key, str(value))
    for hook in ("reference-transaction", "post-checkout", "pre-auto-gc", "post-index-change"):
        (folder / ".git" / "hooks").mkdir(exist_ok=True)
        (folder / ".git" / "hooks" / hook).symlink_to(program)
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_text("* diff=odd\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(program))
    monkeypatch.setenv("GIT_PROXY_COMMAND", str(program))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_TRACE", str(ran))
    source = GitSource(GitSettings(), data_dir=data_dir)
    for name in (str(folder), repository.url):
        found = await collect(source, name, window())
        assert subjects(found.commits) == ["second", "first"]
        assert (await patches(source, found))[0].files[0].text == "@@ -1 +1 @@\n-1\n+2\n"
    assert not ran.exists()


async def test_a_partial_clone_asks_nobody(source: GitSource, folder: Path, tmp_path: Path) -> None:
    """A clone whose missing objects would come from a helper program is read without starting it."""
    story = Story()
    story.commit("first", {"a": "1\n"}, at=DAY)
    story.tag("v1", 1, annotated=True)
    repository = story.write(folder)
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::touch {tmp_path}/ran",
        "protocol.ext.allow": "always",
        "protocol.allow": "always",
    }.items():
        repository.git("config", key, value)
    for name in ("main:a", "main^{tree}", "v1"):
        sha = repository.git("rev-parse", name)
        (folder / "objects" / sha[:2] / sha[2:]).unlink()
    found = await collect(source, str(folder), window())
    assert [commit.unread is not None for commit in found.commits] == [True]
    with pytest.raises(DigestbotError):
        await collect(source, str(folder), since("v1"))
    assert not (tmp_path / "ran").exists()


async def test_a_repository_is_not_written(source: GitSource, folder: Path) -> None:
    """Reading a repository on this disk changes nothing in it."""
    story = Story()
    story.commit("first", {"a": "1\n"}, at=DAY)
    repository = story.write(folder, bare=False)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    found = await collect(source, str(repository.path), EVER)
    await patches(source, found)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a repository away")
async def test_somebody_elses_repository(source: GitSource, folder: Path) -> None:
    """A repository that belongs to another user is read, since nothing of it can run."""
    story = Story()
    story.commit("first", {"a": "1\n"}, at=DAY)
    story.write(folder)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 12345, 12345)
    for name in (str(folder), folder.as_uri()):
        assert subjects((await collect(source, name, EVER)).commits) == ["first"]


async def test_a_token_is_seen_by_nobody(tmp_path: Path, data_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A token is in no argument, no file, no log and no error; git gets it by the environment, bound to its host."""
    caplog.set_level(logging.DEBUG)
    url = "https://code.example.org/acme/rocket"
    says = f"echo \"fatal: unable to access '{url}': $GIT_CONFIG_VALUE_9 {ENCODED} {SECRET}\" >&2; exit 128"
    git = WrappedGit(tmp_path / "wrapped", says)
    source = git.source(data_dir, token=SECRET, token_host="code.example.org")  # noqa: S106 -- of a test
    with pytest.raises(SourceError) as error:
        await collect(source, url, window())
    assert "http.https://code.example.org/.extraHeader" in git.environment
    assert ENCODED in git.environment
    seen = [*git.calls, str(error.value), repr(error.value), caplog.text, repr(error.value.__cause__)]
    seen += [path.read_text() for path in data_dir.rglob("*") if path.is_file()]
    assert not [text for text in seen if SECRET in text or ENCODED in text]


@pytest.mark.parametrize("url", ["https://other.example.org/a/b", "git@code.example.org:a/b", "http://localhost:1/a/b"])
async def test_a_token_is_for_its_host(tmp_path: Path, data_dir: Path, url: str) -> None:
    """A token does not go to another host, nor over anything but https."""
    git = WrappedGit(tmp_path / "wrapped", "exit 128")
    source = git.source(data_dir, token=SECRET, token_host="code.example.org")  # noqa: S106 -- of a test
    with pytest.raises(SourceError):
        await collect(source, url, window())
    assert ENCODED not in git.environment


async def test_a_path_that_is_no_repository(source: GitSource, tmp_path: Path) -> None:
    """A folder or a file outside of any repository is not found, in a sentence that says what to do."""
    (tmp_path / "file").write_text("x")
    for name in (tmp_path, tmp_path / "file", tmp_path / "nothing"):
        with pytest.raises(RepositoryNotFound) as error:
            await source.find(str(name))
        assert error.value.remedy


async def test_a_repository_that_went_away(source: GitSource, folder: Path) -> None:
    """A repository that was found and then removed is not found any more."""
    repository = await source.find(str(Story().write(folder).path))
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(RepositoryNotFound):
        await collect(source, repository.location, window())


async def test_paths_that_look_like_options(source: GitSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is named like an option can be given with a dot before it."""
    story = Story()
    story.commit("first", {"a": "1\n"}, at=DAY)
    built = BuiltRepository(story.write(tmp_path / "--bare").path, {})
    monkeypatch.chdir(tmp_path)
    assert subjects((await collect(source, f"./{built.path.name}", EVER)).commits) == ["first"]


async def test_a_machine_without_git(folder: Path, data_dir: Path) -> None:
    """Without git, the operator is told to install it."""
    Story().write(folder)
    source = GitSource(GitSettings(executable="no-such-git"), data_dir=data_dir)
    with pytest.raises(ConfigurationError) as error:
        await source.find(str(folder))
    assert "Install git" in error.value.remedy


async def test_a_data_directory_that_is_a_file(folder: Path, data_dir: Path) -> None:
    """Where mirrors cannot be written, the operator is told so."""
    data_dir.write_text("in the way")
    with pytest.raises(ConfigurationError):
        await collect(GitSource(GitSettings(), data_dir=data_dir), Story().write(folder).url, EVER)
