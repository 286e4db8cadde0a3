"""Train: what still blocks is named, and one press starts one job with the right words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from a_place import KEY, APlace, a_place
from streamlit.testing.v1 import AppTest
from visits import ARTICLE, act, is_well, press, shown, start, type_into, visit, words, write

import ui.train
from core.cells import blank_example, with_cell
from core.editing import add_example, facts_in
from core.examples import APPROVED, Example
from core.jobs import Connection
from core.providers import together_place
from core.providers.profiles import load_profile
from core.storage import Amend, Store
from core.words import say


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train, listening."""
    with a_place() as place:
        yield place


def choose(app: AppTest, connection_id: str) -> AppTest:
    """Choose where to train."""
    return app.radio(key="train_place").set_value(connection_id).run()


def ready(store: Store, place: APlace, key: str = KEY) -> AppTest:
    """The template's ten examples on the way to an OpenAI-shaped place, with a key."""
    store.save_connection(Connection("mine", "openai", "My place", place.base_url))
    _, project = start()
    return write(choose(visit("train", project), "mine"), "train_key_mine", key)


def test_finished_examples_can_be_started_at_once() -> None:
    """Everything is automatic; the passes, the tokens and the cost stand beside Start."""
    _, project = start()
    app = visit("train", project)
    assert is_well(app)
    assert not app.button(key="start").disabled
    assert say("en", "train.fact_auto", n=50) in words(app)
    assert say("en", "cost.free") in words(app)


def test_an_empty_project_is_told_what_blocks() -> None:
    """Start stands there, names the reason, and cannot be pressed."""
    app = press(visit("home"), "start_blank")
    app = visit("train", app.session_state["project"])
    assert app.button(key="start").disabled
    assert say("en", "train.blocked_few", n=0, needed=10) in words(app)


def test_nine_examples_are_one_too_few() -> None:
    """The tenth makes the difference."""
    app, project = start()
    act(app, "delete", rows=[shown(app)["rows"][0]["id"]])
    app = visit("train", project)
    assert app.button(key="start").disabled
    assert say("en", "train.blocked_few", n=9, needed=10) in words(app)


def test_what_is_kept_for_validation_is_counted_apart() -> None:
    """Ten rows stand in the table, eight of them are learned from: both are said."""
    app, project = start()
    rows = [row["id"] for row in shown(app)["rows"]]
    act(app, "hold_out", rows=rows[:2], on=True)
    app = visit("train", project)
    assert app.button(key="start").disabled
    held = say("en", "train.blocked_few_held", n=2)
    assert say("en", "train.blocked_few_beside", n=8, held=held, needed=10) in words(app)


def test_an_error_in_an_example_blocks_by_name() -> None:
    """An empty reply is named with what to do about it."""
    app, project = start()
    type_into(app, 1, "assistant", "")
    app = visit("train", project)
    assert app.button(key="start").disabled
    assert say("en", "finding.missing_content.do") in words(app)
    app = press(app, "go_fix")
    assert app.query_params["code"] == "missing_content"
    assert len(shown(app)["rows"]) == 1


def test_a_place_that_needs_a_key_asks_for_it() -> None:
    """Without it Start is blocked with a reason; its closing dates stand above."""
    _, project = start()
    app = choose(visit("train", project), "openai")
    assert is_well(app)
    assert app.button(key="start").disabled
    assert say("en", "train.blocked_key", name="OpenAI") in words(app)
    assert "2027-01-06" in app.warning[0].value


def test_without_the_training_parts_this_computer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A light installation names the remedy before anything is pressed."""
    monkeypatch.setattr("core.local_trainer.NEEDED", ("a_package_that_is_not_there",))
    _, project = start()
    app = visit("train", project)
    assert app.button(key="start").disabled
    assert say("en", "install.missing") in words(app)


def test_one_press_starts_one_job_with_exactly_these_examples(store: Store, place: APlace) -> None:
    """The file that arrives is the article's, and the job is kept before and after."""
    app = ready(store, place)
    (project,) = store.load_projects()
    app = app.text_input(key=f"train_suffix_{project.id}").set_value(" my-voice ").run()
    app = press(app, "start")
    assert is_well(app)
    assert list(place.files.values()) == [ARTICLE.read_bytes()]
    [asked] = place.asked("POST /v1/fine_tuning/jobs")
    assert asked["suffix"] == "my-voice"
    [job] = store.load_jobs()
    assert asked["metadata"] == {"tonesmith_job": job.id}
    assert job.provider_job_id == "ftjob-1"
    assert store.load_snapshot(job.snapshot_sha256 or "") == ARTICLE.read_bytes()
    assert app.query_params["job"] == job.id
    assert "ftjob-1" in words(app)


