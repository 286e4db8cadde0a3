"""An installation on a page: the offer, how far it is, why it failed; for whatever can be added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.errors import TonesmithError
from core.local_install import (
    REQUIREMENTS,
    Install,
    cancel_install,
    install_offered,
    load_install,
    start_install,
)
from ui.frame import page_errors, say_next_run
from ui.parts import show_note
from ui.text import markdown_for, plain, size, t

EVERY = 1.0  # seconds between two looks at an installation that is under way
WORTH_A_BAR = 5_000_000  # bytes: smaller files are there before one has read their name


@dataclass(frozen=True, slots=True)
class Packages:
    """What can be installed. `home`: where its state is kept; `key`: behind its widgets' keys.

    lead: what is said before it is offered; button and done: the words of its button and its end.
    """

    home: Path
    button: str
    done: str
    lead: Callable[[], None]
    key: str = ""
    requirements: tuple[Path, ...] = REQUIREMENTS


def show_install(packages: Packages) -> None:
    """The offer, or how far the installation is, or why there is none here."""
    if not install_offered():
        show_note(t("install.not_offered"))
        return
    running = load_install(packages.home).state == "running"
    live = st.fragment(_show_live, run_every=EVERY if running else None)
    live(packages, was_running=running)


def _show_live(packages: Packages, *, was_running: bool) -> None:
    with page_errors():
        install = load_install(packages.home)
        if was_running and install.state != "running":
            if install.state == "done":
                say_next_run(packages.done)
            st.rerun()  # draws the page without the clock, and with what can be done now
        if install.state == "running":
            _show_progress(packages, install)
        else:
            _show_offer(packages, install)


def _show_offer(packages: Packages, install: Install) -> None:
    if install.state == "failed":
        _show_failure(install)
    elif install.state == "done":
        show_note(t("install.done_unseen"))
    packages.lead()
    words = t("install.again") if install.state == "failed" else packages.button
    if st.button(words, key=f"install{packages.key}", type="primary", icon=":material/download:"):
        _start(packages)


def _start(packages: Packages) -> None:
    try:
        with st.spinner(t("install.beginning")):
            start_install(packages.home, requirements=packages.requirements)
    except TonesmithError as problem:
        st.error(markdown_for(problem))
    else:
        st.rerun()


def _show_failure(install: Install) -> None:
    """What happened and what to do; pip's own words for whoever helps."""
    words = t(f"install.reason_{install.reason}")
    if install.reason == "cancelled":
        show_note(words)
        return
    said = t("install.detail", said=plain(install.detail)) if install.detail else ""
    st.error(f"{words}\n\n{said}".strip())


def _show_progress(packages: Packages, install: Install) -> None:
    """Only what was seen: a bar where an end is known, words where it is not."""
    if install.stage == "placing":
        words = "install.placing" if install.package else "install.placed"
        st.progress(
            install.packages / max(1, install.total),
            text=t(words, n=install.packages, total=install.total, name=install.package),
        )
    else:
        _show_getting(install)
    show_note(t("install.stays"))
    key = f"cancel_install{packages.key}"
    if st.button(t("install.cancel"), key=key, icon=":material/stop:"):
        cancel_install(packages.home)


def _show_getting(install: Install) -> None:
    if not install.packages:
        show_note(t("install.beginning"))
        return
    show_note(t("install.getting", n=install.packages, fetched=size(install.fetched)))
    if install.file_bytes >= WORTH_A_BAR and install.file_done < install.file_bytes:
        name, done, whole = install.file.split("-")[0], install.file_done, install.file_bytes
        st.progress(done / whole, text=t("install.file", name=plain(name), done=size(done),
                                         whole=size(whole)))  # fmt: skip
