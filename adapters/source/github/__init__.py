"""Asking GitHub for what git does not know."""

from adapters.source.github.addresses import Server
from adapters.source.github.host import GitHub
from adapters.source.github.settings import GitHubSettings

__all__ = ["GitHub", "GitHubSettings", "Server"]
