"""core/lenses/look_alikes.py: pairs that ask the same, however the rows came to stand there."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from lens_builders import a_talk

from core.examples import Example
from core.lenses.look_alikes import (
    CONFLICTING,
    LEAKED,
    MOST,
    NEAR_DUPLICATE,
    REPEATED,
    LookAlikes,
)

QUESTIONS = (
    "How long does delivery take to Germany?",
    "how long does the delivery to Germany take",
    "How long does delivery take to Denmark?",
    "Can I return a kettle that I have used?",
    "Can I return a ketle that I have used?",
    "什么时候能送到德国？",
    "请问什么时候能送到德国呢？",
    "什么时候能送到法国？",
    "",
    "😀",
    "\ud83d x",
)
REPLIES = (
    "Three days.",
    "Five days.",
    "Yes, within a month.",
    "No, sorry.",
    "三天。",
    '{"days": 3}',
)


def a_lens(*examples: Example) -> LookAlikes:
    """A lens over these examples, numbered from 1."""
    lens = LookAlikes()
    lens.put([*enumerate(examples, 1)])
    return lens


def codes(lens: LookAlikes) -> dict[str, list[tuple[int, ...]]]:
    """The pairs found, by their code."""
    found: dict[str, list[tuple[int, ...]]] = {}
    for each in lens.found():
        found.setdefault(each.code, []).append(each.rows)
    return found


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[int, Example | None]]:
    """A row that is put, or dropped where there is no example, again and again."""
    example = st.builds(
        lambda user, reply, held_out: a_talk(user, reply, held_out=held_out),
        st.sampled_from(QUESTIONS),
        st.sampled_from(REPLIES),
        st.booleans(),
    )
    return draw(st.lists(st.tuples(st.integers(1, 12), st.none() | example), max_size=40))


@settings(deadline=None, max_examples=150)
@given(edits(), st.sets(st.integers(0, 40)))
def test_whatever_came_before_the_same_rows_show_the_same(
    done: list[tuple[int, Example | None]], looks: set[int]
) -> None:
    """A lens that was kept in step finds what one built anew finds, wherever it was asked."""
    lens, rows = LookAlikes(), dict[int, Example]()
    for at, (row_id, example) in enumerate(done):
        if example is None:
            lens.drop([row_id])
            rows.pop(row_id, None)
        else:
            lens.put([(row_id, example)])
            rows[row_id] = example
        if at in looks:
            lens.found()
    anew = LookAlikes()
    anew.put(sorted(rows.items()))
    assert list(anew.found()) == list(lens.found())


def test_examples_nearly_the_same_are_a_pair() -> None:
    """Copies word for word have a finding of their own."""
    one = a_talk("Can I return a kettle?", "Yes, within 30 days of buying it.")
    near = a_talk("can I return a ketle", "Yes, within 30 days of buying it!")
    assert codes(a_lens(one, near)) == {NEAR_DUPLICATE: [(1, 2)]}
    assert codes(a_lens(one, one)) == {}


def test_what_is_in_training_and_validation_at_once_leaks() -> None:
    """Word for word or nearly so; not where the reply is another one."""
    one = a_talk("Can I return a kettle?", "Yes, within 30 days of buying it.")
    held = a_talk("Can I return a ketle?", "Yes, within 30 days of buying it.", held_out=True)
    assert codes(a_lens(one, held, one.with_held_out(True))) == {
        LEAKED: [(1, 3), (1, 2)],
        NEAR_DUPLICATE: [(2, 3)],
    }
    other = a_talk("Can I return a kettle?", "Please do, we love them.", held_out=True)
    assert LEAKED not in codes(a_lens(one, other))


def test_conflicts_come_first_with_their_reason() -> None:
    """Most suspicious first; another good reply is advice and comes last."""
    found = a_lens(
        a_talk("Write a line for a lamp.", "Light that whispers."),
        a_talk("Write a line for a lamp.", "The evening, on a switch."),
        a_talk("Write a line for a lamp.", "I'm sorry, but I can't help with that."),
    ).found()
    assert [each.code for each in found] == [CONFLICTING, CONFLICTING, REPEATED]
    assert dict(found[0].params)["reason"] == "refusal"


def test_under_other_instructions_another_reply_is_meant() -> None:
    """A slip in them makes no other instructions."""
    replies = ("Yes, do.", "No, never.")
    kind, stern = "Be kind, whatever happens.", "You never give in to anybody."
    told = [
        a_talk("May I?", reply, system=s) for reply, s in zip(replies, (kind, stern), strict=True)
    ]
    slip = [
        a_talk("May I?", reply, system=s)
        for reply, s in zip(replies, (kind, kind[:-1]), strict=True)
    ]
    assert codes(a_lens(*told)) == {}
    assert codes(a_lens(*slip)) == {CONFLICTING: [(1, 2)]}


def test_long_questions_that_begin_and_end_the_same_are_told_apart_by_their_middle() -> None:
    """Instructions around another document ask something else."""
    letters = [*product("bcdfgklmnprst", "aeiou", "lmnrst", "ae")]
    words = [f"{''.join(four)} " for four in letters]
    around = "Summarise this article in three lines. {} Now write the three lines."
    one, other = ("".join(words[at::2]) for at in (0, 1))
    lens = a_lens(*(a_talk(around.format(text), "Fine.") for text in (one, other, f"{one}too")))
    assert codes(lens) == {NEAR_DUPLICATE: [(1, 3)]}


def test_a_question_asked_by_all_costs_no_square_of_pairs() -> None:
    """Each is compared with the first of its part, and beyond `MOST` not at all."""
    asked = [a_talk("Go on.", f"{at}", held_out=at == 7) for at in range(MOST + 50)]
    lens = a_lens(*asked)
    assert 0 < len(lens.found()) < 3 * MOST
    assert lens.crowded == 50
    lens.drop(range(1, 100))
    assert lens.crowded == 0


def test_a_pair_that_is_fine_is_told_again_once_it_says_something_else() -> None:
    """What a person found fine is remembered by what both say."""
    pair = [a_talk("May I?", "Yes, do."), a_talk("May I?", "No, never.")]
    lens = a_lens(*pair)
    digest = lens.digest_of(lens.found()[0])
    lens.set_judged(frozenset({digest}))
    assert lens.found() == []
    lens.put([(2, pair[1].with_note("a word"))])
    assert lens.found() == []
    lens.put([(2, a_talk("May I?", "No."))])
    assert len(lens.found()) == 1
    assert lens.digest_of(lens.found()[0]) != digest


texts = st.text() | st.sampled_from(
    ["", " ", "?", "天气\n", "\0", "\ud83d", "12", "no", "a" * 5_000]
)
odd = st.sampled_from([None, 7, True, [], ["a"], [{"type": "text", "text": "Hi"}], {}])
messages = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool", "gpt", 7])},
    optional={"content": texts | odd, "weight": st.sampled_from([0, 1, "0", None, [], False])},
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(messages, max_size=4), max_size=8), st.sets(st.integers(0, 8)))
def test_no_example_is_too_odd_to_be_looked_at(
    talks: list[list[dict[str, object]]], gone: set[int]
) -> None:
    """Whatever a file may hold; and the pairs are of rows that are there, each once."""
    lens = LookAlikes()
    lens.put([(at, Example.from_json({"messages": said})) for at, said in enumerate(talks)])
    lens.drop(gone)
    rows = [each.rows for each in lens.found()]
    assert len({*rows}) == len(rows)
    assert all(one < other < len(talks) and not gone & {one, other} for one, other in rows)
    assert all(0 <= each.score <= 1 for each in lens.found())
