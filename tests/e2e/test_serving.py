"""serve.py as a person starts and ends it; and the app without it."""

from __future__ import annotations

import signal
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

from the_app import PATIENCE, App, a_started_app

PAGES = ("", "editor", "transfer", "history", "train", "jobs", "compare", "settings")
BY_STREAMLIT = ("-m", "streamlit", "run", "streamlit_app.py")


def status_of(app: App, path: str, method: str = "GET") -> int:
    """What the server answers."""
    with closing(HTTPConnection("127.0.0.1", app.port, timeout=PATIENCE)) as there:
        there.request(method, path)
        return there.getresponse().status


def test_every_page_and_component_has_its_address(tmp_path: Path) -> None:
    """Beside our own addresses, Streamlit's are what they were."""
    with a_started_app(tmp_path) as app:
        assert {status_of(app, f"/{page}") for page in PAGES} == {200}
        assert status_of(app, "/app/static/drop.js") == 200
        assert status_of(app, "/files/x") == 404
        assert status_of(app, "/files/x", "PUT") == 403


def test_ctrl_c_ends_it_without_a_word(tmp_path: Path) -> None:
    """It is how one stops it, not a fault."""
    with a_started_app(tmp_path) as app:
        assert app.end(signal.SIGINT) == 0
        told = app.log.read_text()
    assert "Traceback" not in told
    assert "Aborted" not in told


def test_the_app_can_do_without(tmp_path: Path) -> None:
    """Where only `streamlit run` is at hand there are the same pages, and no address of ours."""
    with a_started_app(tmp_path, *BY_STREAMLIT) as app:
        assert status_of(app, "/transfer") == 200
        assert status_of(app, "/files/x", "PUT") == 405
