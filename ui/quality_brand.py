"""Brand rules: a list that a marketer keeps, held against every reply and tried at once."""

from __future__ import annotations

import html
from functools import lru_cache

import streamlit as st

from core.brand.matching import CODES, find_quarrels
from core.brand.starters import STARTERS
from core.brand.values import BrandRule
from core.editing import checks_in
from core.examples import ASSISTANT, USER, Example, Message
from core.findings import Finding
from core.fixes import PROJECT_FIXES, apply_fix
from core.queries import Query
from core.rules import Checks, check_example_once
from core.rules.brand import matcher_for
from core.storage import Project, Store
from core.storage.sums import SCRIPT
from core.voice.habits import CHINESE, LATIN
from ui.brand_file import show_file, show_unread
from ui.brand_form import edit_rule, show_form
from ui.brand_keeping import change_brand, save_brand
from ui.brand_words import rule_words
from ui.bulk import mend
from ui.findings import sentence_of
from ui.found import narrow
from ui.frame import go_to
from ui.parts import show_marked, show_note
from ui.text import language, plain, t
from ui.undo import show_brand_back

PAGE = 20  # rules a page


def show_brand(store: Store, project: Project) -> None:
    """The section: what goes against the rules, a new one, all of them, and the file."""
    checks = checks_in(project)
    show_unread()
    if checks.brand:
        _show_found(store, project)
    else:
        _show_empty(store, project)
    show_form(store, project)
    if checks.brand:
        _show_rules(store, project, checks)
        _show_trial(checks)
    show_file(store, project, checks)
    show_brand_back(lambda kept: save_brand(store, *kept))


def _show_empty(store: Store, project: Project) -> None:
    """What the list is for, and rules to begin with."""
    starters = STARTERS[_tongue_of(store, project)]
    with st.container(border=True, key="card_brand_empty"):
        st.subheader(t("quality.brand_empty_title"))
        show_note(t("quality.brand_empty"))
        chips = "".join(
            f'<span class="ts-chip">{html.escape(rule_words(rule))}</span>' for rule in starters
        )
        st.html(f"<div>{chips}</div>")
        st.button(
            t("quality.brand_start", n=len(starters)), key="brand_start", type="primary",
            icon=":material/playlist_add:", on_click=change_brand,
            # The list shows what was added last first, and so those in the order offered here.
            args=(store, project, lambda rules: (*rules, *reversed(starters)),
                  t("quality.brand_started")),
        )  # fmt: skip


def _tongue_of(store: Store, project: Project) -> str:
    """In which language the project is mostly written; without examples, that of the page."""
    scripts = store.count_marks(project.id, SCRIPT)
    if not scripts:
        return CHINESE if language() == "zh" else LATIN
    return CHINESE if scripts.get(CHINESE, 0) >= scripts.get(LATIN, 0) else LATIN


def _show_found(store: Store, project: Project) -> None:
    """How many replies go against the list, by what; with a way there and the repair of all."""
    found = [each for each in store.count_findings(project.id) if each.code in CODES]
    counts = {code: sum(e.count for e in found if e.code == code) for code in CODES}
    with st.container(border=True, key="card_brand_found"):
        if not found:
            show_marked("", t("quality.brand_none"))
        for code in (code for code, count in counts.items() if count):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.html(
                    f'<div class="ts-finding"><i class="ts-dot warning"></i><b>'
                    f"{html.escape(t(f'finding.{code}.title'))} · {counts[code]:,}</b></div>",
                    width="stretch",
                )
                if st.button(t("editor.show"), key=f"brand_show_{code}", type="tertiary",
                             icon=":material/arrow_forward:"):  # fmt: skip
                    narrow(Query(code=code))
                    go_to("editor")
                if code in PROJECT_FIXES:
                    st.button(t("editor.fix_all"), key=f"brand_fix_{code}", type="tertiary",
                              icon=":material/auto_fix_high:", on_click=mend,
                              args=(store, project, code))  # fmt: skip


def _show_rules(store: Store, project: Project, checks: Checks) -> None:
    """The list, a page of it, with what does not go together."""
    with st.container(border=True, key="card_brand_rules"):
        st.subheader(t("quality.brand_rules", n=len(checks.brand)))
        _show_faults(checks)
        rules = list(reversed(checks.brand))  # the one that was just added is in sight
        pages = -(-len(rules) // PAGE)
        page = st.pagination(pages, key="brand_page") if pages > 1 else 1
        for at, rule in enumerate(rules[(page - 1) * PAGE : page * PAGE]):
            _show_rule(store, project, rule, at)


def _show_rule(store: Store, project: Project, rule: BrandRule, at: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small",
                      key=f"rule_{at}"):  # fmt: skip
        st.html(
            f'<span class="ts-chip">{html.escape(t(f"quality.brand_kind_{rule.kind}"))}</span> '
            f"{html.escape(rule_words(rule))}",
            width="stretch",
        )
        st.button("", icon=":material/edit:", key=f"rule_edit_{at}", type="tertiary",
                  help=t("quality.brand_edit"), on_click=edit_rule, args=(rule,))  # fmt: skip
        st.button(
            "", icon=":material/delete:", key=f"rule_delete_{at}", type="tertiary",
            help=t("quality.brand_delete"), on_click=change_brand,
            args=(store, project, lambda rules: tuple(each for each in rules if each != rule),
                  t("quality.brand_deleted", rule=plain(rule_words(rule)))),
        )  # fmt: skip


def _show_faults(checks: Checks) -> None:
    """Rules that quarrel, and patterns that were too slow to go on with."""
    for rule, other in _quarrels(checks)[:3]:
        show_marked(
            "warning",
            t("quality.brand_quarrel", rule=rule_words(rule), other=rule_words(other)),
        )
    for rule in matcher_for(checks).slow:
        show_marked("warning", t("quality.brand_slow", text=rule.text))


@lru_cache(maxsize=16)
def _quarrels(checks: Checks) -> tuple[tuple[BrandRule, BrandRule], ...]:
    return find_quarrels(checks.brand)


def _show_trial(checks: Checks) -> None:
    """A sentence to try the rules on; nothing of it is kept."""
    with st.expander(t("quality.brand_try")):
        text = st.text_area(t("quality.brand_try_label"), key="brand_trial",
                            placeholder=t("quality.brand_try_placeholder"))  # fmt: skip
        if not text.strip():
            return
        example = Example((Message.of(USER, "…"), Message.of(ASSISTANT, text)))
        found = _brand_findings(example, checks)
        if not found:
            show_marked("", t("quality.brand_try_none"))
        for sentence in dict.fromkeys(map(sentence_of, found)):
            show_marked("warning", sentence)
        mended = example
        for code in PROJECT_FIXES:
            mended = apply_fix(code, mended, checks)
        if mended != example:
            st.text(mended.messages[-1].text)


def _brand_findings(example: Example, checks: Checks) -> list[Finding]:
    return [found for found in check_example_once(example, checks) if found.code in CODES]
