"""Settings: language, places to train and their keys, and where the data lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from a_place import KEY, APlace, a_place
from visits import act, bodies, go, is_well, press, shown, start, visit, words, write

from core.jobs import Connection
from core.storage import Store
from core.words import say


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train, listening."""
    with a_place() as place:
        yield place


def test_the_language_is_switched_for_good(store: Store) -> None:
    """The page speaks it at once, and the next visit too."""
    app = visit("settings")
    app = app.segmented_control(key="settings_language").set_value("zh").run()
    assert [title.value for title in app.title] == [say("zh", "settings.title")]
    assert store.load_setting("language") == "zh"


def test_the_data_folder_is_named(home: Path) -> None:
    """People can find, back up and move what is theirs."""
    assert str(home) in words(visit("settings"))


def test_a_typed_key_is_used_and_never_shown_again(store: Store, place: APlace, home: Path) -> None:
    """It is in no field, in no HTML, and not in the database."""
    store.save_connection(Connection("mine", "openai", "My place", place.base_url))
    app = write(visit("settings"), "settings_key_mine", f" {KEY} ")
    assert is_well(app)
    assert say("en", "settings.key_known", name="OPENAI_API_KEY") in words(app)
    assert KEY not in [field.value for field in app.text_input]
    assert not any(KEY in body for body in bodies(app))
    app = press(app, "test_mine")
    assert say("en", "settings.works", name="My place") in [said.value for said in app.success]
    assert place.requests[-1][2]["authorization"] == f"Bearer {KEY}"
    assert not any(KEY.encode() in path.read_bytes() for path in home.glob("tonesmith.db*"))


def test_a_key_in_the_environment_is_known_but_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says that there is one."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    app = visit("settings")
    assert say("en", "settings.key_known", name="OPENAI_API_KEY") in words(app)
    assert KEY not in words(app)


def test_without_a_key_a_test_says_what_is_missing() -> None:
    """The sentence for a missing key, not a failed connection."""
    app = press(visit("settings"), "test_openai")
    assert is_well(app)
    assert [error.value for error in app.error] == [say("en", "error.key_missing")]


def test_a_wrong_key_is_told_with_the_provider_s_words(store: Store, place: APlace) -> None:
    """And where to get it right."""
    store.save_connection(Connection("mine", "openai", "My place", place.base_url))
    refusal = {"error": {"message": "Incorrect API key", "code": "invalid_api_key"}}
    place.fault("GET /v1/models", (401, refusal))
    app = write(visit("settings"), "settings_key_mine", "sk-wrong-123456")
    app = press(app, "test_mine")
    assert is_well(app)
    assert "Incorrect API key" in app.error[0].value


def test_the_state_of_local_training_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asleep until it is needed; or missing, with the way to have it."""
    assert say("en", "settings.local_asleep") in words(visit("settings"))
    monkeypatch.setattr("core.local_trainer.NEEDED", ("a_package_that_is_not_there",))
    assert say("en", "install.title") in words(visit("settings"))


def test_a_data_folder_that_cannot_be_written_is_a_sentence_on_every_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says which folder and what to do, in the language of the visitor."""
    blocked = tmp_path / "a-file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("TONESMITH_HOME", str(blocked / "home"))
    app = visit("settings", lang="zh")
    assert not app.exception
    assert "TONESMITH\\_HOME" in app.error[0].value or "TONESMITH_HOME" in app.error[0].value
    monkeypatch.setenv("TONESMITH_HOME", str(tmp_path / "home"))


def test_a_name_in_settings_stands_beside_every_change(store: Store) -> None:
    """From the next change on, and beside an undo the name of who undid."""
    app, project = start()
    app = write(go(app, "settings"), "author", " Ann ")
    app = act(go(app, "editor"), "duplicate", rows=[1])
    assert store.last_change(project).by == "Ann"
    app = write(go(app, "settings"), "author", "Bo")
    app = go(app, "editor")
    act(app, "undo", change=shown(app)["undo"]["id"])
    assert [change.by for change in store.load_changes(project)] == ["Bo", "Ann", ""]
