"""The offer to take back what was just done, as a toast with a button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from core.brand.values import BrandRule
from core.chats import Turn, save_turns
from core.errors import TonesmithError
from core.jobs import Connection
from core.prices import restore_price
from core.providers.profiles import Price
from core.storage import Change, Project, Store, Version
from ui import state
from ui.frame import say_next_run
from ui.text import markdown_for, plain, t
from ui.works import take_back


def offer_undo(change: Change | None, sentence: str) -> None:
    """Show `sentence` with an Undo for `change`, until something else is done."""
    if change is not None:
        st.session_state[state.UNDO] = (change.id, sentence)


def offer_restore(project: Project) -> None:
    """Offer to bring back a project that was just deleted."""
    st.session_state[state.UNDO] = (project.id, t("home.deleted", name=plain(project.name)))


def offer_connection(connection: Connection, key: str) -> None:
    """Offer to bring back a connection that was just removed, with the key it had in the keychain.

    It has a place of its own: the offer on Settings says nothing to the other pages.
    """
    withdraw_undo(state.PRICE_BACK)
    sentence = t("settings.removed", name=plain(connection.name))
    st.session_state[state.REMOVED] = ((connection, key), sentence)


def offer_price(before: tuple[str, str, Price | None], sentence: str) -> None:
    """Offer the price of a model (profile, model) as it was corrected before, and nothing else."""
    withdraw_undo(state.REMOVED)
    withdraw_undo()
    st.session_state[state.PRICE_BACK] = (before, sentence)


def offer_lines(project: Project, forgotten_at: datetime, sentence: str) -> None:
    """Offer to show again the unreadable lines that were just forgotten."""
    st.session_state[state.FORGOTTEN] = ((project.id, forgotten_at), sentence)


def offer_version(version: Version, sentence: str) -> None:
    """Offer to bring back a named version that was just removed, and nothing else."""
    withdraw_undo()
    st.session_state[state.VERSION] = (version.id, sentence)


def offer_chat(job_id: str, turns: list[Turn]) -> None:
    """Offer to bring back a talk that was just emptied."""
    st.session_state[state.EMPTIED] = ((job_id, turns), t("compare.cleared"))


def offer_brand(before: tuple[str, tuple[BrandRule, ...]], sentence: str) -> None:
    """Offer to bring back the brand rules of a project as they were, and nothing else."""
    withdraw_undo()
    st.session_state[state.BRAND_BACK] = (before, sentence)


def offer_judged(project: Project, digest: str, sentence: str) -> None:
    """Offer to ask about a pair again that was just found to be fine."""
    withdraw_undo()
    st.session_state[state.JUDGED_BACK] = ((project.id, digest), sentence)


def withdraw_undo(offered: str = state.UNDO) -> None:
    """The offer no longer stands."""
    st.session_state.pop(offered, None)


def show_undo(store: Store, project: Project) -> None:
    """The offer about a change to this project's examples."""

    def undo(change_id: int) -> None:
        try:
            take_back(store, project, change_id)
        except TonesmithError as problem:
            say_next_run(markdown_for(problem), is_bad=True)

    _show_offer(undo)


def show_restore(store: Store) -> None:
    """The offer about a deleted project."""
    _show_offer(store.restore_project)


def show_recall(store: Store) -> None:
    """The offer about forgotten lines."""
    _show_offer(lambda what: store.recall_unreadable_lines(*what), state.FORGOTTEN)


def show_recalled_version(store: Store) -> None:
    """The offer about a removed version."""
    _show_offer(store.recall_version, state.VERSION)


def show_bring_back(bring_back: Callable[[tuple[Connection, str]], None]) -> None:
    """The offer about a removed connection."""
    _show_offer(bring_back, state.REMOVED)


def show_price_back(store: Store) -> None:
    """The offer about a price that was corrected, or whose correction was taken back."""
    _show_offer(lambda before: restore_price(store, *before), state.PRICE_BACK)


def show_chat_back(store: Store) -> None:
    """The offer about an emptied talk."""
    _show_offer(lambda what: save_turns(store, *what), state.EMPTIED)


def show_brand_back(keep: Callable[[tuple[str, tuple[BrandRule, ...]]], None]) -> None:
    """The offer about brand rules, unless something else was done since."""
    if st.session_state.get(state.UNDO):
        withdraw_undo(state.BRAND_BACK)
    _show_offer(keep, state.BRAND_BACK)


def show_judged_back(ask_again: Callable[[tuple[str, str]], None]) -> None:
    """The offer about a pair that is fine, unless something else was done since."""
    if st.session_state.get(state.UNDO):
        withdraw_undo(state.JUDGED_BACK)
    _show_offer(ask_again, state.JUDGED_BACK)


def _show_offer(take_back: Callable[..., None], offered: str = state.UNDO) -> None:
    offer = st.session_state.get(offered)
    if not offer:
        return
    what, sentence = offer

    def undo() -> None:
        withdraw_undo(offered)
        take_back(what)

    with st.container(key="undo_toast", horizontal=True, vertical_alignment="center"):
        st.markdown(sentence)
        st.button(t("ui.undo"), key="undo", on_click=undo)
        st.button("✕", key="undo_dismiss", on_click=withdraw_undo, args=(offered,),
                  help=t("ui.dismiss"))  # fmt: skip
