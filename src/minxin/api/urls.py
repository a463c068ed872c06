"""The open API under `/api/v1/`; its description for machines and a page to try it, both from here."""

from typing import Any

import msgspec
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.parser import Parser

from minxin.api import exchange, handover, tickets
from minxin.api.keys import KeyAuth
from minxin.api.troubles import answer_troubles


class JsonParser(Parser):
    """JSON as msgspec reads it: strict, and deep nesting is an error like any other."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return msgspec.json.decode(request.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise HttpError(400, "bad json") from error


api = NinjaAPI(
    title="民信开放接口",
    version="1",
    description=(
        "供其他系统读写诉求工单。请求头 Authorization: Bearer 后面是接口密钥，由管理员在工作台建立。"
        "写入请求须带 Idempotency-Key，同一个值重复发送只办一次。出错时返回 error.code 和 error.message。"
    ),
    urls_namespace="api",
    auth=KeyAuth(),
    parser=JsonParser(),
)
answer_troubles(api)
api.add_router("", tickets.router)
api.add_router("", exchange.router)
api.add_router("", handover.router)

urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]
