"""ui/text.py and the small parts: numbers, times and names as people read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.connecting import all_connections
from core.errors import BadInput, Rejected
from core.storage import Store
from core.words import say
from ui.connections import place_name
from ui.job_words import status_chip, status_words
from ui.parts import bubble
from ui.text import JOINER, ago, clock, duration, markdown_for, plain, sentence_for, size
from ui.train import word_for


@pytest.mark.parametrize(
    ("past", "told"),
    [(timedelta(seconds=5), "just now"), (timedelta(minutes=5), "5 min ago"),
     (timedelta(hours=3), "3 h ago"), (timedelta(days=1, hours=2), "yesterday"),
     (timedelta(days=9), "9 days ago"), (timedelta(seconds=-30), "just now")],
)  # fmt: skip
def test_the_past_is_told_roughly(past: timedelta, told: str) -> None:
    """In the largest unit that still says something; a clock that is a little off is no fault."""
    assert ago(datetime.now(UTC) - past) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.2, "about 1 s"), (42.4, "about 42 s"), (240, "about 4 min"), (9_000, "about 2.5 h")],
)
def test_a_length_of_time_is_told_roughly(seconds: float, told: str) -> None:
    """Nobody counts down to zero seconds."""
    assert duration(seconds) == told


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0 bytes"), (2_545, "2,545 bytes"), (52_400_000, "52.4 MB")]
)
def test_a_size_is_told_exactly_while_it_is_small(count: int, told: str) -> None:
    """The article's 2,545 bytes can be recognised."""
    assert size(count) == told


def test_a_moment_is_told_in_this_computer_s_time() -> None:
    """Hours, minutes, seconds."""
    moment = datetime.now(UTC)
    assert clock(moment) == moment.astimezone().strftime("%H:%M:%S")


@given(st.text())
def test_plain_text_survives_markdown(text: str) -> None:
    """Taking the backslashes off gives the text back, and no bare mark-up character is left."""
    escaped = plain(text)
    without = re.sub(r"\\([\\`*_{}\[\]()#+\-.!|<>$~:^])", r"\1", escaped.replace(JOINER, ""))
    assert without == text.replace(JOINER, "")
    assert not re.search(r"(?<!\\)(\\\\)*[*_\[\]<>$`]", escaped)


@pytest.mark.parametrize(
    "text", ["https://a.example", "WWW.a.example", "me@a.example", ":smile:", ":material/home:"]
)
def test_nothing_is_made_of_plain_text_later(text: str) -> None:
    """What a page makes into links and icons without any mark-up is kept apart, too."""
    assert JOINER in plain(text)
    assert JOINER not in plain("Brand: our tone, at 10 o'clock @ home (v1.2)")


def test_a_problem_is_told_with_its_facts() -> None:
    """As it is for HTML, and without mark-up where Markdown is read."""
    problem = Rejected("request_refused", message="no *stars* please")
    assert sentence_for(problem) == say("en", "error.request_refused", message="no *stars* please")
    assert r"no \*stars\* please" in markdown_for(problem)
    assert markdown_for(BadInput("already_undone")) == say("en", "error.already_undone")


@pytest.mark.parametrize(
    ("role", "kind"), [("user", "user"), ("assistant", "assistant"), ("tool", "system"),
                       ('"><script>', "system")],
)  # fmt: skip
def test_a_bubble_shows_text_as_text(role: str, kind: str) -> None:
    """Neither a role nor a text can bring its own markup."""
    assert bubble(role, "<b>") == f'<div class="ts-bubble {kind}">&lt;b&gt;</div>'


def test_an_unknown_status_is_shown_as_it_was_written() -> None:
    """The set is open; and it is never markup."""
    assert status_words("succeeded") == say("en", "status.succeeded")
    assert status_words("dreaming") == "dreaming"
    assert "&lt;i&gt;" in status_chip("<i>")


@pytest.mark.parametrize(
    ("model", "word"),
    [("local/tiny-scratch", "tiny_scratch"), ("gpt-4o-mini", "hosted")],
)
def test_a_base_model_has_words(model: str, word: str) -> None:
    """Those of a provider share theirs."""
    assert word_for(model) == word


def test_a_place_is_called_by_its_name(store: Store) -> None:
    """This computer in every language's words, the others as they call themselves."""
    names = [place_name(connection) for connection in all_connections(store)]
    assert names == ["This computer", "Nebius", "OpenAI", "Together"]
