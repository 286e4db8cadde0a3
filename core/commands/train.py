"""`python -m core train`: what *Train* in the app does, for scripts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

from core.commands.finding import (
    check_can_ask,
    connect,
    find_base,
    find_job,
    find_place,
    find_project,
    known_profile,
    place_words,
)
from core.commands.gathering import (
    Gathered,
    bytes_of,
    first_refused,
    gather_file,
    gather_project,
    hold_to,
    summary_of,
)
from core.commands.requesting import (
    check_at_most,
    check_nothing_chosen,
    check_offered,
    request_from,
)
from core.commands.showing import (
    job_facts,
    say_estimate,
    say_reckoned,
    say_refusal,
    status_words,
)
from core.commands.terminal import BAD, GOOD, NO_ANSWER, Terminal
from core.commands.watch import watch_job
from core.errors import BadInput, ProviderError
from core.estimating import estimate
from core.jobs import (
    SAVED,
    UNSURE,
    Connection,
    Estimate,
    FineTuningJob,
    RemoteModel,
    TrainingRequest,
)
from core.jsonl import Line
from core.providers.place import Place
from core.providers.profiles import THIS_COMPUTER, Model, Profile
from core.retiring import endings
from core.spending import check_limit, load_budget, reckon_today
from core.storage import Store
from core.timing import load_time_taken
from core.training import resume_start, save_training_file, start_job, ticket_for
from core.verdicts import Readiness, Verdict


def run(terminal: Terminal, options: argparse.Namespace) -> int:
    """Start a job, or go on with one whose start was cut off."""
    with Store.open() as store:
        start = _start if options.resume is None else _resume
        return start(terminal, store, options)


def _resume(terminal: Terminal, store: Store, options: argparse.Namespace) -> int:
    """Send what is kept, as it was chosen then, unless it costs more than is allowed now."""
    check_nothing_chosen(options)
    kept = find_job(store, options.resume)
    reckoned = reckon_today(store, kept)
    check_at_most(options.at_most, reckoned)
    if options.dry_run:
        check_limit(store, kept.project_id, reckoned, without=kept.id)
        if reckoned is not None:
            say_reckoned(terminal, reckoned)
        terminal.give(estimate=reckoned and asdict(reckoned))
        return GOOD
    check_can_ask(store, kept.connection_id)
    with (
        _told_how_to_resume(terminal, store, kept.snapshot_sha256),
        closing(connect(store, kept.connection_id)) as client,
    ):
        job = resume_start(store, client, kept.id)
    return _tell_started(terminal, store, job, options)


def _start(terminal: Terminal, store: Store, options: argparse.Namespace) -> int:
    place = find_place(store, options.place or THIS_COMPUTER)
    profile = known_profile(place)
    model = find_base(store, profile, options.model)
    request = request_from(options, profile, model)
    gathered = _gather(store, profile, options)
    ready = hold_to(profile, model, gathered.training)
    if ready.verdict is Verdict.REFUSED:
        say_refusal(terminal, place_words(terminal, store, place.id), ready)
        return BAD
    refused = first_refused(hold_to(profile, model, gathered.validation))
    if refused is not None:
        raise BadInput("validation_refused", line=refused)
    name = place_words(terminal, store, place.id)
    reckoned = _reckon(store, place, profile, model, request, gathered, ready)
    say_estimate(terminal, name, model, ready, reckoned)
    check_at_most(options.at_most, reckoned)
    check_limit(store, gathered.project_id, reckoned)
    _tell_uncounted(terminal, store, gathered.project_id, reckoned)
    if options.dry_run:
        _tell_ends(terminal, name, profile, model, ())
        terminal.give(estimate=asdict(reckoned))
        return GOOD
    check_can_ask(store, place.id)
    with closing(connect(store, place.id)) as client:
        _tell_ends(terminal, name, profile, model, _listed(client))
        job = _send(terminal, store, client, place, request, gathered, reckoned)
    return _tell_started(terminal, store, job, options)


def _gather(store: Store, profile: Profile, options: argparse.Namespace) -> Gathered:
    check_offered(profile, "validation", "--validation", asked=bool(options.validation))
    if options.project is None:
        return gather_file(options.file, options.validation)
    return gather_project(
        store,
        find_project(store, options.project),
        options.validation,
        approved_only=options.approved,
        with_held_back="validation" in profile.offers,
    )


def _reckon(
    store: Store,
    place: Connection,
    profile: Profile,
    model: Model,
    request: TrainingRequest,
    gathered: Gathered,
    ready: Readiness,
) -> Estimate:
    summary = summary_of(gathered, ready, profile, model)
    past_jobs = store.load_jobs(connection_id=place.id)
    validation = len(gathered.validation)
    taken = partial(load_time_taken, store)
    return estimate(summary, profile, model, request, past_jobs, validation=validation, taken=taken)


def _tell_uncounted(
    terminal: Terminal, store: Store, project_id: str | None, reckoned: Estimate
) -> None:
    """Warn where the project's limit may be passed unseen."""
    if project_id is None or reckoned.price == 0:
        return
    budget = load_budget(store, project_id)
    if budget.limit is not None and budget.unknown:
        terminal.warn("train.limit_unknown", n=budget.unknown)


