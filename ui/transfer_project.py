"""A whole project as one file: saved here, opened on another computer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from core.project_file import (
    ENDING,
    count_records,
    read_manifest,
    read_project_file,
    write_project_file,
)
from core.storage import Project, Store
from core.tasks import Task, forget_task, start_task
from ui.files import drop_file, find_file, forget_file, show_download
from ui.frame import choose_project, go_to, say_next_run
from ui.parts import show_note
from ui.routes import open_own_transit
from ui.tasks import is_running, show_task
from ui.text import plain, size, t

OPENING = "opening"  # in the address: the ticket of the file that is being opened


@dataclass(frozen=True, slots=True)
class Saved:
    """A project's file that can be fetched, and how the project stood."""

    ticket: str
    size: int
    examples: int
    edited_at: datetime


def show_save(store: Store, project: Project) -> None:
    """The card that makes the file."""
    with st.expander(
        t("transfer.project_title"), icon=":material/inventory_2:", key="project_file"
    ):
        show_note(t("transfer.project_lead"))
        key = f"save_project_{project.id}"
        task = show_task(key, t("transfer.project_saving"), writes=False)
        if is_running(key):
            return
        saved = None if task is None else task.result
        if saved is not None and saved.edited_at == project.edited_at:
            _show_saved(saved)
        else:
            st.button(t("transfer.project_save"), key="save_project", on_click=_start_save,
                      args=(store, project, key, saved))  # fmt: skip


def _show_saved(saved: Saved) -> None:
    show_note(t("transfer.project_holds", n=saved.examples, size=size(saved.size)))
    show_download(saved.ticket, t("transfer.download"), key="download_project")


def _start_save(store: Store, project: Project, key: str, before: Saved | None) -> None:
    if before is not None:
        open_own_transit().forget(before.ticket)

    def work(task: Task[Saved]) -> Saved:
        transit = open_own_transit()
        path = transit.new_path()
        try:
            with path.open("wb") as file:
                manifest = write_project_file(store, project.id, file, task.advance)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        ticket = transit.offer(path, f"{project.name}{ENDING}")
        return Saved(ticket, path.stat().st_size, manifest.examples, project.edited_at)

    start_task(key, work, total=count_records(store, project.id))


def show_open(store: Store) -> None:
    """The way on Home to open such a file."""
    key = f"open_project_{st.query_params.get(OPENING, '')}"
    task = show_task(key, t("home.opening"))
    if task is not None and task.result is not None:
        _enter(key, task.result)
    if is_running(key):
        return
    with st.expander(t("home.colleague"), icon=":material/inventory_2:"):
        show_note(t("home.colleague_lead"))
        drop_file("open_project", t("home.colleague_drop"), "", (ENDING.removeprefix("."),),
                  lambda ticket: _start_open(store, ticket))  # fmt: skip


def _start_open(store: Store, ticket: str) -> None:
    file = find_file(ticket)
    if file is None:
        return

    def work(task: Task[Project]) -> Project:
        try:
            with file.path.open("rb") as source:
                task.total = read_manifest(source).total
                return read_project_file(store, source, task.advance)
        finally:
            forget_file(ticket)

    st.query_params[OPENING] = ticket
    start_task(f"open_project_{ticket}", work)


def _enter(key: str, project: Project) -> None:
    """The project is there: go and look at it."""
    forget_task(key)
    choose_project(project.id)
    say_next_run(t("home.opened", name=plain(project.name)))
    go_to("editor")
