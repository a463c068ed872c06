"""A partner's address hears of tickets: signed, in order, again after a failure, and only what it may."""

import json
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import AuditEntry, StaffNotice
from minxin.core.errors import NotFound, Refused
from minxin.core.outward import BadAddress, may_call, networks_of, parts_of, route
from minxin.core.signed import signature
from minxin.tickets import actions, announcing
from minxin.tickets.actions import webhooks as hooks
from minxin.tickets.announcing import Announcer
from minxin.tickets.models import Ticket, TicketWebhook, WebhookDelivery
from minxin.tickets.queries import webhooks as queries
from minxin.tickets.rules.states import TRANSITIONS, Verb
from minxin.tickets.rules.webhooks import EVENTS, GIVE_UP, OF_VERB
from tests.support.city import City
from tests.support.serving import free_port

URL = "https://hook.example.cn/in?k=1"
PUBLIC = ["93.184.216.34"]
SOON = timedelta(seconds=60)


def resolve(name: str, port: int) -> Iterable[str]:
    return PUBLIC


@dataclass
class Receiver:
    """The other side: what it heard, and what it answers."""

    heard: list[httpx.Request] = field(default_factory=list)
    codes: list[Any] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        said = self.codes.pop(0) if self.codes else 204
        if isinstance(said, Exception):
            raise said
        return httpx.Response(said, headers={"location": "http://127.0.0.1/"})

    @property
    def said(self) -> list[dict[str, Any]]:
        return [json.loads(each.content) for each in self.heard]


@pytest.fixture
def there() -> Receiver:
    return Receiver()


@pytest.fixture
def hook(city: City, now: datetime) -> TicketWebhook:
    return kept(city, now)[0]


def kept(city: City, now: datetime, **more: Any) -> tuple[TicketWebhook, str]:
    told = {"name": "信息平台", "url": URL, "events": list(EVENTS), **more}
    agency = told.pop("agency", city.police)
    return hooks.keep_webhook(
        None, hooks.WebhookDraft(**told), agency=agency, actor=city.administrator, now=now,
        resolve=resolve,
    )  # fmt: skip


def turn(there: Receiver, at: datetime) -> int:
    return Announcer(clock=lambda: at, transport=httpx.MockTransport(there), resolve=resolve).turn()


def filed(city: City, now: datetime, key: str = "k1", **more: Any) -> Ticket:
    return actions.file(
        text="东桥路口的路灯坏了三天", citizen=city.xiaolin, account=city.account, source="portal",
        key=key, actor=city.xiaolin, now=now, **more,
    )  # fmt: skip


def test_every_event_means_steps_and_each_step_one_event() -> None:
    steps = [verb for verbs in EVENTS.values() for verb in verbs]
    assert len(steps) == len(set(steps)) == len(OF_VERB)


def test_every_state_that_partners_know_is_heard_of() -> None:
    inside = {
        Verb.ASK_RETURN, Verb.REFUSE_RETURN, Verb.DISPUTE, Verb.SUBMIT_REPLY, Verb.TAKE_BACK, Verb.SEND_BACK,
        Verb.APPROVE_REPLY, Verb.ARCHIVE, Verb.SET_APART,
    }  # fmt: skip
    moving = {verb for verb, (_from, to) in TRANSITIONS.items() if to is not None}
    assert moving - inside <= {verb for verbs in EVENTS.values() for verb in verbs}


def test_it_hears_numbers_states_and_times_signed_and_nothing_of_the_citizen(
    city: City, now: datetime, there: Receiver
) -> None:
    _hook, secret = kept(city, now)
    ticket = filed(city, now, place="东桥路口")
    actions.accept(ticket, actor=city.wang, now=now)
    assert turn(there, now + SOON) == 2
    assert [each["event"] for each in there.said] == ["filed", "accepted"]
    first = there.heard[0]
    moment, number = first.headers["x-minxin-time"], first.headers["x-minxin-id"]
    assert first.headers["x-minxin-signature"] == signature(secret, moment, number, first.content)
    assert (str(first.url.host), first.headers["host"]) == (PUBLIC[0], "hook.example.cn")
    assert first.extensions["sni_hostname"] == "hook.example.cn"
    assert there.said[0]["id"] == number
    assert there.said[0]["ticket"]["number"] == ticket.number
    assert there.said[0]["ticket"]["agency"] == "police"
    for words in ("路灯", "东桥", city.xiaolin.key):
        assert words not in first.content.decode()
    assert turn(there, now + 2 * SOON) == 0


