"""Tests of core.brand.matching, core.rules.brand and core.brand.fixes: found, told, mended."""

import json

import pytest
from core_builders import an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.brand.matching import BrandMatcher, find_quarrels
from core.brand.patterns import check_pattern
from core.brand.values import KINDS, STYLES, BrandRule, write_rule
from core.errors import BadInput
from core.findings import Severity
from core.fixes import PROJECT_FIXES, apply_fix, can_fix
from core.rules import Checks, check_example, check_example_once
from core.words import LANGUAGES, say_finding

BRAND_FIXES = ("brand_prefer", "brand_ending")


def said_in(reply: str, *rules: tuple) -> list[tuple[str, str]]:
    """What these rules find in a reply, and what they want instead."""
    matcher = BrandMatcher([write_rule(*rule) for rule in rules])
    return [(hit.said, hit.instead) for hit in matcher.find(reply)]


def checks_of(*rules: tuple) -> Checks:
    """The settings of a project with these rules."""
    return Checks(brand=tuple(write_rule(*rule) for rule in rules))


def mended(reply: str, *rules: tuple) -> str:
    """The reply after all repairs by these rules."""
    example, checks = an_example(assistant=reply), checks_of(*rules)
    for code in BRAND_FIXES:
        example = apply_fix(code, example, checks)
    return example.messages[-1].text


EMAIL = ("prefer", "e-mail", "email")


@pytest.mark.parametrize(
    ("reply", "rule", "found"),
    [
        # Whole words, in any capitals and any kind of apostrophe and space.
        ("Cheap, cheaper, cheapest", ("avoid", "cheap"), ["Cheap"]),
        ("dirt-cheap", ("avoid", "cheap"), ["cheap"]),
        ("We don’t, we Don't", ("avoid", "don't"), ["don’t", "Don't"]),
        ("at  the\nend", ("avoid", "at the end"), ["at  the\nend"]),
        ("I can't", ("avoid", "can"), []),
        ("Tonesmith's tea", ("avoid", "Tonesmith"), ["Tonesmith"]),
        # Short forms in capitals are not words.
        ("Tell us: US only", ("avoid", "US"), ["US"]),
        ("We answer asap", ("avoid", "ASAP"), ["asap"]),
        # In Chinese wherever it stands, also Latin words among Chinese.
        ("亲，亲爱的", ("avoid", "亲"), ["亲", "亲"]),
        ("请发e-mail给我", EMAIL, ["e-mail"]),
        ("我的APPLE", ("avoid", "app"), []),
        # Signs, which no word surrounds.
        ("Wow!! Yes!", ("avoid", "!!"), ["!!"]),
        ("C++ and C", ("avoid", "C++"), ["C++"]),
        # Addresses and code are not said; compounds are other words.
        ("a@e-mail.com, https://e-mail.com/x, e-mail.com, `e-mail`", EMAIL, []),
        ("an e-mail-address", EMAIL, []),
        # A spelling by its capitals alone.
        ("javascript, JavaScript", ("prefer", "javascript", "JavaScript"), ["javascript"]),
        ("Internet here. The Internet", ("prefer", "Internet", "internet"), ["Internet"]),
        # Names however they are joined, but not as a part of another.
        ("Git hub, GITHUB, git-hub, GitHub", ("name", "GitHub"), ["Git hub", "GITHUB", "git-hub"]),
        ("a git hub of hubs", ("name", "GitHub"), []),
        ("github.com, digithub, githubs, @github", ("name", "GitHub"), []),
        ("iphone 15pro", ("name", "iPhone 15 Pro"), ["iphone 15pro"]),
        # Openings stand at the beginning, behind whatever is no letter.
        ("As an AI, I", ("opening", "As an AI…"), ["As an AI"]),
        ("“as an ai model", ("opening", "As an AI"), ["as an ai"]),
        ("As an aide, as an AI", ("opening", "As an AI"), []),
        ("作为AI，我", ("opening", "作为AI"), ["作为AI"]),
        # Patterns, with or without capitals.
        ("Call +49 30", ("pattern", r"\+\d+"), ["+49"]),
        ("ABC abc", ("pattern", "abc"), ["ABC", "abc"]),
        ("nothing", ("pattern", "x*"), []),
        # Lengths begin where too much begins.
        ("one two three", ("words", "2"), [""]),
        ("你好吗", ("words", "3"), []),
        ("12345", ("characters", "5"), []),
        # What has to be there.
        ("Cheers, THE TEAM", ("ending", "the team"), []),
        ("Cheers", ("must", "Cheers"), []),
        ("", ("must", "Cheers"), []),
    ],
)
def test_a_rule_finds_what_it_is_about(reply, rule, found):
    """And nothing else."""
    assert [said for said, _ in said_in(reply, rule)] == found


