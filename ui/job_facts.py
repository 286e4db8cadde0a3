"""What a job was asked for and what came of it: settings, time and money, kept checkpoints."""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import partial

import streamlit as st

from core.connecting import find_connection, profile_of
from core.curves import GUESSING, ON_PURPOSE, Reading, best_checkpoint, loss_at
from core.jobs import Checkpoint, Estimate, FineTuningJob, Metric
from core.metrics import Progress
from core.storage import Store
from core.training import delete_checkpoint
from ui.costs import estimate_words
from ui.dates import moment_words
from ui.frame import go_to, say_next_run
from ui.job_actions import went_through
from ui.job_words import cost_words, is_a_pass, span_words, status_words, tokens_words
from ui.parts import show_facts, show_note
from ui.text import t

NO_BEST = {GUESSING, ON_PURPOSE}  # readings by which none is better than another
FEW = 4  # checkpoints shown at once
_SETTINGS = ("n_epochs", "batch_size", "learning_rate", "learning_rate_multiplier")


def show_time_and_money(
    store: Store, job: FineTuningJob, progress: Progress, taken: float | None
) -> None:
    """What it takes beside what it was reckoned to take; `taken`: seconds of work so far."""
    st.subheader(t("jobs.reckoned"))
    now = t("jobs.so_far") if job.is_active else t("jobs.in_all")
    tokens = tokens_words(store, job, progress)
    reckoned = _tokens_reckoned(job.estimate)
    if job.estimate is not None and is_a_pass(store, job):
        reckoned = t("jobs.each_pass", tokens=reckoned)
    rows = [
        (t("jobs.fact_cost"), cost_words(job, progress.share), _cost_reckoned(job.estimate)),
        (t("jobs.fact_time"), span_words(taken), _time_reckoned(job.estimate)),
        (t("jobs.fact_tokens"), tokens, reckoned),
    ]
    head = ("", now, t("jobs.reckoned_before"))
    cells = "".join(
        f"<span>{html.escape(name)}</span><b>{html.escape(is_)}</b><i>{html.escape(was)}</i>"
        for name, is_, was in (head, *rows)
    )
    st.html(f'<div class="ts-reckoned">{cells}</div>')


def _cost_reckoned(estimate: Estimate | None) -> str:
    if estimate is None or estimate.cost_low is None:
        return "—"
    return estimate_words(estimate)


def _time_reckoned(estimate: Estimate | None) -> str:
    if estimate is None or estimate.seconds_low is None or estimate.seconds_high is None:
        return "—"
    low, high = span_words(estimate.seconds_low), span_words(estimate.seconds_high)
    return low if low == high else t("jobs.from_to", low=low, high=high)


def _tokens_reckoned(estimate: Estimate | None) -> str:
    if estimate is None:
        return "—"
    low, high = f"{estimate.tokens_low:,}", f"{estimate.tokens_high:,}"
    return low if low == high else t("jobs.from_to", low=low, high=high)


def show_settings(job: FineTuningJob) -> None:
    """What was asked for, and the names under which the provider knows it."""
    st.subheader(t("jobs.facts"))
    facts = [
        (t("jobs.fact_status"), status_words(job.status)),
        (t("jobs.fact_started"), moment_words(job.created_at)),
        *((t(f"jobs.hyper_{name}"), f"{value}") for name, value in _settings(job)),
        (t("jobs.fact_base"), job.request.model),
        (t("jobs.fact_model"), job.fine_tuned_model or "—"),
        (t("jobs.fact_job"), job.provider_job_id or "—"),
        (t("jobs.fact_file"), job.training_file_id or "—"),
    ]
    if job.request.seed is not None:
        facts.insert(-4, (t("jobs.fact_seed"), f"{job.request.seed}"))
    show_facts(facts)


