"""Jobs: ours stay visible without any key; a provider's own list needs one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from a_place import KEY, APlace, a_place
from streamlit.testing.v1 import AppTest
from visits import bodies, go, is_well, keys, press, settle, start, visit, words, write

from core.editing import facts_in
from core.jobs import (
    SAVED,
    UNSURE,
    Checkpoint,
    Connection,
    Estimate,
    FineTuningJob,
    JobEvent,
    Metric,
    TrainingRequest,
)
from core.providers.profiles import THIS_COMPUTER, load_profile
from core.storage import Put, Remove, Store
from core.training import save_training_file
from core.transfer import export_lines
from core.words import LANGUAGES, say
from ui.job_story import says, write_events

NOW = datetime.now(UTC)
LATER = NOW + timedelta(minutes=30)  # of a job after which nobody asks meanwhile
STATUSES = [SAVED, UNSURE, "validating_files", "queued", "running", "pausing", "paused",
            "succeeded", "failed", "cancelled", "a_status_of_the_future"]  # fmt: skip


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train, listening."""
    with a_place() as place:
        yield place


def connected(store: Store, place: APlace) -> Connection:
    """A connection to that place, as an OpenAI-shaped one."""
    connection = Connection("mine", "openai", "My place", place.base_url)
    store.save_connection(connection)
    return connection


def a_job(store: Store, status: str = "succeeded", **more: object) -> FineTuningJob:
    """One of our jobs, kept."""
    values = {"id": "job-1", "connection_id": "openai", "project_id": None, "created_at": NOW,
              "request": TrainingRequest("gpt-4o-mini"), **more}  # fmt: skip
    job = FineTuningJob(status=status, **values)  # type: ignore[arg-type]
    store.save_job(job)
    return job


def look_at(app: AppTest, connection_id: str) -> AppTest:
    """Choose a place in the list of the providers' jobs."""
    return app.segmented_control(key="jobs_place").set_value(connection_id).run()


def test_without_jobs_the_way_to_train_is_shown() -> None:
    """An empty list teaches, and leads on."""
    _, project = start()
    app = visit("jobs", project)
    assert say("en", "jobs.empty") in words(app)
    app = press(app, "go_train")
    assert [title.value for title in app.title] == [say("en", "train.title")]


