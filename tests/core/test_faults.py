"""The checks held against fault sets by somebody who had not seen them: enough found, little wrong.

Every row that is judged otherwise than it says: `python -m benchmarks.faults`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from benchmarks.faults import (
    BEGINS,
    ENDS,
    FAULTS,
    LANGUAGES,
    RULES,
    Row,
    Score,
    Wrong,
    as_table,
    judge,
    measure,
    read_rows,
    with_table,
)
from benchmarks.fuzzing import check_fixes
from core.fixes import apply_fix, can_fix
from core.rules import all_codes, check_example_once

FILES = sorted(FAULTS.glob("*.jsonl"))
# The least precision and recall in English, then in Chinese: a little below what they are.
FLOORS = {
    "brand_avoid": (0.95, 0.95, 0.85, 0.95),
    "brand_ending": (0.95, 0.95, 0.95, 0.95),
    "brand_length": (0.95, 0.95, 0.95, 0.95),
    "brand_must": (0.95, 0.95, 0.95, 0.95),
    "brand_opening": (0.95, 0.95, 0.95, 0.95),
    "brand_prefer": (0.95, 0.95, 0.95, 0.95),
    "broken_json_reply": (0.95, 0.95, 0.95, 0.90),
    "conflicting_replies": (0.95, 0.85, 0.95, 0.75),
    "leaked_example": (0.95, 0.85, 0.95, 0.85),
    "near_duplicate_example": (0.95, 0.90, 0.95, 0.70),
    "odd_instructions": (0.95, 0.95, 0.95, 0.95),
    "odd_json_shape": (0.95, 0.95, 0.95, 0.95),
    "off_voice": (0.95, 0.95, 0.95, 0.95),
    "one_reply_fits_all": (0.95, 0.90, 0.95, 0.95),
    "personal_data:address": (0.95, 0.90, 0.95, 0.95),
    "personal_data:card": (0.95, 0.95, 0.95, 0.95),
    "personal_data:email": (0.95, 0.95, 0.95, 0.95),
    "personal_data:id": (0.95, 0.90, 0.95, 0.95),
    "personal_data:phone": (0.95, 0.90, 0.95, 0.95),
    "repeated_question": (0.85, 0.95, 0.95, 0.95),
    "secret": (0.95, 0.95, 0.95, 0.95),
    "tool_call_mismatch": (0.95, 0.95, 0.95, 0.95),
    "unknown_tool_call": (0.95, 0.95, 0.95, 0.95),
}


@cache
def measured() -> tuple[dict[tuple[str, str], Score], list[Wrong]]:
    """All fault sets, judged once."""
    return measure()


def rows_of(name: str) -> list[Row]:
    """The rows of one fault set."""
    return read_rows(FAULTS / name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("check", FLOORS)
def test_enough_is_found_and_little_is_wrong(check, language):
    """Precision and recall of each check in each language are no worse than they were."""
    totals, wrong = measured()
    at = 2 * LANGUAGES.index(language)
    precision, recall = FLOORS[check][at : at + 2]
    told = "\n".join(map(str, (w for w in wrong if w.check == check)))
    assert totals[check, language].precision >= precision, told
    assert totals[check, language].recall >= recall, told


def test_every_check_of_the_sets_has_its_floor():
    """No check is measured and then not held to anything."""
    totals, _ = measured()
    assert {check for check, _ in totals} == FLOORS.keys()


def test_the_page_shows_what_is_measured():
    """The table in docs/rules.md is the one that the sets give today."""
    totals, _ = measured()
    page = RULES.read_text(encoding="utf-8")
    assert page == with_table(page, as_table(totals)), "python -m benchmarks.faults writes it anew"
    assert page.count(BEGINS) == page.count(ENDS) == 1


def test_the_sets_are_large_and_mean():
    """25 faults and 15 near misses a check, both languages alike; a third look only faulty."""
    rows = [row for path in FILES for row in read_rows(path)]
    faults = [row for row in rows if row.expect]
    near = [row for row in rows if row.about and not row.expect]
    assert len(near) / (len(faults) + len(near)) > 1 / 3
    checks = {row.about for row in rows if row.about}
    assert len(faults) >= 25 * len(checks)
    assert len(near) >= 15 * len(checks)
    by_language = Counter(row.language for row in faults)
    assert min(by_language.values()) > 0.7 * max(by_language.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_row_says_what_it_is(path):
    """Labels are codes we have, every judged row has a reason, none stands twice in a file."""
    rows = read_rows(path)
    labels = {label for row in rows for label in (row.about, *row.expect, *row.may) if label}
    assert {label.split(":")[0] for label in labels} <= set(all_codes())
    assert all(row.why for row in rows if row.about)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    judged = [str(line["example"]) + str(line.get("rules")) for line in lines if "about" in line]
    if not any(row.set for row in rows):
        assert len(judged) == len(set(judged))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_can_be_mended_is_mended_at_once(path):
    """A fix leaves nothing of its finding, does nothing more the second time, brings no error."""
    for row in read_rows(path):
        check_fixes(row.example, row.checks)
        for code in {finding.code for finding in check_example_once(row.example, row.checks)}:
            if can_fix(code, row.example, row.checks):
                mended = apply_fix(code, row.example, row.checks)
                left = {finding.code for finding in check_example_once(mended, row.checks)}
                assert code not in left, f"{row.file}:{row.number}: {row.why}"


def test_a_miss_and_a_false_alarm_are_told_apart():
    """What is not found lowers recall, what is found wrongly lowers precision; both are named."""
    row = rows_of("personal_data.en.jsonl")[0]
    near = replace(row, expect=frozenset())
    lost = replace(row, expect=frozenset({"secret"}))
    scores, wrong = judge([row, near, lost], [row.about, "secret"])
    assert scores[row.about] == Score(faults=1, found=1, alarms=2, near=1)
    assert scores["secret"] == Score(faults=1, found=0, alarms=0, near=0)
    assert [(each.check, each.missed, each.row) for each in wrong] == [
        (row.about, False, near),
        (row.about, False, lost),
        ("secret", True, lost),
    ]
    assert (scores[row.about].precision, scores["secret"].recall) == (1 / 3, 0)


def test_what_may_be_found_is_no_false_alarm():
    """Where the promise leaves it open, a row counts neither way."""
    row = rows_of("personal_data.en.jsonl")[0]
    open_row = replace(row, expect=frozenset(), may=frozenset({row.about}))
    scores, wrong = judge([open_row], [row.about])
    assert scores[row.about] == Score(near=1)
    assert wrong == []


def test_a_pair_of_rows_is_not_half_of_another():
    """The same example in two sets is found between them, which neither expects."""
    pair = [row for row in rows_of("look_alikes.en.jsonl") if row.set == "pair-1"]
    again = [replace(row, set="elsewhere") for row in pair]
    check = "near_duplicate_example"
    assert judge(pair, [check])[0][check] == Score(faults=2, found=2)
    assert judge([*pair, *again], [check])[0][check].alarms > 0
