"""core/chats.py: the talk with a tuned model outlives the visit."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.chats import KEPT, Turn, load_turns, save_turns
from core.storage import Store

texts = st.text(st.characters(codec="utf-8"), max_size=40)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.builds(Turn, texts, texts, texts), max_size=5))
def test_what_was_said_is_read_back_as_it_was(store: Store, turns: list[Turn]) -> None:
    """Whatever the words, and each model's talk by itself."""
    save_turns(store, "k1", turns)
    save_turns(store, "k2", [Turn("q", "b", "t")])
    assert load_turns(store, "k1") == turns


def test_only_the_latest_turns_are_kept(store: Store) -> None:
    """A long talk does not grow without end."""
    turns = [Turn(f"{n}?", "", f"{n}") for n in range(KEPT + 3)]
    save_turns(store, "k1", turns)
    assert load_turns(store, "k1") == turns[3:]


def test_a_model_nobody_talked_to_has_no_turns(store: Store) -> None:
    """And one whose talk was emptied neither."""
    assert load_turns(store, "k1") == []
    save_turns(store, "k1", [Turn("q", "b", "t")])
    save_turns(store, "k1", [])
    assert load_turns(store, "k1") == []
