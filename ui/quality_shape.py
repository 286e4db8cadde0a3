"""The shape of the set: what there is how often, each as a picture whose title says what to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

import streamlit as st

from core.editing import priced_for
from core.lenses.lengths import bounds_of
from core.lenses.shape import KIND, LENGTH, SCRIPT, TAG, UNTAGGED, Shape, Share, Value
from core.queries import PARTS, Query
from core.storage import Project, Store
from core.survey import Survey
from ui.enough import show_enough
from ui.found import narrow
from ui.frame import go_to
from ui.parts import show_empty, show_marked, show_note
from ui.quality_sameness import show_odd_instructions, show_same_replies
from ui.shares import Bar, percent, show_shares
from ui.survey import survey_key
from ui.tasks import is_running
from ui.text import plain, t, visible

MOST_BARS = 10  # in one picture
_MOST = 0.5  # of all: from here on one value is what most are
_NEARLY_ALL = 0.9

Titled: TypeAlias = Callable[[Sequence[Share], int], str]


def show_shape(store: Store, project: Project, survey: Survey) -> None:
    """The section: enough examples, what they are made of, and where they say too much the same."""
    shape = survey.lens(Shape)
    if not project.examples:
        show_empty(t("quality.shape_empty"))
        if st.button(t("editor.menu"), key="shape_write", icon=":material/edit_note:"):
            go_to("editor")
        return
    if not survey.is_built or is_running(survey_key(project)):
        show_note(t("quality.shape_not_yet"))
        return
    with _card("enough"):
        show_enough(shape.training, priced_for(project)[0].min_examples)
    show_same_replies(store, project, survey)
    show_odd_instructions(store, project, survey)
    left, right = st.columns(2, gap="medium")
    with left:
        _show_parts(shape, survey)
        _show_aspect(shape, survey, SCRIPT)
        _show_aspect(shape, survey, LENGTH)
    with right:
        _show_aspect(shape, survey, KIND)
        _show_aspect(shape, survey, TAG)


def _card(name: str) -> AbstractContextManager[Any]:
    return st.container(border=True, key=f"card_shape_{name}")


def _show_parts(shape: Shape, survey: Survey) -> None:
    """Training and validation."""
    total, held = shape.training + shape.validation, shape.validation
    with _card("part"):
        share = percent(held, total)
        title = "quality.shape_part_some" if held else "quality.shape_part_none"
        st.subheader(t(title, n=held, share=share))
        bars = [
            Bar(t(f"narrow.part_{part}"), *both)
            for part, both in zip(PARTS, ((shape.training, 0), (0, held)), strict=True)
        ]
        show_shares(bars, total, t("quality.shape_part"))
        _show_advice(survey, "validation_share", "validation_gap")
        if st.button(t("quality.shape_split"), key="shape_split", type="tertiary",
                     icon=":material/call_split:"):  # fmt: skip
            go_to("transfer")


def _show_aspect(shape: Shape, survey: Survey, aspect: str) -> None:
    """One picture, with a way to the examples of each bar."""
    shares, total = shape.shares(aspect), shape.training + shape.validation
    shown = shares[:MOST_BARS]
    with _card(aspect):
        st.subheader(_TITLES[aspect](shares, total))
        show_note(t(f"quality.shape_{aspect}_note"))
        if len(shares) < 2:  # the title says it all
            return
        bars = [Bar(name_of(aspect, each.value), each.training, each.validation) for each in shown]
        show_shares(bars, total, t(f"quality.shape_{aspect}"))
        if len(shares) > len(shown):
            show_note(t("quality.shape_more", n=len(shares) - len(shown)))
        _show_advice(survey, *_ADVICE.get(aspect, ()))
        if aspect in _QUERIES:
            _show_ways(aspect, shown)


def _show_ways(aspect: str, shares: Sequence[Share]) -> None:
    """The table narrowed to what one of the bars stands for."""
    values = [share.value for share in shares if share.value != UNTAGGED]
    chosen = st.menu_button(
        t("editor.show"), values, key=f"shape_show_{aspect}", type="tertiary",
        icon=":material/arrow_forward:", format_func=lambda value: plain(name_of(aspect, value)),
    )  # fmt: skip
    if chosen is not None:
        narrow(_QUERIES[aspect](chosen))
        go_to("editor")


def _show_advice(survey: Survey, *codes: str) -> None:
    """What is found about it, in a sentence."""
    for found in survey.found():
        if found.code in codes:
            what = t(f"finding.{found.code}.what", **dict(found.params))
            todo = t(f"finding.{found.code}.do")
            show_marked("advice", t("ui.sentences", first=what, second=todo))


def name_of(aspect: str, value: Value) -> str:
    """A value in words; a tag is a word already."""
    if aspect == LENGTH and isinstance(value, int):
        first, last = bounds_of(value)
        return f"{first} – {last}" if last else t("quality.shape_length_over", n=first - 1)
    if value == UNTAGGED:
        return t(f"quality.shape_{aspect}_none")
    words = {SCRIPT: "narrow.script_", KIND: "quality.shape_kind_"}.get(aspect)
    return t(f"{words}{value}") if words else visible(str(value))


def _title_of_kinds(shares: Sequence[Share], total: int) -> str:
    first = shares[0]
    level = "most" if first.rows > _MOST * total else "first"
    return t(f"quality.shape_kind_{level}", kind=name_of(KIND, first.value))


def _title_of_languages(shares: Sequence[Share], total: int) -> str:
    first, language = shares[0], name_of(SCRIPT, shares[0].value)
    if first.rows == total:
        return t("quality.shape_script_all", name=language)
    level = "nearly" if first.rows >= _NEARLY_ALL * total else "several"
    return t(f"quality.shape_script_{level}", name=language, share=percent(first.rows, total))


def _title_of_lengths(shares: Sequence[Share], total: int) -> str:
    if not shares:
        return t("quality.shape_length_no")
    most = max(shares, key=lambda share: share.rows)
    level = "most" if most.rows > _MOST * total else "first"
    return t(f"quality.shape_length_{level}", words=name_of(LENGTH, most.value))


def _title_of_tags(shares: Sequence[Share], total: int) -> str:
    if _only_untagged(shares):
        return t("quality.shape_tag_no")
    first = next(share for share in shares if share.value != UNTAGGED)
    tag = plain(name_of(TAG, first.value))
    return t("quality.shape_tag_first", tag=tag, share=percent(first.rows, total))


def _only_untagged(shares: Sequence[Share]) -> bool:
    return [share.value for share in shares] == [UNTAGGED]


_TITLES: Mapping[str, Titled] = {
    KIND: _title_of_kinds,
    SCRIPT: _title_of_languages,
    LENGTH: _title_of_lengths,
    TAG: _title_of_tags,
}
_ADVICE = {TAG: ("unbalanced_tags",), SCRIPT: ("unbalanced_languages",)}
_QUERIES: Mapping[str, Callable[[Value], Query]] = {
    TAG: lambda value: Query(tag=str(value)),
    SCRIPT: lambda value: Query(script=str(value)),
}
