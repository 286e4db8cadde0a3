"""Finds what a command names: a place to train, its base model, a project, a job."""

from __future__ import annotations

from core.commands.terminal import Terminal
from core.connecting import (
    all_connections,
    find_connection,
    is_asleep,
    open_connection,
    profile_of,
)
from core.connection_keys import key_outside
from core.connections import key_variable
from core.errors import AuthenticationFailed, BadInput, NotFound, TonesmithError
from core.jobs import Connection, FineTuningJob
from core.prices import priced_model
from core.providers.client import TIMEOUT_SECONDS
from core.providers.place import Place
from core.providers.profiles import THIS_COMPUTER, Model, Profile
from core.storage import Project, Store, data_home


def find_place(store: Store, wanted: str) -> Connection:
    """The place to train by its id or its name.

    Raises:
        NotFound: `unknown_place`, with those there are.
    """
    places = all_connections(store)
    for place in places:
        if wanted == place.id or wanted.casefold() == place.name.casefold():
            return place
    raise NotFound("unknown_place", place=wanted, known=", ".join(each.id for each in places))


def known_profile(connection: Connection) -> Profile:
    """What is known of a place.

    Raises:
        NotFound: `provider_retired`.
    """
    profile = profile_of(connection)
    if profile is None:
        raise NotFound("provider_retired", name=connection.name)
    return profile


def find_base(store: Store, profile: Profile, wanted: str | None) -> Model:
    """The base model at a place, at the price that the person knows; by default its first.

    Raises:
        BadInput: `model_needed`, where only the server knows its models.
        NotFound: `unknown_model`, with those there are.
    """
    known = [model.id for model in profile.models]
    if wanted is None and not known:
        raise BadInput("model_needed", place=profile.name)
    try:
        model = profile.model(wanted if wanted is not None else known[0])
    except NotFound:
        raise NotFound("unknown_model", model=wanted or "", known=", ".join(known)) from None
    return priced_model(store, profile, model)


def find_project(store: Store, wanted: str) -> Project:
    """The project by its id or its name.

    Raises:
        BadInput: `project_ambiguous`, where several have that name.
        NotFound: `unknown_project`, with those there are.
    """
    projects = store.load_projects()
    found = [each for each in projects if each.id == wanted]
    found = found or [each for each in projects if each.name.casefold() == wanted.casefold()]
    if len(found) > 1:
        raise BadInput("project_ambiguous", name=wanted, ids=", ".join(each.id for each in found))
    if not found:
        known = ", ".join(f"{each.id} ({each.name})" for each in projects) or "–"
        raise NotFound("unknown_project", project=wanted, known=known)
    return found[0]


def find_job(store: Store, wanted: str) -> FineTuningJob:
    """The job by its id, by that of its provider, or by a beginning of its id that only one has.

    Raises:
        NotFound: `unknown_job`.
    """
    jobs = store.load_jobs()
    exact = [job for job in jobs if wanted in {job.id, job.provider_job_id}]
    found = exact or [job for job in jobs if wanted and job.id.startswith(wanted)]
    if len(found) != 1:
        raise NotFound("unknown_job", job=wanted)
    return found[0]


def connect(store: Store, connection_id: str, *, timeout: float = TIMEOUT_SECONDS) -> Place:
    """A client for a place, with the key from the environment or the keychain.

    Raises:
        TonesmithError: as `open_connection` and `key_outside`.
    """
    return open_connection(
        store,
        connection_id,
        lambda connection: key_outside(store, connection),
        data_home(),
        timeout=timeout,
    )


def check_can_ask(store: Store, connection_id: str) -> None:
    """Whether anything can be asked at a place from here; the app may have the key to it.

    Raises:
        AuthenticationFailed: `key_missing_here`, which says where a script can put one.
        NotFound: `provider_retired`.
        StorageFailed: as `key_outside`.
    """
    place = find_connection(store, connection_id)
    if known_profile(place).needs_key and not key_outside(store, place):
        variable = key_variable(place)
        raise AuthenticationFailed("key_missing_here", place=place.name, variable=variable)


def may_ask(store: Store, job: FineTuningJob) -> bool:
    """Whether a job can be asked after from here, and there is somebody who might answer."""
    try:
        check_can_ask(store, job.connection_id)
    except TonesmithError:
        return False
    return not is_asleep(job, data_home())


def place_words(terminal: Terminal, store: Store, connection_id: str) -> str:
    """A place as a person calls it."""
    if connection_id == THIS_COMPUTER:
        return terminal.words("place.this_computer")
    return find_connection(store, connection_id).name or terminal.words("place.removed")
