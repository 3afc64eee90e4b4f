"""Reading repositories by git."""

from adapters.source.git.archive import GitArchive
from adapters.source.git.settings import GitSettings
from adapters.source.git.source import GitSource

__all__ = ["GitArchive", "GitSettings", "GitSource"]
