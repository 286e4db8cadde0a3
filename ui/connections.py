"""Places to train on a page: their names, the choice of one, and its key."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.connecting import all_connections, open_connection, profile_of
from core.connections import key_variable
from core.jobs import Connection
from core.providers.client import TIMEOUT_SECONDS
from core.providers.place import Place
from core.providers.profiles import THIS_COMPUTER, Profile
from core.storage import Store, data_home
from ui.keys import hold_key, key_for
from ui.text import knows, plain, t


def place_name(connection: Connection) -> str:
    """A connection as a person calls it; this computer has a name in every language."""
    if connection.id == THIS_COMPUTER:
        return t("place.this_computer")
    return connection.name or t("place.removed")


def profile_name(profile: Profile) -> str:
    """A kind of place as a person calls it; a vendor's own name is the same in every language."""
    return t(f"place.{profile.id}") if knows(f"place.{profile.id}") else profile.name


def choose_place(
    store: Store, key: str, about: Callable[[Connection], str] | None = None
) -> Connection:
    """The choice of a place to train, this computer first; with a line `about` each, or side by
    side. It lasts as long as the session; a place whose provider is retired is left out."""
    places = {c.id: c for c in all_connections(store) if profile_of(c) is not None}
    if st.session_state.get(key) not in places:
        st.session_state[key] = THIS_COMPUTER  # also where the chosen one was removed

    def name_of(place: str) -> str:
        return plain(place_name(places[place]))

    if about is None:
        chosen = st.segmented_control(
            t("train.place"), list(places), required=True, key=key, format_func=name_of,
            persist_state="session",
        )  # fmt: skip
    else:
        chosen = st.radio(
            t("train.place"), list(places), key=key, format_func=name_of,
            captions=[about(connection) for connection in places.values()],
            persist_state="session",
        )  # fmt: skip
    return places[chosen or THIS_COMPUTER]


def connect(store: Store, connection_id: str, *, timeout: float = TIMEOUT_SECONDS) -> Place:
    """A client for the connection, with the key that this session knows.

    Raises:
        TonesmithError: as `open_connection`.
    """
    return open_connection(
        store, connection_id, lambda place: key_for(store, place), data_home(), timeout=timeout
    )


def ask_key(connection: Connection, page: str) -> None:
    """A field for the key, emptied as soon as it is left: a typed key is never shown again."""
    field = f"{page}_key_{connection.id}"

    def keep() -> None:
        hold_key(connection, st.session_state[field])
        st.session_state[field] = ""

    st.text_input(
        t("settings.key_for", name=plain(connection.name)), type="password", key=field,
        help=t("settings.key_help", name=key_variable(connection)), on_change=keep,
    )  # fmt: skip
