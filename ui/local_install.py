"""What stands between this computer and training on it: the button that installs the rest."""

from __future__ import annotations

import sys

import streamlit as st

from core.errors import TonesmithError
from core.local_install import Install, cancel_install, install_offered, load_install, start_install
from core.local_trainer import local_training_installed
from core.storage import data_home
from ui.frame import page_errors, say_next_run
from ui.parts import show_note
from ui.text import markdown_for, plain, size, t

EVERY = 1.0  # seconds between two looks at an installation that is under way
WORTH_A_BAR = 5_000_000  # bytes: smaller files are there before one has read their name


def can_train_here() -> bool:
    """Whether everything for training on this computer is there, and all of it."""
    return local_training_installed() and load_install(data_home()).state != "running"


def why_not_here() -> str:
    """Why nothing can be trained on this computer now, in a sentence."""
    if not install_offered():
        return t("install.not_offered")
    running = load_install(data_home()).state == "running"
    return t("install.wait") if running else t("install.missing")


def show_install_card() -> None:
    """The offer in a card of its own; nothing where nothing is missing."""
    if not can_train_here():
        with st.container(border=True, key="card_local_install"):
            if install_offered():
                st.subheader(t("install.title"))
            show_local_install()


def show_local_install() -> None:
    """The offer, or how far the installation is, or why there is none here."""
    if not install_offered():
        show_note(t("install.not_offered"))
        return
    running = load_install(data_home()).state == "running"
    st.fragment(_show_live, run_every=EVERY if running else None)(was_running=running)


def _show_live(*, was_running: bool) -> None:
    with page_errors():
        install = load_install(data_home())
        if was_running and install.state != "running":
            if install.state == "done":
                say_next_run(t("install.done"))
            st.rerun()  # draws the page without the clock, and with what can be done now
        if install.state == "running":
            _show_progress(install)
        else:
            _show_offer(install)


def _show_offer(install: Install) -> None:
    if install.state == "failed":
        _show_failure(install)
    elif install.state == "done":
        show_note(t("install.done_unseen"))
    show_note(t("install.size"))
    if sys.platform == "linux":
        show_note(t("install.size_linux"))
    words = "install.again" if install.state == "failed" else "install.button"
    if st.button(t(words), key="install", type="primary", icon=":material/download:"):
        _start()


def _start() -> None:
    try:
        with st.spinner(t("install.beginning")):
            start_install(data_home())
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


def _show_progress(install: Install) -> None:
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
    if st.button(t("install.cancel"), key="cancel_install", icon=":material/stop:"):
        cancel_install(data_home())


def _show_getting(install: Install) -> None:
    if not install.packages:
        show_note(t("install.beginning"))
        return
    show_note(t("install.getting", n=install.packages, fetched=size(install.fetched)))
    if install.file_bytes >= WORTH_A_BAR and install.file_done < install.file_bytes:
        name, done, whole = install.file.split("-")[0], install.file_done, install.file_bytes
        st.progress(done / whole, text=t("install.file", name=plain(name), done=size(done),
                                         whole=size(whole)))  # fmt: skip
