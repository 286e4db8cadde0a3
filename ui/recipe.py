"""How a file is read: what was recognised, in words, and every part of it to be changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import streamlit as st

from core.encodings import ENCODINGS
from core.examples import SYSTEM
from core.importing import (
    COLUMNS_SHAPE,
    CSV,
    CUTS,
    FOREIGN,
    JSON,
    JSONL,
    SHAPE_IDS,
    TRANSCRIPT,
    XLSX,
    Recipe,
    guess_recipe,
)
from core.table_format import DELIMITERS, MAPPED, TableFormat
from core.transit import TransitFile
from ui import state
from ui.parts import show_marked
from ui.text import t

SHOWN_CHARS = 24  # of a cell, so that one recognises a column without a name
TEXTS = (JSONL, JSON, CSV, TRANSCRIPT)  # what a text may be taken for
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}


def what_it_is(recipe: Recipe) -> str:
    """In words, such as "A ShareGPT file"."""
    if recipe.kind in (FOREIGN, TRANSCRIPT):
        return t(f"transfer.is_{recipe.kind}")
    if recipe.shape == COLUMNS_SHAPE:
        return t(f"transfer.table_is_{recipe.kind}")
    return t(f"transfer.is_{recipe.shape}")


def how_it_is_read(recipe: Recipe) -> list[str]:
    """The parts of a recipe that are worth a look, in a few words each."""
    parts = [t("transfer.read_sheet", name=recipe.sheet)] if len(recipe.sheets) > 1 else []
    if recipe.has_columns:
        names = zip(MAPPED, recipe.table.columns, strict=True)
        parts += [
            t("transfer.read_column", role=_role_name(role), name=_column_name(recipe.table, at))
            for role, at in names
            if at is not None
        ]
    if recipe.encoding not in ("", ENCODINGS[0]):
        parts.append(t(f"transfer.encoding.{recipe.encoding}"))
    return parts


def choose_recipe(file: TransitFile, ticket: str) -> Recipe:
    """What the beginning of a file tells, as changed by the person."""
    first = recipe = _guess(file, ticket, {})
    if first.kind == FOREIGN:
        return first
    with st.expander(t("transfer.change_recipe"), expanded=not first.is_complete):
        recipe, name = _choose_parts(file, ticket)
        if recipe.has_columns:
            recipe = _choose_columns(recipe, name)
        elif recipe.kind == TRANSCRIPT:
            recipe = _choose_talk(recipe, name)
    return _choose_assistant(recipe, name) if recipe.kind == TRANSCRIPT else recipe


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing to choose: the word `guess_recipe` knows it by, and what there is to choose."""

    id: str
    options: Callable[[Recipe], Sequence[Any]]
    value: Callable[[Recipe], Any]
    words: Callable[[Any], str]


RECIPE_PARTS = (
    _Part(
        "kind",
        lambda recipe: TEXTS if recipe.kind in TEXTS else (),
        lambda recipe: recipe.kind,
        lambda kind: t(f"transfer.kind.{kind}"),
    ),
    _Part(
        "sheet",
        lambda recipe: recipe.sheets if len(recipe.sheets) > 1 else (),
        lambda recipe: recipe.sheet,
        str,
    ),
    _Part(
        "encoding",
        lambda recipe: ENCODINGS if recipe.encoding else (),
        lambda recipe: recipe.encoding,
        lambda encoding: t(f"transfer.encoding.{encoding}"),
    ),
    _Part(
        "delimiter",
        lambda recipe: DELIMITERS if recipe.kind == CSV else (),
        lambda recipe: recipe.table.delimiter,
        lambda delimiter: t(f"transfer.delimiter.{_DELIMITER_NAMES[delimiter]}"),
    ),
    _Part(
        "has_header",
        lambda recipe: (True, False) if recipe.kind in (CSV, XLSX) else (),
        lambda recipe: recipe.table.has_header,
        lambda has_header: t("transfer.header" if has_header else "transfer.no_header"),
    ),
    _Part(
        "shape",
        lambda recipe: () if recipe.kind == TRANSCRIPT else SHAPE_IDS,
        lambda recipe: recipe.shape,
        lambda shape: t(f"transfer.shape.{shape}"),
    ),
)


