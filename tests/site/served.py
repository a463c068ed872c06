"""A small WSGI application behind the bridge, for the tests of the bridge."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from minxin.site.bridge import Bridge

closed: list[str] = []


class Streamed:
    streaming = True

    def __init__(self, chunks: int) -> None:
        self.left = chunks

    def __iter__(self) -> Iterator[bytes]:
        while self.left:
            self.left -= 1
            yield b"x" * 65536

    def close(self) -> None:
        closed.append("streamed")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    match environ["PATH_INFO"]:
        case "/environ":
            start_response(
                "200 OK", [("Content-Type", "application/json"), ("X-Two", "1"), ("X-Two", "2")]
            )
            plain = {key: value for key, value in environ.items() if isinstance(value, str)}
            return [json.dumps(plain).encode()]
        case "/digest":
            digest, size = hashlib.sha256(), 0
            while chunk := environ["wsgi.input"].read(70000):
                digest.update(chunk)
                size += len(chunk)
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [f"{size} {digest.hexdigest()}".encode()]
        case "/streamed":
            start_response("200 OK", [("Content-Type", "application/octet-stream")])
            return Streamed(int(environ["QUERY_STRING"]))
        case "/closed":
            start_response("200 OK", [])
            return [",".join(closed).encode()]
        case "/slow":
            time.sleep(0.3)
            start_response("200 OK", [])
            return [b"slow"]
        case "/broken":
            raise RuntimeError("broken on purpose")
        case _:
            start_response("204 No Content", [])
            return []


app = Bridge(application)
