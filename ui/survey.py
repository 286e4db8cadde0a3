"""The survey of the project at hand: caught up at once after an edit, built in the background."""

from __future__ import annotations

import time

from core.storage import Project, Store
from core.survey import Survey, survey_of
from core.tasks import Task, find_task, start_task
from ui.tasks import is_running, show_task
from ui.text import t

AT_ONCE = 1_000  # rows that are looked at while the page is drawn
SOON = 3_000  # rows that may be done before anything is shown of it
BREATH = 0.002  # seconds a batch, in which whoever writes meanwhile is served


def survey_key(project: Project) -> str:
    """The name of the task that builds the survey of a project."""
    return f"survey_{project.id}"


def catch_up(store: Store, project: Project) -> Survey:
    """The survey, with all that was written where that is little; else a task sees to it."""
    survey, key = survey_of(project), survey_key(project)
    if is_running(key) or _was_stopped(key):
        return survey
    behind = survey.behind(store, project)
    if behind <= AT_ONCE:
        survey.catch_up(store, project)
    else:
        start_task(key, lambda task: _build(survey, store, project, task), total=behind)
    return survey


def show_survey_task(project: Project) -> None:
    """How far the survey is, where it takes long, with Stop; what is surely long, nobody awaits."""
    key = survey_key(project)
    task = find_task(key)
    show_task(key, t("quality.looking"), waits=task is not None and task.total <= SOON)


def _was_stopped(key: str) -> bool:
    task = find_task(key)
    return task is not None and task.state in {"stopped", "failed"}


def _build(survey: Survey, store: Store, project: Project, task: Task[None]) -> None:
    def advance(rows: int) -> None:
        task.advance(rows)
        time.sleep(BREATH)

    survey.catch_up(store, project, advance)
