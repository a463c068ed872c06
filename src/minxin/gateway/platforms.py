"""What WeChat tells a third-party platform: `/wechat/<platform's AppID>/events`, and the five accounts
of 全网发布检测, which are in nobody's register.

Messages of accounts that authorised the platform come to `/wechat/<platform's AppID>/<AppID>/callback`
and go the way of all messages.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from minxin import wechat
from minxin.accounts.actions import keep_code, keep_ticket, withdraw_authorization
from minxin.accounts.tasks import answer_by_api, redeem_pushed
from minxin.core.actors import System
from minxin.gateway.register import Register

log = logging.getLogger("minxin.gateway")
GATEWAY = System("gateway")
PLAIN = [("content-type", "text/plain; charset=utf-8")]
XML = [("content-type", "application/xml; charset=utf-8")]

# The accounts that WeChat itself uses for the acceptance of a platform (全网发布接入检测说明).
ACCEPTANCE = frozenset(
    {
        "wx570bc396a51b8ff8",
        "wx9252c5e0bb1836fc",
        "wx8e1097c5bc82cde9",
        "wx14550af28c71a144",
        "wxa35b9c23cfe664eb",
    }
)
_TEXT, _CODE = "TESTCOMPONENT_MSG_TYPE_TEXT", "QUERY_AUTH_CODE:"


class PlatformDoor:
    """Answers for third-party platforms. `closing` gives a function fresh database connections."""

    def __init__(
        self,
        register: Register,
        threads: ThreadPoolExecutor,
        closing: Callable[[Callable[..., Any]], Callable[..., Any]],
    ) -> None:
        self._register = register
        self._threads = threads
        self._closing = closing

    async def __call__(self, scope: Any, proto: Any, path: str, loop: Any) -> None:
        """Answer `<platform>/events` and the acceptance accounts; 404 for everything else."""
        parts = path.split("/")[2:]
        secrets = self._register.platforms.get(parts[0])
        is_event = len(parts) == 2 and parts[1] == "events"
        is_test = len(parts) == 3 and parts[2] == "callback" and parts[1] in ACCEPTANCE
        if secrets is None or not (is_event or is_test):
            proto.response_str(404, PLAIN, "unknown account\n")
            return
        if scope.method != "POST":
            proto.response_str(405, PLAIN, "POST\n")
            return
        length = scope.headers.get("content-length")
        if length and (not length.isdecimal() or int(length) > wechat.MAX_BODY):
            proto.response_str(wechat.TooLarge.status, PLAIN, "refused\n")
            return
        body = await proto()
        query = dict(parse_qsl(scope.query_string, keep_blank_values=True))
        try:
            if is_event:
                event = wechat.open_component_event(query, body, secrets, now=time.time())
            else:
                opened = wechat.open_callback(query, body, secrets, now=time.time())
        except wechat.CallbackRefused as refusal:
            log.warning("refused a notice to platform %s: %s", secrets.app_id, refusal.reason)
            proto.response_str(refusal.status, PLAIN, "refused\n")
            return
        if is_event:
            await self._event(event, proto, loop)
        else:
            self._test(parts[1], opened, secrets, proto)

    async def _event(self, event: wechat.ComponentEvent, proto: Any, loop: Any) -> None:
        """`success` only once it is on disk; without it WeChat tells again."""
        try:
            await loop.run_in_executor(self._threads, self._closing(keep_event), event)
        except Exception:
            log.exception("a notice to platform %s was not kept", event.app_id)
            proto.response_str(500, PLAIN, "not recorded\n")
            return
        proto.response_str(200, PLAIN, "success")
        if event.kind in {"authorized", "updateauthorized"} and event.authorizer not in ACCEPTANCE:
            code = str(event.fields.get("AuthorizationCode", ""))
            work = self._closing(redeem_pushed)
            self._threads.submit(
                work, event.app_id, event.authorizer, code, actor=GATEWAY, now=_now()
            )

    def _test(
        self, app_id: str, opened: wechat.Opened, secrets: wechat.CallbackSecrets, proto: Any
    ) -> None:
        """The cases of the acceptance: a text, an event, and a code whose answer goes by the API."""
        inbound, words = opened.inbound, ""
        match inbound:
            case wechat.Text(content=content) if content == _TEXT:
                words = f"{_TEXT}_callback"
            case wechat.Text(content=content) if content.startswith(_CODE):
                work = self._closing(answer_by_api)
                code = content.removeprefix(_CODE)
                self._threads.submit(work, secrets.app_id, app_id, code, inbound.openid)
            case wechat.Text():
                pass
            case _:
                name = wechat.event_name(inbound)
                words = f"{name}from_callback" if name else ""
        if not words:
            proto.response_bytes(200, PLAIN, b"")
            return
        reply = wechat.TextReply(words)
        sealed = wechat.seal_reply(reply, opened, secrets, now=time.time())
        proto.response_bytes(200, XML, sealed)


def keep_event(event: wechat.ComponentEvent) -> None:
    """Commit what WeChat told the platform."""
    now = _now()
    match event.kind:
        case "component_verify_ticket":
            keep_ticket(event.app_id, str(event.fields.get("ComponentVerifyTicket", "")), now=now)
        case "authorized" | "updateauthorized" if event.authorizer not in ACCEPTANCE:
            code = str(event.fields.get("AuthorizationCode", ""))
            keep_code(event.app_id, event.authorizer, code, actor=GATEWAY, now=now)
        case "unauthorized":
            withdraw_authorization(event.app_id, event.authorizer, actor=GATEWAY, now=now)
        case kind:
            log.info("platform %s was told %s", event.app_id, kind[:40])


def _now() -> datetime:
    return datetime.now(UTC)
