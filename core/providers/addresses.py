"""Which addresses may be connected to: a person's own servers, but not a cloud's inner ones."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies

from core.errors import BadInput

IpAddress = IPv4Address | IPv6Address

# Where clouds hand a machine its own passwords, to whatever program on it asks. Link-local
# addresses (169.254.0.0/16, fe80::/10) are refused as a whole; these lie outside of them.
# Sources: the clouds' own pages on instance metadata (AWS over IPv6, Alibaba, Oracle).
METADATA_ADDRESSES = frozenset(
    map(ip_address, ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192"))
)
METADATA_NAMES = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "metadata.tencentyun.com",
     "instance-data", "instance-data.ec2.internal"}
)  # fmt: skip


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
    if host.rstrip(".").lower() in METADATA_NAMES or any(map(_is_inner, found)):
        raise BadInput("address_refused", host=host)


def resolve(host: str) -> list[IpAddress]:
    """What a name stands for; nothing where it cannot be told, or where a proxy will look it up."""
    if read_ip(host) is not None or is_loopback(host) or getproxies():
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
        return _plain(number).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def origin(base_url: str) -> str:
    """Scheme, host and port: a key that was given for one is not for another."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def read_ip(host: str) -> IpAddress | None:
    """The number an address is, also in the spellings only C reads, such as 2852039166."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host)) if host and host[0].isdigit() else None
    except (OSError, ValueError):  # ValueError: a name no resolver takes
        return None


def _split(base_url: str) -> SplitResult | None:
    """Its parts where it can be connected to."""
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket left open
        return None
    return parts if usable else None


def _is_inner(number: IpAddress) -> bool:
    number = _plain(number)
    return number.is_link_local or number in METADATA_ADDRESSES


def _plain(number: IpAddress) -> IpAddress:
    """The IPv4 address inside an IPv6 one, where there is one."""
    return (isinstance(number, IPv6Address) and number.ipv4_mapped) or number
