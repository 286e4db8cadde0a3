"""The app with two addresses of its own for files: `python serve.py`, options as for Streamlit.

`streamlit run streamlit_app.py` shows the same pages; files then go through memory.
"""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Thread

import click
import streamlit as st
from streamlit.web import cli

from ui.routes import create_routes, open_own_transit


@asynccontextmanager
async def begin(_: st.App) -> AsyncIterator[None]:
    """Let the server answer at once, and make ready beside it."""
    Thread(target=make_ready, daemon=True).start()
    yield


def make_ready() -> None:
    """Show the app, remove what an earlier server left, read what the first page needs."""
    if not st.get_option("server.headless"):  # `streamlit run` opens no browser for an `App`
        base = str(st.get_option("server.baseUrlPath") or "").strip("/")
        webbrowser.open(f"http://127.0.0.1:{st.get_option('server.port')}/{base}")
    open_own_transit()


if __name__ == "__main__":
    with suppress(click.Abort):  # Ctrl-C is how one stops it, not a fault
        cli.main(["run", __file__, *sys.argv[1:]], standalone_mode=False)
else:  # Streamlit finds it by its name, and imports it when its options are read
    app = st.App("streamlit_app.py", routes=create_routes(), lifespan=begin)
