"""By HTTP, signed (docs/reference/handover.md)."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from minxin.core.outward import BadAddress, route
from minxin.tickets.models import CityPlatform
from minxin.tickets.platforms.signing import headers
from minxin.tickets.platforms.way import (
    BadUpdate,
    Later,
    Listed,
    Parcel,
    Refusal,
    Taken,
    Update,
    read_update,
)
from minxin.tickets.rules.handing import STATES

TIMEOUT = httpx.Timeout(8.0, connect=3.0)
MOST_BYTES = 4 * 1024 * 1024
MOST_PAGES = 200
_REFUSING = frozenset({400, 403, 404, 405, 409, 410, 413, 415, 422})


class Http:
    """See `Way`. Redirects are not followed, and an answer too large is not read to its end."""

    def __init__(
        self, platform: CityPlatform, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._platform = platform
        self._transport = transport

    def tell(self, parcel: Parcel) -> Taken:
        body = {
            "key": parcel.key,
            "kind": parcel.kind,
            "our_number": parcel.our_number,
            "number": parcel.their_number,
            "text": parcel.text,
            "level": parcel.level,
            "at": parcel.at.isoformat(timespec="seconds"),
            "ticket": dict(parcel.table) if parcel.kind == "file" else None,
        }
        path = "/tickets" if parcel.kind == "file" else f"/tickets/{quote(parcel.our_number)}/acts"
        said = self._ask("POST", path, body)
        return Taken(_update(said.get("ticket")) if said.get("ticket") is not None else None)

    def changes(self, cursor: str) -> tuple[Sequence[Update], str]:
        said = self._ask("GET", f"/changes?after={quote(cursor)}")
        rows, onward = said.get("changes"), said.get("next")
        if not isinstance(rows, list) or not isinstance(onward, str) or len(onward) > 60:
            raise Later(_("对方的答复读不出来。"))
        return [_update(each) for each in rows], onward

    def keep(self, cursor: str) -> None:
        pass

    def listing(self) -> Sequence[Listed] | None:
        found: list[Listed] = []
        after = ""
        for _page in range(MOST_PAGES):
            said = self._ask("GET", f"/ledger?after={quote(after)}")
            rows, onward = said.get("tickets"), said.get("next")
            if not isinstance(rows, list):
                raise Later(_("对方的答复读不出来。"))
            for each in rows:
                if not isinstance(each, dict) or each.get("state") not in STATES:
                    raise Later(_("对方的答复读不出来。"))
                found.append(
                    Listed(
                        str(each.get("our_number", ""))[:40],
                        str(each.get("number", ""))[:80],
                        str(each["state"]),
                    )
                )
            if not onward or not rows:
                return found
            after = str(onward)[:60]
        raise Later(_("对方的答复读不出来。"))

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        url = self._platform.base_url + path
        try:
            where = route(url, settings.MINXIN_PLATFORM_NETWORKS)
        except BadAddress:
            raise Later(
                _("登记的接口地址现在不能使用，请核对地址、域名解析和允许的内网网段。")
            ) from None
        parts = urlsplit(url)
        signed = f"{parts.path}?{parts.query}" if parts.query else parts.path
        given = headers(
            self._platform.secret or "", self._platform.algorithm, method, signed, content,
            seconds=int(time.time()),
        )  # fmt: skip
        given |= {"content-type": "application/json; charset=utf-8", "host": where.host}
        try:
            with (
                httpx.Client(
                    transport=self._transport, timeout=TIMEOUT, trust_env=False,
                    follow_redirects=False,
                ) as client,
                client.stream(
                    method, where.url, content=content, headers=given,
                    extensions={"sni_hostname": where.name},
                ) as answer,
            ):  # fmt: skip
                status, text = answer.status_code, _whole(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol):
            raise Later(_("连不上对方平台，请检查地址和网络。")) from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Later(_("对方没有回应，不能确定是否送达，会再送一次。")) from None
        if status in _REFUSING:
            raise Refusal(_("对方拒收（HTTP %(status)s）。") % {"status": status})
        if status == 401:
            raise Later(_("对方不认签名（HTTP 401），请核对密钥和两边的时间。"))
        if not 200 <= status < 300:
            raise Later(_("对方出错（HTTP %(status)s），会再送一次。") % {"status": status})
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            raise Later(_("对方的答复读不出来。")) from None
        if not isinstance(said, dict):
            raise Later(_("对方的答复读不出来。"))
        return said


def _whole(answer: httpx.Response) -> bytes:
    content = b""
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise Later(_("对方的答复读不出来。"))
    return content


def _update(said: Any) -> Update:
    try:
        return read_update(said)
    except BadUpdate:
        raise Later(_("对方的答复读不出来。")) from None
