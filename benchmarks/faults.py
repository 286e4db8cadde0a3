"""The fault sets held against the checks: what is found, what is missed, what is a false alarm.

`python -m benchmarks.faults` prints every row that is judged otherwise than it says, and writes the
table in `docs/rules.md`. The sets and what they mean: `tests/data/faults/README.md`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.brand.values import write_rule
from core.examples import Example
from core.findings import Finding
from core.rules import Checks, check_example
from core.survey import LENSES
from core.voice.learning import Listener
from core.voice.values import Voice

ROOT = Path(__file__).resolve().parent.parent
FAULTS = ROOT / "tests" / "data" / "faults"
RULES = ROOT / "docs" / "rules.md"
LANGUAGES = ("en", "zh")
BY_KIND = "personal_data"  # judged one kind at a time
ALL_SETS_TOGETHER = "look_alikes"  # where a row of one set must not be taken for one of another
BEGINS, ENDS = "<!-- faults -->\n", "<!-- /faults -->\n"
HEAD = ("check", "faults", "near misses", "English: precision", "recall", "Chinese: precision",
        "recall", "both: precision", "recall")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a fault set: an example, and what must be found in it.

    about: the check it was written for, "" for one that only stands among others; expect: what
    must be found; may: what is no false alarm either.
    """

    file: str
    number: int
    language: str
    example: Example
    about: str
    expect: frozenset[str]
    may: frozenset[str]
    why: str
    set: str
    checks: Checks


@dataclass(frozen=True, slots=True)
class Score:
    """What became of the rows of one check.

    near: rows written to be mistaken for a fault; alarms: rows in which it was found wrongly.
    """

    faults: int = 0
    found: int = 0
    alarms: int = 0
    near: int = 0

    def __add__(self, other: Score) -> Score:
        """Both together."""
        return Score(
            self.faults + other.faults,
            self.found + other.found,
            self.alarms + other.alarms,
            self.near + other.near,
        )

    @property
    def precision(self) -> float:
        """How much of what is found is a fault; 1 where nothing is found."""
        told = self.found + self.alarms
        return self.found / told if told else 1.0

    @property
    def recall(self) -> float:
        """How many of the faults are found."""
        return self.found / self.faults if self.faults else 1.0


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row in which a check found too little (`missed`) or too much."""

    check: str
    missed: bool
    row: Row

    def __str__(self) -> str:
        """One line for a person: where, which check, and what the row was meant to show."""
        kind = "missed" if self.missed else "false alarm"
        return f"{kind}: {self.check}: {self.row.file}:{self.row.number}: {self.row.why}"


def read_rows(path: Path) -> list[Row]:
    """The rows of one fault set; approved examples make the voice of their file."""
    with path.open(encoding="utf-8") as file:
        values = [json.loads(line) for line in file]
    voices = _voices(values)
    return [
        _row(path, number, value, voices)
        for number, value in enumerate(values, start=1)
        if not value.get("approved")
    ]


def _voices(values: Iterable[Mapping[str, Any]]) -> dict[str, Voice]:
    listeners: dict[str, Listener] = defaultdict(Listener)
    for value in values:
        if value.get("approved"):
            listeners[value["voice"]].hear(Example.from_json(value["example"]))
    return {name: Voice(tuple(listener.tongues())) for name, listener in listeners.items()}


def _row(path: Path, number: int, value: Mapping[str, Any], voices: Mapping[str, Voice]) -> Row:
    checks = Checks(
        brand=tuple(write_rule(**rule) for rule in value.get("rules", ())),
        voice=voices.get(value.get("voice", "")),
    )
    held_out = value.get("held_out", False)
    return Row(
        file=path.name,
        number=number,
        language=path.stem.rpartition(".")[2],
        example=Example.from_json(value["example"]).with_held_out(held_out),
        about=value.get("about", ""),
        expect=frozenset(value.get("expect", ())),
        may=frozenset(value.get("may", ())),
        why=value.get("why", "an ordinary row"),
        set=value.get("set", ""),
        checks=checks,
    )


def judge(rows: Sequence[Row], checks: Iterable[str]) -> tuple[dict[str, Score], list[Wrong]]:
    """What became of each of `checks` in the rows of one file, and what went wrong."""
    alone = [{_name(each) for each in check_example(row.example, row.checks)} for row in rows]
    together, astray = _look_at_sets(rows)
    scores: dict[str, Score] = {}
    wrong: list[Wrong] = []
    for check in checks:
        score = Score()
        for index, row in enumerate(rows):
            hit = check in alone[index] or check in together[index]
            due = check in row.expect
            alarm = (hit and not due and check not in row.may) or check in astray[index]
            near = row.about == check and not row.expect
            score += Score(due, due and hit, alarm, near)
            wrong += [Wrong(check, True, row)] * (due and not hit)
            wrong += [Wrong(check, False, row)] * alarm
        scores[check] = score
    return scores, wrong


def _name(finding: Finding) -> str:
    kind = finding.detail.split(":")[0]
    return f"{finding.code}:{kind}" if finding.code == BY_KIND else finding.code


def _look_at_sets(rows: Sequence[Row]) -> tuple[list[set[str]], list[set[str]]]:
    """For each row what the lenses see in it with others of its set, and with those of another."""
    within: list[set[str]] = [set() for _ in rows]
    astray: list[set[str]] = [set() for _ in rows]
    for group in _surveyed(rows):
        for lens in (make(Checks()) for make in LENSES):
            lens.put([(index, rows[index].example) for index in group])
            for found in lens.found():
                sets = {rows[index].set for index in found.rows}
                for index in found.rows:
                    (within if len(sets) == 1 else astray)[index].add(found.code)
    return within, astray


def _surveyed(rows: Sequence[Row]) -> Iterator[list[int]]:
    """The rows, by their place, that lenses are shown at the same time."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.set:
            groups[ALL_SETS_TOGETHER if ALL_SETS_TOGETHER in row.file else row.set].append(index)
    yield from groups.values()


