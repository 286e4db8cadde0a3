"""OpenAI's published description of its API: what a request and an answer may look like."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

FILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "openai-openapi.json"
JSON, FORM, EVENTS = "application/json", "multipart/form-data", "text/event-stream"
UNDESCRIBED = "undescribed"  # beside the words of JSON Schema for what is wrong with a value

Schema = Mapping[str, Any]


@cache
def the_description() -> dict[str, Any]:
    """The whole description, in JSON Schema's own words."""
    if not FILE.exists():
        pytest.skip("OpenAI's API description (../shared/data/openai-openapi.json) is not here")
    described: dict[str, Any] = _as_json_schema(json.loads(FILE.read_text(encoding="utf-8")))
    return described


def _as_json_schema(node: Any) -> Any:
    """Write OpenAPI 3.0's `nullable: true` and `exclusiveMinimum: true` as 3.1 means them."""
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _as_json_schema(value) for key, value in node.items()}
    if node.get("exclusiveMinimum") is True:
        node["exclusiveMinimum"] = node.pop("minimum")
    if node.get("nullable") is True:
        del node["nullable"]
        return {"anyOf": [node, {"type": "null"}]}
    return node


def find_operation(method: str, path: str) -> str | None:
    """The operation that a request asks for, such as `GET /files/{file_id}`."""
    for template, methods in the_description()["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if method.lower() in methods and re.fullmatch(pattern, path):
            return f"{method} {template}"
    return None


def described(operation: str) -> Schema:
    """What is said of an operation."""
    method, _, path = operation.partition(" ")
    found: Schema = the_description()["paths"][path][method.lower()]
    return found


def query_of(operation: str) -> set[str]:
    """The names that may stand behind the question mark."""
    named = described(operation).get("parameters", [])
    return {parameter["name"] for parameter in named if parameter["in"] == "query"}


def body_of(operation: str, kind: str = JSON) -> Schema | None:
    """The schema of what is sent along; None where nothing is."""
    return _schema(described(operation).get("requestBody"), kind)


def answer_of(operation: str, kind: str = JSON) -> Schema:
    """The schema of the answer where all went well."""
    return _schema(described(operation)["responses"]["200"], kind) or {}


def _schema(place: Schema | None, kind: str) -> Schema | None:
    content = (place or {}).get("content", {})
    return content[kind]["schema"] if kind in content else None


def schema_named(name: str) -> Schema:
    """One of the schemas that have a name."""
    return {"$ref": f"#/components/schemas/{name}"}


def resolve(schema: Schema) -> Schema:
    """A schema, where it stands elsewhere."""
    while "$ref" in schema:
        schema = the_description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def faults_of(value: Any, schema: Schema) -> set[tuple[str, str]]:
    """Where a value is not as described, and the word of JSON Schema that it breaks."""
    whole = {**schema, "components": the_description()["components"]}
    wrong = Draft202012Validator(whole).iter_errors(value)
    return {(".".join(map(str, problem.path)), str(problem.validator)) for problem in wrong}


def problems_of(value: Any, schema: Schema) -> set[tuple[str, str]]:
    """The same, and the names in it that nobody described."""
    undescribed = {(at, UNDESCRIBED) for at in _undescribed(value, [schema], "")}
    return faults_of(value, schema) | undescribed


def _undescribed(value: Any, schemas: list[Schema], at: str) -> Iterator[str]:
    """Where an object has a name that none of the schemas knows that may describe it."""
    parts = [part for schema in schemas for part in _parts(schema)]
    if isinstance(value, list):
        items = [part["items"] for part in parts if "items" in part]
        for number, item in enumerate(value):
            yield from _undescribed(item, items, _under(at, number))
    elif isinstance(value, dict) and any("properties" in part for part in parts):
        for name, inner in value.items():
            known = [p["properties"][name] for p in parts if name in p.get("properties", {})]
            if known:
                yield from _undescribed(inner, known, _under(at, name))
            elif not any(part.get("additionalProperties") for part in parts):
                yield _under(at, name)


def _parts(schema: Schema) -> Iterator[Schema]:
    """A schema with all that it is put together from."""
    schema = resolve(schema)
    yield schema
    for word in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(word, []):
            yield from _parts(part)


def _under(at: str, name: object) -> str:
    return f"{at}.{name}" if at else str(name)
