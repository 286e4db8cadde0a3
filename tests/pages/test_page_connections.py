"""Servers of one's own: added, tested, trained on, changed and removed; their keys stay secret."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from a_keychain import AKeychain
from a_place import KEY, APlace, a_place
from a_website import a_website
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox
from visits import (
    ARTICLE,
    HOSTILE,
    ROOT,
    bodies,
    go,
    is_well,
    keys,
    press,
    start,
    visit,
    words,
    write,
)

from core.chats import load_turns
from core.connections import key_account
from core.jobs import Connection, FineTuningJob, TrainingRequest
from core.local_trainer import local_training_installed
from core.providers.profiles import load_profile
from core.storage import Store
from core.words import LANGUAGES, say

SECOND_KEY = "second-trainer-key-123"


@pytest.fixture
def place() -> Iterator[APlace]:
    """A server that lists two models and takes jobs."""
    with a_place() as place:
        place.models = [{"id": "ft:llama:old"}, {"id": "llama-3"}]
        yield place


@pytest.fixture
def keychain() -> Iterator[AKeychain]:
    """A keychain on this computer."""
    before, backend = keyring.get_keyring(), AKeychain()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def add(app: AppTest, url: str, key: str = "", name: str = "Our server") -> AppTest:
    """Fill in the form on Settings and press Add."""
    for field, text in (("new_name", name), ("new_url", url), ("new_key", key)):
        fill(app, field, text)
    return press(app, "add")


def fill(app: AppTest, key: str, text: str) -> None:
    """Write into a field of a form, which is sent with the form."""
    next(field for field in app.text_input if field.key == key).set_value(text)


def added(store: Store) -> Connection:
    """The one connection a person has added."""
    (connection,) = store.load_connections()
    return connection


def after_test(app: AppTest, store: Store) -> AppTest:
    """Press Test on the added connection."""
    return press(app, f"test_{added(store).id}")


def train_there(store: Store, app: AppTest | None = None) -> AppTest:
    """The Train page with the added connection chosen, for the ten weather jokes."""
    _, project = start()
    if app is None:
        app = visit("train", project)
    else:
        app.session_state["project"] = project
        app = go(app, "train")
    return app.radio(key="train_place").set_value(added(store).id).run()


# Adding


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_page_says_what_a_server_is_good_for(language: str) -> None:
    """Until there is one; the form stands ready."""
    app = visit("settings", lang=language)
    assert is_well(app)
    assert say(language, "settings.add_lead") in words(app)
    assert "add" in keys(app)


def test_a_server_is_added_with_its_key(store: Store, place: APlace, home: Path) -> None:
    """It has a card, the fields are empty again, and the key is nowhere to be read."""
    app = add(visit("settings"), f" {place.base_url}/ ", f" {KEY} ")
    assert is_well(app)
    assert added(store).base_url == place.base_url
    assert say("en", "settings.added", name="Our server") in words(app)
    assert say("en", "settings.key_from_session") in words(app)
    assert say("en", "settings.add_lead") not in words(app)
    assert {f.value for f in app.text_input if f.key.startswith("new_")} == {""}
    assert KEY not in words(app) + "".join(bodies(app))
    assert not any(KEY.encode() in path.read_bytes() for path in home.glob("tonesmith.db*"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_resource_at_azure_is_added(store: Store, language: str) -> None:
    """Its form knows what an address looks like there; its card says what one should know."""
    app = visit("settings", lang=language)
    app = app.segmented_control(key="new_kind").set_value("azure").run()
    (field,) = (f for f in app.text_input if f.key == "new_url")
    assert field.placeholder == load_profile("azure").address_like
    app = add(app, "https://east.openai.azure.com/", KEY, "East")
    assert is_well(app)
    assert added(store).profile_id == "azure"
    assert added(store).base_url == "https://east.openai.azure.com/openai/v1"
    shown = words(app)
    for key in ("place_note.azure_global", "place_note.azure_hosting", "deploy.azure"):
        assert say(language, key) in shown
    assert KEY not in shown


def test_a_place_whose_provider_is_retired_can_still_be_removed(store: Store) -> None:
    """Its card says so, and nothing on it asks for what is known no longer."""
    store.save_connection(Connection("old-1", "no_such_provider", "Old", "https://old.example/v1"))
    app = visit("settings")
    assert is_well(app)
    assert say("en", "error.provider_retired", name="Old") in words(app)
    assert not {"test_old-1", "save_old-1"} & keys(app)
    app = press(app, "remove_old-1")
    assert is_well(app)
    assert store.load_connections() == []
    assert is_well(press(app, "undo"))
    assert [connection.id for connection in store.load_connections()] == ["old-1"]


@pytest.mark.parametrize(
    ("name", "url", "code"),
    [
        ("", "http://box/v1", "connection_name_missing"),
        ("Box", "box/v1", "bad_base_url"),
        ("Box", "http://169.254.169.254/v1", "address_refused"),
        ("Box", "http://me:secret@box/v1", "address_with_secret"),
    ],
)
def test_what_cannot_be_added_is_said_beside_the_form(
    store: Store, name: str, url: str, code: str
) -> None:
    """What was typed stays to be corrected, nothing is kept, and no request is made."""
    app = add(visit("settings"), url, KEY, name)
    assert is_well(app)
    assert store.load_connections() == []
    assert [f.value for f in app.text_input if f.key == "new_url"] == [url]
    (error,) = app.error
    assert error.value.replace("\\", "") == say("en", f"error.{code}", url=url)


def test_a_hostile_name_is_only_a_name(store: Store, place: APlace) -> None:
    """On every page that shows it, and in every label."""
    add(visit("settings"), place.base_url, KEY, HOSTILE)
    for page in ("settings", "train", "jobs"):
        _, project = start()
        app = visit(page, project)
        assert is_well(app)
        for node in (*app.subheader, *app.markdown, *app.success):
            assert "**bold**" not in node.value
        options = [o for control in app.segmented_control for o in control.options]
        labels = [*options, *(field.label for field in app.text_input)]
        assert not any("**bold**" in label or "![z]" in label for label in labels)


# Testing


def test_the_report_says_line_by_line_what_works(store: Store, place: APlace) -> None:
    """On this computer a question is asked too; what the server lacks is a line, not a failure."""
    place.fault("POST /v1/chat/completions", (200, {
        "id": "c", "choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}],
    }))  # fmt: skip
    app = after_test(add(visit("settings"), place.base_url, KEY), store)
    assert is_well(app)
    assert [done.value for done in app.success] == [say("en", "settings.works", name="Our server")]
    report = words(app)
    assert "✓ Models · 2 are on offer." in " ".join(report.split())
    assert say("en", "check.jobs_work") in report
    assert say("en", "check.files_missing") in report
    assert say("en", "check.chat_works", model="ft:llama:old") in report


def test_each_way_to_be_wrong_has_its_own_sentence(store: Store, place: APlace) -> None:
    """A wrong key, a missing one, a wrong path, a website, a closed port."""
    refused = {"error": {"message": "Incorrect key", "code": "invalid_api_key"}}
    place.fault("GET /v1/models", (401, refused), (401, refused))
    with a_website() as website, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        free.close()
        urls = [(place.base_url, KEY), (place.base_url, ""), (f"{place.base_url}/beta", KEY),
                (f"{website}/v1", KEY), (closed, KEY)]  # fmt: skip
        said = []
        for url, key in urls:
            app = after_test(add(visit("settings"), url, key), store)
            assert is_well(app)
            assert not app.success
            said.append(app.error[0].value.replace("\\", ""))
            store.delete_connection(added(store).id)
    assert len(set(said)) == len(urls)
    beginnings = ("error.key_refused", "check.key_wanted", "check.address_wrong_path",
                  "check.address_not_openai", "error.cannot_connect")  # fmt: skip
    for sentence, key in zip(said, beginnings, strict=True):
        assert sentence.startswith(say("en", key, message="|").split("|")[0])


def test_a_question_that_may_cost_is_asked_on_request(
    store: Store, place: APlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere than on this computer, a person decides."""
    monkeypatch.setattr("ui.connection_report.is_loopback", lambda host: False)
    app = after_test(add(visit("settings"), place.base_url, KEY), store)
    assert say("en", "check.chat_unasked") in words(app)
    assert not place.asked("POST /v1/chat/completions")
    app = press(app, f"ask_{added(store).id}")
    assert is_well(app)
    assert len(place.asked("POST /v1/chat/completions")) == 1


