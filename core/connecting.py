"""The places there are to train, and the client to speak with one; keys are handed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.connections import SERVER
from core.errors import AuthenticationFailed, NotFound
from core.jobs import Connection
from core.local_trainer import start_trainer
from core.providers.adapters import open_place
from core.providers.client import TIMEOUT_SECONDS
from core.providers.place import Place
from core.providers.profiles import THIS_COMPUTER, load_profile, load_profiles
from core.storage import Store

KeyOf = Callable[[Connection], str]  # the connection's key, or nothing

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
    """The connection under `connection_id`; one that was removed has neither name nor address."""
    found = {connection.id: connection for connection in all_connections(store)}
    return found.get(connection_id) or Connection(connection_id, SERVER, "", "")


def is_added(connection: Connection) -> bool:
    """Whether a person added it, and may change and remove it."""
    return load_profile(connection.profile_id).is_added


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
        NotFound: `connection_gone`, where it was removed.
        Unavailable: the local trainer is not installed or did not start.
    """
    connection = find_connection(store, connection_id)
    profile = load_profile(connection.profile_id)
    if profile.id == THIS_COMPUTER:
        address = start_trainer(home)
        return open_place(profile, address.base_url, address.key, timeout=timeout)
    if not connection.base_url:
        raise NotFound("connection_gone")
    key = key_of(connection)
    if profile.needs_key and not key:
        raise AuthenticationFailed("key_missing", provider=profile.name)
    return open_place(profile, connection.base_url, key or NO_KEY, timeout=timeout)
