"""Addresses that people enter and this machine calls: none may lead where it must not (SSRF).

A name is resolved once, every address it has is looked at, and the call goes to that very address: a name that
means something else a moment later leads nowhere. Public addresses are called by HTTPS alone; those of this
machine or of an internal network only where a setting names the network.
"""

import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Iterable[str]]
LONGEST = 300
_NAT64 = ip_network("64:ff9b::/96")
# Where clouds answer machines with their own secrets, and what IPv6 gave up (RFC 3879); no setting opens it.
_NEVER = (
    ip_network("169.254.0.0/16"), ip_network("100.100.100.200/32"), ip_network("fe80::/10"),
    ip_network("fd00:ec2::254/128"), ip_network("fec0::/10"),
)  # fmt: skip


class BadAddress(Exception):
    """An address cannot be called; `fault` says why: shape, extra, plain, forbidden, unknown."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Route:
    """How to call an address without asking for its name again."""

    url: str  # with the number in place of the name
    host: str  # for the header Host
    name: str  # for TLS


def networks_of(words: Iterable[str]) -> tuple[Network, ...]:
    """Networks as a setting writes them. Raises ValueError for what is none."""
    return tuple(ip_network(word) for word in words)


def innermost(address: Address) -> Address:
    """The IPv4 address inside one of IPv6 that only carries it."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address.teredo is not None:
        inner = address.teredo[1]
    return inner or address


def is_internal(address: Address, networks: Sequence[Network]) -> bool:
    """Whether it lies in a network that the setting names."""
    one = innermost(address)
    return any(one.version == each.version and one in each for each in networks)


def may_call(address: Address, networks: Sequence[Network], *, is_secure: bool) -> bool:
    """Whether it may be called: public by HTTPS, or in a named network; never where clouds keep secrets."""
    one = innermost(address)
    if any(one.version == each.version and one in each for each in _NEVER):
        return False
    if one.is_multicast or one.is_unspecified:
        return False
    if is_internal(one, networks):
        return True
    return is_secure and one.is_global and not one.is_reserved


def parts_of(address: str, networks: Sequence[Network]) -> SplitResult:
    """The parts of an address that could be called, as far as can be said without asking for its name, which
    comes as the network writes it (a Chinese one in ASCII). Raises `BadAddress`."""
    if len(address) > LONGEST or any(ord(each) <= 32 for each in address) or "\\" in address:
        raise BadAddress("shape")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise BadAddress("shape") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise BadAddress("shape")
    if parts.username or parts.password or parts.fragment:
        raise BadAddress("extra")
    if parts.scheme == "http" and not networks:
        raise BadAddress("plain")
    try:
        name = parts.hostname.encode("idna").decode()
    except UnicodeError:
        raise BadAddress("shape") from None
    if name == parts.hostname:
        return parts
    if ":" in name:  # a zone of IPv6 in other letters
        raise BadAddress("shape")
    return parts._replace(netloc=name if port is None else f"{name}:{port}")


def route(address: str, networks: Sequence[Network], resolve: Resolve | None = None) -> Route:
    """Where an address leads now. Raises `BadAddress`: `unknown` when the name has no address, `forbidden`
    when one of its addresses may not be called, `plain` when only HTTPS might."""
    parts = parts_of(address, networks)
    name, is_secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    try:
        found = [ip_address(each.split("%")[0]) for each in (resolve or resolved)(name, port)]
    except (OSError, UnicodeError, ValueError):
        raise BadAddress("unknown") from None
    if not found:
        raise BadAddress("unknown")
    for each in found:  # one bad address among them is enough
        if not may_call(each, networks, is_secure=is_secure):
            could = may_call(each, networks, is_secure=True)
            raise BadAddress("plain" if could else "forbidden")
    first = found[0]
    number = f"[{first}]" if first.version == 6 else str(first)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = f"[{name}]" if ":" in name else name
    is_usual = parts.port in {None, 443 if is_secure else 80}
    return Route(
        f"{parts.scheme}://{number}:{port}{path}", host if is_usual else f"{host}:{port}", name
    )


def inner_route(address: str, networks: Sequence[Network], resolve: Resolve | None = None) -> Route:
    """As `route`, for what must lie inside a named network: `forbidden` for public addresses, too."""
    found = route(address, networks, resolve)
    if not is_internal(ip_address(urlsplit(found.url).hostname or ""), networks):
        raise BadAddress("forbidden")
    return found


def resolved(name: str, port: int) -> list[str]:
    """The addresses of a name, as the machine's resolver has them."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))
