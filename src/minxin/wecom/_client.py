"""Two clients: an application that writes to its members, and a robot that writes to its group."""

import json
import re
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from minxin.wecom._errors import WecomError, WecomUnreachable
from minxin.wecom._tokens import Token, TokenStore

BASE_URL = "https://qyapi.weixin.qq.com"
TIMEOUT = 5.0
# The token is no good any more: fetch another and ask once more, never twice.
EXPIRED = frozenset({40014, 42001})
# 重复消息检查 compares the whole posted JSON, for at most four hours.
REPEATS_KNOWN_S = 4 * 3600
MARGIN_S = 120.0  # a token counts as ended so long before it does
TITLE_BYTES, TEXT_BYTES, MARKDOWN_BYTES = 128, 512, 2048
_KEY = re.compile(r"[0-9A-Za-z-]{8,80}")


def is_good_key(key: str) -> bool:
    """Whether this looks like the key of a group's robot."""
    return _KEY.fullmatch(key) is not None


def cut(text: str, most: int) -> str:
    """A text of at most so many bytes in UTF-8, cut between characters with a mark."""
    if len(text.encode()) <= most:
        return text
    return text.encode()[: most - 3].decode(errors="ignore") + "…"


class _Http:
    """One connection pool, no proxy of the environment, no redirects."""

    def __init__(
        self, base_url: str, transport: httpx.BaseTransport | None, timeout: float
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url.rstrip("/"),
            transport=transport,
            timeout=timeout,
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def _ask(
        self, method: str, path: str, params: Mapping[str, str], payload: Any = None
    ) -> dict[str, Any]:
        """The answer as an object; raises `WecomError` for an errcode, else `WecomUnreachable`."""
        content = None if payload is None else json.dumps(payload, ensure_ascii=False).encode()
        headers = {} if content is None else {"content-type": "application/json; charset=utf-8"}
        try:
            answer = self._http.request(
                method, path, params=dict(params), content=content, headers=headers
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            raise WecomUnreachable(type(error).__name__, may_have_happened=False) from None
        except httpx.HTTPError as error:  # its address carries the token
            raise WecomUnreachable(type(error).__name__, may_have_happened=True) from None
        try:
            found = json.loads(answer.content)
            code = int(found.get("errcode", 0))
        except (ValueError, AttributeError, TypeError):
            raise WecomUnreachable(
                f"HTTP {answer.status_code}, no JSON", may_have_happened=True
            ) from None
        if code:
            raise WecomError(code, str(found.get("errmsg", "")))
        if not answer.is_success:
            raise WecomUnreachable(f"HTTP {answer.status_code}", may_have_happened=True)
        result: dict[str, Any] = found
        return result


class Client(_Http):
    """An application of an enterprise (自建应用). Raises `WecomError`, `WecomUnreachable`."""

    def __init__(
        self,
        corp_id: str,
        secret: str,
        agent_id: int,
        *,
        store: TokenStore,
        base_url: str = BASE_URL,
        transport: httpx.BaseTransport | None = None,
        timeout: float = TIMEOUT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(base_url, transport, timeout)
        self._corp_id, self._secret, self._agent_id = corp_id, secret, agent_id
        self._store, self._clock = store, clock

    def _fetch(self) -> Token:
        try:
            found = self._ask(
                "GET", "/cgi-bin/gettoken", {"corpid": self._corp_id, "corpsecret": self._secret}
            )
        except WecomUnreachable as error:  # nothing was sent yet
            raise WecomUnreachable(str(error), may_have_happened=False) from None
        try:
            life = float(found["expires_in"])
            return Token(str(found["access_token"]), self._clock() + max(0.0, life - MARGIN_S))
        except (KeyError, TypeError, ValueError):
            raise WecomUnreachable("no token in the answer", may_have_happened=False) from None

    def _send(self, member: str, kind: str, body: Mapping[str, str]) -> str:
        payload = {
            "touser": member,
            "msgtype": kind,
            "agentid": self._agent_id,
            kind: dict(body),
            "enable_duplicate_check": 1,
            "duplicate_check_interval": REPEATS_KNOWN_S,
        }
        token = self._store.get()
        if token is None or not token.is_valid(self._clock()):
            token = self._store.renew(token, self._fetch)
        path = "/cgi-bin/message/send"
        try:
            found = self._ask("POST", path, {"access_token": token.value}, payload)
        except WecomError as error:
            if error.code not in EXPIRED:
                raise
            token = self._store.renew(token, self._fetch)
            found = self._ask("POST", path, {"access_token": token.value}, payload)
        refused = str(found.get("invaliduser") or found.get("unlicenseduser") or "")
        if member.lower() in refused.lower().split("|"):
            raise WecomError(81013, "the member is not reached")
        return str(found.get("msgid", ""))

    def send_card(self, member: str, *, title: str, text: str, link: str, more: str) -> str:
        """A card that opens a page (`textcard`); the message's id. Longer words are cut."""
        body = {
            "title": cut(title, TITLE_BYTES),
            "description": cut(text, TEXT_BYTES),
            "url": link,
            "btntxt": more[:4],
        }
        return self._send(member, "textcard", body)

    def send_text(self, member: str, text: str) -> str:
        """Plain words; the message's id."""
        return self._send(member, "text", {"content": cut(text, MARKDOWN_BYTES)})

    def send_markdown(self, member: str, text: str) -> str:
        """Words in 企业微信's own small Markdown; the message's id."""
        return self._send(member, "markdown", {"content": cut(text, MARKDOWN_BYTES)})


class Robot(_Http):
    """A robot of a group (群机器人). It knows no repeats: what got no answer is not to be sent again."""

    def __init__(
        self,
        key: str,
        *,
        base_url: str = BASE_URL,
        transport: httpx.BaseTransport | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        super().__init__(base_url, transport, timeout)
        self._key = key

    def _send(self, kind: str, text: str) -> None:
        payload = {"msgtype": kind, kind: {"content": cut(text, MARKDOWN_BYTES)}}
        self._ask("POST", "/cgi-bin/webhook/send", {"key": self._key}, payload)

    def send_text(self, text: str) -> None:
        """Plain words to the group."""
        self._send("text", text)

    def send_markdown(self, text: str) -> None:
        """Markdown to the group."""
        self._send("markdown", text)
