"""The system opens a link: what it may reach, how it answers, what that proves."""

import contextlib
import http.server
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from minxin.agencies.models import AuditEntry
from minxin.core.errors import NotFound, Refused
from minxin.supervision import actions, queries, tasks
from minxin.supervision.links import (
    LARGEST_PAGE,
    Busy,
    Opened,
    fetch_page,
    is_public,
    open_link,
)
from minxin.supervision.models import LinkLook
from minxin.supervision.rules.proofs import LinkFailure, Proof, kind_of_link
from tests.supervision.conftest import Office
from tests.supervision.rectifying import Desk, answered, desk_of, fresh, opened, signed
from tests.support.city import City

PAGE = "<title>停水通知</title>".encode()


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/silent":
            threading.Event().wait(1)
            return
        if self.path in {"/page", "/large", "/drip"}:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            parts = {"/page": [PAGE], "/large": [bytes(70_000)] * 20, "/drip": [b"x"] * 30}
            with contextlib.suppress(OSError):
                for part in parts[self.path]:
                    self.wfile.write(part)
                    threading.Event().wait(0.05 if self.path == "/drip" else 0)
            return
        name, _mark, to = self.path.strip("/").partition("?to=")
        self.send_response(302 if to else int(name) if name.isdecimal() else 200)
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def here(address: str, port: int) -> bool:
    return address == "127.0.0.1"


def test_a_page_a_missing_one_and_where_a_redirect_leads(site: str) -> None:
    assert open_link(f"{site}/页面?a=1", is_allowed=here) == Opened(f"{site}/页面?a=1", 200)
    assert open_link(f"{site}/404", is_allowed=here).status == 404
    assert open_link(f"{site}/go?to=/410", is_allowed=here) == Opened(f"{site}/410", 410)
    loop = open_link(f"{site}/go?to=/go?to=/go", is_allowed=here)
    assert loop.status == 200  # it ends at /go
    assert open_link(f"{site}/silent", is_allowed=here, timeout=0.2).failure is LinkFailure.TOO_SLOW
    endless = f"{site}/go?to=?to=/"
    assert open_link(endless, is_allowed=here).status is not None


def test_the_beginning_of_a_page_is_read_for_who_waits(site: str) -> None:
    page = fetch_page(f"{site}/go?to=/page", is_allowed=here)
    assert (page.final_url, page.body, page.is_whole) == (f"{site}/page", PAGE, True)
    assert page.content_type.startswith("text/html")
    assert not open_link(f"{site}/page", is_allowed=here).body
    large = fetch_page(f"{site}/large", is_allowed=here)
    assert (len(large.body), large.is_whole) == (LARGEST_PAGE, False)
    assert fetch_page("http://127.0.0.1/").failure is LinkFailure.NOT_PUBLIC


def test_nobody_waits_longer_and_only_one_page_is_read_at_a_time(site: str) -> None:
    began = time.monotonic()
    slow = fetch_page(f"{site}/drip", is_allowed=here, patience=0.3)
    assert (slow.failure, slow.body) == (LinkFailure.TOO_SLOW, b"")
    assert time.monotonic() - began < 1
    let_go = threading.Event()

    def hanging(address: str, port: int) -> bool:
        return let_go.wait(5)

    for _try in range(50):  # the reader of the slow page may still be leaving
        with contextlib.suppress(Busy):
            assert (
                fetch_page(site, is_allowed=hanging, patience=0.1).failure is LinkFailure.TOO_SLOW
            )
            break
        time.sleep(0.05)
    with pytest.raises(Busy):
        fetch_page(f"{site}/page", is_allowed=here)
    let_go.set()
    for _try in range(50):
        with contextlib.suppress(Busy):
            assert fetch_page(f"{site}/page", is_allowed=here).status == 200
            return
        time.sleep(0.05)
    pytest.fail("the reader is not free again")


def test_a_redirect_does_not_lead_into_the_office(site: str) -> None:
    port = site.rpartition(":")[2]
    inside = f"{site}/go?to=http://localhost:{port}/404"

    def only_first(address: str, wanted: int) -> bool:
        seen.append(address)
        return len(seen) == 1

    seen: list[str] = []
    assert open_link(inside, is_allowed=only_first).failure is LinkFailure.NOT_PUBLIC
    assert len(seen) >= 2


