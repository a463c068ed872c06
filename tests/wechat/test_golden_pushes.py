"""One payload per kind of push, written out as WeChat sends it, with the value it must become.

`tests/golden/pushes/<name>.xml` is the body; `tests/golden/values.txt` the values. A change of
either is a change of what we understand, so it is made by hand: print what `_value` gives.
"""

import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest

from minxin import wechat
from minxin.wechat import Format, Mode

GOLDEN = Path(__file__).parents[1] / "golden"
PUSHES = {path.stem: path.read_bytes() for path in sorted((GOLDEN / "pushes").glob("*.xml"))}
VALUES = dict(
    line.split(" ", 1) for line in (GOLDEN / "values.txt").read_text("utf-8").splitlines() if line
)
PLAIN = wechat.CallbackSecrets("wx0a1b2c3d4e5f6789", "token", None, Mode.PLAIN)
SAFE = wechat.CallbackSecrets("wx0a1b2c3d4e5f6789", "token", "A" * 43, Mode.SAFE)


def _opened(body: bytes) -> wechat.Inbound:
    now = time.time()
    query = {"timestamp": str(int(now)), "nonce": "n"}
    query["signature"] = wechat.sign("token", query["timestamp"], "n")
    return wechat.open_callback(query, body, PLAIN, now=now).inbound


def _value(inbound: Any) -> str:
    """On one line, without what every push has."""
    common = {"account", "openid", "created_at"}
    names = [field.name for field in dataclasses.fields(inbound) if field.name not in common]
    fields = ", ".join(f"{name}={getattr(inbound, name)!r}" for name in names)
    return f"{type(inbound).__name__}({fields})"


@pytest.mark.parametrize("name", PUSHES)
def test_a_push_becomes_the_value_that_stands_beside_it(name: str) -> None:
    inbound = _opened(PUSHES[name])
    assert (inbound.account, inbound.created_at) == ("gh_6a1b2c3d4e5f", 1_795_485_600)
    assert inbound.openid == "oLVPpjqs9BhvzwPj5A-vTYAX3GLc"
    assert _value(inbound) == VALUES[name]


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("secrets", [PLAIN, SAFE], ids=["plain", "safe"])
@pytest.mark.parametrize("name", PUSHES)
def test_a_push_that_is_written_again_is_the_same(
    name: str, secrets: wechat.CallbackSecrets, format: Format
) -> None:
    inbound, now = _opened(PUSHES[name]), time.time()
    query, body = wechat.seal_push(inbound, secrets, format=format, now=now)
    again = wechat.open_callback(query, body, secrets, now=now).inbound
    if isinstance(inbound, wechat.Unknown):
        assert isinstance(again, wechat.Unknown)
        assert again.kind == inbound.kind
    else:
        assert again == inbound


def test_every_kind_of_push_has_a_payload() -> None:
    kinds = {type(_opened(body)) for body in PUSHES.values()}
    assert {*wechat.MESSAGES.values(), *wechat.EVENTS.values(), wechat.Unknown} <= kinds
    events = {getattr(_opened(body), "event", None) for body in PUSHES.values()}
    several = {name for name, cls in wechat.EVENTS.items() if "event" in cls.__dataclass_fields__}
    assert several <= events
    assert set(VALUES) == set(PUSHES)
