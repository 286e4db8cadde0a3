"""Taking out: which examples, as what, built beside the page, and what is in the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from core.editing import priced_for
from core.examples import APPROVED
from core.exporting import FILE_KINDS, FileKind
from core.queries import TRAINING, VALIDATION
from core.selection import ALL, FOUND, READY, Selection, count_asked
from core.storage import Part, Project, Store
from core.tasks import Task, find_task, start_task
from core.transfer import ExportReport, export_to
from ui import state
from ui.files import show_download
from ui.found import current_query, found_ids
from ui.frame import go_to
from ui.parts import show_empty, show_facts, show_marked, show_note
from ui.routes import open_own_transit
from ui.tally import show_tally
from ui.tasks import give_up, is_running, show_task
from ui.text import plain, size, t

BUILT_AT_ONCE = 2_000  # examples up to which a file is built without being asked for
BOTH = "both"


@dataclass(frozen=True, slots=True)
class Order:
    """What to build: a file for each selection, of the project as it stood then."""

    kind: FileKind
    selections: tuple[Selection, ...]
    name: str
    edited_at: datetime
    priced_for: str


@dataclass(frozen=True, slots=True)
class Built:
    """A file that was built; it is fetched by its ticket."""

    ticket: str
    name: str
    report: ExportReport


def show_export(store: Store, project: Project) -> None:
    """The half of the page where examples go out."""
    st.header(t("transfer.out_title"))
    if not project.examples:
        with st.container(border=True, key="card_empty_out"):
            show_empty(t("transfer.out_empty"))
            if st.button(t("transfer.go_write"), key="go_write"):
                go_to("editor")
        return
    with st.container(border=True, key="card_out"):
        order = _choose_order(store, project)
        if order is not None:
            _show_order(store, project, order)


def _choose_order(store: Store, project: Project) -> Order | None:
    """What the person wants, or None where there is nothing of that."""
    which = st.segmented_control(
        t("transfer.which"), _which_there_are(store, project), default=ALL, required=True,
        key="export_choice", format_func=lambda each: t(f"transfer.which_{each}"),
    )  # fmt: skip
    parts: tuple[str, ...] = (ALL,)
    if store.count_part(project.id, Part(held_out=True)).rows:
        part = st.segmented_control(
            t("transfer.part"), (ALL, TRAINING, VALIDATION, BOTH), default=ALL, required=True,
            key="export_part", format_func=lambda each: t(f"transfer.part_{each}"),
        )  # fmt: skip
        parts = (TRAINING, VALIDATION) if part == BOTH else (part,)
    kind = st.segmented_control(
        t("transfer.format"), list(FILE_KINDS), default="jsonl", required=True, key="export_kind",
        format_func=lambda kind: t(f"transfer.format_{kind}"),
    )  # fmt: skip
    show_note(t(f"transfer.format_{kind}_note"))
    ids = tuple(found_ids(store, project)) if which == FOUND else ()
    dialect = priced_for(project)[0].dialect if which == READY else None
    selections = tuple(Selection(which, part, dialect, ids) for part in parts)
    if not any(count_asked(store, project, each) for each in selections):
        show_empty(t("transfer.out_none"))
        return None
    return Order(FILE_KINDS[kind], selections, project.name, project.edited_at, project.priced_for)


def _which_there_are(store: Store, project: Project) -> list[str]:
    """All, those without errors, and if there are any those approved or found."""
    approved = store.count_part(project.id, Part(review=APPROVED)).rows
    found = not current_query().is_plain
    return [ALL, READY, *([APPROVED] if approved else []), *([FOUND] if found else [])]


def _show_order(store: Store, project: Project, order: Order) -> None:
    """The files of this order, how far they are, or the button that builds them."""
    key = _key_of(project, order)
    if project.examples <= BUILT_AT_ONCE and find_task(key) is None:
        _start_build(store, project, order)
    task = show_task(key, t("transfer.building"), writes=False)
    if task is not None and task.result is not None:
        for built in task.result:
            _show_built(order.kind, built)
    elif not is_running(key):
        st.button(t("transfer.build"), key="build", type="primary", on_click=_start_build,
                  args=(store, project, order))  # fmt: skip


def _key_of(project: Project, order: Order) -> str:
    """Whoever wants the same gets the same; two tabs that want different things do not meet."""
    return f"export_{project.id}_{hash(order)}"


def _start_build(store: Store, project: Project, order: Order) -> None:
    """Build the files beside the page; those that this session built before go."""
    key = _key_of(project, order)
    _forget_build(st.session_state.get(state.EXPORT, ""))
    st.session_state[state.EXPORT] = key

    def work(task: Task[list[Built]]) -> list[Built]:
        return [_build(store, project, order, each, task) for each in order.selections]

    total = sum(count_asked(store, project, each) for each in order.selections)
    start_task(key, work, total=total)


def _forget_build(key: str) -> None:
    """Remove the files that were built under this key, and what is under way."""
    task = find_task(key)
    for built in (task.result or []) if task else []:
        open_own_transit().forget(built.ticket)
    give_up(key)


def _build(
    store: Store, project: Project, order: Order, selection: Selection, task: Task[Any]
) -> Built:
    transit = open_own_transit()
    path = transit.new_path()
    try:
        report = export_to(path, store, project, order.kind, selection, task.advance)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    name = _file_name(project, order.kind, selection)
    return Built(transit.offer(path, name), name, report)


def _file_name(project: Project, kind: FileKind, selection: Selection) -> str:
    """The project's name where a file may be called so, with the part that is in it."""
    name = "".join(c if c.isalnum() or c in "-_ " else "-" for c in project.name).strip() or "data"
    part = "" if selection.part == ALL else f"-{selection.part}"
    return f"{name}{part}.{kind.ending}"


def _show_built(kind: FileKind, built: Built) -> None:
    """What is in the file, what is not, and the way to it."""
    report = built.report
    with st.container(border=True, key=f"card_file_{built.ticket}"):
        st.markdown(f":material/description: **{plain(built.name)}**")
        show_tally(report.tally)
        for reason, count in report.left_out.items():
            words = t(f"transfer.left_out_{reason}", n=count, kind=t(f"transfer.format_{kind.id}"))
            show_marked("warning", words)
        for what, count in report.stays.items():
            show_marked("advice", t(f"transfer.stays_{what}", n=count))
        show_download(built.ticket, t("transfer.download"), key=f"download_{built.ticket}")
        show_facts([
            (t("transfer.fact_examples"), f"{report.examples:,}"),
            (t("transfer.fact_left_out"), f"{report.left_out.total():,}"),
            (t("transfer.fact_size"), size(report.size)),
            ("SHA-256", report.sha256),
        ])  # fmt: skip
