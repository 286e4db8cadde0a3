"""One conversation of a project, edited turn by turn: each step is checked, counted and saved.

What comes from a browser may come twice, after a lost answer: typing is compared with what stands
there, and every other step carries a key under which it is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from core.editing import facts_in
from core.errors import BadInput
from core.examples import Example
from core.history import TURNS
from core.reviews import in_visit, rewriting
from core.storage import Amend, Change, Project, Store
from core.turns import Spot, type_text


def save_turn_text(
    store: Store,
    project: Project,
    row_id: int,
    spot: Spot,
    text: str,
    *,
    bases: Sequence[str],
    visit: str,
) -> Change | None:
    """What was typed in `spot` over one of the `bases`; all that one `visit` types is one Change.

    Raises:
        NotFound: `example_gone`.
        BadInput: `changed_elsewhere`, with what stands there now as `theirs`.
    """
    edit = partial(type_text, spot=spot, text=text, bases=bases)
    column = spot.role if spot.field == "content" else TURNS
    visiting = in_visit(store, project, row_id, visit, edit)
    return _amend(store, project, row_id, visiting, visit, column)


def save_turns(
    store: Store, project: Project, row_id: int, edit: Callable[[Example], Example], key: str
) -> Change | None:
    """One step of `core.turns`, once under this `key`; None where it was done or changes nothing.

    Raises:
        NotFound: `example_gone`.
        BadInput: `changed_elsewhere`, where the step is about a turn that is no longer as seen.
    """
    return _amend(store, project, row_id, rewriting(edit), key, TURNS, once=True)


def save_note(
    store: Store, project: Project, row_id: int, text: str, *, bases: Sequence[str], visit: str
) -> Change | None:
    """What was typed as a note over one of the `bases`; all that one `visit` types is one Change.

    Raises:
        NotFound: `example_gone`.
        BadInput: `changed_elsewhere`, with what stands there now as `theirs`.
    """

    def edit(now: Example) -> Example:
        if now.note != text and now.note not in bases:
            raise BadInput("changed_elsewhere", theirs=now.note)
        return now.with_note(text)

    edits = [Amend(row_id, edit, facts_in(project))]
    return store.apply_change(project.id, "note", edits, key=visit)


def _amend(
    store: Store,
    project: Project,
    row_id: int,
    edit: Callable[[Example], Example],
    key: str,
    column: str | None,
    once: bool = False,
) -> Change | None:
    amends = [Amend(row_id, edit, facts_in(project))]
    params = {"column": column}
    return store.apply_change(project.id, "edit", amends, params=params, key=key, once=once)
