"""Tests of core.tokens and core.vocab."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from core_builders import WEATHER_JOKES, an_example, lines_of, of_messages
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NotFound
from core.providers.profiles import find_model
from core.tokens import (
    ENCODINGS,
    REMEMBERED_LENGTH,
    REMEMBERED_TEXTS,
    TiktokenCounter,
    TokenCount,
    count_example,
    counter_for,
    distribution_of,
)
from core.vocab import CACHE_VARIABLE, VOCABULARIES, install_vocabulary

ROOT = Path(__file__).resolve().parents[2]
O200K = counter_for("o200k_base")


class Letters:
    """A counter whose tokens are characters, so that sums can be done by hand."""

    def count(self, text: str) -> int:
        """Its length."""
        return len(text)


def weather_jokes(model_id: str) -> TokenCount:
    """The article's ten examples, counted for a model."""
    counter = counter_for(find_model(model_id)[1].encoding)
    examples = [line.example for line in lines_of(WEATHER_JOKES.read_bytes())]
    return sum((count_example(example, counter) for example in examples), TokenCount())


def test_the_article_is_counted_as_its_job_reported():
    """gpt-3.5-turbo: 701 by the published checker; 681 a pass, 6,810 in all, were billed."""
    count = weather_jokes("gpt-3.5-turbo")
    assert count.published == 701
    assert count.billed + 10 * find_model("gpt-3.5-turbo")[1].billed_per_example == 681


def test_the_article_is_counted_for_a_later_model():
    """gpt-4o-mini: 521 by the published checker, and 3 + role + content billed."""
    assert weather_jokes("gpt-4o-mini") == TokenCount(published=521, billed=491, assistant=185)


def test_the_three_counts_by_hand():
    """Published: 3 a message, all text, 1 a name, 3 an example; billed: no name, no constant."""
    example = of_messages(
        {"role": "user", "content": "12345", "name": "Ann"},
        {"role": "assistant", "content": "1234567", "note": "xx"},
    )
    assert count_example(example, Letters()) == TokenCount(
        published=3 + (3 + 4 + 5 + 3 + 1) + (3 + 9 + 7 + 2),
        billed=(3 + 4 + 5) + (3 + 9 + 7),
        assistant=7,
    )


def test_values_that_are_not_text_count_nothing():
    """Where the published script crashes, we skip."""
    odd = {"role": None, "content": ["text"], "name": None, "tool_calls": [{"id": "x"}]}
    assert count_example(of_messages(odd, {}), Letters()) == TokenCount(9, 6, 0)


def test_counts_add_up():
    """The counts of several examples are summed part by part."""
    assert TokenCount(1, 2, 3) + TokenCount(10, 20, 30) == TokenCount(11, 22, 33)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_hostile_texts_are_counted(encoding):
    """Special tokens are plain text, halves of characters and endless blanks break nothing."""
    counter = counter_for(encoding)
    assert counter.count("<|endoftext|>") > 1
    assert counter.count("half \ud83d") == counter.count("half \ufffd")
    assert counter.count("") == 0
    for blank in (" ", "\t", "\u3000", " \t"):
        assert 0 < counter.count(blank * 1_000_000) <= 1_000_000


@pytest.mark.parametrize(("before", "after"), [("", ""), ("a", "b"), ("a \n", "b")])
def test_pieces_of_long_blanks_count_nearly_the_same(before, after):
    """A run of 200,000 spaces, still within reach of one call, differs by a token a piece."""
    import tiktoken

    text = before + " " * 200_000 + after
    whole = len(tiktoken.get_encoding("o200k_base").encode_ordinary(text))
    assert abs(O200K.count(text) - whole) <= 3


def test_counting_twice_gives_the_same():
    """What is remembered is what was counted."""
    text = "Sunny, like my mood. " * 50
    assert O200K.count(text) == O200K.count(text) > 0
    assert count_example(an_example(), O200K) == count_example(an_example(), O200K)


HOSTILE = st.sampled_from(
    [
        "",
        " ",
        "<|endoftext|>",
        "<|endofprompt|>",
        "half \ud83d",
        "\n\n",
        "天气",
        " " * 70_000,
        "a" * 70_000,
    ]
)


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(st.lists(st.text() | HOSTILE, max_size=12))
@settings(deadline=None, max_examples=40)
def test_counting_together_is_counting_each(encoding, texts):
    """One call for many texts gives the very counts of one call each."""
    together = TiktokenCounter(encoding).count_all([*texts, *texts])
    assert together == {text: counter_for(encoding).count(text) for text in texts}


