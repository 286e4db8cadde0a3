"""What is asked of many rows: a dialog shows what would change, then it is done as one Change."""

from __future__ import annotations

import secrets
from dataclasses import replace
from textwrap import shorten

import streamlit as st

from core.bulk import Preview, Sample, preview_act, trimming_instructions
from core.editing import priced_for
from core.errors import BadInput, NotFound, TonesmithError
from core.examples import USER
from core.history import tell_change
from core.queries import DUPLICATE, Query
from core.storage import Change, Project, Store
from core.summary import reckoning_of
from core.tasks import forget_task
from core.turn_diffs import ExampleDiff, diff_examples
from ui import state
from ui.bulk_choices import CHOICES, Asked, Choice, act_of, remembered, shown_ids
from ui.changes import change_words
from ui.diffs import show_example_diff, show_text_diff
from ui.found import look_again
from ui.frame import page_errors
from ui.inbox import Item
from ui.parts import show_note
from ui.tasks import is_running, show_task
from ui.text import markdown_for, plain, t
from ui.undo import offer_undo, withdraw_undo
from ui.works import do_act, work_key


def do_or_ask(store: Store, project: Project, item: Item) -> None:
    """Do to the ticked rows what the table says; what is about rows out of sight is asked first."""
    withdraw_undo()
    if "rows" in item:
        do_act(store, project, item["rows"], act_of(project, item), item["key"])
    else:
        ask(store, project, item)


def ask(store: Store, project: Project, item: Item) -> None:
    """Open the dialog for `what` is asked, about the `rows` of the item or about all that is shown.

    An item that comes twice, after its dialog was closed, opens it once more: nothing is done yet.
    """
    picked = "rows" in item
    ids = item["rows"] if picked else shown_ids(store, project)
    what = item.get("what") or act_of(project, item).kind
    st.session_state[state.BULK] = Asked(what, ids, item["key"], picked, dict(item))


def mend(store: Store, project: Project, code: str) -> None:
    """Open the dialog to mend all that has a finding; the instructions that all share, at once."""
    key = secrets.token_hex(8)
    if code == "untrimmed_instructions":
        _offer(do_act(store, project, [], trimming_instructions(), key))
    elif code == DUPLICATE:
        ask(store, project, {"kind": "ask", "what": "copies", "rows": [], "key": key})
    else:
        reckoning = reckoning_of(project, priced_for(project)[1])
        rows = store.find_rows(project.id, Query(code=code), reckoning)
        item = {"kind": "ask", "what": "fix", "code": code, "rows": rows, "about": True}
        ask(store, project, {**item, "key": key})


def show_asked(store: Store, project: Project) -> None:
    """The dialog that is open, if one is."""
    asked: Asked | None = st.session_state.get(state.BULK)
    if asked is None:
        return

    @st.dialog(t(f"bulk.title_{asked.what}"), width="medium", on_dismiss=_forget)
    def dialog() -> None:
        with page_errors():
            _show(store, project, asked)

    dialog()


def show_work(project: Project) -> None:
    """The change of many rows that is under way, with Stop; once it is done, its Undo."""
    task = show_task(work_key(project), t("bulk.working"))
    if task is None:
        return
    forget_task(work_key(project))
    _offer(task.result)
    look_again()
    st.rerun()  # what stands on the page was read before


def _show(store: Store, project: Project, asked: Asked) -> None:
    project = store.load_project(project.id)  # a dialog may stay open for long
    choice = preview = None
    try:
        choice = CHOICES[asked.what](store, project, asked)
        if choice is not None:
            preview = _look(store, project, choice)
    except BadInput as problem:
        st.warning(markdown_for(problem))
    with st.container(horizontal=True, vertical_alignment="center"):
        told = preview_words(choice, preview) if choice and preview else ""
        st.markdown(f"**{told}**" if told else "", width="stretch")
        _show_buttons(store, project, asked, choice, preview)
    if preview is not None:
        _show_preview(store, project, preview)