def test_a_report_is_about_the_key_it_was_made_with(store: Store, place: APlace) -> None:
    """Another key, and the old report is gone."""
    app = after_test(add(visit("settings"), place.base_url, KEY), store)
    assert app.success
    app = write(app, f"settings_key_{added(store).id}", "another-key-123")
    assert not app.success


# Changing and removing


def test_a_change_of_name_keeps_the_key_and_one_of_server_does_not(
    store: Store, place: APlace
) -> None:
    """The id stays, so the jobs stay; a key is never sent to another server."""
    app = add(visit("settings"), place.base_url, KEY)
    before = added(store)
    fill(app, f"edit_{before.id}_name", "Renamed")
    app = press(app, f"save_{before.id}")
    assert (added(store).id, added(store).name) == (before.id, "Renamed")
    assert say("en", "settings.key_from_session") in words(app)
    fill(app, f"edit_{before.id}_url", "http://127.0.0.1:9/v1")
    app = press(app, f"save_{before.id}")
    assert (added(store).id, added(store).base_url) == (before.id, "http://127.0.0.1:9/v1")
    assert say("en", "settings.key_from_session") not in words(app)
    assert is_well(app)


def test_a_removed_server_comes_back_with_its_key(
    store: Store, place: APlace, keychain: AKeychain
) -> None:
    """Remove takes the key out of the keychain, Undo puts both back."""
    app = add(visit("settings"), place.base_url, KEY)
    server = added(store)
    app = press(app, f"remember_{server.id}")
    app = press(app, f"remove_{server.id}")
    assert is_well(app)
    assert say("en", "settings.removed", name="Our server") in words(app)
    assert (store.load_connections(), keychain.kept) == ([], {})
    app = press(app, "undo")
    assert added(store) == server
    assert list(keychain.kept.values()) == [KEY]
    assert "undo" not in keys(app)


