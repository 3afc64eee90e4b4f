"""Does the steps of a Dockerfile in folders made of Debian's packages, where no container engine is at hand.

It stands in for the engine: a stage is a folder that a shell is locked into. It takes the superuser's rights.
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests.container.dockerfile import Stage, Step

# How this machine reaches the registries, which an image knows nothing of.
_PASSED_ON = (
    "PIP_CERT",
    "PIP_INDEX_URL",
    "http_proxy",
    "https_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
)
_FROM_HERE = ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def make_base(folder: Path, suite: str) -> None:
    """Make what stands for the base image: a small Debian with Python, whose command is `python`."""
    packages = "ca-certificates,python3,python3-pip,python3-venv"
    _run(["debootstrap", "--variant=minbase", f"--include={packages}", suite, str(folder)])
    (folder / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    for path in _FROM_HERE:
        shutil.copy(path, folder / path.lstrip("/"))


def build(stage: Stage, base: Path, folder: Path, context: Path, stages: dict[str, Path]) -> None:
    """Do the steps of a stage in a copy of the base; `stages` are the folders of those before it."""
    _run(["cp", "--archive", str(base), str(folder)])
    environment, workdir = {"PATH": _PATH}, "/"
    for step in stage.steps:
        print(f"  {stage.name}: {step.name} {step.rest[:100]}", flush=True)
        match step.name:
            case "ENV":
                environment |= dict(pair.split("=", 1) for pair in shlex.split(step.rest))
            case "WORKDIR":
                workdir = step.rest
                (folder / workdir.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case "COPY":
                _copy(step, stages.get(step.flags.get("from", ""), context), folder, workdir)
            case "RUN":
                passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
                _locked_in(folder, f"cd {workdir} && {step.rest}", environment | passed_on)


def start(stage: Stage, folder: Path, data: Path, script: str) -> int:
    """Run a script as the image would be run: read-only, as its user, without any right, alone on its network.

    Only `data`, in the place of its volume, and /tmp can be written. Return the exit code.
    """
    user, _, group = stage.user.partition(":")
    environment = {
        **stage.environment,
        "IDS": stage.user,
        "VOLUME": stage.volume,
        "ENTRYPOINT": shlex.join(stage.entrypoint),
        "COMMAND": shlex.join(stage.command),
        "HEALTHCHECK": shlex.join(stage.healthcheck),
    }
    without_rights = "--clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs"
    inside = [
        *shlex.split(f"chroot {folder} setpriv --reuid={user} --regid={group} {without_rights}"),
        *("env", "--ignore-environment", *(f"{key}={value}" for key, value in environment.items())),
        *("sh", "-c", f"cd {stage.workdir}\n{script}"),
    ]
    lines = [
        "set -e",
        "ip link set lo up",
        f"mount --bind {folder} {folder}",
        f"mount -o remount,bind,ro {folder}",
        f"mount --bind {data} {folder}{stage.volume}",
        f"mount -t tmpfs -o mode=1777 tmpfs {folder}/tmp",  # noqa: S108 - of the image
        f"mount -t proc proc {folder}/proc",
        f"exec {shlex.join(inside)}",
    ]
    separate = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child"]
    return subprocess.run([*separate, "sh", "-c", "\n".join(lines)], check=False, timeout=300).returncode


def _copy(step: Step, source: Path, folder: Path, workdir: str) -> None:
    *names, target = step.rest.split()
    into = folder / (target if target.startswith("/") else f"{workdir}/{target}").lstrip("/")
    for name in names:
        what = source / name.lstrip("/")
        if what.is_dir():
            shutil.copytree(what, into, symlinks=True, dirs_exist_ok=True)
        else:
            into.mkdir(parents=True, exist_ok=True)
            shutil.copy(what, into)


def _locked_in(folder: Path, script: str, environment: dict[str, str]) -> None:
    given = [f"{key}={value}" for key, value in environment.items()]
    shell = ["chroot", str(folder), "env", "--ignore-environment", *given, "sh", "-c", script]
    _run(["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={folder}/proc", *shell])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=1200)
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-4000:], sep="\n", file=sys.stderr)
        raise SystemExit(f"failed: {shlex.join(command)[:300]}")
