"""Jobs: ours stay visible without any key; a provider's own list needs one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from a_place import KEY, APlace, a_place
from streamlit.testing.v1 import AppTest
from visits import is_well, keys, press, start, visit, words, write

from core.jobs import SAVED, UNSURE, Connection, FineTuningJob, JobEvent, Metric, TrainingRequest
from core.storage import Store
from core.words import LANGUAGES, say

NOW = datetime.now(UTC)
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
    assert "ft:gpt-4o-mini::1" in words(app)
    app = press(app, "job_job-1")
    assert "ftjob-1" in words(app)


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


def test_a_running_job_is_refreshed_and_can_be_cancelled(store: Store, place: APlace) -> None:
    """The page asks the place for news, and stops the job when told to."""
    connected(store, place)
    place.add_job(status="running")
    place.add_event("ftjob-1", "Step 5/10: training loss=0.42", type="metrics",
                    data={"step": 5, "train_loss": 0.42, "total_steps": 10})  # fmt: skip
    a_job(store, "queued", connection_id="mine", provider_job_id="ftjob-1")
    app = visit("jobs", job="job-1")
    app.session_state["session_keys"] = {"mine": KEY}
    app = app.run()
    assert is_well(app)
    assert store.load_job("job-1").status == "running"
    assert [metric.train_loss for metric in store.load_metrics("job-1")] == [0.42]
    app = press(app, "cancel")
    assert place.jobs["ftjob-1"]["status"] == "cancelled"
    assert store.load_job("job-1").status == "cancelled"
    assert "cancel" not in keys(app)


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
    """What is known stays; a sentence says why there is no news."""
    store.save_connection(Connection("mine", "openai", "Gone", "http://127.0.0.1:9/v1"))
    a_job(store, "running", connection_id="mine", provider_job_id="ftjob-1")
    app = visit("jobs", job="job-1")
    app.session_state["session_keys"] = {"mine": KEY}
    app = app.run()
    assert is_well(app)
    assert len(app.warning) == 1
    assert "ftjob-1" in words(app)
