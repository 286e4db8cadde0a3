"""A project's summary, after rows new to an encoding have been counted with a progress bar."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.editing import count_missing
from core.lenses.base import Seen
from core.providers.profiles import Model, Profile
from core.storage import Project, Store
from core.summary import Summary, summarise
from ui.text import t


def counted_summary(
    store: Store,
    project: Project,
    profile: Profile,
    model: Model,
    *,
    approved_only: bool = False,
    seen: Sequence[Seen] = (),
) -> Summary:
    """The summary for a place and a base model; counting shows how far it is."""
    look = partial(
        summarise, store, project, profile, model, approved_only=approved_only, seen=seen
    )
    summary = look()
    if not summary.uncounted:
        return summary
    bar = st.progress(0.0, t("editor.counting"))
    for share in count_missing(store, project, model.encoding):
        bar.progress(share, t("editor.counting"))
    bar.empty()
    return look()
