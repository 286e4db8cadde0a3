"""core/providers/terms.py: what every place takes, whether one can train there yet or not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.demands import DEMANDS
from core.providers.profiles import load_profiles, load_tables
from core.providers.terms import SURE, Terms, load_terms
from core.rules import all_codes

ROOT = Path(__file__).resolve().parents[2]
TERMS = load_terms()
UNTRAINED = {name for name, table in load_tables().items() if table.get("trains") is False}


def test_this_computer_comes_first_and_any_server_last() -> None:
    """Between them first those where one can train, then the others, by name."""
    ids = [terms.id for terms in TERMS]
    assert ids[0] == "this_computer"
    assert ids[-1] == "openai_compatible"
    untrained = [terms.id for terms in TERMS if terms.id in UNTRAINED]
    assert ids[1:-1][-len(untrained) :] == untrained == sorted(UNTRAINED)


def test_places_of_which_only_the_rules_are_known_are_not_offered() -> None:
    """They are no profiles, so nobody can choose them to train or to reckon with."""
    offered = {profile.id for profile in load_profiles()}
    assert {"alibaba", "fireworks"} <= UNTRAINED
    assert {"azure", "nebius", "openai"} <= offered
    assert offered | UNTRAINED == {terms.id for terms in TERMS}
    assert not offered & UNTRAINED


@pytest.mark.parametrize("terms", TERMS, ids=lambda terms: terms.id)
def test_what_a_place_says_makes_sense(terms: Terms) -> None:
    """Its codes and demands are known, what it ignores it takes, and its source is named."""
    dialect = terms.dialect
    assert dialect.refuses <= all_codes().keys()
    assert dialect.demands <= DEMANDS.keys()
    assert dialect.ignores <= dialect.keys
    assert {"system", "user", "assistant"} <= dialect.roles
    assert terms.source.sure in SURE
    assert terms.source.as_of <= date.today()
    assert terms.source.url.startswith("https://") == (terms.source.sure != "ours")
    assert terms.min_examples > 0


def test_the_base_model_at_hand_counts_at_its_own_place() -> None:
    """Elsewhere the first one does."""
    small = {terms.id: terms for terms in load_terms("openai:gpt-3.5-turbo")}
    assert (small["openai"].token_limit, small["openai"].encoding) == (4_096, "cl100k_base")
    assert small["this_computer"].model == "local/tiny-scratch"
    own = {terms.id: terms for terms in load_terms("this_computer:local/smollm2-135m")}
    assert own["this_computer"].token_limit == 2_048
    assert own["openai"].model == "gpt-4o-mini"


def test_a_server_that_could_be_any_has_no_limit() -> None:
    """Nothing is called too long where nobody knows."""
    assert TERMS[-1].token_limit is None
    assert TERMS[-1].exact is False


def told_in_docs() -> dict[str, list[str]]:
    """The table in docs/places.md: by its first column, a cell for each place."""
    lines = (ROOT / "docs" / "places.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:1] == "|"]
    return {row[0]: row[1:] for row in rows}


def test_the_docs_tell_the_same_figures() -> None:
    """docs/places.md has a column for each place but the one that could be any, in words."""
    table = told_in_docs()
    terms = {each.name: each for each in TERMS[:-1]}
    assert set(table[""]) == terms.keys()
    for at, name in enumerate(table[""]):
        cells = {row: table[row][at] for row in table}
        place = terms[name]
        dialect = place.dialect
        assert cells["at least"].startswith(f"{place.min_examples} ")
        assert ("left out" in cells["longer ones are"]) == (dialect.too_long == "dropped")
        weight = cells["a reply switched off (`weight`)"]
        assert weight.startswith("heeded") == dialect.heeds_weight
        assert cells["`name`"].startswith("passed over") == ("name" in dialect.ignores)
        assert cells["calls of tools"].startswith("refused") != ("tool_calls" in dialect.keys)
        assert cells["other keys of a message"].startswith("passed over") == dialect.spare_keys
        assert cells["keys beside `messages`"].startswith("passed over") == dialect.spare_uses
        assert cells["instructions"].startswith("first") == ("system_first" in dialect.demands)
        assert cells["byte order mark"].startswith(dialect.byte_order_mark)
        last = "last_message_not_assistant" in dialect.refuses
        assert cells["the last word"].startswith("the assistant's") == last
        limit = cells["tokens of an example"]
        assert limit.startswith("by the model") or limit.startswith(f"{place.token_limit:,} ")
