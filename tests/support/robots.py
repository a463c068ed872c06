"""The robot of the probes among real pages on loopback, with our own gateway and portal behind its
transport: what is answered there is what citizens would hear, without a server."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from django.core.handlers.wsgi import WSGIHandler

from minxin import wechat
from minxin.accounts.models import Account
from minxin.accounts.queries import callback_accounts
from minxin.core.errors import NotFound
from minxin.gateway.probes import probed
from minxin.gateway.turn import Turn
from minxin.knowledge.rules import Lookup
from minxin.knowledge.rules.quotes import Quote
from minxin.supervision.links import Opened, open_link
from minxin.supervision.probing import Outside
from minxin.text.answers import AnswerBundle


class _Pages(http.server.BaseHTTPRequestHandler):
    """`/404` and the like answer with that number; `/go?to=` leads on; all else is a page with the title
    the site has at the moment."""

    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        site.asked.append(self.path)
        name, _mark, to = self.path.strip("/").partition("?to=")
        body = f"<html><title>{site.title}</title></html>".encode()
        self.send_response(302 if to else int(name) if name.isdecimal() else 200)
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing on the terminal."""


@dataclass
class Site:
    """A site of pages; `base` is its address, `other` the same under another name."""

    base: str = ""
    other: str = ""
    title: str = "云溪政务服务"
    asked: list[str] = field(default_factory=list)


@contextmanager
def site_of_pages() -> Iterator[Site]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    port = server.server_address[1]
    site = Site(f"http://127.0.0.1:{port}", f"http://localhost:{port}")
    server.site = site  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()


class NoAnswers:
    """A desk whose index knows nothing."""

    def lookup(self, turn: Turn, question: str) -> Lookup:
        return Lookup(None, 0.0, ())

    def danger(self, turn: Turn) -> None:
        return None

    def entry(self, turn: Turn, number: int) -> None:
        return None

    def rewords_entries(self) -> bool:
        return False

    def reword(self, turn: Turn, bundle: AnswerBundle, title: str) -> None:
        return None

    def label(self) -> tuple[str, str]:
        return "", ""

    def has_documents(self) -> bool:
        return False

    def quote(self, turn: Turn, question: str) -> Quote | None:
        return None

    def page(self, turn: Turn, path: str) -> str:
        return f"http://city.test/m/{turn.account.app_id}/{path}"


@dataclass
class Robots:
    """The outside as a robot finds it, and a clock that its pauses move.

    `callback`: what stands in the place of our gateway, when it is not our gateway. `has_portal`: pages
    need built files, which an own database's process has not.
    """

    now: datetime
    has_portal: bool = True
    callback: Callable[[httpx.Request], httpx.Response] | None = None
    pauses: list[float] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)

    def outside(self) -> Outside:
        return Outside(self._open, self._http, self._client, self.sleep)

    def _open(self, url: str) -> Opened:
        self.opened.append(url)
        return open_link(
            url, is_allowed=lambda address, _port: address == "127.0.0.1", timeout=3, most_bytes=65536
        )  # fmt: skip

    def _client(self, account: Account) -> wechat.Client:
        raise NotFound

    def _http(self) -> httpx.Client:
        portal = httpx.WSGITransport(app=WSGIHandler())

        def handle(request: httpx.Request) -> httpx.Response:
            if not request.url.path.startswith("/wechat/"):
                if not self.has_portal:
                    return httpx.Response(503)
                answer = portal.handle_request(request)
                answer.read()
                return answer
            return (self.callback or self.gateway)(request)

        return httpx.Client(transport=httpx.MockTransport(handle))

    def gateway(self, request: httpx.Request) -> httpx.Response:
        """Our gateway, without its server and its index."""
        account = callback_accounts()[request.url.path[8:-9]]
        opened = wechat.open_callback(
            dict(request.url.params), request.read(), account.secrets, now=self.now.timestamp()
        )
        assert isinstance(opened.inbound, wechat.Unknown)
        said = probed(account, opened.inbound, NoAnswers(), now=self.now)
        reply = wechat.TextReply(wechat.cut_text(said))
        sealed = wechat.seal_reply(reply, opened, account.secrets, now=self.now.timestamp())
        return httpx.Response(200, content=sealed)
