"""Where a set says too much the same: one reply for many questions, and instructions with slips."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from itertools import groupby
from textwrap import shorten

import streamlit as st

from core.errors import NotFound
from core.examples import ASSISTANT, USER, Example
from core.lenses.base import Found
from core.lenses.instructions import CODE as ODD
from core.lenses.instructions import Instructions, Odd
from core.lenses.same_replies import CODE as SAME
from core.queries import Query
from core.storage import Project, Store
from core.survey import Survey
from ui.bulk import ask
from ui.diffs import show_text_diff
from ui.found import narrow
from ui.frame import go_to
from ui.parts import show_bubble, show_note
from ui.text import t, visible

MOST_SHOWN = 5  # replies, or instructions
QUESTIONS = 3  # beside each reply
_EXCERPT = 400  # characters of a reply
_LINE = 120  # and of a question


def show_same_replies(store: Store, project: Project, survey: Survey) -> None:
    """The replies that answer many questions, each with some of them; nothing where none does."""
    found = [each for each in survey.found() if each.code == SAME]
    if not found:
        return
    with st.container(border=True, key="card_shape_same"):
        st.subheader(t("quality.shape_same", n=len(found)))
        why, todo = t("finding.one_reply_fits_all.why"), t("finding.one_reply_fits_all.do")
        show_note(t("ui.sentences", first=why, second=todo))
        for nth, each in enumerate(found[:MOST_SHOWN]):
            _show_reply(store, project, each, nth)
        _show_more(len(found))
        _show_way(SAME)


def _show_reply(store: Store, project: Project, found: Found, nth: int) -> None:
    examples = _load(store, project, found.rows[:QUESTIONS])
    with st.container(key=f"entry_same_{nth}", gap=None):
        st.markdown(f"**{t('finding.one_reply_fits_all.what', **dict(found.params))}**")
        if examples:
            show_bubble(ASSISTANT, _excerpt(examples[0], ASSISTANT, _EXCERPT))
        for example in examples:
            show_note(t("quality.shape_asks", asks=_excerpt(example, USER, _LINE)))


def show_odd_instructions(store: Store, project: Project, survey: Survey) -> None:
    """What differs by a slip, beside what is meant, with one press to make them the same."""
    odd = survey.lens(Instructions).odd() if survey.checks.wants(ODD) else ()
    if not odd:
        return
    rows = sum(len(each.rows) for each in odd)
    with st.container(border=True, key="card_shape_odd"):
        st.subheader(t("quality.shape_odd", n=rows))
        why, todo = t("finding.odd_instructions.why"), t("finding.odd_instructions.do")
        show_note(t("ui.sentences", first=why, second=todo))
        show_note(t("quality.shape_odd_legend"))
        for nth, (_, some) in enumerate(groupby(odd, key=lambda each: each.meant)):
            _show_odd(store, project, list(some), nth)
        _show_way(ODD)


def _show_odd(store: Store, project: Project, odd: Sequence[Odd], nth: int) -> None:
    with st.container(key=f"entry_odd_{nth}", gap="small"):
        for each in odd[:MOST_SHOWN]:
            show_note(t("quality.shape_odd_text", n=len(each.rows)))
            show_text_diff(visible(each.text), visible(each.meant))
        _show_more(len(odd))
        st.button(
            t("quality.shape_make_same"), key=f"make_same_{nth}", icon=":material/auto_fix_high:",
            help=t("quality.shape_make_same_help"), on_click=_ask, args=(store, project, odd),
        )  # fmt: skip


def _ask(store: Store, project: Project, odd: Sequence[Odd]) -> None:
    """Open the dialog that shows what would change; those that are shared are inherited again."""
    rows = sorted(row_id for each in odd for row_id in each.rows)
    text = "" if odd[0].is_shared else odd[0].meant
    key = secrets.token_hex(8)
    item = {"kind": "same_instructions", "what": "same_instructions", "text": text, "about": True}
    ask(store, project, {**item, "rows": rows, "key": key})


def _show_way(code: str) -> None:
    """To the table with the examples that it is about."""
    if st.button(
        t("editor.show"), key=f"shape_show_{code}", type="tertiary", icon=":material/arrow_forward:"
    ):
        narrow(Query(code=code))
        go_to("editor")


def _show_more(number: int) -> None:
    if number > MOST_SHOWN:
        show_note(t("quality.shape_more", n=number - MOST_SHOWN))


def _load(store: Store, project: Project, row_ids: Sequence[int]) -> list[Example]:
    examples = []
    for row_id in row_ids:
        try:
            examples.append(store.load_row(project.id, row_id).example)
        except NotFound:  # deleted a moment ago
            continue
    return examples


def _excerpt(example: Example, role: str, width: int) -> str:
    text = next((message.text for message in example.messages if message.role == role), "")
    return visible(shorten(text, width, placeholder=" …"))
