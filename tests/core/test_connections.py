"""core/connections.py: places a person adds, told apart by name, address and key variable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.connections import (
    SERVER,
    change_connection,
    key_account,
    key_variable,
    kind_in,
    make_connection,
)
from core.errors import BadInput
from core.jobs import Connection
from core.providers.profiles import Profile, load_profile, load_profiles
from core.words import LANGUAGES, has_words

OPENAI = Connection("openai", "openai", "OpenAI", "https://api.openai.com/v1")
URL = "http://192.168.1.20:8000/v1"


def a_server(name: str = "Our server", url: str = URL, *others: Connection) -> Connection:
    """A server as a person would add it."""
    return make_connection(SERVER, name, url, [OPENAI, *others])


def test_a_server_is_kept_tidy() -> None:
    """Spaces around name and address, and a slash at the end, are nobody's meaning."""
    made = a_server("  Our \n server ", f" {URL}/ ")
    assert (made.profile_id, made.name, made.base_url) == ("openai_compatible", "Our server", URL)


def test_a_server_added_again_is_the_same() -> None:
    """Its id comes from its address, so that the jobs of a removed place are found again."""
    assert a_server("One").id == a_server("Two").id != a_server("One", f"{URL}/other").id


def test_an_address_whose_id_is_taken_gets_another() -> None:
    """A connection that moved away keeps its id; whoever takes its old address gets a new one."""
    first = a_server()
    moved = change_connection(first, first.name, "http://192.168.1.21:8000/v1", [OPENAI, first])
    assert moved.id == first.id
    assert a_server("Another", URL, moved).id != first.id


@pytest.mark.parametrize(
    ("name", "url", "code"),
    [
        ("", URL, "connection_name_missing"),
        (" \n", URL, "connection_name_missing"),
        ("openai", URL, "connection_name_taken"),
        ("Lab", "http://lab-2/v1", "connection_name_taken"),
        ("LAB!", "http://lab-2/v1", "connection_name_taken"),
        ("实验室", "http://lab-2/v1", "connection_name_taken"),
        ("New", "http://lab/v1/", "connection_exists"),
        ("New", "lab/v1", "bad_base_url"),
        ("New", "http://user:secret@lab/v1", "address_with_secret"),
        ("New", "http://lab-2/v1?api-key=secret", "address_with_secret"),
        ("New", "http://169.254.169.254/v1", "address_refused"),
    ],
)
def test_what_cannot_be_kept_is_named(name: str, url: str, code: str) -> None:
    """Each has a code with a sentence in both languages, and none repeats a secret."""
    others = [OPENAI, Connection("a", "openai_compatible", "lab", "http://lab/v1"),
              Connection("b", "openai_compatible", "实验室", "http://lab-3/v1")]  # fmt: skip
    with pytest.raises(BadInput) as raised:
        make_connection(SERVER, name, url, others)
    assert raised.value.code == code
    assert "secret" not in str(raised.value.params)
    assert all(has_words(language, f"error.{code}") for language in LANGUAGES)


def test_a_change_may_keep_its_own_name_and_address() -> None:
    """A connection is not in its own way."""
    first = a_server()
    assert change_connection(first, first.name, first.base_url, [OPENAI, first]) == first


def test_every_server_has_a_key_variable_of_its_own() -> None:
    """No server is ever sent the key that was set for another one."""
    assert key_variable(OPENAI) == "OPENAI_API_KEY"
    assert key_variable(a_server("My GPU box")) == "TONESMITH_KEY_MY_GPU_BOX"
    chinese = a_server("公司服务器")
    assert key_variable(chinese) == f"TONESMITH_KEY_{chinese.id.upper().replace('-', '_')}"


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_names_that_are_kept_have_two_variables(one: str, two: str) -> None:
    """Names whose variables would be one are refused beside each other."""
    try:
        first = a_server(one, "http://one/v1")
        second = a_server(two, "http://two/v1", first)
    except BadInput:
        return
    assert key_variable(first) != key_variable(second)


def test_a_remembered_key_belongs_to_one_origin() -> None:
    """Another path is the same server; another port, host or scheme is not."""
    server = a_server()
    moved = [
        change_connection(server, server.name, url, [])
        for url in (f"{URL}/beta", "http://192.168.1.20:9000/v1", "https://192.168.1.20:8000/v1")
    ]
    assert [key_account(m) == key_account(server) for m in moved] == [True, False, False]


def test_a_server_s_models_are_assumed_not_known() -> None:
    """Whatever it offers: tokens with a stand-in, no price, and no rule for passes."""
    model = load_profile("openai_compatible").model("org/some-model")
    assert (model.id, model.train_as, model.exact) == ("org/some-model", "org/some-model", False)
    assert model.price.training is None
    assert not model.epochs.known


def test_only_that_profile_is_without_models_of_its_own() -> None:
    """Every other place names its models."""
    assert [p.id for p in load_profiles() if not p.models] == ["openai_compatible"]


def a_resource(name: str, url: str, *others: Connection) -> Connection:
    """A resource at Azure as a person would add it."""
    return make_connection("azure", name, url, [OPENAI, *others])


def test_several_resources_at_azure_are_several_connections() -> None:
    """Of one profile, with an id, an address and a key variable each."""
    one = a_resource("East", "https://east.openai.azure.com/openai/v1/")
    two = a_resource("West", "https://west.openai.azure.com/openai/v1/", one)
    assert one.profile_id == two.profile_id == "azure"
    assert one.id != two.id
    variables = [key_variable(each) for each in (one, two)]
    assert variables == ["AZURE_OPENAI_API_KEY_EAST", "AZURE_OPENAI_API_KEY_WEST"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://east.openai.azure.com/", "https://east.openai.azure.com/openai/v1"),
        ("https://east.openai.azure.com", "https://east.openai.azure.com/openai/v1"),
        ("https://east.openai.azure.com/openai/v1/", "https://east.openai.azure.com/openai/v1"),
        ("https://gateway.example/azure/v1", "https://gateway.example/azure/v1"),
    ],
)
def test_an_address_as_azure_s_portal_shows_it_is_completed(typed: str, kept: str) -> None:
    """It leaves out the path; one that was typed is somebody's meaning."""
    made = a_resource("East", typed)
    assert made.base_url == kept
    assert change_connection(made, "East", typed, [made]) == made


def test_another_server_s_address_stays_as_it_was_typed() -> None:
    """Nobody knows whether its API has a path."""
    assert a_server(url="http://box:8000").base_url == "http://box:8000"


@pytest.mark.parametrize("profile", load_profiles(), ids=lambda profile: profile.id)
def test_a_kind_is_told_by_the_id_of_what_was_added(profile: Profile) -> None:
    """So a removed place is still one of its kind; the places that are always there have none."""
    assert kind_in(profile.id) is None
    if profile.is_added:
        made = make_connection(profile.id, "A", "http://lab/v1", [])
        assert kind_in(made.id) == profile.id
