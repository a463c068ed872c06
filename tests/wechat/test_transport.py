"""Kept connections: used again, opened anew when the other side closed, errors in httpx's words."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import BinaryIO

import httpx
import pytest

from minxin.wechat import KeptConnections

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"


class Server:
    """Answers each request of each connection with the next of `answers`; None closes it."""

    def __init__(self, *answers: bytes | None) -> None:
        self._answers, self.connections = list(answers), 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/a?b=1"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with connection, connection.makefile("rb") as asked:
                while _read_request(asked):
                    answer = self._answers.pop(0)
                    if answer is None:
                        break
                    connection.sendall(answer)

    def close(self) -> None:
        self._listening.close()


def _read_request(asked: BinaryIO) -> bool:
    """Read one request whole, for head and body may come in two pieces. False when there is none."""
    length, line = 0, asked.readline()
    if not line:
        return False
    while line not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
        line = asked.readline()
    asked.read(length)
    return True


@pytest.fixture
def serving() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*answers: bytes | None) -> Server:
        servers.append(Server(*answers))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def client() -> httpx.Client:
    return httpx.Client(transport=KeptConnections(), timeout=0.5, trust_env=False)


def test_a_connection_serves_many_requests(serving: Callable[..., Server]) -> None:
    server = serving(OK, CHUNKED, OK)
    with client() as http:
        assert [http.post(server.url, json={"a": 1}).json() for _ in range(3)] == [{}, {}, {}]
    assert server.connections == 1


def test_one_that_was_closed_meanwhile_is_opened_anew(serving: Callable[..., Server]) -> None:
    server = serving(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), OK)
    with client() as http:
        assert http.get(server.url).status_code == 200
        assert http.get(server.url).status_code == 200
    assert server.connections == 2


def test_threads_do_not_share_one(serving: Callable[..., Server]) -> None:
    server = serving(OK, OK)
    with client() as http:
        http.get(server.url)
        other = threading.Thread(target=lambda: client().get(server.url))
        http.close()
        other.start()
        other.join()
    assert server.connections == 2


def test_nobody_there_is_a_connect_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with client() as http, pytest.raises(httpx.ConnectError):
        http.get(f"http://127.0.0.1:{port}/")


def test_silence_is_a_read_timeout(serving: Callable[..., Server]) -> None:
    server = serving(b"HTTP/1.1 200 OK\r\n")
    with client() as http, pytest.raises(httpx.ReadTimeout):
        http.get(server.url)


@pytest.mark.parametrize("answer", [None, b"nonsense\r\n\r\n"])
def test_no_answer_and_nonsense_are_protocol_errors(
    serving: Callable[..., Server], answer: bytes | None
) -> None:
    server = serving(answer)
    with client() as http, pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        http.get(server.url)
