"""Opening an address that somebody wrote down, to see whether it opens: supervision's one way outside.

Only workers call it, with no transaction open. Whoever writes an address must not reach through this
machine into the office's own network: every address a name stands for is looked at first, the
connection goes to the very address that was looked at, and every redirect is a new address. Nothing is
sent but the request, and of the answer only its first line and its headers are read.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from minxin.supervision.rules.proofs import LinkFailure

TIMEOUT = 10.0
MOST_REDIRECTS = 5
PORTS = frozenset({80, 443})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
AGENT = "Mozilla/5.0 (compatible; Minxin)"
IsAllowed = Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class Opened:
    """How an address answered: the status of the last one, or why there is none."""

    final_url: str
    status: int | None = None
    failure: LinkFailure | None = None


class _Failed(Exception):
    def __init__(self, failure: LinkFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def is_public(address: str, port: int) -> bool:
    """Whether an address belongs to the open Internet, at a port where pages are."""
    found = ipaddress.ip_address(address)
    return port in PORTS and found.is_global and not found.is_multicast


def open_link(url: str, *, is_allowed: IsAllowed = is_public, timeout: float = TIMEOUT) -> Opened:
    """Open an address and follow it where it leads. Never raises for what lies outside."""
    for _redirect in range(MOST_REDIRECTS + 1):
        try:
            status, further = _ask(urlsplit(url), is_allowed, timeout)
        except _Failed as error:
            return Opened(url, failure=error.failure)
        except ValueError:
            return Opened(url, failure=LinkFailure.BAD_ADDRESS)
        except TimeoutError:
            return Opened(url, failure=LinkFailure.TOO_SLOW)
        except ssl.SSLError:
            return Opened(url, failure=LinkFailure.BAD_CERTIFICATE)
        except (OSError, http.client.HTTPException):
            return Opened(url, failure=LinkFailure.UNREACHABLE)
        if status not in REDIRECTS or not further:
            return Opened(url, status=status)
        url = urljoin(url, further)[:500]
    return Opened(url, failure=LinkFailure.TOO_MANY_REDIRECTS)


def _ask(address: SplitResult, is_allowed: IsAllowed, timeout: float) -> tuple[int, str]:
    """The status, and where it leads."""
    host, is_secure = address.hostname, address.scheme == "https"
    if address.scheme not in {"http", "https"} or not host or address.username:
        raise _Failed(LinkFailure.BAD_ADDRESS)
    port = address.port or (443 if is_secure else 80)
    place = _place_of(host, port, is_allowed)
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    connection.sock = socket.create_connection((place, port), timeout=timeout)
    try:
        if is_secure:
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        connection.request("GET", _quoted(target), headers={"User-Agent": AGENT, "Accept": "*/*"})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or ""
    finally:
        connection.close()


def _place_of(host: str, port: int, is_allowed: IsAllowed) -> str:
    """The address that a name stands for, when all of them are allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise _Failed(LinkFailure.NO_SUCH_NAME) from error
    places = [str(each[4][0]) for each in found]
    if not places or not all(is_allowed(each, port) for each in places):
        raise _Failed(LinkFailure.NOT_PUBLIC)
    return places[0]


def _quoted(target: str) -> str:
    """A path as a request line can hold it."""

    return quote(target, safe="/?&=%#:;,+@!$'()*~[]-._")