def test_the_offer_to_bring_a_server_back_is_not_about_projects(
    store: Store, place: APlace
) -> None:
    """Home has an Undo of its own, which knows nothing of servers."""
    app = add(visit("settings"), place.base_url)
    app = press(app, f"remove_{added(store).id}")
    assert "undo" not in keys(app.switch_page("streamlit_app.py").run())


def test_a_job_of_a_removed_server_says_so(store: Store, place: APlace) -> None:
    """It is asked of nobody else; what is known stays on the page."""
    app = add(visit("settings"), place.base_url, KEY)
    server = added(store)
    place.add_job(status="running")
    app = press(train_there(store, app), "start")
    (job,) = store.load_jobs()
    store.delete_connection(server.id)
    app = visit("jobs", job=job.id)
    assert is_well(app)
    assert place.base_url not in words(app)
    assert say("en", "place.removed") in words(app)


def test_removing_a_place_says_what_is_still_under_way(store: Store, place: APlace) -> None:
    """Before it goes; a place without trainings goes at once, with the offer to undo it."""
    app = add(visit("settings"), place.base_url)
    server, request = added(store), TrainingRequest("llama-3")
    said = say("en", "settings.remove_busy", n=1)
    assert said not in words(app)
    store.save_job(
        FineTuningJob("j", None, server.id, "running", request, created_at=datetime.now(UTC))
    )
    assert said in words(app.run())


# Keys


def test_where_there_is_no_keychain_it_is_said_plainly(store: Store, place: APlace) -> None:
    """No button that would not work, but a sentence with what works instead."""
    app = add(visit("settings"), place.base_url, KEY)
    assert say("en", "error.keychain_missing") in words(app)
    assert f"remember_{added(store).id}" not in keys(app)
    assert next(box for box in app.checkbox if box.key == "new_remember").disabled


def test_a_remembered_key_is_there_at_the_next_visit(
    store: Store, place: APlace, keychain: AKeychain, home: Path
) -> None:
    """It comes from the keychain, and is in nothing of ours."""
    press(add(visit("settings"), place.base_url, KEY), f"remember_{added(store).id}")
    assert keychain.kept == {("Tonesmith", key_account(added(store))): KEY}
    app = visit("settings")
    assert say("en", "settings.key_from_keychain") in words(app)
    assert after_test(app, store).success
    assert place.requests[-1][2]["authorization"] == f"Bearer {KEY}"
    assert not any(KEY.encode() in path.read_bytes() for path in home.glob("tonesmith.db*"))


