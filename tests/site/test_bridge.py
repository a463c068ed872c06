"""The RSGI-to-WSGI bridge under the real server."""

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.serving import granian, stop

pytestmark = pytest.mark.xdist_group("bridge")


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with granian("tests.site.served:app") as (address, _):
        yield address


def test_the_environment_is_wsgi(base: str) -> None:
    answer = httpx.get(
        f"{base}/environ?a=%E6%B0%91", headers={"X-Thing": "1", "X_Thing": "2", "Cookie": "a=b"}
    )
    seen = answer.json()
    assert seen["REQUEST_METHOD"] == "GET"
    assert seen["PATH_INFO"] == "/environ"
    assert seen["QUERY_STRING"] == "a=%E6%B0%91"
    assert seen["HTTP_X_THING"] == "1"
    assert seen["HTTP_COOKIE"] == "a=b"
    assert seen["REMOTE_ADDR"] == "127.0.0.1"
    assert f"http://{seen['HTTP_HOST']}" == base
    assert answer.headers.get_list("x-two") == ["1", "2"]


def test_a_chinese_path_reaches_django_as_wsgi_wants_it(base: str) -> None:
    assert httpx.get(f"{base}/民信").status_code == 204


@pytest.mark.parametrize("size", [0, 10, 1 << 20, 5_000_001])
def test_an_upload_arrives_whole(base: str, size: int) -> None:
    body = os.urandom(size)
    answer = httpx.post(f"{base}/digest", content=body, timeout=30)
    assert answer.text == f"{size} {hashlib.sha256(body).hexdigest()}"


def test_a_chunked_upload_arrives_whole(base: str) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(50):
            yield b"y" * 40_000

    answer = httpx.post(f"{base}/digest", content=chunks(), timeout=30)
    assert answer.text == f"2000000 {hashlib.sha256(b'y' * 2_000_000).hexdigest()}"


def test_a_download_is_streamed_and_closed(base: str) -> None:
    with httpx.stream("GET", f"{base}/streamed?40", timeout=30) as answer:
        assert sum(len(chunk) for chunk in answer.iter_bytes()) == 40 * 65536
    assert "streamed" in httpx.get(f"{base}/closed").text


def test_a_reader_that_goes_away_frees_its_thread(base: str) -> None:
    host, port = base.removeprefix("http://").split(":")
    for _ in range(6):  # more than there are threads
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(b"GET /streamed?4000 HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.recv(1000)
    began = time.monotonic()
    assert httpx.get(f"{base}/environ", timeout=20).status_code == 200
    assert time.monotonic() - began < 15


def test_an_error_is_an_answer(base: str) -> None:
    assert httpx.get(f"{base}/broken").status_code == 500
    assert httpx.get(f"{base}/environ").status_code == 200


def test_requests_run_side_by_side(base: str) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: httpx.get(f"{base}/slow").text, range(4)))
    assert answers == ["slow"] * 4
    assert time.monotonic() - began < 1.1


@pytest.mark.slow
def test_the_server_stops_promptly_with_an_open_download() -> None:
    with granian("tests.site.served:app") as (address, process):
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(b"GET /streamed?4000 HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.recv(1000)
            assert stop(process) < 10
