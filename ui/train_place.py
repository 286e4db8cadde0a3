"""Where to train: what each place is good for, what it wants first, and what ends there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import streamlit as st

from core.connecting import all_connections, profile_of
from core.costs import format_price
from core.jobs import Connection
from core.prices import price_of
from core.providers.profiles import THIS_COMPUTER, Model, Profile
from core.retiring import JOBS, NOTICE, Dark, Ending
from core.storage import Store
from ui.connections import choose_place, place_name
from ui.keys import key_for
from ui.new_connection import show_add_connection
from ui.parts import show_note
from ui.text import plain, t, today

NAMED = 3  # base models of a place, and tuned models of one's own


def choose_training_place(store: Store) -> Connection:
    """The choice among all places where one can train; others are added in Settings."""
    connection = choose_place(store, "train_place", lambda place: _about(store, place))
    if retired := [c for c in all_connections(store) if profile_of(c) is None]:
        names = ", ".join(place_name(connection) for connection in retired)
        show_note(t("train.place_retired", names=names))
    with st.expander(t("train.place_more"), icon=":material/add:"):
        show_add_connection(store, train_there)
    return connection


def train_there(connection: Connection) -> None:
    """Have this place chosen, as far as one can before the page is drawn."""
    st.session_state["train_place"] = connection.id


def _about(store: Store, connection: Connection) -> str:
    """What a place is good for, in a line, and what stands in the way of it."""
    profile = profile_of(connection)
    if profile is None:
        return ""
    told = [_good_for(store, profile, connection), *_caveats(store, profile, connection)]
    return " · ".join(told)


def _good_for(store: Store, profile: Profile, connection: Connection) -> str:
    if profile.id == THIS_COMPUTER:
        return t("train.about_here")
    if not profile.models:
        return t("train.about_server", address=plain(urlsplit(connection.base_url).netloc))
    told = _models_words(store, profile)
    return f"{profile.name}: {told}" if profile.is_added else told


def _models_words(store: Store, profile: Profile) -> str:
    """The base models of a place, and from how much on one can train there."""
    models = open_models(profile) or list(profile.models)
    names = ", ".join(plain(model.id.rpartition("/")[2]) for model in models[:NAMED])
    if more := len(models) - NAMED:
        names = t("train.about_more", names=names, n=more) if more > 0 else names
    prices = [price_of(store, profile, model) for model in models]
    known = [price.training for price in prices if price.training is not None]
    if known and (least := max(price.least for price in prices)):
        return t("train.about_least", names=names, price=format_price(min(known)),
                 least=format_price(least))  # fmt: skip
    return t("train.about_models", names=names, price=format_price(min(known))) if known else names


def _caveats(store: Store, profile: Profile, connection: Connection) -> Iterator[str]:
    for closing in profile.closings:
        if closing.ends == JOBS:
            words = "train.about_closed" if closing.on <= today() else "train.about_closing"
            yield t(words, on=closing.on.isoformat())
    if profile.needs_key and not key_for(store, connection):
        yield t("train.about_key")


def open_models(profile: Profile) -> list[Model]:
    """The base models of a place that somebody can still train."""
    return [m for m in profile.models if m.closed_on is None or m.closed_on > today()]


def show_closings(profile: Profile) -> None:
    """What ends at this place, and when."""
    if profile.closings:
        lines = [t(f"closing.{closing.code}", on=closing.on.isoformat())
                 for closing in profile.closings]  # fmt: skip
        closing = any(closing.ends == JOBS for closing in profile.closings)
        _warn(t("train.closing" if closing else "train.guard", name=profile.name), lines)


def show_guard(
    profile: Profile, model: Model, ends: Sequence[Ending], dark: Sequence[Dark]
) -> None:
    """What has ended or soon will for whoever starts here now, and the own models among it."""
    barred = [closing for closing in profile.closings if not closing.ends]
    lines = [t(f"closing.{closing.code}", on=closing.on.isoformat()) for closing in barred]
    lines += [_ending_words(profile, model, ending) for ending in ends]
    lines += _dark_words([each for each in dark if each.days_left <= NOTICE.days])
    if ends:
        lines.append(t("train.guard_way_out"))
    if lines:
        closing = any(ending.what == JOBS for ending in ends)
        _warn(t("train.closing" if closing else "train.guard", name=profile.name), lines)


def _ending_words(profile: Profile, model: Model, ending: Ending) -> str:
    return t(
        f"train.ended_{ending.what}" if ending.is_over else f"train.ends_{ending.what}",
        n=ending.days_left, on=ending.on.isoformat(), model=plain(model.id), name=profile.name,
    )  # fmt: skip


def _dark_words(dark: Sequence[Dark]) -> list[str]:
    """One line for all the models of one's own that go: the first of them by name."""
    if not dark:
        return []
    names = ", ".join(f"{plain(each.model)} ({each.on.isoformat()})" for each in dark[:NAMED])
    if len(dark) > NAMED:
        names = t("train.about_more", names=names, n=len(dark) - NAMED)
    return [t("train.own_dark", names=names)]


def _warn(title: str, lines: Sequence[str]) -> None:
    text = "\n".join(f"- {line}" for line in lines)
    st.warning(text, icon=":material/event_busy:", title=title)
