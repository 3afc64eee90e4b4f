"""The queries that the adapter sends, against the GraphQL schema that GitHub publishes."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate
from graphql.execution.values import get_variable_values

from adapters.source.github.graphql import BATCH, query_about
from bot.model import Commit
from tests.adapters.source.github.conftest import change

PUBLISHED = os.environ.get("GITHUB_GRAPHQL_SCHEMA")
"""A copy of the schema, such as `schema.graphql` of the npm package @octokit/graphql-schema."""

pytestmark = pytest.mark.skipif(
    PUBLISHED is None, reason="GITHUB_GRAPHQL_SCHEMA names no copy of the schema that GitHub publishes"
)


@pytest.fixture(scope="module")
def published() -> GraphQLSchema:
    """Return GitHub's own schema."""
    return build_schema(Path(PUBLISHED or "").read_text(encoding="utf-8"), assume_valid=True)


def changes(numbers: Sequence[int | None]) -> list[Commit]:
    """Return changes whose messages name these pull requests, or none."""
    return [change(f"{at:040x}", f"Change {at}", number=number) for at, number in enumerate(numbers)]


@pytest.mark.parametrize(
    "numbers",
    [[7], [None], [7, None], [None, 7], range(1, BATCH + 1), [None] * BATCH, [7, None] * (BATCH // 2)],
    ids=["number", "commit", "both", "both-turned", "all-numbers", "all-commits", "all-both"],
)
def test_every_shape_of_query(published: GraphQLSchema, numbers: Sequence[int | None]) -> None:
    """Every shape of query is valid for GitHub, and so are the values of its variables."""
    query = query_about("acme/rocket", changes(numbers))
    document = parse(query.text)
    assert validate(published, document) == []
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    values = get_variable_values(published, operation.variable_definitions or (), dict(query.variables))
    assert not isinstance(values, list)  # of errors
