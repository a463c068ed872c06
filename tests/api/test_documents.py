"""docs/reference/api.md names every address, code and right, and no other."""

import re

from minxin.agencies.rules import KEY_RIGHTS
from minxin.api.troubles import CODES
from minxin.api.urls import api
from tests.support.layers import ROOT

PAGE = (ROOT / "docs" / "reference" / "api.md").read_text()


def test_every_address_is_documented() -> None:
    described = api.get_openapi_schema(path_prefix="")["paths"]
    served = {f"{method.upper()} {path}" for path, ways in described.items() for method in ways}
    told = set(re.findall(r"^\| `((?:GET|POST) /[^`]*)`", PAGE, re.MULTILINE))
    assert served == told


def test_every_code_is_documented() -> None:
    told = {
        code: int(status)
        for code, status in re.findall(r"^\| `(\w+)` \| (\d{3}) \|", PAGE, re.MULTILINE)
    }
    assert told == {code: status for code, (status, _words) in CODES.items()}


def test_every_right_is_documented() -> None:
    for right in KEY_RIGHTS:
        assert f"| `{right.value}` |" in PAGE
