"""What a project wants checked: kept as JSON, told apart by what it leads to."""

import json
from dataclasses import replace

from core_builders import an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.findings import Severity
from core.rules import NO_CHECKS, Checks, all_codes, check_example
from core.rules.checks import Checks as Same
from core.rules.limits import LIMITS
from core.rules.switches import SWITCHES

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(["off", "limits", "brand", "voice", "judged"])


def test_what_is_switched_off_is_not_told() -> None:
    """And told again once it is switched on."""
    spaced = of_messages({"role": "user", "content": " a "}, {"role": "assistant", "content": "b"})
    off = NO_CHECKS.switched("untrimmed_whitespace", on=False)
    assert "untrimmed_whitespace" in {f.code for f in check_example(spaced)}
    assert "untrimmed_whitespace" not in {f.code for f in check_example(spaced, off)}
    again = off.switched("untrimmed_whitespace", on=True)
    assert check_example(spaced, again) == check_example(spaced)


def test_settings_come_back_as_they_went() -> None:
    """Through the JSON text that is stored."""
    name, value = next(iter(LIMITS.items()))
    checks = Checks(off=frozenset({"bad_name"}), limits=((name, value + 1),), judged=frozenset("a"))
    back = Checks.from_json(json.loads(json.dumps(checks.to_json())))
    assert back == checks
    assert (back.off, back.limits, back.judged) == (checks.off, checks.limits, checks.judged)
    assert back.limit(name) == value + 1


def test_a_pair_that_was_judged_changes_no_finding_of_a_row() -> None:
    """So nothing is checked again for it."""
    judged = replace(NO_CHECKS, judged=frozenset({"abc"}))
    assert judged.fingerprint == NO_CHECKS.fingerprint
    assert replace(NO_CHECKS, off=frozenset({"bad_name"})).fingerprint != NO_CHECKS.fingerprint


@given(st.dictionaries(FIELDS, JSON) | JSON)
def test_settings_that_make_no_sense_are_left_out(value: object) -> None:
    """Whatever stands there, the checks go on."""
    checks = Same.from_json(value)
    check_example(an_example(), checks)
    assert Same.from_json(checks.to_json()) == checks


def test_what_can_be_switched_off_is_never_what_stops_training() -> None:
    """And each check stands there once."""
    codes = [code for group in SWITCHES.values() for code in group]
    assert len(set(codes)) == len(codes)
    assert all(all_codes()[code] is not Severity.ERROR for code in codes)
