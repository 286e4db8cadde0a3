"""`python -m core watch` and `jobs`: a job's story from a script, whatever happens on the way."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from a_place import RESET, APlace, a_place
from a_terminal import KEY_VARIABLE, PLACE, a_program, connect, run
from core_builders import WEATHER_JOKES, a_project_of, an_example

from core import local_trainer
from core.jobs import Connection, FineTuningJob, TrainingRequest
from core.storage import Store
from core.training.doubts import ASKED

__all__ = ["run"]
LOOK = "GET /v1/fine_tuning/jobs/ftjob-1"
HERE = ("--place", PLACE, "--model", "tiny")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def place(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[APlace]:
    """A place to train that listens, and whose key is known."""
    with a_place() as place:
        connect(store, place, monkeypatch)
        yield place


@pytest.fixture
def job(run: Any, place: APlace) -> str:
    """The id of a job that was just started there."""
    started: str = run("train", WEATHER_JOKES, *HERE, "--json").job["id"]
    return started


def finish(place: APlace, **values: Any) -> None:
    """Let the job end there."""
    place.add_event("ftjob-1", "Step 1/2: training loss=2.00")
    place.add_event("ftjob-1", "Step 2/2: training loss=1.00")
    done = {"status": "succeeded", "fine_tuned_model": "ft:tiny:me", "trained_tokens": 1_362}
    place.jobs["ftjob-1"].update({**done, "finished_at": 1_790_000_100, **values})


def test_a_job_is_followed_to_its_end(run: Any, place: APlace, job: str) -> None:
    """Its story in plain words, what it made and took; it ends with 0."""
    finish(place)
    done = run("watch", job)
    assert done.status == 0
    assert "steps 1 to 2: the loss went from 2.000 to 1.000" in done.out
    assert "Done: ft:tiny:me" in done.out
    assert "Tokens trained: 1,362" in done.out


def test_a_program_is_told_each_thing_once(run: Any, place: APlace, job: str) -> None:
    """One JSON object a line: every event once and in order, the job last."""
    finish(place)
    done = run("watch", job[:12], "--json")
    events = [each["event"] for each in done.told if "event" in each]
    theirs = [event for event in events if event != ASKED]
    assert theirs == [event["message"] for event in place.events["ftjob-1"]]
    assert len(events) == len(theirs) + 1
    assert done.told[-1]["job"]["status"] == "succeeded"
    assert done.err == ""


def test_a_job_that_failed_ends_with_1_and_its_reason(run: Any, place: APlace, job: str) -> None:
    """The reason in our words, and the provider's own."""
    error = {"code": "invalid_training_file", "message": "Line 3 is empty"}
    finish(place, status="failed", fine_tuned_model=None, error=error)
    done = run("watch", job)
    assert done.status == 1
    assert "Line 3 is empty" in done.err


def test_a_lost_connection_is_waited_out(run: Any, place: APlace, job: str) -> None:
    """It is told once that nobody answers, and that somebody does again."""
    finish(place)
    place.fault(LOOK, RESET, (503, {"error": {"message": "Busy"}}))
    done = run("watch", job)
    assert done.status == 0
    assert done.err.count("it will be asked again") == 2  # two kinds of it
    assert "Busy" in done.err
    assert done.out.count("It answers again.") == 1
    assert "Done: ft:tiny:me" in done.out


def test_what_waiting_cannot_mend_ends_the_watching(run: Any, place: APlace, job: str) -> None:
    """A key that is refused is refused the next time as well; the job itself goes on."""
    place.fault(LOOK, (401, {"error": {"message": "Unknown key"}}))
    done = run("watch", job)
    assert done.status == 2
    assert "Unknown key" in done.err
    assert place.jobs["ftjob-1"]["status"] == "validating_files"


def test_what_was_in_the_way_before_is_not_in_the_way_now(
    run: Any, place: APlace, store: Store, job: str
) -> None:
    """Somebody has mended it meanwhile: it is asked again before anything is said of it."""
    later = datetime.now(UTC) + timedelta(seconds=50)
    store.update_job(job, look_problem="key_refused", failed_looks=5, look_after=later)
    finish(place)
    assert run("watch", job).status == 0


def test_without_a_key_nobody_s_next_look_is_put_off(run: Any, place: APlace, store: Store) -> None:
    """The app may have the key: a script without one leaves the job as it is, and says why."""
    store.save_connection(Connection("nebius-mine", "nebius", "Neb", place.base_url))
    running = FineTuningJob("j", None, "nebius-mine", "running", TrainingRequest("m"), NOW)
    store.save_job(replace(running, provider_job_id="ftjob-9"))
    before = store.load_job("j")
    done = run("watch", "j")
    assert done.status == 2
    assert "_KEY" in done.err
    assert run("jobs").status == 0
    assert store.load_job("j") == before
    assert store.is_look_due("j", datetime.now(UTC))
    assert place.requests == []


