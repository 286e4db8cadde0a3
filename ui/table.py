"""The table of the editor: a page of rows, its filter, its buttons, and saving what is typed."""

from __future__ import annotations

import streamlit as st

from core.cells import LINE_BREAK_MARK, blank_example, with_cell, with_flat_cell
from core.editing import add_example, delete_examples, duplicate_examples, edit_example, save_cell
from core.errors import NotFound
from core.findings import Severity
from core.providers.profiles import Model, Profile
from core.rules import check_example
from core.storage import Project, Row, Store
from core.summary import prompt_tokens, seen_as
from ui import state
from ui.grid import GridEdits, GridRow, example_grid, picked_rows, renew_grid
from ui.parts import show_bubble, show_empty, show_note
from ui.text import t
from ui.undo import offer_undo, withdraw_undo

PAGE_SIZE = 50
_MARKS = {Severity.ERROR: "🔴", Severity.WARNING: "🟠", Severity.ADVICE: "🟡"}


def show_table(store: Store, project: Project, profile: Profile, model: Model) -> None:
    """A page of examples to write in; what was typed is saved before anything else is shown."""
    code = _show_filter()
    there_are_rows = example_grid(
        load=lambda: _load_page(store, project, profile, model, code),
        save=lambda edits: _apply_edits(store, project, edits),
    )
    if there_are_rows:
        _show_actions(store, project, picked_rows(), store.count_rows(project.id, code))
    else:
        _show_empty(store, project, filtered=code is not None)
    _show_set_aside(store, project)


