"""The package of a place with an API of its own, offered where the place is set up."""

from __future__ import annotations

from pathlib import Path

import pytest
from visits import is_well, keys, visit, words

from core.background import held_lock
from core.local_install import Install, InstallFolder, save_install
from core.words import LANGUAGES, say


@pytest.fixture(autouse=True)
def without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Together's package is not there."""
    monkeypatch.setattr("core.providers.together_place.PACKAGE", "a-package-that-is-not-there")
    monkeypatch.delenv("TONESMITH_LOCAL", raising=False)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_missing_is_offered_in_settings(lang: str) -> None:
    """One button, beside that of the training stack."""
    app = visit("settings", lang=lang)
    assert is_well(app)
    assert "install_together" in keys(app)
    assert say(lang, "install.extra_lead", name="Together") in words(app)


def test_its_installation_is_another_than_that_of_local_training(home: Path) -> None:
    """It has a state of its own, which every visitor sees, and which can be stopped."""
    folder = InstallFolder.under(home / "extras" / "together")
    folder.path.mkdir(parents=True)
    save_install(folder, Install("running", "placing", 3, 9, package="rich"))
    with held_lock(folder.lock):
        app = visit("settings")
        assert is_well(app)
        assert "install_together" not in keys(app)
        app.button(key="cancel_install_together").click().run()
        assert folder.cancel.exists()
    assert not InstallFolder.under(home).path.exists()


def test_a_hosted_app_says_who_can_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A visitor to a server must not fill its disk."""
    monkeypatch.setenv("TONESMITH_LOCAL", "0")
    app = visit("settings")
    assert "install_together" not in keys(app)
    assert say("en", "install.extra_hosted", name="Together") in words(app)


def test_where_it_is_installed_nothing_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only its key is still wanted."""
    monkeypatch.setattr("core.providers.together_place.PACKAGE", "pip")
    monkeypatch.setattr("core.providers.together_place.SPOKEN", "")
    app = visit("settings")
    assert is_well(app)
    assert "install_together" not in keys(app)
