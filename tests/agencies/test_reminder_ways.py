"""The webhook as its documentation says, e-mail at a real server on this machine."""

import re
import socketserver
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from minxin.agencies.channels import CHANNELS, Later, Parcel, Refusal, Unsure, email, webhook
from minxin.agencies.reminders import ReminderChannel
from minxin.wecom import Whose
from tests.support.layers import ROOT

SECRET = "signing-secret-0001"
PARCEL = Parcel(
    key="digest:1:2026-11-24", title="今日提醒，共 2 件", text="【工单动态】两件",
    link="https://city.example/console/", made_at="2026-11-24T10:00:00+08:00",
    address="wangfang",
)  # fmt: skip


def hook(status: int, seen: list[httpx.Request]) -> httpx.MockTransport:
    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status)

    return httpx.MockTransport(handle)


def channel(**changes: Any) -> ReminderChannel:
    return ReminderChannel(
        kind="webhook", base_url="https://hook.example/in", secret=SECRET, **changes
    )


def documented() -> Any:
    """The function that stands in the documentation for receivers."""
    page = (ROOT / "docs" / "reference" / "reminder-webhook.md").read_text()
    found = re.search(r"```python\n(.*?)```", page, re.S)
    assert found is not None
    space: dict[str, Any] = {}
    exec(found.group(1), space)  # noqa: S102  (our own page)
    return space["is_ours"]


def test_a_receiver_who_follows_the_documentation_accepts_ours_and_nothing_else() -> None:
    seen: list[httpx.Request] = []
    webhook.WAY.send(channel(), PARCEL, hook(204, seen))
    webhook.WAY.send(channel(), PARCEL, hook(204, seen))
    request, again = seen
    is_ours, headers, body = documented(), dict(request.headers), request.content
    assert is_ours(SECRET, headers, body)
    assert not is_ours("another-secret-0001", headers, body)
    assert not is_ours(SECRET, headers, body + b" ")
    assert not is_ours(SECRET, {**headers, "x-minxin-time": "1700000000"}, body)
    assert not is_ours(SECRET, {**headers, "x-minxin-id": "0" * 32}, body)
    assert request.headers["x-minxin-id"] == again.headers["x-minxin-id"]
    assert request.content == again.content


@pytest.mark.parametrize(
    ("status", "outcome", "whose"),
    [(200, None, None), (202, None, None), (429, Later, None), (408, Later, None), (500, Unsure, None),
     (401, Refusal, Whose.OPERATOR), (302, Refusal, Whose.OPERATOR), (410, Refusal, Whose.PERSON)],
)  # fmt: skip
def test_each_answer_means_what_the_documentation_says(
    status: int, outcome: type[Exception] | None, whose: Whose | None
) -> None:
    if outcome is None:
        webhook.WAY.send(channel(), PARCEL, hook(status, []))
        return
    with pytest.raises(outcome) as refused:
        webhook.WAY.send(channel(), PARCEL, hook(status, []))
    if isinstance(refused.value, Refusal):
        assert refused.value.whose is whose


def test_every_kind_has_a_way_and_every_way_a_kind() -> None:
    assert set(CHANNELS) == set(ReminderChannel.Kind.values)
    folder = ROOT / "src" / "minxin" / "agencies" / "channels"
    files = {path.stem for path in Path(folder).glob("*.py")} - {"__init__", "way"}
    assert files == set(CHANNELS)


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server that speaks as much SMTP as a client needs."""

    refuses = ""
    dies_after_data = False
    mails: list[str]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += self.rfile.readline()
                type(self).mails.append(text.decode())
                if self.dies_after_data:
                    return
                self.wfile.write(b"250 kept\r\n")
            elif self.refuses and line.upper().startswith(self.refuses):
                self.wfile.write(b"550 no\r\n")
            elif word == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")


@pytest.fixture
def mailbox() -> Iterator[tuple[type[Mailbox], str]]:
    kind = type("Box", (Mailbox,), {"mails": []})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield kind, f"smtp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def mail(url: str) -> None:
    post = ReminderChannel(kind="email", base_url=url, sender="minxin@city.example")
    parcel = Parcel(
        key="k", title="今日提醒", text="两件", link="https://city.example/console/",
        address="wang@city.example",
    )  # fmt: skip
    email.WAY.send(post, parcel, None)


def test_a_mail_arrives(mailbox: tuple[type[Mailbox], str], now: datetime) -> None:
    kind, url = mailbox
    mail(url)
    assert len(kind.mails) == 1
    assert "wang@city.example" in kind.mails[0]


def test_a_mail_server_that_dies_after_the_words_is_not_asked_twice(
    mailbox: tuple[type[Mailbox], str],
) -> None:
    kind, url = mailbox
    kind.dies_after_data = True
    with pytest.raises(Unsure):
        mail(url)
    assert not email.WAY.repeatable


@pytest.mark.parametrize(("word", "whose"), [("RCPT", Whose.PERSON), ("MAIL", Whose.OPERATOR)])
def test_a_refused_mail_says_whose_it_is(
    mailbox: tuple[type[Mailbox], str], word: str, whose: Whose
) -> None:
    kind, url = mailbox
    kind.refuses = word
    with pytest.raises(Refusal) as refused:
        mail(url)
    assert refused.value.whose is whose
    assert kind.mails == []


def test_a_mail_server_that_is_not_there_is_asked_later() -> None:
    with pytest.raises(Later):
        mail("smtp://127.0.0.1:9")