def test_a_secret_is_shown_once_and_lies_encrypted(city: City, now: datetime) -> None:
    from django.db import connection

    hook, secret = kept(city, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM tickets_ticketwebhook WHERE id = %s", [hook.pk])
        assert secret not in cursor.fetchone()[0]
    again, nothing = hooks.keep_webhook(
        hook, hooks.WebhookDraft(name="改名", url=URL, events=["filed"]), agency=city.police,
        actor=city.administrator, now=now, resolve=resolve,
    )  # fmt: skip
    assert nothing == ""
    assert again.secret == secret
    audited = " ".join(f"{each.before}{each.after}" for each in AuditEntry.objects.all())
    assert secret not in audited
    assert "k=1" not in audited


def test_after_a_change_of_secret_both_sign_for_a_day(
    city: City, now: datetime, there: Receiver
) -> None:
    hook, old = kept(city, now)
    new = hooks.rotate_webhook(hook, actor=city.administrator, now=now)
    hooks.send_test(hook, actor=city.administrator, now=now)
    turn(there, now + SOON)
    given = there.heard[0].headers
    parts = (given["x-minxin-time"], given["x-minxin-id"], there.heard[0].content)
    assert given["x-minxin-signature"] == signature(new, *parts)
    assert given["x-minxin-signature-former"] == signature(old, *parts)
    hooks.send_test(hook, actor=city.administrator, now=now)
    turn(there, now + timedelta(hours=25))
    assert "x-minxin-signature-former" not in there.heard[1].headers


def test_in_the_day_after_a_change_the_secret_stays(city: City, now: datetime) -> None:
    hook, old = kept(city, now)
    new = hooks.rotate_webhook(hook, actor=city.administrator, now=now)
    with pytest.raises(Refused, match="还在使用"):
        hooks.rotate_webhook(hook, actor=city.administrator, now=now + timedelta(hours=23))
    hook.refresh_from_db()
    assert (hook.secret, hook.former_secret) == (new, old)
    hooks.rotate_webhook(hook, actor=city.administrator, now=now + timedelta(hours=24))


def test_a_change_undoes_nothing_that_happened_meanwhile(
    city: City, hook: TicketWebhook, now: datetime
) -> None:
    seen = TicketWebhook.objects.get(pk=hook.pk)
    secret = hooks.rotate_webhook(hook, actor=city.administrator, now=now)
    hooks.pause_webhook(hook, True, actor=city.administrator, now=now)
    draft = hooks.WebhookDraft(name="改名", url=URL, events=["filed"])
    changed, _none = hooks.keep_webhook(
        seen, draft, agency=city.police, actor=city.administrator, now=now, resolve=resolve
    )
    for one in (changed, TicketWebhook.objects.get(pk=hook.pk)):
        assert (one.name, one.secret, one.is_paused) == ("改名", secret, True)


@pytest.mark.django_db(transaction=True)
def test_names_are_asked_for_outside_any_transaction(city: City, now: datetime) -> None:
    from django.db import connection

    inside = []

    def ask(name: str, port: int) -> Iterable[str]:
        inside.append(connection.in_atomic_block)
        return PUBLIC

    draft = hooks.WebhookDraft(name="x", url=URL, events=["filed"])
    hooks.keep_webhook(
        None, draft, agency=city.police, actor=city.administrator, now=now, resolve=ask
    )
    assert inside == [False]


@pytest.mark.parametrize(
    "fault", [500, 429, 302, httpx.ConnectError("no"), httpx.ReadTimeout("slow")]
)
def test_what_does_not_arrive_comes_again_under_its_number_and_in_order(
    city: City, hook: TicketWebhook, now: datetime, there: Receiver, fault: Any
) -> None:
    ticket = filed(city, now)
    actions.accept(ticket, actor=city.wang, now=now)
    there.codes = [fault, fault]
    assert turn(there, now + SOON) == 1  # the second waits for the first
    assert turn(there, now + 2 * SOON) == 1
    assert turn(there, now + 4 * SOON) == 2
    assert [each["event"] for each in there.said] == ["filed", "filed", "filed", "accepted"]
    assert len({each.headers["x-minxin-id"] for each in there.heard}) == 2
    assert set(hook.deliveries.values_list("status", flat=True)) == {"done"}


def test_of_other_tickets_the_queue_goes_on_where_one_is_given_up(
    city: City, hook: TicketWebhook, now: datetime, there: Receiver
) -> None:
    ticket = filed(city, now)
    turn(there, now + SOON)
    actions.accept(ticket, actor=city.wang, now=now)
    there.codes = [500] * 9
    turn(there, now + 2 * SOON)
    late = now + GIVE_UP + timedelta(hours=1)
    turn(there, late)
    row = hook.deliveries.get(kind="accepted")
    assert (row.status, row.code) == ("given_up", 500)
    assert "三天没有送达" in row.error
    hook.refresh_from_db()
    assert hook.trouble
    assert StaffNotice.objects.filter(staff=city.administrator, kind="channel").count() == 1
    there.codes = []
    hooks.send_again(row, actor=city.administrator, now=late)
    turn(there, late + timedelta(minutes=5))
    row.refresh_from_db()
    hook.refresh_from_db()
    assert (row.status, hook.trouble) == ("done", "")
    assert there.heard[-1].headers["x-minxin-id"] == row.key


@pytest.mark.parametrize(("code", "heard"), [(404, 3), (422, 3), (503, 1), (408, 1)])
def test_what_is_refused_of_one_ticket_does_not_silence_the_others(
    city: City, hook: TicketWebhook, now: datetime, there: Receiver, code: int, heard: int
) -> None:
    refused = filed(city, now, "a")
    actions.accept(refused, actor=city.wang, now=now)
    filed(city, now, "b")
    filed(city, now, "c")
    there.codes = [code]
    assert turn(there, now + SOON) == heard


def test_what_waits_for_another_takes_no_place_in_the_list(
    city: City, hook: TicketWebhook, now: datetime
) -> None:
    ticket = filed(city, now, "a")
    actions.accept(ticket, actor=city.wang, now=now)
    filed(city, now, "b")
    hooks.collect_deliveries(now=now + SOON)
    due = queries.due_deliveries(hook, now=now + SOON, most=2)
    assert [hook.deliveries.get(pk=each).kind for each in due] == ["filed", "filed"]


def test_a_receiver_that_sends_a_byte_now_and_then_is_left(
    city: City, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "WHOLE", 0.5)
    settings.MINXIN_WEBHOOK_NETWORKS = networks_of(["127.0.0.0/8"])
    port, over = free_port(), threading.Event()

    def trickle() -> None:
        with socket.create_server(("127.0.0.1", port)) as server:
            ready.set()
            there, _address = server.accept()
            with there:
                for each in b"HTTP/1.1 204 No Content\r\nx: " + b"y" * 200:
                    if over.wait(0.1):
                        return
                    there.sendall(bytes([each]))

    def quietly() -> None:
        with suppress(OSError):
            trickle()

    ready = threading.Event()
    threading.Thread(target=quietly, daemon=True).start()
    assert ready.wait(5)
    hook, _secret = kept(city, now, url="https://hook.example.cn/")
    TicketWebhook.objects.update(url=f"http://127.0.0.1:{port}/")
    filed(city, now)
    begun = time.monotonic()
    Announcer(clock=lambda: now + SOON).turn()
    over.set()
    assert time.monotonic() - begun < 4
    row = hook.deliveries.get()
    assert (row.status, row.attempts) == ("waiting", 1)
    assert "没有回应" in row.error


def test_what_was_told_long_ago_is_not_told_again(
    city: City, hook: TicketWebhook, now: datetime, there: Receiver
) -> None:
    filed(city, now)
    assert turn(there, now + SOON) == 1
    hook.deliveries.all().delete()
    assert turn(there, now + timedelta(hours=2)) == 0


def test_what_nobody_collected_for_days_is_told(
    city: City, hook: TicketWebhook, now: datetime, there: Receiver
) -> None:
    filed(city, now)
    assert turn(there, now + timedelta(days=4)) == 1


@pytest.mark.parametrize("wider", [{"events": list(EVENTS)}, {"agency": "root"}])
def test_who_asks_for_more_hears_the_rest_from_then_on(
    city: City, now: datetime, there: Receiver, wider: dict[str, Any]
) -> None:
    hook, _secret = kept(city, now, events=["filed"])
    ticket = filed(city, now, "before")
    actions.accept(ticket, actor=city.wang, now=now)
    agency = city.root if "agency" in wider else city.police
    draft = hooks.WebhookDraft(name="x", url=URL, events=wider.get("events", ["filed"]))
    hooks.keep_webhook(
        hook, draft, agency=agency, actor=city.administrator, now=now, resolve=resolve
    )
    later = filed(city, now + SOON, "after")
    turn(there, now + 2 * SOON)
    assert [(each["event"], each["ticket"]["number"]) for each in there.said] == [
        ("filed", ticket.number), ("filed", later.number),
    ]  # fmt: skip


def test_the_first_one_of_a_grown_city_does_not_read_what_was(city: City, now: datetime) -> None:
    filed(city, now, "old")
    hook, _secret = kept(city, now)
    assert queries.new_steps([hook], now=now + SOON, most=10) == []


def test_whatever_goes_wrong_the_worker_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop, turns = threading.Event(), list[int]()

    def fail(_stop: threading.Event) -> int:
        turns.append(1)
        if len(turns) == 2:
            stop.set()
        raise RuntimeError("no")

    announcer = Announcer(clock=datetime.now)
    monkeypatch.setattr(announcing, "LOOK", 0)
    monkeypatch.setattr(announcing, "close_old_connections", lambda: None)
    monkeypatch.setattr(announcer, "turn", fail)
    announcer.run(stop)
    assert len(turns) == 2


def test_gone_pauses_and_nothing_is_lost_meanwhile(
    city: City, hook: TicketWebhook, now: datetime, there: Receiver
) -> None:
    ticket = filed(city, now)
    there.codes = [410]
    turn(there, now + SOON)
    hook.refresh_from_db()
    assert hook.is_paused
    actions.accept(ticket, actor=city.wang, now=now + SOON)
    assert turn(there, now + 3 * SOON) == 0
    hooks.pause_webhook(hook, False, actor=city.administrator, now=now + 4 * SOON)
    assert turn(there, now + 5 * SOON) == 2
    assert [each["event"] for each in there.said] == ["filed", "filed", "accepted"]


def test_it_hears_nothing_from_before_of_others_of_confidential_ones_or_unasked(
    city: City, now: datetime, there: Receiver
) -> None:
    filed(city, now, "old")
    turn(there, now + SOON)  # nobody listens yet
    hook, _secret = kept(city, now + SOON, events=["filed"])
    kept(city, now + SOON, agency=city.water, name="水务")
    filed(city, now + SOON, "secret", is_confidential=True)
    ticket = filed(city, now + SOON, "new")
    actions.accept(ticket, actor=city.wang, now=now + SOON)
    turn(there, now + 3 * SOON)
    assert [(each["event"], each["ticket"]["number"]) for each in there.said] == [
        ("filed", ticket.number)
    ]
    assert {row.webhook_id for row in WebhookDelivery.objects.all()} == {hook.pk}


def test_what_became_confidential_while_it_waited_is_not_told(
    city: City, hook: TicketWebhook, now: datetime, there: Receiver
) -> None:
    ticket = filed(city, now)
    there.codes = [500]
    turn(there, now + SOON)
    Ticket.objects.filter(pk=ticket.pk).update(is_confidential=True)
    turn(there, now + 3 * SOON)
    assert len(there.heard) == 1
    assert hook.deliveries.get().status == "given_up"


def test_what_a_killed_worker_had_in_hand_is_sent_again(
    city: City, hook: TicketWebhook, now: datetime, there: Receiver
) -> None:
    filed(city, now)
    hooks.collect_deliveries(now=now + SOON)
    row = hook.deliveries.get()
    hook.deliveries.update(status="sending", claim="dead", claimed_at=now + SOON)
    assert turn(there, now + SOON + timedelta(seconds=30)) == 0
    assert turn(there, now + 3 * SOON) == 1
    assert there.said[0]["id"] == row.key


def test_only_who_keeps_the_settings_of_the_agency(
    city: City, hook: TicketWebhook, now: datetime
) -> None:
    draft = hooks.WebhookDraft(name="x", url=URL, events=["filed"])
    for who in (city.wang, city.zhao, city.outsider, city.operator):
        with pytest.raises(NotFound):
            hooks.keep_webhook(None, draft, agency=city.police, actor=who, now=now, resolve=resolve)
        for way in (hooks.rotate_webhook, hooks.remove_webhook, hooks.send_test):
            with pytest.raises(NotFound):
                way(hook, actor=who, now=now)
    assert TicketWebhook.objects.count() == 1
    assert not AuditEntry.objects.filter(verb="ticket_webhook.rotated").exists()


# Where it may lead --------------------------------------------------------------------------------

INSIDE = networks_of(["10.1.0.0/16", "127.0.0.0/8"])
SECRETS = [
    "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0",  # noqa: S104
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "fec0::1", "100.100.100.200", "224.0.0.1", "ff02::1", "255.255.255.255", "198.51.100.7",
]  # fmt: skip


@pytest.mark.parametrize("inner", SECRETS)
def test_no_name_leads_inside(inner: str) -> None:
    for found in ([inner], [*PUBLIC, inner]):
        with pytest.raises(BadAddress) as bad:
            route("https://a.example.cn/", (), lambda name, port, found=found: found)
        assert bad.value.fault == "forbidden"


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("ftp://a.cn/", "shape"), ("https://", "shape"), ("https://a.cn:0/", "shape"),
        ("https://a.cn:99999/", "shape"), ("https://a b/", "shape"), ("https:\\\\a.cn", "shape"),
        ("https://u:p@a.cn/", "extra"), ("https://a.cn/#x", "extra"), ("http://a.cn/", "plain"),
        ("https://" + "a" * 300, "shape"),
    ],
)  # fmt: skip
def test_an_address_of_the_wrong_shape(address: str, fault: str) -> None:
    with pytest.raises(BadAddress) as bad:
        parts_of(address, ())
    assert bad.value.fault == fault


