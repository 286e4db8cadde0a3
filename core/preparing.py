"""Lines of a file made ready for the database, by this process or by another one beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import BinaryIO

from core.editing import checks_in, facts_of_many, priced_for
from core.examples import SYSTEM, Example, Message
from core.importing import Reader
from core.importing.reading import read_part, reads_lines
from core.jsonl import Line
from core.lines import CHUNK_BYTES, find_cuts, is_plain
from core.previewing import read_watched
from core.processes import map_shared
from core.rules import Checks
from core.storage import Addition, Project, make_addition
from core.tasks import Advance

TOGETHER = 500  # lines that are made ready, and told of, at a time
# As in `core.checking`; but who works alone until another process has begun waits for it longer.
PART_BYTES = 500_000
LONGEST_PART = 50_000_000  # all of a part is in memory
ALONE_BYTES = 8_000_000
MOST_PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Basis:
    """What examples are made ready by; size: bytes of the file that they stand in.

    prompt: instructions that those inherit which begin with the same, "" for none.
    """

    project_id: str
    prompt: str
    encoding: str
    checks: Checks
    size: int

    @classmethod
    def of(cls, project: Project, prompt: str, size: int) -> Basis:
        """For a project as it is priced and checked."""
        return cls(project.id, prompt, priced_for(project)[1].encoding, checks_in(project), size)

    def prepare(self, lines: Iterable[Line]) -> Addition:
        """The examples among the lines, checked and counted."""
        rest_of = _inheriting_from(self.prompt)
        read = [rest_of(line.example) for line in lines if line.example is not None]
        facts = facts_of_many(read, self.encoding, self.checks, self.size)
        return make_addition(self.project_id, facts)


@dataclass(frozen=True, slots=True)
class _Part:
    """Whole lines of a file, from one byte to another."""

    path: str
    start: int
    end: int
    reader: Reader
    basis: Basis


def prepare_file(
    file: BinaryIO, reader: Reader, basis: Basis, advance: Advance
) -> Generator[Addition, None, None]:
    """All examples of a file, some hundreds at a time; `advance` is told the bytes read.

    A large file on the disk, with an example a line, is shared with other processes. Where that is
    given up halfway the iterator has to be closed, so that they end.

    Raises:
        Stopped: by `advance`.
    """
    parts = _cut(file, reader, basis)
    if not parts:
        yield from _prepare_alone(file, reader, basis, advance)
        return
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    with closing(map_shared(_prepare_part, parts, processes)) as additions:
        for part, addition in zip(parts, additions, strict=True):
            yield addition
            advance(part.end - part.start)


def _prepare_alone(
    file: BinaryIO, reader: Reader, basis: Basis, advance: Advance
) -> Iterator[Addition]:
    lines = read_watched(file, reader, advance)
    while some := list(islice(lines, TOGETHER)):
        yield basis.prepare(some)


def _prepare_part(part: _Part) -> Addition:
    with Path(part.path).open("rb") as file:
        return part.basis.prepare(read_part(file, part.start, part.end, part.reader))


def _cut(file: BinaryIO, reader: Reader, basis: Basis) -> list[_Part]:
    """The parts of a file that may be read apart; none where one process does it all."""
    path = getattr(file, "name", None)
    if basis.size <= ALONE_BYTES or not isinstance(path, str | Path) or not reads_lines(reader):
        return []
    file.seek(0)
    if not is_plain(file.read(CHUNK_BYTES)):
        return []
    cuts = list(pairwise(find_cuts(file, basis.size, PART_BYTES)))
    if any(end - start > LONGEST_PART for start, end in cuts):
        return []
    where = str(Path(path).absolute())
    return [_Part(where, start, end, reader, basis) for start, end in cuts]


def _inheriting_from(prompt: str) -> Callable[[Example], Example]:
    """Takes away the system message of those where inheriting `prompt` gives back all of it."""
    shared = Message.of(SYSTEM, prompt)

    def rest_of(example: Example) -> Example:
        if not example.messages or example.messages[0] != shared:
            return example
        rest = example.messages[1:]
        says_more = SYSTEM in [message.role for message in rest]
        return example if says_more else example.with_messages(rest)

    return rest_of if prompt else lambda example: example
