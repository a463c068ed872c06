"""What the open API says when it does not do what was asked: JSON with a code and a Chinese sentence."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from minxin.core.errors import AlreadyDone, NotFound, Refused

log = logging.getLogger("minxin.api")

# What can go wrong whoever asks; docs/reference/api.md is held to this.
CODES: Mapping[str, tuple[int, str]] = {
    "bad_request": (400, "请求的内容读不出来，请检查是不是 UTF-8 编码的 JSON。"),
    "idempotency_key_missing": (400, "写入请求须带 Idempotency-Key，8 到 80 个字母、数字或 -_:.。"),
    "unauthorized": (401, "没有带接口密钥，或者密钥不对。"),
    "key_expired": (401, "这个接口密钥已过有效期。"),
    "key_revoked": (401, "这个接口密钥已被吊销。"),
    "right_missing": (403, "这个接口密钥没有这项权限。"),
    "not_found": (404, "没有找到，或者不在这个密钥的范围内。"),
    "already_done": (409, "这件事已经做过。"),
    "idempotency_key_reused": (409, "这个 Idempotency-Key 已用于另一个请求。"),
    "too_large": (413, "请求太大，请分批发送。"),
    "invalid": (422, "有的字段不对。"),
    "refused": (422, "没有办理。"),
    "too_many_requests": (429, "请求太频繁，请稍后再试。"),
    "server_error": (500, "系统出了问题，已经记录下来，请稍后再试。"),
    "busy": (503, "系统正忙，请稍后再试。"),
}
_OF_STATUS = {400: "bad_request", 401: "unauthorized", 403: "right_missing", 404: "not_found",
              413: "too_large", 429: "too_many_requests"}  # fmt: skip


class Trouble(Exception):
    """One of `CODES`, with words of its own where they are given."""

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        field: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.headers = headers or {}


def said(
    code: str,
    message: str = "",
    *,
    field: str = "",
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """The answer that tells of a trouble."""
    status, words = CODES[code]
    error: dict[str, Any] = {"code": code, "message": message or words, **more}
    if field:
        error["field"] = field
    return JsonResponse(
        {"error": error},
        status=status,
        headers=dict(headers or {}),
        json_dumps_params={"ensure_ascii": False},
    )


def refusal_said(refusal: Refused) -> HttpResponse:
    """What a room refused."""
    match refusal:
        case NotFound():
            return said("not_found")
        case AlreadyDone():
            return said("already_done", refusal.message)
    return said("refused", refusal.message, field=refusal.field)


def answer_troubles(api: NinjaAPI) -> None:
    """Let an API answer every exception in this way."""

    def trouble(request: HttpRequest, exc: Any) -> HttpResponse:
        return said(exc.code, exc.message, field=exc.field, headers=exc.headers)

    def refused(request: HttpRequest, exc: Any) -> HttpResponse:
        return refusal_said(exc)

    def missing(request: HttpRequest, exc: Any) -> HttpResponse:
        return said("not_found")

    def invalid(request: HttpRequest, exc: Any) -> HttpResponse:
        fields = [
            {"field": ".".join(str(part) for part in each["loc"][1:]), "problem": each["msg"]}
            for each in exc.errors[:20]
        ]
        return said("invalid", fields=fields)

    def http_error(request: HttpRequest, exc: Any) -> HttpResponse:
        return said(_OF_STATUS.get(exc.status_code, "bad_request"))

    def too_large(request: HttpRequest, exc: Any) -> HttpResponse:
        return said("too_large" if isinstance(exc, RequestDataTooBig) else "bad_request")

    def broken(request: HttpRequest, exc: Any) -> HttpResponse:
        log.exception("the open API: %s %s", request.method, request.path, exc_info=exc)
        return said("server_error")

    api.add_exception_handler(Exception, broken)
    api.add_exception_handler(Trouble, trouble)
    api.add_exception_handler(Refused, refused)
    api.add_exception_handler(Http404, missing)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(HttpError, http_error)
    api.add_exception_handler(SuspiciousOperation, too_large)
