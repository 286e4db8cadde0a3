"""No page sees what the app kept open for the test before."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from core import tasks
from ui.frame import open_store

sys.path.append(str(Path(__file__).resolve().parent.parent / "core"))  # for a_place

from test_local_trainer import end_trainer  # from there

LONGEST = 30.0  # seconds for what goes on beside a page to come to its end


@pytest.fixture(autouse=True)
def a_fresh_server(home: Path) -> Iterator[None]:
    """What the server holds for everybody is made anew for every test, and ended after it."""
    st.cache_resource.clear()
    yield
    for task in [*tasks._tasks.values()]:
        task.wait(LONGEST)
    tasks._tasks.clear()
    end_trainer(home)
    open_store().close()
    st.cache_resource.clear()
