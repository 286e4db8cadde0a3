"""Passes, batch size and learning rate: automatic, or one's own, and what either means here."""

from __future__ import annotations

from math import ceil, sqrt

import streamlit as st

from core.jobs import TrainingRequest
from core.providers.profiles import Hyperparameter, Model, Profile
from core.summary import Summary
from ui.parts import show_note
from ui.text import t

SEED = Hyperparameter("seed", 0, 2_147_483_647)


def refused_numbers(profile: Profile, request: TrainingRequest) -> list[str]:
    """A sentence for each number that this place would not take.

    The fields themselves have no limits: the browser would refuse a number in its own words, go on
    showing it, and leave us with the one before.
    """
    chosen = (
        ("passes", profile.n_epochs, request.n_epochs),
        ("batch", profile.batch_size, request.batch_size),
        ("rate", profile.learning_rate, request.learning_rate),
        ("seed", SEED, request.seed),
    )
    return [
        t("train.number_refused", name=t(f"train.{name}"), low=_written_out(limits.minimum),
          high=_written_out(limits.maximum))
        for name, limits, number in chosen
        if not _is_within(number, limits)
    ]  # fmt: skip


def _written_out(number: float) -> str:
    """0.000001 where Python would write 1e-06."""
    return f"{number:,.10f}".rstrip("0").rstrip(".")


def _is_within(number: float | None, limits: Hyperparameter) -> bool:
    return number is None or limits.minimum <= number <= limits.maximum


def choose_passes(profile: Profile, model: Model, summary: Summary) -> int | None:
    """How often the model reads all examples."""
    auto = summary.epochs if model.epochs.known else None
    usual = auto or min(3, int(profile.n_epochs.maximum))
    chosen = _choose_whole("passes", profile.n_epochs, profile.id, usual)
    if chosen is not None:
        if _is_within(chosen, profile.n_epochs):
            show_note(_passes_words(chosen, auto))
    elif auto is None:
        show_note(t("train.passes_open"))
    else:
        show_note(t("train.passes_auto", n=auto, examples=f"{summary.examples:,}"))
    return chosen


def _passes_words(passes: int, auto: int | None) -> str:
    if auto is None:
        return t("train.passes_told")
    if passes == auto:
        return t("train.passes_same")
    words = "train.passes_more" if passes > auto else "train.passes_fewer"
    return t(words, auto=auto, factor=f"{passes / auto:.2g}")


def choose_batch(profile: Profile, summary: Summary) -> int | None:
    """How many examples it looks at before it adjusts itself."""
    auto = profile.batch_size.auto
    chosen = _choose_whole("batch", profile.batch_size, profile.id, int(auto or 4))
    if not _is_within(chosen, profile.batch_size):
        return chosen
    batch = chosen or (int(auto) if auto else None)
    if batch is None:
        show_note(t("train.batch_open"))
        return None
    words = "train.batch_own" if chosen else "train.batch_auto"
    steps = ceil(summary.examples / batch)  # a pass
    show_note(t(words, size=batch, examples=f"{summary.examples:,}", n=steps))
    return chosen


def choose_rate(profile: Profile, model: Model) -> float | None:
    """How big each adjustment is, in the unit of the place."""
    limits = profile.learning_rate
    auto = model.auto_rate or limits.auto
    chosen = _choose_rate(limits, profile.id, auto)
    if chosen is not None:
        words = "train.rate_factor" if limits.is_factor else "train.rate_itself"
        show_note(t(words, name=limits.name))
    if auto is not None and not limits.is_factor:
        show_note(t("train.rate_auto", rate=_written_out(auto)))
    elif chosen is None:
        show_note(t("train.rate_open"))
    return chosen


def _choose_whole(name: str, limits: Hyperparameter, place: str, usual: int) -> int | None:
    """Each place keeps a number of its own: it would mean something else at another."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if not _is_own(name, place):
            return None
        least, most = int(limits.minimum), int(limits.maximum)
        return st.number_input(
            t(f"train.{name}"), value=min(max(usual, least), most), step=1,
            key=f"train_{name}_{place}", persist_state="session", label_visibility="collapsed",
        )  # fmt: skip


def _choose_rate(limits: Hyperparameter, place: str, auto: float | None) -> float | None:
    least, most = float(limits.minimum), float(limits.maximum)
    usual = auto or (1.0 if limits.is_factor else sqrt(least * most))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if not _is_own("rate", place):
            return None
        return st.number_input(
            t("train.rate"), value=float(usual), step=usual / 5, format="%g",
            key=f"train_rate_{place}", persist_state="session", label_visibility="collapsed",
        )  # fmt: skip


def _is_own(name: str, place: str) -> bool:
    how = st.segmented_control(
        t(f"train.{name}"), ["auto", "own"], default="auto", required=True,
        key=f"train_{name}_how_{place}", help=t(f"train.{name}_help"), persist_state="session",
        format_func=lambda value: t(f"train.{value}"),
    )  # fmt: skip
    return how == "own"
