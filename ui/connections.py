"""Places to train on a page: their names, the choice of one, and its key."""

from __future__ import annotations

import streamlit as st

from core.connecting import all_connections, open_connection
from core.jobs import Connection
from core.providers.client import TIMEOUT_SECONDS
from core.providers.place import Place
from core.providers.profiles import THIS_COMPUTER
from core.storage import Store, data_home
from ui.keys import hold_key, key_for
from ui.text import plain, t


def place_name(connection: Connection) -> str:
    """A connection as a person calls it; this computer has a name in every language."""
    if connection.id == THIS_COMPUTER:
        return t("place.this_computer")
    return connection.name or t("place.removed")


def choose_place(store: Store, key: str) -> Connection:
    """The choice of a place to train, this computer first."""
    places = {connection.id: connection for connection in all_connections(store)}
    chosen = st.segmented_control(
        t("train.place"), list(places), default=THIS_COMPUTER, required=True, key=key,
        format_func=lambda place: plain(place_name(places[place])),
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
        help=t("settings.key_help"), on_change=keep,
    )  # fmt: skip
