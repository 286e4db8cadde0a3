"""Tests of core.digests: what says the same is known as a copy, and nothing else."""

from collections import Counter

from core_builders import an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.digests import DIGEST_BYTES, count_copies, digest_of
from core.examples import Example

VALUES = st.text(max_size=3) | st.integers() | st.none() | st.lists(st.text(max_size=2), max_size=2)
MESSAGES = st.dictionaries(st.sampled_from(["role", "content", "name", "x"]), VALUES, max_size=3)


@given(st.lists(MESSAGES, min_size=1, max_size=3), st.booleans())
def test_the_order_of_keys_says_nothing(messages, more):
    """Turned round, an example is the same; with anything else in it, it is another."""
    said = {"messages": messages, **({"tools": [{"b": 1, "a": 2}]} if more else {})}
    turned = {
        key: [dict(reversed(each.items())) for each in value]
        for key, value in reversed(said.items())
    }
    digest = digest_of(Example.from_json(said))
    assert digest == digest_of(Example.from_json(turned))
    assert digest != digest_of(Example.from_json({**said, "messages": [*messages, {}]}))
    assert len(digest) == DIGEST_BYTES


def test_what_is_told_apart():
    """Another text, half a character, a number for a text, one message for two."""
    digests = {
        digest_of(example)
        for example in (
            an_example(),
            an_example(user="Other?"),
            an_example(user="half \ud83d"),
            of_messages({"role": "user", "content": "1"}),
            of_messages({"role": "user", "content": 1}),
            of_messages({"role": "user"}, {"content": "1"}),
        )
    }
    assert len(digests) == 6


@given(st.lists(st.sampled_from([bytes(16), b"\0" * 15 + b"a", b"a" + b"\0" * 15, b"b" * 16])))
def test_each_beyond_the_first_is_a_copy(digests):
    """Zero bytes at the end of a digest are bytes of it."""
    expected = sum(often - 1 for often in Counter(digests).values())
    assert count_copies(bytearray(b"".join(digests))) == expected
