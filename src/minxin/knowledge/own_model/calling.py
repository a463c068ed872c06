"""One request in the protocol that OpenAI made common: `POST {address}/chat/completions`.

The address lies in a network that a setting of the machine names, whoever enters it (docs/adr/0025). The
number that its name had is the one that is called; no redirect is followed; the whole call has one deadline; no
more than so many bytes are read. What the other side says is data.
"""

import functools
import json
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from minxin.core.deadlines import Deadline
from minxin.core.outward import BadAddress, Network, Resolve, inner_route
from minxin.knowledge.queries.own_model import ModelSettings
from minxin.knowledge.rules.own_model import MOST_OUTPUT, PATH

MOST_BYTES = 256 * 1024
_CONNECT = 3.0


class CallFailed(Exception):
    """No answer came. `fault`: address, connect, late, key, missing, busy, status, large, stream, envelope;
    `detail` what the other side said, without the key."""

    def __init__(self, fault: str, detail: str = "") -> None:
        super().__init__(f"{fault} {detail}".strip())
        self.fault = fault
        self.detail = detail[:300]


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote. `tokens` as the server says; None where it says nothing."""

    text: str
    tokens: object = None


def complete(
    settings: ModelSettings,
    messages: Sequence[dict[str, str]],
    *,
    networks: Sequence[Network],
    transport: httpx.BaseTransport | None = None,
    resolve: Resolve | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Completion:
    """What the model answers within `settings.seconds`. Raises `CallFailed`."""
    try:
        to = inner_route(settings.address + PATH, networks, resolve)
    except BadAddress as bad:
        raise CallFailed("address", bad.fault) from None
    until = clock() + settings.seconds
    body = {
        "model": settings.model,
        "messages": list(messages),
        "temperature": 0,
        "max_tokens": MOST_OUTPUT,
        "stream": False,
    }
    headers = {"host": to.host, "user-agent": "minxin", "content-type": "application/json",
               "accept": "application/json"}  # fmt: skip
    if settings.key:
        headers["authorization"] = f"Bearer {settings.key}"
    limits = httpx.Timeout(settings.seconds, connect=min(_CONNECT, settings.seconds))
    try:
        with (
            Deadline(settings.seconds) as deadline,
            httpx.Client(
                transport=transport, timeout=limits, trust_env=False, follow_redirects=False,
                verify=_trust(),
            ) as client,
            client.stream(
                "POST", to.url, content=json.dumps(body, ensure_ascii=False).encode(),
                headers=headers,
                extensions={"sni_hostname": to.name, "trace": deadline.trace},
            ) as answer,
        ):  # fmt: skip
            read = _read(answer, until, clock)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise CallFailed("connect", type(error).__name__) from None
    except (httpx.HTTPError, OSError) as error:
        fault = (
            "late"
            if clock() >= until - 0.1 or isinstance(error, httpx.TimeoutException)
            else "connect"
        )
        raise CallFailed(fault, type(error).__name__) from None
    return _judged(answer, read, settings.key)


@functools.cache
def _trust() -> ssl.SSLContext:
    """Whom a call believes; making it costs more than a call."""
    return ssl.create_default_context()


def _read(answer: httpx.Response, until: float, clock: Callable[[], float]) -> bytes:
    found = bytearray()
    for chunk in answer.iter_bytes():
        found += chunk
        if len(found) > MOST_BYTES:
            raise CallFailed("large")
        if clock() > until:
            raise CallFailed("late")
    return bytes(found)


def _judged(answer: httpx.Response, body: bytes, key: str) -> Completion:
    status = answer.status_code
    if status != 200:
        fault = {401: "key", 403: "key", 404: "missing", 429: "busy", 503: "busy"}.get(
            status, "status"
        )
        raise CallFailed(fault, f"HTTP {status} {_said(body, key)}".strip())
    if "event-stream" in answer.headers.get("content-type", ""):
        raise CallFailed("stream")
    try:
        found: Any = json.loads(body)
        text = found["choices"][0]["message"]["content"]
        usage = found.get("usage")
        tokens = usage.get("total_tokens") if isinstance(usage, dict) else None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise CallFailed("envelope", _said(body, key)) from None
    if not isinstance(text, str):
        raise CallFailed("envelope")
    return Completion(text, tokens)


def _said(body: bytes, key: str) -> str:
    """What a server says of its own fault, short and without the key."""
    words = body[:2_000].decode("utf-8", "replace")
    try:
        found = json.loads(body)
        error = found.get("error") if isinstance(found, dict) else None
        words = str(error.get("message") if isinstance(error, dict) else error or words)
    except (ValueError, RecursionError):
        pass
    words = " ".join("".join(each if each.isprintable() else " " for each in words).split())
    return (words.replace(key, "***") if key else words)[:200]