def test_without_a_key_ours_stay_visible(store: Store) -> None:
    """The provider's list asks for a key; what we keep is shown all the same."""
    a_job(store, fine_tuned_model="ft:gpt-4o-mini::1", provider_job_id="ftjob-1")
    app = look_at(visit("jobs"), "openai")
    assert is_well(app)
    assert say("en", "jobs.key_needed", name="OpenAI") in words(app)
    app = press(app, "job_job-1")
    assert "ftjob-1" in words(app)
    assert "ft:gpt-4o-mini::1" in words(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", STATUSES)
def test_a_job_in_any_state_is_told(store: Store, status: str, language: str) -> None:
    """Also one in a state nobody has heard of, at a place that cannot be asked."""
    a_job(store, status, provider_job_id="ftjob-1")
    app = visit("jobs", lang=language, job="job-1")
    assert is_well(app)
    assert "ftjob-1" in words(app)


@pytest.mark.parametrize("code", ["rate_limited", "unknown_model", "disk_full", "no_such", None])
def test_a_failed_job_says_why(store: Store, code: str | None) -> None:
    """In our words where there are any for its code, and always in the provider's."""
    a_job(store, "failed", error_code=code, error_message="Because 1 < 2.")
    app = visit("jobs", job="job-1")
    assert is_well(app)
    assert "Because 1 " in app.error[0].value
    assert "again" in keys(app)


def test_what_only_the_writer_can_mend_leads_to_the_examples(store: Store) -> None:
    """A refused file opens the editor with the project it was about."""
    _, project = start()
    a_job(store, "failed", project_id=project, error_code="invalid_training_file")
    app = press(visit("jobs", job="job-1"), "go_fix")
    assert [title.value for title in app.title] == [say("en", "editor.title")]
    assert app.session_state["project"] == project


def test_a_job_of_the_past_shows_its_curve_and_its_story(store: Store) -> None:
    """What was kept while it ran is there without asking anybody."""
    a_job(store, trained_tokens=6810, fine_tuned_model="ft:m", hyperparameters={"n_epochs": 10})
    store.save_events("job-1", [JobEvent("e1", NOW, "info", "Something only they say")])
    store.save_metrics("job-1", [Metric(n, 3 / n, valid_loss=4 / n) for n in range(1, 9)])
    app = visit("jobs", job="job-1")
    assert is_well(app)
    assert len(app.get("vega_lite_chart")) == 1
    for told in ("Something only they say", "6,810", "ft:m"):
        assert told in words(app)


def test_only_the_latest_ten_are_listed_at_first(store: Store) -> None:
    """More on demand."""
    for n in range(12):
        a_job(store, id=f"job-{n}", created_at=NOW - timedelta(hours=n))
    app = visit("jobs")
    assert len([key for key in keys(app) if key.startswith("job_")]) == 10
    app = press(app, "more_ours")
    assert len([key for key in keys(app) if key.startswith("job_")]) == 12
    assert "more_ours" not in keys(app)


def test_a_typed_key_opens_the_list_and_is_gone(store: Store, place: APlace) -> None:
    """The jobs there appear, also those started elsewhere; the key is nowhere on the page."""
    connected(store, place)
    place.add_job(status="succeeded", fine_tuned_model="ft:elsewhere")
    app = write(look_at(visit("jobs"), "mine"), "jobs_key_mine", KEY)
    assert is_well(app)
    assert "ft:elsewhere" in words(app)
    assert say("en", "jobs.started_elsewhere") in words(app)
    assert KEY not in [field.value for field in app.text_input]
    app = press(app, "remote_ftjob-1")
    assert [job.provider_job_id for job in store.load_jobs()] == ["ftjob-1"]
    assert "ft:elsewhere" in words(app)


def test_a_wrong_key_says_so_and_asks_again(store: Store, place: APlace) -> None:
    """Once, without asking the place over and over."""
    connected(store, place)
    refusal = {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}
    place.fault("GET /v1/fine_tuning/jobs", *[(401, refusal)] * 5)
    app = write(look_at(visit("jobs"), "mine"), "jobs_key_mine", "sk-wrong-1234567890")
    assert "Incorrect API key provided" in app.error[0].value
    assert len(place.asked("GET /v1/fine_tuning/jobs")) == 1
    assert [field.value for field in app.text_input if field.key == "jobs_key_mine"] == [""]
    place.faults.clear()
    app = write(app, "jobs_key_mine", KEY)
    assert not app.error
    assert say("en", "jobs.theirs_empty") in words(app)


def test_a_running_job_is_looked_at_and_can_be_cancelled(store: Store, place: APlace) -> None:
    """The page has the place asked for news, and stops the job when told to."""
    connected(store, place)
    place.add_job(status="running")
    place.add_event("ftjob-1", "Step 5/10: training loss=0.42", type="metrics",
                    data={"step": 5, "train_loss": 0.42, "total_steps": 10})  # fmt: skip
    a_job(store, "queued", connection_id="mine", provider_job_id="ftjob-1")
    app = visit("jobs", job="job-1")
    app.session_state["session_keys"] = {"mine": KEY}
    app = settle(app.run())
    assert is_well(app)
    assert store.load_job("job-1").status == "running"
    assert [metric.train_loss for metric in store.load_metrics("job-1")] == [0.42]
    app = press(app, "cancel")
    assert place.jobs["ftjob-1"]["status"] == "cancelled"
    assert store.load_job("job-1").status == "cancelled"
    assert "cancel" not in keys(app)


@pytest.mark.parametrize(
    ("place", "asked"), [("openai", "cancel_sure"), (THIS_COMPUTER, "cancel_sure_here")]
)
def test_cancelling_asks_once(store: Store, place: str, asked: str) -> None:
    """With what it costs, where it may cost anything."""
    a_job(store, "running", connection_id=place, provider_job_id="ftjob-1", look_after=LATER)
    app = visit("jobs", job="job-1")
    assert is_well(app)
    assert say("en", f"jobs.{asked}") in words(app)


def test_a_job_that_waits_for_another_says_so(store: Store) -> None:
    """Beside its title and where its curve will be, and in the list."""
    here = {"connection_id": THIS_COMPUTER, "look_after": LATER}
    a_job(store, "running", id="job-0", created_at=NOW - timedelta(hours=1),
          provider_job_id="ftjob-0", **here)  # fmt: skip
    a_job(store, "queued", provider_job_id="ftjob-1", **here)
    waits = say("en", "jobs.waits", n=1)
    app = visit("jobs", job="job-1")
    assert is_well(app)
    assert waits in words(app)
    assert say("en", "jobs.curve_waits_one") in words(app)
    assert waits in words(visit("jobs"))


def test_tokens_of_one_pass_are_said_to_be_so(store: Store) -> None:
    """Where the place alone knows how often it goes over the examples."""
    connection = Connection("own", "openai_compatible", "Mine", "http://127.0.0.1:9/v1")
    store.save_connection(connection)
    a_job(store, "failed", connection_id="own", estimate=Estimate(440, 874))
    tokens = say("en", "jobs.from_to", low="440", high="874")
    assert say("en", "jobs.each_pass", tokens=tokens) in words(visit("jobs", job="job-1"))


def test_a_base_that_learns_by_heart_on_purpose_has_no_best_moment(store: Store) -> None:
    """Neither in the sentence nor in the list of what is kept; no passes are advised."""
    a_job(store, connection_id=THIS_COMPUTER, request=TrainingRequest("local/tiny-scratch"),
          hyperparameters={"n_epochs": 50})  # fmt: skip
    points = enumerate([1.0, 2.0, 3.0], 1)
    store.save_metrics("job-1", [Metric(n, 0.05, valid_loss=loss) for n, loss in points])
    store.save_checkpoints("job-1", [Checkpoint(f"c{n}", n, f"m:{n}", NOW) for n in (1, 2)])
    app = visit("jobs", job="job-1")
    assert is_well(app)
    assert say("en", "jobs.reading_on_purpose", loss="0.05") in words(app)
    assert say("en", "jobs.checkpoint_best") not in words(app)


def test_a_deleted_model_is_said_to_be_gone(store: Store, place: APlace) -> None:
    """Deleting happens at the provider; the job and its story stay."""
    connected(store, place)
    a_job(store, connection_id="mine", provider_job_id="ftjob-1", fine_tuned_model="ft:gone")
    app = visit("jobs", job="job-1")
    app.session_state["session_keys"] = {"mine": KEY}
    app = press(app.run(), "delete_model")
    assert is_well(app)
    assert store.load_job("job-1").model_deleted
    assert say("en", "jobs.model_deleted") in words(app)
    assert "again" in keys(app)
    assert ("DELETE", "/v1/models/ft:gone") in [
        (method, path.replace("%3A", ":")) for method, path, _, _ in place.requests
    ]


def test_a_place_that_does_not_answer_keeps_the_job_on_the_page(store: Store) -> None:
    """What is known stays; a calm line says why there is no news, and when it is asked again."""
    store.save_connection(Connection("mine", "openai_compatible", "Gone", "http://127.0.0.1:9/v1"))
    a_job(store, "running", connection_id="mine", provider_job_id="ftjob-1")
    app = settle(visit("jobs", job="job-1"))
    assert is_well(app)
    assert not app.error
    assert "No news from Gone. Asking again in" in words(app)
    assert "ftjob-1" in words(app)
    app = press(app, "ask_now")
    assert store.load_job("job-1").failed_looks == 2
    assert "asked 2 times" in words(app)


def test_a_job_that_is_gone_there_can_be_let_go(store: Store, place: APlace) -> None:
    """Nobody asks after it any more, and its story stays."""
    connected(store, place)
    a_job(store, "running", connection_id="mine", provider_job_id="ftjob-9")
    app = visit("jobs", job="job-1")
    app.session_state["session_keys"] = {"mine": KEY}
    app = press(settle(app.run()), "stop_watching")
    assert is_well(app)
    assert not store.load_job("job-1").is_active
    assert "again" in keys(app)


def test_after_a_reload_the_key_is_asked_for_beside_the_job(store: Store, place: APlace) -> None:
    """Its place is left alone until then; once it is typed, the news come."""
    connected(store, place)
    place.add_job(status="running")
    a_job(store, "queued", connection_id="mine", provider_job_id="ftjob-1")
    app = settle(visit("jobs", job="job-1"))
    assert say("en", "jobs.key_for_news", name="My place") in words(app)
    assert place.requests == []
    app = settle(write(app, "jobs_key_mine", KEY))
    assert is_well(app)
    assert store.load_job("job-1").status == "running"
    assert "jobs_key_mine" not in [field.key for field in app.text_input]


@pytest.mark.parametrize(("status", "offered"), [
    ("running", {"pause", "cancel"}), ("pausing", {"cancel"}), ("paused", {"resume", "cancel"}),
])  # fmt: skip
def test_a_job_can_be_paused_and_go_on(store: Store, status: str, offered: set[str]) -> None:
    """What its state allows, where the place offers it."""
    a_job(store, status, provider_job_id="ftjob-1")
    app = visit("jobs", job="job-1")
    assert keys(app) & {"pause", "resume", "cancel"} == offered


def test_a_button_that_fails_says_so_on_the_spot(store: Store) -> None:
    """The reason stands on the page, also when it is drawn again, until the next button."""
    store.save_connection(Connection("mine", "openai_compatible", "Mine", "http://127.0.0.1:9/v1"))
    a_job(store, SAVED, connection_id="mine", request=TrainingRequest("llama"))
    app = press(visit("jobs", job="job-1"), "send_now")
    said = say("en", "error.cannot_connect")
    assert [error.value for error in app.error] == [said]
    assert [error.value for error in app.run().error] == [said]
    assert not app.toast
    app = press(app, "cancel")
    assert not app.error


def test_what_was_never_sent_is_cancelled_without_its_place(store: Store) -> None:
    """Its server was removed in Settings: there is nobody to tell, and nothing to tell."""
    a_job(store, SAVED, connection_id="server-gone", request=TrainingRequest("llama"))
    app = press(visit("jobs", job="job-1"), "cancel")
    assert is_well(app)
    assert store.load_job("job-1").status == "cancelled"


def test_a_press_on_pause_reaches_the_place(store: Store, place: APlace) -> None:
    """And what it says is on the page at once."""
    connected(store, place)
    place.add_job(status="running")
    a_job(store, "running", connection_id="mine", provider_job_id="ftjob-1")
    app = visit("jobs", job="job-1")
    app.session_state["session_keys"] = {"mine": KEY}
    app = press(settle(app.run()), "pause")
    assert is_well(app)
    assert store.load_job("job-1").status == place.jobs["ftjob-1"]["status"] != "running"


# The list


def listed(app: AppTest) -> list[str]:
    """The ids of the jobs that have a line, in their order."""
    found = [str(button.key) for button in app.button if str(button.key).startswith("job_")]
    return [key.removeprefix("job_") for key in found]


def some_jobs(store: Store) -> str:
    """Jobs of two projects in every state; returns the project of two of them."""
    _, project = start()
    a_job(store, "running", id="a", project_id=project, created_at=NOW - timedelta(days=3))
    a_job(store, "succeeded", id="b", project_id=project, fine_tuned_model="ft:bee")
    a_job(store, "failed", id="c", connection_id="this_computer")
    a_job(store, "cancelled", id="d", request=TrainingRequest("gpt-4o", suffix="cheerful"))
    return project


def test_what_is_under_way_stands_first(store: Store) -> None:
    """Then the newest."""
    some_jobs(store)
    assert listed(visit("jobs")) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("asked", "found"), [
    ({"state": "done"}, ["b"]), ({"state": "stopped"}, ["c", "d"]), ({"text": "CHEER"}, ["d"]),
    ({"place": "this_computer"}, ["c"]), ({"state": "done", "text": "nowhere"}, []),
    ({"state": "asleep"}, ["a", "b", "c", "d"]),
])  # fmt: skip
def test_an_address_narrows_the_list(store: Store, asked: dict[str, str], found: list[str]) -> None:
    """So that a reload, or a link, shows the same."""
    some_jobs(store)
    app = visit("jobs", **asked)
    assert is_well(app)
    assert listed(app) == found
    if not found:
        assert say("en", "jobs.none_found") in words(app)
        assert len(listed(press(app, "show_all"))) == 4


