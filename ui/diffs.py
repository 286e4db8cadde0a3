"""How a difference looks: what came is underlined, and what went is struck out."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from core.diffs import INSERTED, REMOVED, SAME, Piece, diff_text, shorten
from core.examples import DRAFT, REVIEWS
from core.turn_diffs import ExampleDiff, FactDiff, TurnDiff
from ui.conversation import role_name
from ui.text import t

_TAGS = {REMOVED: "del", INSERTED: "ins"}
_WHOLE = {"added": "ins", "removed": "del"}
NAMED_FACTS = (
    "role", "name", "tool_calls", "tool_call_id", "tools", "tags", "weight", "review", "note",
    "rejected",
)  # fmt: skip
_MARKED_FROM = 0.5  # of two texts is the same
_NOT_LEARNED = {"0", "0.0", "false"}


def show_text_diff(before: str, after: str) -> None:
    """Two texts as one, marked."""
    st.html(f'<div class="ts-diff"><div>{_marked(diff_text(before, after))}</div></div>')


def show_example_diff(found: ExampleDiff) -> None:
    """The turns that differ, with the ones beside them, and what else differs."""
    kinds = {turn.kind for turn in found.turns}
    is_whole = len(kinds) == 1 and not kinds.isdisjoint(_WHOLE)
    parts = [_turns_html(found.turns, is_whole=is_whole), *map(_fact_html, found.facts)]
    if all(turn.kind == "same" for turn in found.turns) and not found.facts:
        parts = [f"<small>{html.escape(t('history.same_text'))}</small>"]
    st.html(f'<div class="ts-diff">{"".join(parts)}</div>')


def sides_of(before: str, after: str) -> tuple[str, str]:
    """Two texts to stand side by side, as HTML, each with its own words marked.

    Where hardly anything is the same, nothing is marked: all of it would be.
    """
    pieces = diff_text(before, after)
    same = sum(len(piece.text) for piece in pieces if piece.kind == SAME)
    if 2 * same < _MARKED_FROM * (len(before) + len(after)):
        return _marked([Piece(SAME, before)]), _marked([Piece(SAME, after)])
    one, other = ([p for p in pieces if p.kind in (SAME, kind)] for kind in (REMOVED, INSERTED))
    return _marked(one), _marked(other)


def _turns_html(turns: Sequence[TurnDiff], *, is_whole: bool) -> str:
    """Of the turns that stayed only those beside a change; how many others, in words.

    is_whole: all of them came, or all went, so that it need not be said of each.
    """
    changed = [n for n, turn in enumerate(turns) if turn.kind != "same"]
    shown = {n + by for n in changed for by in (-1, 0, 1)}
    parts: list[str] = []
    for is_shown, group in groupby(enumerate(turns), key=lambda pair: pair[0] in shown):
        some = [turn for _, turn in group]
        if is_shown:
            parts += [_turn_html(turn, is_named=not is_whole) for turn in some]
        else:
            parts.append(f"<small>{html.escape(t('history.turns_same', n=len(some)))}</small>")
    return "".join(parts)


def _turn_html(turn: TurnDiff, *, is_named: bool) -> str:
    who = html.escape(role_name(turn.role))
    is_named = is_named and turn.kind in _WHOLE
    state = f" · {html.escape(t(f'history.turn_{turn.kind}'))}" if is_named else ""
    facts = "".join(map(_fact_html, turn.facts))
    if not turn.facts and turn.kind == "changed" and all(p.kind == "same" for p in turn.pieces):
        facts = f"<small>{html.escape(t('history.same_text'))}</small>"
    return f'<div class="{turn.kind}"><small>{who}{state}</small>{_text_html(turn)}{facts}</div>'


def _text_html(turn: TurnDiff) -> str:
    """A turn that came or went as a whole is not underlined or struck word by word."""
    tag = _WHOLE.get(turn.kind)
    if tag is None:
        return f"<div>{_marked(turn.pieces)}</div>"
    text = "".join(_cut_html(piece, html.escape(piece.text)) for piece in shorten(turn.pieces))
    return f"<div><{tag}>{text or '…'}</{tag}></div>"


def _fact_html(fact: FactDiff) -> str:
    if fact.name == "weight" and (words := _weight_words(fact)):
        return f"<small>{html.escape(words)}</small>"
    if fact.name == "held_out":
        words = t("history.held_out") if fact.after else t("history.not_held_out")
        return f"<small>{html.escape(words)}</small>"
    known = fact.name in NAMED_FACTS
    name = t(f"history.fact_{fact.name}") if known else fact.name
    pieces = _review_pieces(fact) if fact.name == "review" else fact.pieces
    return f"<div><small>{html.escape(name)}</small><div>{_marked(pieces)}</div></div>"


def _review_pieces(fact: FactDiff) -> Sequence[Piece]:
    """One state in the place of another, each in words; a draft is told as nothing."""
    states = [side or DRAFT for side in (fact.before, fact.after)]
    if not set(states) <= set(REVIEWS):  # a key of the file's own
        return fact.pieces
    was, now = (t(f"review.{state}") for state in states)
    return (Piece(REMOVED, was), Piece(SAME, " "), Piece(INSERTED, now))


def _weight_words(fact: FactDiff) -> str:
    """Whether a reply is learned from, where that is what changed."""
    was, now = (side is None or side not in _NOT_LEARNED for side in (fact.before, fact.after))
    if was == now:
        return ""
    return t("history.learned") if now else t("history.not_learned")


def _marked(pieces: Sequence[Piece]) -> str:
    return "".join(_piece_html(piece) for piece in shorten(pieces))


def _piece_html(piece: Piece) -> str:
    text = html.escape(piece.text)
    tag = _TAGS.get(piece.kind)
    if tag is None:
        return _cut_html(piece, text)
    seen = text.replace("\n", "↵\n")  # else a line break that came or went would not be seen
    return _cut_html(piece, f"<{tag}>{seen}</{tag}>")


def _cut_html(piece: Piece, text: str) -> str:
    if not piece.left_out:
        return text
    words = html.escape(t("history.left_out", n=piece.left_out))
    return f"{text}<small> … {words} … </small>"
