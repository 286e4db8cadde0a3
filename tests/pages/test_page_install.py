"""Local training on the Train and Settings pages of an app that came without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from visits import go, is_well, keys, start, visit, words

from core.background import held_lock
from core.local_install import Install, InstallFolder, load_install, save_install
from core.words import LANGUAGES, say


@pytest.fixture(autouse=True)
def a_light_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages for training are not there."""
    monkeypatch.setattr("core.local_trainer.NEEDED", ("a_package_that_is_not_there",))
    monkeypatch.delenv("TONESMITH_LOCAL", raising=False)


def a_folder(home: Path, install: Install) -> InstallFolder:
    """A data folder in which an installation has come this far."""
    folder = InstallFolder.under(home)
    folder.path.mkdir(parents=True, exist_ok=True)
    save_install(folder, install)
    return folder


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", ["train", "settings"])
def test_what_is_missing_is_offered_with_its_size(page: str, lang: str) -> None:
    """One button installs it, and says before how much that is."""
    _, project = start()
    app = visit(page, project, lang)
    assert is_well(app)
    assert "install" in keys(app)
    assert "347 MB" in words(app)
    assert "1.8 GB" in words(app)


def test_what_is_not_installed_is_neither_tested_nor_woken() -> None:
    """Settings tests only what is there; the jobs on this computer begin with the offer."""
    assert {"test_this_computer", "test_openai"} & keys(visit("settings")) == {"test_openai"}
    app = visit("jobs")
    assert is_well(app)
    assert "install" in keys(app)
    assert "look" not in keys(app)


def test_start_waits_until_it_is_installed() -> None:
    """The page says what stands in the way and where it is removed."""
    _, project = start()
    app = visit("train", project)
    assert app.button(key="start").disabled
    assert say("en", "install.missing") in words(app)


@pytest.mark.parametrize("page", ["train", "settings"])
def test_an_installation_under_way_is_seen_by_every_visitor(page: str, home: Path) -> None:
    """A reload or a second tab shows the same progress, and offers to stop it."""
    _, project = start()
    folder = a_folder(home, Install("running", "placing", 3, 32, package="torch"))
    with held_lock(folder.lock):
        app = visit(page, project)
        assert is_well(app)
        bar = app.get("progress")[0]
        assert bar.proto.text == say("en", "install.placing", n=3, total=32, name="torch")
        assert bar.proto.value == 9  # percent
        assert "install" not in keys(app)
        app.button(key="cancel_install").click().run()
        assert folder.cancel.exists()


def test_a_big_download_has_a_bar_of_its_own(home: Path) -> None:
    """It shows what is on the disk of that one file; how many will come is not known yet."""
    folder = a_folder(home, Install(
        "running", packages=7, file="torch-2.13.0-cp311.whl", file_done=50_000_000,
        file_bytes=200_000_000, fetched=70_000_000,
    ))  # fmt: skip
    with held_lock(folder.lock):
        app = visit("settings")
        assert app.get("progress")[0].proto.value == 25
        assert "70.0 MB" in words(app)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_failure_says_why_and_can_be_tried_again(home: Path, lang: str) -> None:
    """The reason in the reader's language, pip's own words beside it."""
    a_folder(home, Install("failed", reason="disk_full", detail="ERROR: No space left"))
    app = visit("settings", lang=lang)
    assert say(lang, "install.reason_disk_full") in words(app)
    assert "No space left" in words(app)
    assert app.button(key="install").label == say(lang, "install.again")


def test_a_press_that_cannot_start_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback, and the button stays."""
    app = visit("settings")
    InstallFolder.under(home).path.write_text("a file where a folder belongs")
    app.button(key="install").click().run()
    assert is_well(app)
    assert len(app.error) == 1
    assert "install" in keys(app)
    assert load_install(home).state == "not_started"


@pytest.mark.parametrize("page", ["train", "settings"])
def test_a_hosted_app_offers_nothing(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visitor to a server must not fill its disk."""
    monkeypatch.setenv("TONESMITH_LOCAL", "0")
    _, project = start()
    app = visit(page, project)
    assert is_well(app)
    assert "install" not in keys(app)
    assert say("en", "install.not_offered") in words(app)


def test_with_everything_there_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has it all never reads about it."""
    monkeypatch.setattr("core.local_trainer.NEEDED", ("json",))
    _, project = start()
    app = go(visit("home", project), "train")
    assert "install" not in keys(app)
    assert not app.button(key="start").disabled
