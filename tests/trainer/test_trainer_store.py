"""The database: events once, statuses only forwards, all of it there after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trainer.folders import checkpoint_step, drop_checkpoints, kept_steps
from trainer.records import an_event
from trainer.store import Store
from trainer.values import CANCELLED, QUEUED, RUNNING, SUCCEEDED, Job


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in a real file."""
    store = Store(tmp_path / "trainer.sqlite")
    yield store
    store.close()


def a_job(job_id: str = "ftjob-1", **changes: Any) -> Job:
    """A job as it is created."""
    given = {
        "id": job_id,
        "created_at": 1,
        "base": "local/tiny-scratch",
        "status": RUNNING,
        "training_file": "file-1",
        "validation_file": None,
        "suffix": "",
        "seed": 1,
        "hyperparameters": {"n_epochs": 1},
        "metadata": None,
        "model": f"ft:{job_id}",
        **changes,
    }
    return Job(**given)


def a_metric(step: int, loss: float) -> dict[str, Any]:
    """A metric as a worker reports it."""
    data = {"step": step, "train_loss": loss}
    return an_event(f"Step {step}", data=data, event_id=f"ftevent-{step}")


def a_checkpoint(step: int) -> dict[str, Any]:
    """A checkpoint as a worker reports it."""
    checkpoint = {
        "id": f"ftckpt_{step}",
        "step": step,
        "model": f"ft:m:ckpt-step-{step}",
        "metrics": {"step": step},
    }
    return an_event("Checkpoint", event_id=f"ftevent-{step}-checkpoint", checkpoint=checkpoint)


def test_replayed_steps_are_stored_once(store: Store) -> None:
    """The same step reported again changes its event and adds none."""
    job = a_job()
    store.add_job(job, an_event("created"))
    store.apply_records(job, [a_metric(1, 0.9), a_metric(2, 0.5)], 10)
    store.apply_records(job, [a_metric(2, 0.4), a_metric(3, 0.3)], 20)
    events = store.list_events(job.id, None, 100)[::-1]
    assert [event.data["train_loss"] for event in events if event.data] == [0.9, 0.4, 0.3]
    found = store.find_job(job.id)
    assert found is not None
    assert found.read_bytes == 20


def test_a_job_that_ended_stays_ended(store: Store) -> None:
    """Neither a move nor a late record of its worker changes a cancelled job."""
    job = a_job()
    store.add_job(job, an_event("created"))
    assert store.move_job(job.id, CANCELLED, an_event("cancelled"))
    assert not store.move_job(job.id, QUEUED, an_event("queued"))
    late = an_event("done", job={"status": SUCCEEDED}, result_file={"id": "file-r", "bytes": 1})
    store.apply_records(job, [late], 5)
    found = store.find_job(job.id)
    assert found is not None
    assert found.status == CANCELLED
    assert found.to_json()["fine_tuned_model"] is None
    assert store.find_model(job.model) is None


def test_only_the_last_three_checkpoints_are_listed(store: Store) -> None:
    """As many as the worker keeps on disk; a replayed one keeps its id."""
    job = a_job()
    store.add_job(job, an_event("created"))
    store.apply_records(job, [a_checkpoint(step) for step in (5, 10, 15, 20)], 10)
    again = a_checkpoint(20)
    again["checkpoint"]["id"] = "ftckpt_other"
    store.apply_records(job, [again], 20)
    found = store.list_checkpoints(job.id, None, 10)
    assert [checkpoint.id for checkpoint in found] == ["ftckpt_20", "ftckpt_15", "ftckpt_10"]
    assert store.find_model("ft:m:ckpt-step-5") is None


def test_the_best_checkpoint_stays_beside_the_last_three(store: Store) -> None:
    """By the loss on what was held back; one better than all before it takes its place."""
    job = a_job()
    store.add_job(job, an_event("created"))
    for step, loss in {5: 2.0, 10: 1.0, 15: 3.0, 20: 3.0, 25: 3.0, 30: 4.0}.items():
        record = a_checkpoint(step)
        record["checkpoint"]["metrics"]["valid_loss"] = loss
        store.apply_records(job, [record], step)
    assert [each.step for each in store.list_checkpoints(job.id, None, 10)] == [30, 25, 20, 10]
    assert store.find_model("ft:m:ckpt-step-10") is not None


def test_as_many_stay_on_disk_as_are_listed(tmp_path: Path) -> None:
    """The worker and the server keep by the same rule."""
    for step in (5, 10, 15, 20, 25):
        (tmp_path / f"checkpoint-{step}").mkdir()
    drop_checkpoints(tmp_path, {5: 2.0, 10: 1.0, 15: 3.0})
    kept = {5: None, 10: 1.0, 15: None, 20: None, 25: None}
    assert sorted(checkpoint_step(each) for each in tmp_path.iterdir()) == [10, 15, 20, 25]
    assert kept_steps(kept) == {10, 15, 20, 25}


def test_metadata_is_matched_as_text(store: Store) -> None:
    """Every pair must be there; quotes and brackets in a key are only characters."""
    odd = "a\"]b'; --"
    store.add_job(a_job("ftjob-1", metadata={odd: "x", "k": "1"}), an_event("created"))
    store.add_job(a_job("ftjob-2", metadata={"k": "1"}), an_event("created"))
    store.add_job(a_job("ftjob-3"), an_event("created"))
    found = [job.id for job in store.list_jobs({odd: "x"}, None, 10)]
    assert found == ["ftjob-1"]
    assert [job.id for job in store.list_jobs({"k": "1"}, None, 10)] == ["ftjob-2", "ftjob-1"]
    assert len(store.list_jobs({}, None, 10)) == 3


def test_all_is_there_after_a_restart(tmp_path: Path) -> None:
    """A job comes back from the file as it was stored."""
    job = a_job(metadata={"k": "天气"}, error={"code": "c", "message": "m", "param": None})
    first = Store(tmp_path / "trainer.sqlite")
    first.add_job(job, an_event("created"))
    first.close()
    second = Store(tmp_path / "trainer.sqlite")
    assert second.find_job(job.id) == job
    second.close()
