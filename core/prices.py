"""Prices as a person knows them better: a correction beats the profile's, and can be taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from hashlib import sha256
from math import isfinite

from core.errors import BadInput
from core.providers.profiles import Model, Price, Profile
from core.storage import Store

YOURS = "yours"  # the source of a price that was typed in
HIGHEST = 1_000_000.0  # US dollars per million tokens; beyond it somebody mistook the unit


def price_of(store: Store, profile: Profile, model: Model) -> Price:
    """What the model costs there: as corrected, else as the profile says.

    The least that a job costs is the place's own rule, and stays.
    """
    corrected = corrected_price(store, profile.id, model.id)
    return replace(corrected, least=model.price.least) if corrected else model.price


def priced_model(store: Store, profile: Profile, model: Model) -> Model:
    """The model with `price_of` as its price."""
    return replace(model, price=price_of(store, profile, model))


def corrected_price(store: Store, profile_id: str, model_id: str) -> Price | None:
    """What a person has typed in for the model; None where nobody has."""
    kept = store.load_setting(_key(profile_id, model_id))
    if not kept:
        return None
    told = json.loads(kept)
    return Price(
        training=told["training"],
        input=told["input"],
        output=told["output"],
        as_of=date.fromisoformat(told["as_of"]),
        source=YOURS,
    )


def save_price(
    store: Store,
    profile_id: str,
    model_id: str,
    *,
    training: float | None,
    input: float | None = None,
    output: float | None = None,
    on: date,
) -> Price:
    """Keep what a person knows on that day, in US dollars per million tokens; None is unknown.

    It holds for the model at every place of that profile.

    Raises:
        BadInput: `price_out_of_range`, for what no price can be.
    """
    figures = {"training": training, "input": input, "output": output}
    for figure in figures.values():
        if figure is not None and not (isfinite(figure) and 0 <= figure <= HIGHEST):
            raise BadInput("price_out_of_range", highest=f"{HIGHEST:,.0f}")
    kept = json.dumps({"model": model_id, **figures, "as_of": on.isoformat()})
    store.save_setting(_key(profile_id, model_id), kept)
    return Price(training, input, output, as_of=on, source=YOURS)


def forget_price(store: Store, profile_id: str, model_id: str) -> Price | None:
    """Take a correction back; it is returned, so that this too can be undone."""
    taken = corrected_price(store, profile_id, model_id)
    if taken is not None:
        store.save_setting(_key(profile_id, model_id), "")
    return taken


def restore_price(store: Store, profile_id: str, model_id: str, price: Price | None) -> None:
    """Set a correction back to what it was before, None for none."""
    if price is None or price.as_of is None:
        forget_price(store, profile_id, model_id)
        return
    save_price(
        store, profile_id, model_id,
        training=price.training, input=price.input, output=price.output, on=price.as_of,
    )  # fmt: skip


def _key(profile_id: str, model_id: str) -> str:
    """The setting's name; of one length, as a server's names for its models can be long."""
    return f"price:{sha256(f'{profile_id}:{model_id}'.encode()).hexdigest()}"
