"""One place to train in Settings: its address, key and test; changing and removing it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import streamlit as st

from core.connecting import all_connections, profile_of
from core.connection_keys import is_remembered
from core.connections import change_connection, key_variable
from core.errors import StorageFailed, TonesmithError
from core.jobs import Connection
from core.local_trainer import find_trainer
from core.providers.addresses import is_loopback, origin
from core.providers.profiles import THIS_COMPUTER, Profile, load_profile
from core.storage import Store, data_home
from ui import state
from ui.connection_report import show_test
from ui.connections import ask_key, place_name
from ui.extra_install import show_extra_install
from ui.frame import say_next_run
from ui.keys import (
    KEYCHAIN,
    SESSION,
    can_remember,
    find_key,
    forget_answers,
    forget_key,
    read_again,
    remember_key,
    take_key,
)
from ui.local_install import can_train_here, show_local_install
from ui.new_connection import show_fields, show_problem
from ui.parts import show_note
from ui.text import markdown_for, plain, t
from ui.train_place import show_closings
from ui.undo import offer_connection


def show_connection(store: Store, connection: Connection) -> None:
    """What there is to know and to set about one place."""
    st.subheader(plain(place_name(connection)))
    profile = profile_of(connection)
    if profile is None:
        _show_retired(store, connection)
    elif profile.id == THIS_COMPUTER:
        _show_this_computer(store, connection)
    else:
        _show_elsewhere(store, connection, profile)


def _show_this_computer(store: Store, connection: Connection) -> None:
    if not can_train_here():
        show_local_install()
        return  # there is nothing to test yet
    asleep = find_trainer(data_home()) is None
    show_note(t("settings.local_asleep" if asleep else "settings.local_running"))
    pressed = st.button(t("settings.test"), key=f"test_{connection.id}")
    show_test(store, connection, pressed=pressed)


def _show_elsewhere(store: Store, connection: Connection, profile: Profile) -> None:
    show_note(connection.base_url)
    _show_open_air(connection)
    show_closings(profile)
    _show_notes(profile)
    show_extra_install(profile)
    _show_key(store, connection)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(t("settings.test"), key=f"test_{connection.id}")
        _show_key_buttons(store, connection)
        if profile.is_added:
            _show_change(store, connection, profile)
    show_test(store, connection, pressed=pressed)


def _show_retired(store: Store, connection: Connection) -> None:
    """A place of a provider that Tonesmith knows no longer: it can only be removed."""
    show_note(connection.base_url)
    show_note(t("error.provider_retired", name=connection.name))
    _show_remove(store, connection)


def _show_notes(profile: Profile) -> None:
    """What one should know of a place before examples go there, and before its models answer."""
    for note in profile.notes:
        show_note(t(f"place_note.{note}"))
    if profile.deploy is not None:
        show_note(t(f"deploy.{profile.deploy.code}"))
        st.markdown(f"[{t('settings.deploy_how')}]({profile.deploy.url})")


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
    return t("settings.key_none_optional" if optional else "settings.key_none")


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
        say_next_run(markdown_for(problem), is_bad=True)


# Changing, removing


def _show_change(store: Store, connection: Connection, profile: Profile) -> None:
    with st.popover(t("settings.change"), icon=":material/edit:"):
        form = f"edit_{connection.id}"
        with st.form(form, border=False):
            show_fields(form, profile, connection.name, connection.base_url)
            show_problem(form)
            st.form_submit_button(t("settings.save"), key=f"save_{connection.id}",
                                  on_click=_change, args=(store, connection))  # fmt: skip
    _show_remove(store, connection)


def _show_remove(store: Store, connection: Connection) -> None:
    """At once, as it can be undone; where trainings are not over, only after saying so."""
    busy = sum(job.is_active for job in store.load_jobs(connection_id=connection.id))
    remove, icon = t("settings.remove"), ":material/delete:"
    if not busy:
        st.button(remove, key=f"remove_{connection.id}", icon=icon, on_click=_remove,
                  args=(store, connection))  # fmt: skip
        return
    with st.popover(remove, icon=icon):
        show_note(t("settings.remove_busy", n=busy))
        st.button(t("settings.remove_yes"), key=f"remove_{connection.id}", type="primary",
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
        say_next_run(markdown_for(problem), is_bad=True)
    store.delete_connection(connection.id)
    offer_connection(connection, key)


def bring_back(store: Store, connection: Connection, key: str) -> None:
    """A removed place as it was, with its key in the keychain again if it was there."""
    store.save_connection(connection)
    if key:
        _say_problem(lambda: remember_key(store, connection, key))