def test_a_key_can_be_remembered_while_adding(
    store: Store, place: APlace, keychain: AKeychain
) -> None:
    """One tick in the form is enough."""
    app = visit("settings")
    next(box for box in app.checkbox if box.key == "new_remember").set_value(True)
    add(app, place.base_url, KEY)
    assert list(keychain.kept.values()) == [KEY]


def test_a_remembered_key_can_be_forgotten(
    store: Store, place: APlace, keychain: AKeychain
) -> None:
    """From the keychain and from the session."""
    app = press(add(visit("settings"), place.base_url, KEY), f"remember_{added(store).id}")
    app = press(app, f"forget_{added(store).id}")
    assert keychain.kept == {}
    for page in (app, visit("settings")):
        assert say("en", "settings.key_none_optional", name="TONESMITH_KEY_OUR_SERVER") in words(
            page
        )


def test_a_locked_keychain_is_a_sentence_and_can_be_asked_again(
    store: Store, place: APlace, keychain: AKeychain
) -> None:
    """Pages work without the key, and with it once the keychain is unlocked."""
    press(add(visit("settings"), place.base_url, KEY), f"remember_{added(store).id}")
    keychain.problem = keyring.errors.KeyringLocked()
    app = visit("settings")
    assert is_well(app)
    assert say("en", "settings.key_not_handed_out") in words(app)
    keychain.problem = None
    app = press(app, f"read_again_{added(store).id}")
    assert say("en", "settings.key_from_keychain") in words(app)


def test_a_keychain_that_refuses_says_so(store: Store, place: APlace, keychain: AKeychain) -> None:
    """The key stays with the session."""
    app = add(visit("settings"), place.base_url, KEY)
    keychain.problem = keyring.errors.PasswordSetError(KEY)
    app = press(app, f"remember_{added(store).id}")
    assert is_well(app)
    assert say("en", "error.keychain_failed") in [toast.value for toast in app.toast]
    assert say("en", "settings.key_from_session") in words(app)


