"""What no example holds whole of earlier imports: listed as it came, to be mended elsewhere."""

from __future__ import annotations

import streamlit as st

from core.storage import Project, Store, UnreadableLine
from ui.parts import show_note
from ui.text import plain, t
from ui.undo import offer_lines, show_recall

LINES_SHOWN = 20  # the download has them all


def show_kept(store: Store, project: Project) -> None:
    """The lines that were kept, each with what is wrong and what to do."""
    count = store.count_unreadable_lines(project.id)
    show_recall(store)
    if not count:
        return

    def all_lines() -> bytes:
        return b"".join(line.raw + b"\n" for line in store.iterate_unreadable_lines(project.id))

    def forget() -> None:
        moment = store.forget_unreadable_lines(project.id)
        offer_lines(project, moment, t("transfer.unreadable_forgotten", n=count))

    with st.expander(t("transfer.unreadable", n=count), icon=":material/inbox:"):
        show_note(t("transfer.unreadable_help"))
        for line in store.load_unreadable_lines(project.id, LINES_SHOWN):
            _show_line(line)
        with st.container(horizontal=True):
            st.download_button(
                t("transfer.unreadable_download"),
                all_lines,
                file_name="unreadable-lines.txt",
                on_click="ignore",
            )
            st.button(t("transfer.unreadable_forget"), key="forget_unreadable", on_click=forget)


def _show_line(line: UnreadableLine) -> None:
    title = t(f"finding.{line.code}.title")
    st.markdown(t("transfer.unreadable_line", source=plain(line.source), n=line.line, title=title))
    show_note(t("transfer.remedy", do=t(f"finding.{line.code}.do")))
    st.code(line.raw[:1600].decode("utf-8", "replace")[:400], language=None, wrap_lines=True)
