"""core/metrics.py: the curves and the progress of a job."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from core_events import START, a_job, a_step, an_event
from hypothesis import given
from hypothesis import strategies as st

from core.jobs import Metric
from core.metrics import merge_metrics, metrics_of, progress_of, read_result_csv

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


def test_of_a_job_that_rested_nothing_is_claimed_until_it_moves() -> None:
    """What was reckoned before the rest counts no longer, nor the rest as the pace of a step."""
    job = a_job(estimated_finish=START + timedelta(hours=1))
    steps = [a_step(step, 100, seconds=2 * step) for step in (1, 2)]
    rested = [
        *steps,
        an_event("The job has been resumed"),
        an_event("Fine-tuning job started again"),
    ]
    assert progress_of(job, rested, START + timedelta(seconds=500)).eta_seconds is None
    moving = [*rested, a_step(3, 100, seconds=600), a_step(4, 100, seconds=602)]
    now = START + timedelta(seconds=602)
    assert progress_of(a_job(), moving, now).eta_seconds == pytest.approx(2 * 96)


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
