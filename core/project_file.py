"""A whole project as one file, to be opened on another computer: `NAME.tonesmith`.

A ZIP of JSON lines, a file for each thing that a project is made of: its examples, every step of
its history, its versions, unreadable lines, its jobs with the bytes they were trained on. Neither
keys nor connections are in it. Opened, it is a new project beside those that are there.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from core.editing import (
    DEFAULT_PRICED_FOR,
    can_be_priced_for,
    checks_in,
    facts_of,
    priced_for,
)
from core.errors import BadInput
from core.examples import Example
from core.storage import Project, RowFacts, Store
from core.storage.parcels import PARCELS, read_record
from core.tasks import Advance, unwatched

ENDING = ".tonesmith"
MEDIA_TYPE = "application/vnd.tonesmith+zip"
FORMAT = "tonesmith-project"
FORMAT_VERSION = 1

MANIFEST = "manifest.json"
SNAPSHOTS = "snapshots/"
TOLD = 500  # records between two words about progress

# What a file may say that it unpacks to, lest a small one fill memory or disk.
MOST_MANIFEST = 64 * 1024**2
MOST_LINE = 256 * 1024**2
MOST_SNAPSHOT = 1024**3  # which is held in memory, here as where it is trained on
MOST_UNPACKED = 16 * 1024**3
UNSUSPECTED = 256 * 1024**2  # so much may be as well packed as it likes
MOST_TIMES = 300  # beyond that, text is not packed any better

METHODS = {ZIP_STORED, ZIP_DEFLATED}
FLAGS = 0x080E  # how well it is packed, sizes behind, names in UTF-8; no encryption


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a project's file says about itself; `records`: how many of each of `PARCELS`."""

    project: Mapping[str, Any]
    records: Mapping[str, int]
    row_ids: tuple[int, int]
    saved_at: datetime

    @property
    def name(self) -> str:
        """The project's name."""
        return str(self.project["name"])

    @property
    def examples(self) -> int:
        """How many examples there are."""
        return self.records["examples"]

    @property
    def total(self) -> int:
        """How many records there are in all."""
        return sum(self.records.values())


def count_records(store: Store, project_id: str) -> int:
    """How many records `write_project_file` writes.

    Raises:
        NotFound: `project_gone`.
    """
    with store.departing(project_id) as leaving:
        leaving.project()
        return sum(leaving.counts().values())


def write_project_file(
    store: Store, project_id: str, file: BinaryIO, advance: Advance = unwatched
) -> Manifest:
    """Write the project as it stands now; a batch of records is in memory at a time, or a snapshot.

    `advance` is told records.

    Raises:
        NotFound: `project_gone`.
        Stopped: by `advance`; what stands in the file is then no project's file.
    """
    with store.departing(project_id) as leaving, ZipFile(file, "w", ZIP_DEFLATED) as box:
        project = leaving.project()
        packing = _Packing(box, advance)
        for name in PARCELS:
            packing.write(name, leaving.records(name))
        for digest in packing.snapshots:
            box.writestr(_snapshot_name(digest), leaving.load_snapshot(digest))
        return packing.finish(project)


class _Packing:
    """A ZIP that is being filled."""

    def __init__(self, box: ZipFile, advance: Advance) -> None:
        self._box = box
        self._advance = advance
        self._counts: dict[str, int] = {}
        self._row_ids: list[int] = []  # the first and the last
        self.snapshots: list[str] = []

    def write(self, name: str, records: Iterator[dict[str, Any]]) -> None:
        """One file of records, a line each."""
        count = 0
        with self._box.open(_lines_name(name), "w", force_zip64=True) as lines:
            for count, record in enumerate(records, 1):
                self._note(name, record)
                lines.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")
                if count % TOLD == 0:
                    self._advance(TOLD)
        self._advance(count % TOLD)
        self._counts[name] = count

    def finish(self, project: dict[str, Any]) -> Manifest:
        """Say in the end what all is in it."""
        row_ids = self._row_ids or [1, 0]
        said = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "saved_at": datetime.now(UTC).isoformat(),
            "project": project,
            "records": self._counts,
            "row_ids": row_ids,
        }
        self._box.writestr(MANIFEST, json.dumps(said, indent=2))
        return _read_manifest(said)

    def _note(self, name: str, record: dict[str, Any]) -> None:
        if name == "snapshots":
            self.snapshots.append(record["sha256"])
        if name in _ROW_ID:
            known = [*self._row_ids, record[_ROW_ID[name]]]
            self._row_ids = [min(known), max(known)]


# Whose records are about a row, and where they name it.
_ROW_ID = {"examples": "id", "change_items": "example_id", "version_rows": "id"}


def read_manifest(file: BinaryIO) -> Manifest:
    """What a project's file says about itself, before it is opened.

    Raises:
        BadInput: `project_file_foreign`, `project_file_newer`, `project_file_damaged`,
            `project_file_too_large`.
    """
    with _opening(file) as box:
        return _manifest_in(box)


