"""The package that a place with an API of its own is spoken with, to be installed by one button."""

from __future__ import annotations

from core.local_install import APP_REQUIREMENTS, install_offered
from core.providers.adapters import missing_requirements
from core.providers.profiles import Profile
from core.storage import data_home
from ui.installing import Packages, show_install
from ui.parts import show_note
from ui.text import t


def show_extra_install(profile: Profile) -> None:
    """The offer, or how far the installation is; nothing where nothing is missing."""
    needed = missing_requirements(profile)
    if needed is None:
        return
    if not install_offered():
        show_note(t("install.extra_hosted", name=profile.name))
        return
    show_install(
        Packages(
            home=data_home() / "extras" / profile.adapter,
            button=t("install.extra_button", name=profile.name),
            done=t("install.extra_done", name=profile.name),
            lead=lambda: show_note(t("install.extra_lead", name=profile.name)),
            key=f"_{profile.id}",
            requirements=(needed, APP_REQUIREMENTS),
        )
    )
