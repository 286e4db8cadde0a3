"""Tests of core.brand: what can be a rule, and a list of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.brand.values import KINDS, MOST, STYLES, BrandRule, with_rule, write_rule
from core.errors import BadInput

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


def test_a_rule_is_kept_as_it_was_typed():
    """Without the spaces around, and with what only some kinds have."""
    assert write_rule("prefer", " e-mail ", " email ", match_case=True) == BrandRule(
        "prefer", "e-mail", "email", True
    )
    assert write_rule("name", "GitHub", "Git", match_case=True) == BrandRule("name", "GitHub")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (("shout", "a"), "brand_kind"),
        (("avoid", "  "), "brand_empty"),
        (("avoid", "a" * 501), "brand_too_long"),
        (("avoid", "a", "b" * 501), "brand_too_long"),
        (("characters", "many"), "brand_no_number"),
        (("words", "0"), "brand_no_number"),
        (("words", "٣"), "brand_no_number"),
        (("style", "sideways"), "brand_style"),
        (("prefer", "a"), "brand_no_instead"),
        (("avoid", "a", "a"), "brand_same"),
    ],
)
def test_what_makes_no_sense_is_no_rule(said, code):
    """The reason is told, and a stored one is passed over."""
    with pytest.raises(BadInput) as refused:
        write_rule(*said)
    assert refused.value.code == code


@given(
    st.sampled_from(KINDS), st.text(min_size=1, max_size=20), st.text(max_size=20), st.booleans()
)
def test_a_rule_survives_being_stored(kind, text, instead, match_case):
    """Whatever can be written can be read again, as the same and with the same hash."""
    text = {"style": STYLES[0], "words": "7", "characters": "9"}.get(kind, text)
    try:
        rule = write_rule(kind, text, instead, match_case=match_case)
    except BadInput:
        return
    again = BrandRule.from_json(rule.to_json())
    assert (again, hash(again)) == (rule, hash(rule))


@given(JSON)
def test_foreign_settings_are_no_rule(value):
    """Whatever a file holds, reading it does not fail."""
    assert BrandRule.from_json(value) is None


def test_there_is_one_rule_about_one_thing():
    """A second one about the same takes the place of the first."""
    rules = with_rule((), write_rule("words", "90"))
    rules = with_rule(rules, write_rule("avoid", "cheap"))
    rules = with_rule(rules, write_rule("words", "60"))
    rules = with_rule(rules, write_rule("avoid", "cheap", "good value"))
    assert rules == (write_rule("words", "60"), write_rule("avoid", "cheap", "good value"))


def test_a_list_has_an_end():
    """A file of a million words does not become a list of rules."""
    full = tuple(BrandRule("avoid", str(number)) for number in range(MOST))
    with pytest.raises(BadInput, match="brand_too_many"):
        with_rule(full, BrandRule("avoid", "one more"))