def test_a_choice_goes_into_the_address_and_comes_back(store: Store) -> None:
    """Also after a look at one of the jobs."""
    project = some_jobs(store)
    app = visit("jobs")
    app = app.segmented_control(key="find_state").set_value("done").run()
    app = app.selectbox(key="find_of").set_value(project).run()
    assert listed(app) == ["b"]
    assert (app.query_params["state"], app.query_params["of"]) == ("done", project)
    app = press(app, "job_b")
    assert "find_state" not in [widget.key for widget in app.segmented_control]
    app = press(app, "all_jobs")
    assert listed(app) == ["b"]
    assert app.segmented_control(key="find_state").value == "done"


def test_a_line_says_how_far_a_job_is(store: Store) -> None:
    """From the end of its story, however long that is."""
    a_job(store, "running", hyperparameters={"n_epochs": 4})
    steps = [
        JobEvent(f"e{n}", NOW, "info", "", "metrics", {"step": n, "total_steps": 200})
        for n in range(1, 101)
    ]
    store.save_events("job-1", steps)
    app = visit("jobs")
    assert "--share:50%" in "".join(bodies(app))
    assert say("en", "jobs.learning", n=2, total=4) in words(app)


def test_a_retired_provider_leaves_its_jobs_readable(store: Store) -> None:
    """Nobody is asked, and only another training is offered."""
    a_job(store, "running", connection_id="old_vendor", provider_job_id="ftjob-1")
    store.update_job("job-1", failed_looks=3, look_problem="connection_lost")  # as it was then
    listed = words(visit("jobs"))
    assert say("en", "jobs.provider_retired") in listed
    assert say("en", "jobs.no_answer_short") not in listed
    app = visit("jobs", job="job-1")
    assert is_well(app)
    assert "Old Vendor" in words(app)
    assert say("en", "jobs.retired_note") in words(app)
    assert keys(app) >= {"again", "all_jobs"}
    assert not keys(app) & {"cancel", "pause", "compare"}


