"""What a request to create a job may say, checked name by name."""

from __future__ import annotations

import re
import secrets
import sys
from dataclasses import dataclass, field
from typing import Any

from trainer.bases import BASES, Base, Hyperparameters
from trainer.errors import BadRequest, NotFound
from trainer.text import check_whole

# The limits of the OpenAI API, from its published description.
SEED_MAXIMUM = 2_147_483_647
SUFFIX_MAXIMUM = 64
METADATA_PAIRS, METADATA_KEY, METADATA_VALUE = 16, 64, 512
UNSUPPORTED = ("integrations",)
OWN_METHOD = "supervised"


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A request that can be granted: `hyperparameters` resolved, `multiplier` for the answer."""

    base: Base
    training_file: str
    validation_file: str | None
    hyperparameters: Hyperparameters
    multiplier: float
    suffix: str
    seed: int
    metadata: dict[str, str] | None = field(default=None)


def read_job_request(body: Any) -> JobRequest:
    """Turn the body of `POST /v1/fine_tuning/jobs` into a request.

    Raises:
        BadRequest: naming the parameter that cannot be used.
        NotFound: there is no such base model.
    """
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.", "invalid_type")
    check_whole(body)
    for name in UNSUPPORTED:
        if body.get(name):
            raise _bad(name, "is not offered by this trainer", "unsupported_parameter")
    base = _read_base(body.get("model"))
    chosen, multiplier = _resolve(_read_hyperparameters(body), base.auto)
    return JobRequest(
        base=base,
        training_file=_read_file_id(body, "training_file", required=True) or "",
        validation_file=_read_file_id(body, "validation_file", required=False),
        hyperparameters=chosen,
        multiplier=multiplier,
        suffix=_read_suffix(body.get("suffix")),
        seed=_read_seed(body.get("seed")),
        metadata=_read_metadata(body.get("metadata")),
    )


def _bad(param: str, what: str, code: str = "invalid_value") -> BadRequest:
    return BadRequest(f"`{param}` {what}.", code, param)


def _read_base(model: Any) -> Base:
    if not isinstance(model, str) or not model:
        raise _bad("model", "must name the base model to train", "missing_required_parameter")
    if model not in BASES:
        raise NotFound(
            f"There is no base model `{model}` here; there is {', '.join(BASES)}.",
            "model_not_found",
            "model",
        )
    return BASES[model]


def _read_file_id(body: dict[str, Any], name: str, *, required: bool) -> str | None:
    value = body.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or not value:
        raise _bad(name, "must be the id of an uploaded file", "missing_required_parameter")
    return value


def _read_hyperparameters(body: dict[str, Any]) -> dict[str, Any]:
    """Those of the method, over the deprecated ones at the top level."""
    top = _object(body.get("hyperparameters"), "hyperparameters")
    method = _object(body.get("method"), "method")
    kind = method.get("type", OWN_METHOD)
    if kind != OWN_METHOD:
        raise _bad("method.type", f"must be `supervised`; `{kind}` is not offered here")
    supervised = _object(method.get(OWN_METHOD), "method.supervised")
    inner = _object(supervised.get("hyperparameters"), "method.supervised.hyperparameters")
    return {**top, **inner}


def _object(value: Any, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _bad(name, "must be an object", "invalid_type")
    return value


def _resolve(given: dict[str, Any], auto: Hyperparameters) -> tuple[Hyperparameters, float]:
    known = {"n_epochs", "batch_size", "learning_rate_multiplier", "learning_rate"}
    for name in given:
        if name not in known:
            raise _bad(f"hyperparameters.{name}", "is not known here", "unknown_parameter")
    highest = sys.float_info.max * auto.learning_rate  # beyond it the other one has no number
    multiplier = _number(given, "learning_rate_multiplier", 1.0, sys.float_info.max)
    rate = _number(given, "learning_rate", auto.learning_rate * multiplier, highest)
    chosen = Hyperparameters(
        n_epochs=_whole(given, "n_epochs", auto.n_epochs, 50),
        batch_size=_whole(given, "batch_size", auto.batch_size, 256),
        learning_rate=rate,
    )
    return chosen, rate / auto.learning_rate


def _is_auto(given: dict[str, Any], name: str) -> bool:
    return given.get(name) in (None, "auto")


def _whole(given: dict[str, Any], name: str, auto: int, highest: int) -> int:
    if _is_auto(given, name):
        return auto
    value = given[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= highest:
        raise _bad(f"hyperparameters.{name}", f"must be a whole number from 1 to {highest}")
    return value


def _number(given: dict[str, Any], name: str, auto: float, highest: float) -> float:
    if _is_auto(given, name):
        return auto
    value = given[name]
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not numeric or not 0 < value <= highest:  # an integer may be too long for a float
        raise _bad(f"hyperparameters.{name}", f"must be a number above 0 and at most {highest:.0e}")
    return float(value)


def _read_suffix(value: Any) -> str:
    """Letters and digits of any language, `.`, `_` and `-`; everything else becomes `-`."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or len(value) > SUFFIX_MAXIMUM:
        raise _bad("suffix", f"must be text of 1 to {SUFFIX_MAXIMUM} characters")
    return re.sub(r"[^\w.-]+", "-", value).strip("-")


def _read_seed(value: Any) -> int:
    if value is None:
        return secrets.randbelow(SEED_MAXIMUM + 1)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= SEED_MAXIMUM:
        raise _bad("seed", f"must be a whole number from 0 to {SEED_MAXIMUM}")
    return value


def _read_metadata(value: Any) -> dict[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or len(value) > METADATA_PAIRS:
        raise _bad("metadata", f"must be an object of at most {METADATA_PAIRS} pairs")
    for key, item in value.items():
        if len(key) > METADATA_KEY:
            raise _bad("metadata", f"has a key longer than {METADATA_KEY} characters")
        if not isinstance(item, str) or len(item) > METADATA_VALUE:
            raise _bad("metadata", f"must hold text of at most {METADATA_VALUE} characters")
    return value
