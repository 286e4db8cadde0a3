"""What training costs where, and the correction of it by whoever has read it more lately."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.errors import BadInput
from core.prices import (
    HIGHEST,
    YOURS,
    corrected_price,
    forget_price,
    price_of,
    save_price,
)
from core.providers.profiles import THIS_COMPUTER, Model, Price, Profile, load_profiles
from core.storage import Store
from ui.connections import profile_name
from ui.frame import say_next_run
from ui.parts import show_note
from ui.text import markdown_for, plain, t, today
from ui.undo import offer_price

FIGURES = ("training", "input", "output")


def show_prices(store: Store) -> None:
    """The prices of one place at a time, and one of them to correct."""
    profiles = {p.id: p for p in load_profiles() if p.id != THIS_COMPUTER}
    st.subheader(t("prices.title"))
    show_note(t("prices.lead"))
    chosen = st.selectbox(
        t("prices.place"), list(profiles), key="prices_place",
        format_func=lambda profile: _place_words(store, profiles[profile]),
    )  # fmt: skip
    profile = profiles[chosen or next(iter(profiles))]
    if profile.models:
        st.table([_row(store, profile, model) for model in profile.models], border="horizontal",
                 hide_index=True)  # fmt: skip
    model = _choose_model(profile)
    if model is not None:
        show_price_form(store, profile, model)


def _place_words(store: Store, profile: Profile) -> str:
    """A kind of place, with the places of that kind that a person added: they share its prices."""
    added = [c.name for c in store.load_connections() if c.profile_id == profile.id]
    return (
        f"{profile_name(profile)}: {', '.join(map(plain, added))}"
        if added
        else profile_name(profile)
    )


def _row(store: Store, profile: Profile, model: Model) -> dict[str, str]:
    price = price_of(store, profile, model)
    figures = {
        t(f"prices.{name}"): _amount(figure)
        for name, figure in zip(FIGURES, _figures(price), strict=True)
    }
    # In one cell: a column of its own would not fit on a phone.
    named = f"{plain(model.id.rpartition('/')[2])} :small[:gray[({plain(_source(price))})]]"
    return {t("prices.model"): named, **figures}


def _amount(figure: float | None) -> str:
    """Two decimals, or as many as there are."""
    if figure is None:
        return "—"
    return plain(f"${figure:,.2f}" if round(figure, 2) == figure else f"${figure:g}")


def _source(price: Price) -> str:
    if price.as_of is None:
        return t("cost.unknown")
    return f"{t(f'price_source.{price.source}')}, {price.as_of.isoformat()}"


def _choose_model(profile: Profile) -> Model | None:
    """One of the place's models; by name where only its server knows them."""
    key = f"prices_model_{profile.id}"
    if profile.any_model is None:
        names = [model.id for model in profile.models]
        return profile.find_model(st.selectbox(t("prices.correct"), names, key=key) or "")
    name = st.text_input(t("prices.correct"), key=key, placeholder=t("prices.model_placeholder"))
    return profile.model(name.strip()) if name.strip() else None


def show_price_form(store: Store, profile: Profile, model: Model) -> None:
    """One model's price to correct; what was corrected can be taken back."""
    price = price_of(store, profile, model)
    # The fields show what holds: another price is another form.
    form = f"price_{profile.id}_{model.id}_{price.as_of}_{'_'.join(map(str, _figures(price)))}"
    with st.form(form, border=False):
        with st.container(horizontal=True):
            for name, figure in zip(FIGURES, _figures(price), strict=True):
                field = f"{form}_{name}"
                st.session_state.setdefault(field, figure)  # so that it can be emptied as well
                st.number_input(
                    t(f"prices.{name}"), 0.0, HIGHEST, None, step=0.1, format="%g", key=field,
                    placeholder=t("cost.unknown"),
                )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center"):
            st.form_submit_button(t("prices.save"), on_click=_save, key=f"{form}_save",
                                  args=(store, profile, model, form))  # fmt: skip
            if price.source == YOURS:
                st.form_submit_button(t("prices.forget"), on_click=_forget, key=f"{form}_forget",
                                      type="tertiary", args=(store, profile, model))  # fmt: skip
    show_note(t("prices.unit"))


def _figures(price: Price) -> tuple[float | None, ...]:
    return price.training, price.input, price.output


def _save(store: Store, profile: Profile, model: Model, form: str) -> None:
    """Keep what stands in the form, and offer to have it as it was."""
    before = corrected_price(store, profile.id, model.id)
    typed = [st.session_state[f"{form}_{name}"] for name in FIGURES]
    keep = partial(save_price, store, profile.id, model.id, on=today())
    try:
        keep(training=typed[0], input=typed[1], output=typed[2])
    except BadInput as problem:
        say_next_run(markdown_for(problem), is_bad=True)
        return
    said = t("prices.saved", model=plain(model.id))
    offer_price((profile.id, model.id, before), said)


def _forget(store: Store, profile: Profile, model: Model) -> None:
    taken = forget_price(store, profile.id, model.id)
    offer_price((profile.id, model.id, taken), t("prices.forgotten", model=plain(model.id)))
