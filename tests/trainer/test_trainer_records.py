"""A worker's records: whole lines only, a step counted once."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trainer.records import (
    an_event,
    append_record,
    drop_torn_line,
    metrics_by_step,
    read_records,
)

SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def test_a_reader_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """What was read is not read again."""
    path = tmp_path / "events.jsonl"
    assert read_records(path) == ([], 0)
    append_record(path, an_event("one"))
    first, offset = read_records(path)
    append_record(path, an_event("zwei 二"))
    second, end = read_records(path, offset)
    assert [r["message"] for r in first + second] == ["one", "zwei 二"]
    assert end == path.stat().st_size


@SETTINGS
@given(st.lists(st.text(), min_size=1), st.integers(min_value=0))
def test_a_torn_line_is_never_read(tmp_path: Path, messages: list[str], cut: int) -> None:
    """Wherever a kill cuts the file, the reader sees whole records, and writing goes on."""
    path = tmp_path / "events.jsonl"
    path.unlink(missing_ok=True)
    for message in messages:
        append_record(path, an_event(message))
    whole = path.read_bytes()
    path.write_bytes(whole[: cut % (len(whole) + 1)])
    seen, offset = read_records(path)
    assert [r["message"] for r in seen] == messages[: len(seen)]
    drop_torn_line(path)
    assert path.stat().st_size == offset
    append_record(path, an_event("after"))
    assert [r["message"] for r in read_records(path)[0]] == [*messages[: len(seen)], "after"]


def test_the_last_word_on_a_step_counts() -> None:
    """Steps replayed after a resume do not appear twice, and come in order."""
    steps = [(2, 0.5), (1, 0.9), (2, 0.4)]
    records = [an_event("step", data={"step": s, "train_loss": v}) for s, v in steps]
    rows = metrics_by_step([*records, an_event("no metric")])
    assert rows == [{"step": 1, "train_loss": 0.9}, {"step": 2, "train_loss": 0.4}]
