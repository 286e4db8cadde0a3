"""core/providers/addresses.py: one's own servers are welcome, a cloud's inner ones are not."""

from __future__ import annotations

import socket

import pytest
from a_place import KEY
from a_website import a_website
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, Rejected
from core.providers.addresses import check_base_url, origin, resolve
from core.providers.client import ProviderClient, open_client
from core.providers.profiles import load_profile


def a_client(url: str) -> ProviderClient:
    """A client for a server at `url`."""
    return open_client(load_profile("openai_compatible"), url, KEY, timeout=10)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000/v1", "http://127.0.0.1:1234/v1", "http://[::1]:8000/v1",
        "http://192.168.1.7/v1", "http://10.0.0.2:8000", "http://172.16.3.4/v1",
        "http://[fd12:3456::1]/v1", "http://my-laptop.local:1234/v1", "https://example.com/v1",
    ],
)  # fmt: skip
def test_servers_of_one_s_own_are_welcome(url: str) -> None:
    """This computer, the own network, and the internet."""
    assert check_base_url(f" {url} ") == url


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254", "169.254.0.1", "[fe80::1]", "[fe80::1%25eth0]",
        "[::ffff:169.254.169.254]", "2852039166", "0xA9FEA9FE", "169.16689662",
        "0251.0376.0251.0376", "100.100.100.200", "[fd00:ec2::254]", "metadata",
        "metadata.google.internal", "METADATA.google.internal.",
    ],
)  # fmt: skip
def test_a_cloud_s_inner_addresses_are_refused(host: str) -> None:
    """By their names and by their numbers, however those are spelt."""
    with pytest.raises(BadInput) as raised:
        check_base_url(f"http://{host}/latest/v1")
    assert raised.value.code == "address_refused"


@given(st.text())
def test_any_text_is_an_address_or_is_named(text: str) -> None:
    """No text makes the check fail in another way."""
    try:
        assert check_base_url(f"http://{text}")
    except BadInput as problem:
        assert problem.code in {"bad_base_url", "address_with_secret", "address_refused"}


def test_a_name_cannot_stand_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a name resolves to is looked at before anything travels."""
    asked: list[str] = []

    def look_up(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]

    monkeypatch.setattr("core.providers.addresses.socket.getaddrinfo", look_up)
    client = a_client("http://a-name-somebody-owns.example/v1")
    with pytest.raises(Rejected) as raised:
        client.list_models()
    client.close()
    assert raised.value.code == "address_refused"
    assert asked == ["a-name-somebody-owns.example"]


def test_an_answer_cannot_send_us_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect to an inner address is not followed."""
    monkeypatch.setattr("core.providers.transport.is_loopback", lambda host: False)
    with a_website("http://169.254.169.254/latest/meta-data/") as url:
        client = a_client(url)
        with pytest.raises(Rejected) as raised:
            client.list_models()
        client.close()
    assert raised.value.code == "address_refused"


def test_a_name_that_cannot_be_looked_up_is_left_to_the_connection() -> None:
    """Where there is no such name, connecting will say so; behind a proxy it may still exist."""
    assert resolve("no-such-name.invalid") == []
    assert resolve("127.0.0.1") == []


def test_an_origin_is_scheme_host_and_port() -> None:
    """Case and path make no difference."""
    assert origin("HTTP://Box:8000/v1/beta") == "http://box:8000"
