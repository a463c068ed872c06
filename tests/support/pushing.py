"""WeChat's side for tests of the served gateway: signed pushes over HTTP, many at once."""

import threading
import time
from dataclasses import dataclass, field

import httpx

from minxin import wechat
from tests.support.city import APP_ID

SECRETS = wechat.CallbackSecrets(APP_ID, "cityt0ken", "k" * 43, wechat.Mode.SAFE)


def text_push(content: str, number: int, openid: str = "oPusher") -> wechat.Text:
    return wechat.Text(
        account="gh_city",
        openid=openid,
        created_at=int(time.time()),
        message_id=number,
        content=content,
    )


def push(
    base: str,
    inbound: wechat.Inbound,
    *,
    client: httpx.Client | None = None,
    secrets: wechat.CallbackSecrets = SECRETS,
    at: float | None = None,
    app_id: str = APP_ID,
) -> httpx.Response:
    """One push, freshly signed."""
    query, body = wechat.seal_push(
        inbound, secrets, format=wechat.Format.XML, now=time.time() if at is None else at
    )
    post = client.post if client else httpx.post
    return post(f"{base}/wechat/{app_id}/callback", params=query, content=body, timeout=10)


def words(response: httpx.Response) -> str:
    """What the citizen reads; empty for `success`."""
    assert response.status_code == 200, response.text
    reply = wechat.parse_reply(response.content, SECRETS)
    return reply.content if isinstance(reply, wechat.TextReply) else ""


def wait_until_answered(base: str, seconds: float = 30) -> None:
    """Until the gateway records and answers: accounts read, index built, writer writing."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            response = push(base, text_push("谢谢", int(time.time() * 1e6)))
            if response.status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("the gateway did not answer in time")


@dataclass
class Load:
    """Pushes distinct messages from several connections until told to stop; keeps what was
    acknowledged and what was said."""

    base: str
    threads: int = 8
    first: int = 1
    acknowledged: dict[int, str] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _running: list[threading.Thread] = field(default_factory=list)

    def start(self) -> "Load":
        for number in range(self.threads):
            thread = threading.Thread(target=self._push, args=(number,))
            thread.start()
            self._running.append(thread)
        return self

    def stop(self) -> None:
        self._stop.set()
        for thread in self._running:
            thread.join()

    def _push(self, lane: int) -> None:
        number = self.first + lane * 10_000_000
        with httpx.Client() as client:
            while not self._stop.is_set():
                number += 1
                inbound = text_push("身份证丢了怎么补", number, f"oLane{lane}-{number % 20}")
                began = time.monotonic()
                try:
                    response = push(self.base, inbound, client=client)
                except httpx.HTTPError:
                    self._stop.wait(0.02)
                    continue
                self.times.append(time.monotonic() - began)
                if response.status_code == 200:
                    self.acknowledged[number] = words(response)
                else:
                    self.refused.append(response.status_code)
                    self._stop.wait(0.01)
