"""core/prices.py: what a person corrects beats the list, and can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from core.prices import (
    HIGHEST,
    YOURS,
    corrected_price,
    forget_price,
    price_of,
    priced_model,
    restore_price,
    save_price,
)
from core.providers.profiles import Price, load_profile
from core.storage import Store
from core.words import LANGUAGES, has_words

NEBIUS = load_profile("nebius")
MODEL = NEBIUS.models[0]
TODAY = date(2026, 11, 23)


def correct(store: Store, training: float | None = 0.5, model: str = MODEL.id) -> Price:
    """A correction of the price of training there."""
    return save_price(store, NEBIUS.id, model, training=training, on=TODAY)


def test_until_somebody_corrects_it_the_list_holds(store: Store) -> None:
    """With its own date and source."""
    assert price_of(store, NEBIUS, MODEL) == MODEL.price
    assert priced_model(store, NEBIUS, MODEL) == MODEL


def test_a_correction_holds_with_its_day(store: Store) -> None:
    """Only the price of the model changes; what was left empty is unknown, not the list's."""
    corrected = correct(store)
    assert corrected == Price(0.5, None, None, TODAY, YOURS)
    assert priced_model(store, NEBIUS, MODEL) == replace(MODEL, price=corrected)


def test_the_least_that_a_job_costs_stays(store: Store) -> None:
    """It is the place's rule, and no price of tokens."""
    model = replace(MODEL, price=replace(MODEL.price, least=4.0))
    correct(store, 0.5)
    assert price_of(store, NEBIUS, model) == Price(0.5, None, None, TODAY, YOURS, least=4.0)


def test_a_correction_is_about_one_model_at_one_kind_of_place(store: Store) -> None:
    """The others keep theirs, also the same name elsewhere."""
    save_price(store, "openai", "gpt-4.1", training=1.0, on=TODAY)
    azure, openai = load_profile("azure"), load_profile("openai")
    assert price_of(store, openai, openai.model("gpt-4.1")).training == 1.0
    assert price_of(store, openai, openai.model("gpt-4o")).training == 25.0
    assert price_of(store, azure, azure.model("gpt-4.1")).training is None


def test_a_model_that_only_its_server_knows_has_a_price_too(store: Store) -> None:
    """However long its name is: PostgreSQL's settings take names of 128 characters."""
    server = load_profile("openai_compatible")
    name = "organisation/" + "模型" * 200
    assert price_of(store, server, server.model(name)).training is None
    save_price(store, server.id, name, training=2.0, on=TODAY)
    assert price_of(store, server, server.model(name)).training == 2.0


def test_what_was_taken_back_can_be_had_again(store: Store) -> None:
    """Taking back gives the correction, and restoring it gives the same price, with its day."""
    correct(store, 0.5)
    taken = forget_price(store, NEBIUS.id, MODEL.id)
    assert price_of(store, NEBIUS, MODEL) == MODEL.price
    restore_price(store, NEBIUS.id, MODEL.id, taken)
    assert corrected_price(store, NEBIUS.id, MODEL.id) == taken == Price(
        0.5, None, None, TODAY, YOURS
    )  # fmt: skip


def test_a_correction_can_be_undone(store: Store) -> None:
    """To the one before it, or to the list."""
    first = correct(store, 0.5)
    correct(store, 0.6)
    restore_price(store, NEBIUS.id, MODEL.id, first)
    assert price_of(store, NEBIUS, MODEL) == first
    restore_price(store, NEBIUS.id, MODEL.id, None)
    assert price_of(store, NEBIUS, MODEL) == MODEL.price
    assert forget_price(store, NEBIUS.id, MODEL.id) is None


@pytest.mark.parametrize("figure", [-0.01, float("nan"), float("inf"), HIGHEST * 2])
def test_what_no_price_can_be_is_refused(store: Store, figure: float) -> None:
    """Nothing is kept of it, and there is a sentence for it."""
    with pytest.raises(BadInput) as raised:
        correct(store, figure)
    assert raised.value.code == "price_out_of_range"
    assert price_of(store, NEBIUS, MODEL) == MODEL.price
    assert all(has_words(language, "error.price_out_of_range") for language in LANGUAGES)


FIGURE = st.none() | st.floats(0, HIGHEST)


@given(training=FIGURE, answers=FIGURE, day=st.dates())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_price_is_read_as_it_was_kept(
    store: Store, training: float | None, answers: float | None, day: date
) -> None:
    """To the last digit of a float; each over the one before it."""
    kept = save_price(store, "azure", "m", training=training, output=answers, on=day)
    assert corrected_price(store, "azure", "m") == kept
