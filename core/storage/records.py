"""What goes into the database and comes out of it, as frozen values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.counts import TokenCount
from core.examples import Example
from core.findings import Severity


@dataclass(frozen=True, slots=True)
class Project:
    """A dataset with its name; `priced_for` is "profile:model", times are UTC.

    checks: settings for its checks as JSON text, "" for ours; checked_as: the fingerprint of those
    under which the findings of all rows were made; revision: counts what is written to its rows;
    spend_limit: US dollars that all its jobs together may cost, None for no limit.
    """

    id: str
    name: str
    system_prompt: str
    priced_for: str
    template: str
    created_at: datetime
    edited_at: datetime
    examples: int
    checks: str = ""
    checked_as: str = ""
    revision: int = 0
    spend_limit: float | None = None


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How often a finding stands in one example, or (summed) in a project's `rows` examples."""

    code: str
    severity: Severity
    detail: str
    count: int
    rows: int = 1


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What checking and counting one example said; `tokens` by encoding.

    checked_as: the fingerprint of the checks that were applied.
    """

    findings: tuple[FindingCount, ...] = ()
    tokens: Mapping[str, TokenCount] = field(default_factory=dict)
    checked_as: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A stored example; `number` is its place in the project from 1, 0 where it was not asked for.

    `tokens` is None where the encoding asked for is not counted yet.
    """

    id: int
    number: int
    example: Example
    tokens: TokenCount | None = None
    findings: tuple[FindingCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Put:
    """An example to be stored: over row `id`, or new (None) after row `after`, or at the end.

    New rows after the same row keep the order they are given in.
    """

    example: Example
    facts: RowFacts
    id: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Amend:
    """A row to be changed as it stands when its turn comes, whoever changed it a moment ago.

    skip_missing: a row that is gone by then is passed over; else it fails the whole change.
    """

    id: int
    edit: Callable[[Example], Example]
    facts_of: Callable[[Example], RowFacts]
    skip_missing: bool = False


@dataclass(frozen=True, slots=True)
class Remove:
    """A row to be taken out, `unless` something holds of it as it stands when its turn comes."""

    id: int
    unless: Callable[[Example], bool] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One undoable step: what, with which params, by whom, when (UTC), to how many rows.

    `undoes` is the change that an undo (or redo) is about; `undone` is true while it is undone.
    `prompt` is the system prompt before and after, None where it is the same. `key` names the visit
    to a cell, or the paste, that the change came from.
    """

    id: int
    project_id: str
    kind: str
    params: dict[str, Any]
    by: str
    at: datetime
    rows: int
    undone: bool = False
    undoes: int | None = None
    prompt: tuple[str, str] | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """One row of a change, `number` in it; `before` None: it was added, `after` None: removed."""

    number: int
    example_id: int
    before: Example | None
    after: Example | None


@dataclass(frozen=True, slots=True)
class Version:
    """A project as it stood once, under a name; `size` is how many bytes it takes up here."""

    id: int
    project_id: str
    name: str
    created_at: datetime
    examples: int
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a project's rows: those in this state of review, those held out or not.

    None: whatever they are.
    """

    review: str | None = None
    held_out: bool | None = None


@dataclass(frozen=True, slots=True)
class PartCount:
    """What a part of a project holds.

    size: bytes of its rows as lines of a file; inheriting: rows without a system message in them;
    learned: rows with a reply that is learned from, and `replies` how many of these there are.
    """

    rows: int = 0
    size: int = 0
    inheriting: int = 0
    learned: int = 0
    replies: int = 0


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a row's tokens are reckoned: its own in `encoding`, `inherited` if it has no system
    message of its own, and `added` for every row. `limit`: what the base model takes at most."""

    encoding: str
    inherited: int = 0
    added: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class TokenGroup:
    """How many rows have the same token facts; inheriting rows lack the project's prompt here."""

    inherits: bool
    published: int
    billed: int
    rows: int


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line of an imported file that is no example, or not all of one, kept as it was."""

    source: str
    line: int
    code: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The immutable bytes a job was trained on: their hash, their size in bytes, the examples."""

    sha256: str
    size: int
    examples: int
    created_at: datetime
