"""The two halves of the transfer page."""

from __future__ import annotations

import hashlib
import html
from functools import partial
from io import BytesIO

import streamlit as st

from core.editing import priced_for
from core.jsonl import read_jsonl
from core.storage import Project, Store, UnreadableLine
from core.summary import MISSING_SYSTEM
from core.table_format import TableFormat, is_table
from core.tables import read_table
from core.transfer import (
    FILE_KINDS,
    ExportedFile,
    FileKind,
    ImportPreview,
    Reader,
    export_file,
    import_examples,
    read_preview,
)
from ui import state
from ui.columns import choose_format
from ui.conversation import show_chat
from ui.findings import sentence_of
from ui.frame import go_to, say_next_run
from ui.parts import show_empty, show_facts, show_marked, show_note
from ui.text import plain, size, t
from ui.undo import offer_lines, offer_undo, show_recall

LINES_SHOWN = 20  # unreadable lines shown; the download has them all
BUILT_AT_ONCE = 5_000  # examples up to which the export is built without being asked for


def show_import(store: Store, project: Project) -> None:
    """Upload or paste, look, accept."""
    st.header(t("transfer.in_title"))
    upload, paste = st.tabs([t("transfer.upload"), t("transfer.paste")])
    with upload:
        file = st.file_uploader(
            t("transfer.upload_label"), type=["csv", "tsv", "txt", "jsonl", "json"],
            max_upload_size=512, key=f"upload_{_round()}", help=t("transfer.upload_help"),
        )  # fmt: skip
    with paste:
        text = st.text_area(
            t("transfer.paste_label"), key=f"paste_{_round()}", height=180,
            placeholder=t("transfer.paste_placeholder"),
        )  # fmt: skip
    if file is not None:
        _show_preview(store, project, file.getvalue(), file.name)
    elif text and text.strip():
        content = text.encode("utf-8", "surrogatepass")
        _show_preview(store, project, content, t("transfer.pasted"))
    else:
        show_note(t("transfer.in_hint"))
    _show_unreadable(store, project)


def _round() -> int:
    """Raised after an import, so that the fields begin anew."""
    return int(st.session_state.get(state.IMPORT_ROUND, 0))


def _preview(content: bytes, source: str, table: TableFormat | None) -> ImportPreview:
    """The preview of these bytes, read once however often the page runs."""
    reader: Reader = partial(read_table, table=table) if table else read_jsonl
    mark = (hashlib.sha256(content).hexdigest(), source, table)
    known = st.session_state.get(state.IMPORT)
    if known is None or known[0] != mark:
        with st.spinner(t("transfer.reading")):
            known = (mark, read_preview(BytesIO(content), source, reader))
        st.session_state[state.IMPORT] = known
    preview: ImportPreview = known[1]
    return preview


def _show_preview(store: Store, project: Project, content: bytes, source: str) -> None:
    table: TableFormat | None = None
    if is_table(BytesIO(content), source):
        with st.container(border=True, key="card_columns"):
            table = choose_format(content)
        if not table.is_complete:
            return
    preview = _preview(content, source, table)
    place = "transfer.row" if table else "transfer.line"
    with st.container(border=True, key="card_preview"):
        st.markdown(
            t("transfer.preview", examples=t("count.examples", n=preview.examples),
              lost=t("count.unreadable", n=preview.unreadable))
        )  # fmt: skip
        for finding in preview.findings:
            sentence, line = sentence_of(finding), finding.place.line
            show_marked(finding.severity, t(place, n=line, sentence=sentence) if line else sentence)
        _show_codes(project, preview)
        for number, example in enumerate(preview.first):
            with st.container(border=True, key=f"card_preview_{number}"):
                show_chat(example)
        _show_accept(store, project, content, preview)


def _show_codes(project: Project, preview: ImportPreview) -> None:
    """How often each thing occurs, so that the list above may end early."""
    known = {MISSING_SYSTEM} if project.system_prompt else set()  # they inherit what is there
    chips = "".join(
        f'<span class="ts-chip wait">{html.escape(t(f"finding.{code}.title"))} · {n:,}</span>'
        for code, n in preview.codes.most_common()
        if code not in known
    )
    if chips:
        st.html(chips)


