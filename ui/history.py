"""What was changed, the newest first: each change in a line, opened on demand, and undone."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

import streamlit as st

from core.errors import NotFound, TonesmithError
from core.history import find_part, tell_change
from core.storage import Change, ChangeItem, Project, Store
from core.storage.history import KEEP_CHANGES, KEEP_DAYS
from core.turn_diffs import diff_examples
from ui import state
from ui.bulk import show_work
from ui.changes import change_words, on_a_line, within
from ui.dates import day_of, day_words, time_words
from ui.diffs import show_example_diff, show_text_diff
from ui.frame import go_to, page_errors
from ui.parts import show_empty, show_note
from ui.text import markdown_for, plain, t
from ui.undo import show_recalled_version, show_undo
from ui.versions import show_versions
from ui.works import take_back

PAGE = 30  # changes shown, and added on demand
FEW = 3  # examples of a change shown when it is opened, and added on demand


@st.fragment
def show_history(store: Store, project_id: str) -> None:
    """Everything below the heading: the named versions, then the changes."""
    with page_errors():
        project = store.load_project(project_id)
        show_work(project)
        show_versions(store, project)
        _show_changes(store, project)
        if state.VERSION in st.session_state:
            show_recalled_version(store)
        else:
            show_undo(store, project)


def redo_words(store: Store, undo: Change) -> str:
    """What a button says that takes this undo back: "Redo: pasted 40 rows"."""
    about = _find_undone(store, undo)
    what = change_words(tell_change(about)) if about else t("change.gone")
    return t("history.redo_named", what=within(what))


def _show_changes(store: Store, project: Project) -> None:
    shown = st.session_state.get(state.HISTORY_SHOWN, PAGE)
    changes = store.load_changes(project.id, limit=shown + 1)
    st.header(t("history.changes"))
    show_note(t("history.retention", days=KEEP_DAYS, changes=KEEP_CHANGES))
    if not changes:
        with st.container(border=True, key="card_no_changes"):
            show_empty(t("history.changes_none"))
    for day, some in groupby(changes[:shown], key=lambda change: day_of(change.at)):
        st.subheader(day_words(day))
        with st.container(border=True, key=f"card_day_{day}", gap=None):
            for change in some:
                _show_change(store, project, change)
    if len(changes) > shown:
        st.button(t("history.older"), key="history_older", on_click=_show_older, args=(shown,))


def _show_older(shown: int) -> None:
    st.session_state[state.HISTORY_SHOWN] = shown + PAGE


def _show_change(store: Store, project: Project, change: Change) -> None:
    """One line that opens to the differences, with the button that takes it back."""
    what = _told_in_full(store, project, change)
    with st.container(key=f"entry_{change.id}", gap=None):
        _show_undo(store, project, change, what)
        opened = st.expander(
            _label(change, what), type="compact", key=f"opened_{change.id}", on_change="rerun"
        )
        _show_refusal(change)
        if opened.open:
            with opened:
                _show_differences(store, project, change)


def _label(change: Change, what: str) -> str:
    """The sentence, with when and by whom; dimmed and named where it is undone."""
    what = plain(what)
    beside = [time_words(change.at), *([plain(on_a_line(change.by))] if change.by else [])]
    if change.undone:
        return f":gray[{what} · {' · '.join([*beside, t('history.undone')])}]"
    return f"{what} :gray[· {' · '.join(beside)}]"


def _told_in_full(store: Store, project: Project, change: Change) -> str:
    if change.undoes is not None:
        about = _find_undone(store, change)
        what = _told_in_full(store, project, about) if about else t("change.gone")
        return t("change.redo" if change.kind == "redo" else "change.undo", what=within(what))
    if change.kind not in {"edit", "note"} or change.rows != 1:
        return change_words(tell_change(change))
    part, row_id = _find_only(store, change.id, change.at)
    return change_words(tell_change(change, part), _which(store, project, row_id))


def _find_undone(store: Store, change: Change) -> Change | None:
    """What an undo or a redo is about; None where history no longer has it."""
    number = change.undoes or 0
    found = store.load_changes(change.project_id, before=number + 1, limit=1)
    return found[0] if found and found[0].id == number else None


@st.cache_data(show_spinner=False, max_entries=5_000)
def _find_only(_store: Store, change_id: int, at: datetime) -> tuple[str, int]:
    """The part that differs in the only example of a change, and its id.

    `at` is here for the cache: a change that goes on is another one.
    """
    for item in _store.load_change_items(change_id, limit=1):
        if item.before and item.after:
            return find_part(item.before, item.after), item.example_id
    return "", 0


def _which(store: Store, project: Project, row_id: int) -> str:
    number = _find_number(store, project.id, row_id, project.edited_at)
    return t("change.example", number=number) if number else t("change.example_gone")


@st.cache_data(show_spinner=False, max_entries=5_000)
def _find_number(_store: Store, project_id: str, row_id: int, edited_at: datetime) -> int | None:
    """The example's place, None where it is gone; kept until something is edited.

    In a large project it takes a while to count.
    """
    try:
        return _store.find_number(project_id, row_id)
    except NotFound:
        return None


def _show_undo(store: Store, project: Project, change: Change, what: str) -> None:
    """Undo, and for an undo: do it again. A redo is undone where the change itself stands."""
    if change.undone or change.kind == "redo":
        return
    if change.undoes:
        label, tip = t("history.redo"), redo_words(store, change)
    else:
        label, tip = t("ui.undo"), t("history.undo_named", what=within(what))
    st.button(
        label, key=f"undo_{change.id}", type="tertiary", help=plain(tip),
        on_click=_undo, args=(store, project, change),
    )  # fmt: skip


def _undo(store: Store, project: Project, change: Change) -> None:
    try:
        take_back(store, project, change.id)
        st.session_state.pop(state.HISTORY_REFUSED, None)
    except TonesmithError as problem:
        st.session_state[state.HISTORY_REFUSED] = (change.id, markdown_for(problem))


def _show_refusal(change: Change) -> None:
    """Why this change could not be undone a moment ago."""
    about, sentence = st.session_state.get(state.HISTORY_REFUSED, (None, ""))
    if about == change.id:
        st.warning(sentence)


def _show_differences(store: Store, project: Project, change: Change) -> None:
    if change.prompt is not None:
        with st.container(gap=None):
            show_note(t("editor.system_prompt"))
            show_text_diff(*change.prompt)
    key = state.HISTORY_EXAMPLES + str(change.id)
    shown = st.session_state.get(key, FEW)
    items = store.load_change_items(change.id, limit=shown + 1)
    for item in items[:shown]:
        _show_item(store, project, change, item)
    if len(items) > shown:
        left = change.rows - shown
        st.button(
            t("history.more_examples", n=left), key=f"more_{change.id}", on_click=_show_more,
            args=(key, shown),
        )  # fmt: skip


def _show_more(key: str, shown: int) -> None:
    st.session_state[key] = shown + max(10, shown)


def _show_item(store: Store, project: Project, change: Change, item: ChangeItem) -> None:
    """One example before and after, with the way to it where it is still there."""
    which = _which(store, project, item.example_id)
    is_gone = which == t("change.example_gone")
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            show_note(_heading(which, item, is_gone=is_gone), inline=True)
            key = f"open_{change.id}_{item.number}"
            if not is_gone and st.button(t("history.open"), key=key, type="tertiary"):
                _open(item.example_id)
        show_example_diff(diff_examples(item.before, item.after))


def _heading(which: str, item: ChangeItem, *, is_gone: bool) -> str:
    name = which[:1].upper() + which[1:]
    if item.before is None:
        return t("history.example_added", name=name)
    if item.after is None and not is_gone:
        return t("history.example_deleted", name=name)
    return name


def _open(row_id: int) -> None:
    st.session_state[state.OPEN_EXAMPLE] = row_id
    go_to("editor")
