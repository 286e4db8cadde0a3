"""core/training with Together: nothing is lost or made twice where no id of ours goes along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from a_together import HANG, KEY, RESET, ATogether, a_together
from a_training import a_snapshot, an_example, end_doubts, story

pytest.importorskip("together", reason="the package `together` is not installed")

from core.jobs import FineTuningJob, Metric, TrainingRequest
from core.providers.place import Place
from core.providers.profiles import load_profile
from core.providers.together_place import open_client
from core.storage import Store
from core.training import refresh_job, resume_start, start_job

CREATE = "POST /v1/fine-tunes"
FIND = "GET /v1/fine-tunes"
UPLOAD = "POST /v1/files"
PASSES = TrainingRequest(model="Qwen/Qwen3.5-9B", n_epochs=3)


@pytest.fixture
def there() -> Iterator[ATogether]:
    """A Together, for one test."""
    with a_together() as there:
        yield there


@pytest.fixture
def client(there: ATogether) -> Iterator[Place]:
    """A client for it, which does not wait long."""
    client = open_client(load_profile("together"), there.base_url, KEY, timeout=0.5)
    yield client
    client.close()


def start(
    store: Store, client: Place, ticket: str = "0", request: TrainingRequest = PASSES
) -> FineTuningJob:
    """Start a job on two examples."""
    snapshot = a_snapshot(store, an_example(), an_example("热吗?"))
    return start_job(
        store,
        client,
        ticket=ticket,
        connection_id="together",
        project_id=None,
        request=request,
        snapshot_sha256=snapshot.sha256,
    )


def finish(there: ATogether) -> None:
    """Let the job at Together train and succeed."""
    there.add_event("ft-1", "Epoch completed, at step 1", type="epoch_complete", step=1)
    there.metrics["ft-1"] = [
        {"timestamp": 1_790_000_000e9, "train/global_step": 1, "train/loss": 2.5},
        {"timestamp": 1_790_000_060e9, "train/global_step": 1, "eval/loss": 2.75},
    ]
    there.checkpoints["ft-1"] = [
        {"step": 1, "created_at": "2026-11-23T08:00:00Z", "checkpoint_type": "final", "path": ""}
    ]
    there.jobs["ft-1"] |= {"status": "completed", "token_count": 681}


def test_a_training_from_its_start_to_its_end(
    store: Store, there: ATogether, client: Place
) -> None:
    """Examples, story, both curves, checkpoint and model; looked at twice, they are kept once."""
    job = start(store, client)
    assert (job.status, job.provider_job_id) == ("queued", "ft-1")
    assert there.files[job.training_file_id or ""] == store.load_snapshot(job.snapshot_sha256 or "")
    finish(there)
    job = refresh_job(store, client, job.id)
    kept = story(store, job.id)
    assert (job.status, job.fine_tuned_model, job.trained_tokens) == (
        "succeeded", "me/Qwen3.5-9B-1", 681,
    )  # fmt: skip
    assert store.load_metrics(job.id) == [Metric(1, train_loss=2.5, valid_loss=2.75)]
    assert [point.step for point in store.load_checkpoints(job.id)] == [1]
    refresh_job(store, client, job.id)
    assert story(store, job.id) == kept
    assert len({event.id for event in store.load_events(job.id)}) == 5


@pytest.mark.parametrize("fault", [RESET, HANG, (500, {}), f"after {RESET}", f"after {HANG}"])
def test_a_start_whose_answer_is_lost_makes_one_job(
    store: Store,
    there: ATogether,
    client: Place,
    monkeypatch: pytest.MonkeyPatch,
    fault: Any,
) -> None:
    """Whether it was made or not, it is found by its file, or made once the doubt is over."""
    there.fault(CREATE, fault)
    job = start(store, client)
    assert len(there.asked(CREATE)) == 1
    end_doubts(monkeypatch)
    job = resume_start(store, client, job.id)
    assert (len(there.jobs), job.provider_job_id) == (1, "ft-1")


def test_a_second_training_on_the_same_examples_is_not_taken_for_the_first(
    store: Store, there: ATogether, client: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Together keeps the same bytes as one file, so that both jobs learn from the same."""
    first = start(store, client)
    finish(there)
    refresh_job(store, client, first.id)
    there.fault(CREATE, RESET)
    second = start(store, client, "1", replace(PASSES, n_epochs=5))
    assert second.training_file_id == first.training_file_id
    assert second.provider_job_id is None
    end_doubts(monkeypatch)
    second = resume_start(store, client, second.id)
    assert second.provider_job_id == "ft-2"
    assert [asked["n_epochs"] for asked in there.asked(CREATE)] == [3, 5, 5]


OTHERS = [
    replace(PASSES, model="openai/gpt-oss-20b"),
    replace(PASSES, n_epochs=4),
    replace(PASSES, learning_rate=2e-5),
]


@pytest.mark.parametrize("other", OTHERS)
def test_two_jobs_in_doubt_on_one_file_do_not_take_each_other_s(
    store: Store, there: ATogether, client: Place, other: TrainingRequest
) -> None:
    """Only the second was made: the first goes on waiting, and the second finds its own."""
    there.fault(CREATE, RESET, f"after {RESET}")
    first = start(store, client, request=replace(PASSES, learning_rate=1e-5))
    there.fault(FIND, (500, {}))
    second = start(store, client, request=other)
    assert first.training_file_id == second.training_file_id
    assert refresh_job(store, client, first.id).status == "unsure"
    assert refresh_job(store, client, second.id).provider_job_id == "ft-1"


def test_an_upload_that_broke_off_is_tried_again(
    store: Store, there: ATogether, client: Place
) -> None:
    """The job waits as it is kept, and nothing was paid for."""
    there.fault(UPLOAD, (429, {"error": {"message": "slow down"}}))
    with pytest.raises(Exception, match="rate_limited"):
        start(store, client)
    (job,) = store.load_jobs()
    assert (job.status, there.jobs) == ("saved", {})
    assert resume_start(store, client, job.id).provider_job_id == "ft-1"
