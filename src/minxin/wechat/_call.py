"""One call of WeChat's API as a value: what is sent, what comes back, whether it may be repeated."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

import httpx
import msgspec

from minxin.wechat._errors import WeChatError, WeChatUnreachable, split_rid

T = TypeVar("T")
RETRIES = 2
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
# Codes after which the very same call may be sent again at once: nothing has happened.
BUSY = frozenset({-1, 45011})


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the structs of calls have in common: frozen, by name, absent fields not sent."""


class Nothing(Struct, frozen=True):
    """An answer that says no more than that it went well."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to upload. The name goes out as UTF-8: WeChat refuses `filename*=` with 41005."""

    name: str
    body: bytes = field(repr=False)
    field_name: str = "media"
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """Give it to `Client.call` or `AsyncClient.call`; the answer is a `T`.

    `is_repeatable`: sending it twice does what sending it once does, so it is tried again when no
    answer came or WeChat was busy. A call that is not is sent again only when it never left.
    `by`: whose token goes with it.
    """

    method: Literal["GET", "POST"]
    path: str
    answer: type[T]
    params: Mapping[str, Any] = field(default_factory=dict)
    payload: Any = None
    file: File | None = None
    is_repeatable: bool = True
    by: Literal["account", "platform", "nobody"] = "account"

    def request(self, base_url: str, token: str) -> httpx.Request:
        """The request with the token in its query; Chinese as UTF-8, never as escapes."""
        params = {name: value for name, value in self.params.items() if value is not None}
        match self.by:
            case "account":
                params["access_token"] = token
            case "platform":
                params["component_access_token"] = token
        address = base_url + self.path
        if self.file is not None:
            body, kind = _form(self.file)
            return httpx.Request(
                self.method, address, params=params, content=body, headers={"content-type": kind}
            )
        if self.payload is None:
            return httpx.Request(self.method, address, params=params)
        return httpx.Request(
            self.method,
            address,
            params=params,
            content=msgspec.json.encode(self.payload),
            headers={"content-type": "application/json; charset=utf-8"},
        )

    def read(self, response: httpx.Response) -> T:
        """The answer; `WeChatError` for an errcode, `WeChatUnreachable` for what is no answer."""
        content = response.content
        is_json = content[:1] in {b"{", b"["}
        if self.answer is bytes and not is_json:
            if response.status_code != 200:
                raise WeChatUnreachable(
                    f"an answer with status {response.status_code}", may_have_happened=True
                )
            return content  # type: ignore[return-value]
        try:
            failure = msgspec.json.decode(content, type=_Failure, strict=False)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise WeChatUnreachable(
                f"an answer with status {response.status_code} that is not JSON",
                may_have_happened=True,
            ) from None
        if failure.errcode:
            message, rid = split_rid(failure.errmsg)
            raise WeChatError(failure.errcode, message, rid)
        if self.answer is bytes:
            raise WeChatUnreachable("JSON instead of a file", may_have_happened=True)
        try:
            return msgspec.json.decode(content, type=self.answer, strict=False)
        except msgspec.ValidationError as error:
            raise WeChatUnreachable(
                f"an answer of {self.path} that is not what WeChat documents: {error}",
                may_have_happened=True,
            ) from None

    def may_repeat(self, error: WeChatError | WeChatUnreachable) -> bool:
        """Whether the same call may be sent again after this."""
        if isinstance(error, WeChatError):
            return error.code in BUSY and (self.is_repeatable or error.code == 45011)
        return self.is_repeatable or not error.may_have_happened


class _Failure(msgspec.Struct):
    errcode: int = 0
    errmsg: str = ""


def pause(retry: int) -> float:
    """Seconds before the nth retry (from 0): twice as long each time, with full jitter."""
    return random.uniform(0.0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**retry))


def _form(file: File) -> tuple[bytes, str]:
    """multipart/form-data with a Content-Length and a plain UTF-8 file name."""
    boundary = f"minxin{random.getrandbits(96):024x}"
    name = file.name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in file.fields.items()
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{file.field_name}"; '
        f'filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
        + file.body
        + b"\r\n"
    )
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"
