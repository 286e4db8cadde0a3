"""A difference says both texts, marks what a person would mark, and stays small for huge texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diffs import (
    INSERTED,
    LONGEST,
    MOST_EDITS,
    REMOVED,
    SAME,
    Piece,
    diff_text,
    pair_up,
    shorten,
)

TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="ab \n", max_size=60),
    st.lists(st.sampled_from(["we ", "the company ", "您", "好", "，", "👩‍👩‍👧", "é", "\n"])).map(
        "".join
    ),
)


def drawn(before: str, after: str) -> str:
    """The difference as one text: what went in [-…-], what came in {+…+}."""
    marks = {SAME: "{}", REMOVED: "[-{}-]", INSERTED: "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in diff_text(before, after))


def said_by(pieces: tuple[Piece, ...], *kinds: str) -> str:
    """The text of the pieces of these kinds."""
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


@given(before=TEXTS, after=TEXTS)
def test_both_texts_can_be_read_from_a_difference(before: str, after: str) -> None:
    """Without what came it is the old text, without what went the new one, to the character."""
    pieces = diff_text(before, after)
    assert before == said_by(pieces, SAME, REMOVED)
    assert after == said_by(pieces, SAME, INSERTED)
    assert all(piece.text for piece in pieces)


@given(text=TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    """Then nothing is marked."""
    assert {piece.kind for piece in diff_text(text, text)} <= {SAME}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("We ship today.", "We ship tomorrow.", "We ship [-today-]{+tomorrow+}."),
        ("Hello", "Hello there", "Hello{+ there+}"),
        ("don't", "do", "[-don't-]{+do+}"),
        ("下午四点前下单", "下午五点前下单", "下午[-四-]{+五+}点前下单"),
        ("明天就能收到。", "明天就能收到哦。", "明天就能收到{+哦+}。"),
        ("用 iPhone 下单", "用 Android 下单", "用 [-iPhone-]{+Android+} 下单"),
        ("one two", "one\ntwo", "one[- -]{+\n+}two"),
        ("end ", "end", "end[- -]"),
        ("👍🏻 ok", "👍🏿 ok", "[-👍🏻-]{+👍🏿+} ok"),
        ("नमस्ते दुनिया", "नमस्कार दुनिया", "[-नमस्ते-]{+नमस्कार+} दुनिया"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
    ],
)
def test_words_are_marked_whole_and_chinese_by_characters(
    before: str, after: str, expected: str
) -> None:
    """What a reader would point at, neither half a word nor half a picture."""
    assert drawn(before, after) == expected


def test_what_stayed_between_two_changes_is_not_confetti() -> None:
    """A blank or a small word that happens to be in both is part of the change around it."""
    assert drawn("red car", "blue bus") == "[-red car-]{+blue bus+}"
    assert drawn("a big red car", "a small but blue car") == "a [-big red-]{+small but blue+} car"


def test_lines_keep_two_changes_apart() -> None:
    """A change in each of two lines is two changes."""
    assert drawn("red\ncar", "blue\nbus") == "[-red-]{+blue+}\n[-car-]{+bus+}"


def test_texts_with_too_many_edits_are_compared_by_lines() -> None:
    """The lines that are alike stay, and the others are replaced whole."""
    lines = range(MOST_EDITS // 4)
    before = "".join(f"a{n} b{n} c{n} d{n}.\nkept {n}\n" for n in lines)
    pieces = diff_text(before, before.replace("a", "x").replace("b", "y").replace("d", "z"))
    assert [piece.kind for piece in pieces] == [REMOVED, INSERTED, SAME] * len(lines)
    assert [piece.text for piece in pieces[:3]] == ["a0 b0 c0 d0.\n", "x0 y0 c0 z0.\n", "kept 0\n"]


def test_texts_with_too_many_edits_by_lines_are_compared_as_a_whole() -> None:
    """But for the lines that both begin and end with."""
    middle = "".join(f"old {n}\n" for n in range(MOST_EDITS)) + "shared\nold\n"
    pieces = diff_text(f"first\n{middle}last", f"first\n{middle.replace('old', 'new')}last")
    assert [piece.kind for piece in pieces] == [SAME, REMOVED, INSERTED, SAME]
    assert [pieces[0].text, pieces[-1].text] == ["first\n", "last"]


@pytest.mark.parametrize("size", [LONGEST, 1_000_000])
@pytest.mark.parametrize(("one", "other"), [("a ", "b "), ("a ", "a a b "), ("a\n", "b\nc\n")])
def test_huge_texts_that_have_nothing_in_common_are_few_pieces(
    size: int, one: str, other: str
) -> None:
    """They are told as a whole, not searched for pairs without end."""
    pieces = diff_text(one * size, other * (size // 2))
    assert len(pieces) <= 3
    assert one * size == said_by(pieces, SAME, REMOVED)


@given(before=st.lists(st.integers(0, 5)), after=st.lists(st.integers(0, 5)))
def test_pairs_are_alike_and_in_order(before: list[int], after: list[int]) -> None:
    """They are as many as the longest common subsequence, reckoned the plain way, has items."""
    pairs = pair_up(before, after)
    assert all(before[i] == after[j] for i, j in pairs)
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert len(pairs) == longest_common(before, after)


def longest_common(before: list[int], after: list[int]) -> int:
    """The length of the longest common subsequence, by dynamic programming."""
    row = [0] * (len(after) + 1)
    for old in before:
        diagonal = 0
        for j, new in enumerate(after, 1):
            longest = diagonal + 1 if old == new else max(row[j], row[j - 1])
            diagonal, row[j] = row[j], longest
    return row[-1]


def test_what_stayed_is_shortened_to_what_stands_beside_a_change() -> None:
    """How much is left out is known, and the change itself is shown."""
    pieces = diff_text("x" * 1_000 + " old " + "y" * 1_000, "x" * 1_000 + " new " + "y" * 1_000)
    short = shorten(pieces, around=10)
    assert [piece.text for piece in short] == ["", "x" * 9 + " ", "old", "new", " " + "y" * 9]
    assert [piece.left_out for piece in short] == [991, 0, 0, 0, 991]


def test_a_huge_insertion_is_cut() -> None:
    """The page stays small, whatever was pasted."""
    [piece] = shorten(diff_text("", "z" * 1_000_000), most=100)
    assert (piece.kind, len(piece.text), piece.left_out) == (INSERTED, 100, 999_900)


@given(before=TEXTS, after=TEXTS)
def test_short_texts_are_shown_whole(before: str, after: str) -> None:
    """Nothing is left out where there is little to leave out."""
    pieces = diff_text(before, after)
    assert shorten(pieces) == pieces
