"""How a model learns, as a picture and as a sentence."""

from __future__ import annotations

import html
from math import exp

import streamlit as st

from core.connecting import base_of
from core.curves import BY_HEART, GUESSING, LEARNING, ON_PURPOSE, UNTESTED, Reading, read_curves
from core.jobs import PAUSED, FineTuningJob, Metric
from core.metrics import Progress
from core.providers.profiles import THIS_COMPUTER
from core.storage import Store
from ui.charts import Kind, has_accuracy, show_curves
from ui.parts import show_empty, show_note
from ui.text import t

DOTS = {BY_HEART: "warning", UNTESTED: "none", GUESSING: "none", ON_PURPOSE: "none"}
LOSS, ACCURACY = KINDS = ("loss", "accuracy")


def reading_of(store: Store, job: FineTuningJob, metrics: list[Metric]) -> Reading | None:
    """What the curves of a job say, for a base model like its own."""
    base = base_of(store, job)
    is_tested = bool(job.validation_sha256 or job.validation_file_id)
    return read_curves(metrics, is_tested=is_tested, by_heart=base is not None and base.by_heart)


def show_learning(
    job: FineTuningJob,
    metrics: list[Metric],
    progress: Progress,
    reading: Reading | None,
    ahead: int,
) -> None:
    """The curves, what they say, and how that is told; `ahead`: jobs that come first here."""
    kind = _show_heading(metrics)
    if not any(_has(metric, kind) for metric in metrics):
        show_empty(_why_empty(job, ahead))
        return
    show_curves(metrics, progress.total_steps, reading, kind)
    if reading is not None:
        _show_reading(reading, job, progress)


def _why_empty(job: FineTuningJob, ahead: int) -> str:
    if not job.is_active:
        return t("jobs.curve_none")
    if job.status == PAUSED:
        return t("jobs.curve_paused")
    if ahead:
        return t("jobs.curve_waits", n=ahead)
    is_here = job.connection_id == THIS_COMPUTER
    return t("jobs.curve_soon") if is_here else t("jobs.curve_soon_there")


def _show_heading(metrics: list[Metric]) -> Kind:
    with st.container(horizontal=True, vertical_alignment="center", key="curve_head"):
        title = st.empty()
        chosen = LOSS
        if has_accuracy(metrics):
            chosen = st.segmented_control(
                t("jobs.curve_loss_title"), KINDS, default=LOSS, required=True, key="curve_kind",
                format_func=lambda kind: t(f"jobs.curve_{kind}_short"),
                label_visibility="collapsed",
            )  # fmt: skip
    kind: Kind = "accuracy" if chosen == ACCURACY else "loss"
    title.subheader(t(f"jobs.curve_{kind}_title"))
    show_note(t(f"jobs.curve_{kind}_lead"))
    return kind


def _has(metric: Metric, kind: Kind) -> bool:
    if kind == "loss":
        return metric.train_loss is not None or metric.valid_loss is not None
    return metric.train_accuracy is not None or metric.valid_accuracy is not None


def _show_reading(reading: Reading, job: FineTuningJob, progress: Progress) -> None:
    """The sentence beneath the picture."""
    dot = DOTS.get(reading.code, "")
    with st.container(horizontal=True, vertical_alignment="center", key="reading"):
        st.html(
            f'<div class="ts-reading"><i class="ts-dot {dot}"></i>'
            f"{html.escape(_reading_words(reading, job, progress))}</div>"
        )
        if reading.code != UNTESTED:
            with st.popover(t("jobs.reading_how"), type="tertiary"):
                st.markdown(t("jobs.reading_rule"))


def _reading_words(reading: Reading, job: FineTuningJob, progress: Progress) -> str:
    best = reading.best
    facts = {
        "step": f"{best.step:,}" if best else "—",
        "loss": f"{best.valid_loss:.3f}" if best and best.valid_loss is not None else "—",
        "rise": f"{reading.rise:.0%}",
    }
    if reading.code in {GUESSING, ON_PURPOSE} and reading.loss is not None:
        facts |= {"loss": f"{reading.loss:.2f}", "choices": f"{exp(min(reading.loss, 50)):,.0f}"}
    if reading.code == LEARNING and job.is_active:
        return t("jobs.reading_learning_now")
    words = t(f"jobs.reading_{reading.code}", **facts)
    passes = _passes_until(best.step, progress) if best and reading.code == BY_HEART else None
    if passes is None:
        return words
    return t("ui.sentences", first=words, second=t("jobs.reading_passes", n=passes))


def _passes_until(step: int, progress: Progress) -> int | None:
    """How many passes had been made at a step, where that is known and fewer than all."""
    if not progress.total_steps or not progress.epochs:
        return None
    passes = max(1, round(step * progress.epochs / progress.total_steps))
    return passes if passes < progress.epochs else None
