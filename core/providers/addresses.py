"""Which addresses may be connected to: a person's own servers, but not a cloud's inner ones."""

from __future__ import annotations

import socket
import unicodedata
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from core.errors import BadInput

IpAddress = IPv4Address | IPv6Address

# Where clouds hand a machine its own passwords, to whatever program on it asks. Link-local
# addresses (169.254.0.0/16, fe80::/10) are refused as a whole; these lie outside of them.
# Sources, read 2026-11: the clouds' own pages on instance metadata (AWS over IPv6, Google, Alibaba,
# Oracle) and Microsoft's "What is IP address 168.63.129.16".
METADATA_NETWORKS = tuple(
    map(ip_network, ("fd00:ec2::/32", "fd20:ce::/32", "fd00:c1::/32", "100.100.100.200/32",
                     "192.0.0.192/32", "168.63.129.16/32"))
)  # fmt: skip
METADATA_NAMES = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "metadata.tencentyun.com",
     "instance-data", "instance-data.ec2.internal", "api.metadata.cloud.ibm.com"}
)  # fmt: skip
# IPv6 addresses that stand for the IPv4 address in their last 32 bits (RFC 4291, 6052, 8215, 2765).
CARRYING_IPV4 = tuple(
    map(ip_network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96"))
)


def check_base_url(base_url: str) -> str:
    """The address without spaces around it; this computer and one's own network are welcome.

    Raises:
        BadInput: `bad_base_url`, when it is not `http(s)://host…`; `address_with_secret`, when a
            password or a question mark is in it, where keys hide; `address_refused`.
    """
    base_url = base_url.strip()
    parts = _split(base_url)
    if parts is None:
        raise BadInput("bad_base_url", url=base_url)
    if parts.username is not None or parts.password is not None or "?" in base_url:
        raise BadInput("address_with_secret")
    check_host(parts.hostname or "")
    return base_url


def check_host(host: str, addresses: Iterable[IpAddress] = ()) -> None:
    """Refuse a host that is a cloud's inner one, by its name, its number or what it resolves to.

    Raises:
        BadInput: `address_refused`.
    """
    number = read_ip(host)
    found = [*addresses] if number is None else [number, *addresses]
    if _as_looked_up(host) in METADATA_NAMES or any(map(_is_inner, found)):
        raise BadInput("address_refused", host=host)


def resolve(host: str, scheme: str = "https") -> list[IpAddress]:
    """What a name stands for; nothing where it cannot be told, or where a proxy will look it up."""
    if read_ip(host) is not None or is_loopback(host) or is_proxied(host, scheme):
        return []
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, ValueError):  # ValueError: a name no resolver takes
        return []
    return [number for *_, place in found if (number := read_ip(str(place[0]))) is not None]


def is_loopback(host: str) -> bool:
    """Whether the host is this computer."""
    number = read_ip(host)
    if number is not None:
        return any(each.is_loopback for each in _meanings(number))
    return host == "localhost" or host.endswith(".localhost")


def is_proxied(host: str, scheme: str) -> bool:
    """Whether the environment sends what goes to that host through a proxy."""
    proxies = getproxies()
    return bool({scheme, "all"} & set(proxies)) and not proxy_bypass(host)


def origin(base_url: str) -> str:
    """Scheme, host and port: a key that was given for one is not for another."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def read_ip(host: str) -> IpAddress | None:
    """The number an address is, also in the spellings only C or a browser reads: 2852039166."""
    host = _as_looked_up(host)
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host)) if host and host[0].isdigit() else None
    except (OSError, ValueError):  # ValueError: a name no resolver takes
        return None


def _as_looked_up(host: str) -> str:
    """A host as it is looked up in the end: `１６９。254%2e…` in plain letters, digits and dots."""
    plain = unicodedata.normalize("NFKC", unquote(host)).replace("。", ".")
    return plain.rstrip(".").lower()


def _split(base_url: str) -> SplitResult | None:
    """Its parts where it can be connected to."""
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket left open
        return None
    return parts if usable else None


def _is_inner(number: IpAddress) -> bool:
    return any(
        each.is_link_local or any(each in network for network in METADATA_NETWORKS)
        for each in _meanings(number)
    )


def _meanings(number: IpAddress) -> Iterator[IpAddress]:
    """The address without its zone, and every IPv4 address that one may reach through it."""
    if isinstance(number, IPv4Address):
        yield number
        return
    bare = IPv6Address(int(number))
    yield bare
    if any(bare in network for network in CARRYING_IPV4):
        yield IPv4Address(int(bare) & 0xFFFFFFFF)
    if bare.sixtofour is not None:
        yield bare.sixtofour
    if bare.teredo is not None:
        yield from bare.teredo
