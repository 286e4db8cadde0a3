"""What is personal or secret in a project, by kind, with masked samples that give nothing away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.editing import priced_for
from core.queries import Query
from core.sensitive import KINDS, find_sensitive, mask, sensitive_texts
from core.storage import Project, Store
from core.summary import reckoning_of

PERSONAL, SECRET = "personal_data", "secret"
SAMPLES = 3  # of a kind
_LOOKED_AT = 60  # rows of each code, of which the samples are taken


@dataclass(frozen=True, slots=True)
class Kind:
    """How often something of a kind was found, and what some of it looks like behind dots."""

    kind: str
    code: str
    count: int
    samples: tuple[str, ...] = ()


def find_kinds(store: Store, project: Project) -> list[Kind]:
    """What the rows hold, in the order of `KINDS`; only a few rows are looked at."""
    counts = {
        (found.detail, found.code): found.count
        for found in store.count_findings(project.id)
        if found.code in (PERSONAL, SECRET)
    }
    samples = _find_samples(store, project, {code for _, code in counts})
    return [
        Kind(kind, code, count, tuple(samples.get(kind, ())))
        for (kind, code), count in sorted(counts.items(), key=lambda one: KINDS.index(one[0][0]))
    ]


def _find_samples(store: Store, project: Project, codes: set[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code in codes:
        for kind, masked in _look(store, project, code):
            known = found.setdefault(kind, [])
            if masked not in known and len(known) < SAMPLES:
                known.append(masked)
    return found


def _look(store: Store, project: Project, code: str) -> Iterator[tuple[str, str]]:
    reckoning = reckoning_of(project, priced_for(project)[1])
    rows: Sequence[int] = store.find_rows(project.id, Query(code=code), reckoning)[:_LOOKED_AT]
    for row in store.iterate_found(project.id, rows):
        for message in row.example.messages:
            for _, text in sensitive_texts(message):
                for span in find_sensitive(text):
                    yield span.kind, mask(text[span.start : span.end], span.kind)
