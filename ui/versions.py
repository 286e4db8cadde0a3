"""The named versions of a project: keep it as it stands, go back to it, let it go."""

from __future__ import annotations

import html

import streamlit as st

from core.editing import facts_in
from core.errors import TonesmithError
from core.storage import Project, Store, Version
from ui import state
from ui.dates import moment_words
from ui.frame import say_next_run
from ui.parts import show_empty
from ui.text import markdown_for, plain, size, t
from ui.undo import offer_undo, offer_version, withdraw_undo

LONGEST_NAME = 80  # characters


def show_versions(store: Store, project: Project) -> None:
    """Save one, and the ones there are."""
    versions = store.load_versions(project.id)
    with st.container(border=True, key="card_versions"):
        st.header(t("history.versions"))
        _show_form(store, project, len(versions))
        if not versions:
            show_empty(t("history.versions_none"))
        for version in versions:
            _show_version(store, project, version)


def _show_form(store: Store, project: Project, count: int) -> None:
    form = st.form("version_form", border=False)
    with form.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            t("history.name_version"),
            value=t("history.version_n", n=count + 1),
            key=f"version_name_{count}",  # a new suggestion after every one that was saved
            max_chars=LONGEST_NAME,
            placeholder=t("history.name_placeholder"),
        )
        saved = st.form_submit_button(
            t("history.save_version"), key="save_version", icon=":material/bookmark_add:"
        )
    if saved:
        with st.spinner(t("history.saving")):
            store.save_version(project.id, name.strip() or t("history.version_n", n=count + 1))
        say_next_run(t("history.saved"))
        st.rerun()


def _show_version(store: Store, project: Project, version: Version) -> None:
    with st.container(
        key=f"kept_{version.id}", horizontal=True, vertical_alignment="center", gap="small"
    ):
        st.html(_facts_html(version))
        if st.button(
            t("history.restore"), key=f"restore_{version.id}", help=t("history.restore_help")
        ):
            _restore(store, project, version)
        _show_rename(store, version)
        st.button(
            t("history.forget"), key=f"forget_{version.id}", type="tertiary",
            on_click=_forget, args=(store, version),
        )  # fmt: skip


def _facts_html(version: Version) -> str:
    """Its name, and when it was saved with how much."""
    facts = (
        moment_words(version.created_at),
        t("count.examples", n=version.examples),
        size(version.size),
    )
    name = html.escape(version.name)
    return f'<b>{name}</b><div class="ts-soft">{html.escape(" · ".join(facts))}</div>'


def _show_rename(store: Store, version: Version) -> None:
    key = f"version_name_of_{version.id}"

    def rename() -> None:
        if name := st.session_state[key].strip():
            store.rename_version(version.id, name)

    with st.popover(t("history.rename"), type="tertiary"):
        st.text_input(
            t("history.new_name"), value=version.name, key=key, max_chars=LONGEST_NAME,
            on_change=rename,
        )  # fmt: skip


def _restore(store: Store, project: Project, version: Version) -> None:
    with st.spinner(t("history.restoring")):
        change = store.restore_version(version.id, facts_in(project))
    if change is None:
        say_next_run(t("history.restored_same"))
    withdraw_undo(state.VERSION)
    offer_undo(change, t("history.restored", name=plain(version.name)))
    st.rerun()


def _forget(store: Store, version: Version) -> None:
    try:
        store.forget_version(version.id)
    except TonesmithError as problem:
        say_next_run(markdown_for(problem), is_bad=True)
        return
    offer_version(version, t("history.forgotten", name=plain(version.name)))
