"""Where to find a connection's address and key, and the client to speak with it."""

from __future__ import annotations

import os

import streamlit as st

from core.errors import AuthenticationFailed
from core.jobs import Connection
from core.local_trainer import start_trainer
from core.providers.client import ProviderClient, open_client
from core.providers.profiles import THIS_COMPUTER, Profile, load_profile, load_profiles
from core.storage import Store, data_home
from ui import state


def all_connections(store: Store) -> list[Connection]:
    """This computer and OpenAI, which are always there, then those a person added."""
    built_in = [
        Connection(profile.id, profile.id, profile.name, profile.base_url)
        for profile in load_profiles()
    ]
    return [*built_in, *store.load_connections()]


def find_connection(store: Store, connection_id: str) -> Connection:
    """The connection under `connection_id`; a forgotten one falls back to this computer."""
    found = {connection.id: connection for connection in all_connections(store)}
    return found.get(connection_id, found[THIS_COMPUTER])


def key_for(profile: Profile, connection_id: str) -> str:
    """The key typed for this session, else from the environment, else from the secrets file."""
    typed = st.session_state.get(state.SESSION_KEYS, {}).get(connection_id, "")
    return typed or os.environ.get(profile.key_variable, "") or _secret(profile.key_variable)


def remember_key(connection_id: str, key: str) -> None:
    """Keep a key for this session only; an empty one forgets it."""
    keys = dict(st.session_state.get(state.SESSION_KEYS, {}))
    keys[connection_id] = key.strip()
    st.session_state[state.SESSION_KEYS] = keys


def connect(store: Store, connection_id: str) -> ProviderClient:
    """A client for the connection; the local trainer is found or started first.

    Raises:
        AuthenticationFailed: `key_missing`, where the place needs a key and there is none.
        Unavailable: the local trainer is not installed or did not start.
    """
    connection = find_connection(store, connection_id)
    profile = load_profile(connection.profile_id)
    if profile.id == THIS_COMPUTER:
        address = start_trainer(data_home())
        return open_client(profile, address.base_url, address.key)
    key = key_for(profile, connection.id)
    if profile.needs_key and not key:
        raise AuthenticationFailed("key_missing", provider=profile.name)
    return open_client(profile, connection.base_url, key)


def _secret(name: str) -> str:
    """A secret by name; without a secrets file Streamlit raises, and that is no fault here."""
    try:
        return str(st.secrets.get(name, ""))
    except FileNotFoundError:
        return ""
