"""Packages of others: written into a folder as pip would leave them there, with their entry points."""

from collections.abc import Mapping
from pathlib import Path


def install(
    folder: Path, name: str, files: Mapping[str, str], points: Mapping[str, Mapping[str, str]], *, version: str = "1.0"
) -> None:
    """Put a package into a folder; `points` are its entry points by group and name, `files` its texts by path."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    metadata = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups = (
        f"[{group}]\n" + "".join(f"{point} = {value}\n" for point, value in named.items())
        for group, named in points.items()
    )
    (metadata / "entry_points.txt").write_text("".join(groups))
