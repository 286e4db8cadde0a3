"""A look at what came in before anything is added: what it is, the first of it, the count."""

from __future__ import annotations

import html
from collections.abc import Sequence
from hashlib import sha256
from itertools import islice
from typing import Any, BinaryIO

import streamlit as st

from core.examples import Example
from core.findings import Finding
from core.importing import CSV, FOREIGN, PARQUET, XLSX, Recipe, read_by
from core.storage import Project
from core.summary import MISSING_SYSTEM
from core.tasks import Task, start_task
from core.transfer import SHOWN, ImportPreview, read_preview
from core.transit import TransitFile
from ui import state
from ui.conversation import chat_of
from ui.findings import sentence_of
from ui.parts import show_marked, show_note
from ui.recipe import choose_recipe, how_it_is_read, what_it_is
from ui.tally import show_tally
from ui.tasks import keep_to, percent_of, show_task
from ui.text import t

LOOKED_AT = 300  # lines, for the first conversations
MESSAGES = 8  # of each of these
ROWS = (CSV, XLSX, PARQUET)  # their places are rows; those of the others, lines


def show_look(project: Project, ticket: str, file: TransitFile) -> ImportPreview | None:
    """How it is read, to be changed, and what comes of that; the preview once it was read."""
    head = st.container()
    recipe = choose_recipe(file, ticket)
    preview = None
    if recipe.kind == FOREIGN or recipe.is_complete:
        _show_first(_first_examples(ticket, file, recipe))
        preview = _look(project, ticket, file, recipe)
    with head:
        _show_what(recipe, preview)
    if preview is not None:
        _show_count(project, recipe, preview)
    return preview


def _show_what(recipe: Recipe, preview: ImportPreview | None) -> None:
    """What it is in words, with how much of it there is, and how it is read."""
    words = what_it_is(recipe)
    if preview is not None and preview.examples:
        count = t("count.conversations", n=preview.examples)
        words = t("transfer.what", what=words, count=count)
    st.markdown(f"**{words}**")
    chips = "".join(f'<span class="ts-chip">{html.escape(part)}</span>'
                    for part in how_it_is_read(recipe))  # fmt: skip
    if chips:
        st.html(chips)


def _show_first(examples: list[Example]) -> None:
    """The first conversations one below the other, as far as one can see them at a glance."""
    if examples:
        chats = "".join(f"<div>{chat_of(example, MESSAGES)}</div>" for example in examples)
        st.html(f'<div class="ts-glimpse" tabindex="0">{chats}</div>')


def _first_examples(ticket: str, file: TransitFile, recipe: Recipe) -> list[Example]:
    """The first conversations, at once however large the file is; read once."""
    known: tuple[Any, list[Example]] = st.session_state.get(state.FIRST, (None, []))
    if known[0] != (ticket, recipe):
        with file.path.open("rb") as source:
            known = ((ticket, recipe), _read_first(source, recipe))
        st.session_state[state.FIRST] = known
    return known[1]


def _read_first(source: BinaryIO, recipe: Recipe) -> list[Example]:
    lines = islice(read_by(recipe)(source), LOOKED_AT)
    return list(islice((line.example for line in lines if line.example is not None), SHOWN))


def _look(project: Project, ticket: str, file: TransitFile, recipe: Recipe) -> ImportPreview | None:
    """All of the file read once, beside the page."""
    mark = sha256(repr((project.id, project.priced_for, ticket, recipe)).encode()).hexdigest()
    key = f"look_{mark[:16]}"

    def work(task: Task[ImportPreview]) -> ImportPreview:
        with file.path.open("rb") as source:
            return read_preview(
                source, file.name, read_by(recipe), project=project, advance=task.advance
            )

    if keep_to(state.IMPORT, key):
        start_task(key, work, total=file.size)
    task = show_task(key, t("transfer.counting"), percent_of, can_stop=False, writes=False)
    return None if task is None else task.result


def _show_count(project: Project, recipe: Recipe, preview: ImportPreview) -> None:
    """What would be learned, what cannot be read, and what else there is to say."""
    if preview.examples or preview.kept:
        show_tally(preview.tally)
    place = "transfer.row" if recipe.kind in ROWS else "transfer.line"
    if preview.unreadable:
        with st.expander(t("transfer.cannot_be_read", n=preview.unreadable),
                         icon=":material/error_outline:"):  # fmt: skip
            _show_findings(preview.errors, place)
            if preview.kept:
                show_note(t("transfer.kept_aside"))
    if preview.noted:
        with st.expander(t("transfer.to_know", n=preview.noted), icon=":material/info:"):
            _show_findings(preview.notes, place)
    _show_codes(project, preview)


def _show_findings(findings: Sequence[Finding], place: str) -> None:
    """Each with its place, and under those of one sort what to do."""
    for code in dict.fromkeys(finding.code for finding in findings):
        for finding in (each for each in findings if each.code == code):
            sentence, line = sentence_of(finding), finding.place.line
            words = t(place, n=line, sentence=sentence) if line else sentence
            show_marked(finding.severity, words)
        show_note(t("transfer.remedy", do=t(f"finding.{code}.do")))


def _show_codes(project: Project, preview: ImportPreview) -> None:
    """How often what is not told above occurs in the examples."""
    known = {finding.code for finding in (*preview.errors, *preview.notes)}
    known |= {MISSING_SYSTEM} if project.system_prompt else set()  # they inherit what is there
    chips = "".join(
        f'<span class="ts-chip wait">{html.escape(t(f"finding.{code}.title"))} · {n:,}</span>'
        for code, n in preview.codes.most_common()
        if code not in known
    )
    if chips:
        st.html(chips)
