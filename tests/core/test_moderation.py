"""core/moderation.py: a place is asked over real HTTP, only about what is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from a_place import KEY, APlace, a_place
from core_builders import an_example, of_messages

from core.errors import AuthenticationFailed, RateLimited, Stopped, Unavailable
from core.examples import Example
from core.moderation import (
    LATEST,
    LONGEST,
    SHARED,
    Flagged,
    find_moderator,
    moderate,
    shared_instructions,
)
from core.providers.client import ProviderClient, open_client
from core.providers.profiles import load_profile

ROUTE = "POST /v1/moderations"
BODY = {"error": {"message": "Because.", "type": "t", "code": "c"}}
AT_ONCE = (0.0, 0.0)


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place that flags knives and fists."""
    with a_place() as place:
        place.flagged = {"knife": ["violence"], "fist": ["violence", "harassment/threatening"]}
        yield place


@pytest.fixture
def client(place: APlace) -> Iterator[ProviderClient]:
    """A client for it."""
    client = open_client(load_profile("openai_compatible"), place.base_url, KEY, timeout=5)
    yield client
    client.close()


def test_the_rows_that_are_flagged_are_named(client: ProviderClient) -> None:
    """With the messages and all their categories; the others are not."""
    rows = [
        (7, an_example(user="Where is the knife?", assistant="Behind the fist.")),
        (8, an_example()),
        (9, an_example(system="Wave a fist.")),
    ]
    assert moderate(client, LATEST, rows) == [
        Flagged(7, (1, 2), ("harassment/threatening", "violence")),
        Flagged(9, (0,), ("harassment/threatening", "violence")),
    ]


def test_only_what_is_said_travels(place: APlace, client: ProviderClient) -> None:
    """No tag, no note, no name; nothing at all where nothing is said."""
    example = an_example(user="Hi").with_tags(["secret tag"]).with_note("secret note")
    moderate(client, LATEST, [(1, example), (2, Example())])
    moderate(client, "", [(2, of_messages({"role": "user", "content": " "}))])
    (asked,) = place.asked(ROUTE)
    texts = ["You joke about the weather.", "Hi", "Only on your parade."]
    assert asked == {"model": LATEST, "input": texts}


def test_long_texts_go_in_pieces(place: APlace, client: ProviderClient) -> None:
    """What is at the end of one is read as well."""
    long = "a" * LONGEST + " knife"
    assert moderate(client, "", [(1, an_example(user=long))])[0].messages == (1,)
    (asked,) = place.asked(ROUTE)
    assert max(map(len, asked["input"])) == LONGEST
    assert "model" not in asked


def test_the_shared_instructions_are_asked_about_once(client: ProviderClient) -> None:
    """Under an id that no row has."""
    rows = shared_instructions("Bring a knife.")
    assert moderate(client, "", rows) == [Flagged(SHARED, (0,), ("violence",))]
    assert shared_instructions("") == []


def test_a_place_that_lists_a_moderator_has_one(place: APlace, client: ProviderClient) -> None:
    """The usual one first; nothing is asked of it for that."""
    place.models = [{"id": "text-moderation-stable"}, {"id": LATEST}]
    assert find_moderator(client) == LATEST
    place.models = [{"id": "my-moderation"}]
    assert find_moderator(client) == "my-moderation"
    assert place.asked(ROUTE) == []


def test_a_place_that_lists_none_is_tried_with_a_greeting(
    place: APlace, client: ProviderClient
) -> None:
    """Nothing of the examples is sent to find out."""
    place.models = [{"id": "gpt-4o-mini"}]
    assert find_moderator(client) == ""
    place.fault(ROUTE, (404, BODY))
    assert find_moderator(client) is None
    assert [asked["input"] for asked in place.asked(ROUTE)] == [["Hello."], ["Hello."]]


def test_a_refused_key_is_told(place: APlace, client: ProviderClient) -> None:
    """It is no reason to say that the place has no moderation."""
    place.fault("GET /v1/models", (401, BODY))
    with pytest.raises(AuthenticationFailed):
        find_moderator(client)


def test_asked_too_often_it_waits(place: APlace, client: ProviderClient) -> None:
    """Some times, then it gives up."""
    rows = [(1, an_example(user="A knife."))]
    place.fault(ROUTE, (429, BODY), (429, BODY))
    assert len(moderate(client, "", rows, waits=AT_ONCE)) == 1
    place.fault(ROUTE, *[(429, BODY)] * 3)
    with pytest.raises(RateLimited):
        moderate(client, "", rows, waits=AT_ONCE)


def test_without_credit_it_does_not_wait(place: APlace, client: ProviderClient) -> None:
    """More of it would not help."""
    place.fault(ROUTE, (429, {"error": {**BODY["error"], "code": "insufficient_quota"}}))
    with pytest.raises(RateLimited, match="no_credit"):
        moderate(client, "", [(1, an_example())], waits=(60.0,))
    assert len(place.asked(ROUTE)) == 1


@pytest.mark.parametrize("answer", [{}, {"results": []}, {"results": "none"}, []])
def test_an_unreadable_answer_is_told(
    place: APlace, client: ProviderClient, answer: object
) -> None:
    """A result for each text, or none is believed."""
    place.fault(ROUTE, (200, answer))
    with pytest.raises(Unavailable, match="unreadable_answer"):
        moderate(client, "", [(1, an_example())])


@pytest.mark.parametrize(
    ("result", "categories"),
    [
        ({"flagged": True, "categories": None}, ("other",)),
        ({"flagged": False, "categories": {"hate": True}}, ()),
        ({"flagged": True, "categories": {"hate": True, "sexual": False}}, ("hate",)),
        ("odd", ()),
    ],
)
def test_what_a_result_may_look_like(
    place: APlace, client: ProviderClient, result: object, categories: tuple[str, ...]
) -> None:
    """Its own word counts; a flag without a category is one."""
    place.fault(ROUTE, (200, {"results": [result]}))
    assert client.moderate(["a"]) == [categories]


def test_it_can_be_stopped(place: APlace, client: ProviderClient) -> None:
    """Nothing more is sent then, also while it waits."""

    def advance(rows: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        moderate(client, "", [(row, an_example()) for row in range(20)], advance)
    assert len(place.asked(ROUTE)) == 1
    place.fault(ROUTE, (429, BODY))
    with pytest.raises(Stopped):
        moderate(client, "", [(1, an_example())], advance, waits=(60.0,))