def test_what_comes_again_is_remembered_and_the_rest_is_not():
    """A text that passes once costs no memory; the cache never outgrows its bound."""
    counter = TiktokenCounter("o200k_base")
    counter.count_all(["once", "again", "x" * (REMEMBERED_LENGTH + 1)])
    assert counter.remembered == set()
    for _ in range(2):
        assert counter.count_all(["again", "x" * (REMEMBERED_LENGTH + 1)])["again"] == 1
    assert counter.remembered == {"again"}
    for n in range(REMEMBERED_TEXTS + 10):
        assert counter.count(f"{n}") == counter.count(f"{n}")
    assert len(counter.remembered) <= REMEMBERED_TEXTS


def test_an_unknown_encoding_is_refused_with_the_known_ones():
    """A person learns what can be asked for."""
    with pytest.raises(NotFound) as refused:
        counter_for("p50k_base")
    assert refused.value.code == "unknown_encoding"
    assert refused.value.params["known"] == "cl100k_base, o200k_base"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_vocabularies_are_the_ones_tiktoken_expects(encoding):
    """Their hashes and cache names are those in tiktoken's own list."""
    from tiktoken_ext import openai_public

    vocabulary = VOCABULARIES[encoding]
    asked: list[tuple[str, str]] = []
    load = openai_public.load_tiktoken_bpe
    openai_public.load_tiktoken_bpe = lambda url, expected_hash: asked.append((url, expected_hash))
    try:
        openai_public.ENCODING_CONSTRUCTORS[encoding]()
    finally:
        openai_public.load_tiktoken_bpe = load
    ((url, expected_hash),) = asked
    assert vocabulary.cached_as == hashlib.sha1(url.encode()).hexdigest()  # noqa: S324
    assert vocabulary.sha256 == expected_hash
    assert vocabulary.matches(vocabulary.unpack())


def test_a_damaged_vocabulary_is_replaced(tmp_path, monkeypatch):
    """A half-written file in the cache is put right."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    vocabulary = VOCABULARIES["cl100k_base"]
    (tmp_path / vocabulary.cached_as).write_bytes(b"half")
    assert install_vocabulary("cl100k_base") == tmp_path
    assert vocabulary.matches((tmp_path / vocabulary.cached_as).read_bytes())
    assert [path.name for path in tmp_path.iterdir()] == [vocabulary.cached_as]


COUNT = """
import socket, sys
def refuse(*_, **__): raise AssertionError("a network connection was tried")
socket.socket.connect = refuse
from core.tokens import counter_for
print(counter_for("o200k_base").count("今天天气"), counter_for("cl100k_base").count("今天天气"))
"""


def start_count(environment: dict[str, str]) -> subprocess.Popen[str]:
    """A fresh process that counts with both vocabularies and may not connect anywhere."""
    kept = {k: v for k, v in os.environ.items() if k not in {CACHE_VARIABLE, "XDG_CACHE_HOME"}}
    return subprocess.Popen(
        [sys.executable, "-c", COUNT], cwd=ROOT, env={**kept, **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def counted(process: subprocess.Popen[str]) -> str:
    """What it printed."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def test_two_first_starts_at_once_count_offline(tmp_path):
    """From an empty home, without a network, two processes at the same time."""
    home = {"HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    started = [start_count(home) for _ in range(2)]
    first, second = map(counted, started)
    assert first == second
    assert [int(n) > 0 for n in first.split()] == [True, True]
    left = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert left == sorted(vocabulary.cached_as for vocabulary in VOCABULARIES.values())


def test_a_home_that_cannot_be_written_is_no_obstacle(tmp_path):
    """Where the cache folder cannot be made, a temporary one serves."""
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for variable in ({"HOME": str(blocked)}, {CACHE_VARIABLE: str(blocked / "x")}):
        environment = {"HOME": str(blocked), **variable, "TMPDIR": str(temporary)}
        assert counted(start_count(environment)).strip()
    assert any(temporary.rglob(VOCABULARIES["o200k_base"].cached_as))


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_a_distribution_is_what_numpy_computes(numbers):
    """Minimum, maximum, mean, median and the true 5th and 95th percentiles."""
    spread = distribution_of(Counter(numbers))
    assert spread is not None
    assert (spread.min, spread.max) == (min(numbers), max(numbers))
    assert spread.mean == pytest.approx(np.mean(numbers))
    assert spread.median == pytest.approx(np.median(numbers))
    assert (spread.p5, spread.p95) == pytest.approx(tuple(np.percentile(numbers, [5, 95])))


@pytest.mark.parametrize("nothing", [{}, {7: 0}])
def test_nothing_has_no_distribution(nothing):
    """No numbers, no figures."""
    assert distribution_of(nothing) is None
