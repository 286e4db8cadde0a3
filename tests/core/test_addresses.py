"""core/providers/addresses.py: one's own servers are welcome, a cloud's inner ones are not."""

from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest
from a_place import KEY, a_place
from a_website import a_website
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, ProviderError, Rejected, Unavailable
from core.providers.adapters import ADAPTERS, open_place
from core.providers.addresses import METADATA_NETWORKS, check_base_url, origin, resolve
from core.providers.place import Place
from core.providers.profiles import load_profiles

# One profile for each kind of client that we have.
KINDS = {each.adapter: each for each in load_profiles() if each.base_url or each.is_added}


def a_client(kind: str, url: str) -> Place:
    """A client of this kind for a server at `url`."""
    try:
        return open_place(KINDS[kind], url, KEY, timeout=10)
    except Unavailable as missing:
        pytest.skip(f"its package is not installed: {missing.code}")


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
        "169.254.169.254", "169.254.0.1", "[fe80::1]", "[fe80::1%25eth0]", "169.254.170.2",
        "100.100.100.200", "168.63.129.16", "[fd00:ec2::254]", "[fd00:ec2::23]",
        "[fd00:c1::a9fe:a9fe]", "metadata", "metadata.google.internal",
        # in other spellings
        "2852039166", "0xA9FEA9FE", "169.16689662", "0251.0376.0251.0376", "169.254.169.254.",
        "METADATA.google.internal.", "169%2e254%2e169%2e254", "169。254。169。254",
        "①⑥⑨.②⑤④.①⑥⑨.②⑤④", "ｍetadata.google.internal",
        # through an IPv6 address
        "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a9fe:a9fe]", "[2002:a9fe:a9fe::1]",
        "[fd00:ec2::254%25eth0]",
    ],
)  # fmt: skip
def test_a_cloud_s_inner_addresses_are_refused(host: str) -> None:
    """By their names and by their numbers, however those are spelt."""
    with pytest.raises(BadInput) as raised:
        check_base_url(f"http://{host}/latest/v1")
    assert raised.value.code == "address_refused"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "file://localhost/etc/passwd", "FILE:/etc/passwd", "/etc/passwd",
        "ftp://example.com/", "gopher://example.com:70/", "data:text/plain,x", "unix:///run/x.sock",
        "http:///etc/passwd", "http+unix://%2Frun%2Fx.sock/v1", "jar:http://example.com!/x", "",
    ],
)  # fmt: skip
def test_nothing_but_http_can_be_reached(url: str) -> None:
    """No file of this computer, and no other protocol."""
    with pytest.raises(BadInput) as raised:
        check_base_url(url)
    assert raised.value.code == "bad_base_url"


@given(st.text())
def test_any_text_is_an_address_or_is_named(text: str) -> None:
    """No text makes the check fail in another way."""
    try:
        assert check_base_url(f"http://{text}")
    except BadInput as problem:
        assert problem.code in {"bad_base_url", "address_with_secret", "address_refused"}


def test_every_kind_of_client_is_held_to_it() -> None:
    """None that is added later is forgotten here."""
    assert set(KINDS) == set(ADAPTERS)


@pytest.mark.parametrize("kind", KINDS)
def test_no_client_is_opened_for_one(kind: str) -> None:
    """Whatever speaks with it, an inner address is refused before anything travels."""
    with pytest.raises(BadInput) as raised:
        a_client(kind, "http://169.254.169.254./v1").list_models()
    assert raised.value.code == "address_refused"


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_cannot_stand_for_one(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a name resolves to is looked at before anything travels."""
    asked: list[str] = []

    def look_up(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]

    monkeypatch.setattr("core.providers.addresses.socket.getaddrinfo", look_up)
    client = a_client(kind, "http://a-name-somebody-owns.example/v1")
    with pytest.raises(Rejected) as raised:
        client.list_models()
    client.close()
    assert raised.value.code == "address_refused"
    assert asked == ["a-name-somebody-owns.example"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_cannot_send_us_there(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect to an inner address is not followed."""
    monkeypatch.setattr("core.providers.transport.is_loopback", lambda host: False)
    with a_website("http://169.254.169.254/latest/meta-data/") as url:
        client = a_client(kind, url)
        with pytest.raises(Rejected) as raised:
            client.list_models()
        client.close()
    assert raised.value.code == "address_refused"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("elsewhere", ["file:///etc/passwd", "ftp://example.com/", "data:,x"])
def test_an_answer_cannot_send_us_to_a_file(
    elsewhere: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirect to anything but HTTP ends there."""
    monkeypatch.setattr("core.providers.transport.is_loopback", lambda host: False)
    with a_website(elsewhere) as url:
        client = a_client(kind, url)
        with pytest.raises(ProviderError) as raised:
            client.list_models()
        client.close()
    assert raised.value.code in {"cannot_connect", "connection_lost"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_changes_its_meaning_is_found_out(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it stood for when it was looked up: who answers in the end is looked at as well."""
    said = iter(["93.184.216.34"])
    by_system = socket.getaddrinfo

    def look_up(host: str, port: object, *more: object, **named: object) -> list[object]:
        number = next(said, "127.0.0.1") if host == "turncoat.example" else host
        return by_system(number, port, *more, **named)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr("core.providers.addresses.socket.getaddrinfo", look_up)
    inner = (*METADATA_NETWORKS, ip_network("127.0.0.1/32"))  # as if this one were such
    monkeypatch.setattr("core.providers.addresses.METADATA_NETWORKS", inner)
    with a_place() as place:
        client = a_client(kind, place.base_url.replace("127.0.0.1", "turncoat.example"))
        with pytest.raises(Rejected) as raised:
            client.list_models()
        client.close()
        assert place.requests == []
    assert raised.value.code == "address_refused"


def test_what_goes_past_a_proxy_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy looks names up by itself; what is not for the proxy, we do."""
    asked: list[str] = []

    def look_up(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        return []

    monkeypatch.setattr("core.providers.addresses.socket.getaddrinfo", look_up)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "direct.example")
    resolve("behind.example", "https")
    resolve("plain.example", "http")  # there is a proxy for the other scheme only
    resolve("direct.example", "https")
    assert asked == ["plain.example", "direct.example"]


def test_a_name_that_cannot_be_looked_up_is_left_to_the_connection() -> None:
    """Where there is no such name, connecting will say so; behind a proxy it may still exist."""
    assert resolve("no-such-name.invalid") == []
    assert resolve("127.0.0.1") == []


def test_an_origin_is_scheme_host_and_port() -> None:
    """Case and path make no difference."""
    assert origin("HTTP://Box:8000/v1/beta") == "http://box:8000"