def test_chosen_numbers_arrive_and_automatic_ones_are_left_out(store: Store, place: APlace) -> None:
    """Own passes travel as a number; the learning rate as the multiplier it is there."""
    app = ready(store, place)
    app = app.segmented_control(key="train_passes_how_openai").set_value("own").run()
    app = app.number_input(key="train_passes_openai").set_value(4).run()
    assert say("en", "train.fact_auto", n=4) not in words(app)
    app = app.segmented_control(key="train_rate_how_openai").set_value("own").run()
    app = app.number_input(key="train_rate_openai").set_value(1.5).run()
    press(app, "start")
    told = json.dumps(place.asked("POST /v1/fine_tuning/jobs")[0])
    assert '"n_epochs": 4' in told
    assert '"learning_rate_multiplier": 1.5' in told
    assert '"batch_size": 4' not in told


@pytest.mark.parametrize(
    ("place", "name", "sentence"),
    [
        ("openai", "learning_rate_multiplier", "factor"),
        ("this_computer", "learning_rate", "itself"),
    ],
)
def test_a_rate_of_one_s_own_says_what_the_number_means(
    place: str, name: str, sentence: str
) -> None:
    """A multiple at one place is the rate itself at another."""
    _, project = start()
    app = choose(visit("train", project), place)
    said = say("en", f"train.rate_{sentence}", name=name)
    assert said not in words(app)
    app = app.segmented_control(key=f"train_rate_how_{place}").set_value("own").run()
    assert said in words(app)


def test_held_back_examples_travel_along(store: Store, place: APlace) -> None:
    """A validation file is uploaded beside the examples; a broken one is refused by its line."""
    app = ready(store, place)
    field = app.file_uploader(key="train_validation")
    broken = field.upload("held.jsonl", b'{"messages": [oops\n', "text/plain").run()
    assert say("en", "train.validation_bad", n=1) in [error.value for error in broken.error]
    held = ARTICLE.read_bytes().splitlines(keepends=True)[0]
    app = broken.file_uploader(key="train_validation").upload("h.jsonl", held, "text/plain").run()
    press(app, "start")
    assert held in place.files.values()
    assert place.asked("POST /v1/fine_tuning/jobs")[0]["validation_file"]


def mark(store: Store, numbers: range, edit: Callable[[Example], Example]) -> None:
    """Edit the rows with these numbers of the only project."""
    (project,) = store.load_projects()
    rows = [row for row in store.iterate_rows(project.id) if row.number in numbers]
    edits = [Amend(row.id, edit, facts_in(project)) for row in rows]
    store.apply_change(project.id, "mark", edits)


def test_examples_kept_for_validation_are_never_trained_on(store: Store, place: APlace) -> None:
    """They travel in a file of their own; what is reckoned is the rest."""
    app = ready(store, place)
    (project,) = store.load_projects()
    extra = ["Eleven?", "Twelve?"]
    for text in extra:
        add_example(
            store, project, with_cell(with_cell(blank_example(), "user", text), "assistant", "Yes.")
        )
    mark(store, range(11, 13), lambda example: example.with_held_out(True))
    app = app.run()
    assert say("en", "train.held_out", n=2) in words(app)
    assert "10 conversations, 10 replies will be learned, 0 dropped" in words(app)
    press(app, "start")
    training, validation = place.files.values()
    assert training == ARTICLE.read_bytes()
    assert [text for text in extra if text.encode() in validation] == extra
    assert len(validation.splitlines()) == 2


def test_only_approved_examples_are_trained_on_where_that_is_asked_for(
    store: Store, place: APlace
) -> None:
    """The switch comes with the first approved example; the count and the bytes follow it."""
    app = ready(store, place)
    assert not app.toggle
    mark(store, range(1, 10), lambda example: example.with_review(APPROVED))
    app = app.run()
    app = app.toggle(key="train_approved").set_value(True).run()
    assert "9 conversations, 9 replies will be learned, 0 dropped" in words(app)
    assert app.button(key="start").disabled
    mark(store, range(10, 11), lambda example: example.with_review(APPROVED))
    (project,) = store.load_projects()
    add_example(store, project)
    press(app.run(), "start")
    assert place.files["file-1"] == ARTICLE.read_bytes()