def _listed(client: Place) -> list[RemoteModel]:
    """What the place says of its models; where it does not, our file about it has to do."""
    try:
        return client.list_models()
    except ProviderError:
        return []


def _tell_ends(
    terminal: Terminal, name: str, profile: Profile, model: Model, remote: Sequence[RemoteModel]
) -> None:
    """Warn of what will end there soon.

    Raises:
        BadInput: `closed_there`, where nobody can start any more.
    """
    today = datetime.now().astimezone().date()  # the person's
    for ending in endings(profile, model, remote, today):
        if ending.blocks:
            raise BadInput("closed_there", place=name, model=model.id, on=ending.on.isoformat())
        terminal.warn(
            f"cli.ends_{ending.what}", place=name, model=model.id, on=ending.on.isoformat()
        )


def _send(
    terminal: Terminal,
    store: Store,
    client: Place,
    place: Connection,
    request: TrainingRequest,
    gathered: Gathered,
    reckoned: Estimate,
) -> FineTuningJob:
    """Keep the bytes and start the job on them; the same job under way already is that one."""
    began = datetime.now(UTC)
    training = _keep(store, gathered.training)
    validation = _keep(store, gathered.validation) if gathered.validation else None
    with _told_how_to_resume(terminal, store, training):
        job = start_job(
            store, client,
            ticket=ticket_for(store, gathered.project_id),
            connection_id=place.id,
            project_id=gathered.project_id,
            request=request,
            snapshot_sha256=training,
            validation_sha256=validation,
            estimate=reckoned,
        )  # fmt: skip
    if job.created_at < began:
        terminal.warn("cli.train_same")
    return job


@contextmanager
def _told_how_to_resume(terminal: Terminal, store: Store, sha256: str | None) -> Iterator[None]:
    """Where a start is cut off inside, the kept job on these bytes is named, to go on with."""
    try:
        yield
    except (ProviderError, KeyboardInterrupt):
        for job in store.load_jobs():
            if job.status in {SAVED, UNSURE} and job.snapshot_sha256 == sha256:
                terminal.warn(f"cli.train_{job.status}", job=job.id)
                break
        raise


def _keep(store: Store, lines: list[Line]) -> str:
    return save_training_file(store, bytes_of(lines)).snapshot.sha256


def _tell_started(
    terminal: Terminal, store: Store, job: FineTuningJob, options: argparse.Namespace
) -> int:
    """Say which job it is, and go on watching where that was asked for."""
    terminal.give(job=job_facts(store, job))
    if job.status in {SAVED, UNSURE}:
        terminal.warn(f"cli.train_{job.status}", job=job.id)
        return NO_ANSWER
    terminal.tell("cli.train_started", job=job.id, status=status_words(terminal, job.status))
    if options.watch:
        return watch_job(terminal, store, job)
    terminal.tell("cli.train_watch", job=job.id)
    return GOOD
