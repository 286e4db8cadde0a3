"""The places there are to train, and the client to speak with one; keys are handed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.connections import kind_in
from core.errors import AuthenticationFailed, NotFound
from core.jobs import PAUSED, Connection, FineTuningJob
from core.local_trainer import find_trainer, start_trainer
from core.providers.adapters import open_place
from core.providers.client import TIMEOUT_SECONDS
from core.providers.place import Place
from core.providers.profiles import THIS_COMPUTER, Model, Profile, load_profile, load_profiles
from core.storage import Store

KeyOf = Callable[[Connection], str]  # the connection's key, or nothing

_NAME = "place_name:"  # the setting with a provider's name, kept for the day when it is retired
NO_KEY = "no-key"  # the SDK will not travel without one; a server that wants none ignores it


def all_connections(store: Store) -> list[Connection]:
    """The places that are always there, then those a person added."""
    built_in = [
        Connection(profile.id, profile.id, profile.name, profile.base_url)
        for profile in load_profiles()
        if not profile.is_added
    ]
    return [*built_in, *store.load_connections()]


def find_connection(store: Store, connection_id: str) -> Connection:
    """The connection under `connection_id`, also when it is gone: then it has no address.

    One that a person removed has no name either. A provider that Tonesmith no longer knows keeps
    its name, and `profile_of` it is None.
    """
    found = {connection.id: connection for connection in all_connections(store)}
    return found.get(connection_id) or _gone(store, connection_id)


def _gone(store: Store, connection_id: str) -> Connection:
    """An added place's id tells its profile; the others are those of their profiles."""
    if kind := kind_in(connection_id):
        return Connection(connection_id, kind, "", "")
    name = store.load_setting(_NAME + connection_id) or connection_id.replace("_", " ").title()
    return Connection(connection_id, connection_id, name, "")


def _keep_name(store: Store, profile: Profile) -> None:
    if store.load_setting(_NAME + profile.id) != profile.name:
        store.save_setting(_NAME + profile.id, profile.name)


def base_of(store: Store, job: FineTuningJob) -> Model | None:
    """What is known of the base model of a job; None where nothing is, or no longer."""
    profile = profile_of(find_connection(store, job.connection_id))
    return profile.find_model(job.request.model) if profile else None


def profile_of(connection: Connection) -> Profile | None:
    """What is known of the place; None where its provider is retired, see `provider_retired`."""
    try:
        return load_profile(connection.profile_id)
    except NotFound:
        return None


def is_added(connection: Connection) -> bool:
    """Whether a person added it, and may change and remove it."""
    profile = profile_of(connection)
    return bool(connection.base_url) if profile is None else profile.is_added


def is_asleep(job: FineTuningJob, home: Path) -> bool:
    """Whether a job rests on this computer and its trainer has ended: a look would only wake it."""
    is_resting_here = job.connection_id == THIS_COMPUTER and job.status == PAUSED
    return is_resting_here and find_trainer(home) is None


def open_connection(
    store: Store,
    connection_id: str,
    key_of: KeyOf,
    home: Path,
    *,
    timeout: float = TIMEOUT_SECONDS,
) -> Place:
    """A client for the connection; the local trainer is found or started first.

    Raises:
        AuthenticationFailed: `key_missing`, where the place needs a key and there is none.
        NotFound: `connection_gone`, where it was removed; `provider_retired`.
        Unavailable: the local trainer is not installed or did not start, or what a place's adapter
            needs is not.
    """
    connection = find_connection(store, connection_id)
    profile = profile_of(connection)
    if profile is None:
        raise NotFound("provider_retired", name=connection.name)
    if profile.id == THIS_COMPUTER:
        address = start_trainer(home)
        return open_place(profile, address.base_url, address.key, timeout=timeout)
    if not connection.base_url:
        raise NotFound("connection_gone")
    key = key_of(connection)
    if profile.needs_key and not key:
        raise AuthenticationFailed("key_missing", provider=profile.name)
    _keep_name(store, profile)
    return open_place(profile, connection.base_url, key or NO_KEY, timeout=timeout)
