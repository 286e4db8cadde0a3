"""Every test has a data folder of its own, and neither a proxy nor anybody's key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.storage import Store

# Set before keyring looks for one: no test reads or writes the keychain of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

NOT_OURS = ("DATABASE_URL", "OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh data folder, so that no test reads or writes what belongs to a person."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TONESMITH_HOME", str(folder))
    for name in [*NOT_OURS, *(name for name in os.environ if name.lower().endswith("_proxy"))]:
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """The store of this test's data folder, as the app opens it."""
    with Store.open() as store:
        yield store
