"""Talking to a model as it stood on the way: the checkpoint that the address names."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.jobs import Checkpoint, FineTuningJob
from core.storage import Store
from ui.parts import show_note
from ui.text import t

_NAME = "checkpoint"


def asked_checkpoint(store: Store, job: FineTuningJob) -> Checkpoint | None:
    """The checkpoint of this job that the address names, unless it is gone."""
    wanted = st.query_params.get(_NAME)
    kept = store.load_checkpoints(job.id) if wanted and st.query_params.get("job") == job.id else []
    return next((each for each in kept if each.id == wanted and not each.deleted), None)


def at_checkpoint(store: Store, job: FineTuningJob) -> FineTuningJob:
    """The job as if it had ended there, with a talk of its own; else the job as it is."""
    checkpoint = asked_checkpoint(store, job)
    if checkpoint is None:
        return job
    with st.container(horizontal=True, vertical_alignment="center", key="at_checkpoint"):
        show_note(t("compare.checkpoint", n=checkpoint.step), inline=True)
        if job.fine_tuned_model and not job.model_deleted:
            st.button(t("compare.finished"), key="finished", type="tertiary", on_click=_leave)
    return replace(job, id=f"{job.id}.{checkpoint.step}", fine_tuned_model=checkpoint.model)


def _leave() -> None:
    st.query_params.pop(_NAME, None)
