"""What there is to choose in each dialog about many rows, and the act that it comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import streamlit as st

from core.bulk import (
    Act,
    count_fixes,
    deleting,
    deleting_copies,
    fixing,
    holding_out,
    instructing,
    replacing,
    reviewing,
    tagging,
)
from core.copies import find_copies, find_spares
from core.editing import checks_in, priced_for
from core.lenses.look_alikes import NEAR_DUPLICATE
from core.queries import Query
from core.replacing import LONGEST, WHERE, Replacement
from core.storage import Project, Store
from core.storage.sums import TAG
from core.summary import reckoning_of
from core.survey import survey_of
from core.tasks import Advance
from ui import state
from ui.found import current_query, found_ids
from ui.parts import show_note
from ui.text import t
from ui.works import LARGE

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for: `what` of `CHOICES`, about which rows, once under a `key`.

    picked: the rows were named one by one; else they are all that the table shows. given: what
    else was said, such as `about` where a finding named them and nobody ticked them.
    """

    what: str
    ids: Sequence[int]
    key: str
    picked: bool
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """An act for some rows; `mark` tells what was chosen from anything else."""

    act: Act
    ids: Sequence[int]
    mark: tuple[Any, ...]


Choose: TypeAlias = Callable[[Store, Project, Asked], Choice | None]


def act_of(project: Project, item: Mapping[str, Any]) -> Act:
    """The act that an item of the table says whole."""
    return _ACTS[item["kind"]](project, item)


def remembered(mark: tuple[Any, ...], total: int, work: Callable[[Advance], _T]) -> _T:
    """What `work` found under this mark a moment ago, or finds now while a bar tells how far it is.

    Whoever presses or types something meanwhile ends it: Streamlit then begins anew.
    """
    looks: dict[tuple[Any, ...], Any] = st.session_state.setdefault(state.BULK_LOOKS, {})
    if mark in looks:
        return looks[mark]  # type: ignore[no-any-return]  # what was kept under this mark
    bar = st.progress(0.0, t("bulk.looking")) if total > LARGE else None
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        if bar is not None:
            bar.progress(min(done / total, 1.0), t("bulk.looking"))

    try:
        looks[mark] = found = work(advance)
    finally:
        if bar is not None:
            bar.empty()
    return found


def _given(store: Store, project: Project, asked: Asked) -> Choice:
    """All was said with the press of a button."""
    _show_scope(asked)
    return Choice(act_of(project, asked.given), asked.ids, (asked.key,))


def _instruct(store: Store, project: Project, asked: Asked) -> Choice | None:
    """Instructions of their own, or those that all share."""
    _show_scope(asked)
    which = st.segmented_control(
        t("bulk.which_instructions"), ["own", "shared"], default="own", required=True,
        key=f"bulk_which_{asked.key}", format_func=lambda which: t(f"bulk.instructions_{which}"),
        label_visibility="collapsed",
    )  # fmt: skip
    if which == "shared":
        show_note(project.system_prompt or t("grid.no_instructions"))
        return Choice(instructing(""), asked.ids, (asked.key, "shared"))
    text = st.text_area(
        t("bulk.instructions"), key=f"bulk_text_{asked.key}", height=110,
        placeholder=t("editor.system_prompt_placeholder"),
    )  # fmt: skip
    text = (text or "").strip()
    return Choice(instructing(text), asked.ids, (asked.key, text)) if text else None


def _untag(store: Store, project: Project, asked: Asked) -> Choice | None:
    """Which tag to take off."""
    _show_scope(asked)
    tags = list(store.count_marks(project.id, TAG))
    if not tags:
        show_note(t("bulk.no_tags"))
        return None
    tag = st.selectbox(t("bulk.which_tag"), tags, key=f"bulk_tag_{asked.key}")
    return Choice(tagging(tag, on=False), asked.ids, (asked.key, tag))


def _fix(store: Store, project: Project, asked: Asked) -> Choice | None:
    """Which of the things that can be mended with one press; a finding has said it already."""
    _show_scope(asked)
    code = asked.given.get("code") or _choose_fix(store, project, asked)
    return Choice(fixing(code, checks_in(project)), asked.ids, (asked.key, code)) if code else None


def _choose_fix(store: Store, project: Project, asked: Asked) -> str | None:
    dialect = priced_for(project)[0].dialect
    counts = remembered(
        (asked.key, project.edited_at),
        len(asked.ids),
        lambda advance: count_fixes(store, project, asked.ids, dialect, advance),
    )
    if not counts:
        show_note(t("bulk.no_fixes"))
        return None
    return st.radio(
        t("bulk.which_fix"), list(counts), key=f"bulk_fix_{asked.key}",
        format_func=lambda code: f"{t(f'finding.{code}.title')} · {counts[code]:,}",
        captions=[t(f"finding.{code}.fix") for code in counts],
    )  # fmt: skip


