"""Language, connections with their keys, and the data folder."""

from __future__ import annotations

import streamlit as st

from core.errors import TonesmithError
from core.jobs import Connection
from core.local_trainer import find_trainer, local_training_installed
from core.providers.profiles import THIS_COMPUTER, Profile, load_profile
from core.storage import Store, data_home
from ui.connections import all_connections, connect, key_for, remember_key
from ui.frame import show_language_switch
from ui.parts import show_note
from ui.text import markdown_for, t
from ui.train import place_name, show_closings


def show_settings(store: Store) -> None:
    """Three cards."""
    with st.container(border=True, key="card_language"):
        st.subheader(t("settings.language"))
        show_language_switch(store, "settings_language")
    st.header(t("settings.connections"))
    for connection in all_connections(store):
        with st.container(border=True, key=f"card_connection_{connection.id}"):
            _show_connection(store, connection)
    with st.container(border=True, key="card_data"):
        st.subheader(t("settings.data"))
        show_note(t("settings.data_lead"))
        st.code(str(data_home()), language=None)


def _show_connection(store: Store, connection: Connection) -> None:
    profile = load_profile(connection.profile_id)
    st.subheader(place_name(connection))
    if profile.id == THIS_COMPUTER:
        _show_local()
    else:
        show_note(connection.base_url)
        show_closings(profile)
        _show_key(profile, connection)
    if st.button(t("settings.test"), key=f"test_{connection.id}"):
        _test(store, connection)


def _show_local() -> None:
    if not local_training_installed():
        words = "settings.local_missing"
    else:
        words = "settings.local_running" if find_trainer(data_home()) else "settings.local_asleep"
    show_note(t(words))


def _show_key(profile: Profile, connection: Connection) -> None:
    known = bool(key_for(profile, connection.id))
    words = "settings.key_known" if known else "settings.key_none"
    show_note(t(words, name=profile.key_variable))
    key = f"key_{connection.id}"

    def keep() -> None:
        """Take the key out of the field at once, so that it is never shown again."""
        remember_key(connection.id, st.session_state[key])
        st.session_state[key] = ""

    st.text_input(t("settings.key_for", name=connection.name), type="password", key=key,
                  help=t("settings.key_help"), on_change=keep)  # fmt: skip


def _test(store: Store, connection: Connection) -> None:
    try:
        with st.spinner(t("settings.testing")):
            connect(store, connection.id).check_connection()
    except TonesmithError as problem:
        st.error(markdown_for(problem))
    else:
        st.success(t("settings.works", name=place_name(connection)))
