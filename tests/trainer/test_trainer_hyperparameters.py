"""What a request for a job may say."""

from __future__ import annotations

from typing import Any

import pytest

from trainer.bases import TINY_SCRATCH
from trainer.errors import TrainerError
from trainer.hyperparameters import JobRequest, read_job_request


def a_request(**more: Any) -> JobRequest:
    """A good request with more in it."""
    return read_job_request({"model": TINY_SCRATCH.id, "training_file": "file-1", **more})


def with_method(**hyperparameters: Any) -> JobRequest:
    """A request with hyperparameters where the API wants them now."""
    method = {"type": "supervised", "supervised": {"hyperparameters": hyperparameters}}
    return a_request(method=method)


def refused_param(**more: Any) -> str | None:
    """The parameter a bad request is refused for."""
    with pytest.raises(TrainerError) as refused:
        a_request(**more)
    return refused.value.param


def test_auto_is_the_bases_own() -> None:
    """Left out, null and "auto" all mean what the base says."""
    assert a_request().hyperparameters == TINY_SCRATCH.auto
    assert with_method(n_epochs="auto", batch_size=None).hyperparameters == TINY_SCRATCH.auto
    assert a_request().multiplier == 1.0


def test_both_places_are_read_and_the_method_wins() -> None:
    """The deprecated top level still counts where the method says nothing."""
    method = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}}
    request = a_request(hyperparameters={"n_epochs": 9, "batch_size": 4}, method=method)
    assert (request.hyperparameters.n_epochs, request.hyperparameters.batch_size) == (3, 4)


def test_the_learning_rate_is_absolute_or_a_multiple_of_the_bases() -> None:
    """Each way to say it also fills the other."""
    doubled = with_method(learning_rate_multiplier=2)
    assert doubled.hyperparameters.learning_rate == 1e-3
    absolute = with_method(learning_rate=1e-3)
    assert absolute.hyperparameters.learning_rate == 1e-3
    assert absolute.multiplier == 2.0


def test_a_seed_is_made_where_none_is_given() -> None:
    """So that every job can be repeated."""
    assert a_request(seed=0).seed == 0
    assert 0 <= a_request().seed <= 2_147_483_647


@pytest.mark.parametrize(
    ("suffix", "kept"),
    [(None, ""), ("", ""), ("my-bot_1.0", "my-bot_1.0"), ("天气", "天气"), ("a b:c/d", "a-b-c-d")],
)
def test_a_suffix_becomes_part_of_an_id(suffix: str | None, kept: str) -> None:
    """Letters of any language stay; what would break an id becomes a hyphen."""
    assert a_request(suffix=suffix).suffix == kept


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"model": None}, "model"),
        ({"model": "gpt-4o"}, "model"),
        ({"training_file": None}, "training_file"),
        ({"validation_file": 7}, "validation_file"),
        ({"hyperparameters": []}, "hyperparameters"),
        ({"hyperparameters": {"n_epochs": 0}}, "hyperparameters.n_epochs"),
        ({"hyperparameters": {"n_epochs": 51}}, "hyperparameters.n_epochs"),
        ({"hyperparameters": {"n_epochs": 2.5}}, "hyperparameters.n_epochs"),
        ({"hyperparameters": {"n_epochs": True}}, "hyperparameters.n_epochs"),
        ({"hyperparameters": {"batch_size": 257}}, "hyperparameters.batch_size"),
        (
            {"hyperparameters": {"learning_rate_multiplier": 0}},
            "hyperparameters.learning_rate_multiplier",
        ),
        ({"hyperparameters": {"learning_rate": float("nan")}}, "hyperparameters.learning_rate"),
        ({"hyperparameters": {"learning_rate": 10**400}}, "hyperparameters.learning_rate"),
        ({"hyperparameters": {"learning_rate": 1e308}}, "hyperparameters.learning_rate"),
        (
            {"hyperparameters": {"learning_rate_multiplier": 10**400}},
            "hyperparameters.learning_rate_multiplier",
        ),
        ({"hyperparameters": {"learning_rate": "fast"}}, "hyperparameters.learning_rate"),
        ({"hyperparameters": {"epochs": 3}}, "hyperparameters.epochs"),
        ({"method": {"type": "dpo"}}, "method.type"),
        ({"method": {"type": "reinforcement"}}, "method.type"),
        ({"suffix": "x" * 65}, "suffix"),
        ({"suffix": 7}, "suffix"),
        ({"seed": -1}, "seed"),
        ({"seed": 2_147_483_648}, "seed"),
        ({"metadata": {str(i): "" for i in range(17)}}, "metadata"),
        ({"metadata": {"k" * 65: ""}}, "metadata"),
        ({"metadata": {"k": "v" * 513}}, "metadata"),
        ({"metadata": {"k": 1}}, "metadata"),
        ({"metadata": {"k": "\ud800"}}, "metadata"),
        ({"metadata": {"\ud800": "v"}}, "metadata"),
        ({"model": "\ud800"}, "model"),
        ({"training_file": "\ud800"}, "training_file"),
        ({"method": {"type": ["\ud800"]}}, "method"),
        ({"\ud800": 1}, "body"),
        ({"integrations": [{"type": "wandb"}]}, "integrations"),
    ],
)
def test_a_bad_value_is_named(given: dict[str, Any], param: str) -> None:
    """Every refusal says which parameter it is about."""
    assert refused_param(**given) == param
