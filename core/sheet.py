"""The table as a sheet: typing, pasting and filling down, each as one Change.

Whatever comes from a browser may come twice, after a lost answer: typing is compared with what
stands there, and everything else carries a key under which it is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.cells import (
    COLUMNS,
    as_browsers_say,
    blank_example,
    locked_columns,
    text_of,
    with_cell,
)
from core.column_names import role_of
from core.editing import facts_in
from core.errors import BadInput
from core.examples import Example
from core.reviews import in_visit, rewriting
from core.storage import Amend, Change, Project, Put, Store

Lines = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell as somebody typed it; `bases` are the texts that may stand there until now.

    More than one, where an earlier text of this visit was sent and not yet acknowledged. All that
    is typed in one `visit` to the cell is one Change.
    """

    row_id: int
    column: str
    text: str
    bases: tuple[str, ...]
    visit: str


def save_typed(store: Store, project: Project, typed: Typed) -> Change | None:
    """Save a cell; None where that changes nothing.

    Raises:
        NotFound: `example_gone`.
        BadInput: `changed_elsewhere` with what stands there now as `theirs`; `cell_locked`.
    """

    def edit(now: Example) -> Example:
        _check_writable(now, typed.column)
        stored = as_browsers_say(text_of(now, typed.column))
        if stored == typed.text:
            return now
        if stored not in typed.bases:
            raise BadInput("changed_elsewhere", theirs=stored)
        return with_cell(now, typed.column, typed.text)

    visiting = in_visit(store, project, typed.row_id, typed.visit, edit)
    return store.apply_change(
        project.id,
        "edit",
        [Amend(typed.row_id, visiting, facts_in(project))],
        params={"column": typed.column},
        key=typed.visit,
    )


def paste_cells(
    store: Store, project: Project, row_ids: Sequence[int], column: str, lines: Lines, key: str
) -> Change | None:
    """Put a block of texts into the rows, from `column` on; new examples take what is left over.

    A first line that names its columns is not pasted but obeyed. A block that is too wide to begin
    at `column` begins further left.

    Raises:
        NotFound: `example_gone`.
        BadInput: `too_wide`; `cell_locked`, where a text would replace what is not text.
    """
    columns, body = _columns(column, lines)
    facts = facts_in(project)

    def edits() -> Iterator[Amend | Put]:
        for row_id, line in zip(row_ids, body, strict=False):
            yield Amend(row_id, rewriting(_filling(columns, line)), facts)
        for line in body[len(row_ids) :]:
            example = _filling(columns, line)(blank_example())
            yield Put(example, facts(example))

    return store.apply_change(
        project.id, "paste", edits(), params={"rows": len(body)}, key=key, once=True
    )


def fill_cells(
    store: Store, project: Project, row_ids: Sequence[int], column: str, key: str
) -> Change | None:
    """Give every row the first one's text in `column`.

    Raises:
        NotFound: `example_gone`.
        BadInput: `cell_locked`.
    """
    facts = facts_in(project)

    def edits() -> Iterator[Amend]:
        first, *others = row_ids
        text = text_of(store.load_row(project.id, first).example, column)
        for row_id in others:
            yield Amend(row_id, rewriting(_filling([column], [text])), facts)

    params = {"column": column}
    return store.apply_change(project.id, "fill", edits(), params=params, key=key, once=True)


def _check_writable(example: Example, column: str) -> None:
    if column in locked_columns(example):
        raise BadInput("cell_locked")


def _columns(column: str, lines: Lines) -> tuple[list[str], Lines]:
    """The columns that a block goes to, and the block without its heads."""
    width = max(map(len, lines))
    if width > len(COLUMNS):
        raise BadInput("too_wide", n=width)
    named = [role_of(head) for head in lines[0]]
    if len(lines) > 1 and width > 1 and all(named) and len(set(named)) == width:
        return [str(name) for name in named], lines[1:]
    start = min(COLUMNS.index(column), len(COLUMNS) - width)
    return list(COLUMNS[start : start + width]), lines


def _filling(columns: Sequence[str], texts: Sequence[str]) -> Callable[[Example], Example]:
    def fill(example: Example) -> Example:
        for column, text in zip(columns, texts, strict=False):
            if text_of(example, column) != text:
                _check_writable(example, column)
                example = with_cell(example, column, text)
        return example

    return fill
