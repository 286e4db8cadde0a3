"""Tests of core.checking: many threads find what one finds."""

from io import BytesIO

import pytest
from core_builders import WEATHER_JOKES, a_row, jsonl
from hypothesis import given
from hypothesis import strategies as st

from core.checking import PART_LINES, check_source
from core.jsonl import read_jsonl
from core.report import Basis, Report, read_report
from core.tokens import counter_for

BASIS = Basis.for_model("gpt-4o-mini")
COUNTER = counter_for(BASIS.encoding)


def in_turn(content: bytes) -> Report:
    """The figures of a file, line after line."""
    return read_report(read_jsonl(BytesIO(content)), BASIS, COUNTER, len(content))


def at_once(content: bytes, threads: int | None = None) -> Report:
    """The figures of a file, parts of it at the same time."""
    return check_source(BytesIO(content), BASIS, COUNTER, len(content), threads)


def a_large_file() -> bytes:
    """Several parts with copies, broken lines and all kinds of findings, in every one of them."""
    rows = [a_row(user=f"Question {n % 150}?") for n in range(5 * PART_LINES)]
    odd = [*jsonl(*rows).splitlines(keepends=True)]
    odd[3::40] = [b"{\n"] * len(odd[3::40])
    odd[7::50] = [jsonl(a_row(system=None, user=" "))] * len(odd[7::50])
    return b"".join(odd)


@pytest.mark.parametrize("threads", [1, 2, 5, None])
def test_the_figures_do_not_depend_on_threads(threads):
    """Counts, findings with their places and samples, and copies across parts are the same."""
    content = a_large_file()
    expected, found = in_turn(content), at_once(content, threads)
    assert found == expected
    assert list(found.findings) == list(expected.findings)
    assert expected.duplicates > PART_LINES
    assert len(expected.places["invalid_json"]) > 1


@given(st.lists(st.binary(max_size=30) | st.just(jsonl(a_row())), max_size=200))
def test_any_bytes_give_the_same_figures(lines):
    """Whatever a file holds, both ways agree and nothing is raised."""
    content = b"\n".join(lines)
    assert at_once(content, 2) == in_turn(content)


def test_a_large_line_is_a_part_of_its_own():
    """Long lines are not gathered by the dozen."""
    content = jsonl(*(a_row(assistant=f"{n} " * 60_000) for n in range(4)))
    assert at_once(content) == in_turn(content)


def test_a_fault_of_the_source_is_raised():
    """A disk that fails in the middle is not taken for the end of the file."""

    class Failing(BytesIO):
        """Gives one piece, then fails."""

        def read(self, size: int | None = -1) -> bytes:
            """A piece, then an error."""
            if self.tell():
                raise OSError("gone")
            return super().read(1000)

    with pytest.raises(OSError, match="gone"):
        check_source(Failing(a_large_file()), BASIS, COUNTER)


def test_only_a_few_parts_are_read_ahead():
    """When a count fails, no more of the file was read than a few parts."""

    class Refusing(type(COUNTER)):
        """Counts nothing."""

        def count_all(self, texts):
            """Refuse."""
            raise InterruptedError

    source = BytesIO(jsonl(*(a_row(assistant="word " * 500) for _ in range(5_000))))
    with pytest.raises(InterruptedError):
        check_source(source, BASIS, Refusing(BASIS.encoding), threads=2)
    assert source.tell() < len(source.getvalue()) / 2


def test_the_article_is_counted_the_same():
    """The ten weather jokes, in one part."""
    report = at_once(WEATHER_JOKES.read_bytes())
    assert (report.examples, report.published_tokens) == (10, 521)
