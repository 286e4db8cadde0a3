"""OpenAI's published description of its API, to hold our responses against."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from real_trainer import REPO

DESCRIPTION = REPO.parent / "shared" / "data" / "openai-openapi.json"


@cache
def described_schemas() -> dict[str, Any]:
    """The published schemas, in JSON Schema's own words."""
    if not DESCRIPTION.exists():
        pytest.skip("OpenAI's API description (../shared/data/openai-openapi.json) is not here")
    schemas = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["components"]["schemas"]
    schemas["FineTuningJob"]["properties"]["status"]["enum"].append("paused")  # its own example
    return {name: as_json_schema(schema) for name, schema in schemas.items()}


def as_json_schema(node: Any) -> Any:
    """Write OpenAPI 3.0's `nullable: true` and `exclusiveMinimum: true` as 3.1 means them."""
    if isinstance(node, list):
        return [as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: as_json_schema(value) for key, value in node.items()}
    if node.get("exclusiveMinimum") is True:
        node["exclusiveMinimum"] = node.pop("minimum")
    if node.pop("nullable", False) is True:
        return {"anyOf": [node, {"type": "null"}]}
    return node


def assert_described(value: Any, name: str) -> None:
    """The value is what the published schema of this name allows."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": {}}
    schema["components"] = {"schemas": described_schemas()}
    problems = [
        f"{p.json_path}: {p.message}" for p in Draft202012Validator(schema).iter_errors(value)
    ]
    assert not problems
