"""Which code speaks with which kind of place; a kind is loaded when it is first spoken to.

To remove a kind: its module, its profiles, its tests, and its line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from core.errors import NotFound
from core.providers.place import Place
from core.providers.profiles import Profile

Opener = Callable[..., Place]

# By a profile's `adapter`: the module that has its `open_client`.
ADAPTERS: Mapping[str, str] = {
    "openai": "core.providers.client",
    "together": "core.providers.together_place",
}


def missing_requirements(profile: Profile) -> Path | None:
    """The list of packages without which the place cannot be spoken with; None where all is there.

    A module that needs more than the app says so by a function of this name.
    """
    if profile.adapter not in ADAPTERS:
        return None
    module = import_module(ADAPTERS[profile.adapter])
    missing: Path | None = getattr(module, "missing_requirements", lambda: None)()
    return missing


def open_place(profile: Profile, base_url: str, key: str, *, timeout: float) -> Place:
    """A client for the place `profile` describes, at `base_url`; nothing travels yet.

    Raises:
        AuthenticationFailed: `key_missing`, `key_malformed`.
        BadInput: `bad_base_url`, `address_with_secret`, `address_refused`.
        NotFound: `provider_retired`, where nobody speaks with that kind of place any more.
        Unavailable: `bad_proxy`, when the environment names a proxy that cannot be used;
            `sdk_missing`, while there are `missing_requirements`.
    """
    if profile.adapter not in ADAPTERS:
        raise NotFound("provider_retired", name=profile.name)
    opener: Opener = import_module(ADAPTERS[profile.adapter]).open_client
    return opener(profile, base_url, key, timeout=timeout)
