"""The form for a brand rule: a new one, or one that is being changed."""

from __future__ import annotations

import streamlit as st

from core.brand.patterns import check_pattern
from core.brand.values import (
    AVOID,
    KINDS,
    PATTERN,
    PREFER,
    REPLACING,
    STYLE,
    STYLES,
    BrandRule,
    with_rule,
    write_rule,
)  # fmt: skip
from core.errors import TonesmithError
from core.storage import Project, Store
from core.voice.measures import replies_of
from ui import state
from ui.brand_keeping import Rules, change_brand
from ui.parts import show_note
from ui.text import markdown_for, t

_SAMPLES = 200  # replies that a new pattern is tried on


def show_form(store: Store, project: Project) -> None:
    """A new rule, or one that is being changed."""
    editing: BrandRule | None = st.session_state.get(state.BRAND_EDITED)
    round_ = st.session_state.get(state.BRAND_ROUND, 0)
    shown = editing or BrandRule(AVOID, "")
    with st.container(border=True, key="card_brand_form"):
        st.subheader(t("quality.brand_change" if editing else "quality.brand_new"))
        kind = st.selectbox(
            t("quality.brand_kind"), KINDS, index=KINDS.index(shown.kind),
            key=f"brand_kind_{round_}", format_func=lambda each: t(f"quality.brand_kind_{each}"),
            help=t("quality.brand_about"),
        )  # fmt: skip
        show_note(t(f"quality.brand_help_{kind}"))
        rule = _show_fields(str(kind), shown, round_)
        with st.container(horizontal=True):
            if st.button(t("quality.brand_keep" if editing else "quality.brand_add"),
                         key="brand_add", type="primary"):  # fmt: skip
                _keep(store, project, rule, editing)
            if editing:
                st.button(t("quality.brand_cancel"), key="brand_cancel", on_click=_begin_anew)


def _show_fields(kind: str, shown: BrandRule, round_: int) -> tuple[str, str, str, bool]:
    """The fields that this kind of rule has, as they are filled in: as `write_rule` takes them."""
    key = f"{kind}_{round_}"
    if kind == STYLE:
        styles = list(STYLES)
        style = st.radio(
            t("quality.brand_style"), styles, key=f"brand_style_{key}",
            index=styles.index(shown.text) if shown.text in styles else 0,
            format_func=lambda each: t(f"quality.brand_style_{each}"),
        )  # fmt: skip
        return kind, str(style), "", False
    same = shown.kind == kind
    left, right = st.columns(2)
    text = left.text_input(t(f"quality.brand_text_{kind}"), shown.text if same else "",
                           key=f"brand_text_{key}")  # fmt: skip
    if kind not in REPLACING:
        return kind, text, "", False
    words = t("quality.brand_instead" if kind == PREFER else "quality.brand_instead_maybe")
    instead = right.text_input(words, shown.instead if same else "", key=f"brand_instead_{key}")
    match_case = st.checkbox(
        t("quality.brand_match_case"), shown.match_case if same else False,
        key=f"brand_case_{key}", help=t("quality.brand_match_case_help"),
    )  # fmt: skip
    return kind, text, instead, match_case


def _keep(
    store: Store, project: Project, said: tuple[str, str, str, bool], old: BrandRule | None
) -> None:
    """Take the rule into the list, or say why it cannot be one."""
    kind, text, instead, match_case = said
    try:
        rule = write_rule(kind, text, instead, match_case=match_case)
        if kind == PATTERN:
            rows = store.load_rows(project.id, limit=_SAMPLES)
            check_pattern(rule, (text for row in rows for text in replies_of(row.example)))
        change_brand(store, project, lambda rules: _placed(rules, rule, old))
    except TonesmithError as problem:
        st.error(markdown_for(problem))
        return
    _begin_anew()
    st.rerun()


def _placed(rules: Rules, rule: BrandRule, old: BrandRule | None) -> Rules:
    """The rules with one more, or in the place of the one that was changed."""
    if old not in rules:
        return with_rule(rules, rule)
    return tuple(dict.fromkeys(rule if each == old else each for each in rules))


def _begin_anew() -> None:
    st.session_state.pop(state.BRAND_EDITED, None)
    st.session_state[state.BRAND_ROUND] = st.session_state.get(state.BRAND_ROUND, 0) + 1


def edit_rule(rule: BrandRule) -> None:
    """Put a rule into the form."""
    _begin_anew()
    st.session_state[state.BRAND_EDITED] = rule
