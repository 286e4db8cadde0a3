"""core/connecting: a place is found by its id, also when it is gone, and then it says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.connecting import find_connection, is_added, open_connection, profile_of
from core.connections import make_connection
from core.errors import AuthenticationFailed, NotFound
from core.jobs import Connection
from core.providers.profiles import load_profile
from core.storage import Store

KEY = "key-1234567890"


def refusal(store: Store, connection_id: str, home: Path, key: str = KEY) -> str:
    """Why a place cannot be spoken with."""
    with pytest.raises((NotFound, AuthenticationFailed)) as raised:
        open_connection(store, connection_id, lambda _: key, home)
    return raised.value.code


def test_a_place_that_is_there_is_spoken_with_by_its_profile(store: Store, home: Path) -> None:
    """One of ours, and one that a person added."""
    added = make_connection("openai_compatible", "Mine", "http://127.0.0.1:9/v1", [])
    store.save_connection(added)
    for connection_id, profile in (("openai", "openai"), (added.id, "openai_compatible")):
        connection = find_connection(store, connection_id)
        assert profile_of(connection) == load_profile(profile)
        client = open_connection(store, connection_id, lambda _: KEY, home)
        assert client.profile.id == profile
        client.close()
    assert (is_added(added), is_added(find_connection(store, "openai"))) == (True, False)
    assert refusal(store, "openai", home, key="") == "key_missing"


def test_a_place_that_was_removed_has_neither_name_nor_address(store: Store, home: Path) -> None:
    """Its profile is still known from its id."""
    added = make_connection("azure", "Ours", "https://ours.openai.azure.com", [])
    gone = find_connection(store, added.id)
    assert (gone.name, gone.base_url, gone.profile_id) == ("", "", "azure")
    assert refusal(store, added.id, home) == "connection_gone"


def test_a_place_of_a_retired_provider_keeps_what_is_known_of_it(store: Store, home: Path) -> None:
    """An added one its name and address, and it can be removed; another at least a name."""
    store.save_connection(Connection("old-1234", "old", "Our old place", "https://example.com/v1"))
    kept = find_connection(store, "old-1234")
    assert (kept.name, profile_of(kept), is_added(kept)) == ("Our old place", None, True)
    ours = find_connection(store, "big_vendor")
    assert (ours.name, profile_of(ours), is_added(ours)) == ("Big Vendor", None, False)
    for connection_id in ("old-1234", "big_vendor"):
        assert refusal(store, connection_id, home) == "provider_retired"


def test_a_provider_s_name_is_kept_for_the_day_when_it_is_retired(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it writes itself, once it was spoken with."""
    open_connection(store, "openai", lambda _: KEY, home).close()
    monkeypatch.setattr("core.connecting.load_profiles", tuple)
    assert find_connection(store, "openai").name == "OpenAI"
    assert find_connection(store, "nebius").name == "Nebius"
