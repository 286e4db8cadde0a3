"""Bringing in: choose or paste, look, accept; the import goes on while one does something else."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import streamlit as st

from core.editing import undo_change
from core.storage import Change, Project, Store
from core.tasks import Task, forget_task, start_task
from core.transfer import ImportPreview, import_examples
from core.transit import TransitFile
from ui import state
from ui.files import drop_file, find_file, forget_file, keep_bytes
from ui.frame import go_to
from ui.parts import show_note
from ui.tally import show_tally
from ui.tasks import give_up, is_running, percent_of, show_task
from ui.text import plain, size, t
from ui.transfer_look import show_look
from ui.undo import offer_undo

ENDINGS = ("jsonl", "json", "csv", "tsv", "xlsx", "parquet", "txt")
FILE = "file"  # in the page's address: the ticket of what came in, so that a reload keeps it


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `change` is None where nothing was added."""

    change: Change | None
    preview: ImportPreview


def show_import(store: Store, project: Project) -> None:
    """The half of the page where examples come in."""
    st.header(t("transfer.in_title"))
    key = _task_key(project)
    task = show_task(key, t("transfer.importing"), percent_of)
    if task is not None and task.result is not None:
        _show_imported(store, project, key, task.result)
    if task is not None or is_running(key) or _show_undoing(project):
        return
    ticket = st.query_params.get(FILE, "")
    file = find_file(ticket)
    if file is not None:
        _show_file(ticket, file)
    else:
        _show_ways_in()
        ticket = _pasted_ticket()
        file = find_file(ticket)
    if file is not None:
        _show_what_came(store, project, ticket, file)


def _task_key(project: Project) -> str:
    return f"import_{project.id}"


def _show_ways_in() -> None:
    """A file, or a paste."""
    drop, paste = st.tabs([t("transfer.upload"), t("transfer.paste")])
    with drop:
        drop_file("drop", t("transfer.drop_lead"), t("transfer.drop_kinds"), ENDINGS, _came)
    with paste:
        st.text_area(
            t("transfer.paste_label"), key=_paste_key(), height=200,
            placeholder=t("transfer.paste_placeholder"),
        )  # fmt: skip
        st.button(t("transfer.paste_look"), key="look_at_paste")  # leaving the field sends it


def _came(ticket: str) -> None:
    st.query_params[FILE] = ticket


def _paste_key() -> str:
    """Another one after an import, so that the field begins anew."""
    return f"paste_{st.session_state.get(state.IMPORT_ROUND, 0)}"


def _pasted_ticket() -> str:
    """The ticket of what stands in the field for pasting, or ""."""
    text = str(st.session_state.get(_paste_key()) or "")
    mark = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    known, ticket = st.session_state.get(state.PASTED, ("", ""))
    if known != mark:
        forget_file(ticket)
        content = text.encode("utf-8", "surrogatepass")
        ticket = keep_bytes(content, t("transfer.pasted")) if text.strip() else ""
        st.session_state[state.PASTED] = (mark, ticket)
    return str(ticket)


def _show_file(ticket: str, file: TransitFile) -> None:
    """Which file it is, and the way back to choosing."""
    with st.container(horizontal=True, vertical_alignment="center", key="arrived"):
        st.markdown(f":material/description: **{plain(file.name)}**", width="content")
        show_note(size(file.size), inline=True)
        st.button(t("transfer.another"), key="another", type="tertiary", on_click=_put_away,
                  args=(ticket,))  # fmt: skip


def _put_away(ticket: str) -> None:
    """Forget what came in; the ways in are there again, and empty."""
    give_up(st.session_state.get(state.IMPORT, ""))
    forget_file(ticket)
    st.query_params.pop(FILE, None)
    st.session_state.pop(state.PASTED, None)
    st.session_state[state.IMPORT_ROUND] = st.session_state.get(state.IMPORT_ROUND, 0) + 1


def _show_what_came(store: Store, project: Project, ticket: str, file: TransitFile) -> None:
    with st.container(border=True, key="card_preview"):
        preview = show_look(project, ticket, file)
        if preview is not None and (preview.examples or preview.kept):
            _show_accept(store, project, ticket, file, preview)


def _show_accept(
    store: Store, project: Project, ticket: str, file: TransitFile, preview: ImportPreview
) -> None:
    share = _choose_share(project, preview)
    words = (
        t("transfer.accept", n=preview.examples) if preview.examples else t("transfer.keep_lines")
    )

    def accept() -> None:
        _came(ticket)  # a paste, too, is found again where the import is stopped
        _start_import(store, project, ticket, file, preview, share)

    st.button(words, key="accept", type="primary", on_click=accept)


def _choose_share(project: Project, preview: ImportPreview) -> bool:
    """Whether what all examples carry becomes the project's instructions."""
    if not preview.shared_system:
        return False
    if preview.shared_system == project.system_prompt:
        return True  # the same words: inheriting them changes nothing
    return st.checkbox(t("transfer.share_system"), key="share_system",
                       help=t("transfer.share_system_help"))  # fmt: skip


def _start_import(
    store: Store, project: Project, ticket: str, file: TransitFile, preview: ImportPreview,
    share: bool,
) -> None:  # fmt: skip
    def work(task: Task[Imported]) -> Imported:
        with file.path.open("rb") as source:
            change = import_examples(
                store, project, source, preview, share_system=share, advance=task.advance
            )
        forget_file(ticket)
        return Imported(change, preview)

    start_task(_task_key(project), work, total=file.size * preview.passes)


def _show_imported(store: Store, project: Project, key: str, done: Imported) -> None:
    """What was added, and what one may want now."""
    st.query_params.pop(FILE, None)
    said = t("transfer.imported", n=done.preview.examples)

    def open_editor() -> None:
        forget_task(key)
        offer_undo(done.change, said)
        go_to("editor")

    with st.container(border=True, key="card_imported"):
        st.markdown(f":material/check_circle: **{said}**")
        show_tally(done.preview.tally)
        if done.preview.kept:
            show_note(t("transfer.kept_below", n=done.preview.kept))
        with st.container(horizontal=True):
            if st.button(t("transfer.open_editor"), key="open_editor", type="primary"):
                open_editor()
            if done.change is not None:
                st.button(t("ui.undo"), key="undo_import", on_click=_start_undo,
                          args=(store, project, key, done.change))  # fmt: skip
            st.button(t("transfer.more"), key="import_more", on_click=_begin_anew, args=(key,))


def _begin_anew(key: str) -> None:
    """The result has been read."""
    forget_task(key)
    _put_away("")


def _show_undoing(project: Project) -> bool:
    """Whether an import is being taken back, which is shown."""
    key = f"undo_{project.id}"
    if show_task(key, t("transfer.undoing")) is not None:
        forget_task(key)
        st.toast(t("transfer.undone"), icon=":material/undo:")
    return is_running(key)


def _start_undo(store: Store, project: Project, key: str, change: Change) -> None:
    """Take the import back, beside the page."""

    def work(task: Task[Change]) -> Change:
        return undo_change(store, project, change.id, task.advance)

    _begin_anew(key)
    start_task(f"undo_{project.id}", work, total=change.rows)