def _settings(job: FineTuningJob) -> list[tuple[str, object]]:
    known = [(name, job.hyperparameters[name]) for name in _SETTINGS if name in job.hyperparameters]
    absolute = "learning_rate" in job.hyperparameters  # then the multiplier says nothing more
    return [pair for pair in known if not (absolute and pair[0] == "learning_rate_multiplier")]


def show_checkpoints(
    store: Store, job: FineTuningJob, metrics: list[Metric], reading: Reading | None
) -> None:
    """The models that are kept there, the latest first, each to be talked to or let go."""
    kept = [each for each in store.load_checkpoints(job.id) if not each.deleted]
    if not kept:
        return
    profile = profile_of(find_connection(store, job.connection_id))
    offers = profile.offers if profile else frozenset()
    has_best = reading is not None and reading.code not in NO_BEST
    best = best_checkpoint(kept, metrics) if has_best else None
    latest = kept[: -FEW - 1 : -1]
    first = latest if best is None or best in latest else [*latest[:-1], best]

    def show(some: Iterable[Checkpoint]) -> None:
        for each in some:
            loss = _loss_words(each, metrics, reading)
            words = _checkpoint_html(each, loss, is_best=each == best)
            _show_checkpoint(store, job, each, words, offers)

    with st.container(border=True, key="card_checkpoints"):
        st.subheader(t("jobs.checkpoints"))
        show_note(t("jobs.checkpoints_lead"))
        show(first)
        others = [each for each in reversed(kept) if each not in first]
        if others:
            with st.expander(t("jobs.checkpoints_all", n=len(others)), key="all_checkpoints"):
                show(others)


def _show_checkpoint(
    store: Store, job: FineTuningJob, checkpoint: Checkpoint, words: str, offers: frozenset[str]
) -> None:
    with st.container(
        key=f"point_{checkpoint.id}", horizontal=True, vertical_alignment="center", gap="small"
    ):
        st.html(words)
        if "checkpoint_chat" in offers and st.button(
            t("jobs.checkpoint_talk"), key=f"talk_{checkpoint.id}", type="tertiary",
            icon=":material/forum:",
        ):  # fmt: skip
            go_to("compare", job=job.id, checkpoint=checkpoint.id)
        if "checkpoint_delete" in offers and not job.is_active:
            with st.popover(t("jobs.checkpoint_delete"), type="tertiary"):
                st.markdown(t("jobs.checkpoint_sure", n=checkpoint.step))
                st.button(
                    t("jobs.delete_yes"), key=f"delete_{checkpoint.id}", type="primary",
                    on_click=_delete, args=(store, job, checkpoint),
                )  # fmt: skip


def _delete(store: Store, job: FineTuningJob, checkpoint: Checkpoint) -> None:
    if went_through(store, job, partial(delete_checkpoint, checkpoint_id=checkpoint.id)):
        say_next_run(t("jobs.checkpoint_gone", n=checkpoint.step))


def _loss_words(checkpoint: Checkpoint, metrics: list[Metric], reading: Reading | None) -> str:
    """How well it does on what was held back; or on its own, where only that is a measure."""
    if reading is not None and reading.code == ON_PURPOSE:
        known = (m.train_loss for m in metrics if m.step == checkpoint.step)
        own = next(known, None)
        return "" if own is None else t("jobs.checkpoint_own_loss", loss=f"{own:.3f}")
    loss = loss_at(metrics, checkpoint.step)
    return "" if loss is None else t("jobs.checkpoint_loss", loss=f"{loss:.3f}")


def _checkpoint_html(checkpoint: Checkpoint, loss: str, *, is_best: bool) -> str:
    """Its step, and how well it does."""
    best = f'<span class="ts-chip">{html.escape(t("jobs.checkpoint_best"))}</span>'
    return (
        f"<b>{html.escape(t('jobs.checkpoint_step', n=checkpoint.step))}</b> "
        f"{best if is_best else ''}"
        f'<div class="ts-soft">{html.escape(loss)}</div>'
    )
