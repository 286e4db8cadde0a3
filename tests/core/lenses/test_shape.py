"""core/lenses/shape.py: what a set is made of, and where it is out of balance."""

from __future__ import annotations

from lens_builders import a_talk

from core.examples import Example, Message
from core.lenses.base import Found
from core.lenses.shape import KIND, LENGTH, SCRIPT, TAG, Shape, Share
from core.rules.checks import Checks

ENGLISH, CHINESE = a_talk("Will it rain?", "No."), a_talk("明天下雨吗？", "不下。")


def a_shape(*examples: Example, **limits: float) -> Shape:
    """The shape of these examples, numbered from 1, by these limits in the place of ours."""
    shape = Shape(Checks(limits=tuple(limits.items())))
    shape.put([*enumerate(examples, 1)])
    return shape


def many(example: Example, times: int, *tags: str, held_out: bool = False) -> list[Example]:
    """The same example so many times."""
    return [example.with_tags(tags).with_held_out(held_out)] * times


def codes(shape: Shape) -> list[str]:
    """What is found, by its codes."""
    return [found.code for found in shape.found()]


def test_examples_are_counted_by_tag_language_and_kind_of_question() -> None:
    """The most first; each is counted among those to learn from or those for validation."""
    shape = a_shape(
        ENGLISH.with_tags(["rain", "short"]),
        ENGLISH.with_tags(["rain"]).with_held_out(True),
        CHINESE,
    )
    assert (shape.training, shape.validation) == (2, 1)
    assert shape.shares(TAG) == [Share("rain", 1, 1), Share("", 1, 0), Share("short", 1, 0)]
    assert shape.shares(SCRIPT) == [Share("latin", 1, 1), Share("chinese", 1, 0)]
    assert shape.shares(KIND) == [Share("yes_no", 2, 1)]
    assert shape.rows_with(TAG, "rain") == [1, 2]
    assert shape.rows_with(SCRIPT, "chinese") == [3]
    assert shape.rows_with(TAG, "snow") == []


def test_an_example_counts_for_each_length_that_a_reply_of_it_has() -> None:
    """From the shortest; what is not learned has no length here."""
    shape = a_shape(
        Example(
            (
                Message.of("user", "Hi"),
                Message.of("assistant", "word " * 30),
                Message.of("assistant", "Two words."),
                Message.of("assistant", "Two more."),
                Message.of("assistant", "word " * 300, weight=0),
            )
        ),
        a_talk("你好", "好" * 30),
    )
    assert shape.shares(LENGTH) == [Share(0, 1, 0), Share(2, 2, 0)]


def test_from_fifty_examples_on_some_are_to_be_held_out() -> None:
    """With fewer each one is needed to learn from."""
    assert codes(a_shape(*many(ENGLISH, 49))) == []
    found = a_shape(*many(ENGLISH, 50)).found()
    told = (("held_out", 0), ("examples", 50), ("percent", 0))
    assert found == (Found("validation_share", (), told),)
    assert codes(a_shape(*many(ENGLISH, 20), validation_from=20)) == ["validation_share"]


def test_more_than_a_third_held_out_is_too_much() -> None:
    """However few there are."""
    assert codes(a_shape(*many(ENGLISH, 7), *many(ENGLISH, 3, held_out=True))) == []
    assert codes(a_shape(*many(ENGLISH, 6), *many(ENGLISH, 4, held_out=True))) == [
        "validation_share"
    ]


def test_validation_has_what_is_taught() -> None:
    """A tag or a language that training has is missed where by its size one was due."""
    taught = [*many(ENGLISH, 30, "rain"), *many(CHINESE, 20, "snow")]
    gap = a_shape(*taught, *many(ENGLISH, 5, "rain", held_out=True))
    assert gap.found() == (Found("validation_gap", (), (("count", 2),)),)
    whole = [*many(ENGLISH, 3, "rain", held_out=True), *many(CHINESE, 2, "snow", held_out=True)]
    assert codes(a_shape(*taught, *whole)) == []
    few = [*many(ENGLISH, 90, "rain"), *many(ENGLISH, 10, "snow")]
    assert codes(a_shape(*few, *many(ENGLISH, 9, "rain", held_out=True))) == []


def test_a_tag_with_few_examples_is_told_where_tags_sort_the_set() -> None:
    """Not where they are notes on some examples, and not beside others that are small as well."""
    sorted_ = [*many(ENGLISH, 40, "rain"), *many(ENGLISH, 4, "snow")]
    found = a_shape(*sorted_).found()
    told = (("count", 1), ("examples", 4))
    assert found == (Found("unbalanced_tags", (41, 42, 43, 44), told),)
    assert codes(a_shape(*sorted_[5:], *many(ENGLISH, 10))) == []
    assert codes(a_shape(*many(ENGLISH, 39, "rain"), *many(ENGLISH, 4, "snow"))) == []
    assert codes(a_shape(*many(ENGLISH, 44, "rain"))) == []


def test_a_language_that_hardly_occurs_is_told() -> None:
    """A mixture, or an example without letters, is none that went astray."""
    found = a_shape(*many(ENGLISH, 30), *many(CHINESE, 2)).found()
    told = (("count", 1), ("examples", 2))
    assert found == (Found("unbalanced_languages", (31, 32), told),)
    both = a_talk("How do you say 你好吗？", "You say: how are you, or simply: hello there")
    assert codes(a_shape(*many(ENGLISH, 30), both, a_talk("1+1", "2"))) == []
    assert codes(a_shape(*many(ENGLISH, 30), *many(CHINESE, 10))) == []
