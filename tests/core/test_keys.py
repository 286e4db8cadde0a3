"""core/providers/keys.py: which keys may travel, and that none is ever shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import AuthenticationFailed
from core.providers.keys import check_key, mask_answer, mask_keys


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "key_missing"),
        ("sk-密钥", "key_malformed"),
        ("sk-abc\n", "key_malformed"),
        ("sk-abc\r\nX-Evil: 1", "key_malformed"),
        (" sk-abc", "key_malformed"),
        ("sk-a bc", "key_malformed"),
        ("sk-abc\x00", "key_malformed"),
    ],
)
def test_a_key_that_cannot_travel_is_named_before_it_does(key: str, code: str) -> None:
    """An empty key, one with white space and one outside ASCII each get their own code."""
    with pytest.raises(AuthenticationFailed) as raised:
        check_key(key)
    assert raised.value.code == code
    assert raised.value.params == {}


def test_a_good_key_comes_back_as_it_is() -> None:
    """Nothing is done to a key that can be sent."""
    assert check_key("sk-proj-Ab_12") == "sk-proj-Ab_12"


@given(st.text(), st.text(alphabet="abcdefghij0123456789", min_size=8), st.text())
def test_a_masked_text_never_holds_the_key(before: str, key: str, after: str) -> None:
    """Wherever the key stands in a text, masking takes it out."""
    assert key not in mask_keys(f"{before}{key}{after}", key)


def test_other_keys_are_masked_by_their_looks() -> None:
    """A provider that quotes a key shortened, as OpenAI does, shows nothing of it either."""
    masked = mask_keys("Incorrect API key provided: sk-abcd********wxyz. You can find …")
    assert masked == "Incorrect API key provided: ••• You can find …"


def test_an_answer_that_quotes_the_key_is_read_without_it() -> None:
    """Also as JSON may write it; a word as short as a password of a demo is left alone."""
    key = "AbC+dEf/12345=ghijk"
    in_json = key.replace("/", "\\/").replace("+", "\\u002B")
    told = json.loads(f'{{"message": "Bearer {key}", "{in_json}": ["{in_json}", 1, null]}}')
    assert mask_answer(told, key) == {"message": "Bearer •••", "•••": ["•••", 1, None]}
    assert mask_answer({"key": "no-key"}, "key") == {"key": "no-key"}
