"""The places to train that a person adds: checked before they are kept, told apart by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from secrets import token_hex
from urllib.parse import urlsplit

from core.errors import BadInput
from core.jobs import Connection
from core.providers.addresses import check_base_url, origin
from core.providers.profiles import load_profile

SERVER = "openai_compatible"
NAME_LENGTH = 60


def make_connection(
    kind: str, name: str, base_url: str, others: Iterable[Connection]
) -> Connection:
    """A place to add, of a profile that people add addresses to.

    Its id comes from its address: added again, it finds its jobs again.

    Raises:
        BadInput: `connection_name_missing`, `connection_name_taken`, `connection_exists`, and
            what `check_base_url` raises.
        NotFound: `unknown_profile`.
    """
    others = list(others)
    made = _checked(Connection("", kind, name, base_url), others)
    found = f"{_prefix(kind)}-{sha256(made.base_url.encode()).hexdigest()[:12]}"
    taken = found in {other.id for other in others}  # by one that has moved to another address
    return replace(made, id=f"{_prefix(kind)}-{token_hex(6)}" if taken else found)


def change_connection(
    connection: Connection, name: str, base_url: str, others: Iterable[Connection]
) -> Connection:
    """The connection with another name and address; it keeps its id, and with it its jobs.

    Raises:
        BadInput: as `make_connection`.
        NotFound: `unknown_profile`, where its provider is retired.
    """
    changed = replace(connection, name=name, base_url=base_url)
    return _checked(changed, [other for other in others if other.id != connection.id])


def kind_in(connection_id: str) -> str | None:
    """The profile of an added place that is gone, which its id still tells; None for the others."""
    prefix, hyphen, _ = connection_id.rpartition("-")
    if not hyphen:
        return None
    return SERVER if prefix == _prefix(SERVER) else prefix


def _prefix(kind: str) -> str:
    """How the ids of a kind begin; no profile has a hyphen in its name."""
    return "server" if kind == SERVER else kind


def _checked(connection: Connection, others: list[Connection]) -> Connection:
    name = " ".join(connection.name.split())[:NAME_LENGTH]
    if not name:
        raise BadInput("connection_name_missing")
    made = replace(connection, name=name, base_url=_whole_address(connection))
    for other in others:
        if other.base_url == made.base_url:
            raise BadInput("connection_exists", name=other.name)
        if name.casefold() == other.name.casefold() or _slug(name) == (_slug(other.name) or "-"):
            raise BadInput("connection_name_taken", name=other.name)
    return made


def _whole_address(connection: Connection) -> str:
    """The address, with the path that its kind has where none was typed."""
    address = check_base_url(connection.base_url).rstrip("/")
    path = load_profile(connection.profile_id).address_path
    return address if urlsplit(address).path else address + path


def key_variable(connection: Connection) -> str:
    """The environment variable or secret in which a connection's key may stand.

    Added places can share a profile but no key: the name makes the difference, or the id where a
    name has no letter that a variable could have.
    """
    profile = load_profile(connection.profile_id)
    if not profile.is_added:
        return profile.key_variable
    return f"{profile.key_variable}_{_slug(connection.name) or _slug(connection.id)}"


def key_account(connection: Connection) -> str:
    """The name of its key in the keychain; a key is not for the same connection elsewhere."""
    return f"{connection.id} at {origin(connection.base_url)}"


def _slug(text: str) -> str:
    return re.sub("[^A-Z0-9]+", "_", text.upper()).strip("_")
