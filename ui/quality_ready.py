"""Ready for…: a chip for each place to train, and below it the story of the one that is chosen."""

from __future__ import annotations

import html
from collections import Counter
from itertools import groupby
from typing import TypeAlias
from urllib.parse import urlsplit

import streamlit as st

from core.editing import priced_for
from core.fixes import FIXES
from core.providers.profiles import THIS_COMPUTER
from core.providers.terms import load_terms
from core.queries import Query
from core.readiness import TO_TRAIN_ON, check_project
from core.selection import count_asked
from core.storage import Project, Store
from core.tasks import Task, find_task, forget_task, start_task
from core.verdicts import OWN_CODES, TOO_LARGE, Effect, Readiness, Reason, Verdict
from ui import state
from ui.bulk import mend
from ui.found import narrow
from ui.frame import go_to
from ui.parts import marked, show_empty, show_note
from ui.tasks import is_running, show_task
from ui.text import plain, size, t

CHECKED_AT_ONCE = 5_000  # examples up to which nobody has to ask: half a second
NAMED = ("alibaba", "openai_compatible")  # places that are called otherwise in other languages
_ICONS = {
    Verdict.READY: ":green[:material/check_circle:]",
    Verdict.LOSSES: ":orange[:material/warning:]",
    Verdict.REFUSED: ":red[:material/block:]",
}
_DOTS = {Effect.REFUSED: "error", Effect.ASKED: ""}

Report: TypeAlias = tuple[Readiness, ...]


def show_ready(store: Store, project: Project) -> None:
    """The section: what every place would make of the file that would go out."""
    st.subheader(t("quality.ready_title"))
    total = count_asked(store, project, TO_TRAIN_ON)
    if not total:
        show_empty(t("quality.ready_empty"))
        return
    show_note(t("quality.ready_lead"))
    report = _find_report(store, project, total)
    if report is not None:
        _show_report(store, project, report)


def _find_report(store: Store, project: Project, total: int) -> Report | None:
    """What was found out about the project as it stands, or else before it was changed."""
    key = f"ready_{project.id}_{project.edited_at.isoformat()}_{project.priced_for}"
    if find_task(key) is None and total <= CHECKED_AT_ONCE:
        _start(store, project, key, total)
    task: Task[Report] | None = show_task(key, t("quality.ready_checking"), writes=False)
    if task is not None:
        _keep(project, key)
        return task.result
    before: Task[Report] | None = find_task(st.session_state.get(_slot(project), ""))
    known = before.result if before is not None else None
    if not is_running(key):
        with st.container(horizontal=True, vertical_alignment="center"):
            if known:
                show_note(t("quality.ready_stale"), inline=True)
            st.button(
                t("quality.ready_again" if known else "quality.ready_check"), key="ready_check",
                icon=":material/fact_check:", on_click=_start, args=(store, project, key, total),
            )  # fmt: skip
    return known


def _slot(project: Project) -> str:
    return f"{state.READY}_{project.id}"


def _keep(project: Project, key: str) -> None:
    """Remember what this session has seen last, and let go of what it saw before."""
    before = st.session_state.get(_slot(project), key)
    st.session_state[_slot(project)] = key
    if before != key:
        forget_task(before)


def _start(store: Store, project: Project, key: str, total: int) -> None:
    """Hold the project to all places, beside the page."""
    forget_task(key)  # one that was stopped
    places = load_terms(project.priced_for)

    def work(task: Task[Report]) -> Report:
        return check_project(store, project, places, advance=task.advance)

    start_task(key, work, total=total)


def _show_report(store: Store, project: Project, report: Report) -> None:
    """How many places would take it, a chip for each, and the story of the one that is chosen."""
    known = {found.terms.id: found for found in report}
    verdicts = Counter(found.verdict for found in report)
    st.html(f'<div class="ts-tally">{html.escape(_tally_words(verdicts))}</div>')
    chosen = st.pills(
        t("quality.ready_places"), list(known), default=priced_for(project)[0].id, required=True,
        key=f"ready_place_{project.id}", label_visibility="collapsed",
        format_func=lambda place: f"{_ICONS[known[place].verdict]} {plain(_name_of(place, known))}",
    )  # fmt: skip
    if chosen is not None:
        with st.container(border=True, key="card_ready"):
            _show_story(store, project, known[chosen], _name_of(chosen, known))


def _tally_words(verdicts: Counter[Verdict]) -> str:
    """How many places say what, without those that say nothing."""
    if len(verdicts) == 1:
        (verdict,) = verdicts
        return t(f"quality.ready_all_{verdict}", n=verdicts[verdict])
    some = (t(f"quality.ready_n_{each}", n=verdicts[each]) for each in Verdict if verdicts[each])
    return t("quality.ready_and").join(some)