@pytest.mark.parametrize(
    ("url", "failure"),
    [
        ("http://127.0.0.1/", LinkFailure.NOT_PUBLIC),
        ("http://[::1]/", LinkFailure.NOT_PUBLIC),
        ("http://10.0.0.1/", LinkFailure.NOT_PUBLIC),
        ("http://169.254.169.254/latest/", LinkFailure.NOT_PUBLIC),
        ("http://8.8.8.8:22/", LinkFailure.NOT_PUBLIC),
        ("http://224.0.0.1/", LinkFailure.NOT_PUBLIC),
        ("ftp://a.example/", LinkFailure.BAD_ADDRESS),
        ("http://user@a.example/", LinkFailure.BAD_ADDRESS),
        ("http://a.example:99999/", LinkFailure.BAD_ADDRESS),
        ("http:///x", LinkFailure.BAD_ADDRESS),
        ("http://no-such-name.invalid/", LinkFailure.NO_SUCH_NAME),
    ],
)
def test_what_is_not_opened(url: str, failure: LinkFailure) -> None:
    assert open_link(url, timeout=2).failure is failure


def test_nobody_at_home(site: str) -> None:
    assert open_link("http://127.0.0.1:9/", is_allowed=here).failure is LinkFailure.UNREACHABLE
    assert is_public("8.8.8.8", 443)


@pytest.mark.parametrize(
    ("status", "holds"),
    [
        (200, True),
        (302, True),
        (404, False),
        (410, False),
        (403, None),
        (429, None),
        (503, None),
        (None, None),
    ],
)
def test_only_the_page_s_own_word_proves_that_it_is_gone(
    status: int | None, holds: bool | None
) -> None:
    assert Proof(kind_of_link(status)).holds is holds


# Asked for at a finding ----------------------------------------------------------------------------


@pytest.fixture
def desk(office: Office, city: City, now: datetime) -> Desk:
    return desk_of(office, city, now)


@pytest.mark.django_db
def test_a_look_is_asked_for_made_by_a_worker_and_proves_what_it_saw(
    desk: Desk, now: datetime, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {"detail": "菜单打开是空页", "url": f"{site}/404"}
    finding = opened(desk, now, indicator="interact.menu_dead", facts=facts)
    looks = actions.ask_link_look(finding, actor=desk.clerk, now=now)
    assert queries.proof_of(fresh(finding), now=now).kind == "cannot_tell"
    with pytest.raises(Refused, match="正在打开"):
        actions.ask_link_look(finding, actor=desk.supervisor, now=now)
    monkeypatch.setattr(tasks, "open_link", lambda url: open_link(url, is_allowed=here))
    tasks.open_links.func([each.pk for each in looks])
    proof = queries.proof_of(fresh(finding), now=now)
    assert (proof.kind, proof.holds, proof.facts["said"]) == ("link_dead", False, "HTTP 404")

    answered(desk, signed(desk, finding, now), now, "edit")
    kept = fresh(finding).feedback.get().evidence
    assert kept is not None
    kept.link = f"{site}/alive"
    kept.save()
    looks = actions.ask_link_look(finding, actor=desk.supervisor, now=now)
    assert [each.url for each in looks] == [f"{site}/404", f"{site}/alive"]
    tasks.open_links.func([each.pk for each in looks])
    proof = queries.proof_of(fresh(finding), now=now)
    assert (proof.kind, proof.holds) == ("link_opens", True)
    assert AuditEntry.objects.filter(verb="finding.link_asked").count() == 2


@pytest.mark.django_db
def test_who_may_not_or_need_not_ask(desk: Desk, now: datetime) -> None:
    finding = opened(desk, now, facts={"detail": "菜单打开是空页", "url": "https://a.example/"})
    for who in (desk.of_water, desk.city.wang, desk.city.administrator):
        with pytest.raises(NotFound):
            actions.ask_link_look(finding, actor=who, now=now)
    without = opened(desk, now, facts={"detail": "没有链接", "url": "javascript:alert(1)"})
    with pytest.raises(Refused, match="没有可以打开的链接"):
        actions.ask_link_look(without, actor=desk.clerk, now=now)
    assert not LinkLook.objects.exists()
    actions.ask_link_look(finding, actor=desk.clerk, now=now)
    later = now + timedelta(minutes=11)  # the worker never came
    assert len(actions.ask_link_look(finding, actor=desk.clerk, now=later)) == 1
    assert LinkLook.objects.count() == 1