def test_what_the_page_did_not_say_is_not_sent(
    store: Store, place: APlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody adds an example after the page has counted: the new count comes first."""
    app = ready(store, place)
    (project,) = store.load_projects()
    example = next(store.iterate_rows(project.id)).example
    connect = ui.train.connect

    def connect_late(*arguments: object) -> object:
        add_example(store, project, example)
        return connect(*arguments)

    monkeypatch.setattr(ui.train, "connect", connect_late)
    app = press(app, "start")
    monkeypatch.undo()
    assert is_well(app)
    assert "11 conversations, 11 replies will be learned" in app.warning[-1].value
    assert (place.files, store.load_jobs()) == ({}, [])
    press(app.run(), "start")
    assert len(place.files["file-1"].splitlines()) == 11


@pytest.mark.parametrize(
    "written",
    [
        lambda rows: json.dumps(rows, ensure_ascii=False).encode(),
        lambda rows: "\n".join(map(json.dumps, rows)).encode("utf-16"),
        lambda rows: "\r".join(map(json.dumps, rows)).encode(),
    ],
    ids=["array", "utf-16", "returns"],
)
def test_held_back_examples_arrive_as_jsonl_however_they_were_written(
    store: Store, place: APlace, written: Callable[[list[object]], bytes]
) -> None:
    """What was read is what is sent, a line an example."""
    held = ARTICLE.read_bytes().splitlines(keepends=True)[:2]
    app = ready(store, place)
    content = written([json.loads(line) for line in held])
    app = app.file_uploader(key="train_validation").upload("h.jsonl", content, "text/plain").run()
    assert not app.error
    press(app, "start")
    assert b"".join(held) in place.files.values()


@pytest.mark.parametrize(("key", "code"), [("weight", "bad_weight"), ("name", "bad_name")])
def test_held_back_examples_are_held_to_what_the_place_takes(key: str, code: str) -> None:
    """The first line that would be refused after Start is named before it."""
    _, project = start()
    good, bad = (json.loads(line) for line in ARTICLE.read_bytes().splitlines()[:2])
    bad["messages"][-1][key] = 0.5
    content = f"{json.dumps(good)}\n\n{json.dumps(bad)}\n".encode()
    field = visit("train", project).file_uploader(key="train_validation")
    app = field.upload("h.jsonl", content, "text/plain").run()
    why = say("en", f"finding.{code}.title")
    said = say("en", "train.validation_refused", n=3, why=why)
    assert said in [error.value for error in app.error]


def test_a_refusal_is_told_and_kept(store: Store, place: APlace) -> None:
    """An account that may not train reads why, with the provider's own sentence."""
    app = ready(store, place)
    body = {"error": {"message": "Not *allowed* here", "code": "permission_denied"}}
    place.fault("POST /v1/fine_tuning/jobs", (403, body))
    app = press(app, "start")
    assert is_well(app)
    assert "Not \\*allowed\\* here" in app.error[0].value
    assert [job.status for job in store.load_jobs()] == ["failed"]


def test_a_second_press_after_a_silence_goes_on_with_the_same_job(
    store: Store, place: APlace
) -> None:
    """Nobody answered the upload: pressing again starts that job, not another."""
    app = ready(store, place)
    busy = {"error": {"message": "later", "code": "server_error"}}
    place.fault("POST /v1/files", *[(503, busy)] * 5)
    app = press(app, "start")
    assert is_well(app)
    assert len(app.error) == 1
    place.faults.clear()
    press(app, "start")
    assert len(place.asked("POST /v1/fine_tuning/jobs")) == 1
    assert len(store.load_jobs()) == 1


def test_a_key_that_cannot_be_one_gets_a_sentence(store: Store, place: APlace) -> None:
    """A pasted line break or a letter no key has is named before anything is sent."""
    app = press(ready(store, place, key="schlüssel mit leerzeichen"), "start")
    assert is_well(app)
    assert say("en", "error.key_malformed") in [error.value for error in app.error]
    assert place.requests == []


def test_a_typed_key_is_never_shown_again(store: Store, place: APlace) -> None:
    """Neither in a field nor anywhere else on the page."""
    app = ready(store, place)
    assert KEY not in [field.value for field in app.text_input]
    assert KEY not in words(app)


def test_a_package_that_a_place_needs_is_told_of_before_start(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the button that installs it; where all is there, nothing is said."""
    app = choose(visit("train", start()[1]), "together")
    offer = say("en", "install.extra_lead", name=load_profile("together").name)
    assert offer not in words(app)
    monkeypatch.setattr(together_place, "missing_requirements", lambda: Path("requirements.txt"))
    app = app.run()
    assert is_well(app)
    assert offer in words(app)


def test_a_closed_base_model_is_not_offered(store: Store) -> None:
    """gpt-3.5-turbo can be reckoned with, but nobody can start it any more."""
    _, project = start()
    app = choose(visit("train", project), "openai")
    options = app.selectbox(key="train_model_openai").options
    assert any(option.startswith("gpt-4o-mini ") for option in options)
    assert not any("gpt-3.5" in option for option in options)


def test_a_project_s_price_does_not_change_where_it_is_trained(store: Store) -> None:
    """Reckoned for OpenAI, trained on this computer: the cost beside Start is this computer's."""
    _, project = start()
    assert store.load_project(project).priced_for == "openai:gpt-4o-mini"
    assert say("en", "cost.free") in words(visit("train", project))