# Curves, checkpoints, examples, the provider's own words


def test_learning_by_heart_is_said_and_marked(store: Store) -> None:
    """With the step, how much worse it got, and how many passes would have done."""
    a_job(store, hyperparameters={"n_epochs": 10})
    held = [2.0, 1.0, 1.5, 2.0]
    store.save_metrics("job-1", [Metric(n * 10, 1 / n, 0.5, v) for n, v in enumerate(held, 1)])
    data = {"step": 40, "total_steps": 40}
    store.save_events("job-1", [JobEvent("e1", NOW, "info", "", "metrics", data)])
    app = visit("jobs", job="job-1")
    told = say("en", "jobs.reading_by_heart", step="20", loss="1.000", rise="100%")
    assert told in words(app)
    assert say("en", "jobs.reading_passes", n=5) in words(app)
    app = app.segmented_control(key="curve_kind").set_value("accuracy").run()
    assert is_well(app)
    assert say("en", "jobs.curve_accuracy_lead") in words(app)


def test_a_checkpoint_can_be_talked_to_and_deleted(store: Store, place: APlace) -> None:
    """The best one is marked; one that was deleted is gone from the list, which is said."""
    connected(store, place)
    a_job(store, connection_id="mine", provider_job_id="ftjob-1", fine_tuned_model="ft:m")
    store.save_metrics("job-1", [Metric(10, 1.0, valid_loss=1.0), Metric(20, 0.5, valid_loss=2.0)])
    kept = [Checkpoint(f"cp{n}", n, f"ft:m:{n}", NOW) for n in (10, 20)]
    store.save_checkpoints("job-1", kept)
    app = visit("jobs", job="job-1")
    app.session_state["session_keys"] = {"mine": KEY}
    assert words(app).count(say("en", "jobs.checkpoint_best")) == 1
    if "checkpoint_delete" in load_profile("openai").offers:
        app = press(app.run(), "delete_cp20")
        assert [each.deleted for each in store.load_checkpoints("job-1")] == [False, True]
        assert say("en", "jobs.checkpoint_gone", n=20) in [each.value for each in app.toast]
        assert "talk_cp20" not in keys(app)
    app = press(app, "talk_cp10")
    assert is_well(app)
    assert [title.value for title in app.title] == [say("en", "compare.title")]
    assert say("en", "compare.checkpoint", n=10) in words(app)
    assert say("en", "compare.checkpoint", n=10) not in words(press(app, "finished"))


