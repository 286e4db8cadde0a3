"""All lenses of a project, built once and kept in step with its rows: what they see together.

A survey lives in the server's memory, shared by all who look at the project. Whoever wants to know
something first lets it catch up, which costs as much as was written since.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar

from core.editing import checks_in
from core.examples import Example
from core.lenses.base import Found, Lens, Seen
from core.lenses.instructions import Instructions
from core.lenses.json_shapes import JsonShapes
from core.lenses.look_alikes import LookAlikes
from core.lenses.same_replies import SameReplies
from core.lenses.shape import Shape
from core.rules import Checks
from core.storage import Project, Store
from core.tasks import Advance, unwatched

BATCH = 500  # rows in memory at a time, and between two words about progress
MOST_SURVEYS = 4  # projects of which one is kept
LENSES: tuple[Callable[[Checks], Lens], ...] = (
    lambda _: LookAlikes(),
    SameReplies,
    Instructions,
    lambda _: JsonShapes(),
    Shape,
)
SURVEYED = frozenset(
    {
        "near_duplicate_example",
        "leaked_example",
        "conflicting_replies",
        "repeated_question",
        "one_reply_fits_all",
        "odd_instructions",
        "odd_json_shape",
        "unbalanced_tags",
        "unbalanced_languages",
    }
)  # codes by which a table can be narrowed to what lenses see
_L = TypeVar("_L", bound=Lens)


class Survey:
    """What all rows of a project show together, as far as it has caught up with them.

    Many may ask it at once: they get what it found when it last caught up, and wait for nobody.
    """

    def __init__(self, checks: Checks) -> None:
        self.checks = checks
        self._lenses = [lens(checks) for lens in LENSES]
        self._ids: set[int] = set()
        self._revision = -1
        self._applied: tuple[object, ...] = ()
        self._found: tuple[Found, ...] = ()
        self._seen: tuple[Seen, ...] = ()
        self._catching_up = threading.Lock()

    @property
    def is_built(self) -> bool:
        """Whether it has seen all rows once."""
        return self._revision >= 0

    def lens(self, kind: type[_L]) -> _L:
        """The lens of this kind."""
        return next(lens for lens in self._lenses if isinstance(lens, kind))

    def behind(self, store: Store, project: Project) -> int:
        """How many rows were written that it has not seen."""
        if project.revision == self._revision:
            return 0
        return len(store.changed_since(project.id, self._revision).row_ids)

    def catch_up(self, store: Store, project: Project, advance: Advance = unwatched) -> None:
        """Take in what was written since; `advance` is told rows.

        Raises:
            Stopped: `advance` did; what is seen by then is seen again next time.
        """
        with self._catching_up:
            changed = store.changed_since(project.id, self._revision)
            rows = store.iterate_found(project.id, changed.row_ids)
            while some := [(row.id, row.example) for row in islice(rows, BATCH)]:
                self._put(some)
                advance(len(some))
            if len(self._ids) != changed.examples:
                self._drop(self._ids.difference(store.all_ids(project.id).tolist()))
            self._tell(project)
            self._revision = changed.revision

    def found(self) -> Sequence[Found]:
        """Everything the lenses saw that the project wants to hear of; nothing before it is built.

        Half of the truth would only change again.
        """
        return self._found

    def seen(self) -> Sequence[Seen]:
        """How much of each was found."""
        return self._seen

    def rows_of(self, code: str) -> set[int]:
        """The rows that a finding is about."""
        return {row for each in self.found() if each.code == code for row in each.rows}

    def _put(self, rows: Sequence[tuple[int, Example]]) -> None:
        for lens in self._lenses:
            lens.put(rows)
        self._ids.update(row_id for row_id, _ in rows)
        self._applied = ()

    def _drop(self, row_ids: set[int]) -> None:
        for lens in self._lenses:
            lens.drop(row_ids)
        self._ids -= row_ids
        self._applied = ()

    def _tell(self, project: Project) -> None:
        """Ask the lenses, where the rows, the instructions or the settings are others by now."""
        checks, instructions = self.checks, project.system_prompt
        if self._applied == (checks.judged, instructions):
            return
        self.lens(LookAlikes).set_judged(checks.judged)
        self.lens(Instructions).share(instructions)
        found = [each for lens in self._lenses for each in lens.found() if checks.wants(each.code)]
        with_rows = {each.code for each in found if each.rows}
        counts = Counter(each.code for each in found)
        self._found = tuple(found)
        self._seen = tuple(Seen(code, n, code in with_rows) for code, n in counts.items())
        self._applied = (checks.judged, instructions)


_surveys: dict[str, Survey] = {}
_lock = threading.Lock()


def survey_of(project: Project) -> Survey:
    """The survey of a project under its checks; a new one sees nothing before it catches up."""
    checks = checks_in(project)
    with _lock:
        known = _surveys.pop(project.id, None)
        if known is None or _settings_of(known.checks) != _settings_of(checks):
            known = Survey(checks)
        known.checks = checks
        _surveys[project.id] = known  # the last: what was asked for longest ago is let go
        while len(_surveys) > MOST_SURVEYS:
            del _surveys[next(iter(_surveys))]
        return known


def _settings_of(checks: Checks) -> tuple[object, ...]:
    """What lenses are made with."""
    return checks.off, checks.limits
