"""A server on this machine that speaks the protocol of chat models, and does what a test says."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class ModelServer:
    """`say` makes the content of an answer out of the request; `how` says what is wrong with the server."""

    say: Callable[[dict[str, Any]], str] = lambda asked: ""
    how: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    usage: object = 321
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


def sources_in(asked: dict[str, Any]) -> list[dict[str, str]]:
    """The sentences that a request gives."""
    content = asked["messages"][-1]["content"]
    data = json.loads(content.split("\n")[1])
    return list(data["原文"])


def word_for_word(asked: dict[str, Any]) -> str:
    """What a careful model says: the sentences as they are."""
    sentences = [{"text": each["text"], "from": [each["id"]]} for each in sources_in(asked)]
    return json.dumps({"sentences": sentences}, ensure_ascii=False)


@contextmanager
def model_server(**how: Any) -> Iterator[ModelServer]:
    """Listens on a free port of this machine until the block ends."""
    state = ModelServer(**how)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            state.asked.append(json.loads(body) | {"path": self.path})
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            try:
                self._answer()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _answer(self) -> None:
            match state.how:
                case "500":
                    return self._send(
                        500, b'{"error": {"message": "CUDA out of memory, key sk-secret"}}'
                    )
                case "401":
                    return self._send(401, b'{"error": {"message": "bad key sk-secret"}}')
                case "404":
                    return self._send(404, b"model not found")
                case "302":
                    return self._send(302, b"", location="http://127.0.0.1:1/steal")
                case "broken":
                    return self._send(200, b'{"choices": [{"message": {"content": "half')
                case "empty":
                    return self._send(200, b'{"choices": []}')
                case "stream":
                    return self._send(200, b"data: {}\n\n", kind="text/event-stream")
                case "huge":
                    return self._send(200, b" " * 600_000)
                case "slow":
                    time.sleep(1.6)
                case "drip":
                    self.send_response(200)
                    self.send_header("content-length", "100")
                    self.end_headers()
                    for _ in range(40):
                        self.wfile.write(b" ")
                        self.wfile.flush()
                        time.sleep(0.1)
                    return None
            content = state.say(state.asked[-1])
            answer = {
                "choices": [{"message": {"role": "assistant", "content": content}}],
                "usage": {"total_tokens": state.usage},
            }
            return self._send(200, json.dumps(answer, ensure_ascii=False).encode())

        def _send(
            self, status: int, body: bytes, *, kind: str = "application/json", location: str = ""
        ) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            if location:
                self.send_header("location", location)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.port = server.server_address[1]
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
