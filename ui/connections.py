"""The connections there are, and the client to speak with one."""

from __future__ import annotations

import streamlit as st

from core.connections import SERVER
from core.errors import AuthenticationFailed, NotFound
from core.jobs import Connection
from core.local_trainer import start_trainer
from core.providers.client import TIMEOUT_SECONDS, ProviderClient, open_client
from core.providers.profiles import THIS_COMPUTER, load_profile, load_profiles
from core.storage import Store, data_home
from ui.keys import hold_key, key_for
from ui.text import plain, t

NO_KEY = "no-key"  # the SDK will not travel without one; a server that wants none ignores it


def all_connections(store: Store) -> list[Connection]:
    """This computer and OpenAI, which are always there, then those a person added."""
    built_in = [
        Connection(profile.id, profile.id, profile.name, profile.base_url)
        for profile in load_profiles()
        if profile.any_model is None
    ]
    return [*built_in, *store.load_connections()]


def find_connection(store: Store, connection_id: str) -> Connection:
    """The connection under `connection_id`; one that was removed has no address any more."""
    found = {connection.id: connection for connection in all_connections(store)}
    return found.get(connection_id) or Connection(connection_id, SERVER, t("place.removed"), "")


def is_added(connection: Connection) -> bool:
    """Whether a person added it, and may change and remove it."""
    return load_profile(connection.profile_id).any_model is not None


def place_name(connection: Connection) -> str:
    """A connection as a person calls it; this computer has a name in every language."""
    return t("place.this_computer") if connection.id == THIS_COMPUTER else connection.name


def choose_place(store: Store, key: str) -> Connection:
    """The choice of a place to train, this computer first."""
    places = {connection.id: connection for connection in all_connections(store)}
    chosen = st.segmented_control(
        t("train.place"), list(places), default=THIS_COMPUTER, required=True, key=key,
        format_func=lambda place: plain(place_name(places[place])),
    )  # fmt: skip
    return places[chosen or THIS_COMPUTER]


def connect(
    store: Store, connection_id: str, *, timeout: float = TIMEOUT_SECONDS
) -> ProviderClient:
    """A client for the connection; the local trainer is found or started first.

    Raises:
        AuthenticationFailed: `key_missing`, where the place needs a key and there is none.
        NotFound: `connection_gone`, where it was removed.
        Unavailable: the local trainer is not installed or did not start.
    """
    connection = find_connection(store, connection_id)
    profile = load_profile(connection.profile_id)
    if profile.id == THIS_COMPUTER:
        address = start_trainer(data_home())
        return open_client(profile, address.base_url, address.key, timeout=timeout)
    if not connection.base_url:
        raise NotFound("connection_gone")
    key = key_for(store, connection)
    if profile.needs_key and not key:
        raise AuthenticationFailed("key_missing", provider=profile.name)
    return open_client(profile, connection.base_url, key or NO_KEY, timeout=timeout)


def ask_key(connection: Connection, page: str) -> None:
    """A field for the key, emptied as soon as it is left: a typed key is never shown again."""
    field = f"{page}_key_{connection.id}"

    def keep() -> None:
        hold_key(connection, st.session_state[field])
        st.session_state[field] = ""

    st.text_input(
        t("settings.key_for", name=plain(connection.name)), type="password", key=field,
        help=t("settings.key_help"), on_change=keep,
    )  # fmt: skip
