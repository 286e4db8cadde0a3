"""The frame of every page: page config, language, translated menu, the project at hand."""

from __future__ import annotations

import html
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import streamlit as st

from core.editing import open_project
from core.errors import NotFound, TonesmithError
from core.storage import Project, Store
from core.words import LANGUAGES
from ui import state
from ui.parts import show_empty
from ui.style import say_in_style, show_style
from ui.text import browser_language, language, markdown_for, plain, t
from ui.watching import show_watch

log = logging.getLogger("tonesmith")

HOME = "streamlit_app.py"
MENU = (
    ("home", HOME, ":material/home:"),
    ("editor", "pages/editor.py", ":material/edit_note:"),
    ("transfer", "pages/transfer.py", ":material/swap_horiz:"),
    ("quality", "pages/quality.py", ":material/verified:"),
    ("history", "pages/history.py", ":material/history:"),
    ("train", "pages/train.py", ":material/play_circle:"),
    ("jobs", "pages/jobs.py", ":material/timeline:"),
    ("compare", "pages/compare.py", ":material/forum:"),
    ("settings", "pages/settings.py", ":material/tune:"),
)
SIDEBAR_WIDTH = 236  # pixels
_SETTING_LANGUAGE = "language"
SETTING_AUTHOR = "author"


@st.cache_resource(show_spinner=False)
def open_store() -> Store:
    """The one store of this server; its migrations have run when it is returned."""
    return Store.open()


@contextmanager
def page_errors() -> Iterator[None]:
    """Whatever fails inside becomes a sentence on the page, and its details go to the log."""
    try:
        yield
    except TonesmithError as problem:
        log.warning("%s %s", problem.code, sorted(problem.params))
        st.error(markdown_for(problem))
    except Exception:  # the last line of defence: no traceback reaches a page
        log.exception("unexpected failure on a page")
        st.error(t("ui.unexpected"))


def open_page(name: str) -> Store:
    """Begin a page: config, style, language, menu. Ends the run where the store will not open."""
    st.set_page_config(
        page_title="Tonesmith", page_icon="🎙️", layout="wide", initial_sidebar_state=SIDEBAR_WIDTH
    )
    show_style()
    try:
        store = open_store()
        store = store.signed(author_of(store))
    except TonesmithError as problem:
        st.session_state.setdefault(state.LANGUAGE, browser_language())
        st.error(markdown_for(problem))
        st.stop()
    _settle_language(store)
    _settle_project(store)
    say_in_style(choose=t("ui.choose_file"), offline=t("ui.offline"))
    _show_menu(store)
    _show_notice()
    show_watch(store, f"{t(f'{name}.menu')} · Tonesmith", go_to)
    return store


def author_of(store: Store) -> str:
    """Who stands beside a change in History: whoever is signed in, else the name in Settings."""
    if getattr(st.user, "is_logged_in", False):
        return str(st.user.get("name") or st.user.get("email") or "")
    return store.load_setting(SETTING_AUTHOR)


def open_project_page(name: str) -> tuple[Store, Project]:
    """Begin a page that is about one project; without one it says how to get one, and ends."""
    store = open_page(name)
    project = current_project(store)
    if project is None:
        st.title(t(f"{name}.title"))
        with st.container(border=True, key="card_no_project"):
            show_empty(t("ui.no_project"))
            st.page_link(HOME, label=t("ui.go_home"), icon=":material/home:", query_params=_query())
        st.stop()
    return store, project


def current_project(store: Store) -> Project | None:
    """The project at hand, or None where none was chosen or it is gone."""
    project_id = st.session_state.get(state.PROJECT)
    if not project_id:
        return None
    load = store.load_project if _is_open(project_id) else partial(open_project, store)
    try:
        project = load(project_id)
    except NotFound:
        st.session_state.pop(state.PROJECT, None)
        return None
    st.session_state[state.OPENED] = project_id
    return project


def _is_open(project_id: str) -> bool:
    """Whether this session has opened it before: opening lets go of old history."""
    return bool(st.session_state.get(state.OPENED) == project_id)


