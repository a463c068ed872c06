"""Opening an address that somebody wrote down, to see whether it opens: supervision's one way outside.

Workers call it, with no transaction open; a person's request only through `fetch_page`, which waits at
most three seconds for the one thread that reads. Whoever writes an address must not reach through this
machine into the office's own network: every address a name stands for is looked at first, the
connection goes to the very address that was looked at, and every redirect is a new address. Nothing is
sent but the request, and of the answer only its first line and its headers are read, unless a page's
first bytes are asked for.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from minxin.supervision.rules.proofs import LinkFailure

TIMEOUT = 10.0
PATIENCE = 3.0  # seconds in all that a person's request waits for a page
LARGEST_PAGE = 1024 * 1024
MOST_REDIRECTS = 5
PORTS = frozenset({80, 443})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
AGENT = "Mozilla/5.0 (compatible; Minxin)"
IsAllowed = Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class Opened:
    """How an address answered: the status of the last one, or why there is none.

    `body`: the first bytes of the page, when they were asked for. `is_whole`: there were no more.
    """

    final_url: str
    status: int | None = None
    failure: LinkFailure | None = None
    content_type: str = ""
    body: bytes = b""
    is_whole: bool = True


class Busy(Exception):
    """Another page is being read."""


class _Failed(Exception):
    def __init__(self, failure: LinkFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def is_public(address: str, port: int) -> bool:
    """Whether an address belongs to the open Internet, at a port where pages are."""
    found = ipaddress.ip_address(address)
    return port in PORTS and found.is_global and not found.is_multicast


def open_link(
    url: str,
    *,
    is_allowed: IsAllowed = is_public,
    timeout: float = TIMEOUT,
    most_bytes: int = 0,
    until: float = float("inf"),
) -> Opened:
    """Open an address and follow it where it leads. Never raises for what lies outside.

    `timeout`: seconds for each step; `until`: when to stop, by `time.monotonic`; `most_bytes`: how much
    of the last answer is read.
    """
    for _redirect in range(MOST_REDIRECTS + 1):
        try:
            further, opened = _ask(url, is_allowed, timeout, most_bytes, until)
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
        if opened.status not in REDIRECTS or not further:
            return opened
        url = urljoin(url, further)[:500]
    return Opened(url, failure=LinkFailure.TOO_MANY_REDIRECTS)


_reading = threading.Semaphore(1)


def fetch_page(
    url: str, *, is_allowed: IsAllowed = is_public, patience: float = PATIENCE
) -> Opened:
    """Open an address and read the beginning of its page, for a person who waits. Raises `Busy`.

    After `patience` seconds the answer is that it was too slow, even where the system cannot be
    interrupted (looking up a name); until that ends nobody else's page is read.
    """
    if not _reading.acquire(blocking=False):
        raise Busy
    found: list[Opened] = []
    until = time.monotonic() + patience

    def read() -> None:
        try:
            found.append(
                open_link(
                    url,
                    is_allowed=is_allowed,
                    timeout=patience,
                    most_bytes=LARGEST_PAGE,
                    until=until,
                )
            )
        finally:
            _reading.release()

    reader = threading.Thread(target=read, daemon=True, name="minxin-page")
    try:
        reader.start()
    except RuntimeError as error:
        _reading.release()
        raise Busy from error
    reader.join(patience)
    if reader.is_alive():
        return Opened(url, failure=LinkFailure.TOO_SLOW)
    return found[0] if found else Opened(url, failure=LinkFailure.UNREACHABLE)


def _ask(
    url: str, is_allowed: IsAllowed, timeout: float, most_bytes: int, until: float
) -> tuple[str, Opened]:
    """Where an answer leads, and what it was."""
    address = urlsplit(url)
    host, is_secure = address.hostname, address.scheme == "https"
    if address.scheme not in {"http", "https"} or not host or address.username:
        raise _Failed(LinkFailure.BAD_ADDRESS)
    port = address.port or (443 if is_secure else 80)
    place = _place_of(host, port, is_allowed)
    timeout = min(timeout, until - time.monotonic())
    if timeout <= 0:
        raise TimeoutError
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    connection.sock = socket.create_connection((place, port), timeout=timeout)
    try:
        if is_secure:
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        connection.request("GET", _quoted(target), headers={"User-Agent": AGENT, "Accept": "*/*"})
        answer = connection.getresponse()
        further = answer.getheader("Location") or ""
        kind = answer.getheader("Content-Type") or ""
        body = b"" if answer.status in REDIRECTS else _body_of(answer, most_bytes, until)
        opened = Opened(
            url, answer.status, None, kind[:200], body[:most_bytes], len(body) <= most_bytes
        )
        return further, opened
    finally:
        connection.close()


def _body_of(answer: http.client.HTTPResponse, most: int, until: float) -> bytes:
    """The beginning of a body, one byte longer than asked for when there is more."""
    body = bytearray()
    while most and len(body) <= most:
        if time.monotonic() > until:
            raise TimeoutError
        part = answer.read1(min(65536, most + 1 - len(body)))
        if not part:
            break
        body += part
    return bytes(body)


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
