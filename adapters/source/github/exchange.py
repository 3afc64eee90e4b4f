"""A request and its answer, as the event loop hands them to a thread and back."""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.source.github.credentials import Credential

GRAPHQL = "/graphql"
"""Stands for the address of the GraphQL API, which is not beneath that of the REST API everywhere."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked as whom: a GET, or a POST if there is a body."""

    path: str
    credential: Credential
    parameters: Mapping[str, str] | None = None
    body: Mapping[str, object] | None = None

    @property
    def resource(self) -> str:
        """The quota that it is counted against, by GitHub's name for it."""
        if self.path == GRAPHQL:
            return "graphql"
        return "search" if self.path.startswith("/search/") else "core"


@dataclass(frozen=True, slots=True)
class Reply:
    """The headers of an answer, with names in lower case, and the JSON of its body."""

    headers: Mapping[str, str]
    body: object
