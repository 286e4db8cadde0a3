"""Talking to a model that answers only once it was deployed, under the name it got then."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.connecting import find_connection, profile_of
from core.jobs import FineTuningJob
from core.providers.profiles import Profile
from core.storage import Store
from ui.parts import show_note
from ui.text import t

_SETTING = "deployed:"  # the name that was typed, by the job's id


def has_model(store: Store, job: FineTuningJob) -> bool:
    """Whether there is one to talk to; some places give it a name only when it is deployed."""
    if job.model_deleted or job.status != "succeeded" or job.fine_tuned_model:
        return bool(job.fine_tuned_model) and not job.model_deleted
    profile = profile_of(find_connection(store, job.connection_id))
    return profile is not None and profile.deploy is not None


def as_deployed(store: Store, job: FineTuningJob, profile: Profile) -> FineTuningJob:
    """The job with the name its model answers to; "" until somebody has typed it.

    The name is kept for the next visit.
    """
    if profile.deploy is None:
        return job
    show_note(t(f"deploy.{profile.deploy.code}"))
    st.link_button(t("jobs.how_to_deploy"), profile.deploy.url, icon=":material/open_in_new:")
    kept = store.load_setting(_SETTING + job.id) or ""
    name = st.text_input(t("compare.deployed_as"), value=kept, key=f"deployed_{job.id}",
                         placeholder=t("compare.deployed_example")).strip()  # fmt: skip
    if name != kept:
        store.save_setting(_SETTING + job.id, name)
    return replace(job, fine_tuned_model=name)
