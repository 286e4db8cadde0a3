"""Waiting for a base model that is on its way to this computer, and showing how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from core.errors import Unavailable
from core.jobs import Fetch
from core.providers.place import Place
from ui.text import t

EVERY = 0.5  # seconds between two looks


def fetch_words(fetch: Fetch) -> str:
    """How far it is, in words."""
    if fetch.is_whole:
        return t("jobs.preparing")
    done, total = (f"{count / 1_000_000:,.0f}" for count in (fetch.done_bytes, fetch.total_bytes))
    return t("jobs.fetching_of", done=done, total=total)


def ask_when_fetched(client: Place, model: str, ask: Callable[[], str]) -> str:
    """What `ask` answers, once the base model it needs has arrived.

    Raises:
        ProviderError: what `ask` raises, but for `base_is_being_fetched`, which is waited for.
    """
    while True:
        try:
            return ask()
        except Unavailable as problem:
            if problem.code != "base_is_being_fetched":
                raise
        _show_until_here(client, model)


def _show_until_here(client: Place, model: str) -> None:
    bar = st.progress(0.0, t("jobs.fetching"))
    while (fetch := client.load_fetch(model)) is not None:
        bar.progress(fetch.share, fetch_words(fetch))
        time.sleep(EVERY)
    bar.empty()