def test_what_no_setting_opens() -> None:
    everything = networks_of(["0.0.0.0/0", "::/0"])
    for each in ("100.100.100.200", "169.254.1.1", "fec0::1", "fe80::1", "fd00:ec2::254"):
        assert not may_call(ip_address(each), everything, is_secure=True)


def test_a_chinese_name_is_called_by_its_name_in_ascii() -> None:
    asked = []

    def ask(name: str, port: int) -> Iterable[str]:
        asked.append(name)
        return PUBLIC

    found = route("https://接收.政务.cn:8443/in", (), ask)
    assert (found.host, found.name) == (f"{asked[0]}:8443", asked[0])
    assert asked[0].encode().decode("idna") == "接收.政务.cn"
    assert httpx.Request("POST", found.url, headers={"host": found.host}).headers["host"]
    for bad in ("https://中..cn/", f"https://{'中' * 70}.cn/", "https://[fe80::1%中]/"):
        with pytest.raises(BadAddress):
            parts_of(bad, ())


def test_a_named_network_is_open_and_plain_there_alone() -> None:
    inside = route("http://oa.local:8080/a?b", INSIDE, lambda name, port: ["10.1.2.3"])
    assert (inside.url, inside.host) == ("http://10.1.2.3:8080/a?b", "oa.local:8080")
    for found, fault in ((PUBLIC, "plain"), (["10.2.0.1"], "forbidden"), ([], "unknown")):
        with pytest.raises(BadAddress) as bad:
            route("http://oa.local/", INSIDE, lambda name, port, found=found: found)
        assert bad.value.fault == fault


