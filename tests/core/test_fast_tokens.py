"""Tests of core.fast_tokens: the same counts as tiktoken's, or tiktoken's."""

import random
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.texts import examples
from core import fast_tokens
from core.fast_probes import PROBES
from core.fast_tokens import (
    WORTH_BYTES,
    FastCounter,
    batch_counter_for,
    is_exact,
    load_fast_counter,
)
from core.tokens import ENCODINGS, TiktokenCounter, counter_for

ROOT = Path(__file__).resolve().parents[2]
both = pytest.mark.parametrize("encoding", ENCODINGS)
HOSTILE = st.sampled_from(
    [
        " ",
        "\n",
        "<|endoftext|>",
        "half \ud83d",
        "天气",
        " " * 70_000,
        "\uabfe",
        "\U000333d5",
        "西",
        "'s",
    ]
)


@pytest.fixture
def toktok():
    """The package, where it is installed: it is an extra."""
    return pytest.importorskip("toktok", reason="toktok-rs is not installed")


@pytest.fixture
def nothing_remembered():
    """No counter from another test, and none for the next."""
    load_fast_counter.cache_clear()
    yield
    load_fast_counter.cache_clear()


@both
def test_the_probes_are_what_tiktoken_counts(encoding):
    """What the faster counter is held to was counted by tiktoken."""
    careful = TiktokenCounter(encoding)
    assert is_exact(lambda texts: [careful.count(text) for text in texts], encoding)
    assert len(PROBES) > 30


@both
@pytest.mark.usefixtures("toktok")
def test_the_faster_counter_is_believed(encoding):
    """The version we ask for counts every probe alike."""
    assert load_fast_counter(encoding) is not None


@both
@pytest.mark.usefixtures("toktok")
@given(st.lists(st.lists(st.text() | HOSTILE, max_size=4).map("".join), max_size=12))
@settings(deadline=None, max_examples=60)
def test_any_texts_are_counted_as_tiktoken_counts_them(encoding, texts):
    """Unassigned characters, halves and endless blanks too, which are counted by tiktoken."""
    fast = load_fast_counter(encoding)
    assert fast is not None
    assert fast.count_all([*texts, *texts]) == counter_for(encoding).count_all(texts)


def long_texts() -> Iterator[str]:
    """What is written in a file, in English and Chinese."""
    for row in islice(examples(random.Random(7)), 300):  # noqa: S311  # made-up text
        yield from (message["content"] for message in row["messages"])


@both
@pytest.mark.usefixtures("toktok")
def test_ordinary_texts_are_counted_alike(encoding):
    """Hundreds of them."""
    fast = load_fast_counter(encoding)
    assert fast is not None
    assert fast.count_all(long_texts()) == counter_for(encoding).count_all(long_texts())


def test_what_both_count_otherwise_is_left_to_tiktoken():
    """The faster one is never asked for an unassigned character or half of one."""
    asked: list[str] = []

    def count_many(texts):
        asked.extend(texts)
        return [99 for _ in texts]

    counts = FastCounter("o200k_base", count_many).count_all(
        ["a", "\uabfe西", "half \ud83d", " " * 70_000, "天\n气", "\u3000\u200d", "a"]
    )
    assert asked == ["a", "天\n气", "\u3000\u200d"]
    assert counts["\uabfe西"] == counter_for("o200k_base").count("\uabfe西")
    assert counts["a"] == 99


@pytest.mark.parametrize("fault", [lambda texts: [1] * len(texts), lambda texts: [], None])
@pytest.mark.usefixtures("nothing_remembered")
def test_one_that_counts_otherwise_is_not_used(monkeypatch, caplog, fault):
    """The other counts instead, and the log says so."""

    class Panic(BaseException):
        """What a fault within Rust looks like."""

    class Package:
        """A toktok that is not to be trusted."""

        @staticmethod
        def batch_count(texts, encoding, threads):
            """Count wrongly, or break."""
            if fault is None:
                raise Panic
            return fault(texts)

    monkeypatch.setattr(fast_tokens, "import_module", lambda _: Package)
    counter = batch_counter_for("o200k_base", 10 * WORTH_BYTES)
    assert counter is counter_for("o200k_base")
    assert "toktok" in caplog.text


@pytest.mark.usefixtures("nothing_remembered")
def test_without_the_extra_tiktoken_counts(monkeypatch):
    """Nothing needs it."""
    monkeypatch.setitem(sys.modules, "toktok", None)
    assert batch_counter_for("o200k_base", 10 * WORTH_BYTES) is counter_for("o200k_base")


def test_a_short_file_is_not_worth_loading_it():
    """The vocabulary takes longer to load than it wins."""
    assert batch_counter_for("o200k_base", WORTH_BYTES - 1) is counter_for("o200k_base")


LOADED = """
import sys
from core.fast_tokens import batch_counter_for
batch_counter_for("o200k_base", 10**8)
from core.tokens import counter_for
print(counter_for.cache_info().currsize)
"""


@pytest.mark.usefixtures("toktok")
def test_tiktokens_vocabulary_is_not_loaded_beside_it():
    """Each takes a fifth of a second and some 70 MB: one is enough."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0"
