"""The page's two halves: one job that is open, or the lists to find one in."""

from __future__ import annotations

import streamlit as st

from core.storage import Store
from ui.frame import show_heading
from ui.job import show_job
from ui.job_list import show_own_jobs
from ui.jobs_there import show_jobs_there
from ui.text import t


def show_jobs(store: Store) -> None:
    """The job that the address names; else our own jobs, and the providers' lists."""
    open_id = st.query_params.get("job")
    if open_id:
        show_job(store, open_id)
        return
    show_heading("jobs")
    ours, theirs = st.tabs([t("jobs.ours"), t("jobs.theirs")])
    with ours:
        show_own_jobs(store)
    with theirs:
        show_jobs_there(store)
