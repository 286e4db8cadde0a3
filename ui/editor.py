"""The editor in one fragment, so that an edit redraws only what follows from it."""

from __future__ import annotations

import streamlit as st

from core.editing import priced_for, save_system_prompt
from core.prices import priced_model
from core.providers.profiles import Model, Profile
from core.storage import Project, Store
from core.summary import Summary
from ui.bulk import show_asked, show_work
from ui.costs import cost_tip, cost_words
from ui.counting import counted_summary
from ui.found import write_address
from ui.frame import go_to, page_errors
from ui.keeping_checked import keep_checked
from ui.narrowing import show_narrowing
from ui.overview import show_overview
from ui.panel import show_panel
from ui.parts import show_figures, show_note, show_readiness
from ui.survey import catch_up, show_survey_task
from ui.table import show_table
from ui.text import t
from ui.undo import show_undo


@st.fragment
def show_editor(store: Store, project_id: str) -> None:
    """Everything below the heading. Reads the project anew, as an edit may just have changed it."""
    with page_errors():
        project = store.load_project(project_id)
        profile, model = priced_for(project)
        model = priced_model(store, profile, model)
        keep_checked(store, project)
        survey = catch_up(store, project)
        summary = counted_summary(store, project, profile, model, seen=survey.seen())
        _show_head(summary, profile, model)
        _show_system_prompt(store, project)
        with st.container(key="workbench"):
            left, right = st.columns([3.1, 1], gap="medium")
        with left:
            show_work(project)
            show_survey_task(project)
            show_narrowing(store, project, summary, model)
            show_table(store, project, profile, model)
            show_panel(store, project, profile)
        with right:
            show_overview(store, project, summary, model)
        show_undo(store, project)
        show_asked(store, project)
        write_address()


def _show_head(summary: Summary, profile: Profile, model: Model) -> None:
    with st.container(border=True, key="card_head"):
        bar, figures, button = st.columns([5, 4, 1.1], vertical_alignment="center", gap="medium")
        with bar:
            show_note(status_line(summary))
            show_readiness(summary.examples, profile.min_examples)
        with figures:
            show_figures([_tokens(summary, model), _cost(summary, model)])
        with button:
            if st.button(t("editor.train"), type="primary", width="stretch", key="to_train"):
                go_to("train")


def _tokens(summary: Summary, model: Model) -> tuple[str, str, str]:
    about = "" if model.exact else "≈ "
    return f"{about}{summary.billed:,}", t("editor.figure_tokens"), t("editor.tokens_tip")


def _cost(summary: Summary, model: Model) -> tuple[str, str, str]:
    label = t("editor.figure_cost", n=summary.epochs, model=model.id.rpartition("/")[2])
    return cost_words(summary) if summary.examples else "—", label, cost_tip(model)


def status_line(summary: Summary) -> str:
    """The state of the dataset in a line: "10 examples · no errors"."""
    errors = sum(group.count for group in summary.blocking)
    others = sum(group.count for group in summary.groups if not group.of_dataset) - sum(
        group.count for group in summary.blocking if not group.of_dataset
    )
    found = [t("count.examples", n=summary.examples)]
    found += [t("count.held_out", n=summary.held_out)] if summary.held_out else []
    found += [t("count.errors", n=errors) if errors else t("count.no_errors")]
    found += [t("count.to_look_at", n=others)] if others else []
    return " · ".join(found)


def _show_system_prompt(store: Store, project: Project) -> None:
    key = f"system_prompt_{project.id}"
    if st.session_state.get(key) != project.system_prompt:
        st.session_state[key] = project.system_prompt

    def keep() -> None:
        save_system_prompt(store, project, st.session_state[key])

    st.text_area(
        t("editor.system_prompt"),
        key=key,
        height=68,
        help=t("editor.system_prompt_help"),
        placeholder=t("editor.system_prompt_placeholder"),
        on_change=keep,
    )
