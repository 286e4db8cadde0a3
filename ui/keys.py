"""Where a connection's key is: typed in this session, in the keychain, or set from outside."""

from __future__ import annotations

import os
from ipaddress import ip_address

import streamlit as st

from core.connection_keys import is_remembered, note_remembered
from core.connections import key_account, key_variable
from core.errors import StorageFailed
from core.jobs import Connection
from core.keychain import delete_key, keychain_exists, load_key, save_key
from core.storage import Store
from ui import state

SESSION, KEYCHAIN, ENVIRONMENT, SECRETS = "session", "keychain", "environment", "secrets"


def key_for(store: Store, connection: Connection) -> str:
    """The connection's key, or nothing."""
    return find_key(store, connection)[0]


def find_key(store: Store, connection: Connection) -> tuple[str, str]:
    """The key and where it was found, in this order: session, keychain, environment, secrets."""
    variable = key_variable(connection)
    if typed := st.session_state.get(state.SESSION_KEYS, {}).get(connection.id, ""):
        return typed, SESSION
    if kept := _remembered(store, connection):
        return kept, KEYCHAIN
    if given := os.environ.get(variable, ""):
        return given, ENVIRONMENT
    secret = _secret(variable)
    return secret, SECRETS if secret else ""


def hold_key(connection: Connection, key: str) -> None:
    """Keep a key for this session only; an empty one forgets it."""
    keys = dict(st.session_state.get(state.SESSION_KEYS, {}))
    keys[connection.id] = key.strip()
    st.session_state[state.SESSION_KEYS] = keys
    forget_answers(connection)


def forget_answers(connection: Connection) -> None:
    """What a place said to another key, or at another address, no longer counts."""
    for told in (state.REPORTS, state.SERVER_MODELS):
        st.session_state.get(told, {}).pop(connection.id, None)


def can_remember() -> bool:
    """Whether keys can be kept: a keychain is there, and the visitor sits at this computer."""
    return _is_here() and _keychain_exists()


def remember_key(store: Store, connection: Connection, key: str) -> None:
    """Put the key into the keychain of this computer.

    Raises:
        StorageFailed: `keychain_missing`, `keychain_locked`, `keychain_slow`, `keychain_failed`.
    """
    if not _is_here():
        raise StorageFailed("keychain_missing")
    save_key(key_account(connection), key)
    note_remembered(store, connection, remembered=True)
    _read_keys()[key_account(connection)] = key


def forget_key(store: Store, connection: Connection) -> None:
    """Take the key out of the session and out of the keychain.

    Raises:
        StorageFailed: as `remember_key`; the session has forgotten it even so.
    """
    hold_key(connection, "")
    take_key(store, connection)


def take_key(store: Store, connection: Connection) -> str:
    """Take the key out of the keychain; what it was, so that it can be put back.

    Raises:
        StorageFailed: as `remember_key`; it may still be there.
    """
    if not is_remembered(store, connection):
        return ""
    key = _remembered(store, connection)
    delete_key(key_account(connection))
    note_remembered(store, connection, remembered=False)
    read_again(connection)
    forget_answers(connection)
    return key


def read_again(connection: Connection) -> None:
    """Ask the keychain anew, after it would not answer."""
    _read_keys().pop(key_account(connection), None)


def _remembered(store: Store, connection: Connection) -> str:
    """The remembered key, read once a session; a keychain that will not answer has none for us."""
    account = key_account(connection)
    if not is_remembered(store, connection) or not _is_here():
        return ""
    read = _read_keys()
    if account not in read:
        try:
            read[account] = load_key(account)
        except StorageFailed:  # told in Settings, where it can be mended; here it is just no key
            read[account] = ""
    return read[account]


def _read_keys() -> dict[str, str]:
    """What this session has read from the keychain, by account."""
    found: dict[str, str] = st.session_state.setdefault(state.KEYCHAIN_KEYS, {})
    return found


@st.cache_resource(show_spinner=False, ttl=300)
def _keychain_exists() -> bool:
    return keychain_exists()


def _is_here() -> bool:
    """Whether the visitor sits at this computer: its keychain is nobody else's."""
    address = st.context.ip_address
    if not isinstance(address, str):  # Streamlit's word for localhost is None
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _secret(name: str) -> str:
    """A secret by name; without a secrets file Streamlit raises, and that is no fault here."""
    try:
        return str(st.secrets.get(name, ""))
    except FileNotFoundError:
        return ""
