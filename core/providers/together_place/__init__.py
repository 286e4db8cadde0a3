"""Together speaks an API of its own: here it is translated, and nothing else is done.

Its package is an extra (`requirements-together.txt`), loaded when somebody first speaks with
Together. To remove it: this folder, `together.toml`, its tests and its line in `adapters.py`.
"""

from __future__ import annotations

import sys
from importlib import invalidate_caches
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from core.errors import Unavailable
from core.providers.place import Place
from core.providers.profiles import Profile

PACKAGE = "together"
SPOKEN = "2."  # the versions of it that we speak; later ones ask at other paths
REQUIREMENTS = Path(__file__).resolve().parents[3] / "requirements-together.txt"
TIMEOUT_SECONDS = 120.0


def open_client(
    profile: Profile, base_url: str, key: str, *, timeout: float = TIMEOUT_SECONDS
) -> Place:
    """A client for Together; nothing travels yet.

    Raises:
        AuthenticationFailed: `key_missing`, `key_malformed`.
        BadInput: `bad_base_url`, `address_with_secret`, `address_refused`.
        Unavailable: `sdk_missing`, with the command that brings it; `bad_proxy`.
    """
    if missing_requirements() is not None:
        command = f'"{sys.executable}" -m pip install -r "{REQUIREMENTS}"'
        raise Unavailable("sdk_missing", name=profile.name, command=command)
    from core.providers.together_place.place import TogetherPlace
    from core.providers.together_place.transport import open_sdk

    return TogetherPlace(profile, open_sdk(base_url, key, timeout), key)


def missing_requirements() -> Path | None:
    """The list with the package, while it is not there in a version that we speak."""
    invalidate_caches()  # it may have come while the app goes on
    try:
        return None if version(PACKAGE).startswith(SPOKEN) else REQUIREMENTS
    except PackageNotFoundError:
        return REQUIREMENTS