def measure() -> tuple[dict[tuple[str, str], Score], list[Wrong]]:
    """Every check of the fault sets in each language, by (check, language); and what went wrong."""
    files = [read_rows(path) for path in sorted(FAULTS.glob("*.jsonl"))]
    checks = sorted({name for rows in files for row in rows for name in (row.about, *row.expect)})
    totals: dict[tuple[str, str], Score] = defaultdict(Score)
    wrong: list[Wrong] = []
    for rows in files:
        scores, more = judge(rows, filter(None, checks))
        wrong += more
        for check, score in scores.items():
            totals[check, rows[0].language] += score
    return dict(totals), wrong


def as_table(totals: Mapping[tuple[str, str], Score]) -> str:
    """The figures as Markdown, a line a check and one for all."""
    checks = sorted({check for check, _ in totals})
    lines = [_line(f"`{check}`", [totals[check, each] for each in LANGUAGES]) for check in checks]
    each = [sum((totals[check, one] for check in checks), Score()) for one in LANGUAGES]
    lines = [HEAD, tuple("---" for _ in HEAD), *lines, _line("all", each)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _line(name: str, by_language: Sequence[Score]) -> tuple[str, ...]:
    both = sum(by_language, Score())
    parts = [part for one in (*by_language, both) for part in (one.precision, one.recall)]
    return (name, str(both.faults), str(both.near), *(f"{part:.2f}" for part in parts))


def with_table(text: str, table: str) -> str:
    """The page with this table in place of the old one."""
    before, _, rest = text.partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    return f"{before}{BEGINS}\n{table}\n{ENDS}{after}"


def main() -> None:
    """Measure, print what went wrong, and write the table."""
    totals, wrong = measure()
    print(*wrong, sep="\n")
    print(as_table(totals))
    RULES.write_text(with_table(RULES.read_text(encoding="utf-8"), as_table(totals)), "utf-8")


if __name__ == "__main__":
    main()
