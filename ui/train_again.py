"""Training once more as a job was trained: its choices stand on the Train page again."""

from __future__ import annotations

import streamlit as st

from core.connecting import all_connections, find_connection, profile_of
from core.jobs import FineTuningJob
from core.providers.profiles import Profile
from core.storage import Store


def choose_as_before(store: Store, job: FineTuningJob) -> None:
    """Have the job's place, model and numbers chosen; its name is its own.

    What there is no longer is left out, and so is what other people's jobs do not tell.
    """
    connection = find_connection(store, job.connection_id)
    profile = profile_of(connection)
    if profile is None or connection not in all_connections(store):
        return
    typed, request = st.session_state, job.request
    typed["train_place"] = connection.id
    _choose_model(profile, job)
    for name, number in (
        ("passes", request.n_epochs),
        ("batch", request.batch_size),
        ("rate", request.learning_rate),
    ):
        typed[f"train_{name}_how_{profile.id}"] = "auto" if number is None else "own"
        if number is not None:
            typed[f"train_{name}_{profile.id}"] = number
    typed["train_seed"] = request.seed


def _choose_model(profile: Profile, job: FineTuningJob) -> None:
    if profile.any_model is not None:
        st.session_state[f"train_model_{job.connection_id}"] = job.request.model
        return
    for model in profile.models:
        if job.request.model in {model.id, model.train_as}:
            st.session_state[f"train_model_{profile.id}"] = model.id
