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

    One that was stopped begins anew when the page is opened the next time.
    """
    key = f"recheck_{project.id}"
    if is_checked(project):
        if not is_running(key):
            forget_task(key)
    elif project.examples <= AT_ONCE:
        recheck(store, project)
    elif find_task(key) is None:
        start_task(key, lambda task: recheck(store, project, task.advance), total=project.examples)
    show_task(key, t("quality.rechecking"))