def test_a_pattern_or_word_keeps_its_capitals():
    """At the beginning of a sentence, and where all shouts; as given, where capitals are given."""
    assert mended("E-mail me. E-MAIL! An e-mail", EMAIL) == "Email me. EMAIL! An email"
    assert mended("Mac or mac", ("prefer", "mac", "iMac")) == "iMac or iMac"


def test_a_pattern_names_its_groups():
    """What stands instead is put together from what was found."""
    assert mended("+49 30", ("pattern", r"\+49 (\d+)", r"0\1")) == "030"


def test_of_two_that_overlap_the_longer_counts():
    """A phrase has its own replacement, whatever its words have."""
    rules = (("avoid", "cheap", "fair"), ("avoid", "cheap flights", "good fares"))
    assert said_in("cheap flights, cheap tea", *rules) == [
        ("cheap flights", "good fares"),
        ("cheap", "fair"),
    ]


@pytest.mark.parametrize(
    ("style", "before", "after"),
    [
        ("full_width", "好的,我们(明天)到!", "好的，我们（明天）到！"),
        ("full_width", "3.5 元, see (above), 10:30 :)", "3.5 元，see (above), 10:30 :)"),
        ("spaced", "用Python写3行", "用 Python 写 3 行"),
        ("close", "用 Python 写", "用Python写"),
        ("simplified", "請問號碼", "请问号码"),
        ("simplified", "著名的皇后", "著名的皇后"),
        ("traditional", "以后我们发货", "以後我們發貨"),
        ("traditional", "台灣的皇后", "台灣的皇后"),
    ],
)
def test_chinese_is_set_as_wanted(style, before, after):
    """Nothing is touched that is right in both."""
    assert mended(before, ("style", style)) == after


@pytest.mark.parametrize(
    ("before", "ending", "after"),
    [
        ("It is on its way", ".", "It is on its way."),
        ("On its way. ", "The team", "On its way. The team"),
        ("已经发货", "祝好", "已经发货祝好"),
        ("Done. The Team", "the team", "Done. The Team"),
    ],
)
def test_the_ending_is_added(before, ending, after):
    """Set off as its first sign asks for, and only where it is missing."""
    assert mended(before, ("ending", ending)) == after


def test_any_of_several_endings_will_do():
    """They are a choice; where none is there, the first is added."""
    rules = (("ending", "Cheers."), ("ending", "Take care."))
    assert mended("Yes. Take care.", *rules) == "Yes. Take care."
    assert mended("Yes.", *rules) == "Yes. Cheers."


@pytest.mark.parametrize(
    "rule", [("prefer", "e-mail", "email"), ("pattern", "e-?mails?(?!l)", "email")]
)
def test_a_name_in_json_is_not_said(rule):
    """A program looks for it; what stands under it is said."""
    reply = '{"e-mail": "an e-mail", "other": {"e-mail": 1, "a\\"b": ["e-mail"]}}'
    after = '{"e-mail": "an email", "other": {"e-mail": 1, "a\\"b": ["email"]}}'
    assert said_in(reply, rule) == [("e-mail", "email")] * 2
    assert mended(reply, rule) == after
    assert said_in('Say "e-mail": never.', rule) == [("e-mail", "email")]


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_an_ending_does_not_open_code_again(fence):
    """It stands on a line of its own behind what closes it."""
    code = f"{fence}python\nx=1\n{fence}"
    assert mended(f"{code}\n", ("ending", "Thanks!")) == f"{code}\n\nThanks!"
    assert mended(f"{code}\nSo.", ("ending", "Thanks!")) == f"{code}\nSo. Thanks!"


def test_rules_that_want_opposite_things_change_nothing():
    """And the list says which two they are."""
    rules = (("prefer", "a1", "b1"), ("prefer", "b1", "a1"))
    assert mended("a1 b1", *rules) == "a1 b1"
    first, second = (write_rule(*rule) for rule in rules)
    assert find_quarrels((first, second)) == ((first, second), (second, first))


def test_a_repair_that_makes_the_reply_too_long_is_not_offered():
    """It would only bring another finding."""
    checks = checks_of(("avoid", "tea", "a cup of our finest tea"), ("words", "3"))
    assert not can_fix("brand_prefer", an_example(assistant="Have some tea"), checks)


