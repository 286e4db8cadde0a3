"""One place to train in Settings: its address, key and test; adding, changing, removing one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import streamlit as st

from core.connecting import all_connections, is_added
from core.connections import NAME_LENGTH, change_connection, key_variable, make_connection
from core.errors import StorageFailed, TonesmithError
from core.jobs import Connection
from core.local_trainer import find_trainer
from core.providers.addresses import is_loopback, origin
from core.providers.profiles import THIS_COMPUTER, load_profile
from core.storage import Store, data_home
from ui import state
from ui.connection_report import show_test
from ui.connections import ask_key, place_name
from ui.frame import say_next_run
from ui.keys import (
    KEYCHAIN,
    SESSION,
    can_remember,
    find_key,
    forget_answers,
    forget_key,
    hold_key,
    is_remembered,
    read_again,
    remember_key,
    take_key,
)
from ui.local_install import can_train_here, show_local_install
from ui.parts import show_note
from ui.text import markdown_for, plain, t
from ui.train import show_closings
from ui.undo import offer_connection, withdraw_undo

NEW = "new"  # the form for adding a place
LIKE_THIS = "http://localhost:8000/v1"  # where many a server listens


def show_connection(store: Store, connection: Connection) -> None:
    """What there is to know and to set about one place."""
    profile = load_profile(connection.profile_id)
    st.subheader(plain(place_name(connection)))
    if profile.id == THIS_COMPUTER:
        if not can_train_here():
            show_local_install()
            return  # there is nothing to test yet
        asleep = find_trainer(data_home()) is None
        show_note(t("settings.local_asleep" if asleep else "settings.local_running"))
    else:
        show_note(connection.base_url)
        _show_open_air(connection)
        show_closings(profile)
        _show_key(store, connection)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(t("settings.test"), key=f"test_{connection.id}")
        if profile.id != THIS_COMPUTER:
            _show_key_buttons(store, connection)
        if is_added(connection):
            _show_change(store, connection)
    show_test(store, connection, pressed=pressed)


def _show_open_air(connection: Connection) -> None:
    """Without encryption, whoever is on the way can read along."""
    parts = urlsplit(connection.base_url)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        show_note(t("settings.not_encrypted"))


# Keys


def _show_key(store: Store, connection: Connection) -> None:
    _, source = find_key(store, connection)
    show_note(_key_words(store, connection, source))
    ask_key(connection, "settings")
    if source == SESSION and not is_remembered(store, connection) and not can_remember():
        show_note(t("error.keychain_missing"))


def _show_key_buttons(store: Store, connection: Connection) -> None:
    """What can be done with the key now; nothing where there is none of ours."""
    _, source = find_key(store, connection)
    kept = is_remembered(store, connection)
    if source == SESSION and not kept and can_remember():
        st.button(t("settings.remember"), key=f"remember_{connection.id}",
                  help=t("settings.remember_help"), on_click=_remember,
                  args=(store, connection))  # fmt: skip
    if kept and source not in {SESSION, KEYCHAIN}:
        st.button(t("settings.ask_keychain"), key=f"read_again_{connection.id}",
                  on_click=read_again, args=(connection,))  # fmt: skip
    if kept or source == SESSION:
        st.button(t("settings.forget"), key=f"forget_{connection.id}", on_click=_forget,
                  args=(store, connection))  # fmt: skip


def _key_words(store: Store, connection: Connection, source: str) -> str:
    name = key_variable(connection)
    if source:
        return f"{t('settings.key_known', name=name)} {t(f'settings.key_from_{source}', name=name)}"
    if is_remembered(store, connection):
        return t("settings.key_not_handed_out")
    optional = not load_profile(connection.profile_id).needs_key
    return t("settings.key_none_optional" if optional else "settings.key_none", name=name)


def _remember(store: Store, connection: Connection) -> None:
    key, _ = find_key(store, connection)
    _say_problem(lambda: remember_key(store, connection, key))


def _forget(store: Store, connection: Connection) -> None:
    _say_problem(lambda: forget_key(store, connection))


def _say_problem(action: Callable[[], None]) -> None:
    """Carry out what a button asks for; what fails is said on the next run."""
    try:
        action()
    except TonesmithError as problem:
        say_next_run(markdown_for(problem))


# Adding, changing, removing


def show_add_connection(store: Store) -> None:
    """The form for another server; where there is none yet, it says what one is good for."""
    st.subheader(t("settings.add_title"))
    if not any(is_added(connection) for connection in all_connections(store)):
        show_note(t("settings.add_lead"))
    with st.form("add_connection", border=False):
        _show_fields(NEW, "", "")
        st.text_input(t("settings.new_key"), type="password", key="new_key",
                      help=t("settings.new_key_help"))  # fmt: skip
        can = can_remember()
        why = t("settings.remember_help" if can else "error.keychain_missing")
        st.checkbox(t("settings.remember"), key="new_remember", disabled=not can, help=why)
        _show_problem(NEW)
        st.form_submit_button(t("settings.add"), key="add", type="primary", on_click=_add,
                              args=(store,))  # fmt: skip


def _show_fields(form: str, name: str, base_url: str) -> None:
    st.text_input(t("settings.name"), value=name, key=f"{form}_name", max_chars=NAME_LENGTH,
                  placeholder=t("settings.name_placeholder"))  # fmt: skip
    st.text_input(t("settings.address"), value=base_url, key=f"{form}_url",
                  placeholder=LIKE_THIS, help=t("settings.address_help"))  # fmt: skip


def _show_problem(form: str) -> None:
    problem = st.session_state.get(state.PLACE_PROBLEM, {}).get(form)
    if problem is not None:
        st.error(markdown_for(problem))


def _add(store: Store) -> None:
    """Keep the place, then its key; the fields are emptied once it is kept."""
    typed = st.session_state
    try:
        made = make_connection(typed["new_name"], typed["new_url"], all_connections(store))
    except TonesmithError as problem:
        typed[state.PLACE_PROBLEM] = {NEW: problem}
        return
    store.save_connection(made)
    withdraw_undo(state.REMOVED)
    hold_key(made, typed["new_key"])
    said = t("settings.added", name=plain(made.name))
    if typed["new_remember"] and typed["new_key"].strip():
        try:
            remember_key(store, made, typed["new_key"].strip())
        except StorageFailed as problem:
            said = f"{said} {markdown_for(problem)}"
    typed[state.PLACE_PROBLEM] = {}
    typed["new_name"] = typed["new_url"] = typed["new_key"] = ""
    say_next_run(said)


def _show_change(store: Store, connection: Connection) -> None:
    with st.popover(t("settings.change"), icon=":material/edit:"):
        form = f"edit_{connection.id}"
        with st.form(form, border=False):
            _show_fields(form, connection.name, connection.base_url)
            _show_problem(form)
            st.form_submit_button(t("settings.save"), key=f"save_{connection.id}",
                                  on_click=_change, args=(store, connection))  # fmt: skip
    st.button(t("settings.remove"), key=f"remove_{connection.id}", icon=":material/delete:",
              on_click=_remove, args=(store, connection))  # fmt: skip


def _change(store: Store, connection: Connection) -> None:
    """Keep name and address; a key does not go along to another server."""
    form = f"edit_{connection.id}"
    typed = st.session_state
    try:
        changed = change_connection(connection, typed[f"{form}_name"], typed[f"{form}_url"],
                                    all_connections(store))  # fmt: skip
    except TonesmithError as problem:
        typed[state.PLACE_PROBLEM] = {form: problem}
        return
    if origin(changed.base_url) != origin(connection.base_url):
        with suppress(StorageFailed):  # it stays where it is, under a name nobody asks for
            forget_key(store, connection)
    store.save_connection(changed)
    forget_answers(connection)
    typed[state.PLACE_PROBLEM] = {}
    say_next_run(t("settings.changed", name=plain(changed.name)))


def _remove(store: Store, connection: Connection) -> None:
    """Remove the place; its key leaves the keychain, and waits with the offer to undo it."""
    key = ""
    try:
        key = take_key(store, connection)
    except StorageFailed as problem:
        say_next_run(markdown_for(problem))
    store.delete_connection(connection.id)
    offer_connection(connection, key)


def bring_back(store: Store, connection: Connection, key: str) -> None:
    """A removed place as it was, with its key in the keychain again if it was there."""
    store.save_connection(connection)
    if key:
        _say_problem(lambda: remember_key(store, connection, key))
