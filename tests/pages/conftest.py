"""No page sees what the app kept open for the test before."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from ui.frame import open_store

sys.path.append(str(Path(__file__).resolve().parent.parent / "core"))  # for a_place


@pytest.fixture(autouse=True)
def a_fresh_server() -> Iterator[None]:
    """What the server holds for everybody is made anew for every test, and closed after it."""
    st.cache_resource.clear()
    yield
    open_store().close()
    st.cache_resource.clear()
