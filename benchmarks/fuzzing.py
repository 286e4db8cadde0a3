"""`python -m benchmarks.fuzzing`: damaged files read and checked, and nothing of them lost.

What must hold for every file, whatever it is:

- nothing is raised by reading, checking, or looking at its examples together;
- one file takes no longer than `DEADLINE` seconds, or the program ends and shows where it hung;
- each line is an example or has a finding that says why not;
- the lines are the file: put together they give its bytes, but for line endings, byte order marks
  and, of a JSON array, its own brackets and the blanks and commas between its items;
- an example that is written out and read again is the same;
- whatever can be mended in it is, once for all, and no error comes of it.
"""

from __future__ import annotations

import argparse
import codecs
import faulthandler
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from benchmarks.mutations import mutated_file, sound_rows
from core.brand.values import write_rule
from core.checking import check_source
from core.encodings import KEEP_BYTES, as_utf8
from core.examples import Example
from core.findings import Finding, Severity
from core.fixes import apply_fix, can_fix
from core.jsonl import Line, read_jsonl, read_line, write_line
from core.lines import BOM, RawLine
from core.report import Basis
from core.rules import Checks, check_example_once
from core.survey import LENSES
from core.tokens import counter_for

FILES = 20_000
SEED = 6
DEADLINE = 60  # seconds a file; the longest take about one
TOLD_EVERY = 1_000
BASIS = Basis.for_model("gpt-4o-mini")
COUNTER = counter_for(BASIS.encoding)
# A few settings, so that rules and fixes that need some run as well.
CHECKS = Checks(
    brand=(
        write_rule("avoid", "cheap"),
        write_rule("prefer", "e-mail", "email"),
        write_rule("name", "TeaTime Pro"),
        write_rule("pattern", r"\d+ ?USD"),
        write_rule("style", "full_width"),
        write_rule("ending", "."),
    )
)
_LINE_END = re.compile(rb"\r\n|\n|\r")
_BETWEEN_ITEMS = b" \t\r\n,"


class Lost(AssertionError):
    """Something of a file is gone, or is not what it was."""


def check_file(content: bytes) -> None:
    """Hold one file against everything that must hold.

    Raises:
        Lost: something of it is gone.
    """
    lines = list(read_jsonl(BytesIO(content)))
    check_nothing_is_lost(content, lines)
    for line in lines:
        _check_line(line)
    examples = [(line.number, line.example) for line in lines if line.example]
    for lens in (make(CHECKS) for make in LENSES):
        lens.put(examples)
        lens.found()
    _check_report(content, lines)


def _check_line(line: Line) -> None:
    if line.example is None:
        if not line.findings:
            raise Lost(f"line {line.number} is no example, and no finding says why")
        return
    check_fixes(line.example, CHECKS)
    again = read_line(RawLine(1, write_line(line.example)[:-1]))
    if again.example != line.example:
        raise Lost(f"line {line.number} is another example once it is written and read again")


def check_fixes(example: Example, checks: Checks) -> None:
    """Whether every fix that would do something does all it can at once, and no harm.

    Raises:
        Lost: one does not.
    """
    findings = check_example_once(example, checks)
    for code in {finding.code for finding in findings}:
        if not can_fix(code, example, checks):
            continue
        mended = apply_fix(code, example, checks)
        if apply_fix(code, mended, checks) != mended:
            raise Lost(f"mending {code} a second time changes the example again")
        if _errors(check_example_once(mended, checks)) - _errors(findings):
            raise Lost(f"mending {code} brings an error")


def _errors(findings: Iterable[Finding]) -> set[str]:
    return {finding.code for finding in findings if finding.severity is Severity.ERROR}


