"""One conversation, every turn of it, to be read as a chat and edited in text areas."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.examples import ASSISTANT, SYSTEM, USER, Example, Message
from core.rules import check_example
from core.storage import Project, Row
from ui.findings import sentence_of
from ui.parts import bubble, show_marked
from ui.text import t

# A change to whatever stands in the database by then: two fields left in quick succession must
# not put back each other's old text.
Edit = Callable[[Example], Example]
Save = Callable[[Edit], None]


def show_conversation(project: Project, row: Row, save: Save) -> None:
    """The turns to edit on the left, the chat as it will be learned on the right."""
    write, read = st.columns([3, 2], gap="medium")
    with write:
        _edit_system(project, row, save)
        for index, message in enumerate(row.example.messages):
            if message.role != SYSTEM:
                _edit_turn(row, index, message, save)
        _add_turn(row, save)
    with read:
        show_chat(row.example.inheriting(project.system_prompt))
        _show_findings(project, row)


def show_chat(example: Example) -> None:
    """The conversation as bubbles."""
    bubbles = "".join(bubble(message.role or "", message.text) for message in example.messages)
    st.html(bubbles or "…")


def _edit_system(project: Project, row: Row, save: Save) -> None:
    key = f"turn_{row.id}_system"
    _fill(key, row.example.system or "")
    st.text_area(
        t("panel.system"), key=key, height=80,
        placeholder=project.system_prompt or t("panel.system_none"),
        on_change=lambda: save(lambda now: now.with_system(st.session_state[key] or None)),
    )  # fmt: skip


def _edit_turn(row: Row, index: int, message: Message, save: Save) -> None:
    role = message.role or ""
    label = t(f"panel.role_{role}") if role in {USER, ASSISTANT} else role or t("panel.role_none")
    key = f"turn_{row.id}_{index}_{role}"
    _fill(key, message.text)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_area(
            label, key=key, height="content", disabled=not isinstance(message.content, str | None),
            on_change=lambda: save(lambda now: _with_text(now, index, st.session_state[key])),
        )  # fmt: skip
        st.button(
            "", icon=":material/delete:", key=f"remove_{row.id}_{index}", type="tertiary",
            help=t("panel.remove_turn"), on_click=lambda: save(lambda now: _without(now, index)),
        )  # fmt: skip


def _fill(key: str, text: str) -> None:
    """Show what is stored; where it is shown already, touch nothing: that wipes half-typed text."""
    if st.session_state.get(key) != text:
        st.session_state[key] = text


def _add_turn(row: Row, save: Save) -> None:
    with st.container(horizontal=True):
        for role in (USER, ASSISTANT):
            st.button(
                t(f"panel.add_{role}"), key=f"add_{row.id}_{role}", icon=":material/add:",
                on_click=lambda role=role: save(lambda now: _with_turn(now, role)),
            )  # fmt: skip


def _with_text(example: Example, index: int, text: str) -> Example:
    return example.with_message(index, example.messages[index].with_value("content", text))


def _with_turn(example: Example, role: str) -> Example:
    return example.with_messages((*example.messages, Message.of(role, "")))


def _without(example: Example, index: int) -> Example:
    return example.with_messages(m for i, m in enumerate(example.messages) if i != index)


def _show_findings(project: Project, row: Row) -> None:
    for finding in check_example(row.example.inheriting(project.system_prompt)):
        show_marked(finding.severity, sentence_of(finding))
