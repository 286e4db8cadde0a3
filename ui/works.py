"""Changes of many rows: small ones at once, large ones as a task that everybody can see."""

from __future__ import annotations

from collections.abc import Sequence

from core.bulk import Act, apply_act
from core.editing import undo_change
from core.errors import BadInput
from core.storage import Change, Project, Store
from core.tasks import start_task
from ui.tasks import is_running

LARGE = 1_000  # rows above which it takes so long that it should be seen


def work_key(project: Project) -> str:
    """The name of the task that changes a project; there is one at a time."""
    return f"work_{project.id}"


def do_act(
    store: Store, project: Project, row_ids: Sequence[int], act: Act, key: str
) -> Change | None:
    """Do it, once under the `key`; None also where it has only begun, as a task.

    Raises:
        NotFound: `project_gone`.
        BadInput: `work_running`; `pattern_too_slow`, `bad_replacement`.
    """
    if len(row_ids) <= LARGE:
        return apply_act(store, project, row_ids, act, key)
    _check_free(project)
    start_task(
        work_key(project),
        lambda task: apply_act(store, project, row_ids, act, key, task.advance),
        total=len(row_ids),
    )
    return None


def take_back(store: Store, project: Project, change_id: int) -> None:
    """Undo a change, or redo what was undone; as a task where it was large.

    Raises:
        BadInput: `already_undone`, `changed_since`, `work_running`.
        NotFound: `change_gone`.
    """
    found = store.load_changes(project.id, before=change_id + 1, limit=1)
    rows = found[0].rows if found and found[0].id == change_id else 0
    if rows <= LARGE:
        undo_change(store, project, change_id)
        return
    _check_free(project)
    start_task(
        work_key(project),
        lambda task: undo_change(store, project, change_id, task.advance),
        total=rows,
    )


def _check_free(project: Project) -> None:
    if is_running(work_key(project)):
        raise BadInput("work_running")
