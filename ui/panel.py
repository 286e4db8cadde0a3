"""The example that is open below the table: a conversation written in as chat bubbles.

The browser's side is `static/panel.js`. It sends everything that is not acknowledged, and every
item may come twice: after a lost answer, or from a tab that outlived the server.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.cells import COLUMNS, blank_example, with_cell
from core.conversations import save_note, save_turn_text, save_turns
from core.editing import add_example
from core.errors import NotFound
from core.examples import ASSISTANT, REVIEWS, Example
from core.providers.profiles import Profile
from core.storage import Change, Project, Row, Store
from core.turns import (
    Seen,
    Spot,
    add_call,
    add_turn,
    inherit_system,
    move_turn,
    remove_call,
    remove_turn,
    weigh_turn,
)
from ui import state
from ui.bulk_choices import act_of
from ui.component import load_component, pack
from ui.conversation import conversation_data
from ui.found import current_query, found_ids
from ui.inbox import Item, answer, read_message, take_items
from ui.table import focus_on
from ui.text import language, t, words_of
from ui.undo import offer_undo, withdraw_undo
from ui.works import do_act

PANEL = "panel"
TABLE_SAYS = (
    "discard", "dismiss", "example_gone", "fix", "not_saved", "saved", "saving", "theirs",
    "unsaved", "use_as_new", "use_mine", "use_theirs", "write_assistant", "write_user", "yours",
)  # fmt: skip
_BESIDE = {"fix", "review", "hold_out"}  # what is done to the example as a whole
_OFFERED = {"remove_turn": "panel.removed", "move_turn": "panel.moved"}


def show_panel(store: Store, project: Project, profile: Profile) -> None:
    """The conversation of the open example; without one, only what waits to be saved is heard."""
    row = _open_row(store, project)
    example = None if row is None else conversation_data(project, row, profile.dialect)
    data = {
        "name": f"panel.{project.id}",
        "example": example,
        "last": project.examples,
        **_words_due(example is None),
        **answer(PANEL),
    }
    load_component(PANEL)(
        data=pack(data), key=PANEL, on_sent_change=lambda: _receive(store, project)
    )


def _receive(store: Store, project: Project) -> None:
    if read_message(PANEL).get("words"):
        st.session_state.pop(state.PANEL_WORDS, None)
    take_items(PANEL, partial(carry_out, store, project))


def _words_due(is_shut: bool) -> dict[str, dict[str, str]]:
    """The words, but for a panel that is shut and has been sent them: it asks if it has none."""
    if is_shut and st.session_state.get(state.PANEL_WORDS) == language():
        return {}
    st.session_state[state.PANEL_WORDS] = language()
    return {"words": panel_words()}


def carry_out(store: Store, project: Project, item: Item) -> None:
    """Do one thing that the person did in the panel.

    Raises:
        NotFound: `example_gone`.
        BadInput: `changed_elsewhere`.
    """
    kind = item["kind"]
    if kind == "step":
        _step(store, project, item["row"], item["by"])
    elif kind == "open":
        st.session_state[state.OPEN_EXAMPLE] = item["row"]
    elif kind == "close":
        _close(item["row"], item["key"])
    elif kind == "rescue":
        offer_undo(_rescue(store, project, item), t("panel.rescued"))
    else:
        change = _save(store, project, item)
        withdraw_undo()
        if kind in _OFFERED:
            offer_undo(change, t(_OFFERED[kind]))


def _save(store: Store, project: Project, item: Item) -> Change | None:
    row_id, key = item["row"], item["key"]
    if item["kind"] == "type" and item["field"] == "note":
        return save_note(store, project, row_id, item["text"], bases=item["bases"], visit=key)
    if item["kind"] == "type":
        spot = Spot(item["at"], item["role"], item["field"], item["call"])
        return save_turn_text(
            store, project, row_id, spot, item["text"], bases=item["bases"], visit=key
        )
    if item["kind"] in _BESIDE:
        return do_act(store, project, [row_id], act_of(project, item), key)
    return save_turns(store, project, row_id, _STEPS[item["kind"]](item), key)


def _rescue(store: Store, project: Project, item: Item) -> Change | None:
    """A text whose turn is gone becomes an example of its own: it is not ours to throw away."""
    column = item["role"] if item["role"] in COLUMNS else ASSISTANT
    return add_example(
        store, project, with_cell(blank_example(), column, item["text"]), item["key"]
    )


def _seen(item: Item) -> Seen:
    return Seen(item["at"], item["role"], item["text"])


# What each step of the panel does to the example, as it stands by then.
_STEPS: dict[str, Callable[[Item], Callable[[Example], Example]]] = {
    "add_turn": lambda item: partial(add_turn, role=item["role"]),
    "remove_turn": lambda item: partial(remove_turn, seen=_seen(item)),
    "move_turn": lambda item: partial(move_turn, seen=_seen(item), to=item["to"]),
    "weigh_turn": lambda item: partial(weigh_turn, seen=_seen(item), weight=item["weight"]),
    "inherit": lambda item: partial(inherit_system, seen=item["text"]),
    "add_call": lambda item: partial(add_call, seen=_seen(item)),
    "remove_call": lambda item: partial(
        remove_call, seen=_seen(item), at=item["call"], function=item["function"]
    ),
}


def _close(row_id: int, key: str) -> None:
    """Away with the panel, and the cursor back into the row."""
    if st.session_state.get(state.OPEN_EXAMPLE) == row_id:
        st.session_state.pop(state.OPEN_EXAMPLE, None)
        focus_on(row_id, ASSISTANT, key)


def _step(store: Store, project: Project, row_id: int, by: int) -> None:
    """Go to the neighbour within what the table is narrowed to; at the end, stay."""
    if current_query().is_plain:
        neighbour = store.find_neighbour(project.id, row_id, by)
    else:
        ids = found_ids(store, project)
        at = ids.index(row_id) + by if row_id in ids else 0
        neighbour = ids[at] if 0 <= at < len(ids) else None
    if neighbour is not None:
        st.session_state[state.OPEN_EXAMPLE] = neighbour


def _open_row(store: Store, project: Project) -> Row | None:
    row_id = st.session_state.get(state.OPEN_EXAMPLE)
    if row_id is None:
        return None
    try:
        return store.load_row(project.id, row_id)
    except NotFound:  # it was deleted, here or in another tab
        st.session_state.pop(state.OPEN_EXAMPLE, None)
        return None


def panel_words() -> dict[str, str]:
    """Every word that the browser's side says; some are the table's."""
    reviews = {f"review_{review}": t(f"review.{review}") for review in REVIEWS}
    return {**{name: t(f"grid.{name}") for name in TABLE_SAYS}, **reviews, **words_of("panel")}
