"""Where a connection's key is found without a screen: in the environment, or in the keychain."""

from __future__ import annotations

import os

from core.connections import key_account, key_variable
from core.jobs import Connection
from core.keychain import load_key
from core.storage import Store

_REMEMBERED = "remembered_key:"  # the setting that tells of a key; the key itself is not ours


def key_outside(store: Store, connection: Connection) -> str:
    """The connection's key, or nothing: what a script's environment says comes first.

    Raises:
        StorageFailed: there is one in the keychain, which would not give it.
    """
    given = os.environ.get(key_variable(connection), "")
    if given or not is_remembered(store, connection):
        return given
    return load_key(key_account(connection))


def is_remembered(store: Store, connection: Connection) -> bool:
    """Whether the keychain has a key for this connection at this address."""
    return store.load_setting(_REMEMBERED + connection.id) == key_account(connection)


def note_remembered(store: Store, connection: Connection, *, remembered: bool) -> None:
    """Keep that the keychain has a key for this connection at this address, or has none."""
    store.save_setting(_REMEMBERED + connection.id, key_account(connection) if remembered else "")