@pytest.fixture
def trained(store: Store) -> tuple[str, list[int]]:
    """A failed job of a project's examples, as they stood; the project and its rows."""
    _, project_id = start()
    project = store.load_project(project_id)
    file = save_training_file(store, export_lines(store, project))
    digest = file.snapshot.sha256
    why = {"error_code": "invalid_training_file", "error_message": "Line 3 has no `messages`."}
    a_job(store, "failed", project_id=project_id, snapshot_sha256=digest, **why)
    return project_id, [row.id for row in store.iterate_rows(project_id)]


def test_the_exact_bytes_are_kept_and_compared(
    store: Store, trained: tuple[str, list[int]]
) -> None:
    """Nothing differs at first; then what was added, removed and changed, each with its way."""
    project_id, rows = trained
    app = visit("jobs", job="job-1")
    assert say("en", "jobs.diff_same") in words(app)
    edit_a_row(store, project_id, rows[4])
    app = app.run()
    assert is_well(app)
    assert re.search(r"\b1\s+changed", words(app))
    assert say("en", "jobs.diff_kept", n=9) in words(app)
    app = press(app, "row_diff_0")
    assert [title.value for title in app.title] == [say("en", "editor.title")]
    assert app.session_state["open_example"] == rows[4]


def edit_a_row(store: Store, project_id: str, row_id: int) -> None:
    """Another reply."""
    project = store.load_project(project_id)
    row = store.load_row(project_id, row_id)
    turns = row.example.messages
    last = turns[-1].with_value("content", "Something else.")
    example = row.example.with_messages([*turns[:-1], last])
    store.apply_change(project_id, "edit", [Put(example, facts_in(project)(example), row_id)])


