"""What stands between this computer and training on it: the button that installs the rest."""

from __future__ import annotations

import sys

import streamlit as st

from core.local_install import install_offered, load_install
from core.local_trainer import local_training_installed
from core.storage import data_home
from ui.installing import Packages, show_install
from ui.parts import show_note
from ui.text import t


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
    show_install(Packages(data_home(), t("install.button"), t("install.done"), _show_size))


def _show_size() -> None:
    show_note(t("install.size"))
    if sys.platform == "linux":
        show_note(t("install.size_linux"))
