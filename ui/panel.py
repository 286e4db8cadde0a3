"""The example that is open below the table, with the way to its neighbours."""

from __future__ import annotations

import streamlit as st

from core.editing import edit_example
from core.errors import NotFound
from core.storage import Project, Row, Store
from ui import state
from ui.conversation import Edit, show_conversation
from ui.grid import renew_grid
from ui.text import t
from ui.undo import withdraw_undo


def show_panel(store: Store, project: Project) -> None:
    """The conversation of the open example, if one is open."""
    row = _open_row(store, project)
    if row is None:
        return

    def save(edit: Edit) -> None:
        withdraw_undo()
        edit_example(store, project, row.id, edit)
        renew_grid()

    with st.container(border=True, key="card_panel"):
        _show_header(store, project, row)
        show_conversation(project, row, save)


def _open_row(store: Store, project: Project) -> Row | None:
    row_id = st.session_state.get(state.OPEN_EXAMPLE)
    if row_id is None:
        return None
    try:
        return store.load_row(project.id, row_id)
    except NotFound:  # it was deleted, here or in another tab
        st.session_state.pop(state.OPEN_EXAMPLE, None)
        return None


def _show_header(store: Store, project: Project, row: Row) -> None:
    last = store.count_rows(project.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(t("panel.title", n=row.number))
        for name, sign, by in (("previous", "‹", -1), ("next", "›", 1)):
            st.button(
                sign,
                key=f"panel_{name}",
                help=t(f"panel.{name}"),
                disabled=not 1 <= row.number + by <= last,
                on_click=_step,
                args=(store, project, row, by),
            )
        st.button("✕", key="panel_close", help=t("panel.close"), on_click=_close)


def _step(store: Store, project: Project, row: Row, by: int) -> None:
    rows = store.load_rows(project.id, offset=row.number - 1 + by, limit=1)
    if rows:
        st.session_state[state.OPEN_EXAMPLE] = rows[0].id


def _close() -> None:
    st.session_state.pop(state.OPEN_EXAMPLE, None)
