"""Secrets that stand in files, as Docker, Kubernetes and systemd hand them to a program.

A secret is the variable of its name, else what is in the file that NAME_FILE names, else what is in the file NAME of
the folder that DIGESTBOT_SECRETS_DIR names. The errors name the variable and never its value, which may be a secret
that was put into the wrong variable.
"""

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from bot.errors import ConfigurationError

FOLDER = "DIGESTBOT_SECRETS_DIR"
_LONGEST = 65_536
"""Bytes. A file that is longer holds something else."""
_OTHERS = stat.S_IROTH | stat.S_IWOTH


def read_secrets(names: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return what files say of those secrets whose variable is not set, by name, without the line feed at its end.

    In the folder an empty file is a secret that is not set, so that each may have its place there. Raises
    ConfigurationError if a secret is given twice, or a file that is named cannot be used.
    """
    folder = _folder(environment)
    secrets = {}
    for name in names:
        variable = f"{name}_FILE"
        named = environment.get(variable)
        if environment.get(name):
            if named:
                message = f"{name} and {variable} are both set."
                raise ConfigurationError(message, remedy="Unset one of them, and start again.")
        elif named:
            secrets[name] = _secret(Path(named), f"The file that {variable} names")
        elif folder and _has_content(folder / name):
            secrets[name] = _secret(folder / name, f"The file {name} of the folder that {FOLDER} names")
    return secrets


def open_to_others(file: IO[bytes]) -> bool:
    """Tell whether every user of the machine may read or write a file that is open."""
    return bool(os.fstat(file.fileno()).st_mode & _OTHERS)


def _folder(environment: Mapping[str, str]) -> Path | None:
    named = environment.get(FOLDER)
    if not named:
        return None
    folder = Path(named)
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        message = f"{FOLDER} names no folder that the user of this process (number {os.getuid()}) may read."
        raise ConfigurationError(message, remedy="Create it, or unset the variable.")
    return folder


def _has_content(path: Path) -> bool:
    return path.exists() and not (path.is_file() and path.stat().st_size == 0)


def _secret(path: Path, what: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
    except FileNotFoundError:
        raise ConfigurationError(f"{what} does not exist.", remedy="Create it, or unset the variable.") from None
    except OSError as error:
        remedy = f"Let the user of this process (number {os.getuid()}) read it."
        raise ConfigurationError(f"{what} cannot be read: {error.strerror}.", remedy=remedy) from None
    remedy = "Write the secret and nothing else into it."
    if len(content) > _LONGEST:
        raise ConfigurationError(f"{what} is longer than any secret.", remedy=remedy)
    try:
        secret = content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{what} is no text.", remedy=remedy) from None
    if not secret.strip():
        raise ConfigurationError(f"{what} is empty.", remedy=remedy)
    return secret
