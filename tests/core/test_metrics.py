"""core/metrics.py: curves, progress and the story of a job."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs import Fetch, FineTuningJob, JobEvent, Metric, TrainingRequest
from core.metrics import (
    KNOWN,
    fetch_under_way,
    merge_metrics,
    metrics_of,
    progress_of,
    read_result_csv,
    story_of,
)
from core.words import LANGUAGES, has_words, say

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def an_event(message: str, seconds: int = 0, **values: object) -> JobEvent:
    """Something a job told, so many seconds after its start."""
    at = START + timedelta(seconds=seconds)
    return JobEvent(f"e{message}{seconds}", at, "info", message, **values)  # type: ignore[arg-type]


def a_step(step: int, total: int = 100, seconds: int = 0, loss: float = 1.0) -> JobEvent:
    """A metrics event as OpenAI and our trainer write it."""
    data = {"step": step, "train_loss": loss, "total_steps": total}
    message = f"Step {step}/{total}: training loss={loss:.2f}"
    return an_event(message, seconds, type="metrics", data=data)


def a_job(**values: object) -> FineTuningJob:
    """A running job."""
    known = {"id": "j", "project_id": None, "connection_id": "c", "status": "running"}
    request = TrainingRequest(model="m")
    return FineTuningJob(**{**known, "request": request, "created_at": START, **values})  # type: ignore[arg-type]


# Curves

OLD = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n"
NEW = "step,train_loss,train_mean_token_accuracy,full_valid_loss,validation_mean_token_accuracy\n"


@pytest.mark.parametrize("header", [OLD, NEW])
@pytest.mark.parametrize("wrap", [bytes, base64.b64encode, base64.encodebytes])
def test_a_result_file_is_read_by_its_header(header: str, wrap: type[bytes]) -> None:
    """Old and new column names, plain or in base64, mean the same."""
    rows = "1,3.5,0.4,,\n2.0,2.5,0.6,2.75,0.5\n"
    assert read_result_csv(wrap((header + rows).encode())) == [
        Metric(1, 3.5, 0.4, None, None),
        Metric(2, 2.5, 0.6, 2.75, 0.5),
    ]


def test_a_result_file_may_have_a_bom_other_columns_and_another_order() -> None:
    """Only names count; what is not known is passed over."""
    content = "\ufefftrain_loss,mood,step\r\n0.5,good,7\r\n".encode()
    assert read_result_csv(content) == [Metric(7, 0.5)]


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"hello", b"a,b\n1,2\n", b"step,train_loss\nx,1\n"]
)
def test_a_file_without_steps_has_no_curve(content: bytes) -> None:
    """What is no result file gives no points."""
    assert read_result_csv(content) == []


def test_what_is_no_number_is_no_value() -> None:
    """NaN, infinity and words leave a gap in the curve instead of breaking it."""
    content = b"step,train_loss,valid_loss\n1,nan,inf\n2,low,1e999\n"
    assert read_result_csv(content) == [Metric(1), Metric(2)]


@given(st.binary())
def test_any_bytes_can_be_read(content: bytes) -> None:
    """Whatever a provider serves as result file, reading it does not fail."""
    points = read_result_csv(content)
    assert points == sorted(points, key=lambda point: point.step)


@given(st.text(alphabet='step,train_loss\n\r"0123456789.-e\0'))
def test_any_table_can_be_read(rows: str) -> None:
    """Nor does any text below a good header."""
    steps = [p.step for p in read_result_csv(f"step,train_loss\n{rows}".encode())]
    assert steps == sorted(set(steps))


def test_a_metrics_event_is_a_point() -> None:
    """OpenAI's names in the data of an event."""
    data = {"step": 3, "train_loss": 0.5, "train_mean_token_accuracy": 0.9, "valid_loss": 0.75}
    event = an_event("Step 3/10: training loss=0.50", type="metrics", data=data)
    assert metrics_of(event) == Metric(3, 0.5, 0.9, 0.75)


def test_a_step_told_in_words_is_a_point_too() -> None:
    """Where an event has no data, its sentence has the figure."""
    event = an_event("Step 91/100: training loss=0.30, validation loss=0.40")
    assert metrics_of(event) == Metric(91, 0.30)


def test_another_event_is_no_point() -> None:
    """A message about something else is not on the curve."""
    assert metrics_of(an_event("Checkpoint created at step 12")) is None


def test_merging_keeps_the_last_known_value() -> None:
    """A replayed step replaces its values, and a missing one leaves what was known."""
    merged = merge_metrics([Metric(2, 1.0), Metric(1, 3.0, valid_loss=2.0), Metric(1, 2.5)])
    assert merged == [Metric(1, 2.5, valid_loss=2.0), Metric(2, 1.0)]


# The weights of a base


def a_fetch(done: int) -> JobEvent:
    """The trainer's event on how far the weights are."""
    data = {"done_bytes": done, "total_bytes": 93_000_000}
    return an_event(f"Fetching the base model: {done}", data=data)


def test_a_job_waits_for_its_base_until_it_says_something_else() -> None:
    """The latest event tells whether the weights are on their way."""
    coming = [an_event("Fine-tuning job started"), a_fetch(0), a_fetch(46_500_000)]
    assert fetch_under_way(a_job(), coming) == Fetch(46_500_000, 93_000_000)
    assert fetch_under_way(a_job(), [*coming, a_step(1)]) is None
    assert fetch_under_way(a_job(status="failed"), coming) is None
    assert fetch_under_way(a_job(), []) is None