def choose_project(project_id: str) -> None:
    """Make this the project at hand; what belonged to another one is forgotten."""
    if st.session_state.get(state.PROJECT) == project_id:
        return
    st.session_state[state.PROJECT] = project_id
    for key in (
        state.GRID_PAGE,
        state.GRID_QUERY,
        state.GRID_FOUND,
        state.GRID_ADDRESS,
        state.GRID_FEED,
        state.GRID_WHOLE,
        state.GRID_ADDED,
        state.GRID_FOCUS,
        state.OPEN_EXAMPLE,
        state.BULK,
        state.BULK_LOOKS,
        state.UNDO,
        state.IMPORT,
        state.VERSION,
        state.HISTORY_SHOWN,
        state.HISTORY_REFUSED,
    ):
        st.session_state.pop(key, None)  # fmt: skip


def go_to(page: str, **query: str) -> None:
    """Leave for another page with project and language in its address."""
    path = next(path for name, path, _ in MENU if name == page)
    st.switch_page(path, query_params={**_query(), **query})


def say_next_run(sentence: str, *, is_bad: bool = False) -> None:
    """Keep a sentence for the next run, as `st.rerun` would wipe it off now."""
    st.session_state[state.NOTICE] = sentence, is_bad


def show_heading(name: str) -> None:
    """The page's title and its one-line lead."""
    st.title(t(f"{name}.title"))
    st.html(f'<div class="ts-lead">{html.escape(t(f"{name}.lead"))}</div>')


def _settle_language(store: Store) -> None:
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        st.session_state[state.LANGUAGE] = asked
    elif state.LANGUAGE not in st.session_state:
        st.session_state[state.LANGUAGE] = (
            store.load_setting(_SETTING_LANGUAGE) or browser_language()
        )


def _settle_project(store: Store) -> None:
    asked = st.query_params.get("project")
    if asked:
        choose_project(asked)
    elif st.session_state.get(state.PROJECT):
        st.query_params["project"] = st.session_state[state.PROJECT]


def _query() -> dict[str, str]:
    """What every address carries, because a reload is a new session."""
    query = {"lang": language()}
    if project := st.session_state.get(state.PROJECT):
        query["project"] = project
    return query


def choose_language(store: Store, chosen: str) -> None:
    """Speak `chosen` from now on, here and at the next visit."""
    st.session_state[state.LANGUAGE] = chosen
    st.query_params["lang"] = chosen
    store.save_setting(_SETTING_LANGUAGE, chosen)


def _show_menu(store: Store) -> None:
    with st.sidebar:
        st.html('<div class="ts-logo">tone<i>smith</i></div>')
        _show_project_card(store)
        for name, path, icon in MENU:
            label = t(f"{name}.menu")
            st.page_link(path, label=label, icon=icon, width="stretch", query_params=_query())
        show_language_switch(store, "menu_language")


def _show_project_card(store: Store) -> None:
    """The project at hand; a press on it gives it another name."""
    project = current_project(store)
    if project is None:
        return

    def rename() -> None:
        if name := st.session_state[key].strip():
            store.save_project(project.id, name=name)

    key = f"rename_{project.id}"
    if key not in st.session_state:
        st.session_state[key] = project.name
    with st.popover(plain(project.name), width="stretch", icon=":material/folder_open:"):
        st.text_input(t("ui.rename"), key=key, on_change=rename)


def show_language_switch(store: Store, key: str) -> None:
    """English | 中文, each in its own name."""
    st.session_state[key] = language()
    st.segmented_control(
        t("settings.language"),
        LANGUAGES,
        key=key,
        required=True,
        format_func=lambda code: {"en": "English", "zh": "中文"}[code],
        on_change=lambda: choose_language(store, st.session_state[key]),
        label_visibility="collapsed",
    )


def _show_notice() -> None:
    if notice := st.session_state.pop(state.NOTICE, None):
        sentence, is_bad = notice
        st.toast(sentence, icon=":material/error:" if is_bad else ":material/check:")
