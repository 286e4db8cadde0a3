"""Values as a schema of the description allows them, for hypothesis to choose from."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from openai_description import JSON, Schema, answer_of, resolve

LAST_SECOND = 4_102_444_800  # 2100-01-01: time enough
WHOLE = 2**53  # beyond it not every program reads a whole number as it was written
Values = st.SearchStrategy[Any]

# The first that hypothesis thinks of is the simplest there is.
THE_FIRST = settings(
    database=None, derandomize=True, max_examples=1, phases=[Phase.generate], deadline=None
)


def any_answer(operation: str, kind: str = JSON) -> Values:
    """Whatever an operation may answer."""
    return any_value(answer_of(operation, kind))


@cache
def least_answer(operation: str, kind: str = JSON) -> Any:
    """The least that an operation may answer, with one item in each list."""
    return find(any_value(answer_of(operation, kind), 1), lambda _: True, settings=THE_FIRST)


def any_value(schema: Schema, fewest: int = 0) -> Values:
    """Whatever a schema allows, with at least the `fewest` items in each list."""
    if "$ref" in schema:
        return st.deferred(lambda: any_value(resolve(schema), fewest))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return st.one_of([any_value(one, fewest) for one in _nothing_first(schema[word])])
    if "allOf" in schema:
        parts = [any_value(part, fewest) for part in schema["allOf"]]
        return st.tuples(*parts).map(
            lambda chosen: {k: v for one in chosen for k, v in one.items()}
        )
    return _plain(schema, fewest)


def _nothing_first(schemas: list[Schema]) -> list[Schema]:
    return sorted(schemas, key=lambda schema: schema.get("type") != "null")


def _plain(schema: Schema, fewest: int) -> Values:
    kind = schema.get("type", "object" if "properties" in schema else None)
    match kind:
        case "object":
            return _objects(schema, fewest)
        case "array":
            most = min(3, schema.get("maxItems", 3))
            least = max(fewest, schema.get("minItems", 0))
            return st.lists(any_value(schema["items"], fewest), min_size=least, max_size=most)
        case "string" if schema.get("format") == "date":
            return st.dates().map(lambda day: day.isoformat())
        case "string":
            return st.text(min_size=1, max_size=min(64, schema.get("maxLength", 64)))
        case "integer" if schema.get("format") == "unixtime":
            return st.integers(1, LAST_SECOND)
        case "integer":
            # They count something: tokens, steps, bytes.
            return st.integers(schema.get("minimum", 0), schema.get("maximum", WHOLE))
        case "number":
            # A whole one may be meant as an integer, too, where a schema has either.
            most = schema.get("maximum", 1_000)
            return st.floats(0.001, most).filter(lambda value: not value.is_integer())
        case "boolean":
            return st.booleans()
    return st.none()


def _objects(schema: Schema, fewest: int) -> Values:
    named = {name: any_value(one, fewest) for name, one in schema.get("properties", {}).items()}
    required = set(schema.get("required", ()))
    more = schema.get("additionalProperties")
    if not named:
        return st.dictionaries(st.text(max_size=9), any_value(more or {}, fewest), max_size=3)
    return st.fixed_dictionaries(
        {name: values for name, values in named.items() if name in required},
        optional={name: values for name, values in named.items() if name not in required},
    )