@given(st.ip_addresses(), st.booleans())
def test_what_may_be_called_is_public_or_named(address: Any, is_secure: bool) -> None:
    if may_call(address, (), is_secure=is_secure):
        assert is_secure
        assert address.is_global
    metadata = ip_address("169.254.169.254")
    assert not may_call(metadata, networks_of(["169.254.0.0/16"]), is_secure=is_secure)


def test_an_address_inside_is_refused_in_words(city: City, now: datetime, settings: Any) -> None:
    settings.MINXIN_WEBHOOK_NETWORKS = ()
    draft = hooks.WebhookDraft(name="x", url="https://127.0.0.1/", events=["filed"])
    with pytest.raises(Refused, match="内网") as refused:
        hooks.keep_webhook(None, draft, agency=city.police, actor=city.administrator, now=now)
    assert refused.value.field == "url"


def test_a_name_that_means_something_else_later_leads_nowhere(
    city: City, hook: TicketWebhook, now: datetime, there: Receiver, settings: Any
) -> None:
    settings.MINXIN_WEBHOOK_NETWORKS = ()
    filed(city, now)
    Announcer(
        clock=lambda: now + SOON, transport=httpx.MockTransport(there),
        resolve=lambda name, port: ["169.254.169.254"],
    ).turn()  # fmt: skip
    assert not there.heard
    row = hook.deliveries.get()
    assert (row.status, row.attempts) == ("waiting", 1)
    assert "内网" in row.error


def test_a_recalled_history_and_imports_are_not_told(
    city: City, hook: TicketWebhook, now: datetime, there: Receiver
) -> None:
    from minxin.tickets.exchanging import read_table
    from minxin.tickets.rules.levels import Coding

    row = {"外部编号": "1", "诉求性质": "投诉", "内容": "井盖松动，走路有响声。",
           "反馈信息": "已更换。", "反馈时间": "2025-12-01 10:00"}  # fmt: skip
    taken = read_table(row, coding=Coding.GBT39046, now=now)
    actions.take_in(taken, agency=city.police, actor=city.wang, now=now)
    assert turn(there, now + SOON) == 0
