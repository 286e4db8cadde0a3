"""What comes in: a file or pasted text of any tool becomes a stream of examples and findings.

    recipe = guess_recipe(file, "export.xlsx")     # what it is, and how to read it
    recipe = recipe.with_columns(None, 0, 3)       # … as a person changes it
    recipe = guess_recipe(file, "x.csv", encoding="gb18030")  # … or guessed again with a part given
    file.seek(0)
    for line in read_by(recipe)(file): …           # core.jsonl.Line: example, or findings and raw

`Recipe` says the kind of file (`KINDS`), the shape of the examples (`SHAPE_IDS`), encoding, sheet,
columns (`recipe.table`, a `core.table_format.TableFormat`), and of a transcript who speaks
(`recipe.talk`: speakers, assistant "" until `with_assistant`, cut: one of `CUTS`); `is_complete`
whether that is enough to read by. `SHAPES[id]` recognises, reads and writes one shape, and says
with `why_not` what it cannot hold. The file has to be seekable for `guess_recipe`, XLSX, Parquet.
"""

from __future__ import annotations

from core.importing.guessing import guess_recipe
from core.importing.reading import Reader, read_by
from core.importing.recipe import (
    COLUMNS_SHAPE,
    CSV,
    FOREIGN,
    JSON,
    JSONL,
    KINDS,
    PARQUET,
    SHAPE_IDS,
    TRANSCRIPT,
    XLSX,
    Recipe,
)
from core.importing.shapes import SHAPES, Shape
from core.importing.transcripts import CUTS, Talk, find_speakers

__all__ = [
    "COLUMNS_SHAPE",
    "CSV",
    "CUTS",
    "FOREIGN",
    "JSON",
    "JSONL",
    "KINDS",
    "PARQUET",
    "SHAPES",
    "SHAPE_IDS",
    "TRANSCRIPT",
    "XLSX",
    "Reader",
    "Recipe",
    "Shape",
    "Talk",
    "find_speakers",
    "guess_recipe",
    "read_by",
]