def page_of(number: int) -> int:
    """The page on which the row with this number stands, without a filter."""
    return max(1, -(-number // PAGE_SIZE))


def _load_page(
    store: Store, project: Project, profile: Profile, model: Model, code: str | None
) -> list[GridRow]:
    total = store.count_rows(project.id, code)
    page = min(st.session_state.get(state.GRID_PAGE, 1), page_of(total))
    st.session_state[state.GRID_PAGE] = page
    rows = store.load_rows(
        project.id,
        offset=(page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
        encoding=model.encoding,
        code=code,
    )
    inherited = prompt_tokens(project.system_prompt, model.encoding)
    return [
        GridRow(row, _tokens(row, model, inherited), _status(project, profile, row)) for row in rows
    ]


def _tokens(row: Row, model: Model, inherited: int) -> int | None:
    """What a row is billed, with what it inherits; None until it is counted."""
    if row.tokens is None:
        return None
    own = 0 if row.example.system is not None else inherited
    return row.tokens.billed + own + model.billed_per_example


def _status(project: Project, profile: Profile, row: Row) -> str:
    """The worst thing about a row in a few words."""
    found = [
        (seen, finding.code)
        for finding in check_example(row.example.inheriting(project.system_prompt))
        if (seen := seen_as(profile.dialect, finding.code, finding.severity, finding.detail))
    ]
    if not found:
        return f"🟢 {t('editor.row_ready')}"
    severity, code = min(found, key=lambda pair: list(Severity).index(pair[0]))
    return f"{_MARKS[severity]} {t(f'finding.{code}.title')}"


def _show_filter() -> str | None:
    """The finding the table is narrowed to, with a way back."""
    code = st.session_state.get(state.GRID_FILTER)
    if not code:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("editor.filtered", title=t(f"finding.{code}.title")))
        st.button(t("editor.show_all"), key="show_all", on_click=_show_all)
    return str(code)


def _show_all() -> None:
    st.session_state.pop(state.GRID_FILTER, None)
    st.session_state[state.GRID_PAGE] = 1
    renew_grid()


def _show_empty(store: Store, project: Project, *, filtered: bool) -> None:
    """An empty table teaches: it shows one example and one button."""
    with st.container(border=True, key="card_empty"):
        if filtered:
            show_empty(t("editor.empty_filtered"))
            return
        show_empty(t("editor.empty"))
        show_bubble("user", t("editor.empty_user"))
        show_bubble("assistant", t("editor.empty_assistant"))
        st.button(
            t("editor.add"),
            key="add_first",
            type="primary",
            icon=":material/add:",
            on_click=_add,
            args=(store, project),
        )


def _show_actions(store: Store, project: Project, picked: tuple[int, ...], total: int) -> None:
    need = None if picked else t("editor.pick_first")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("editor.add"), key="add", icon=":material/add:", on_click=_add, args=(store, project)
        )
        for name, icon, act in (
            ("duplicate", ":material/content_copy:", _duplicate),
            ("delete", ":material/delete:", _delete),
        ):
            st.button(
                t(f"editor.{name}"),
                key=name,
                icon=icon,
                disabled=not picked,
                help=need,
                on_click=act,
                args=(store, project, picked),
            )
        show_note(t("editor.pick_hint"))
        if total > PAGE_SIZE:
            st.pagination(page_of(total), key=state.GRID_PAGE, on_change=renew_grid)


def _add(store: Store, project: Project) -> None:
    """A blank row at the end, on its page and open."""
    withdraw_undo()
    add_example(store, project)
    total = store.count_rows(project.id)
    last = store.load_rows(project.id, offset=total - 1, limit=1)
    st.session_state.pop(state.GRID_FILTER, None)
    st.session_state[state.GRID_PAGE] = page_of(total)
    st.session_state[state.OPEN_EXAMPLE] = last[0].id
    renew_grid()


def _duplicate(store: Store, project: Project, row_ids: tuple[int, ...]) -> None:
    change = duplicate_examples(store, project, row_ids)
    offer_undo(change, t("editor.duplicated", n=len(row_ids)))
    renew_grid()


def _delete(store: Store, project: Project, row_ids: tuple[int, ...]) -> None:
    change = delete_examples(store, project, row_ids)
    offer_undo(change, t("editor.deleted", n=len(row_ids)))
    renew_grid()


def _apply_edits(store: Store, project: Project, edits: GridEdits) -> None:
    """Save what was typed, and open what was picked."""
    for row_id, column, text in edits.typed:
        withdraw_undo()
        try:
            _save_typed(store, project, row_id, column, text)
        except NotFound:  # another tab has deleted the row; the rest is still to be saved
            _set_aside(row_id, column, text, "row_gone")
    if edits.newly_picked is not None:
        st.session_state[state.OPEN_EXAMPLE] = edits.newly_picked


def _save_typed(store: Store, project: Project, row_id: int, column: str, text: str) -> None:
    if with_flat_cell(store.load_row(project.id, row_id).example, column, text) is None:
        _set_aside(row_id, column, text, "flattened")
        st.session_state[state.OPEN_EXAMPLE] = row_id
    else:
        edit_example(store, project, row_id, lambda now: with_flat_cell(now, column, text) or now)


def _set_aside(row_id: int, column: str, text: str, why: str) -> None:
    """Keep what could not be saved as typed, for the person to decide."""
    waiting = st.session_state.get(state.SET_ASIDE, [])
    st.session_state[state.SET_ASIDE] = [*waiting, (row_id, column, text, why)]
    renew_grid()


def _show_set_aside(store: Store, project: Project) -> None:
    """What was typed over line breaks, or into a row that is gone: kept, and the choice theirs."""
    waiting = st.session_state.get(state.SET_ASIDE)
    if not waiting:
        return
    row_id, column, text, why = waiting[0]

    def forget() -> None:
        st.session_state[state.SET_ASIDE] = waiting[1:]
        renew_grid()

    def use() -> None:
        if why == "row_gone":
            change = add_example(store, project, with_cell(blank_example(), column, text))
        else:
            whole = text.replace(LINE_BREAK_MARK, "\n")
            change = save_cell(store, project, row_id, column, whole)
        offer_undo(change, t(f"editor.{why}_used"))
        forget()

    with st.container(border=True, key="card_set_aside"):
        st.markdown(t(f"editor.{why}"))
        st.code(text, language=None, wrap_lines=True)
        with st.container(horizontal=True):
            st.button(t(f"editor.{why}_use"), key="use_typed", on_click=use)
            st.button(t(f"editor.{why}_keep"), key="keep_stored", on_click=forget)
