"""Jobs and their stories are kept, and saving anything twice is harmless."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from storage_builders import a_project, a_store

from core.errors import NotFound
from core.jobs import Checkpoint, Estimate, FineTuningJob, JobEvent, Metric, TrainingRequest

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def a_job(id: str = "job1", **more) -> FineTuningJob:
    """A job that was saved and not yet sent."""
    values = {
        "project_id": None,
        "connection_id": "this_computer",
        "status": "saved",
        "request": TrainingRequest("local/tiny-scratch", n_epochs=3, learning_rate=5e-4),
        "created_at": NOON,
    }
    return FineTuningJob(id=id, **{**values, **more})


def test_a_job_comes_back_whole(tmp_path):
    """Every field survives, and a later state replaces an earlier one."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        sha = store.save_snapshot([b"{}\n"], 1).sha256
        job = a_job(project_id=project.id, snapshot_sha256=sha)
        store.save_job(job)
        assert store.load_job("job1") == job
        later = replace(
            job,
            status="succeeded",
            validation_sha256=sha,
            provider_job_id="ftjob-1",
            training_file_id="file-1",
            validation_file_id="file-2",
            fine_tuned_model="ft:x",
            trained_tokens=6_810_000_000,
            estimated_finish=NOON.astimezone(timezone(timedelta(hours=8))),
            finished_at=NOON,
            error_code="none",
            error_message="\ud800",
            hyperparameters={"n_epochs": "auto", "deep": [1, None]},
            model_deleted=True,
            estimate=Estimate(6_810, 7_010, price=3.0, cost_low=0.02, seconds_high=90.0),
            look_after=NOON,
            failed_looks=2,
            look_problem="rate_limited",
            look_params={"message": "Slow down.", "retry_after": 2.5},
        )
        assert all(getattr(later, field.name) for field in fields(later))
        store.save_job(later)
        assert store.load_job("job1") == later
        assert store.load_job("job1").estimated_finish.tzinfo is UTC


def test_jobs_are_found(tmp_path):
    """By project, by connection, by the provider's id; the newest first."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        old = a_job("old", project_id=project.id)
        new = a_job("new", created_at=NOON + timedelta(1), connection_id="openai")
        other = replace(new, id="other", provider_job_id="ftjob-9", created_at=NOON - timedelta(1))
        for job in (old, new, other):
            store.save_job(job)
        assert store.load_jobs() == [new, old, other]
        assert store.load_jobs(project.id) == [old]
        assert store.load_jobs(connection_id="openai") == [new, other]
        assert store.load_jobs(project.id, "openai") == []
        assert store.find_job("openai", "ftjob-9") == other
        assert store.find_job("this_computer", "ftjob-9") is None
        with pytest.raises(NotFound) as caught:
            store.load_job("nobody")
        assert caught.value.code == "job_gone"


def test_events_are_kept_once_and_in_order(tmp_path):
    """An event seen again is left alone; those of one second stay in the order they came."""
    first = JobEvent("e1", NOON, "info", "Created", data={"step": 1})
    second = JobEvent("e2", NOON, "info", "Running")
    earlier = JobEvent("e0", NOON - timedelta(seconds=1), "warn", "Queued", "metrics")
    with a_store(tmp_path) as store:
        store.save_job(a_job())
        store.save_job(a_job("other"))
        store.save_events("job1", [first, second])
        store.save_events("job1", [second, first, earlier])
        store.save_events("job1", [])
        store.save_events("other", [first])
        assert store.load_events("job1") == [earlier, first, second]
        assert store.load_events("other") == [first]


def test_metrics_are_completed_step_by_step(tmp_path):
    """A step replayed is updated; a value that is missing this time is not forgotten."""
    with a_store(tmp_path) as store:
        store.save_job(a_job())
        store.save_metrics("job1", [Metric(2, train_loss=1.5), Metric(1, train_loss=2.0)])
        store.save_metrics("job1", [Metric(2, valid_loss=0.1 + 0.2), Metric(1, train_loss=1.9)])
        assert store.load_metrics("job1") == [
            Metric(1, train_loss=1.9),
            Metric(2, train_loss=1.5, valid_loss=0.1 + 0.2),
        ]


def test_checkpoints_are_kept_once(tmp_path):
    """A checkpoint listed at every refresh stands there once, by step."""
    late, soon = Checkpoint("c2", 20, "ft:x:20", NOON), Checkpoint("c1", 10, "ft:x:10", NOON)
    with a_store(tmp_path) as store:
        store.save_job(a_job())
        store.save_checkpoints("job1", [late])
        store.save_checkpoints("job1", [soon, late])
        assert store.load_checkpoints("job1") == [soon, late]


def test_a_job_is_asked_for_once_and_with_its_time(tmp_path):
    """Of two that want to ask, one may; what it notes is there as soon as the job is in doubt."""
    asked = [JobEvent(id, NOON, "info", "Asked") for id in ("first", "second")]
    with a_store(tmp_path) as store:
        store.save_job(a_job())
        assert [store.mark_asked("job1", event) for event in asked] == [True, False]
        assert store.load_job("job1").status == "unsure"
        assert store.load_events("job1") == asked[:1]


def test_a_job_that_was_kept_twice_becomes_one(tmp_path):
    """The one that stays has the whole story."""
    point = Checkpoint("c1", 3, "ft:m:c1", NOON)
    with a_store(tmp_path) as store:
        store.save_job(a_job("ours"))
        store.save_events("ours", [JobEvent("asked", NOON, "info", "Asked")])
        store.save_job(a_job("theirs", provider_job_id="ftjob-1"))
        store.save_events("theirs", [JobEvent("said", NOON, "info", "Step 3/9")])
        store.save_metrics("theirs", [Metric(3, 2.5)])
        store.save_checkpoints("theirs", [point])
        store.merge_job("theirs", into="ours")
        assert [job.id for job in store.load_jobs()] == ["ours"]
        assert [event.id for event in store.load_events("ours")] == ["asked", "said"]
        assert store.load_metrics("ours") == [Metric(3, 2.5)]
        assert store.load_checkpoints("ours") == [point]