@pytest.mark.parametrize("edited", [False, True])
def test_an_error_leads_to_the_row_that_caused_it(
    store: Store, trained: tuple[str, list[int]], edited: bool
) -> None:
    """Also where that row has been changed since."""
    project_id, rows = trained
    if edited:
        edit_a_row(store, project_id, rows[2])
    app = visit("jobs", job="job-1")
    assert is_well(app)
    assert say("en", "jobs.line_n", n=3) in words(app)
    app = press(app, "row_line_3")
    assert app.session_state["open_example"] == rows[2]


def test_an_error_about_a_row_that_is_gone_says_so(
    store: Store, trained: tuple[str, list[int]]
) -> None:
    """There is nothing to open."""
    project_id, rows = trained
    store.apply_change(project_id, "remove", [Remove(rows[2])])
    app = visit("jobs", job="job-1")
    assert say("en", "jobs.line_gone") in words(app)
    assert "row_line_3" not in keys(app)


def test_a_project_that_is_gone_leaves_the_bytes(
    store: Store, trained: tuple[str, list[int]]
) -> None:
    """They are kept with the job, not with the project."""
    store.delete_project(trained[0])
    app = visit("jobs", job="job-1")
    assert is_well(app)
    assert say("en", "jobs.diff_no_project") in words(app)
    assert app.get("download_button")


def test_the_providers_own_words_can_be_searched() -> None:
    """By every word of theirs, their data included; and they leave as JSONL, whole."""
    event = JobEvent("e1", NOW, "warn", "Moderation 注意", data={"score": 0.25})
    assert says(event, "WARN moder 0.25 注")
    assert not says(event, "warn nothing")
    told = json.loads(write_events([event]))
    assert (told["id"], told["message"], told["data"]) == ("e1", event.message, event.data)
    assert told["created_at"] == int(NOW.timestamp())


# Whatever the page


def test_on_any_page_a_job_that_ends_says_so(store: Store) -> None:
    """Until somebody looks, or does not want to."""
    a_job(store, "running", request=TrainingRequest("gpt-4o-mini", suffix="*jokes*"))
    app = visit("settings")
    assert "ended_look" not in keys(app)
    store.update_job("job-1", status="succeeded")
    app = app.run()
    assert is_well(app)
    assert say("en", "jobs.ended_succeeded", name="\\*jokes\\*") in words(app)
    assert "ended_look" in keys(go(app, "train"))
    app = press(app, "ended_look")
    assert "*jokes*" in words(app).replace("\\", "")
    assert "ended_look" not in keys(app)


def test_who_opens_the_job_has_seen_its_end(store: Store) -> None:
    """The toast goes; where the job was open when it ended, that page says it, and no toast."""
    a_job(store, "running")
    app = visit("jobs")
    store.update_job("job-1", status="succeeded")
    assert "ended_look" in keys(app.run())
    assert "ended_look" not in keys(press(app, "job_job-1"))
    a_job(store, "running", id="job-2")
    app = visit("jobs", job="job-2")
    store.update_job("job-2", status="failed")
    app = app.run()
    assert is_well(app)
    assert "ended_look" not in keys(app)
    assert "ended_look" not in keys(go(app, "train"))


def test_several_ends_are_one_toast(store: Store) -> None:
    """And a press on the cross is enough."""
    for name in ("job-1", "job-2"):
        a_job(store, "running", id=name)
    app = visit("settings")
    for name in ("job-1", "job-2"):
        store.update_job(name, status="failed")
    app = app.run()
    assert say("en", "jobs.ended_many", n=2) in words(app)
    app = press(app, "ended_dismiss")
    assert "ended_look" not in keys(app.run())


def test_what_ended_before_this_visit_is_not_announced(store: Store) -> None:
    """It is in the list."""
    a_job(store, "succeeded")
    assert "ended_look" not in keys(visit("settings"))
