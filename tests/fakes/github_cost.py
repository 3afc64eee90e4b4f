"""What a GraphQL query costs, by the rules that GitHub documents.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api: every connection has
`first` or `last` of 1 to 100; a query reaches 500,000 nodes at most; its points are the requests that its connections
would take one by one, divided by 100, and at least one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

MOST_RECORDS = 100
MOST_NODES = 500_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Points are what the quota is charged with; nodes are how many a query may return at most."""

    points: int
    nodes: int


class Excess(Exception):
    """A query that GitHub refuses to execute, for the reason `kind`."""

    def __init__(self, kind: str, message: str) -> None:
        """Keep the kind of the error beside its message."""
        super().__init__(message)
        self.kind = kind


def measure(
    schema: GraphQLSchema, operation: OperationDefinitionNode, document: DocumentNode, variables: Mapping[str, Any]
) -> Cost:
    """Return the cost of a valid query. Raises Excess."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    root = schema.query_type
    assert root
    sizes = list(_Walk(schema, fragments, dict(variables)).connections(operation.selection_set, root, 1))
    requests, nodes = sum(times for times, _ in sizes), sum(times * size for times, size in sizes)
    if nodes > MOST_NODES:
        raise Excess(
            "MAX_NODE_LIMIT_EXCEEDED",
            f"This query requests up to {nodes:,} possible nodes which exceeds the maximum limit of {MOST_NODES:,}.",
        )
    return Cost(max(1, round(requests / 100)), nodes)


@dataclass(frozen=True, slots=True)
class _Walk:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: dict[str, Any]

    def connections(
        self, selections: SelectionSetNode | None, within: GraphQLNamedType, times: int
    ) -> Iterator[tuple[int, int]]:
        """Yield, for every connection below, how often it is requested and of what size."""
        for selection in selections.selections if selections else ():
            match selection:
                case FieldNode():
                    yield from self._field(selection, within, times)
                case InlineFragmentNode():
                    condition = selection.type_condition
                    inner = self.schema.type_map[condition.name.value] if condition else within
                    yield from self.connections(selection.selection_set, inner, times)
                case FragmentSpreadNode():
                    fragment = self.fragments[selection.name.value]
                    inner = self.schema.type_map[fragment.type_condition.name.value]
                    yield from self.connections(fragment.selection_set, inner, times)

    def _field(self, field: FieldNode, within: GraphQLNamedType, times: int) -> Iterator[tuple[int, int]]:
        name = field.name.value
        if name.startswith("__") or not isinstance(within, GraphQLObjectType | GraphQLInterfaceType):
            return
        inner = get_named_type(within.fields[name].type)
        if inner.name.endswith("Connection"):
            size = self._size(field)
            yield times, size
            times *= size
        yield from self.connections(field.selection_set, inner, times)

    def _size(self, field: FieldNode) -> int:
        name = field.name.value
        given = {node.name.value: value_from_ast_untyped(node.value, self.variables) for node in field.arguments or ()}
        bound = next((key for key in ("first", "last") if given.get(key) is not None), None)
        if bound is None:
            raise Excess(
                "MISSING_PAGINATION_BOUNDARIES",
                f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
            )
        size = int(given[bound])
        if not 1 <= size <= MOST_RECORDS:
            raise Excess(
                "EXCESSIVE_PAGINATION",
                f"Requesting {size} records on the `{name}` connection exceeds the `{bound}` limit of "
                f"{MOST_RECORDS} records.",
            )
        return size