def _look(store: Store, project: Project, choice: Choice) -> Preview:
    act, ids = choice.act, choice.ids
    mark = (project.id, project.edited_at, act.kind, choice.mark)
    return remembered(
        mark, len(ids), lambda advance: preview_act(store, project, ids, act, advance)
    )


def _show_preview(store: Store, project: Project, preview: Preview) -> None:
    """What would change in the shared instructions, and in the first rows."""
    if preview.reopened:
        show_note(t("bulk.reopened", n=preview.reopened))
    if preview.prompt:
        with st.container(border=True, key="card_sample_prompt", gap=None):
            show_note(t("editor.system_prompt"))
            show_text_diff(*preview.prompt)
            if preview.relying:
                show_note(t("bulk.relying", n=preview.relying))
    with st.container(gap="small"):
        for sample in preview.samples:
            _show_sample(store, project, sample)
    more = preview.changed - len(preview.samples)
    if preview.samples and more:
        show_note(t("bulk.more", n=more))


def preview_words(choice: Choice, preview: Preview) -> str:
    """How many rows would change, in a sentence: "12 of 80 examples will change."."""
    if not preview.changed and preview.prompt is None:
        return t("bulk.no_fixes") if choice.act.kind == "fix" else t("bulk.nothing")
    if not preview.changed:
        return t("bulk.only_prompt")
    if choice.act.edit is None:
        return t("bulk.will_delete", n=preview.changed)
    if choice.act.kind == "replace":
        return t("bulk.will_replace", n=preview.changed, found=preview.found)
    return t("bulk.will_change", n=preview.changed, total=preview.rows)


def _show_sample(store: Store, project: Project, sample: Sample) -> None:
    try:
        number = store.find_number(project.id, sample.row_id)
    except NotFound:  # deleted a moment ago
        return
    asks = next((m.text for m in sample.before.messages if m.role == USER), "")
    with st.container(border=True, key=f"card_sample_{sample.row_id}", gap=None):
        show_note(t("bulk.example", n=number, asks=shorten(asks, 90, placeholder=" …")))
        show_example_diff(_told(diff_examples(sample.before, sample.after)))


def _told(found: ExampleDiff) -> ExampleDiff:
    """Without the turns where they are all the same: what differs stands beside them."""
    is_same = all(turn.kind == "same" for turn in found.turns)
    return replace(found, turns=()) if is_same and found.facts else found


def _show_buttons(
    store: Store, project: Project, asked: Asked, choice: Choice | None, preview: Preview | None
) -> None:
    changes = preview is not None and (preview.changed > 0 or preview.prompt is not None)
    busy = is_running(work_key(project))
    if busy:
        show_note(t("error.work_running"))
    with st.container(horizontal=True, horizontal_alignment="right", width="content"):
        if st.button(t("bulk.cancel"), key="bulk_cancel"):
            _close()
        pressed = st.button(
            t(f"bulk.do_{asked.what}"), key="bulk_do", type="primary", disabled=busy or not changes
        )
    if pressed and choice is not None:
        _do(store, project, asked, choice)


def _do(store: Store, project: Project, asked: Asked, choice: Choice) -> None:
    try:
        _offer(do_act(store, project, choice.ids, choice.act, asked.key))
    except TonesmithError as problem:
        st.error(markdown_for(problem))
        return
    look_again()
    _close()


def _offer(change: Change | None) -> None:
    """Say what was done, with its Undo; a taking back speaks for itself."""
    if change is not None and change.undoes is None:
        offer_undo(change, plain(change_words(tell_change(change))))


def _forget() -> None:
    st.session_state.pop(state.BULK, None)
    st.session_state.pop(state.BULK_LOOKS, None)


def _close() -> None:
    """Streamlit closes a dialog by running the page anew."""
    _forget()
    st.rerun()
