"""The places to train that a person adds: checked before they are kept, told apart by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from secrets import token_hex

from core.errors import BadInput
from core.jobs import Connection
from core.providers.addresses import check_base_url, origin
from core.providers.profiles import load_profile

SERVER = "openai_compatible"
NAME_LENGTH = 60


def make_connection(name: str, base_url: str, others: Iterable[Connection]) -> Connection:
    """A server to add. Its id comes from its address: added again, it finds its jobs again.

    Raises:
        BadInput: `connection_name_missing`, `connection_name_taken`, `connection_exists`, and
            what `check_base_url` raises.
    """
    others = list(others)
    checked = _checked("", name, base_url, others)
    made = f"server-{sha256(checked.base_url.encode()).hexdigest()[:12]}"
    taken = made in {other.id for other in others}  # by one that has moved to another address
    return Connection(f"server-{token_hex(6)}" if taken else made, SERVER, checked.name,
                      checked.base_url)  # fmt: skip


def change_connection(
    connection: Connection, name: str, base_url: str, others: Iterable[Connection]
) -> Connection:
    """The connection with another name and address; it keeps its id, and with it its jobs.

    Raises:
        BadInput: as `make_connection`.
    """
    return _checked(connection.id, name, base_url, [o for o in others if o.id != connection.id])


def _checked(connection_id: str, name: str, base_url: str, others: list[Connection]) -> Connection:
    name = " ".join(name.split())[:NAME_LENGTH]
    if not name:
        raise BadInput("connection_name_missing")
    made = Connection(connection_id, SERVER, name, check_base_url(base_url).rstrip("/"))
    for other in others:
        if other.base_url == made.base_url:
            raise BadInput("connection_exists", name=other.name)
        if name.casefold() == other.name.casefold() or _slug(name) == (_slug(other.name) or "-"):
            raise BadInput("connection_name_taken", name=other.name)
    return made


def key_variable(connection: Connection) -> str:
    """The environment variable or secret in which a connection's key may stand.

    Servers share a profile but no key: the name makes the difference, or the id where a name has
    no letter that a variable could have.
    """
    profile = load_profile(connection.profile_id)
    if profile.any_model is None:
        return profile.key_variable
    return f"{profile.key_variable}_{_slug(connection.name) or _slug(connection.id)}"


def key_account(connection: Connection) -> str:
    """The name of its key in the keychain; a key is not for the same connection elsewhere."""
    return f"{connection.id} at {origin(connection.base_url)}"


def _slug(text: str) -> str:
    return re.sub("[^A-Z0-9]+", "_", text.upper()).strip("_")