def _copies(store: Store, project: Project, asked: Asked) -> Choice:
    """The copies among all examples, whatever is ticked."""
    reckoning = reckoning_of(project, priced_for(project)[1])
    copies = remembered(
        (asked.key, project.edited_at),
        project.examples,
        lambda advance: find_copies(store, project, reckoning, advance),
    )
    return Choice(deleting_copies(copies), list(copies), (asked.key,))


def _alike(store: Store, project: Project, asked: Asked) -> Choice:
    """Of rows that are nearly the same, those that are not the best of them."""
    pairs = [each.rows for each in survey_of(project).found() if each.code == NEAR_DUPLICATE]
    spares = remembered(
        (asked.key, project.edited_at),
        len(pairs),
        lambda advance: find_spares(store, project, pairs, advance),
    )
    return Choice(deleting_copies(spares), list(spares), (asked.key,))


def _replace(store: Store, project: Project, asked: Asked) -> Choice | None:
    """What to look for, what to put in its place, how, and where."""
    find = _text(asked, "find")
    by = _text(asked, "by")
    with st.container(horizontal=True):
        ways = {
            way: st.checkbox(t(f"bulk.{way}"), key=f"bulk_{way}_{asked.key}")
            for way in ("match_case", "whole_words", "is_pattern")
        }
    if ways["is_pattern"]:
        show_note(t("bulk.pattern_help"))
    where = st.pills(
        t("bulk.where"), WHERE, selection_mode="multi", default=WHERE,
        key=f"bulk_where_{asked.key}", format_func=lambda role: t(f"bulk.where_{role}"),
    )  # fmt: skip
    scope = _choose_scope(asked)
    if not find or not where:
        return None
    replacement = Replacement(find, by, tuple(where), **ways)
    act = replacing(replacement, everywhere=scope == "all")
    return Choice(act, _ids_in(store, project, asked, scope), (asked.key, replacement, scope))


def _text(asked: Asked, name: str) -> str:
    key = f"bulk_{name}_{asked.key}"
    return st.text_input(t(f"bulk.{name}"), key=key, max_chars=LONGEST, live="400ms") or ""


def _choose_scope(asked: Asked) -> str:
    """The rows ticked, those found, or all: as far as there is a difference."""
    scopes = ["picked"] if asked.picked else []
    scopes += ["found"] if current_query().is_narrow else []
    if not scopes:
        return "all"
    return st.segmented_control(
        t("bulk.scope"), [*scopes, "all"], default=scopes[0], required=True,
        key=f"bulk_scope_{asked.key}",
        format_func=lambda scope: t(f"bulk.scope_{scope}", n=len(asked.ids)),
    )  # fmt: skip


def _ids_in(store: Store, project: Project, asked: Asked, scope: str) -> Sequence[int]:
    if scope == "picked":
        return asked.ids
    return shown_ids(store, project) if scope == "found" else all_ids(store, project)


def all_ids(store: Store, project: Project) -> list[int]:
    """All rows in their order."""
    return store.find_rows(project.id, Query(), reckoning_of(project, priced_for(project)[1]))


def shown_ids(store: Store, project: Project) -> list[int]:
    """All rows that the table shows, on whatever page, but for those deleted since it was asked."""
    if current_query().is_plain:
        return all_ids(store, project)
    there = set(all_ids(store, project))
    return [row_id for row_id in found_ids(store, project) if row_id in there]


def _show_scope(asked: Asked) -> None:
    is_found = not asked.picked and current_query().is_narrow
    scope = "picked" if asked.picked else "found" if is_found else "all"
    if asked.given.get("about"):
        scope = "about"
    show_note(t(f"bulk.of_{scope}", n=len(asked.ids)))


_ACTS: Mapping[str, Callable[[Project, Mapping[str, Any]], Act]] = {
    "delete": lambda *_: deleting(),
    "tag": lambda _, item: tagging(str(item["tag"]), on=bool(item["on"])),
    "review": lambda _, item: reviewing(str(item["review"])),
    "hold_out": lambda _, item: holding_out(on=bool(item["on"])),
    "fix": lambda project, item: fixing(str(item["code"]), checks_in(project)),
    "same_instructions": lambda _, item: instructing(str(item["text"])),
}

CHOICES: Mapping[str, Choose] = {
    "delete": _given,
    "tag": _given,
    "review": _given,
    "hold_out": _given,
    "learn_from": _given,
    "instruct": _instruct,
    "same_instructions": _given,
    "untag": _untag,
    "fix": _fix,
    "copies": _copies,
    "alike": _alike,
    "replace": _replace,
}
