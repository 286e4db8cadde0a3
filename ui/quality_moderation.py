"""A second opinion from a place to train: off until somebody presses, and clear about what goes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from urllib.parse import urlsplit

import streamlit as st

from core.connecting import all_connections, profile_of
from core.editing import priced_for
from core.errors import NotFound, Rejected
from core.jobs import Connection
from core.moderation import SHARED, Flagged, find_moderator, moderate, shared_instructions
from core.providers.profiles import THIS_COMPUTER, Profile
from core.queries import Query
from core.storage import Project, Store
from core.summary import reckoning_of
from core.tasks import Task, forget_task, start_task
from ui import state
from ui.connections import ask_key, connect, place_name
from ui.found import narrow
from ui.frame import go_to
from ui.keys import key_for
from ui.parts import show_marked, show_note
from ui.tasks import is_running, show_task
from ui.text import plain, t

MOST_SHOWN = 10
# OpenAI's categories before their slash; a place may have others, which are shown as they are.
CATEGORIES = ("harassment", "hate", "illicit", "self-harm", "sexual", "violence")


def show_moderation(store: Store, project: Project) -> None:
    """The card: what would be sent where, the button, and what came of it."""
    with st.container(border=True, key="card_safe_moderation"):
        st.subheader(t("quality.safe_moderation_title"))
        show_note(t("quality.safe_moderation_lead"))
        task: Task[list[Flagged]] | None = show_task(
            _key(project), t("quality.safe_moderation_asking"), writes=False
        )
        if task is not None:
            _show_flagged(store, project, task.result or [])
            st.button(t("quality.safe_moderation_forget"), key="moderation_forget",
                      type="tertiary", on_click=forget_task, args=(_key(project),))  # fmt: skip
        elif not is_running(_key(project)):
            _show_offer(store, project)


def _key(project: Project) -> str:
    return f"moderation_{project.id}"


def _show_offer(store: Store, project: Project) -> None:
    """Which place, what it gets to see, and the button that sends it."""
    places = _places(store)
    chosen = st.segmented_control(
        t("quality.safe_moderation_place"), list(places), default=next(iter(places)),
        required=True, key="moderation_place",
        format_func=lambda place: plain(place_name(places[place][0])),
    )  # fmt: skip
    place, profile = places[str(chosen)]
    needs_key = profile.needs_key and not key_for(store, place)
    if needs_key:
        ask_key(place, "moderation")
    host = urlsplit(place.base_url).netloc
    show_marked("warning", t("quality.safe_moderation_sends", n=project.examples, host=host))
    pressed = st.button(
        t("quality.safe_moderation_start", n=project.examples, name=plain(place_name(place))),
        key="moderation_start", icon=":material/outgoing_mail:",
        disabled=needs_key or not project.examples,
    )  # fmt: skip
    if pressed:
        _start(store, project, place)


def _places(store: Store) -> dict[str, tuple[Connection, Profile]]:
    """Every place but this computer, unless its provider is retired."""
    known = ((each, profile_of(each)) for each in all_connections(store))
    return {each.id: (each, profile) for each, profile in known
            if profile is not None and each.id != THIS_COMPUTER}  # fmt: skip


def _start(store: Store, project: Project, place: Connection) -> None:
    """Begin; what the place offers is looked at first, and nothing sent where it does not."""
    client = connect(store, place.id)
    ids = store.find_rows(project.id, Query(), reckoning_of(project, priced_for(project)[1]))

    def ask(task: Task[list[Flagged]]) -> list[Flagged]:
        model = find_moderator(client)
        if model is None:
            raise Rejected("no_moderation")
        rows = ((row.id, row.example) for row in store.iterate_found(project.id, ids))
        shared = shared_instructions(project.system_prompt)
        return moderate(client, model, chain(shared, rows), task.advance)

    start_task(_key(project), ask, total=len(ids))
    st.rerun()


def _show_flagged(store: Store, project: Project, flagged: Sequence[Flagged]) -> None:
    if not flagged:
        show_marked("", t("quality.safe_moderation_none"))
        return
    show_marked("warning", t("quality.safe_moderation_found", n=len(flagged)))
    for each in flagged[:MOST_SHOWN]:
        _show_one(store, project, each)
    if len(flagged) > MOST_SHOWN:
        show_note(t("quality.safe_moderation_more", n=len(flagged) - MOST_SHOWN))


def _show_one(store: Store, project: Project, flagged: Flagged) -> None:
    names = " · ".join(dict.fromkeys(map(_category, flagged.categories)))
    if flagged.row_id == SHARED:
        show_note(t("quality.safe_moderation_shared", names=names))
        return
    try:
        number = store.find_number(project.id, flagged.row_id)
    except NotFound:  # deleted since
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show_note(t("quality.safe_moderation_flag", n=number, names=names))
        if st.button(t("quality.safe_open"), key=f"moderation_open_{flagged.row_id}",
                     type="tertiary"):  # fmt: skip
            narrow(Query())
            st.session_state[state.OPEN_EXAMPLE] = flagged.row_id
            go_to("editor")


def _category(name: str) -> str:
    """A category in words; one that is not known by its own name."""
    group = name.partition("/")[0]
    return t(f"quality.safe_category_{group}") if group in CATEGORIES else group
