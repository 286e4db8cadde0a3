"""core/providers/*.toml: what stands in the files makes sense, and can be told to a person."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.providers.profiles import (
    OFFERS,
    THIS_COMPUTER,
    Model,
    Pace,
    Price,
    Profile,
    find_model,
    load_profile,
    load_profiles,
)
from core.words import LANGUAGES, has_words

ROOT = Path(__file__).resolve().parents[2]
PROFILES = load_profiles()
EACH = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.id)


def models_of(profile: Profile) -> list[Model]:
    """Its models, and what is assumed of those that only its server knows."""
    return [*profile.models, *([profile.any_model] if profile.any_model else [])]


def test_this_computer_comes_first_and_what_a_person_adds_last() -> None:
    """Between them the places that have one address for everybody, by name."""
    ids = [profile.id for profile in PROFILES]
    assert ids[0] == THIS_COMPUTER
    assert [p.is_added for p in PROFILES] == sorted(p.is_added for p in PROFILES)
    assert {p.id for p in PROFILES if p.is_added} == {"azure", "openai_compatible"}


def test_a_name_that_several_places_have_is_openai_s() -> None:
    """So that `check --model gpt-4o-mini` says what it always said."""
    assert find_model("gpt-4o-mini")[0].id == "openai"
    assert find_model("gpt-4.1-nano")[0].id == "azure"


@EACH
def test_a_place_has_an_address_or_each_customer_has(profile: Profile) -> None:
    """Never both; our own trainer's is found when it is started."""
    assert bool(profile.base_url) != (profile.is_added or profile.id == THIS_COMPUTER)
    assert profile.address_like.endswith(profile.address_path)


@EACH
def test_what_a_place_offers_is_known(profile: Profile) -> None:
    """A slip of the pen would switch something off; and nobody deletes what is not kept."""
    assert profile.offers <= OFFERS
    assert "checkpoints" in profile.offers or not profile.offers & {
        "checkpoint_chat", "checkpoint_delete"
    }  # fmt: skip


@EACH
def test_a_factor_is_told_apart_from_a_rate(profile: Profile) -> None:
    """By its name and its range: one in the other's place spoils a model and its price."""
    rate = profile.learning_rate
    is_factor = rate.name == "learning_rate_multiplier"
    assert is_factor == (rate.minimum <= 1 <= rate.maximum)
    assert is_factor or (rate.name == "learning_rate" and rate.maximum <= 0.1)
    for setting in (profile.n_epochs, profile.batch_size, rate):
        assert 0 < setting.minimum < setting.maximum
        assert setting.name not in profile.fixed


@EACH
def test_a_price_says_when_and_where_it_was_read(profile: Profile) -> None:
    """In words, in every language; one that is not known has no date."""
    for price in [model.price for model in models_of(profile)]:
        figures = [figure for figure in astuple(price)[:3] if figure is not None]
        assert all(figure >= 0 for figure in figures)
        assert bool(figures) == (price.as_of is not None) == bool(price.source)
        assert price.as_of is None or price.as_of <= date.today()
        assert not figures or all(has_words(x, f"price_source.{price.source}") for x in LANGUAGES)


@EACH
def test_a_pace_is_a_range(profile: Profile) -> None:
    """From slow to fast, both above nothing; the model's own counts for more than its place's."""
    for pace in filter(None, map(profile.pace_of, models_of(profile))):
        assert 0 <= pace.waiting_low < pace.waiting_high
        assert 0 < pace.tokens_low < pace.tokens_high
        assert pace.as_of <= date.today()


def test_a_pace_of_its_own_counts_for_more() -> None:
    """Our trainer's models differ by much; a server that could be any says nothing."""
    here = load_profile(THIS_COMPUTER)
    tiny, small = (here.pace_of(here.model(f"local/{n}")) for n in ("tiny-scratch", "smollm2-135m"))
    assert isinstance(tiny, Pace)
    assert isinstance(small, Pace)
    assert tiny.tokens_low > small.tokens_high
    server = load_profile("openai_compatible")
    assert server.pace_of(server.model("m")) is None


def test_the_paces_of_this_computer_hold_what_was_measured() -> None:
    """Ten jokes 50 times in 8 to 9 s, and 10 times in 62 s (681 tokens a pass)."""
    here = load_profile(THIS_COMPUTER)
    for name, tokens, seconds in (("tiny-scratch", 34_050, 8.5), ("smollm2-135m", 6_810, 62.0)):
        pace = here.pace_of(here.model(f"local/{name}"))
        assert pace is not None
        fastest = pace.waiting_low + tokens / pace.tokens_high
        slowest = pace.waiting_high + tokens / pace.tokens_low
        assert fastest <= seconds <= slowest


@EACH
def test_what_one_should_know_of_a_place_has_words(profile: Profile) -> None:
    """Its notes, its last days, and what has to be done before a tuned model answers."""
    keys = [f"place_note.{note}" for note in profile.notes]
    keys += [f"closing.{closing.code}" for closing in profile.closings]
    if profile.deploy is not None:
        keys.append(f"deploy.{profile.deploy.code}")
        assert profile.deploy.url.startswith("https://")
    assert [k for k in keys for language in LANGUAGES if not has_words(language, k)] == []


@EACH
def test_who_has_to_be_deployed_does_not_answer_before(profile: Profile) -> None:
    """Talking to a tuned model is then nothing that the place offers by itself."""
    assert profile.deploy is None or not profile.offers & {"chat", "checkpoint_chat"}


@EACH
def test_only_openai_s_own_models_are_counted_exactly(profile: Profile) -> None:
    """Whatever else is counted with a stand-in says so."""
    for model in models_of(profile):
        assert not model.exact or model.id.startswith("gpt-4") or model.id == "gpt-3.5-turbo"


def test_azure_is_a_place_of_its_own() -> None:
    """What its documents ask for beside OpenAI's API, as data."""
    azure = load_profile("azure")
    assert azure.extra_body == {"trainingType": "GlobalStandard"}
    assert (azure.suffix_max, azure.dialect.byte_order_mark) == (18, "asked")
    assert azure.address_like == "https://YOUR-RESOURCE.openai.azure.com/openai/v1"
    assert "metadata" not in azure.offers


def test_an_unknown_price_has_nothing_to_say() -> None:
    """Azure tells its prices of training only by region: nothing is guessed."""
    azure = load_profile("azure")
    assert azure.model("gpt-4o").price == Price(None, None, None, None, "")
    assert azure.model("gpt-4.1").price.training is None


def told_in_docs() -> dict[str, dict[str, str]]:
    """The table "What each has" in docs/providers.md: by place, its cells by their row."""
    text = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    lines = text.partition("## What each has")[2].partition("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:1] == "|"]
    head, _, *rest = rows
    return {name: {row[0]: row[at] for row in rest} for at, name in enumerate(head) if name}


def test_the_docs_tell_the_same() -> None:
    """docs/providers.md has a column for each place, and what stands there holds."""
    told = told_in_docs()
    assert told.keys() == {profile.name for profile in PROFILES}
    for profile in PROFILES:
        cells = told[profile.name]
        assert cells["examples, at least"] == f"{profile.min_examples}"
        assert cells["name's ending, characters"] == f"{profile.suffix_max}"
        assert cells["learning rate"] == f"`{profile.learning_rate.name}`"
        assert cells["not offered"] == ", ".join(sorted(OFFERS - profile.offers))
        assert (cells["before a tuned model answers"] == "nothing") == (profile.deploy is None)
        host = urlsplit(profile.base_url).hostname
        assert host is None or cells["address"] == host
