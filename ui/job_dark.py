"""Models of one's own that will answer no longer: a quiet word in good time."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from core.connecting import all_connections
from core.jobs import FineTuningJob
from core.retiring import NOTICE, Dark, going_dark
from core.storage import Store
from ui.dates import day_words
from ui.job_words import job_name
from ui.parts import marked
from ui.text import t, today
from ui.watching import project_names


def show_going_dark(store: Store, jobs: Sequence[FineTuningJob]) -> None:
    """Those of the jobs' models that go dark within the time of notice, or have; a line a day."""
    dark = dark_soon(store, jobs)
    if not dark:
        return
    names = project_names(store)
    days = groupby(dark, key=lambda each: each.on)
    shown = "".join(marked("advice", _line(list(together), names)) for _, together in days)
    st.html(
        f'<div class="ts-notice"><b>{html.escape(t("jobs.dark_title"))}</b>{shown}'
        f'<div class="ts-soft">{html.escape(t("jobs.dark_do"))}</div></div>'
    )


def dark_soon(store: Store, jobs: Sequence[FineTuningJob]) -> list[Dark]:
    """The models that go dark soon, the soonest first."""
    found = going_dark(jobs, all_connections(store), {}, today())
    return [each for each in found if each.days_left <= NOTICE.days]


def _line(dark: Sequence[Dark], names: dict[str, str]) -> str:
    """One model by its name, several as how many they are."""
    first = dark[0]
    day = day_words(first.on, within=True)
    if len(dark) > 1:
        if first.is_over:
            return t("jobs.dark_many_over", models=len(dark), day=day)
        return t("jobs.dark_many", models=len(dark), day=day, n=first.days_left)
    name = job_name(first.job, names.get(first.job.project_id or "", ""))
    if first.is_over:
        return t("jobs.dark_over", name=name, day=day)
    return t("jobs.dark_soon", name=name, day=day, n=first.days_left)
