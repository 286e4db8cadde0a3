"""Learning a voice from a project's examples, and holding all examples against it."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import exp, log
from statistics import median, quantiles

from core.editing import change_checks
from core.examples import APPROVED, USER, Example
from core.storage import Part, Project, Store
from core.tasks import Advance, unwatched
from core.voice.distance import ENOUGH, distance_of
from core.voice.habits import CHINESE, HABITS, LATIN
from core.voice.measures import MEASURES, Measured, measure_example, replies_of
from core.voice.values import Spread, Tongue, Voice
from core.voice.words import Sayings, favourites

STEP = 500  # rows between two words about progress
FARTHEST = 50  # examples that are kept by name
BINS = 20  # of a distance of 0.1 each; the last takes all that is farther
_BIN = 0.1
_FOR_WORDS = 2_000  # examples whose words are counted; more would tell the same
_COMPARABLE = 0.6745  # makes a median deviation comparable to a standard deviation


@dataclass(frozen=True, slots=True)
class Far:
    """An example and its distance from the voice."""

    row_id: int
    far: float


@dataclass(frozen=True, slots=True)
class Distances:
    """How far all examples are: how many of them by distance, and those farthest off.

    bins: of `BINS` equal parts of what is shown; unheard: examples that cannot be compared, as
    they say nothing in words or none in a writing that the voice knows.
    """

    bins: tuple[int, ...]
    farthest: tuple[Far, ...]
    unheard: int

    @property
    def heard(self) -> int:
        """How many were compared."""
        return sum(self.bins)


class Listener:
    """Takes in one example after another; `voices` are what it has learned."""

    def __init__(self) -> None:
        self._heard: dict[str, list[Measured]] = {LATIN: [], CHINESE: []}
        self._replies = {name: Sayings(name) for name in HABITS}
        self._questions = {name: Sayings(name) for name in HABITS}

    def hear(self, example: Example) -> None:
        """Learn from the replies of one example."""
        measured = measure_example(example)
        if measured is None:
            return
        heard = self._heard[measured.tongue]
        heard.append(measured)
        if len(heard) <= _FOR_WORDS:
            self._replies[measured.tongue].add("\n".join(replies_of(example)))
            asked = (message.text for message in example.messages if message.role == USER)
            self._questions[measured.tongue].add("\n".join(asked))

    def tongues(self) -> Iterator[Tongue]:
        """How each kind of writing sounds of which there is enough."""
        for name, heard in self._heard.items():
            if len(heard) >= ENOUGH:
                yield self._tongue(name, heard)

    def _tongue(self, name: str, heard: Sequence[Measured]) -> Tongue:
        counts = Counter(habit for measured in heard for habit in measured.habits)
        return Tongue(
            name,
            len(heard),
            tuple((habit, counts[habit]) for habit in HABITS[name]),
            tuple(_spreads(heard)),
            favourites(self._replies[name], self._questions[name]),
        )


def _spreads(heard: Sequence[Measured]) -> Iterator[Spread]:
    for name in MEASURES:
        values = [measured.figures[name] for measured in heard if name in measured.figures]
        if len(values) >= ENOUGH:
            yield _spread(name, values)


def _spread(name: str, values: Sequence[float]) -> Spread:
    """Median, half of the values, and the median deviation, on a logarithmic scale."""
    logs = [log(1 + value) for value in values]
    middle = median(logs)
    scale = median(abs(each - middle) for each in logs) / _COMPARABLE
    low, _, high = quantiles(values, n=4)
    return Spread(name, round(exp(middle) - 1, 1), round(scale, 4), round(low, 1), round(high, 1))


def learn_voice(store: Store, project: Project, advance: Advance = unwatched) -> Voice:
    """The voice of the approved examples; of all examples, where fewer than ten are approved.

    Raises:
        Stopped: `advance` did.
    """
    approved = store.count_part(project.id, Part(APPROVED)).rows
    from_all = approved < ENOUGH
    listener = Listener()
    for example in _examples(store, project, advance):
        if from_all or example.review == APPROVED:
            listener.hear(example)
    learned_at = datetime.now(UTC).isoformat(timespec="seconds")
    return Voice(tuple(listener.tongues()), approved, from_all, learned_at)


def learn_and_keep(store: Store, project: Project, advance: Advance = unwatched) -> Voice:
    """Learn the voice, and let the project's checks go by it from now on.

    Raises:
        NotFound: `project_gone`.
        Stopped: `advance` did, and nothing is kept.
    """
    voice = learn_voice(store, project, advance)
    return keep_voice(store, project, voice) or voice


def keep_voice(store: Store, project: Project, voice: Voice | None) -> Voice | None:
    """Let the project's checks go by this voice, or by none.

    Raises:
        NotFound: `project_gone`.
    """
    change_checks(store, project, lambda checks: replace(checks, voice=voice))
    return voice


def measure_distances(
    store: Store, project: Project, voice: Voice, advance: Advance = unwatched
) -> Distances:
    """How far every example of the project is from the voice.

    Raises:
        Stopped: `advance` did.
    """
    bins, unheard = [0] * BINS, 0
    farthest: list[tuple[float, int]] = []
    for row_id, example in _rows(store, project, advance):
        found = distance_of(example, voice)
        if found is None:
            unheard += 1
            continue
        bins[min(BINS - 1, int(found.far / _BIN))] += 1
        heapq.heappush(farthest, (found.far, -row_id))
        if len(farthest) > FARTHEST:
            heapq.heappop(farthest)
    named = (Far(-row, far) for far, row in sorted(farthest, reverse=True) if far > 0)
    return Distances(tuple(bins), tuple(named), unheard)


def _examples(store: Store, project: Project, advance: Advance) -> Iterable[Example]:
    return (example for _, example in _rows(store, project, advance))


def _rows(store: Store, project: Project, advance: Advance) -> Iterator[tuple[int, Example]]:
    """Every row; `advance` hears now and then how many more are done with."""
    number = 0
    for number, row in enumerate(store.iterate_rows(project.id), 1):
        yield row.id, row.example
        if number % STEP == 0:
            advance(STEP)
    advance(number % STEP)
