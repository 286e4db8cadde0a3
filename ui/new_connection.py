"""Adding a place to train in Settings: what kind it is, its name, its address and its key."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.connecting import all_connections, is_added
from core.connections import NAME_LENGTH, SERVER, make_connection
from core.errors import StorageFailed, TonesmithError
from core.jobs import Connection
from core.providers.profiles import Profile, load_profiles
from core.storage import Store
from ui import state
from ui.connections import profile_name
from ui.frame import say_next_run
from ui.keys import can_remember, hold_key, remember_key
from ui.parts import show_note
from ui.text import markdown_for, plain, t
from ui.undo import withdraw_undo

NEW = "new"  # the form for adding a place


Then = Callable[[Connection], None]


def show_add_connection(store: Store, then: Then | None = None) -> None:
    """The form for another place; where there is none yet, it says what one is good for.

    then: what is done with the place once it is kept.
    """
    if not any(is_added(connection) for connection in all_connections(store)):
        show_note(t("settings.add_lead"))
    kind = _choose_kind()
    for note in kind.notes:
        show_note(t(f"place_note.{note}"))
    with st.form("add_connection", border=False):
        show_fields(NEW, kind, "", "")
        label = t("settings.key_for", name=plain(profile_name(kind)))
        st.text_input(label if kind.needs_key else t("settings.new_key"), type="password",
                      key="new_key", help=t("settings.new_key_help"))  # fmt: skip
        can = can_remember()
        why = t("settings.remember_help" if can else "error.keychain_missing")
        st.checkbox(t("settings.remember"), key="new_remember", disabled=not can, help=why)
        show_problem(NEW)
        st.form_submit_button(t("settings.add"), key="add", type="primary", on_click=_add,
                              args=(store, kind, then))  # fmt: skip


def _choose_kind() -> Profile:
    """Which of the kinds that have an address of one's own; any server, until chosen."""
    kinds = {profile.id: profile for profile in load_profiles() if profile.is_added}
    chosen = st.segmented_control(
        t("settings.kind"), list(kinds), default=SERVER, required=True, key="new_kind",
        format_func=lambda kind: plain(profile_name(kinds[kind])),
    )  # fmt: skip
    return kinds[chosen or SERVER]


def show_fields(form: str, kind: Profile, name: str, base_url: str) -> None:
    """Where a place's name and address are typed."""
    st.text_input(t("settings.name"), value=name, key=f"{form}_name", max_chars=NAME_LENGTH,
                  placeholder=t("settings.name_placeholder"))  # fmt: skip
    st.text_input(t("settings.address"), value=base_url, key=f"{form}_url",
                  placeholder=kind.address_like, help=t("settings.address_help"))  # fmt: skip


def show_problem(form: str) -> None:
    """What is wrong with a place as it was typed into that form."""
    problem = st.session_state.get(state.PLACE_PROBLEM, {}).get(form)
    if problem is not None:
        st.error(markdown_for(problem))


def _add(store: Store, kind: Profile, then: Then | None) -> None:
    """Keep the place, then its key; the fields are emptied once it is kept."""
    typed = st.session_state
    others = all_connections(store)
    try:
        made = make_connection(kind.id, typed["new_name"], typed["new_url"], others)
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
    if then is not None:
        then(made)
