"""Builds the image without a container engine, by the steps of its Dockerfile, and starts it: `make image-check`."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.contracts.repositories import Story
from tests.container.dockerfile import Stage, read
from tests.container.root import build, make_base, start

ROOT = Path(__file__).parents[2]
_TOOLS = ("debootstrap", "unshare", "setpriv", "ip", "chroot")
_SUITE = "bookworm"


def main() -> int:
    """Build and start it; return 1 if something is wrong, and 0 with a word if it cannot be done here."""
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if os.geteuid() or missing:
        lacks = f"it needs {', '.join(missing)}" if missing else "it needs the superuser"
        print(f"Skipped: the image is not built and started, since {lacks}")
        return 0
    stages = read((ROOT / "Dockerfile").read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="digestbot-image-") as name:
        place = Path(name)
        place.chmod(0o755)
        context = _context(place / "context")
        print(f"A Debian {_SUITE} stands for {stages[0].base}", flush=True)
        make_base(place / "base", _SUITE)
        folders: dict[str, Path] = {}
        for stage in stages:
            folders[stage.name] = place / f"stage-{stage.name}"
            build(stage, place / "base", folders[stage.name], context, folders)
        script = (Path(__file__).parent / "inside.sh").read_text("utf-8")
        return start(stages[-1], folders[stages[-1].name], _data(stages[-1], place / "data"), script)


def _context(folder: Path) -> Path:
    """Copy what is under version control, as it is now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.rstrip("\0").split("\0"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def _data(stage: Stage, folder: Path) -> Path:
    """Make the volume, with a repository in it."""
    folder.mkdir(mode=0o700)
    story = Story()
    story.commit("Order requests by deadline", {"queue.py": "def order(): ...\n"})
    story.write(folder / "repository")
    subprocess.run(["chown", "--recursive", stage.user, str(folder)], check=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
