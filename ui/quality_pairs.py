"""Examples that ask the same, side by side: which to keep, which are fine as they are."""

from __future__ import annotations

import html
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from core.bulk import Act, deleting, holding_out
from core.copies import still_holds
from core.editing import change_checks, checks_in
from core.errors import NotFound, TonesmithError
from core.history import tell_change
from core.lenses.base import Found
from core.lenses.look_alikes import CODES, CONFLICTING, LEAKED, MOST, NEAR_DUPLICATE, LookAlikes
from core.lenses.questions import read_asked
from core.rules.codes import SEVERITIES
from core.storage import Project, Row, Store
from core.survey import Survey
from ui import state
from ui.bulk import ask
from ui.changes import change_words
from ui.diffs import sides_of
from ui.found import look_again
from ui.frame import go_to, say_next_run
from ui.parts import show_empty, show_note
from ui.text import markdown_for, plain, t, visible
from ui.undo import offer_judged, offer_undo, show_judged_back, withdraw_undo
from ui.works import do_act

PAGE = 8  # pairs a page
_ALL = "all"
_REPLIES = ((100, "same"), (85, "near"), (60, "most"), (43, "half"), (25, "third"), (0, "little"))


def show_pairs(store: Store, project: Project, survey: Survey) -> None:
    """The section: the pairs, the most suspicious first, by kind and by page."""
    pairs = [each for each in survey.found() if each.code in CODES]
    if not survey.is_built and project.examples:
        show_note(t("quality.pairs_not_yet"))
    elif not pairs:
        _show_none(project)
    else:
        _show_some(store, project, survey, pairs)
    _show_judged(store, project)
    show_judged_back(lambda judged: _judge(store, *judged, fine=False))


def _show_none(project: Project) -> None:
    with st.container(border=True, key="card_empty_pairs"):
        if project.examples < 2:
            show_empty(t("quality.pairs_empty"))
            if st.button(t("editor.menu"), key="pairs_write", icon=":material/edit_note:"):
                go_to("editor")
            return
        st.subheader(t("quality.pairs_none_title"))
        show_empty(t("quality.pairs_none"))


