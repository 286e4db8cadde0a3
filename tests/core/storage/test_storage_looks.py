"""Whose turn it is to ask after a job stands in the database, for all tabs and programs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage_builders import a_store

from core.jobs import FineTuningJob, TrainingRequest

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def a_job(id: str, status: str = "running", look_after: datetime | None = None) -> FineTuningJob:
    """A job that is to be asked after at that time."""
    job = FineTuningJob(id, None, "openai", status, TrainingRequest("m"), NOON)
    return replace(job, look_after=look_after)


def test_a_look_is_claimed_once(tmp_path):
    """When it is due, and again when the claim has run out."""
    with a_store(tmp_path) as store:
        store.save_job(a_job("j", look_after=NOON))
        assert not store.claim_look("j", NOON - SECOND, NOON + SECOND)
        assert store.claim_look("j", NOON, NOON + SECOND)
        assert not store.claim_look("j", NOON, NOON + SECOND)
        assert store.load_due_jobs(NOON) == []
        assert store.load_job("j").look_after == NOON  # when it was due is nobody's to forget
        assert store.claim_look("j", NOON + SECOND, NOON + 2 * SECOND)
        assert not store.claim_look("nobody", NOON, NOON + SECOND)


def test_a_look_is_held_longer_or_given_back_by_whoever_has_it(tmp_path):
    """One that was taken over meanwhile is somebody else's."""
    with a_store(tmp_path) as store:
        store.save_job(a_job("j", look_after=NOON))
        assert store.claim_look("j", NOON, NOON + SECOND)
        assert store.hold_look("j", NOON + SECOND, NOON + 3 * SECOND)
        assert not store.claim_look("j", NOON + 2 * SECOND, NOON + 4 * SECOND)
        assert not store.hold_look("j", NOON + SECOND, None)
        assert store.hold_look("j", NOON + 3 * SECOND, None)
        assert store.claim_look("j", NOON, NOON + SECOND)


def test_what_is_due_comes_in_the_order_it_has_waited(tmp_path):
    """Never asked after first; nothing that was not sent, nothing that is complete."""
    with a_store(tmp_path) as store:
        for job in (
            a_job("late", look_after=NOON - SECOND),
            a_job("later", look_after=NOON - 2 * SECOND),
            a_job("new"),
            a_job("unknown", "warming_up"),
            a_job("doubtful", "unsure"),
            a_job("incomplete", "succeeded", look_after=NOON),
            a_job("complete", "succeeded"),
            a_job("unsent", "saved", look_after=NOON),
            a_job("not yet", look_after=NOON + SECOND),
        ):
            store.save_job(job)
        due = store.load_due_jobs(NOON)
        assert due == ["doubtful", "new", "unknown", "later", "late", "incomplete"]
        assert [id for id in due if not store.is_look_due(id, NOON)] == []
        assert not store.is_look_due("not yet", NOON)
        assert not store.is_look_due("unsent", NOON)


def test_a_clock_that_was_wrong_stops_no_looks(tmp_path):
    """A time that nobody would have waited for is as good as past."""
    with a_store(tmp_path) as store:
        store.save_job(a_job("j", look_after=NOON + timedelta(days=1)))
        assert store.load_due_jobs(NOON) == ["j"]
        assert store.claim_look("j", NOON, NOON + timedelta(days=1))
        assert store.load_due_jobs(NOON) == ["j"]
        assert store.claim_look("j", NOON, NOON + SECOND)
        assert store.load_due_jobs(NOON) == []


def test_values_are_changed_and_no_others(tmp_path):
    """Only where the status is still what it was, if that was asked for."""
    with a_store(tmp_path) as store:
        job = a_job("j", "saved", look_after=NOON)
        store.save_job(job)
        assert store.update_job("j", was="saved", status="unsure")
        assert not store.update_job("j", was="saved", status="cancelled")
        assert store.update_job("j", hyperparameters={"n_epochs": 3})
        expected = replace(job, status="unsure", hyperparameters={"n_epochs": 3})
        assert store.load_job("j") == expected
        assert not store.update_job("nobody", status="failed")


def test_the_same_job_is_added_once(tmp_path):
    """By its id for ever; by what it does as long as it goes on."""
    with a_store(tmp_path) as store:
        sha = store.save_snapshot([b"{}\n"], 1).sha256
        job = replace(a_job("j", "saved"), snapshot_sha256=sha)
        assert store.add_job(job) == (job, True)
        assert store.add_job(replace(job, id="k")) == (job, False)
        store.update_job("j", status="failed")
        ended = replace(job, status="failed")
        assert store.add_job(job) == (ended, False)
        assert store.count_ended_jobs(None) == 1
        again = replace(job, id="k")
        assert store.add_job(again) == (again, True)