def _name_of(place: str, known: dict[str, Readiness]) -> str:
    """A place as people call it: most have one name in every language."""
    if place == THIS_COMPUTER:
        return t("place.this_computer")
    return t(f"quality.ready_name_{place}") if place in NAMED else known[place].terms.name


def _show_story(store: Store, project: Project, found: Readiness, name: str) -> None:
    """The verdict, what would be learned, why not all of it, and where the rules come from."""
    st.markdown(f"**{plain(t(f'quality.ready_is_{found.verdict}', place=name))}**")
    _show_learned(found)
    for effect, reasons in groupby(found.reasons, key=lambda reason: reason.effect):
        show_note(t(f"quality.ready_effect_{effect}"))
        for reason in reasons:
            _show_reason(store, project, found.terms.id, reason)
    _show_terms(found)


def _show_learned(found: Readiness) -> None:
    """What would be learned; where the file would be refused, what is left without the faults."""
    tally = found.tally
    about = "" if found.terms.exact else "≈ "
    words = "rest" if found.verdict is Verdict.REFUSED else "learned"
    facts = [
        t("count.replies", n=tally.replies),
        t("quality.ready_tokens", about=about, n=found.tokens),
    ]
    if tally.switched_off:
        facts.append(t("quality.ready_off", n=tally.switched_off))
    said = t(f"quality.ready_{words}", what=t("quality.ready_and").join(facts))
    why = [
        marked("warning", t(f"count.dropped_{reason}", n=count))
        for reason, count in tally.reasons.most_common()
    ]
    st.html(f"<div>{html.escape(said)}</div>" + "".join(why))


def _show_reason(store: Store, project: Project, place: str, reason: Reason) -> None:
    """What it is, what to do, and the ways to the examples it is about."""
    title, do = _words_of(reason)
    title += f" · {t('count.examples', n=reason.examples)}" if reason.examples else ""
    st.html(
        f'<div class="ts-finding"><i class="ts-dot {_DOTS.get(reason.effect, "warning")}"></i>'
        f"<b>{html.escape(title)}</b><small>{html.escape(do)}</small></div>"
    )
    key = f"{place}_{reason.code}_{reason.what}"
    with st.container(horizontal=True, gap="medium"):
        if reason.rows and st.button(
            t("editor.show"), key=f"ready_show_{key}", type="tertiary",
            icon=":material/arrow_forward:",
        ):  # fmt: skip
            _go_to(store, project, reason)
        if reason.code in FIXES:
            st.button(
                t("editor.fix_all"), key=f"ready_fix_{key}", type="tertiary",
                icon=":material/auto_fix_high:", help=t(f"finding.{reason.code}.fix"),
                on_click=mend, args=(store, project, reason.code),
            )  # fmt: skip


def _words_of(reason: Reason) -> tuple[str, str]:
    """The title and what to do: of our own codes with what they are about, of findings theirs."""
    code = reason.code
    if code not in OWN_CODES:
        return t(f"finding.{code}.title"), t(f"finding.{code}.do")
    number = size(reason.number) if code == TOO_LARGE else f"{reason.number:,}"
    return (
        t(f"quality.ready_{code}", what=reason.what),
        t(f"quality.ready_{code}_do", what=reason.what, number=number),
    )


def _go_to(store: Store, project: Project, reason: Reason) -> None:
    """The first example that it is about, among all that have this finding where rows keep it."""
    kept = {found.code for found in store.count_findings(project.id)}
    narrow(Query(code=reason.code) if reason.code in kept else Query())
    st.session_state[state.OPEN_EXAMPLE] = reason.rows[0]
    go_to("editor")


def _show_terms(found: Readiness) -> None:
    """What the place takes and reads, where that was read, and how sure it is."""
    terms, source = found.terms, found.terms.source
    facts = [size(found.file_bytes), t("quality.ready_least", n=terms.min_examples)]
    if terms.token_limit is not None:
        facts.append(t("quality.ready_limit", n=terms.token_limit))
    if terms.model:
        facts.append(t("quality.ready_model", model=terms.model))
    show_note(" · ".join(facts))
    said = html.escape(t(f"quality.ready_sure_{source.sure}", day=source.as_of))
    if source.url:
        url, host = html.escape(source.url), html.escape(urlsplit(source.url).netloc)
        said += f' <a href="{url}" target="_blank" rel="noopener">{host}</a>'
    st.html(f'<div class="ts-soft ts-source">{said}</div>')