def _show_some(store: Store, project: Project, survey: Survey, pairs: Sequence[Found]) -> None:
    pairs = sorted(pairs, key=lambda pair: -pair.score)
    counts = Counter(pair.code for pair in pairs)
    kind = _choose_kind(counts)
    if counts[NEAR_DUPLICATE] and kind in (_ALL, NEAR_DUPLICATE):
        st.button(
            t("quality.pairs_keep_each"), key="pairs_keep_each", icon=":material/filter_1:",
            help=t("quality.pairs_keep_each_help"), on_click=_keep_each, args=(store, project),
        )  # fmt: skip
    shown = [pair for pair in pairs if kind in (_ALL, pair.code)]
    pages = -(-len(shown) // PAGE)
    page = st.pagination(pages, key=f"pairs_page_{kind}") if pages > 1 else 1
    for pair in shown[(page - 1) * PAGE : page * PAGE]:
        _show_pair(store, project, survey, pair)
    if crowded := survey.lens(LookAlikes).crowded:
        show_note(t("quality.pairs_crowded", n=crowded, most=MOST))


def _choose_kind(counts: Counter[str]) -> str:
    """All of them, or one kind of those there are."""
    kinds = [_ALL, *(code for code in CODES if counts[code])]
    if st.session_state.get(state.PAIRS_KIND) not in kinds:
        st.session_state[state.PAIRS_KIND] = _ALL

    def words(kind: str) -> str:
        name = t("quality.pairs_all") if kind == _ALL else t(f"finding.{kind}.title")
        n = counts.total() if kind == _ALL else counts[kind]
        return t("quality.pairs_of", kind=name, n=n)

    return str(st.pills(
        t("quality.pairs_kind"), kinds, key=state.PAIRS_KIND, required=True, format_func=words,
        label_visibility="collapsed",
    ))  # fmt: skip


def _show_pair(store: Store, project: Project, survey: Survey, pair: Found) -> None:
    rows = store.load_found(project.id, pair.rows)
    if len(rows) < 2:  # deleted a moment ago
        return
    one, other = rows
    asked, answered = (read_asked(row.example) for row in rows)
    parts = zip(("question", "reply", "instructions"), asked, answered, strict=True)
    texts = [(part, *sides_of(visible(a), visible(b))) for part, a, b in parts
             if part != "instructions" or a != b]  # fmt: skip
    name = f"{one.id}_{other.id}"
    with st.container(border=True, key=f"card_pair_{name}"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"head_{name}"):
            _show_head(pair)
            _show_verdicts(store, project, survey, pair, name)
        left, right = st.columns(2, gap="medium")
        with left:
            _show_side(store, project, pair, one, other, [(part, text) for part, text, _ in texts])
        with right:
            _show_side(store, project, pair, other, one, [(part, text) for part, _, text in texts])


def _show_head(pair: Found) -> None:
    """What kind of pair it is, why, and how much the two have in common."""
    said = dict(pair.params)
    reason = t(f"quality.pairs_{said['reason']}") if pair.code == CONFLICTING else ""
    alike = _alike_words(int(said["question"]), int(said["reply"]))
    title = html.escape(t(f"finding.{pair.code}.title"))
    severity = SEVERITIES[pair.code]
    st.html(
        f'<div class="ts-pair"><i class="ts-dot {severity}"></i><b>{title}</b>'
        f"{html.escape(reason)} <small>{html.escape(alike)}</small></div>"
    )


def _alike_words(question: int, reply: int) -> str:
    """How much the questions and the replies have in common, of percents in round words."""
    asked = "same" if question == 100 else "near"
    level = next(level for least, level in _REPLIES if reply >= least)
    return t(
        "quality.pairs_alike",
        question=t(f"quality.pairs_question_{asked}"),
        reply=t(f"quality.pairs_reply_{level}"),
    )


def _show_side(
    store: Store,
    project: Project,
    pair: Found,
    row: Row,
    other: Row,
    texts: Sequence[tuple[str, str]],
) -> None:
    """One of the two, with what can be done about it."""
    try:
        number = store.find_number(project.id, row.id)
    except NotFound:
        return
    part = "validation" if row.example.held_out else "training"
    said = f"{t('quality.pairs_side', n=number)} · {t(f'quality.pairs_{part}')}"
    body = "".join(
        f"<small>{html.escape(t(f'quality.pairs_{name}'))}</small><div>{text or '…'}</div>"
        for name, text in texts
    )
    st.html(f'<div class="ts-side"><b>{html.escape(said)}</b>{body}</div>')
    key = f"{row.id}_{other.id}"
    with st.container(horizontal=True, gap="small"):
        st.button(
            t("quality.pairs_keep"), key=f"keep_{key}", icon=":material/check:",
            on_click=_keep, args=(store, project, pair, other.id),
        )  # fmt: skip
        if st.button(t("quality.pairs_open"), key=f"open_{key}", type="tertiary",
                     icon=":material/open_in_new:"):  # fmt: skip
            st.session_state[state.OPEN_EXAMPLE] = row.id
            go_to("editor")


def _show_verdicts(store: Store, project: Project, survey: Survey, pair: Found, name: str) -> None:
    """What can be said of both at once."""
    digest = survey.lens(LookAlikes).digest_of(pair)

    def fine() -> None:
        _judge(store, project.id, digest, fine=True)
        offer_judged(project, digest, t("quality.pairs_called_fine"))

    with st.container(horizontal=True, gap="small", width="content"):
        if pair.code == LEAKED:
            for side, held_out in (("training", False), ("validation", True)):
                st.button(
                    t(f"quality.pairs_to_{side}"), key=f"{side}_{name}", type="tertiary",
                    on_click=_act, args=(store, project, pair.rows, holding_out(on=held_out)),
                )  # fmt: skip
        st.button(
            t("quality.pairs_fine"), key=f"fine_{name}", type="tertiary",
            icon=":material/thumb_up:", on_click=fine,
        )  # fmt: skip


def _keep(store: Store, project: Project, pair: Found, spare: int) -> None:
    """Delete the other of the two, unless either says something else by now."""
    if still_holds(store, project, pair):
        _act(store, project, [spare], deleting())
    else:
        withdraw_undo()
        say_next_run(t("quality.pairs_no_more"))


def _act(store: Store, project: Project, row_ids: Sequence[int], act: Act) -> None:
    """Do it, and offer to take it back."""
    withdraw_undo()
    try:
        change = do_act(store, project, row_ids, act, secrets.token_hex(8))
    except TonesmithError as problem:
        say_next_run(markdown_for(problem), is_bad=True)
        return
    if change is not None:
        offer_undo(change, plain(change_words(tell_change(change))))
    look_again()


def _keep_each(store: Store, project: Project) -> None:
    ask(store, project, {"kind": "ask", "what": "alike", "rows": [], "key": secrets.token_hex(8)})


def _judge(store: Store, project_id: str, digest: str, *, fine: bool) -> None:
    """Remember that a pair is fine, or ask about it again; other settings stay as they are."""
    _change_judged(
        store, project_id, lambda judged: judged | {digest} if fine else judged - {digest}
    )


def _change_judged(
    store: Store, project_id: str, change: Callable[[frozenset[str]], frozenset[str]]
) -> None:
    change_checks(
        store,
        store.load_project(project_id),
        lambda checks: replace(checks, judged=change(checks.judged)),
    )


def _show_judged(store: Store, project: Project) -> None:
    """How many pairs are fine, and a way to see them again."""
    judged = checks_in(project).judged
    if judged:
        with st.container(horizontal=True, vertical_alignment="center"):
            show_note(t("quality.pairs_judged", n=len(judged)), inline=True)
            st.button(
                t("quality.pairs_ask_again"), key="pairs_ask_again", type="tertiary",
                on_click=_change_judged, args=(store, project.id, lambda _: frozenset()),
            )  # fmt: skip
