"""The tools that an example declares, and whether what is called fits their JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import regex

from core.examples import Example, Json, JsonObject, thaw

# What is wrong, by the keyword of JSON Schema; any other is "other".
_KINDS = {
    "required": "missing",
    "additionalProperties": "extra",
    "type": "type",
    "enum": "choice",
    "const": "choice",
}
MISMATCHES = ("json", *dict.fromkeys(_KINDS.values()), "other")
_PATTERN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Mismatch:
    """How arguments differ from what was declared, one of `MISMATCHES`, and for which name."""

    kind: str
    at: str


def functions_of(example: Example) -> Mapping[str, Json]:
    """The parameters of each function that the example declares, by its name."""
    declared = [value for key, value in example.extra if key in ("tools", "functions")]
    return _functions_in(tuple(declared)) if declared else MappingProxyType({})


@lru_cache(maxsize=64)
def _functions_in(declared: tuple[Json, ...]) -> Mapping[str, Json]:
    found = {}
    for tools in declared:
        for tool in tools if isinstance(tools, tuple) else ():
            function = tool.get("function") if isinstance(tool, JsonObject) else None
            function = function if isinstance(function, JsonObject) else tool
            name = function.get("name") if isinstance(function, JsonObject) else None
            if isinstance(function, JsonObject) and isinstance(name, str):
                found[name] = function.get("parameters")
    return MappingProxyType(found)


def find_mismatch(parameters: Json, arguments: str) -> Mismatch | None:
    """How arguments, which are a JSON object, differ from the parameters declared.

    None where they fit, and where the declaration is no schema that can be checked offline.
    """
    validator = _validator(parameters) if isinstance(parameters, JsonObject) else None
    if validator is None:
        return None
    from referencing.exceptions import Unresolvable

    try:
        error = next(validator.iter_errors(json.loads(arguments)), None)
    except (Unresolvable, LookupError, RecursionError, ArithmeticError, ValueError, TypeError):
        return None  # a schema that leads nowhere: nothing is said about the arguments
    if error is None:
        return None
    kind = _KINDS.get(str(error.validator), "other")
    return Mismatch(kind, ".".join([*map(str, error.absolute_path), *_named(error)]))


@lru_cache(maxsize=64)
def _validator(parameters: JsonObject) -> Any:
    """A validator that asks nobody, and whose patterns have a time; None where it is no schema."""
    import jsonschema  # 40 ms that only calls of declared tools are worth
    import referencing

    schema = thaw(parameters)
    if "patternProperties" in str(schema):  # patterns that would have no time
        return None
    extend: Any = jsonschema.validators.extend
    kind = extend(jsonschema.Draft202012Validator, {"pattern": _check_pattern})
    try:
        kind.check_schema(schema)
    except (jsonschema.SchemaError, RecursionError):
        return None
    return kind(schema, registry=referencing.Registry())


def _check_pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[Any]:
    """JSON Schema's `pattern`, given up where it takes too long."""
    import jsonschema

    if not isinstance(value, str):
        return
    try:
        fits = regex.search(pattern, value, timeout=_PATTERN_SECONDS)
    except (TimeoutError, regex.error):
        return
    if not fits:
        yield jsonschema.ValidationError("does not match")


def _named(error: Any) -> Iterator[str]:
    """The name that is missing, or that was not declared."""
    if error.validator == "required":
        yield next((str(name) for name in error.validator_value if name not in error.instance), "")
    elif error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        yield next((str(name) for name in error.instance if name not in known), "")
