"""What a command trains on: the very lines that go out, held to what the place takes, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.examples import APPROVED
from core.jsonl import Line, read_jsonl, read_line, write_line
from core.lines import RawLine
from core.providers.profiles import Model, Profile
from core.providers.terms import load_terms
from core.queries import TRAINING, VALIDATION
from core.readiness import check_lines
from core.report import Basis, read_report
from core.selection import ALL, Selection
from core.storage import Project, Store
from core.summary import Summary
from core.tokens import counter_for, distribution_of
from core.transfer import export_lines
from core.verdicts import Effect, Readiness


@dataclass(frozen=True, slots=True)
class Gathered:
    """The lines to learn from, and those to test on while learning, where there are any."""

    training: list[Line]
    validation: list[Line]
    project_id: str | None = None


def gather_file(path: str, validation: str | None) -> Gathered:
    """What stands in one file, or in two.

    Raises:
        OSError: it cannot be read.
    """
    return Gathered(_read(path), _read(validation) if validation else [])


def gather_project(
    store: Store,
    project: Project,
    validation: str | None,
    *,
    approved_only: bool,
    with_held_back: bool,
) -> Gathered:
    """What a project would send, as the page does: what it holds back goes for validation.

    Raises:
        OSError: the file of validation examples cannot be read.
    """
    which = APPROVED if approved_only else ALL
    training = _written(export_lines(store, project, Selection(which, TRAINING)))
    if validation or not with_held_back:
        return Gathered(training, _read(validation) if validation else [], project.id)
    held = _written(export_lines(store, project, Selection(which, VALIDATION)))
    return Gathered(training, held, project.id)


def hold_to(profile: Profile, model: Model, lines: Iterable[Line]) -> Readiness:
    """What the place would make of the lines."""
    places = load_terms(f"{profile.id}:{model.id}")
    (found,) = check_lines(lines, [terms for terms in places if terms.id == profile.id])
    return found


def summary_of(gathered: Gathered, ready: Readiness, profile: Profile, model: Model) -> Summary:
    """The figures from which a training is reckoned."""
    basis = Basis.of(profile, model)
    report = read_report(gathered.training, basis, counter_for(basis.encoding))
    return Summary(
        examples=report.examples,
        held_out=len(gathered.validation),
        conversations=ready.tally.learned_conversations,
        replies=ready.tally.replies,
        groups=(),  # what stands in the way is in `ready`
        billed=report.billed_a_pass,
        published=report.published_tokens,
        epochs=report.epochs,
        cost=report.cost,
        over_limit=report.over_limit,
        tokens=distribution_of(report.tokens),
        histogram=Counter(),
        uncounted=0,
        prompt_tokens=0,
    )


def bytes_of(lines: Iterable[Line]) -> list[bytes]:
    """What goes out of lines that can be read: an array or UTF-16 is no JSONL to anybody else."""
    return [write_line(line.example) for line in lines if line.example is not None]


def first_refused(ready: Readiness) -> int | None:
    """The number of the first line that the place does not take, if there is one."""
    rows = (reason.rows for reason in ready.reasons if reason.effect is Effect.REFUSED)
    return min((min(each) for each in rows if each), default=None)


def _read(path: str) -> list[Line]:
    with Path(path).open("rb") as file:
        return [line for line in read_jsonl(file) if line.raw.strip()]


def _written(lines: Iterable[bytes]) -> list[Line]:
    return [read_line(RawLine(n, raw.rstrip(b"\n"))) for n, raw in enumerate(lines, 1)]
