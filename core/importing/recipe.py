"""How a file is to be read: what kind it is, which shape its examples have, what is where."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.importing.shapes import SHAPES
from core.importing.transcripts.finding import Talk
from core.table_format import TableFormat

JSONL = "jsonl"  # one JSON value a line
JSON = "json"  # a list of values, or values that span lines
CSV = "csv"  # text with cells cut by commas, semicolons or tabs
XLSX = "xlsx"
PARQUET = "parquet"
TRANSCRIPT = "transcript"  # "Name: text"
FOREIGN = "foreign"  # nothing that can be read here
KINDS = (JSONL, JSON, CSV, XLSX, PARQUET, TRANSCRIPT)

COLUMNS_SHAPE = "columns"  # question and reply each in a column, or under a key, of their own
NO_TALK = Talk()
SHAPE_IDS = (*SHAPES, COLUMNS_SHAPE)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What was guessed or chosen; hashable, so that what was read by it can be kept.

    kind: one of `KINDS`, or `FOREIGN`; shape: one of `SHAPE_IDS`, of no meaning for a transcript;
    table: the encoding of a text and the columns of whatever has any; sheet: the one that is read
    of the workbook's `sheets`; talk: who speaks in a transcript, and who of them is the assistant.
    """

    kind: str
    shape: str
    table: TableFormat
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    talk: Talk = NO_TALK

    @property
    def encoding(self) -> str:
        """The encoding of a text, "" of anything else."""
        return self.table.encoding

    @property
    def has_columns(self) -> bool:
        """Whether it takes a person, or a good guess, to say which column holds what."""
        return self.kind not in (TRANSCRIPT, FOREIGN) and self.shape == COLUMNS_SHAPE

    @property
    def is_complete(self) -> bool:
        """Whether enough is known to read by it."""
        if self.kind == TRANSCRIPT:
            return self.talk.assistant in self.talk.speakers
        return not self.has_columns or self.table.is_complete

    def with_shape(self, shape: str) -> Recipe:
        """The same file read in another shape."""
        return replace(self, shape=shape)

    def with_columns(self, *columns: int | None) -> Recipe:
        """The same file with other columns for `core.table_format.MAPPED`, in that order."""
        return replace(self, table=self.table.with_columns(*columns))

    def with_assistant(self, speaker: str) -> Recipe:
        """The same transcript, with this speaker's words as the replies."""
        return replace(self, talk=replace(self.talk, assistant=speaker))

    def with_speakers(self, *speakers: str) -> Recipe:
        """The same transcript, where of all that look like names only these are."""
        return replace(self, talk=replace(self.talk, speakers=speakers))

    def with_cut(self, cut: str) -> Recipe:
        """The same transcript, with another of `CUTS` between its conversations."""
        return replace(self, talk=replace(self.talk, cut=cut))
