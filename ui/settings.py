"""Language, connections with their keys, and the data folder."""

from __future__ import annotations

import streamlit as st

from core.connecting import all_connections
from core.storage import Store, data_home
from ui.connection_card import bring_back, show_connection
from ui.frame import SETTING_AUTHOR, show_language_switch
from ui.new_connection import show_add_connection
from ui.parts import show_note
from ui.prices import show_prices
from ui.text import t
from ui.undo import show_bring_back, show_price_back


def show_settings(store: Store) -> None:
    """A card for the language, one for each place to train and for adding one, prices, the data."""
    with st.container(border=True, key="card_language"):
        st.subheader(t("settings.language"))
        show_language_switch(store, "settings_language")
    with st.container(border=True, key="card_author"):
        _ask_author(store)
    st.header(t("settings.connections"))
    for connection in all_connections(store):
        with st.container(border=True, key=f"card_connection_{connection.id}"):
            show_connection(store, connection)
    with st.container(border=True, key="card_add_connection"):
        st.subheader(t("settings.add_title"))
        show_add_connection(store)
    with st.container(border=True, key="card_prices"):
        show_prices(store)
    with st.container(border=True, key="card_data"):
        st.subheader(t("settings.data"))
        show_note(t("settings.data_lead"))
        st.code(str(data_home()), language=None)
    show_bring_back(lambda removed: bring_back(store, *removed))
    show_price_back(store)


def _ask_author(store: Store) -> None:
    """The name that stands beside one's changes."""

    def keep() -> None:
        store.save_setting(SETTING_AUTHOR, st.session_state[key].strip())

    key = "author"
    if key not in st.session_state:
        st.session_state[key] = store.load_setting(SETTING_AUTHOR)
    st.text_input(
        t("settings.author"), key=key, max_chars=60, on_change=keep,
        help=t("settings.author_help"), placeholder=t("settings.author_placeholder"),
    )  # fmt: skip
