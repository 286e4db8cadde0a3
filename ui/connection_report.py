"""What works at a place to train, line by line, after a person has pressed Test."""

from __future__ import annotations

import html
from urllib.parse import urlsplit

import streamlit as st

from core.errors import TonesmithError
from core.jobs import Connection
from core.providers.addresses import is_loopback
from core.providers.checking import Check, ConnectionReport, Works, check_connection
from core.providers.profiles import THIS_COMPUTER
from core.storage import Store
from ui import state
from ui.connections import connect, place_name
from ui.keys import key_for
from ui.text import markdown_for, plain, t

TEST_SECONDS = 15.0
NOT_YET = "check.not_yet"  # what of several checks is said once
_MARKS = {Works.YES: ("✓", "accent"), Works.NO: ("✗", "error"), Works.UNKNOWN: ("?", "warning")}


def show_test(store: Store, connection: Connection, *, pressed: bool) -> None:
    """The report of the last test, made anew when `pressed`."""
    if pressed:
        _test(store, connection, ask_a_model=_is_free(connection))
    report = st.session_state.get(state.REPORTS, {}).get(connection.id)
    if isinstance(report, TonesmithError):
        st.error(markdown_for(report))
    elif report is not None:
        _show(connection, report)
        _offer_question(store, connection, report)


def _test(store: Store, connection: Connection, *, ask_a_model: bool) -> None:
    reports = st.session_state.setdefault(state.REPORTS, {})
    local = connection.id == THIS_COMPUTER
    try:
        with st.spinner(t("settings.testing")):
            client = connect(store, connection.id, timeout=TEST_SECONDS)
            has_key = local or bool(key_for(store, connection))
            reports[connection.id] = check_connection(
                client, has_key=has_key, ask_a_model=ask_a_model
            )
    except TonesmithError as problem:
        reports[connection.id] = problem


def _is_free(connection: Connection) -> bool:
    """Whether a question costs nothing: what runs on this computer sends no bill."""
    host = urlsplit(connection.base_url).hostname or ""
    return connection.id == THIS_COMPUTER or is_loopback(host)


def _show(connection: Connection, report: ConnectionReport) -> None:
    failure = report.first_failure
    if failure is None:
        st.success(t("settings.works", name=plain(place_name(connection))))
    else:
        st.error(_words(failure, for_markdown=True))
    tried = [c for c in report.checks if c is not failure and c.words != NOT_YET]
    rows = "".join(_row(check) for check in tried)
    if waiting := [t(f"check.{c.what}") for c in report.checks if c.words == NOT_YET]:
        rows += _line(Works.UNKNOWN, " · ".join(waiting), t(NOT_YET))
    st.html(f'<div class="ts-checks">{rows}</div>')


def _row(check: Check) -> str:
    return _line(check.works, t(f"check.{check.what}"), _words(check))


def _line(works: Works, name: str, said: str) -> str:
    mark, colour = _MARKS[works]
    return (
        f'<div class="ts-soft"><b style="color:var(--ts-{colour})">{mark}</b> '
        f"<b>{html.escape(name)}</b> · {html.escape(said)}</div>"
    )


def _words(check: Check, *, for_markdown: bool = False) -> str:
    said = check.params
    if for_markdown:
        said = {name: plain(v) if isinstance(v, str) else v for name, v in said.items()}
    return t(check.words, **said)


def _offer_question(store: Store, connection: Connection, report: ConnectionReport) -> None:
    """Asking a model may cost something, so a person decides."""
    if report["chat"].words != "check.chat_unasked":
        return
    st.button(t("settings.ask_a_model"), key=f"ask_{connection.id}", on_click=_test,
              args=(store, connection), kwargs={"ask_a_model": True})  # fmt: skip
