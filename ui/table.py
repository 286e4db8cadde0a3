"""The table of the editor: which page of rows, and what each thing a person does in it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.cells import blank_example, with_cell
from core.editing import add_example, checks_in, duplicate_examples
from core.errors import BadInput, NotFound
from core.providers.profiles import Model, Profile
from core.rules import check_example
from core.sheet import (
    Typed,
    fill_cells,
    paste_cells,
    save_typed,
)
from core.storage import Project, Row, Store
from core.summary import prompt_tokens, seen_as
from core.transfer import TEMPLATE
from ui import state
from ui.bulk import ask, do_or_ask
from ui.changes import undo_words
from ui.found import Found, current_query, find_rows, found_ids, look_again
from ui.grid import GridRow, example_grid, hide_whole, row_added, show_whole
from ui.inbox import Item
from ui.parts import show_bubble, show_empty
from ui.text import t
from ui.undo import withdraw_undo
from ui.works import take_back

PAGE_SIZE = 50


def show_table(store: Store, project: Project, profile: Profile, model: Model) -> None:
    """A page of examples to write in; empty, it teaches."""
    query, found = current_query(), find_rows(store, project, model)
    total = store.count_rows(project.id) if found is None else len(found.ids)
    page = min(st.session_state.get(state.GRID_PAGE, 1), page_of(total))
    st.session_state[state.GRID_PAGE] = page
    rows = _load_page(store, project, found, page, model.encoding)
    if not project.examples and query.is_plain:
        _show_empty()
    example_grid(
        project.id,
        project.system_prompt,
        _described(project, profile, model, rows),
        {
            "page": page,
            "pages": page_of(total),
            "first": f"{(page - 1) * PAGE_SIZE + 1:,}",
            "last": f"{(page - 1) * PAGE_SIZE + len(rows):,}",
            "total": f"{total:,}" if total else "",
            "found": None if found is None else total,
            "narrowed": query.is_narrow,
            "focus": st.session_state.get(state.GRID_FOCUS),
            "open": st.session_state.get(state.OPEN_EXAMPLE),
            **_ways_back(store, project),
        },
        lambda item: _carry_out(store, project, item),
    )


def _load_page(
    store: Store, project: Project, found: Found | None, page: int, encoding: str
) -> list[Row]:
    start = (page - 1) * PAGE_SIZE
    if found is None:
        return store.load_rows(project.id, offset=start, limit=PAGE_SIZE, encoding=encoding)
    return store.load_found(project.id, found.ids[start : start + PAGE_SIZE], encoding)


def page_of(number: int) -> int:
    """The page on which the row with this number stands, without a filter."""
    return max(1, -(-number // PAGE_SIZE))


def _described(project: Project, profile: Profile, model: Model, rows: list[Row]) -> list[GridRow]:
    inherited = prompt_tokens(project.system_prompt, model.encoding)
    return [_describe(project, profile, model, row, inherited) for row in rows]


def _describe(
    project: Project, profile: Profile, model: Model, row: Row, inherited: int
) -> GridRow:
    checks, checked = checks_in(project), row.example.inheriting(project.system_prompt)
    found = [
        (seen, finding)
        for finding in check_example(checked, checks)
        if (seen := seen_as(profile.dialect, finding.code, finding.severity, finding.detail))
    ]
    shared = len(checked.messages) - len(row.example.messages)
    tokens = _tokens(row, model, inherited if shared else 0)
    return GridRow(row, tokens, found, shared, checks)


def _tokens(row: Row, model: Model, inherited: int) -> int | None:
    """What a row is billed, with what it inherits; None until it is counted."""
    if row.tokens is None:
        return None
    return row.tokens.billed + inherited + model.billed_per_example


def _ways_back(store: Store, project: Project) -> dict[str, Any]:
    """What Undo and Redo would do now."""
    last, back = store.last_change(project.id), store.next_redo(project.id)
    mine = last if last and last.kind != TEMPLATE else None  # what a project begins with stays
    return {
        "undo": mine and {"id": mine.id, "label": undo_words(mine)},
        "redo": back and {"id": back.id},
    }


def _show_empty() -> None:
    """An empty table teaches by one example; the way to begin stands right below it."""
    with st.container(border=True, key="card_empty"):
        show_empty(t("editor.empty"))
        show_bubble("user", t("editor.empty_user"))
        show_bubble("assistant", t("editor.empty_assistant"))


def _carry_out(store: Store, project: Project, item: Item) -> None:
    _ACTS[item["kind"]](store, project, _with_ids(store, project, item))
    if item["kind"] not in _KEEPING:
        look_again()


def _with_ids(store: Store, project: Project, item: Item) -> Item:
    """The item with the ids of rows that the browser knows only by the key it asked with."""

    def id_of(row: int | str) -> int:
        return _added_row(store, project, row) if isinstance(row, str) else row

    ids: dict[str, Any] = {}
    if "row" in item:
        ids["row"] = id_of(item["row"])
    if "rows" in item:
        ids["rows"] = [id_of(row) for row in item["rows"]]
    return {**item, **ids}


def _added_row(store: Store, project: Project, key: str) -> int:
    """The row that was added under this key."""
    change = store.find_change(project.id, key)
    if change is None:
        raise NotFound("example_gone")
    return store.load_change_items(change.id, limit=1)[0].example_id


def _type(store: Store, project: Project, item: Item) -> None:
    typed = Typed(item["row"], item["column"], item["text"], tuple(item["bases"]), item["key"])
    show_whole(item["row"])
    save_typed(store, project, typed)


def _paste(store: Store, project: Project, item: Item) -> None:
    """Into the rows from the cell on, as they were shown; what is left over is added.

    It goes on behind the page, but not where the table was narrowed: what is hidden is spared.
    """
    lines = item["cells"]
    row_ids = item["rows"][: len(lines)]
    missing = len(lines) - len(row_ids)
    if missing and not item["narrowed"]:
        last = store.find_number(project.id, row_ids[-1])
        row_ids += [row.id for row in store.load_rows(project.id, offset=last, limit=missing)]
    paste_cells(store, project, row_ids, item["column"], lines, item["key"])


def _fill(store: Store, project: Project, item: Item) -> None:
    fill_cells(store, project, item["rows"], item["column"], item["key"])


def _fix(store: Store, project: Project, item: Item) -> None:
    do_or_ask(store, project, {**item, "rows": [item["row"]]})


def _add(store: Store, project: Project, item: Item) -> None:
    """An example at the end, on its page, with the cursor in it; a narrowed table shows it too."""
    example = blank_example()
    if "text" in item:
        example = with_cell(example, item["column"], item["text"])
    found = None if current_query().is_plain else found_ids(store, project)
    add_example(store, project, example, item["key"])
    row_id = _added_row(store, project, item["key"])
    row_added(item["key"], row_id)
    if found is not None and row_id not in found:
        found.append(row_id)
    shown = store.count_rows(project.id) if found is None else len(found)
    st.session_state[state.GRID_PAGE] = page_of(shown)
    focus_on(row_id, "user", item["key"])


def _duplicate(store: Store, project: Project, item: Item) -> None:
    duplicate_examples(store, project, item["rows"], item["key"])


def _undo(store: Store, project: Project, item: Item) -> None:
    """Take back a change, or (a redo) the taking back."""
    withdraw_undo()
    try:
        take_back(store, project, item["change"])
    except BadInput as problem:
        if problem.code != "already_undone":  # it came twice
            raise


def _open(store: Store, project: Project, item: Item) -> None:
    st.session_state[state.OPEN_EXAMPLE] = item["row"]


def _turn_page(store: Store, project: Project, item: Item) -> None:
    st.session_state[state.GRID_PAGE] = max(1, int(item["page"] or 1))
    hide_whole()


def _fetch_whole(store: Store, project: Project, item: Item) -> None:
    show_whole(item["row"])


def focus_on(row_id: int, column: str, key: str) -> None:
    """Put the cursor into a cell, once for each `key`."""
    st.session_state[state.GRID_FOCUS] = {"row": row_id, "column": column, "key": key}


# Acts after which a narrowed table keeps the rows it found, though some of them are no longer what
# was asked for: nobody wants to lose the row under the cursor because it was mended.
_KEEPING = {
    "type",
    "add",
    "fix",
    "fill",
    "tag",
    "review",
    "hold_out",
    "ask",
    "open",
    "page",
    "whole",
}

_ACTS: Mapping[str, Callable[[Store, Project, Item], None]] = {
    "type": _type,
    "paste": _paste,
    "fill": _fill,
    "fix": _fix,
    "add": _add,
    "duplicate": _duplicate,
    "delete": do_or_ask,
    "tag": do_or_ask,
    "review": do_or_ask,
    "hold_out": do_or_ask,
    "ask": ask,
    "undo": _undo,
    "redo": _undo,
    "open": _open,
    "page": _turn_page,
    "whole": _fetch_whole,
}