def _choose_parts(file: TransitFile, ticket: str) -> tuple[Recipe, str]:
    """Part after part, each guessed from those before it; and a name for what was given.

    A part that depends on another begins anew where that one is changed.
    """
    given: dict[str, Any] = {}
    recipe, name = _guess(file, ticket, given), ticket
    places = list(st.columns(2) * len(RECIPE_PARTS))
    for part in RECIPE_PARTS:
        options = part.options(recipe)
        if not options:
            continue
        guess = part.value(recipe)
        with places.pop(0):
            chosen = st.selectbox(
                t(f"transfer.recipe_{part.id}"), options, options.index(guess),
                format_func={each: part.words(each) for each in options}.__getitem__,
                key=f"{part.id}_{name}",
            )  # fmt: skip
        if chosen != guess:
            given[part.id] = chosen
            recipe = _guess(file, ticket, given)
            name = f"{ticket}_{sha256(repr(given).encode()).hexdigest()[:8]}"
    return recipe, name


def _guess(file: TransitFile, ticket: str, given: dict[str, Any]) -> Recipe:
    """What the beginning tells, with these parts given; read once however often the page runs."""
    mark = (ticket, tuple(given.items()))
    known: dict[Any, Recipe] = st.session_state.setdefault(state.RECIPES, {})
    if mark not in known:
        with file.path.open("rb") as source:
            known[mark] = guess_recipe(source, file.name, **given)
    return known[mark]


def _choose_columns(recipe: Recipe, name: str) -> Recipe:
    """Which column holds the instructions, the question, the reply, the tags."""
    table = recipe.table
    choices = [None, *range(table.width)]
    chosen = []
    for place, role, guess in zip(st.columns(2) * 2, MAPPED, table.columns, strict=True):
        with place:
            column = st.selectbox(
                _role_name(role), choices, choices.index(guess), key=f"{role}_{name}",
                format_func={at: _column_choice(table, at) for at in choices}.__getitem__,
                help=t("transfer.table_system_help") if role == SYSTEM else None,
            )  # fmt: skip
        chosen.append(column)
    recipe = recipe.with_columns(*chosen)
    if not recipe.is_complete:
        show_marked("warning", t("transfer.table_incomplete"))
    return recipe


def _choose_talk(recipe: Recipe, name: str) -> Recipe:
    """Which of the names are people, and where one conversation ends."""
    talk = recipe.talk
    left, right = st.columns(2)
    with left:
        cut = st.selectbox(
            t("transfer.recipe_cut"), CUTS, CUTS.index(talk.cut), key=f"cut_{name}",
            format_func={cut: t(f"transfer.cut_{cut}") for cut in CUTS}.__getitem__,
        )  # fmt: skip
    with right:
        speakers = st.multiselect(t("transfer.recipe_speakers"), talk.speakers, talk.speakers,
                                  key=f"speakers_{name}")  # fmt: skip
    return recipe.with_cut(cut).with_speakers(*speakers)


def _choose_assistant(recipe: Recipe, name: str) -> Recipe:
    """Who of those who speak in a transcript is the one to learn from.

    Where the names do not tell, it is taken to be who speaks second: the first one asks.
    """
    speakers = recipe.talk.speakers
    if len(speakers) < 2:
        show_marked("warning", t("transfer.needs_two"))
        return recipe.with_assistant("")
    guess = recipe.talk.assistant
    chosen = st.segmented_control(
        t("transfer.who_is_assistant"), speakers, required=True, key=f"assistant_{name}",
        default=guess if guess in speakers else speakers[1],
        help=t("transfer.who_is_assistant_help"),
    )  # fmt: skip
    return recipe.with_assistant(chosen)


def _role_name(role: str) -> str:
    return t(f"transfer.column_{role}")


def _column_choice(table: TableFormat, at: int | None) -> str:
    return t("transfer.table_none") if at is None else _column_name(table, at)


def _column_name(table: TableFormat, at: int) -> str:
    """The name a column has, or its letter and how it begins."""
    if table.has_header:
        return table.names[at]
    begins = "".join(table.first_row[at : at + 1]).strip()[:SHOWN_CHARS]
    return t("transfer.table_column", letter=table.names[at], text=begins)
