"""What a training comes to before it is started, and the limit on what a project may cost."""

from __future__ import annotations

import html
from math import ceil, floor

import streamlit as st

from core.costs import format_usd
from core.estimating import is_open_ended
from core.jobs import Estimate, TrainingRequest
from core.providers.profiles import Model, Profile
from core.spending import Budget, load_budget
from core.storage import Project, Store
from core.summary import Summary
from ui.costs import cost_tip, estimate_words
from ui.parts import show_facts, show_note
from ui.tally import tally_sentence
from ui.text import duration, t


def show_reckoning(
    summary: Summary, profile: Profile, model: Model, request: TrainingRequest, told: Estimate
) -> None:
    """What will be learned, what it costs and how long it takes."""
    is_open = is_open_ended(model, request)
    tokens = "train.fact_tokens_a_pass" if is_open else "train.fact_tokens"
    facts = [
        (t("train.fact_examples"), f"{summary.examples:,}"),
        (t("train.fact_passes"), _passes_words(summary, request, is_open=is_open)),
        (t(tokens), _tokens_words(told, exact=model.exact)),
        (t("train.fact_cost"), estimate_words(told)),
        (t("train.fact_time"), time_words(told)),
    ]
    show_facts(facts)
    show_note(tally_sentence(summary.tally))
    if profile.any_model is not None:
        show_note(t("train.approximate"))
    show_note(cost_tip(model, told))
    show_note(_time_tip(told))


def _passes_words(summary: Summary, request: TrainingRequest, *, is_open: bool) -> str:
    if request.n_epochs is not None:
        return f"{request.n_epochs}"
    return t("train.fact_open") if is_open else t("train.fact_auto", n=summary.epochs)


def _tokens_words(told: Estimate, *, exact: bool) -> str:
    low, high = f"{told.tokens_low:,}", f"{told.tokens_high:,}"
    return ("" if exact else "≈ ") + (low if low == high else f"{low} – {high}")


def time_words(told: Estimate) -> str:
    """How long it takes, from the shortest to the longest, in one unit."""
    if told.seconds_low is None or told.seconds_high is None:
        return t("cost.unknown")
    low, high = told.seconds_low, told.seconds_high
    for unit, size in (("hours", 3_600), ("minutes", 60), ("seconds", 1)):
        if high >= 2 * size:
            step = _step(high / size)
            least, most = step * floor(low / size / step), step * ceil(high / size / step)
            if not least:
                return t(f"train.time_{unit}_up_to", high=most)
            return t(f"train.time_{unit}", low=least, high=most)
    return duration(high)


def _step(high: float) -> int:
    """How roughly a time is said: nobody knows that it takes 61 minutes."""
    return 1 if high <= 12 else 5 if high <= 60 else 10


def _time_tip(told: Estimate) -> str:
    if told.seconds_high is None:
        return t("train.time_tip_unknown")
    if told.measured_on:
        return t("train.time_tip_own", n=told.measured_on)
    return t("train.time_tip_place")


# The limit


def show_limit(store: Store, project: Project, told: Estimate) -> None:
    """How much of the project's limit is used, with this training; and the limit itself.

    Where nothing costs anything, it is not brought up.
    """
    if told.price == 0 and project.spend_limit is None:
        return
    budget = load_budget(store, project.id)
    if budget.limit is not None:
        _show_used(budget, told)
    key = f"train_limit_{project.id}"
    st.session_state[key] = project.spend_limit  # also when another tab has set it
    st.number_input(
        t("train.limit"), min_value=0.0, value=None, step=5.0, format="%.2f", key=key,
        placeholder=t("train.limit_none"), help=t("train.limit_help"),
        on_change=_save_limit, args=(store, project.id, key),
    )  # fmt: skip


def _save_limit(store: Store, project_id: str, key: str) -> None:
    store.save_spend_limit(project_id, st.session_state[key])


def _show_used(budget: Budget, told: Estimate) -> None:
    """A bar: what is used, then what this training may add; in red where that is too much."""
    limit, adds = budget.limit or 0.0, told.cost_high or 0.0
    whole = max(limit, budget.used + adds) or 1.0
    used, more = budget.used / whole * 100, adds / whole * 100
    colour = "var(--ts-error)" if budget.used + adds > limit else "var(--ts-accent)"
    words = t("train.limit_used", used=format_usd(budget.used), limit=format_usd(limit))
    if adds:
        words = f"{words} · {t('train.limit_adds', cost=format_usd(adds))}"
    st.html(
        f'<div class="ts-soft">{html.escape(words)}</div>'
        f'<div class="ts-bar" role="img" aria-label="{html.escape(words)}">'
        f'<i style="width:{used:.1f}%"></i>'
        f'<i style="left:{used:.1f}%;width:{more:.1f}%;background:{colour};opacity:.5"></i></div>'
    )
    if budget.promised:
        show_note(t("train.limit_promised", cost=format_usd(budget.promised)))
    if budget.unknown:
        show_note(t("train.limit_unknown", n=budget.unknown))
