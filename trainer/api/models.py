"""`/v1/models` and `/tokenize`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body
from tokenizers import Tokenizer

from trainer.api.context import Context, Here
from trainer.bases import BASES, Base
from trainer.errors import BadRequest, NotFound
from trainer.folders import remove_tree
from trainer.text import repair_text
from trainer.values import ACTIVE, Model

router = APIRouter()


@router.get("/v1/models")
def list_models(here: Here) -> dict[str, Any]:
    """The bases, then the tuned models, newest first."""
    bases = [_describe(here, base) for base in BASES.values()]
    return {"object": "list", "data": bases + [m.to_json() for m in here.store.list_models()]}


@router.get("/v1/models/{model:path}")
def retrieve_model(here: Here, model: str) -> dict[str, Any]:
    """A base, a tuned model or a checkpoint of one."""
    return _describe(here, BASES[model]) if model in BASES else find_model(here, model).to_json()


def _describe(here: Context, base: Base) -> dict[str, Any]:
    """A base with how it stands with its weights."""
    described = base.to_json()
    return {**described, "base": {**described["base"], "weights": here.fetcher.describe(base)}}


@router.delete("/v1/models/{model:path}")
def delete_model(here: Here, model: str) -> dict[str, Any]:
    """Remove a tuned model's weights with its checkpoints, or one checkpoint."""
    if model in BASES:
        raise BadRequest(
            f"`{model}` is a base model; only tuned ones can be deleted.",
            "base_not_deletable",
            "model",
        )
    found = find_model(here, model)
    job = here.store.find_job(found.job_id)
    if job is not None and job.status in ACTIVE:
        raise BadRequest("Its job has not ended; cancel it first.", "job_active", "model")
    here.store.delete_model(found)
    paths = [here.data.path / found.path]
    if not found.is_checkpoint:
        paths.append(here.data.job(found.job_id).run)
    for path in paths:
        here.chat.forget(path)
        remove_tree(path)
    return {"id": model, "object": "model", "deleted": True}


@router.post("/v1/tokenize")
@router.post("/tokenize")
def tokenize(here: Here, body: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
    """Count tokens: `{"model": M, "input": [text, …]}` gives `counts`, one number a text."""
    model, texts = body.get("model"), body.get("input")
    if not isinstance(model, str):
        raise BadRequest("`model` must name a model.", "invalid_type", "model")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise BadRequest("`input` must be a list of texts.", "invalid_type", "input")
    tokenizer = _load_tokenizer(here, model)
    encoded = tokenizer.encode_batch(list(map(repair_text, texts)), add_special_tokens=False)
    return {"object": "list", "model": model, "counts": [len(one.ids) for one in encoded]}


def _load_tokenizer(here: Context, model: str) -> Tokenizer:
    if model in BASES and not BASES[model].has_weights:
        raise BadRequest(
            "The vocabulary of this model is made from your examples when it is trained; "
            "before that its tokens cannot be counted.",
            "no_vocabulary_yet",
            "model",
        )
    return Tokenizer.from_file(str(_folder_of(here, model) / "tokenizer.json"))


def _folder_of(here: Context, model: str) -> Path:
    if model not in BASES:
        return here.data.path / find_model(here, model).path
    folder = here.data.base(model)
    if not folder.is_whole:
        raise BadRequest(
            "The vocabulary of this model comes with its weights, which are fetched when it is "
            "first trained or talked to; before that its tokens cannot be counted.",
            "vocabulary_not_fetched",
            "model",
        )
    return folder.weights


def find_model(here: Context, model: str) -> Model:
    """The tuned model or checkpoint with this id.

    Raises:
        NotFound: there is none.
    """
    found = here.store.find_model(repair_text(model))
    if found is None:
        raise NotFound(f"There is no model `{model}` here.", "model_not_found", "model")
    return found
