"""What happened to a job: in plain words, and beneath it in the provider's own."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from datetime import UTC

import streamlit as st

from core.errors import NotFound
from core.jobs import FineTuningJob, JobEvent
from core.storage import Store
from core.story import StoryLine
from ui.dates import day_of, day_words
from ui.frame import page_errors
from ui.parts import show_empty, show_note
from ui.text import clock, t, today, visible

SHOWN = 200  # events of the provider's own at a time, the latest


def show_story(lines: Sequence[StoryLine]) -> None:
    """Line by line, the latest first, under the days on which they were told."""
    st.subheader(t("jobs.story"))
    if not lines:
        show_note(t("jobs.story_none"))
        return
    st.html(f'<div class="ts-story" tabindex="0">{_rows(list(reversed(lines)))}</div>')


def _rows(lines: Sequence[StoryLine]) -> str:
    parts: list[str] = []
    day = today()
    for line in lines:
        if (told_on := day_of(line.at)) != day:
            day = told_on
            parts.append(f"<b>{html.escape(day_words(day))}</b>")
        kind = line.level if line.level in {"warn", "warning", "error"} else ""
        parts.append(
            f"<time>{clock(line.at)}</time>"
            f'<div class="{kind}">{html.escape(line_words(line))}</div>'
        )
    return "".join(parts)


def line_words(line: StoryLine) -> str:
    """A line in our words, else in the provider's."""
    return t(f"event.{line.code}", **line.params) if line.code else visible(line.original)


def show_raw_events(store: Store, job_id: str) -> None:
    """All that the provider has told, word for word; read when somebody opens it."""
    words = st.expander(t("jobs.raw"), key="raw_events", on_change="rerun",
                        icon=":material/data_object:")  # fmt: skip
    with words:
        if words.open:
            st.fragment(_show_raw)(store, job_id)


def _show_raw(store: Store, job_id: str) -> None:
    with page_errors():
        events = store.load_events(job_id)
        if not events:
            show_empty(t("jobs.story_none"))
            return
        with st.container(horizontal=True, vertical_alignment="center", key="raw_head"):
            text = st.text_input(
                t("jobs.raw_search"), key="raw_search", placeholder=t("jobs.raw_search"),
                label_visibility="collapsed", icon=":material/search:", type="search",
            )  # fmt: skip
            st.download_button(
                t("jobs.raw_download"), key="raw_download", icon=":material/download:",
                data=lambda: write_events(store.load_events(job_id)), on_click="ignore",
                file_name="events.jsonl", mime="application/x-ndjson",
            )  # fmt: skip
        found = [event for event in events if says(event, text or "")]
        show_note(t("jobs.raw_found", n=len(found), total=f"{len(events):,}",
                    shown=min(len(found), SHOWN)))  # fmt: skip
        st.html(f'<div class="ts-raw" tabindex="0">{_raw_rows(found[-SHOWN:])}</div>')


def says(event: JobEvent, text: str) -> bool:
    """Whether all the words stand somewhere in an event."""
    told = f"{event.level} {event.type} {event.message} {json.dumps(event.data)}".casefold()
    return all(word in told for word in text.casefold().split())


def write_events(events: Iterable[JobEvent]) -> bytes:
    """The events as JSONL, in the shape in which OpenAI's API tells them."""
    return b"".join(
        json.dumps(
            {
                "object": "fine_tuning.job.event",
                "id": event.id,
                "created_at": int(event.created_at.astimezone(UTC).timestamp()),
                "level": event.level,
                "message": event.message,
                "type": event.type,
                "data": event.data,
            }
        ).encode()
        + b"\n"
        for event in events
    )


def _raw_rows(events: Sequence[JobEvent]) -> str:
    return "".join(
        f"<time>{clock(event.created_at)}</time><span>{html.escape(event.level)}</span>"
        f"<div>{html.escape(visible(event.message))}{_data(event)}</div>"
        for event in reversed(events)
    )


def _data(event: JobEvent) -> str:
    if not event.data:
        return ""
    text = json.dumps(event.data, ensure_ascii=False)
    return f"<small>{html.escape(visible(text))}</small>"


def count_examples(store: Store, job: FineTuningJob) -> int | None:
    """How many examples were sent; None where the bytes are not here."""
    if not job.snapshot_sha256:
        return None
    try:
        return store.find_snapshot(job.snapshot_sha256).examples
    except NotFound:
        return None
