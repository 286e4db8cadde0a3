"""`/v1/chat/completions`, in one piece or as server-sent events."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from trainer.api.answers import Answer
from trainer.api.context import Context, Here
from trainer.api.models import find_model
from trainer.bases import BASES, Messages
from trainer.chat import Piece, Sampling
from trainer.errors import BadRequest, NotFound
from trainer.records import new_id
from trainer.text import repair_text

router = APIRouter()

ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
# What would change the answer and is not built here, with the value that means "not asked for".
UNSUPPORTED = {
    "n": 1,
    "tools": [],
    "functions": [],
    "logprobs": False,
    "audio": None,
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "logit_bias": {},
}


@router.post("/v1/chat/completions")
def create_completion(here: Here, body: Annotated[dict[str, Any], Body()]) -> Response:
    """The next message of a conversation."""
    model = body.get("model")
    path, base = _find_weights(here, model)
    _check_supported(body)
    threads = 1 if here.supervisor.is_training else None
    messages, sampling = _read_messages(body.get("messages")), _read_sampling(body)
    pieces = here.chat.answer(path, messages, sampling, base=base, threads=threads)
    about = {"id": new_id("chatcmpl-"), "created": int(time.time()), "model": model}
    if not body.get("stream"):
        return Answer(_completion(about, list(pieces)))
    first = next(iter(pieces))  # what is wrong shows here, before a stream is promised
    with_usage = bool((body.get("stream_options") or {}).get("include_usage"))
    lines = _stream(about, first, pieces, with_usage=with_usage)
    return StreamingResponse(_in_threads(lines), media_type="text/event-stream")


def _find_weights(here: Context, model: Any) -> tuple[Path, Path | None]:
    """The folder of a model, and that of its base where it is only an adapter to it."""
    if not isinstance(model, str) or not model:
        raise BadRequest("`model` must name a model.", "invalid_type", "model")
    if model in BASES and not BASES[model].has_weights:
        raise BadRequest(
            "tiny-scratch knows nothing before it is trained; train it, then talk to what you get.",
            "base_has_no_weights",
            "model",
        )
    if model in BASES:
        return here.fetcher.find(BASES[model]), None
    found = find_model(here, model)
    path = here.data.path / found.path
    if not path.is_dir():
        raise NotFound(f"The weights of `{model}` are gone.", "model_not_found", "model")
    is_adapter = found.is_checkpoint and BASES[found.base].has_weights
    return path, here.fetcher.find(BASES[found.base]) if is_adapter else None


def _check_supported(body: dict[str, Any]) -> None:
    for name, neutral in UNSUPPORTED.items():
        if body.get(name, neutral) not in (neutral, None):
            raise _bad(name, "is not offered by this trainer", "unsupported_parameter")
    wanted = body.get("response_format")
    if wanted and wanted != {"type": "text"}:
        raise _bad("response_format", "can only be text here", "unsupported_parameter")


def _bad(param: str, what: str, code: str = "invalid_value") -> BadRequest:
    return BadRequest(f"`{param}` {what}.", code, param)


def _read_messages(value: Any) -> Messages:
    if not isinstance(value, list) or not value:
        raise _bad("messages", "must be a list of at least one message")
    return [_read_message(message, f"messages[{i}]") for i, message in enumerate(value)]


def _read_message(value: Any, place: str) -> dict[str, Any]:
    role = ROLES.get(str(value.get("role"))) if isinstance(value, dict) else None
    if role is None:
        raise _bad(place, "must have the role system, user or assistant")
    name = value.get("name")
    if name is not None and not isinstance(name, str):
        raise _bad(f"{place}.name", "must be text")
    content = repair_text(_read_content(value.get("content"), place))  # as training reads it
    return {"role": role, "content": content, "name": name and repair_text(name)}


def _read_content(value: Any, place: str) -> str:
    """Text, or a list of parts that are text."""
    parts = value if isinstance(value, list) else [{"type": "text", "text": value}]
    texts = [
        p.get("text") if isinstance(p, dict) and p.get("type") == "text" else None for p in parts
    ]
    if not all(isinstance(text, str) for text in texts):
        raise _bad(f"{place}.content", "must be text")
    return "".join(str(text) for text in texts)


def _read_sampling(body: dict[str, Any]) -> Sampling:
    name = "max_tokens" if body.get("max_completion_tokens") is None else "max_completion_tokens"
    seed = body.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise _bad("seed", "must be a whole number")
    return Sampling(
        temperature=_number(body, "temperature", 0, 2),
        top_p=_number(body, "top_p", 0, 1),
        max_tokens=_count(body, name),
        stop=_read_stop(body.get("stop")),
        seed=None if seed is None else seed % 2**63,
    )


def _number(body: dict[str, Any], name: str, lowest: float, highest: float) -> float:
    value = body.get(name)
    if value is None:
        return 1.0
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not numeric or not lowest <= value <= highest:
        raise _bad(name, f"must be a number from {lowest} to {highest}")
    return float(value)


def _count(body: dict[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise _bad(name, "must be a whole number above 0")
    return value


def _read_stop(value: Any) -> tuple[str, ...]:
    found = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(found, list) or len(found) > 4:
        raise _bad("stop", "must be a text or a list of up to 4")
    if not all(isinstance(text, str) and text for text in found):
        raise _bad("stop", "must hold texts that are not empty")
    return tuple(found)


def _completion(about: dict[str, Any], pieces: list[Piece]) -> dict[str, Any]:
    text = "".join(piece.text for piece in pieces)
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text, "refusal": None, "annotations": []},
        "logprobs": None,
        "finish_reason": pieces[-1].finish_reason,
    }
    return {
        **about,
        "object": "chat.completion",
        "choices": [choice],
        "usage": _usage(pieces[-1]),
    }


def _usage(last: Piece) -> dict[str, int]:
    return {
        "prompt_tokens": last.prompt_tokens,
        "completion_tokens": last.completion_tokens,
        "total_tokens": last.prompt_tokens + last.completion_tokens,
    }


def _stream(
    about: dict[str, Any], first: Piece, rest: Iterator[Piece], *, with_usage: bool
) -> Generator[str, None, None]:
    """Server-sent events as the SDK reads them: the role, the text, the reason, perhaps usage."""
    usage = {"usage": None} if with_usage else {}

    def line(choices: list[dict[str, Any]], **more: Any) -> str:
        chunk = {**about, "object": "chat.completion.chunk", "choices": choices, **usage, **more}
        return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"

    def choice(delta: dict[str, Any], finish: str | None = None) -> list[dict[str, Any]]:
        return [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]

    yield line(choice({"role": "assistant", "content": "", "refusal": None}))
    piece: Piece | None = first
    last = first
    while piece is not None:
        if piece.text:
            yield line(choice({"content": piece.text}))
        last, piece = piece, next(rest, None)
    yield line(choice({}, last.finish_reason))
    if with_usage:
        yield line([], usage=_usage(last))
    yield "data: [DONE]\n\n"


async def _in_threads(lines: Generator[str, None, None]) -> AsyncIterator[str]:
    """Take the lines one by one outside the event loop, and close them when the reader leaves."""
    try:
        while (line := await run_in_threadpool(next, lines, None)) is not None:
            yield line
    finally:
        lines.close()
