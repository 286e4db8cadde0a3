"""What a change is called: a code and the facts for its sentence, never the words."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.examples import ASSISTANT, REVIEWS, SYSTEM, USER, Example
from core.storage import Change
from core.turn_diffs import TurnDiff, diff_examples

# By kind, the params of a change that its sentence tells.
_KINDS: dict[str, tuple[str, ...]] = {
    "add": (),
    "delete": (),
    "delete_duplicates": (),
    "duplicate": (),
    "edit": (),
    "fill": (),
    "fix": ("code",),
    "hold_out": (),
    "import": ("source",),
    "inherit": (),
    "instruct": (),
    "learn_from": (),
    "note": (),
    "paste": (),
    "redo": (),
    "replace": ("find", "by"),
    "restore": ("name",),
    "review": (),
    "split": (),
    "system_prompt": (),
    "tag": ("tag",),
    "template": (),
    "undo": (),
    "untag": ("tag",),
}
_PARTS = {SYSTEM, USER, ASSISTANT}
TURNS = "turns"
OTHER = "other"
CODES = (
    *_KINDS,
    *(f"edit_{part}" for part in sorted({*_PARTS, TURNS})),
    *(f"review_{review}" for review in REVIEWS),
    OTHER,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A change as the sentence under `code`, about `n` rows."""

    code: str
    n: int
    params: dict[str, str] = field(default_factory=dict)


def tell_change(change: Change, part: str = "") -> Told:
    """What a change did; `part` says which part of its only example, as `find_part` found it.

    A kind we do not know, as a newer version may have written it, is told as some change.
    """
    if change.kind == "edit" and change.rows == 1 and (part or _column(change)):
        return Told(f"edit_{part or _column(change)}", 1)
    if change.kind == "review" and change.params.get("review") in REVIEWS:
        return Told(f"review_{change.params['review']}", change.rows)
    if change.kind not in _KINDS:
        only_prompt = change.rows == 0 and change.prompt is not None
        return Told("system_prompt" if only_prompt else OTHER, change.rows)
    params = {name: str(change.params.get(name, "")) for name in _KINDS[change.kind]}
    return Told(change.kind, _rows(change), params)


def find_part(before: Example, after: Example) -> str:
    """The only part of an example that differs: a role whose text does, or "turns"; else ""."""
    found = diff_examples(before, after)
    changed = [turn for turn in found.turns if turn.kind != "same"]
    if any(fact.name != "review" for fact in found.facts) or not changed:  # rewritten, it reopens
        return ""
    if all(turn.role == SYSTEM for turn in changed):
        return SYSTEM
    if any(turn.kind != "changed" for turn in changed):
        return TURNS
    return _only_text(changed)


def _only_text(changed: list[TurnDiff]) -> str:
    roles = {turn.role or "" for turn in changed}
    told = len(changed) == 1 and not changed[0].facts and roles <= _PARTS
    return roles.pop() if told else ""


def _column(change: Change) -> str:
    column = str(change.params.get("column", ""))
    return column if column in {*_PARTS, TURNS} else ""


def _rows(change: Change) -> int:
    """Of a paste its own rows are told: one that holds what was there already changed fewer."""
    pasted = change.params.get("rows") if change.kind == "paste" else None
    return pasted if isinstance(pasted, int) else change.rows
