"""Tests of core.checking: a file in parts, by several processes, is what one finds in one go."""

import os
import signal
from io import BytesIO
from pathlib import Path

import pytest
from core_builders import WEATHER_JOKES, a_row, jsonl
from hypothesis import given
from hypothesis import strategies as st

from core import checking
from core.checking import PART_LINES, check_file, check_source
from core.jsonl import read_jsonl
from core.report import Basis, Report, read_report
from core.tokens import counter_for

BASIS = Basis.for_model("gpt-4o-mini")
COUNTER = counter_for(BASIS.encoding)


def in_turn(content: bytes) -> Report:
    """The figures of a file, line after line."""
    return read_report(read_jsonl(BytesIO(content)), BASIS, COUNTER, len(content))


@pytest.fixture
def in_small_parts(monkeypatch):
    """Cut even a short file, at every line or so."""
    monkeypatch.setattr(checking, "ALONE_BYTES", 0)
    monkeypatch.setattr(checking, "RANGE_BYTES", 40)


def a_large_file() -> bytes:
    """Several parts with copies, broken lines and all kinds of findings, in every one of them."""
    rows = [a_row(user=f"Question {n % 150}?") for n in range(5 * PART_LINES)]
    odd = [*jsonl(*rows).splitlines(keepends=True)]
    odd[3::40] = [b"{\n"] * len(odd[3::40])
    odd[7::50] = [jsonl(a_row(system=None, user=" "))] * len(odd[7::50])
    return b"".join(odd)


@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_the_figures_do_not_depend_on_processes(tmp_path, monkeypatch, processes, ending):
    """Counts, findings with their places and samples, and copies across parts are the same."""
    monkeypatch.setattr(checking, "ALONE_BYTES", 0)
    monkeypatch.setattr(checking, "RANGE_BYTES", 50_000)
    content = a_large_file().replace(b"\n", ending)
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    expected, found = in_turn(content), check_file(path, BASIS, processes)
    assert found == expected
    assert list(found.findings) == list(expected.findings)
    assert expected.duplicates > PART_LINES
    assert len(expected.places["invalid_json"]) > 1


@pytest.mark.usefixtures("in_small_parts")
def test_any_bytes_give_the_same_figures(tmp_path):
    """Whatever a file holds and wherever it is cut, nothing is lost, told twice or raised."""
    path = tmp_path / "any"

    @given(
        st.binary(max_size=5),
        st.lists(st.binary(max_size=30) | st.just(jsonl(a_row())), max_size=60),
        st.sampled_from([b"\n", b"\r\n", b"\r"]),
    )
    def check(head: bytes, lines: list[bytes], ending: bytes) -> None:
        content = head + ending.join(lines)
        path.write_bytes(content)
        assert check_file(path, BASIS, 1) == in_turn(content)

    check()


@pytest.mark.usefixtures("in_small_parts")
@pytest.mark.parametrize(
    "content",
    [
        b"[\n" + b",\n".join(jsonl(a_row(user=f"{n}?")).strip() for n in range(9)) + b"\n]\n",
        jsonl(*(a_row(user=f"{n}?") for n in range(9))).decode().encode("utf-16"),
        b"\xef\xbb\xbf" + jsonl(*(a_row(user=f"{n}?") for n in range(9))),
        b"\xef\xbb\xbf\xef\xbb\xbf" + jsonl(a_row()),
        b"",
    ],
    ids=["array", "utf-16", "mark", "two marks", "nothing"],
)
def test_what_cannot_be_cut_is_read_whole(tmp_path, content):
    """An array, UTF-16 and a byte order mark are what they are in one go."""
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    assert check_file(path, BASIS, 2) == in_turn(content)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_read_as_it_comes(tmp_path):
    """What has no size is not cut."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    content = a_large_file()
    if os.fork() == 0:
        path.write_bytes(content)
        os._exit(0)
    found = check_file(path, BASIS, 2)
    os.wait()
    assert found.to_json() == in_turn(content).to_json()


def count_or_die(encoding: str, size: int):
    """A counter in this process; any other that asks for it is killed."""
    if str(os.getpid()) != os.environ["ALIVE"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return COUNTER


@pytest.mark.usefixtures("in_small_parts")
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing is killed this way here")
def test_a_process_that_is_killed_loses_nothing(tmp_path, monkeypatch):
    """What it was at is counted by the one that is left."""
    monkeypatch.setenv("ALIVE", str(os.getpid()))
    path = tmp_path / "rows.jsonl"
    content = jsonl(*(a_row(user=f"{n}?") for n in range(50)))
    path.write_bytes(content)
    assert check_file(path, BASIS, 3, count_or_die) == in_turn(content)


def test_a_large_line_is_a_part_of_its_own():
    """Long lines are not gathered by the dozen."""
    content = jsonl(*(a_row(assistant=f"{n} " * 60_000) for n in range(4)))
    assert check_source(BytesIO(content), BASIS, COUNTER, len(content)) == in_turn(content)


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


def fail_later(encoding: str, size: int):
    """A counter, until the file was looked at."""
    if not FAILING:
        FAILING.append(True)
        return COUNTER
    raise InterruptedError


FAILING: list[bool] = []


@pytest.mark.usefixtures("in_small_parts")
@pytest.mark.parametrize("processes", [1, 2])
def test_a_fault_in_any_process_is_raised(tmp_path, processes):
    """Nothing is counted as if it had not happened."""
    FAILING.clear()
    path = tmp_path / "rows.jsonl"
    path.write_bytes(a_large_file())
    with pytest.raises(InterruptedError):
        check_file(path, BASIS, processes, fail_later)


def test_only_a_few_lines_are_read_ahead():
    """When a count fails, no more of the file was read than one part."""

    class Refusing(type(COUNTER)):
        """Counts nothing."""

        def count_all(self, texts):
            """Refuse."""
            raise InterruptedError

    source = BytesIO(jsonl(*(a_row(assistant="word " * 500) for _ in range(5_000))))
    with pytest.raises(InterruptedError):
        check_source(source, BASIS, Refusing(BASIS.encoding))
    assert source.tell() < len(source.getvalue()) / 2


def test_the_article_is_counted_the_same():
    """The ten weather jokes."""
    report = check_file(Path(WEATHER_JOKES), BASIS)
    assert (report.examples, report.published_tokens) == (10, 521)
