"""core/training: no job is lost, none is made twice, and watching changes nothing."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from a_place import HANG, KEY, RESET, APlace, a_place

from core.errors import (
    AuthenticationFailed,
    PermissionRefused,
    ProviderError,
    RateLimited,
    Rejected,
    TonesmithError,
    Unavailable,
)
from core.examples import Example, Message
from core.jobs import FineTuningJob, Metric, TrainingRequest
from core.jsonl import write_jsonl
from core.providers.client import ProviderClient, open_client
from core.providers.profiles import load_profile
from core.storage import Snapshot, Store
from core.training import (
    adopt_job,
    cancel_job,
    delete_model,
    list_remote_jobs,
    refresh_job,
    resume_start,
    save_training_file,
    start_job,
)
from core.training.doubts import ASKED, DOUBT
from core.words import say

ROOT = Path(__file__).resolve().parents[2]
CREATE = "POST /v1/fine_tuning/jobs"
FIND = "GET /v1/fine_tuning/jobs"
UPLOAD = "POST /v1/files"
HALF_A_SECOND = 0.5


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train."""
    with a_place() as place:
        yield place


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A real database file."""
    with Store.open(database(tmp_path)) as store:
        yield store


@pytest.fixture
def client(place: APlace) -> Iterator[ProviderClient]:
    """A client that does not wait long."""
    client = a_client(place.base_url)
    yield client
    client.close()


def database(folder: Path) -> str:
    """Where a test keeps its database."""
    return f"sqlite:///{folder / 'tonesmith.db'}"


def a_client(base_url: str) -> ProviderClient:
    """A client for a test's place."""
    return open_client(load_profile("openai"), base_url, KEY, timeout=HALF_A_SECOND)


def an_example(user: str = "冷吗?", assistant: str = "冷。") -> Example:
    """One conversation."""
    return Example((Message.of("user", user), Message.of("assistant", assistant)))


def a_snapshot(store: Store, *examples: Example) -> Snapshot:
    """The kept bytes of a training file."""
    return save_training_file(store, write_jsonl(examples)).snapshot


def start(store: Store, client: ProviderClient, start_key: str = "k1") -> FineTuningJob:
    """Start a job on two examples, and a third to validate with."""
    training = a_snapshot(store, an_example(), an_example("热吗?"))
    validation = a_snapshot(store, an_example("湿吗?"))
    return start_job(
        store,
        client,
        start_key=start_key,
        connection_id="openai",
        project_id=None,
        request=TrainingRequest(model="gpt-4o-mini", n_epochs=3),
        snapshot_sha256=training.sha256,
        validation_sha256=validation.sha256,
    )


def long_ago(store: Store, job_id: str) -> None:
    """Let the doubt about a job be older than a doubt can be."""
    events = store.load_events(job_id)
    old = datetime.now(UTC) - DOUBT - timedelta(seconds=1)
    store.save_job(replace(store.load_job(job_id), id="old", created_at=old, status="unsure"))
    store.save_events("old", [replace(event, created_at=old) for event in events])


# Starting