def _show_accept(store: Store, project: Project, content: bytes, preview: ImportPreview) -> None:
    if not preview.examples and not preview.unreadable:
        return
    share = False
    if preview.shared_system and preview.shared_system != project.system_prompt:
        share = st.checkbox(t("transfer.share_system"), key="share_system",
                            help=t("transfer.share_system_help"))  # fmt: skip
        st.html(f'<div class="ts-bubble system">{html.escape(preview.shared_system)}</div>')
    elif preview.shared_system:
        share = True  # the same words: inheriting them changes nothing

    def accept() -> None:
        change = import_examples(store, project, BytesIO(content), preview, share_system=share)
        said = t("transfer.imported", n=preview.examples)
        if change is None:
            say_next_run(said)
        offer_undo(change, said)
        st.session_state[state.IMPORT_ROUND] = _round() + 1
        st.session_state.pop(state.IMPORT, None)

    st.button(
        t("transfer.accept", n=preview.examples) if preview.examples else t("transfer.keep_lines"),
        key="accept",
        type="primary",
        on_click=accept,
    )


def _show_unreadable(store: Store, project: Project) -> None:
    """Lines of earlier imports that no example holds whole, as they were."""
    count = store.count_unreadable_lines(project.id)
    show_recall(store)
    if not count:
        return

    def all_lines() -> bytes:
        return b"".join(line.raw + b"\n" for line in store.iterate_unreadable_lines(project.id))

    def forget() -> None:
        moment = store.forget_unreadable_lines(project.id)
        offer_lines(project, moment, t("transfer.unreadable_forgotten", n=count))

    with st.expander(t("transfer.unreadable", n=count)):
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
    st.code(line.raw[:1600].decode("utf-8", "replace")[:400], language=None, wrap_lines=True)


def show_export(store: Store, project: Project) -> None:
    """A file of all examples or of those without errors, with what is in it and its fingerprint."""
    st.header(t("transfer.out_title"))
    if not project.examples:
        with st.container(border=True, key="card_out_empty"):
            show_empty(t("transfer.out_empty"))
            if st.button(t("transfer.go_write"), key="go_write"):
                go_to("editor")
        return
    choice = st.segmented_control(
        t("transfer.which"), ["all", "ready"], default="all", required=True, key="export_choice",
        format_func=lambda which: t(f"transfer.which_{which}"),
    )  # fmt: skip
    kind = st.segmented_control(
        t("transfer.format"), list(FILE_KINDS), default="jsonl", required=True, key="export_kind",
        format_func=lambda kind: t(f"transfer.format_{kind}"),
    )  # fmt: skip
    large = project.examples > BUILT_AT_ONCE
    if large and not st.button(t("transfer.build"), key="build_export"):
        return
    with st.spinner(t("transfer.building")):
        dialect = priced_for(project)[0].dialect if choice == "ready" else None
        file = export_file(store, project, FILE_KINDS[kind], without_errors=dialect)
    _show_file(project, FILE_KINDS[kind], file)


def _show_file(project: Project, kind: FileKind, file: ExportedFile) -> None:
    facts = [
        (t("transfer.fact_examples"), f"{file.examples:,}"),
        (t("transfer.fact_left_out"), f"{file.left_out.total():,}"),
        (t("transfer.fact_size"), size(len(file.content))),
        ("SHA-256", hashlib.sha256(file.content).hexdigest()),
    ]
    with st.container(border=True, key="card_file"):
        show_facts(facts)
        for reason, count in file.left_out.items():
            show_marked("warning", t(f"transfer.left_out_{reason}", n=count))
        if kind.id == "csv":
            show_note(t("transfer.format_csv_note"))
        st.download_button(
            t("transfer.download", kind=kind.id.upper()), file.content, type="primary",
            file_name=_file_name(project, kind), mime=kind.media_type, on_click="ignore",
            icon=":material/download:", key="download",
        )  # fmt: skip


def _file_name(project: Project, kind: FileKind) -> str:
    """The project's name where a file may be called so."""
    name = "".join(c if c.isalnum() or c in "-_ " else "-" for c in project.name).strip() or "data"
    return f"{name}.{kind.id}"