def read_project_file(store: Store, file: BinaryIO, advance: Advance = unwatched) -> Project:
    """Open a project's file: all of it as a new project, or nothing.

    `advance` is told records, in all the manifest's total.

    Raises:
        BadInput: as `read_manifest`.
        Stopped: by `advance`.
    """
    with _opening(file) as box:
        manifest = _manifest_in(box)
        model, facts = _reckoning(manifest)
        project = {**manifest.project, "priced_for": model}
        project_id = store.arrive(project, _Unpacking(box, manifest, advance), facts)
        return store.load_project(project_id)


@contextmanager
def _opening(file: BinaryIO) -> Iterator[ZipFile]:
    """The ZIP in a file, with whatever is wrong about it said in a word."""
    file.seek(0)
    is_zip = file.read(2) == b"PK"
    try:
        box = ZipFile(file)
    except (BadZipFile, NotImplementedError, OSError, ValueError) as fault:
        raise BadInput("project_file_damaged" if is_zip else "project_file_foreign") from fault
    with box:
        _check_members(box.infolist())
        try:
            yield box
        except (BadZipFile, EOFError, zlib.error) as fault:
            raise BadInput("project_file_damaged") from fault


def _check_members(members: list[ZipInfo]) -> None:
    """Unpacking stops where a member has become as large as it said, so what it says is enough."""
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    bomb = unpacked > UNSUSPECTED and unpacked > MOST_TIMES * packed
    if bomb or unpacked > MOST_UNPACKED:
        raise BadInput("project_file_too_large", gigabytes=MOST_UNPACKED // 1024**3)
    ours = all(m.compress_type in METHODS and not m.flag_bits & ~FLAGS for m in members)
    if not ours or len({member.filename for member in members}) < len(members):
        raise BadInput("project_file_damaged")


def _manifest_in(box: ZipFile) -> Manifest:
    names = box.namelist()
    if MANIFEST not in names:
        raise BadInput("project_file_foreign")
    if box.getinfo(MANIFEST).file_size > MOST_MANIFEST:
        raise BadInput("project_file_damaged")
    try:
        said = json.loads(box.read(MANIFEST))
    except (ValueError, RecursionError) as fault:
        raise BadInput("project_file_damaged") from fault
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise BadInput("project_file_foreign")
    if not isinstance(said.get("version"), int) or said["version"] > FORMAT_VERSION:
        raise BadInput("project_file_newer")
    try:
        manifest = _read_manifest(said)
        _check_names(names)
    except (AttributeError, LookupError, TypeError, ValueError) as fault:
        raise BadInput("project_file_damaged") from fault
    return manifest


def _read_manifest(said: Mapping[str, Any]) -> Manifest:
    first, last = said["row_ids"]
    counts = {name: said["records"][name] for name in PARCELS}
    if not all(type(number) is int for number in (first, last, *counts.values())):
        raise ValueError("no numbers")
    read_record("project", said["project"])
    return Manifest(
        said["project"], counts, (first, last), datetime.fromisoformat(said["saved_at"])
    )


def _check_names(names: list[str]) -> None:
    """There is what we write and nothing else; and nothing is ever unpacked under its name."""
    wanted = set(map(_lines_name, PARCELS))
    others = set(names) - wanted - {MANIFEST}
    if not wanted <= set(names) or not all(name.startswith(SNAPSHOTS) for name in others):
        raise ValueError("members are missing, or of something else")


def _reckoning(manifest: Manifest) -> tuple[str, Callable[[Example], RowFacts]]:
    """The base model that the project is priced for, if it is known here, and facts for it."""
    values = read_record("project", manifest.project)
    project = Project(id="", examples=0, **values)
    if not can_be_priced_for(project.priced_for):
        project = replace(project, priced_for=DEFAULT_PRICED_FOR)
    encoding = priced_for(project)[1].encoding
    return project.priced_for, partial(facts_of, encoding=encoding, checks=checks_in(project))


class _Unpacking:
    """The records of a project's file, as the store asks for them."""

    def __init__(self, box: ZipFile, manifest: Manifest, advance: Advance) -> None:
        self._box = box
        self._manifest = manifest
        self._advance = advance
        self.row_ids = manifest.row_ids

    def records(self, name: str) -> Iterator[Any]:
        """The records of one file, as many as the manifest says."""
        count = 0
        with self._box.open(_lines_name(name)) as lines:
            while line := lines.readline(MOST_LINE):
                count += 1
                yield json.loads(line)
                if count % TOLD == 0:
                    self._advance(TOLD)
        self._advance(count % TOLD)
        if count != self._manifest.records[name]:
            raise ValueError("records are missing")

    def load_snapshot(self, digest: str) -> bytes:
        """The bytes of a snapshot."""
        member = self._box.getinfo(_snapshot_name(digest))
        if member.file_size > MOST_SNAPSHOT:
            raise ValueError("no place to train takes this")
        return self._box.read(member)


def _lines_name(parcel: str) -> str:
    return f"{parcel}.jsonl"


def _snapshot_name(digest: str) -> str:
    return f"{SNAPSHOTS}{digest}.jsonl"