def test_a_start_sends_the_kept_bytes_and_keeps_every_id(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """What was uploaded is what is kept under its hash; our id travels with the job."""
    job = start(store, client)
    sent = place.files[job.training_file_id or ""]
    assert store.load_snapshot(job.snapshot_sha256 or "") == sent
    assert hashlib.sha256(sent).hexdigest() == job.snapshot_sha256
    assert sent.decode().startswith('{"messages": [{"role": "user", "content": "冷吗?"}')
    assert (job.status, job.provider_job_id) == ("validating_files", "ftjob-1")
    assert (job.training_file_id, job.validation_file_id) == ("file-1", "file-2")
    assert place.jobs["ftjob-1"]["metadata"] == {"tonesmith_job": "k1"}
    assert store.load_job("k1") == job


def test_the_same_start_key_is_the_same_job(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A second click brings the job that was started, and nothing is sent again."""
    assert start(store, client) == start(store, client)
    assert (len(place.jobs), len(place.files)) == (1, 2)


def test_two_starts_at_once_make_one_job(place: APlace, store: Store) -> None:
    """Eight clicks in the same instant, from eight sessions."""
    found: list[FineTuningJob] = []
    gate = threading.Barrier(8)

    def click() -> None:
        client = a_client(place.base_url)
        gate.wait()
        found.append(start(store, client))
        client.close()

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [job.provider_job_id for job in found] == ["ftjob-1"] * 8
    assert len(place.jobs) == 1


@pytest.mark.parametrize("fault", ["after reset", "after hang", (500, b""), (200, b"{half")])
def test_a_create_in_doubt_is_settled_by_looking(
    place: APlace, store: Store, client: ProviderClient, fault: Any
) -> None:
    """Whether the answer was lost or late: the job that is there is found, and is the only one."""
    if not isinstance(fault, str):
        place.add_job(metadata={"tonesmith_job": "k1"})
    place.fault(CREATE, fault)
    job = start(store, client)
    assert (job.status, job.provider_job_id) == ("validating_files", "ftjob-1")
    assert (len(place.jobs), len(place.asked(CREATE))) == (1, 1)


def test_a_create_nobody_knows_of_stays_unsure_until_it_shows(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Not found at once is not proof; when the job shows later, a refresh takes it up."""
    place.fault(CREATE, HANG)
    assert start(store, client).status == "unsure"
    assert refresh_job(store, client, "k1").status == "unsure"
    assert resume_start(store, client, "k1").status == "unsure"
    assert len(place.asked(CREATE)) == 1
    place.add_job(metadata={"tonesmith_job": "k1"})
    assert refresh_job(store, client, "k1").provider_job_id == "ftjob-1"
    assert start(store, client).provider_job_id == "ftjob-1"
    assert len(place.asked(CREATE)) == 1


def test_a_doubt_that_cannot_even_be_looked_into_is_kept(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Create and search both fail: unsure, and settled when the place is back."""
    place.fault(CREATE, "after reset")
    place.fault(FIND, (503, b""))
    assert start(store, client).status == "unsure"
    assert refresh_job(store, client, "k1").provider_job_id == "ftjob-1"


def test_an_old_doubt_may_be_sent_again_by_a_person(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """After its time a job that is nowhere counts as never made; sending again is a choice."""
    place.fault(CREATE, HANG)
    start(store, client)
    long_ago(store, "k1")
    assert refresh_job(store, client, "old").status == "saved"
    assert len(place.jobs) == 0
    assert resume_start(store, client, "old").provider_job_id == "ftjob-1"
    assert place.jobs["ftjob-1"]["metadata"] == {"tonesmith_job": "old"}


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, AuthenticationFailed, "key_refused"),
        (403, PermissionRefused, "permission_refused"),
        (400, Rejected, "request_refused"),
    ],
)
@pytest.mark.parametrize("route", [UPLOAD, CREATE])
def test_a_clear_refusal_fails_the_job_and_says_why(
    place: APlace,
    store: Store,
    client: ProviderClient,
    route: str,
    status: int,
    kind: type[ProviderError],
    code: str,
) -> None:
    """The reason is raised and kept; starting it again by the same key does not repeat it."""
    place.fault(route, (status, {"error": {"message": "No such thing."}}))
    with pytest.raises(kind):
        start(store, client)
    job = store.load_job("k1")
    assert (job.status, job.error_code) == ("failed", code)
    assert job.error_message == "No such thing."
    assert say("zh", f"error.{job.error_code}", message=job.error_message)
    assert start(store, client) == job
    assert len(place.jobs) == 0


def test_a_place_that_is_too_busy_leaves_the_job_ready_to_send(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Too many requests is no verdict on the job."""
    place.fault(CREATE, (429, b"{}"))
    with pytest.raises(RateLimited):
        start(store, client)
    assert store.load_job("k1").status == "saved"
    assert resume_start(store, client, "k1").provider_job_id == "ftjob-1"
    assert (len(place.files), len(place.jobs)) == (2, 1)


def test_a_place_that_goes_away_before_the_create_is_no_doubt(store: Store) -> None:
    """The files are there, the request for the job was never taken: ready to send."""
    with a_place() as going:
        client = a_client(going.base_url)
        going.fault(CREATE, (429, b"{}"))
        with pytest.raises(RateLimited):
            start(store, client)
        client.close()
    later = a_client(going.base_url)
    with pytest.raises(Unavailable) as raised:
        start(store, later)
    later.close()
    job = store.load_job("k1")
    assert (raised.value.code, job.status) == ("cannot_connect", "saved")
    assert job.validation_file_id == "file-2"


def test_a_place_that_is_not_there_leaves_the_job_ready_to_send(store: Store) -> None:
    """Nothing was sent, so there is no doubt."""
    with a_place() as gone:
        client = a_client(gone.base_url)
    with pytest.raises(Unavailable) as raised:
        start(store, client)
    client.close()
    assert raised.value.code == "cannot_connect"
    assert store.load_job("k1").status == "saved"


def test_an_interrupted_upload_goes_on_with_what_is_missing(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """The first file is there already: only the second one travels again."""
    place.fault(UPLOAD, None, RESET)
    with pytest.raises(Unavailable):
        start(store, client)
    assert store.load_job("k1").training_file_id == "file-1"
    resume_start(store, client, "k1")
    assert place.jobs["ftjob-1"]["training_file"] == "file-1"
    assert len(place.files) == 2


# Crashes

CRASHING = """
import os, sys
from core.storage import Store
from test_training import a_client, start
url, base_url, moment = sys.argv[1:]
store, client = Store.open(url), a_client(base_url)

def die(*args, **kwargs):
    os._exit(9)

def die_after(name):
    done = getattr(type(client), name)
    def then_die(self, *args, **kwargs):
        done(self, *args, **kwargs)
        os._exit(9)
    setattr(type(client), name, then_die)

if moment.startswith("before "):
    setattr(type(client), moment.removeprefix("before "), die)
else:
    die_after(moment.removeprefix("after "))
start(store, client)
"""


@pytest.mark.parametrize(
    "moment", ["before upload_file", "after upload_file", "before create_job", "after create_job"]
)
def test_a_crash_at_any_moment_ends_in_one_job(
    place: APlace, store: Store, client: ProviderClient, tmp_path: Path, moment: str
) -> None:
    """The program dies between two steps of a start; the next one finds its way to one job."""
    died = subprocess.run(
        [sys.executable, "-c", CRASHING, database(tmp_path), place.base_url, moment],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'core'}"},
        check=False,
        timeout=60,
    )
    assert died.returncode == 9
    assert store.load_job("k1").provider_job_id is None
    job = resume_start(store, client, "k1")
    if moment == "before create_job":  # we may have asked, so nothing is sent until it is clear
        assert (job.status, len(place.jobs)) == ("unsure", 0)
    else:
        assert (job.provider_job_id, len(place.jobs)) == ("ftjob-1", 1)


RESUMING = """
import sys
from core.storage import Store
from core.training import resume_start
from test_training import a_client
url, base_url = sys.argv[1:]
store, client = Store.open(url), a_client(base_url)
print("ready", flush=True)
sys.stdin.readline()
resume_start(store, client, "k1")
"""


def test_two_programs_that_resume_one_start_send_it_once(
    place: APlace, store: Store, client: ProviderClient, tmp_path: Path
) -> None:
    """A lock within one program does not help against a second one on the same data."""
    place.fault(UPLOAD, RESET)
    with pytest.raises(Unavailable):
        start(store, client)
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", RESUMING, database(tmp_path), place.base_url],
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'core'}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        program.communicate(timeout=60)
        assert program.returncode == 0
    assert len(place.asked(CREATE)) == 1
    assert refresh_job(store, client, "k1").provider_job_id == "ftjob-1"


def test_a_start_taken_on_elsewhere_is_left_alone(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """While our file travels another program sends the job: we show its state and send nothing."""
    upload = client.upload_file

    def upload_slowly(data: bytes | Path, filename: str) -> str:
        store.save_job(replace(store.load_job("k1"), status="unsure"))
        return upload(data, filename)

    client.upload_file = upload_slowly  # type: ignore[method-assign]  # the moment between two steps
    assert start(store, client).status == "unsure"
    assert place.asked(CREATE) == []


# Watching


def finish(place: APlace, job_id: str = "ftjob-1") -> None:
    """Let the job at the place train and succeed."""
    for step in (1, 2):
        data = {"step": step, "train_loss": 4.0 / step, "total_steps": 2}
        place.add_event(job_id, f"Step {step}/2", type="metrics", data=data)
    place.files["file-r"] = b"step,train_loss,valid_loss\n1,4.0,\n2,2.0,3.0\n"
    place.checkpoints[job_id] = [
        {"id": "c1", "step_number": 2, "fine_tuned_model_checkpoint": "ft:m:c1", "created_at": 5}
    ]
    place.jobs[job_id] |= {
        "status": "succeeded",
        "fine_tuned_model": "ft:m",
        "trained_tokens": 6810,
        "finished_at": 1_790_000_100,
        "result_files": ["file-r", "file-gone"],
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
    }


def everything(store: Store, job_id: str) -> tuple[object, ...]:
    """All that is kept of a job."""
    return (
        store.load_job(job_id),
        store.load_events(job_id),
        store.load_metrics(job_id),
        store.load_checkpoints(job_id),
    )


def test_a_refresh_brings_all_there_is_and_repeating_it_changes_nothing(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Status, events, curve, checkpoints and results, once; a lost result file is no obstacle."""
    start(store, client)
    refresh_job(store, client, "k1")
    finish(place)
    job = refresh_job(store, client, "k1")
    assert (job.status, job.fine_tuned_model, job.trained_tokens) == ("succeeded", "ft:m", 6810)
    assert job.hyperparameters == {"n_epochs": 3}
    told = [event.message for event in store.load_events("k1")]
    assert set(told) == {ASKED, "Created fine-tuning job", "Step 1/2", "Step 2/2"}
    assert store.load_metrics("k1") == [Metric(1, 4.0), Metric(2, 2.0, valid_loss=3.0)]
    assert [point.model for point in store.load_checkpoints("k1")] == ["ft:m:c1"]
    before = everything(store, "k1")
    refresh_job(store, client, "k1")
    assert everything(store, "k1") == before


def test_a_failed_job_says_why(place: APlace, store: Store, client: ProviderClient) -> None:
    """The provider's own code and sentence are kept."""
    start(store, client)
    error = {"code": "invalid_n_examples", "message": "Only 2 examples.", "param": None}
    place.jobs["ftjob-1"] |= {"status": "failed", "error": error}
    job = refresh_job(store, client, "k1")
    assert (job.error_code, job.error_message) == ("invalid_n_examples", "Only 2 examples.")


@pytest.mark.parametrize("fault", [RESET, (500, b""), (200, b"{half"), (401, b"{}")])
def test_a_refresh_that_fails_loses_nothing(
    place: APlace, store: Store, client: ProviderClient, fault: Any
) -> None:
    """The error is raised, what is kept stays, and the next refresh catches up."""
    start(store, client)
    finish(place)
    place.fault("GET /v1/fine_tuning/jobs/ftjob-1/events", fault)
    before = everything(store, "k1")
    with pytest.raises(ProviderError):
        refresh_job(store, client, "k1")
    assert everything(store, "k1") == before
    assert refresh_job(store, client, "k1").status == "succeeded"


def test_an_unsent_job_is_not_asked_for(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """What was never sent needs no connection to be shown."""
    place.fault(UPLOAD, RESET)
    with pytest.raises(Unavailable):
        start(store, client)
    asked = len(place.requests)
    assert refresh_job(store, client, "k1").status == "saved"
    assert len(place.requests) == asked


# Jobs from elsewhere


def test_a_job_started_elsewhere_is_listed_and_adopted_once(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Opened from the list it is kept without a project, the same however often."""
    theirs = place.add_job(metadata={"team": "x"}, seed=7)["id"]
    finish(place, theirs)
    (listed,), more = list_remote_jobs(client)
    job = adopt_job(store, client, "openai", listed.id)
    assert (job.project_id, job.status, job.request.seed, more) == (None, "succeeded", 7, False)
    assert adopt_job(store, client, "openai", listed.id) == job
    assert [kept.id for kept in store.load_jobs()] == [job.id]


def test_adopting_our_own_lost_job_settles_the_doubt(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A job that carries the id of one we are unsure about is that one."""
    place.fault(CREATE, HANG)
    start(store, client)
    place.add_job(metadata={"tonesmith_job": "k1"})
    assert adopt_job(store, client, "openai", "ftjob-1").id == "k1"
    assert len(store.load_jobs()) == 1


# Ending


def test_a_job_is_cancelled_at_its_place(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """The place is asked, and what it says is kept; a second time it is not asked."""
    start(store, client)
    assert cancel_job(store, client, "k1").status == "cancelled"
    asked = len(place.requests)
    assert cancel_job(store, client, "k1").status == "cancelled"
    assert len(place.requests) == asked


def test_cancelling_too_late_shows_how_it_ended(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A refusal because the job is done is no error to a person."""
    start(store, client)
    finish(place)
    assert cancel_job(store, client, "k1").status == "succeeded"


def test_an_unsent_job_is_cancelled_here(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Nothing was sent, so nothing has to be stopped; and it cannot be sent any more."""
    place.fault(UPLOAD, RESET)
    with pytest.raises(Unavailable):
        start(store, client)
    assert cancel_job(store, client, "k1").status == "cancelled"
    assert resume_start(store, client, "k1").status == "cancelled"
    assert len(place.jobs) == 0


DELETE = "DELETE /v1/models/ft:m"


@pytest.mark.parametrize("fault", [None, (404, b"{}")])
def test_a_deleted_model_is_marked(
    place: APlace, store: Store, client: ProviderClient, fault: Any
) -> None:
    """Deleted now or gone already: it is not there, and the place is asked only once."""
    start(store, client)
    finish(place)
    refresh_job(store, client, "k1")
    place.fault(DELETE, fault)
    assert delete_model(store, client, "k1").model_deleted
    delete_model(store, client, "k1")
    assert len(place.asked(DELETE)) == 1


def test_a_model_that_may_not_be_deleted_is_not_marked(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """The refusal is raised, and the model counts as there."""
    start(store, client)
    finish(place)
    refresh_job(store, client, "k1")
    place.fault(DELETE, (403, b"{}"))
    with pytest.raises(ProviderError):
        delete_model(store, client, "k1")
    assert not store.load_job("k1").model_deleted


@pytest.mark.parametrize("act", [refresh_job, resume_start, cancel_job, delete_model])
def test_a_job_that_is_gone_is_not_found(
    store: Store, client: ProviderClient, act: Callable[..., Any]
) -> None:
    """Acting on a job that is not kept says so."""
    with pytest.raises(TonesmithError) as raised:
        act(store, client, "nowhere")
    assert raised.value.code == "job_gone"
