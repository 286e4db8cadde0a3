"""Voice: learned by a press, told in words, and every example held against it."""

from __future__ import annotations

import html
import secrets
from datetime import datetime
from textwrap import shorten

import streamlit as st

from core.editing import checks_in
from core.errors import NotFound
from core.examples import APPROVED, Example
from core.queries import Query
from core.rules.codes import find
from core.storage import Part, Project, Store
from core.tasks import Task, find_task, forget_task, start_task
from core.voice.card import card_of
from core.voice.distance import ENOUGH, Reason, distance_of
from core.voice.learning import (
    Distances,
    keep_voice,
    learn_and_keep,
    measure_distances,
)
from core.voice.measures import WORD, replies_of
from core.voice.values import Spread, Tongue, Voice
from ui import state
from ui.dates import day_words
from ui.findings import sentence_of
from ui.found import narrow
from ui.frame import go_to
from ui.parts import show_empty, show_facts, show_note
from ui.table import focus_on
from ui.tasks import is_running, show_task
from ui.text import t

HELD_AT_ONCE = 2_000  # examples up to which nobody has to ask for their distances
_SHOWN = 10  # examples that are told by name
_EXCERPT = 140  # characters of a reply
_FAR = 1.5  # times the limit: from here on it is far off


def show_voice(store: Store, project: Project) -> None:
    """The section: the card, then how close every example is."""
    key = f"voice_{project.id}"
    if show_task(key, t("quality.voice_learning")) is not None:
        forget_task(key)
        project = store.load_project(project.id)
    approved = store.count_part(project.id, Part(APPROVED)).rows
    voice = checks_in(project).voice
    if voice is None:
        _show_empty(store, project, approved)
        return
    _show_card(store, project, voice, approved)
    if voice.tongues:
        _show_distances(store, project, voice)


def _show_empty(store: Store, project: Project, approved: int) -> None:
    """What a voice is good for, and the one button."""
    with st.container(border=True, key="card_voice_empty"):
        st.subheader(t("quality.voice_empty_title"))
        show_note(t("quality.voice_empty"))
        if project.examples < ENOUGH:
            show_empty(t("quality.voice_too_few", n=ENOUGH, have=project.examples))
        else:
            _show_learn(store, project, approved, first=True)


def _show_learn(store: Store, project: Project, approved: int, *, first: bool) -> None:
    """The button; it says what would be learned from."""
    from_all = approved < ENOUGH
    if from_all:
        show_note(t("quality.voice_from_all", n=ENOUGH, approved=approved))
    words = t("quality.voice_learn_all", n=project.examples)
    st.button(
        words if from_all else t("quality.voice_learn", n=approved),
        key="voice_learn", type="primary" if first else "secondary",
        icon=":material/graphic_eq:", disabled=is_running(f"voice_{project.id}"),
        on_click=_learn, args=(store, project),
    )  # fmt: skip


def _learn(store: Store, project: Project) -> None:
    start_task(
        f"voice_{project.id}",
        lambda task: learn_and_keep(store, project, task.advance),
        total=project.examples,
    )


def _show_card(store: Store, project: Project, voice: Voice, approved: int) -> None:
    with st.container(border=True, key="card_voice"):
        if not voice.tongues:
            show_empty(t("quality.voice_nothing", n=ENOUGH))
        for name, codes in card_of(voice):
            if len(voice.tongues) > 1:
                show_note(t(f"quality.voice_in_{name}"))
            said = t("quality.voice_and").join(t(f"quality.voice_card_{code}") for code in codes)
            st.html(f'<p class="ts-voice">{html.escape(said[:1].upper() + said[1:])}</p>')
        show_note(_learned_from(voice))
        _show_age(store, project, voice, approved)
        for tongue in voice.tongues:
            with st.expander(t("quality.voice_figures") if len(voice.tongues) == 1
                             else t(f"quality.voice_figures_{tongue.name}")):  # fmt: skip
                _show_figures(tongue)


def _learned_from(voice: Voice) -> str:
    day = day_words(datetime.fromisoformat(voice.learned_at).astimezone().date(), within=True)
    source = "quality.voice_source_all" if voice.from_all else "quality.voice_source"
    return t(source, n=voice.examples, day=day)


def _show_age(store: Store, project: Project, voice: Voice, approved: int) -> None:
    """Whether it is out of date, and the ways to renew or forget it."""
    more = approved - voice.approved
    if more:
        st.markdown(t("quality.voice_more" if more > 0 else "quality.voice_fewer", n=abs(more)))
    with st.container(horizontal=True):
        _show_learn(store, project, approved, first=more != 0)
        st.button(
            t("quality.voice_forget"), key="voice_forget", type="tertiary",
            help=t("quality.voice_forget_help"), on_click=_forget, args=(store, project),
        )  # fmt: skip


def _forget(store: Store, project: Project) -> None:
    keep_voice(store, project, None)


def _show_figures(tongue: Tongue) -> None:
    facts = [(t(f"quality.voice_trait_{s.name}"), _usual(tongue, s)) for s in tongue.spreads]
    facts += [
        (t(f"quality.voice_trait_{habit}"), _share(count, tongue.examples))
        for habit, count in tongue.habits
    ]
    show_facts(facts)
    if tongue.favourites:
        show_note(t("quality.voice_favourites", words=" · ".join(tongue.favourites)))
    show_note(t("quality.voice_statistics"))


