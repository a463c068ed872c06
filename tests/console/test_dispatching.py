"""王芳 gives what the system left to her with one press; 刘伟 keeps the rules and tries a message."""

from datetime import date, datetime, time

import pytest
from django.test import Client
from django.urls import reverse

from minxin.tickets.actions import file
from minxin.tickets.actions.matters import load_taxonomy
from minxin.tickets.actions.routing import route_waiting
from minxin.tickets.models import Correction, Dispatch, RoutingRule, RoutingSetting, Ticket
from tests.console.conftest import SignIn
from tests.support.city import SETUP, City
from tests.tickets.conftest import MATTERS
from tests.tickets.test_responsibilities import adopted


@pytest.fixture
def waiting(city: City, now: datetime) -> Ticket:
    """A ticket that the list gives to the water bureau, not surely enough."""
    load_taxonomy(MATTERS, actor=SETUP, now=now)
    adopted(city, now, ("路灯照明", "", city.water))
    ticket = file(
        text="东桥路口的路灯照明坏了三天", place="东桥路口", citizen=city.xiaolin, account=city.account,
        source="portal", key="waiting", actor=SETUP, now=now,
    )  # fmt: skip
    route_waiting(now=now)
    return ticket


def test_one_press_gives_a_ticket_to_a_proposed_agency(
    city: City, waiting: Ticket, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    queue = reverse("console:dispatching")
    assert desk.get(reverse("console:counts")).json()["to_dispatch"] == 1
    assert queue in desk.get(reverse("console:home")).content.decode()
    page = desk.get(queue).content.decode()
    for words in (
        waiting.number,
        "云溪市水务局",
        "80%",
        "路灯照明",
        'data-key="1"',
        "还没有采用分派模型",
    ):
        assert words in page, words
    assert desk.get(queue, {"q": "没有这样的"}).context["table"].paginator.count == 0
    sheet = desk.get(queue, {"export": "csv"}).getvalue().decode()
    assert "云溪市水务局 80%" in sheet
    address = reverse("console:dispatch", args=[waiting.number])
    page = desk.post(address, {"agency": "station", "back": queue}, follow=True).content.decode()
    assert "不在建议里" in page
    answer = desk.post(address, {"agency": "water", "back": f"{queue}?page=1"})
    assert answer["Location"] == f"{queue}?page=1"
    waiting.refresh_from_db()
    assert (waiting.agency, waiting.status) == (city.water, "assigned")
    assert Correction.objects.get().how == "dispatched"
    assert "没有等待派单的工单" in desk.get(queue).content.decode()


def test_the_tickets_page_offers_the_same_and_tells_who_chose(
    city: City, waiting: Ticket, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    one = reverse("console:ticket", args=[waiting.number])
    assert 'data-key="1"' in desk.get(one).content.decode()
    desk.post(reverse("console:dispatch", args=[waiting.number]), {"agency": "water"})
    page = at_desk(city.outsider).get(one).content.decode()
    assert "人工已派单" in page
    assert "王芳" in page
    away = {"agency": "water", "back": "https://elsewhere.example/console/"}
    answer = at_desk(city.outsider).post(reverse("console:dispatch", args=[waiting.number]), away)
    assert answer["Location"] == reverse("console:dispatching")


def test_who_may_not_dispatch_sees_no_queue(city: City, waiting: Ticket, at_desk: SignIn) -> None:
    address = reverse("console:dispatch", args=[waiting.number])
    for who in (city.zhao, city.outsider, city.administrator):
        assert at_desk(who).post(address, {"agency": "water"}).status_code == 404
    assert at_desk(city.zhao).get(reverse("console:dispatching")).status_code == 404
    page = at_desk(city.outsider).get(reverse("console:dispatching")).content.decode()
    assert waiting.number not in page
    assert Dispatch.objects.get().status == "asked"


@pytest.fixture
def desk(city: City, at_desk: SignIn) -> Client:
    return at_desk(city.administrator)


def form(city: City, **more: object) -> dict[str, object]:
    return {"name": "爆管", "words": "水管，爆管", "agency": city.water.pk, "is_on": "on",
            "examples": "水管爆了 | 东桥\n！路灯坏了"} | more  # fmt: skip


def test_a_rule_is_kept_tried_ordered_switched_removed(desk: Client, city: City) -> None:
    new = reverse("console:routing_rule_new")
    answer = desk.post(new, form(city, examples="路灯坏了"))
    assert answer.status_code == 422
    assert "没有规则决定" in answer.content.decode()
    assert "爆管" in answer.content.decode()
    assert not RoutingRule.objects.exists()
    assert desk.post(new, form(city)).status_code == 302
    row = RoutingRule.objects.get()
    assert [(each.text, each.place, each.is_met) for each in row.examples.all()] == [
        ("水管爆了", "东桥", True), ("路灯坏了", "", False),
    ]  # fmt: skip
    one = reverse("console:routing_rule", args=[row.pk])
    RoutingRule.objects.update(valid_until=date(2036, 1, 2), from_time=time(7), until_time=time(9))
    page = desk.get(one).content.decode()
    assert 'value="2036-01-02"' in page
    assert 'value="07:00"' in page
    RoutingRule.objects.update(valid_until=None, from_time=None, until_time=None)
    assert "水管爆了 | 东桥\n!路灯坏了" in desk.get(one).content.decode()
    page = desk.post(reverse("console:routing_try"), {"text": "门口水管爆了"}).content.decode()
    for words in ("爆管 → 云溪市水务局", "水管", "清单里没有对上的事项", "还没有采用分派模型"):
        assert words in page, words
    change = reverse("console:routing_rule_change", args=[row.pk])
    desk.post(change, {"act": "off"})
    row.refresh_from_db()
    assert not row.is_on
    desk.post(new, form(city, name="另一条", words="停水", examples="停水了"))
    desk.post(reverse("console:routing_rule_change", args=[RoutingRule.objects.latest("id").pk]), {"act": "up"})  # fmt: skip
    assert [each.name for each in RoutingRule.objects.all()] == ["另一条", "爆管"]
    assert (
        desk.get(reverse("console:routing_rules"), {"q": "停水"}).context["table"].paginator.count
        == 1
    )
    assert (
        "水管，爆管"
        in desk.get(reverse("console:routing_rules"), {"export": "csv"}).getvalue().decode()
    )
    assert desk.post(one, {"act": "remove", "remove-reason": ""}).status_code == 422
    assert desk.post(one, {"act": "remove", "remove-reason": "不再需要"}).status_code == 302
    assert RoutingRule.objects.count() == 1


def test_a_threshold_is_set_for_a_region(desk: Client) -> None:
    address = reverse("console:routing_thresholds")
    assert "95.0%" in desk.get(address).content.decode()
    assert desk.post(address, {"region_code": "99", "percent": "10"}).status_code == 422
    assert (
        "6、9 或 12 位"
        in desk.post(address, {"region_code": "9a", "percent": "90"}).content.decode()
    )
    assert desk.post(address, {"region_code": "990100", "percent": "97.5"}).status_code == 302
    assert RoutingSetting.objects.get().threshold == 0.975
