"""core/training/starting: whatever happens, one job is started, and none is made twice."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from a_place import RESET, APlace, a_place
from a_training import (
    CREATE,
    UPLOAD,
    a_client,
    a_project,
    a_snapshot,
    an_example,
    database,
    python_path,
    start,
    the_job,
)

from core.errors import BadInput, NotFound, PermissionRefused, Unavailable
from core.jobs import Estimate, FineTuningJob, TrainingRequest
from core.prices import save_price
from core.providers.client import ProviderClient
from core.storage import Store
from core.training import cancel_job, refresh_job, resume_start, ticket_for


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
    with a_client(place.base_url) as client:
        yield client


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
    assert place.jobs["ftjob-1"]["metadata"] == {"tonesmith_job": job.id}
    assert store.load_job(job.id) == job


# One press, one job


def test_the_same_ticket_is_the_same_job(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A second click brings the job that was started, and nothing is sent again."""
    assert start(store, client) == start(store, client)
    assert (len(place.jobs), len(place.files)) == (1, 2)


def test_the_same_job_is_not_started_twice_with_another_ticket(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A tab that was drawn later brings the one that goes on; another training is another job."""
    first = start(store, client, "0")
    assert start(store, client, "1") == first
    more_passes = TrainingRequest(model="gpt-4o-mini", n_epochs=4)
    assert start(store, client, "1", request=more_passes).id != first.id
    other_bytes = a_snapshot(store, an_example("雨?")).sha256
    assert start(store, client, "1", snapshot_sha256=other_bytes).id != first.id
    assert start(store, client, "1", connection_id="elsewhere").id != first.id
    assert len(place.jobs) == 4


def test_when_a_job_has_ended_the_same_can_be_started_again(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """The page's next ticket is another, so the same choices are a new job; an old page is not."""
    first = ticket_for(store, None)
    job = start(store, client, first)
    assert ticket_for(store, None) == first
    cancel_job(store, client, job.id)
    assert start(store, client, first).id == job.id
    again = start(store, client, ticket_for(store, None))
    assert again.id != job.id
    assert len(place.jobs) == 2


def test_tickets_are_of_a_project(store: Store, client: ProviderClient) -> None:
    """What ends in one project does not make a second press in another out of the first."""
    mine, theirs = a_project(store, "mine"), a_project(store, "theirs")
    before = ticket_for(store, theirs)
    cancel_job(store, client, start(store, client, project_id=mine).id)
    assert ticket_for(store, mine) != before
    assert ticket_for(store, theirs) == before


def test_two_starts_at_once_make_one_job(place: APlace, store: Store) -> None:
    """Eight clicks in the same instant, from eight sessions, in two of them with a newer ticket."""
    found: list[FineTuningJob] = []
    gate = threading.Barrier(8)

    def click(number: int) -> None:
        with a_client(place.base_url, timeout=20) as client:
            gate.wait()
            found.append(start(store, client, str(number // 6)))

    threads = [threading.Thread(target=click, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [job.provider_job_id for job in found] == ["ftjob-1"] * 8
    assert (len(place.jobs), len(place.files)) == (1, 2)


STARTING = """
import sys
from core.storage import Store
from a_training import a_client, start
url, base_url, ticket = sys.argv[1:]
with Store.open(url) as store, a_client(base_url, timeout=20) as client:
    print("ready", flush=True)
    sys.stdin.readline()
    start(store, client, ticket)
"""

RESUMING = """
import sys
from core.storage import Store
from core.training import resume_start
from a_training import a_client
url, base_url, job_id = sys.argv[1:]
with Store.open(url) as store, a_client(base_url, timeout=20) as client:
    print("ready", flush=True)
    sys.stdin.readline()
    resume_start(store, client, job_id)
"""


def together(code: str, *arguments: list[str]) -> None:
    """Run one program for each list of arguments, all at the same time."""
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", code, *given],
            env=python_path(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for given in arguments
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


def test_two_programs_that_start_the_same_send_it_once(
    place: APlace, store: Store, client: ProviderClient, tmp_path: Path
) -> None:
    """A lock within one program does not help against a second one on the same data."""
    together(STARTING, *([database(tmp_path), place.base_url, ticket] for ticket in "01"))
    assert len(place.asked(CREATE)) == 1
    assert refresh_job(store, client, the_job(store).id).provider_job_id == "ftjob-1"


def test_two_programs_that_resume_one_start_send_it_once(
    place: APlace, store: Store, client: ProviderClient, tmp_path: Path
) -> None:
    """Both find it unsent; one of them takes it on."""
    place.fault(UPLOAD, RESET)
    with pytest.raises(Unavailable):
        start(store, client)
    job_id = the_job(store).id
    together(RESUMING, *[[database(tmp_path), place.base_url, job_id]] * 2)
    assert len(place.asked(CREATE)) == 1
    assert refresh_job(store, client, job_id).provider_job_id == "ftjob-1"


def test_a_start_taken_on_elsewhere_is_left_alone(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """While our file travels another program sends the job: we show its state and send nothing."""
    upload = client.upload_file

    def upload_slowly(data: bytes | Path, filename: str) -> str:
        store.update_job(the_job(store).id, status="unsure")
        return upload(data, filename)

    client.upload_file = upload_slowly  # type: ignore[method-assign]  # the moment between two steps
    assert start(store, client).status == "unsure"
    assert place.asked(CREATE) == []


def test_a_refusal_of_ours_does_not_end_what_another_program_sends(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Our upload is refused while the other one's job is on its way: it goes on."""
    place.fault(UPLOAD, (403, b"{}"))
    upload = client.upload_file

    def refused_meanwhile(data: bytes | Path, filename: str) -> str:
        store.update_job(the_job(store).id, status="unsure")
        return upload(data, filename)

    client.upload_file = refused_meanwhile  # type: ignore[method-assign]
    with pytest.raises(PermissionRefused):
        start(store, client)
    assert the_job(store).status == "unsure"


@pytest.mark.parametrize("told", ["saved", "unsure"])
def test_a_provider_s_word_is_not_taken_for_one_of_ours(
    place: APlace, store: Store, client: ProviderClient, told: str
) -> None:
    """A job that is there is never sent again, however its provider says that it stands."""
    job = start(store, client)
    place.jobs["ftjob-1"]["status"] = told
    assert refresh_job(store, client, job.id).status == "unknown"
    for again in (lambda: start(store, client), lambda: resume_start(store, client, job.id)):
        store.update_job(job.id, status="saved")  # as an earlier version kept it
        assert again().provider_job_id == "ftjob-1"
    assert len(place.asked(CREATE)) == 1


# The limit on spending

TWO_DOLLARS = Estimate(100_000, 200_000, price=10.0, cost_low=1.0, cost_high=2.0)


def test_a_start_above_the_limit_leaves_nothing(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Nothing is sent and nothing is kept; within the limit the same press starts the job."""
    project = a_project(store)
    store.save_spend_limit(project, 1.5)
    with pytest.raises(BadInput) as raised:
        start(store, client, project_id=project, estimate=TWO_DOLLARS)
    assert raised.value.code == "over_limit"
    assert (store.load_jobs(), place.requests) == ([], [])
    store.save_spend_limit(project, 2.0)
    job = start(store, client, project_id=project, estimate=TWO_DOLLARS)
    assert (job.provider_job_id, job.estimate) == ("ftjob-1", TWO_DOLLARS)


def test_what_goes_on_counts_against_the_limit(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A second job that would go beyond it is refused; the first, pressed again, is not."""
    project = a_project(store)
    store.save_spend_limit(project, 3.0)
    first = start(store, client, project_id=project, estimate=TWO_DOLLARS)
    other = TrainingRequest(model="gpt-4o-mini", n_epochs=4)
    with pytest.raises(BadInput):
        start(store, client, project_id=project, estimate=TWO_DOLLARS, request=other)
    assert start(store, client, project_id=project, estimate=TWO_DOLLARS) == first
    assert store.load_jobs() == [first]


def test_a_limit_set_meanwhile_holds_back_what_was_never_sent(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Sending on what a crash left asks the limit again; the job stays, to be sent or cancelled."""
    project = a_project(store)
    place.fault(UPLOAD, None, RESET)
    with pytest.raises(Unavailable):
        start(store, client, project_id=project, estimate=TWO_DOLLARS)
    store.save_spend_limit(project, 0.5)
    for again in (
        lambda: resume_start(store, client, the_job(store).id),
        lambda: start(store, client, project_id=project, estimate=TWO_DOLLARS),
    ):
        with pytest.raises(BadInput):
            again()
    assert the_job(store).status == "saved"
    assert len(place.jobs) == 0


def a_cut_off_start(place: APlace, store: Store, client: ProviderClient, **more: Any) -> str:
    """The project of a job that is saved, and of which nothing has arrived."""
    project = a_project(store)
    place.fault(UPLOAD, RESET)
    with pytest.raises(Unavailable):
        start(store, client, project_id=project, **more)
    return project


def test_start_pressed_again_reckons_with_what_it_costs_now(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A price that was unknown or lower when the job was saved neither blocks nor lets through."""
    project = a_cut_off_start(place, store, client, estimate=Estimate(100_000, 200_000))
    store.save_spend_limit(project, 2.0)
    dear = replace(TWO_DOLLARS, price=40.0, cost_low=4.0, cost_high=8.0)
    with pytest.raises(BadInput, match="over_limit"):
        start(store, client, project_id=project, estimate=dear)
    assert place.jobs == {}
    job = start(store, client, project_id=project, estimate=TWO_DOLLARS)
    assert (job.provider_job_id, job.estimate) == ("ftjob-1", TWO_DOLLARS)


def test_sending_on_reckons_with_the_price_of_the_day(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Corrected in Settings meanwhile, it holds for what was never sent."""
    project = a_cut_off_start(place, store, client, estimate=Estimate(100_000, 200_000))
    store.save_spend_limit(project, 2.0)
    save_price(store, "openai", "gpt-4o-mini", training=11.0, on=date(2026, 11, 23))
    with pytest.raises(BadInput) as raised:
        resume_start(store, client, the_job(store).id)
    assert raised.value.params["cost"] == "$2.20"
    save_price(store, "openai", "gpt-4o-mini", training=10.0, on=date(2026, 11, 23))
    job = resume_start(store, client, the_job(store).id)
    assert (job.provider_job_id, job.estimate) == ("ftjob-1", TWO_DOLLARS)


def test_a_project_that_was_deleted_meanwhile_leaves_nothing(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Its page may still be open in another tab."""
    project = a_project(store)
    store.delete_project(project)
    with pytest.raises(NotFound, match="project_gone"):
        start(store, client, project_id=project, estimate=TWO_DOLLARS)
    assert (store.load_jobs(), place.requests) == ([], [])


def test_a_job_of_which_something_was_sent_is_not_dropped(store: Store) -> None:
    """Only what nobody has heard of can be forgotten."""
    now = datetime.now(UTC)
    job = FineTuningJob("j", None, "openai", "saved", TrainingRequest("m"), now)
    for kept in (replace(job, training_file_id="file-1"), replace(job, status="unsure")):
        store.save_job(kept)
        store.drop_unsent_job("j")
        assert store.load_job("j") == kept
    store.save_job(job)
    store.drop_unsent_job("j")
    assert store.load_jobs() == []