def test_a_job_whose_place_is_retired_has_no_failed_look(run: Any, store: Store) -> None:
    """Nobody can be asked, which is no silence."""
    store.save_job(FineTuningJob("j", None, "gone_ai", "running", TrainingRequest("m"), NOW))
    assert run("jobs").status == 0
    assert run("watch", "j").status == 2
    assert (store.load_job("j").failed_looks, store.load_job("j").look_problem) == (0, "")


def test_listing_jobs_does_not_wake_the_trainer_of_one_that_rests(
    run: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paused job on this computer goes on when somebody says so; until then it costs nothing."""
    woken: list[str] = []
    monkeypatch.setattr(local_trainer, "_launch", lambda home: woken.append("woken"))
    paused = FineTuningJob("j", None, "this_computer", "paused", TrainingRequest("m"), NOW)
    store.save_job(replace(paused, provider_job_id="ftjob-9"))
    assert "j" in run("jobs").out
    assert woken == []


def test_a_job_that_was_never_sent_is_not_waited_for(run: Any, place: APlace, store: Store) -> None:
    """Nothing would ever happen: it says how to send it, and ends with 3."""
    place.fault("POST /v1/files", (503, {"error": {"message": "Later"}}))
    run("train", WEATHER_JOKES, *HERE)
    (kept,) = store.load_jobs()
    done = run("watch", kept.id)
    assert done.status == 3
    assert f"--resume {kept.id}" in done.err


def test_ctrl_c_leaves_the_job_alone(place: APlace, job: str) -> None:
    """It ends with 130 and says how to go on; at the place nothing was stopped."""
    program = a_program("watch", job)
    assert program.stdout is not None
    try:
        first = [program.stdout.readline() for _ in range(3)]  # it is well under way
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=60)
    finally:
        program.kill()
    assert "Your job was created." in "".join(first)
    assert (program.returncode, err) == (
        130,
        f"The job goes on. Follow it again with: python -m core watch {job}\n",
    )
    assert place.asked("POST /v1/fine_tuning/jobs/ftjob-1/cancel") == []


def test_whoever_stops_reading_stops_the_watching(place: APlace, job: str) -> None:
    """In front of `head` it ends as soon as there is something to say that nobody reads."""
    program = a_program("watch", job)
    assert program.stdout is not None
    assert program.stdout.readline()
    program.stdout.close()
    place.add_event("ftjob-1", "Something else")
    try:
        assert program.wait(timeout=60) == 0
        assert program.stderr is not None
        assert program.stderr.read() == ""
    finally:
        program.kill()
        program.stderr.close()  # type: ignore[union-attr]


def test_train_can_go_on_watching(run: Any, place: APlace) -> None:
    """--watch is both in one; the status is that of the job."""

    def end_when_asked() -> None:
        while "ftjob-1" not in place.jobs:
            threading.Event().wait(0.01)
        finish(place)

    ending = threading.Thread(target=end_when_asked)
    ending.start()
    done = run("train", WEATHER_JOKES, *HERE, "--watch")
    ending.join()
    assert done.status == 0
    assert "Done: ft:tiny:me" in done.out


def test_jobs_are_listed_the_newest_first(run: Any, place: APlace, store: Store, job: str) -> None:
    """With how they stand now, those under way having been looked at."""
    finish(place)
    a_project_of(store, *(an_example(user=f"{n}?") for n in range(10)))
    second = run("train", "--project", "Mine", *HERE, "--json").job["id"]
    told = run("jobs", "--json").told
    assert [(each["id"], each["status"]) for each in told] == [
        (second, "validating_files"),
        (job, "succeeded"),
    ]
    assert told[1]["trained_tokens"] == 1_362
    text = run("jobs").out
    assert text.index(second) < text.index(f"{job} · Done · 100% · ft:tiny:me")
    assert [each["id"] for each in run("jobs", "--json", "--state", "ended").told] == [job]
    assert [each["id"] for each in run("jobs", "--json", "--state", "active").told] == [second]
    assert [each["id"] for each in run("jobs", "--json", "--project", "Mine").told] == [second]
    assert run("jobs", "--json", "--place", "openai").told == []
    assert run("jobs", "--state", "paused").out == "There are no such jobs.\n"


@pytest.mark.parametrize(
    "arguments", [["watch", "job-none"], ["jobs", "--place", "moon"], ["jobs", "--project", "x"]]
)
def test_what_is_not_there_ends_with_2(run: Any, store: Store, arguments: list[str]) -> None:
    """One sentence, and no traceback."""
    done = run(*arguments)
    assert (done.status, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1


def test_jobs_are_told_though_their_place_is_silent(
    run: Any, place: APlace, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they were last known, with the reason why nothing newer is."""
    monkeypatch.delenv(KEY_VARIABLE)
    place.fault(LOOK, (500, {"error": {"message": "Fire"}}))
    (told,) = run("jobs", "--json").told
    assert (told["status"], told["no_answer"]) == ("validating_files", "provider_failed")
    assert json.dumps(told)
