"""What the tests in a browser share: for each file one app, one browser and one tab."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from the_app import App, a_browser, a_started_app, a_tab

sys.path.append(str(Path(__file__).resolve().parent.parent / "core"))  # for a_place


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The running app, over a data folder of its own."""
    with a_started_app(tmp_path_factory.mktemp("home")) as app:
        yield app


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser."""
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One tab for all tests, as loading Streamlit anew takes its time; each opens a project."""
    with a_tab(browser) as page:
        yield page
