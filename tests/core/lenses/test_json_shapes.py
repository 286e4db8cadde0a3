"""core/lenses/json_shapes.py: where most replies are JSON of one shape, the odd ones are told."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.examples import Example, Message
from core.lenses.json_shapes import FEWEST, JsonShapes

USUAL = {"item": "tea", "count": 2, "gift": False, "tags": ["hot"]}


def replying(reply: Any, system: str | None = "Extract.") -> Example:
    """An example with this reply, as JSON where it is no text."""
    text = reply if isinstance(reply, str) else json.dumps(reply)
    turns = Example((Message.of("user", "Will it rain?"), Message.of("assistant", text)))
    return turns.with_system(system)


def odd_in(lens: JsonShapes) -> dict[int, tuple[str, str]]:
    """How each odd row differs, and by which name."""
    said = ((each.rows, dict(each.params)) for each in lens.found())
    return {row: (str(how["how"]), str(how["name"])) for (row,), how in said}


def a_lens(*odd: Any, usual: int = 20) -> JsonShapes:
    """A lens over usual replies, then odd ones from row 100 on."""
    lens = JsonShapes()
    lens.put([(row, replying({**USUAL, "count": row})) for row in range(usual)])
    lens.put([(100 + nth, replying(reply)) for nth, reply in enumerate(odd)])
    return lens


def without(name: str) -> dict[str, Any]:
    """The usual reply without one name."""
    return {key: value for key, value in USUAL.items() if key != name}


def test_the_odd_ones_are_told_by_how_they_differ() -> None:
    """Prose, a name that is missing, another type, a name too many."""
    lens = a_lens("It is tea.", without("gift"), {**USUAL, "count": "two"}, {**USUAL, "sugar": 1})
    assert odd_in(lens) == {
        100: ("prose", ""),
        101: ("missing", "gift"),
        102: ("type", "count"),
        103: ("extra", "sugar"),
    }


def test_inside_lists_and_objects() -> None:
    """A type in a list counts as well, and the path says where."""
    lens = a_lens({**USUAL, "tags": [3]}, {**USUAL, "tags": [{"a": 1}]})
    assert odd_in(lens)[100] == ("type", "tags.[]")
    assert odd_in(lens)[101][0] == "type"


def test_what_may_be_so_is_fine() -> None:
    """Null instead of a value, a float among whole numbers, an empty list, another order."""
    fenced = f"```json\n{json.dumps(USUAL)}\n```"
    lens = a_lens({**USUAL, "item": None}, {**USUAL, "count": 1.5}, {**USUAL, "tags": []},
                  dict(reversed(USUAL.items())), fenced)  # fmt: skip
    assert odd_in(lens) == {}


def test_what_some_have_is_optional() -> None:
    """A name in every fourth reply is neither missing nor too many."""
    lens = JsonShapes()
    some = ({**USUAL, "note": "x"} if row % 4 == 0 else USUAL for row in range(40))
    lens.put([(row, replying(reply)) for row, reply in enumerate(some)])
    assert odd_in(lens) == {}


def test_few_or_mixed_replies_have_no_shape() -> None:
    """Below the fewest, and where prose is as usual, nobody can say what is odd."""
    assert odd_in(a_lens(without("gift"), usual=FEWEST - 2)) == {}
    assert odd_in(a_lens(*["It is tea."] * 10)) == {}


def test_names_that_are_data_are_no_shape() -> None:
    """A glossary has other names in each reply."""
    lens = JsonShapes()
    lens.put([(row, replying({"term": "x", f"word{row}": "y"})) for row in range(40)])
    assert odd_in(lens) == {}


def test_each_kind_of_instructions_has_its_own_shape() -> None:
    """Two tasks in one project do not disturb each other, nor do broken replies."""
    lens = a_lens('{"item": "tea",}', '{"item": ')
    lens.put([(200 + row, replying({"mood": "good"}, "Feel.")) for row in range(20)])
    lens.put([(300 + row, replying("Hello", None)) for row in range(20)])
    assert odd_in(lens) == {}


def test_an_edit_is_seen_and_a_deleted_row_forgotten() -> None:
    """Mended, it is no longer odd; what is dropped leaves nothing behind."""
    lens = a_lens("It is tea.", without("gift"))
    lens.put([(100, replying(USUAL))])
    assert odd_in(lens) == {101: ("missing", "gift")}
    lens.drop([101, 999])
    assert odd_in(lens) == {}


REPLIES = st.sampled_from(
    [USUAL, without("gift"), {**USUAL, "count": "two"}, "It is tea.", [1], {}]
)
STEPS = st.lists(st.tuples(st.integers(0, 15), REPLIES | st.none()), max_size=40)


@given(STEPS)
def test_however_it_came_about_it_sees_what_a_new_one_sees(
    steps: list[tuple[int, Any]],
) -> None:
    """Edits and deletions in any order, asked in between or not."""
    lens, rows = JsonShapes(), dict[int, Example]()
    lens.put([(50 + row, replying(USUAL)) for row in range(20)])
    for row, reply in steps:
        if reply is None:
            rows.pop(row, None)
            lens.drop([row])
        else:
            rows[row] = replying(reply)
            lens.put([(row, rows[row])])
        if row % 3 == 0:
            lens.found()
    fresh = JsonShapes()
    fresh.put([(50 + row, replying(USUAL)) for row in range(20)])
    fresh.put(list(rows.items()))
    assert lens.found() == fresh.found()