def _check_report(content: bytes, lines: Sequence[Line]) -> None:
    """The check of the whole file counts the same lines and findings."""
    report = check_source(BytesIO(content), BASIS, COUNTER, len(content))
    if report.examples != sum(line.is_row for line in lines):
        raise Lost(f"{report.examples} examples are counted of {len(lines)} lines")
    told = Counter(finding.code for line in lines for finding in line.findings)
    if missing := [code for code in told if report.findings[code] < told[code]]:
        raise Lost(f"findings are not counted: {missing}")


def check_nothing_is_lost(content: bytes, lines: Sequence[Line]) -> None:
    """Whether the lines, put together, are the file.

    Raises:
        Lost: they are not.
    """
    codes = {finding.code for line in lines[:1] for finding in line.findings}
    text = _utf8(content) if "utf16" in codes else content
    text = text.removeprefix(BOM)
    if "json_array" in codes:
        _check_items(text, [line.raw for line in lines])
        return
    pieces = _LINE_END.split(text)
    if not pieces[-1]:
        pieces.pop()
    if [line.raw for line in lines] != [piece.removeprefix(BOM) for piece in pieces]:
        raise Lost("the lines are not those of the file")
    if [line.number for line in lines] != list(range(1, len(pieces) + 1)):
        raise Lost("the lines are not numbered one by one")


def _utf8(content: bytes) -> bytes:
    """UTF-16 as UTF-8, decoded at once."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    plain = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    return as_utf8(content.decode("utf-16" if marked else plain, KEEP_BYTES))


def _check_items(text: bytes, items: Sequence[bytes]) -> None:
    """Beside the items of an array there are only blanks, commas and its own two brackets."""
    done = 0
    between = bytearray()
    for item in items:
        at = text.find(item, done)
        if at < 0:
            raise Lost("an item is not in the file")
        between += text[done:at]
        done = at + len(item)
    rest = (bytes(between) + text[done:]).translate(None, _BETWEEN_ITEMS)
    if rest not in {b"[", b"[]"}:
        raise Lost(f"beside the items there is {rest[:60]!r}")


def smallest(content: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """The file with everything taken out without which it still fails."""
    size = max(1, len(content) // 2)
    while size:
        at = 0
        while at < len(content):
            shorter = content[:at] + content[at + size :]
            if fails(shorter):
                content = shorter
            else:
                at += size
        size //= 2
    return content


def fails_alike(kind: type[BaseException]) -> Callable[[bytes], bool]:
    """Whether a file fails in this way."""

    def fails(content: bytes) -> bool:
        try:
            check_file(content)
        except BaseException as error:  # noqa: BLE001  # tokenizers raise what is no Exception
            return type(error) is kind
        return False

    return fails


def run(files: int, seed: int, keep: Path | None = None) -> int:
    """Check so many files; returns how many failed, each told and, in `keep`, kept."""
    rows = sound_rows()
    failed = 0
    for number in range(files):
        content = mutated_file(seed, number, rows)
        try:
            with _deadline():
                check_file(content)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  # tokenizers raise what is no Exception
            failed += 1
            _tell(number, content, error, keep)
        if not (number + 1) % TOLD_EVERY:
            print(f"{number + 1:,} files, {failed} failed", flush=True)
    print(f"{files:,} files, seed {seed}: {failed} failed")
    return failed


@contextmanager
def _deadline() -> Iterator[None]:
    """End the program, and show where it stood, if this takes too long, whoever holds the GIL."""
    faulthandler.dump_traceback_later(DEADLINE, exit=True, file=2)  # whatever stderr is called
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _tell(number: int, content: bytes, error: BaseException, keep: Path | None) -> None:
    print(f"file {number} ({len(content):,} bytes): {error!r}")
    traceback.print_exception(error)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{number}.jsonl").write_bytes(content)


def main(arguments: list[str] | None = None) -> int:
    """Run, and fail where a file did."""
    parser = argparse.ArgumentParser("python -m benchmarks.fuzzing", description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="folder for the files that failed")
    options = parser.parse_args(arguments)
    return 1 if run(options.files, options.seed, options.keep) else 0


if __name__ == "__main__":
    sys.exit(main())