def test_a_visitor_from_elsewhere_has_no_part_in_the_keychain(
    store: Store, place: APlace, keychain: AKeychain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither to put a key in nor to take one out."""
    press(add(visit("settings"), place.base_url, KEY), f"remember_{added(store).id}")
    monkeypatch.setattr("ui.keys._is_here", lambda: False)
    app = visit("settings")
    assert say("en", "settings.key_from_keychain") not in words(app)
    app = write(app, f"settings_key_{added(store).id}", "my-own-key-123")
    assert f"remember_{added(store).id}" not in keys(app)


def test_keys_are_looked_for_in_their_order(
    store: Store, place: APlace, keychain: AKeychain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typed before remembered, remembered before the environment; each names where it is from."""
    press(add(visit("settings"), place.base_url, "kept-1"), f"remember_{added(store).id}")
    server = added(store)
    monkeypatch.setenv("TONESMITH_KEY_OUR_SERVER", "environment-1")

    def sent(app: AppTest) -> str:
        press(app, f"test_{server.id}")
        return place.requests[-1][2]["authorization"].removeprefix("Bearer ")

    assert sent(write(visit("settings"), f"settings_key_{server.id}", "typed-1")) == "typed-1"
    assert sent(visit("settings")) == "kept-1"
    app = press(visit("settings"), f"forget_{server.id}")
    variable = "TONESMITH_KEY_OUR_SERVER"
    assert say("en", "settings.key_from_environment", name=variable) in words(app)
    assert sent(app) == "environment-1"


# Training


def test_the_base_model_comes_from_the_server(store: Store, place: APlace) -> None:
    """Its own list, the tuned ones last, read once; price and passes are not invented."""
    add(visit("settings"), place.base_url)
    app = train_there(store)
    assert is_well(app)
    models = app.selectbox(key=f"train_model_{added(store).id}")
    assert (models.value, list(models.options)) == ("llama-3", ["llama-3", "ft:llama:old"])
    for key in ("cost.unknown", "train.fact_open", "train.approximate", "model.server.limits"):
        assert say("en", key) in words(app)
    assert "≈ 393 – 782" in words(app)
    app = press(app.run(), "models_again")
    assert len(place.asked("GET /v1/models")) == 2


def test_without_a_model_nothing_is_started(store: Store, place: APlace) -> None:
    """A server that lists none is told about, and the name can be typed."""
    place.fault("GET /v1/models", (404, {}))
    app = train_there(store, add(visit("settings"), place.base_url, KEY))
    assert is_well(app)
    assert len(app.warning) == 1
    assert app.button(key="start").disabled
    assert say("en", "train.blocked_model") in words(app)


def a_typed_state(field: Selectbox[str]) -> WidgetState:
    """What a browser sends for a name that is not in the list; AppTest knows only the list."""
    return WidgetState(id=field.id, string_value=field.value or "")


def test_a_typed_model_is_sent_as_it_is(
    store: Store, place: APlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nothing is listed; what is automatic is left to the server."""
    place.fault("GET /v1/models", (404, {}))
    app = add(visit("settings"), place.base_url, KEY)
    app = train_there(store, app)
    monkeypatch.setattr(Selectbox, "_widget_state", property(a_typed_state))
    app.selectbox(key=f"train_model_{added(store).id}").set_value("org/My-Model:7b").run()
    app = press(app, "start")
    assert is_well(app)
    (asked,) = place.asked("POST /v1/fine_tuning/jobs")
    assert asked["model"] == "org/My-Model:7b"
    assert asked["method"] == {"type": "supervised", "supervised": {"hyperparameters": {}}}


def test_a_server_that_wants_a_key_asks_for_it_where_one_is(store: Store, place: APlace) -> None:
    """On Train and on Jobs, with the field right there."""
    refusal = (401, {"error": {"message": "Key?", "code": None}})
    place.fault("GET /v1/models", refusal)
    add(visit("settings"), place.base_url)
    app = train_there(store)
    assert is_well(app)
    assert not app.warning  # nobody has given a key yet, so none was refused
    app = write(app, f"train_key_{added(store).id}", KEY)
    assert not app.warning
    assert app.selectbox(key=f"train_model_{added(store).id}").value == "llama-3"


@pytest.fixture
def second_trainer(tmp_path: Path) -> Iterator[str]:
    """Another trainer, on another port, with a key of its own; its address."""
    command = [sys.executable, "-m", "trainer", "--port", "0", "--data", str(tmp_path / "second"),
               "--api-key", SECOND_KEY]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait(timeout=60)
    process.stdout.close()


def wait_for_end(app: AppTest, load: Callable[[], FineTuningJob]) -> AppTest:
    """Look at the page until the job has ended; patience only ends a test that hangs."""
    end = time.monotonic() + 240
    while load().is_active:
        assert time.monotonic() < end, load().status
        time.sleep(0.5)
        app = app.run()
    return app.run()


@pytest.mark.training
@pytest.mark.skipif(
    not local_training_installed(), reason="the packages for local training are not installed"
)
def test_a_second_trainer_is_added_tested_trained_on_and_talked_to(
    store: Store, second_trainer: str
) -> None:
    """The whole way over real HTTP, beside the trainer of this computer, which never wakes."""
    app = add(visit("settings"), second_trainer, SECOND_KEY)
    app = after_test(app, store)
    for key in ("check.key_accepted", "check.files_work", "check.jobs_work",
                "check.chat_after_training"):  # fmt: skip
        assert say("en", key) in words(app)
    app = train_there(store, app)
    model = app.selectbox(key=f"train_model_{added(store).id}")
    model.set_value("local/tiny-scratch")
    app.number_input(key="train_seed").set_value(7)
    app = press(app, "start")
    (job,) = store.load_jobs()
    app.query_params["job"] = job.id
    app = wait_for_end(go(app, "jobs"), lambda: store.load_job(job.id))
    assert is_well(app)
    job = store.load_job(job.id)
    assert job.status == "succeeded"
    assert job.connection_id == added(store).id
    assert f"{job.request.model} · Our server" in words(app)
    app = go(app, "compare")
    app.slider(key="temperature").set_value(0.0)
    _, asked, taught = json.loads(ARTICLE.read_text("utf-8").splitlines()[0])["messages"]
    app = app.chat_input(key="question").set_value(asked["content"]).run()
    assert is_well(app)
    assert say("en", "model.tiny_scratch.untrained") in words(app)
    (turn,) = load_turns(store, job.id)
    assert turn.tuned == taught["content"]
    app = after_test(go(app, "settings"), store)
    assert say("en", "check.chat_works", model=job.fine_tuned_model) in words(app)