def test_how_far_the_weights_are_is_a_share() -> None:
    """From none to all of them, and all means that they are being prepared."""
    assert [Fetch(done, 8).share for done in (0, 4, 8, 9)] == [0.0, 0.5, 1.0, 1.0]
    assert [Fetch(done, 8).is_whole for done in (7, 8)] == [False, True]


def test_a_fetch_is_one_line_of_the_story() -> None:
    """However often it was told, the line says how far it came, and then that all is there."""
    under_way, arrived = (
        story_of([a_fetch(0), a_fetch(31_400_000)]),
        story_of([a_fetch(93_000_000)]),
    )
    assert [(line.code, line.params) for line in under_way + arrived] == [
        ("fetching", {"done": 31, "total": 93}),
        ("fetched", {"done": 93, "total": 93}),
    ]
    for line in under_way + arrived:
        assert all("93" in say(lang, f"event.{line.code}", **line.params) for lang in LANGUAGES)


# Progress


def test_progress_counts_steps_passes_and_the_time_left() -> None:
    """Half way through ten passes at two seconds a step."""
    events = [a_step(step, 100, seconds=2 * step) for step in range(1, 51)]
    job = a_job(hyperparameters={"n_epochs": 10})
    progress = progress_of(job, events, START + timedelta(seconds=100))
    assert (progress.step, progress.total_steps, progress.share) == (50, 100, 0.5)
    assert (progress.epoch, progress.epochs) == (5, 10)
    assert progress.eta_seconds == pytest.approx(100)


def test_the_providers_own_estimate_comes_first() -> None:
    """Where it says when it will be done, we do not reckon."""
    job = a_job(estimated_finish=START + timedelta(seconds=30))
    assert progress_of(job, [], START).eta_seconds == 30


def test_before_the_first_step_nothing_is_claimed() -> None:
    """No events, no share, no time left."""
    progress = progress_of(a_job(hyperparameters={"n_epochs": "auto"}), [], START)
    assert (progress.share, progress.epochs, progress.eta_seconds) == (0.0, None, None)


def test_a_job_that_succeeded_is_whole() -> None:
    """Whatever its events say, and with no time left to tell."""
    progress = progress_of(a_job(status="succeeded"), [a_step(99)], START)
    assert (progress.share, progress.eta_seconds) == (1.0, None)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 100), st.integers(0, 999))))
def test_progress_stays_within_its_bounds(steps: list[tuple[int, int, int]]) -> None:
    """Whatever the steps: a share is a share, a pass one of the passes, time never negative."""
    events = [a_step(step, total, seconds) for step, total, seconds in steps]
    progress = progress_of(a_job(hyperparameters={"n_epochs": 3}), events, START)
    assert 0.0 <= progress.share <= 1.0
    assert progress.epoch is None or 1 <= progress.epoch <= 3
    assert progress.eta_seconds is None or progress.eta_seconds >= 0


# The story


def test_a_story_reads_in_plain_words_with_its_steps_folded() -> None:
    """A whole job of ours, from being asked for to its model."""
    events = [
        an_event("Asked for the job to be started"),
        an_event("Created fine-tuning job: ftjob-1"),
        an_event("Validating training file: file-1"),
        an_event("Files validated, moving job to queued state"),
        an_event("Fine-tuning job started"),
        a_step(1, loss=4.0),
        a_step(2, loss=2.0),
        an_event("Checkpoint created at step 2"),
        a_step(3, loss=1.0),
        an_event("New fine-tuned model created: ft:local/tiny:me:1"),
        an_event("The job has successfully completed"),
    ]
    story = [(line.code, line.params) for line in story_of(events, examples=10)]
    assert story == [
        ("asked", {}),
        ("created", {}),
        ("checking", {}),
        ("accepted_examples", {"examples": 10}),
        ("started", {}),
        ("steps_loss", {"first": 1, "last": 2, "loss_before": "4.000", "loss": "2.000"}),
        ("checkpoint", {"step": 2}),
        ("steps_loss", {"first": 3, "last": 3, "loss_before": "1.000", "loss": "1.000"}),
        ("model_created_named", {"model": "ft:local/tiny:me:1"}),
        ("completed", {}),
    ]


def test_an_unknown_event_keeps_the_providers_words() -> None:
    """What we cannot say better is shown as it came, with its level."""
    event = JobEvent("e", START, "warn", "The moon is full; training pauses.")
    (line,) = story_of([event])
    assert (line.code, line.original, line.level) == (None, event.message, "warn")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_story_has_words(language: str) -> None:
    """Each code a story can have stands in both languages, its placeholders fillable."""
    codes = {code for code, _ in KNOWN} - {"checkpoint", "resumed"}
    assert all(has_words(language, f"event.{code}") for code in codes)
    params = {"first": 1, "last": 2, "loss_before": "4", "loss": "2", "step": 3, "examples": 4}
    for code in ("steps", "steps_loss", "checkpoint", "resumed", "accepted_examples"):
        assert "{" not in say(language, f"event.{code}", **params)
    assert "x" in say(language, "event.model_created_named", model="x")