def test_only_replies_that_are_learned_from_are_held_to_the_rules():
    """Not what is asked, nor the instructions, nor what has weight 0."""
    example = of_messages(
        {"role": "system", "content": "Never say cheap."},
        {"role": "user", "content": "cheap?"},
        {"role": "assistant", "content": "cheap", "weight": 0},
        {"role": "user", "content": "cheap?"},
        {"role": "assistant", "content": "so cheap"},
    )
    told = check_example(example, checks_of(("avoid", "cheap")))
    (found,) = [each for each in told if each.code == "brand_avoid"]
    assert (found.code, found.place.message, found.place.start, found.place.end) == (
        "brand_avoid", 4, 3, 8,
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_can_be_told(language):
    """Each kind of rule has its sentence, with all its facts."""
    checks = checks_of(
        ("avoid", "so"), EMAIL, ("name", "GitHub"), ("opening", "As an AI"), ("must", "Cheers"),
        ("ending", "!"), ("characters", "3"), ("words", "2"), ("pattern", r"\d"),
        *(("style", style) for style in STYLES),
    )  # fmt: skip
    reply = "As an AI, so 1 e-mail Git hub 好,用 a用b 請们"
    found = check_example(an_example(assistant=reply), checks)
    told = {(f.code, f.detail): say_finding(language, f, "what") for f in found}
    assert len(told) == len(checks.brand)
    assert all("{" not in sentence for sentence in told.values())
    assert len(set(told.values())) == len(told)


def test_a_pattern_that_takes_for_ever_is_left_alone():
    """It costs little, finds nothing, and is named so that somebody can mend it."""
    rule = write_rule("pattern", r"(a|aa)+$")
    matcher = BrandMatcher([rule, write_rule("avoid", "cheap")])
    hostile = "a" * 60 + "! cheap"
    assert [hit.said for _ in range(4) for hit in matcher.find(hostile)] == ["cheap"] * 4
    assert matcher.slow == (rule,)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (BrandRule("pattern", "(a"), "bad_pattern"),
        (BrandRule("pattern", "a", r"\7"), "bad_replacement"),
        (BrandRule("pattern", r"(a|aa)+$"), "pattern_too_slow"),
    ],
)
def test_a_pattern_is_tried_before_it_is_kept(rule, code):
    """One that cannot be read, or takes too long, gives a sentence."""
    with pytest.raises(BadInput) as refused:
        check_pattern(rule, ["a" * 60 + "!"])
    assert refused.value.code == code


def test_a_pattern_that_came_with_a_file_and_cannot_be_read_does_no_harm():
    """The other rules go on."""
    matcher = BrandMatcher([BrandRule("pattern", "(a"), BrandRule("avoid", "cheap")])
    assert [hit.said for hit in matcher.find("a cheap thing")] == ["cheap"]


WORDS = ("e-mail", "E-MAIL", "cheap", "GitHub", "git hub", "您", "你", "用", "Python", "發", "发")
SIGNS = (" ", ",", "!!", ".", "\n", "(", ")", "https://e-mail.com/", "`", "’", "\u0130", "\ud800")
TEXT = st.lists(st.sampled_from(WORDS + SIGNS), max_size=14).map("".join) | st.text(max_size=30)
PATTERNS = st.sampled_from([r"\d+", "a|b", "(x)?", r"\bgit\b", "(", "[", r"(?R)", "!!+"])


@st.composite
def rules(draw: st.DrawFn) -> BrandRule:
    """Any rule, also such as somebody may have put into a file."""
    kind = draw(st.sampled_from(KINDS))
    text = {
        "style": st.sampled_from(STYLES),
        "words": st.integers(1, 9).map(str),
        "characters": st.integers(1, 40).map(str),
        "pattern": PATTERNS,
    }.get(kind, TEXT)
    instead = draw(TEXT) if draw(st.booleans()) else ""
    return BrandRule(kind, draw(text), instead, draw(st.booleans()))


def stored(rule: BrandRule) -> BrandRule | None:
    """The rule as it comes back out of a database, if it makes sense."""
    return BrandRule.from_json(json.loads(json.dumps(rule.to_json())))


@given(st.lists(rules(), max_size=5), TEXT)
def test_no_reply_makes_a_rule_raise_and_every_repair_is_one(found, reply):
    """A repair that is offered takes its findings away, brings nothing grave, and is done once."""
    checks = Checks(brand=tuple(rule for each in found if (rule := stored(each))))
    example = an_example(assistant=reply)
    before = check_example_once(example, checks)
    for finding in before:
        start, end = finding.place.start, finding.place.end
        assert start is None or end is None or 0 <= start < end <= len(reply)
    for code in BRAND_FIXES:
        after = apply_fix(code, example, checks)
        assert apply_fix(code, after, checks) == after
        if after != example:
            codes = {f.code for f in check_example_once(after, checks)}
            assert code not in codes
            assert grave(after, checks) <= grave(example, checks)


def grave(example, checks) -> set[str]:
    """The codes of what is more than advice."""
    found = check_example_once(example, checks)
    return {f.code for f in found if f.severity is not Severity.ADVICE}


def test_every_repair_by_the_brand_is_registered():
    """What is told as mendable is."""
    assert set(BRAND_FIXES) <= set(PROJECT_FIXES)