def _usual(tongue: Tongue, spread: Spread) -> str:
    unit = WORD if spread.name == WORD else tongue.name
    return t(
        f"quality.voice_usual_{unit}",
        usual=f"{spread.median:,.0f}", low=f"{spread.low:,.0f}", high=f"{spread.high:,.0f}",
    )  # fmt: skip


def _share(count: int, total: int) -> str:
    if count in (0, total):
        return t("quality.voice_in_all" if count else "quality.voice_in_none")
    return t("quality.voice_in_some", n=count, total=total)


def _show_distances(store: Store, project: Project, voice: Voice) -> None:
    """How close all examples are, and those farthest off with the reason."""
    found = _find_distances(store, project, voice)
    if found is None:
        return
    with st.container(border=True, key="card_distances"):
        st.subheader(t("quality.voice_distances"))
        limit = checks_in(project).limit("voice_distance")
        _show_histogram(found, limit)
        far = [each for each in found.farthest if each.far >= limit]
        if not far:
            show_note(t("quality.voice_none_off"))
        for each in far[:_SHOWN]:
            _show_far(store, project, voice, each.row_id, limit)
        if found.unheard:
            show_note(t("quality.voice_unheard", n=found.unheard))
        if far and st.button(
            t("quality.voice_show_all"), key="voice_show_all", icon=":material/arrow_forward:",
            type="tertiary",
        ):  # fmt: skip
            narrow(Query(code="off_voice"))
            go_to("editor")


def _find_distances(store: Store, project: Project, voice: Voice) -> Distances | None:
    """What was found about the project as it stands; asked for by a press where it takes long."""
    mark = f"{voice.learned_at}_{project.edited_at.isoformat()}"
    key = f"distances_{project.id}_{mark}"

    def begin() -> None:
        start_task(
            key,
            lambda task: measure_distances(store, project, voice, task.advance),
            total=project.examples,
        )

    before = st.session_state.get(state.VOICE_DISTANCES)
    if before != key:
        forget_task(str(before))
        st.session_state[state.VOICE_DISTANCES] = key
    if find_task(key) is None and project.examples <= HELD_AT_ONCE:
        begin()
    task: Task[Distances] | None = show_task(key, t("quality.voice_measuring"), writes=False)
    if task is None and find_task(key) is None:
        st.button(t("quality.voice_measure", n=project.examples), key="voice_measure",
                  icon=":material/straighten:", on_click=begin)  # fmt: skip
    return task.result if task else None


def _show_histogram(found: Distances, limit: float) -> None:
    """A bar for each tenth of distance; those beyond the limit in the colour of a warning."""
    tallest = max(found.bins) or 1
    bars = "".join(
        f'<i class="{"far" if place / 10 >= limit else ""}" style="height:'
        f'{max(count / tallest * 100, 2.0 if count else 0.0):.1f}%"></i>'
        for place, count in enumerate(found.bins)
    )
    said = t("quality.voice_close", n=sum(found.bins[: round(limit * 10)]), total=found.heard)
    ends = (t("quality.voice_near"), t("quality.voice_far"))
    marks = "".join(f"<span>{html.escape(end)}</span>" for end in ends)
    st.html(
        f'<div class="ts-histogram" role="img" aria-label="{html.escape(said)}">{bars}</div>'
        f'<div class="ts-ends">{marks}</div>'
    )
    show_note(said)


def _show_far(store: Store, project: Project, voice: Voice, row_id: int, limit: float) -> None:
    """One example: what it says, how far it is, and why in words."""
    try:
        row = store.load_row(project.id, row_id)
        number = store.find_number(project.id, row_id)
    except NotFound:  # deleted a moment ago
        return
    distance = distance_of(row.example, voice)
    if distance is None:
        return
    far = t("quality.voice_far" if distance.far >= _FAR * limit else "quality.voice_off")
    reasons = "".join(f"<li>{_reason(each, distance.examples)}</li>" for each in distance.reasons)
    with st.container(key=f"far_{row_id}", gap=None):
        st.html(
            f'<div class="ts-far"><b>{html.escape(t("quality.voice_example", n=number))}</b>'
            f"<small>{html.escape(far)}</small>"
            f"<p>{html.escape(_excerpt(row.example))}</p><ul>{reasons}</ul></div>"
        )
        if st.button(t("editor.show"), key=f"open_far_{row_id}", type="tertiary",
                     icon=":material/arrow_forward:"):  # fmt: skip
            narrow(Query())
            st.session_state[state.OPEN_EXAMPLE] = row_id
            focus_on(row_id, "assistant", secrets.token_hex(4))
            go_to("editor")


def _reason(reason: Reason, examples: int) -> str:
    found = find(
        "off_voice",
        detail=reason.code,
        value=reason.value,
        usual=reason.usual,
        examples=examples,
    )
    return html.escape(sentence_of(found), quote=False)


def _excerpt(example: Example) -> str:
    return shorten(" ".join(replies_of(example)), _EXCERPT, placeholder=" …")
