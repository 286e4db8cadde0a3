"""Findings that were made under other checks are made anew, where people see it."""

from __future__ import annotations

from core.editing import is_checked, recheck
from core.storage import Project, Store
from core.tasks import find_task, forget_task, start_task
from ui.tasks import is_running, show_task
from ui.text import t

AT_ONCE = 500  # rows that are checked while the page is drawn


def keep_checked(store: Store, project: Project) -> None:
    """Check all rows again where the checks are others by now; a task where they are many.

    It may end under checks that were changed meanwhile: then another one begins. One that was
    stopped waits until somebody has read that it was.
    """
    key = f"recheck_{project.id}"
    task = find_task(key)
    if task is not None and task.state == "done":
        forget_task(key)
        project = store.load_project(project.id)
    if not is_checked(project) and not is_running(key):
        if project.examples <= AT_ONCE:
            recheck(store, project)
        elif find_task(key) is None:
            start_task(
                key, lambda task: recheck(store, project, task.advance), total=project.examples
            )
    show_task(key, t("quality.rechecking"), writes=False)
