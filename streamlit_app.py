"""Home: choose a project, start from a template, or bring examples in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.storage import Project, Store
from core.templates import TEMPLATES, Template, first_example
from core.transfer import create_project
from ui.frame import choose_project, go_to, open_page, page_errors, show_heading
from ui.parts import bubble, show_empty, show_note
from ui.text import ago, language, plain, t
from ui.transfer_project import show_open
from ui.undo import offer_restore, show_restore

COLUMNS = 3
STARTS_A_ROW = 4


def show_projects(store: Store, projects: list[Project]) -> None:
    """The projects as cards, the latest edited first."""
    st.header(t("home.projects"))
    if not projects:
        show_empty(t("home.projects_none"))
    for start in range(0, len(projects), COLUMNS):
        for column, project in zip(st.columns(COLUMNS), projects[start:], strict=False):
            with column.container(border=True, key=f"card_project_{project.id}", height="stretch"):
                show_project(store, project)


def show_project(store: Store, project: Project) -> None:
    """One card: open it, rename it, delete it."""
    st.markdown(f"**{plain(project.name)}**")
    examples = t("count.examples", n=project.examples)
    show_note(f"{examples} · {ago(project.edited_at)}")
    with st.container(horizontal=True):
        if st.button(t("home.open"), key=f"open_{project.id}", type="primary"):
            choose_project(project.id)
            go_to("editor")
        with st.popover("", icon=":material/more_horiz:", help=t("home.more")):
            key = f"name_{project.id}"
            st.text_input(
                t("home.rename"), value=project.name, key=key, max_chars=80,
                on_change=lambda: rename(store, project, st.session_state[key]),
            )  # fmt: skip
            st.button(
                t("home.delete"), key=f"delete_{project.id}", icon=":material/delete:",
                on_click=lambda: delete(store, project),
            )  # fmt: skip


def rename(store: Store, project: Project, name: str) -> None:
    """Give the project another name; an empty one keeps the old."""
    if name.strip():
        store.save_project(project.id, name=name.strip())


def delete(store: Store, project: Project) -> None:
    """Put the project away, with an offer to bring it back."""
    store.delete_project(project.id)
    offer_restore(project)


def show_starts(store: Store) -> None:
    """Finished examples to imitate, an empty table, or a file."""
    st.header(t("home.start"))
    templates = sorted(TEMPLATES, key=lambda template: template.language != language())
    starts: list[Callable[[], None]] = [partial(show_template, store, each) for each in templates]
    starts += [partial(show_other, store, "blank", "editor")]
    starts += [partial(show_file_start, store)]
    with st.container(key="starts"):
        for first in range(0, len(starts), STARTS_A_ROW):
            columns = st.columns(STARTS_A_ROW)
            for number, show in enumerate(starts[first : first + STARTS_A_ROW]):
                key = f"card_start_{first + number}"
                with columns[number].container(border=True, key=key, height="stretch"):
                    show()


def show_other(store: Store, kind: str, page: str) -> None:
    """The two starts without a template: a blank page, a file."""
    st.markdown(f"**{t(f'home.{kind}')}**")
    show_note(t(f"home.{kind}_lead"))
    if st.button(t(f"home.{kind}_start"), key=f"start_{kind}"):
        start(store, t(f"home.{kind}_name"), None, page)


def show_file_start(store: Store) -> None:
    """From another tool's file, or from a project's own."""
    show_other(store, "import", "transfer")
    show_open(store)


def show_template(store: Store, template: Template) -> None:
    """One template with a taste of it."""
    words = f"template.{template.id}"
    st.markdown(f"**{t(f'{words}.name')}**")
    show_note(t(f"{words}.about"))
    first = first_example(template)
    st.html(bubble("user", first.turns[0].text) + bubble("assistant", first.turns[-1].text))
    if st.button(t("home.template_start"), key=f"start_{template.id}"):
        start(store, t(f"{words}.name"), template, "editor")


def start(store: Store, name: str, template: Template | None, page: str) -> None:
    """Create the project and go where the work begins."""
    choose_project(create_project(store, name, template).id)
    go_to(page)


with page_errors():
    store = open_page("home")
    show_heading("home")
    projects = list(store.load_projects())
    if projects:
        show_projects(store, projects)
        show_starts(store)
    else:
        show_starts(store)
        show_projects(store, projects)
    show_restore(store)
