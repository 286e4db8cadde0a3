"""Files that a person brings or takes: they stream to and from the disk where the routes are.

Without the routes (`ui.routes.are_served`) Streamlit's own uploader and download button stand in
for them, and hold the file in memory.
"""

from __future__ import annotations

import html
import mimetypes
from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.transit import MOST_BYTES, TransitFile
from ui import state
from ui.component import load_component, pack
from ui.routes import address_of, are_served, open_own_transit
from ui.text import words_of

DROP = "drop"
SAYS = ("lead", "kinds")  # beside the words of its own

OnCame = Callable[[str], None]  # is told the ticket that a file came in for


def drop_file(key: str, lead: str, kinds: str, endings: Sequence[str], on_came: OnCame) -> None:
    """A place to drop a file or choose one; `on_came` runs before the page is drawn again.

    `lead` says what to do here, `kinds` which files are welcome; those with one of the `endings`
    are offered when choosing.
    """
    if not are_served():
        _upload(key, lead, kinds, endings, on_came)
        return
    ticket = _expected(key)

    def came() -> None:
        held = st.session_state.get(key)
        if held and open_own_transit().find_in(str(held.get("came"))) is not None:
            on_came(str(held["came"]))

    data = {
        "ticket": ticket,
        "address": address_of(ticket),
        "most": MOST_BYTES,
        "accept": ",".join(f".{ending}" for ending in endings),
        "words": {**words_of(DROP), "lead": lead, "kinds": kinds},
    }
    load_component(DROP)(data=pack(data), key=key, on_came_change=came)


def find_file(ticket: str) -> TransitFile | None:
    """What came in for a ticket, as long as it is kept."""
    return open_own_transit().find_in(ticket)


def forget_file(ticket: str) -> None:
    """Remove what came in for a ticket."""
    open_own_transit().forget(ticket)


def keep_bytes(content: bytes, name: str) -> str:
    """Treat what is in memory like a file that came in; returns its ticket."""
    transit = open_own_transit()
    ticket, path = transit.expect(), transit.new_path()
    path.write_bytes(content)
    transit.take_in(ticket, path, name)
    return ticket


def show_download(ticket: str, label: str, key: str) -> None:
    """A button that fetches the file offered under a ticket; nothing where it is gone."""
    file = open_own_transit().find_out(ticket)
    if file is None:
        return
    if are_served():
        st.html(
            f'<a class="ts-download" href="{html.escape(address_of(ticket))}" '
            f'download="{html.escape(file.name)}">{html.escape(label)}</a>'
        )
        return
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    st.download_button(
        label, file.path.read_bytes, file_name=file.name, mime=kind, type="primary",
        on_click="ignore", key=key,
    )  # fmt: skip


def _expected(key: str) -> str:
    """The ticket for the next file here: the same until a file has come for it."""
    transit, kept = open_own_transit(), f"{state.EXPECTED}_{key}"
    ticket = st.session_state.get(kept)
    if ticket is None or not transit.is_expected(ticket):
        ticket = st.session_state[kept] = transit.expect()
    return str(ticket)


def _upload(key: str, lead: str, kinds: str, endings: Sequence[str], on_came: OnCame) -> None:
    def came() -> None:
        file: UploadedFile | None = st.session_state.get(key)
        if file is not None:
            on_came(keep_bytes(file.getvalue(), file.name))

    st.file_uploader(
        lead, type=list(endings), max_upload_size=MOST_BYTES // 1024**2, help=kinds, key=key,
        on_change=came,
    )  # fmt: skip
