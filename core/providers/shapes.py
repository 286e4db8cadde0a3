"""JSON in OpenAI's shape becomes our values; anything may be missing, null or of another type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from core.errors import Unavailable
from core.jobs import ChatReply, Checkpoint, Fetch, JobEvent, RemoteJob, RemoteModel
from core.metrics import HIGHEST_STEP, number_of

Json = Mapping[str, Any]
EPOCH = datetime.fromtimestamp(0, UTC)
STATUS_LENGTH = 64  # of the longest that can be kept; those that there are have 16 at the most
HIGHEST = 2**53  # beyond it, a number in JSON is not exact, and none that anybody meant


def read_id(answer: Json) -> str:
    """The id that everything must have.

    Raises:
        Unavailable: `unreadable_answer`, when there is none.
    """
    found = _text(answer.get("id"))
    if not found:
        raise Unavailable("unreadable_answer", message="id")
    return found


def tell_apart(item: Json) -> str:
    """The id of an item in a list; where it has none, one that the same item always gets."""
    written = json.dumps(item, sort_keys=True).encode()
    return _text(item.get("id")) or f"unnamed-{sha256(written).hexdigest()[:24]}"


def read_items(answer: Json) -> list[Json]:
    """The objects of a list answer.

    Raises:
        Unavailable: `unreadable_answer`, when there is no list.
    """
    items = answer.get("data")
    if not isinstance(items, list):
        raise Unavailable("unreadable_answer", message="data")
    return [item for item in items if isinstance(item, dict)]


def read_moderation(answer: Json, texts: int) -> list[tuple[str, ...]]:
    """Under which categories each of so many texts is flagged.

    Raises:
        Unavailable: `unreadable_answer`, when there is not one result for each.
    """
    results = answer.get("results")
    if not isinstance(results, list) or len(results) != texts:
        raise Unavailable("unreadable_answer", message="results")
    return [_flags(_object(result)) for result in results]


def _flags(result: Json) -> tuple[str, ...]:
    if result.get("flagged") is not True:
        return ()
    named = _object(result.get("categories")).items()
    return tuple(name for name, is_so in named if is_so is True) or ("other",)


def read_status(answer: Json) -> str:
    """How a job stands, in the place's word; what cannot be a word is `unknown`."""
    told = _text(answer.get("status")) or "unknown"
    return told if told.isprintable() and len(told) <= STATUS_LENGTH else "unknown"


def read_whole(value: object, highest: int = HIGHEST) -> int | None:
    """A whole number as large as one can be meant to be; None for anything else."""
    number = number_of(value) if isinstance(value, (int, float)) else None
    return int(number) if number is not None and abs(number) <= highest else None


def read_job(answer: Json) -> RemoteJob:
    """One fine-tuning job."""
    error = _object(answer.get("error"))
    return RemoteJob(
        id=read_id(answer),
        status=read_status(answer),
        model=_text(answer.get("model")) or "",
        created_at=_time(answer.get("created_at")),
        finished_at=_time(answer.get("finished_at")),
        estimated_finish=_time(answer.get("estimated_finish")),
        fine_tuned_model=_text(answer.get("fine_tuned_model")),
        trained_tokens=read_whole(answer.get("trained_tokens")),
        training_file_id=_text(answer.get("training_file")),
        validation_file_id=_text(answer.get("validation_file")),
        result_file_ids=_texts(answer.get("result_files")),
        seed=read_whole(answer.get("seed")),
        error_code=_text(error.get("code")),
        error_message=_text(error.get("message")),
        hyperparameters=_hyperparameters(answer),
        metadata={k: v for k, v in _object(answer.get("metadata")).items() if isinstance(v, str)},
    )


def read_event(answer: Json) -> JobEvent:
    """One line of a job's story."""
    return JobEvent(
        id=tell_apart(answer),
        created_at=_time(answer.get("created_at")) or EPOCH,
        level=_text(answer.get("level")) or "info",
        message=_text(answer.get("message")) or "",
        type=_text(answer.get("type")) or "message",
        data=dict(_object(answer.get("data"))),
    )


def read_checkpoint(answer: Json) -> Checkpoint:
    """One model kept on the way."""
    return Checkpoint(
        id=tell_apart(answer),
        step=read_whole(answer.get("step_number"), HIGHEST_STEP) or 0,
        model=_text(answer.get("fine_tuned_model_checkpoint")) or "",
        created_at=_time(answer.get("created_at")) or EPOCH,
    )


def read_checkpoint_figures(answer: Json) -> JobEvent:
    """What a checkpoint tells of the curves, as an event would."""
    point = read_checkpoint(answer)
    figures = {**_object(answer.get("metrics")), "step": point.step}
    return JobEvent(point.id, point.created_at, "info", "", "metrics", figures)


def read_model(answer: Json) -> RemoteModel:
    """One model on offer, with the day it ends where that is announced."""
    return RemoteModel(
        id=read_id(answer),
        created_at=_time(answer.get("created")),
        owned_by=_text(answer.get("owned_by")) or "",
        shutdown_on=_day(answer.get("shutdown_date")),
    )


def read_fetch(answer: Json) -> Fetch | None:
    """How far a base's weights are, where they are on their way (our trainer's addition)."""
    weights = _object(_object(answer.get("base")).get("weights"))
    done, total = (read_whole(weights.get(name)) for name in ("done_bytes", "total_bytes"))
    return Fetch(done, total) if done is not None and total else None


def read_reply(answer: Json) -> ChatReply:
    """One chat answer.

    Raises:
        Unavailable: `unreadable_answer`, when there is no choice in it.
    """
    choice = _first_choice(answer)
    if choice is None:
        raise Unavailable("unreadable_answer", message="choices")
    usage = _object(answer.get("usage"))
    return ChatReply(
        text=_text(_object(choice.get("message")).get("content")) or "",
        prompt_tokens=read_whole(usage.get("prompt_tokens")),
        completion_tokens=read_whole(usage.get("completion_tokens")),
        finish_reason=_text(choice.get("finish_reason")),
    )


def read_piece(chunk: Json) -> tuple[str, str | None]:
    """The text of one streamed chunk, and why it was the last where it was."""
    choice = _first_choice(chunk) or {}
    text = _text(_object(choice.get("delta")).get("content")) or ""
    return text, _text(choice.get("finish_reason"))


def _first_choice(answer: Json) -> Json | None:
    choices = answer.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return None


def _hyperparameters(answer: Json) -> dict[str, Any]:
    """Those of the method, with the deprecated top-level ones beneath them."""
    method = _object(answer.get("method"))
    of_method = _object(method.get(_text(method.get("type")) or "supervised"))
    both = {
        **_object(answer.get("hyperparameters")),
        **_object(of_method.get("hyperparameters")),
    }
    return {name: value for name, value in both.items() if value is not None}


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def _time(value: object) -> datetime | None:
    seconds = read_whole(value)
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
