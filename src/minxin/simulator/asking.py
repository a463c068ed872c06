"""A call of the control API: what it asks, and how it is answered."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator.refusals import ControlError
from minxin.simulator.requests import Posted

MOST = 999_999_999  # of any number in an address: what the document says, and what SQLite holds
LONGEST_WORDS = 120
MAX_BODY = 1024 * 1024
P = TypeVar("P", bound=Posted)


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        msgspec.json.encode(value),
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store", **(headers or {})},
    )


async def posted(request: Request, cls: type[P]) -> P:
    """The posted object; a `ControlError` names the field that is wrong."""
    if "json" not in request.headers.get("content-type", "application/json"):
        # A form of another site can be posted here by any browser; JSON cannot, unasked.
        raise ControlError("post JSON with Content-Type: application/json", 415)
    body = await request.body()
    if len(body) > MAX_BODY:
        raise ControlError("the body is larger than 1 MB", 413)
    try:
        return msgspec.convert(_whole(msgspec.json.decode(body)), type=cls)
    except msgspec.ValidationError as error:
        raise ControlError(f"{error}{_choices(cls, str(error))}", 400) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ControlError(f"the body is not JSON in UTF-8: {error}", 400) from None


def _choices(cls: type[Posted], problem: str) -> str:
    """For a word that is none of those allowed: which are."""
    name = problem.rpartition("$.")[2].rstrip("`")
    if "Invalid enum value" not in problem or name not in cls.__struct_fields__:
        return ""
    schema = msgspec.json.schema_components([cls])[1][cls.__name__]["properties"][name]
    allowed = schema.get("enum") or next(
        (one["enum"] for one in schema.get("anyOf", ()) if "enum" in one), ()
    )
    return f"; it is one of {', '.join(map(str, allowed))}"


def _whole(value: Any) -> Any:
    """JSON knows no integers: 5.0 is one as well."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_whole(one) for one in value]
        case dict():
            return {name: _whole(one) for name, one in value.items()}
    return value


def is_count(text: str) -> bool:
    """Whether it is written as a number from 0 to `MOST`."""
    return text.isascii() and text.isdecimal() and len(text) <= 9


def integer(request: Request, name: str, default: int | None = None) -> int:
    """A whole number in the query, at most nine digits long."""
    text = request.query_params.get(name)
    if text is None and default is not None:
        return default
    if text is None or not is_count(text):
        raise ControlError(f"{name} is a whole number of at most nine digits in the query", 400)
    return int(text)


def words(request: Request, name: str) -> str:
    """Words in the query, or nothing."""
    text = request.query_params.get(name, "")
    if len(text) > LONGEST_WORDS:
        raise ControlError(f"{name} has at most {LONGEST_WORDS} characters", 400)
    return text
