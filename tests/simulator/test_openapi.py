"""The control API under schemathesis: it answers as its document says and refuses the rest."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.hooks import HookContext
from schemathesis.specs.openapi import checks

from minxin.simulator.openapi import build
from tests.support import serving

# More of them when there is time: MINXIN_TEST_EXAMPLES=500 pytest tests/simulator/test_openapi.py
EXAMPLES = int(os.environ.get("MINXIN_TEST_EXAMPLES", "12"))
APP_ID = "wx00000000000000c1"
OPENID = "oYx" + "0" * 25
NEW = {"/sim/accounts", "/sim/components", "/sim/followers"}
# What is large, and takes long: how much is enough here, and what the document allows.
LARGE = {
    "count": (50, 1_000_000), "followers": (20, 1_000_000), "accounts": (2, 1000),
    "seconds": (0.1, 3600),
}  # fmt: skip
# Not `positive_data_acceptance`: a schema cannot know that somebody is not there (404), or that what
# is there forbids it (409).
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.allow_header_conformance,
]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("openapi")]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the served simulator complains of."""
    return tmp_path_factory.mktemp("openapi") / "stderr"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, said: Path) -> Iterator[str]:
    """A served simulator with one account and two people in it."""
    with serving.simulator(tmp_path_factory.mktemp("simulator"), said) as base:
        with httpx.Client(base_url=base, trust_env=False) as client:
            client.post("/sim/accounts", json={"app_id": APP_ID}).raise_for_status()
            follow = {"app_id": APP_ID, "nickname": "小林", "openid": OPENID, "silent": True}
            client.post("/sim/followers", json=follow).raise_for_status()
        yield base
    assert "Traceback" not in said.read_text()


schema = schemathesis.openapi.from_dict(build()).exclude(path="/sim/stream")


@schema.hook
def map_query(context: HookContext, query: Any) -> Any:
    return _known(context, query)


@schema.hook
def map_body(context: HookContext, body: Any) -> Any:
    """Nobody waits for a million followers, or for a storm of an hour."""
    body = _known(context, body)
    if isinstance(body, dict):
        for name, (few, most) in LARGE.items():
            value = body.get(name)
            if isinstance(value, int | float) and few < value <= most:
                body[name] = few
    return body


def _known(context: HookContext, found: Any) -> Any:
    """A made-up AppID or openid that could be one becomes the one that is there."""
    # Where the document asks for the letters of an AppID, a wrong one has to stay wrong.
    is_new = context.operation is not None and context.operation.path in NEW
    if isinstance(found, dict) and not is_new:
        for name, known in (("app_id", APP_ID), ("openid", OPENID)):
            value = found.get(name)
            if isinstance(value, str) and 1 <= len(value) <= 64:
                found[name] = known
    return found


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="MINXIN_TEST_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
def test_the_control_api_is_what_its_document_says(case: Case, address: str) -> None:
    case.call_and_validate(base_url=address, checks=CHECKS)


def test_the_document_is_served_as_it_was_tried(address: str) -> None:
    assert httpx.get(f"{address}/sim/openapi.json", trust_env=False).json() == build()


def test_the_stream_is_what_the_document_says(address: str) -> None:
    with httpx.stream("GET", f"{address}/sim/stream?citizens=1,2", trust_env=False) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
    for wrong in ("x", "1,,2", "1," * 11, "-1", "1" * 10):
        refused = httpx.get(f"{address}/sim/stream?citizens={wrong}", trust_env=False)
        assert refused.status_code == 400, wrong
        assert refused.json()["error"]
