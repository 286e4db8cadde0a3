"""core/row_errors.py: which lines of a file a provider complains about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core_events import a_job, a_step, an_event
from hypothesis import given
from hypothesis import strategies as st

from core.row_errors import MOST, LineError, line_errors, lines_named


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        ("Line 3 is not valid JSON.", (3,)),
        ("Line 12, message 2: the content must be text, and not empty.", (12,)),
        ("Invalid file format. Example 6174 message contains an invalid token", (6174,)),
        ("left out, because no reply is learned from: lines 3, 4 and 7", (3, 4, 7)),
        ("cut to 1,024 tokens, the most this model reads: lines 3, 4 and 12 more", (3, 4)),
        ("lines 3-5 have no reply", (3, 4, 5)),
        ("Line 3 and line 3 again, and row #8", (3, 8)),
        ("Line 4, 17 tokens too long", (4,)),
        ("line 3-5 has no reply", (3, 4, 5)),
        (f"line {'9' * 5_000} and lines 7, {'9' * 5_000}", (7,)),
        ("line 0 is nowhere", ()),
        ("learning from 10 conversations, 12 replies", ()),
        ("Step 3/10: training loss=0.42", ()),
        ("The online 3 job and the pipeline 4", ()),
        ("", ()),
    ],
)
def test_lines_are_found_in_what_is_said(message: str, lines: tuple[int, ...]) -> None:
    """Each once, in the order in which they are named."""
    assert lines_named(message) == lines


@given(st.text())
def test_any_message_can_be_read(message: str) -> None:
    """What it names are places in a file, and not too many."""
    found = lines_named(f"lines {message}")
    assert len(found) <= MOST
    assert all(line > 0 for line in found)


def test_the_reason_of_a_failure_names_its_lines() -> None:
    """It counts for more than what was said of the same line on the way."""
    job = a_job(status="failed", error_message="Line 3 has no `messages`.")
    events = [an_event("left out, because no reply is learned from: lines 3, 9")]
    assert line_errors(job, events) == (
        LineError(3, "Line 3 has no `messages`.", fatal=True),
        LineError(9, "left out, because no reply is learned from: lines 3, 9", fatal=False),
    )


def test_steps_and_other_files_name_none() -> None:
    """A step is no line; a line of the held-back file is another one."""
    for message in ("Line 2 of the validation file is not JSON.", "Validation file: Line 2: no."):
        job = a_job(status="failed", error_message=message)
        assert line_errors(job, [a_step(3), an_event("Example 5 of 10 done")]) == ()
    assert line_errors(replace(job, status="running"), []) == ()
