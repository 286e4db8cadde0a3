"""What the table is narrowed to: the query, the rows it found, and both in the page's address.

The rows found stay until the query is asked anew, as in a spreadsheet: who mends a row of a
narrowed table does not lose it, and the next one stays the next.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime

import streamlit as st

from core.editing import priced_for
from core.providers.profiles import Model
from core.queries import Query
from core.storage import Project, Store
from core.summary import reckoning_of
from core.survey import SURVEYED, survey_of
from ui import state

_PAGE, _EXAMPLE = "page", "example"
_NAMES = (*(field.name for field in fields(Query)), _PAGE, _EXAMPLE)


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of the rows that a query found, in its order, when the project was last edited."""

    query: Query
    ids: list[int]
    edited_at: datetime


def current_query() -> Query:
    """What the table is narrowed to."""
    query: Query = st.session_state.get(state.GRID_QUERY, Query())
    return query


def narrow(query: Query) -> None:
    """Show what this query asks for, from its first page on."""
    if query != current_query():
        st.session_state[state.GRID_PAGE] = 1
    st.session_state[state.GRID_QUERY] = query
    look_again()


def look_again() -> None:
    """Ask the query anew before the next rows are shown."""
    st.session_state.pop(state.GRID_FOUND, None)


def find_rows(store: Store, project: Project, model: Model) -> Found | None:
    """The rows that are shown; None where they are all, as they stand."""
    query = current_query()
    if query.is_plain:
        return None
    found: Found | None = st.session_state.get(state.GRID_FOUND)
    if found is None or found.query != query:
        found = Found(query, _look(store, project, query, model), project.edited_at)
        if query.code not in SURVEYED or survey_of(project).is_built:  # else it is asked again
            st.session_state[state.GRID_FOUND] = found
    return found


def _look(store: Store, project: Project, query: Query, model: Model) -> list[int]:
    """The rows that a query asks for; those that lenses tell of are asked of the survey."""
    reckoning = reckoning_of(project, model)
    if query.code not in SURVEYED:
        return store.find_rows(project.id, query, reckoning)
    seen = survey_of(project).rows_of(query.code)
    rows = store.find_rows(project.id, replace(query, code=""), reckoning)
    return [row_id for row_id in rows if row_id in seen]


def found_ids(store: Store, project: Project) -> list[int]:
    """The ids of all rows that are shown, on whatever page."""
    model = priced_for(project)[1]
    found = find_rows(store, project, model)
    if found is not None:
        return found.ids
    return store.find_rows(project.id, Query(), reckoning_of(project, model))


def read_address() -> None:
    """Take up what the address asks for: after a reload, or a link that leads here."""
    asked = {name: st.query_params[name] for name in _NAMES if name in st.query_params}
    if not asked or asked == st.session_state.get(state.GRID_ADDRESS):
        return
    narrow(Query.from_address(asked))
    st.session_state[state.GRID_PAGE] = _number(asked.get(_PAGE)) or 1
    st.session_state[state.OPEN_EXAMPLE] = _number(asked.get(_EXAMPLE))


def write_address() -> None:
    """Let the address say where the person is, so that a reload leads back here."""
    page, opened = (
        st.session_state.get(state.GRID_PAGE, 1),
        st.session_state.get(state.OPEN_EXAMPLE),
    )
    here = current_query().to_address()
    here |= {_PAGE: str(page)} if page > 1 else {}
    here |= {_EXAMPLE: str(opened)} if opened else {}
    shown = {name: st.query_params[name] for name in _NAMES if name in st.query_params}
    if here != shown:
        others = {name: st.query_params[name] for name in st.query_params if name not in _NAMES}
        st.query_params.from_dict({**others, **here})
    st.session_state[state.GRID_ADDRESS] = here


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 16 else None
