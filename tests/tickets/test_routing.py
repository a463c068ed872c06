"""A ticket finds its agency: by a rule, by the list, or by a dispatcher; every choice is kept."""

from datetime import datetime
from typing import Any

import pytest

from minxin.agencies.models import AuditEntry, StaffNotice
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions
from minxin.tickets.actions import routing_rules as rules
from minxin.tickets.actions.routing import route, route_waiting
from minxin.tickets.models import Category, Correction, Dispatch, RoutingRule, Ticket
from minxin.tickets.queries import routing as queries
from tests.support.city import SETUP, City
from tests.tickets.test_responsibilities import adopted


def filed(city: City, now: datetime, text: str, **more: Any) -> Ticket:
    return actions.file(
        text=text, citizen=city.xiaolin, account=city.account, source="portal", key=text,
        actor=SETUP, now=now, **more,
    )  # fmt: skip


def kept(city: City, now: datetime, name: str, *examples: str, **more: Any) -> RoutingRule:
    """A rule that is on, about the word it is named after, for the water bureau."""
    conditions: dict[str, Any] = dict.fromkeys(rules.FIELDS)
    conditions |= {"words": name, "without": "", "places": "", "nature": ""}
    given: dict[str, Any] = {"rule": None, "agency": city.water, "is_on": True} | more
    given["conditions"] = conditions | given.get("conditions", {})
    return rules.keep_rule(
        given.pop("rule"), name=name, reason="", actor=city.administrator, now=now,
        examples=[rules.ExampleDraft(each.lstrip("!"), "", not each.startswith("!")) for each in examples],
        **given,
    )  # fmt: skip


# By a rule --------------------------------------------------------------------------------------


def test_a_rule_assigns_as_the_ticket_is_filed(city: City, now: datetime) -> None:
    kept(city, now, "水管", "门口水管爆了")
    ticket = filed(city, now, "小区门口的水管爆了")
    assert (ticket.agency, ticket.status) == (city.water, "assigned")
    row = Dispatch.objects.get()
    assert (row.status, row.source, row.agency) == ("assigned", "rule", city.water)
    entry = AuditEntry.objects.get(verb="ticket.routed")
    assert (entry.actor_kind, entry.actor_name) == ("system", "router")
    assert "水管" in entry.reason
    assert not Correction.objects.exists()
    assert filed(city, now, "小区门口的水管爆了") == ticket
    assert Dispatch.objects.count() == 1


def test_a_report_is_never_assigned_by_the_system(city: City, now: datetime) -> None:
    kept(city, now, "水管", "门口水管爆了")
    ticket = filed(city, now, "举报水管工乱收费")
    assert (ticket.agency, ticket.status) == (city.police, "submitted")
    route_waiting(now=now)
    assert Dispatch.objects.get().status == "asked"
    assert Dispatch.objects.get().proposals[0]["agency"] == city.water.pk


def test_without_rules_list_and_model_all_is_as_before(city: City, now: datetime) -> None:
    Category.objects.create(code="water", name="供水", agency=city.water, keywords="水管")
    ticket = filed(city, now, "小区门口的水管爆了")
    assert (ticket.agency, ticket.status) == (city.water, "submitted")
    assert not Dispatch.objects.exists()


# Rules change only when their examples come out right -------------------------------------------


def test_a_change_with_a_wrong_example_does_not_take_effect(city: City, now: datetime) -> None:
    first = kept(city, now, "水管", "水管爆了", "!路灯坏了")
    with pytest.raises(Refused, match="水管爆了"):
        kept(city, now, "水", "水管爆了")  # the rule before it decides
    assert RoutingRule.objects.count() == 1
    second = kept(city, now, "水表", "水表不转", agency=city.police)
    with pytest.raises(Refused, match="水管爆了"):
        kept(city, now, "井盖", "水管爆了", rule=first)
    first.refresh_from_db()
    assert first.words == "水管"
    with pytest.raises(Refused, match="至少写一个应由"):
        kept(city, now, "停电")
    with pytest.raises(Refused, match="至少写一个条件"):
        kept(city, now, "", "随便")
    rules.move_rule(second, is_up=True, actor=city.administrator, now=now)
    assert [row.pk for row in queries.routing_rules()] == [second.pk, first.pk]


def test_an_order_that_hides_a_rule_is_refused(city: City, now: datetime) -> None:
    narrow = kept(city, now, "水管爆了", "水管爆了快来")
    wide = kept(city, now, "水管", "水管有点旧", agency=city.police)
    with pytest.raises(Refused, match="水管爆了快来"):
        rules.move_rule(wide, is_up=True, actor=city.administrator, now=now)
    assert [row.pk for row in queries.routing_rules()] == [narrow.pk, wide.pk]
    rules.switch_rule(narrow, is_on=False, actor=city.administrator, now=now)
    rules.move_rule(wide, is_up=True, actor=city.administrator, now=now)
    with pytest.raises(Refused):
        rules.switch_rule(narrow, is_on=True, actor=city.administrator, now=now)


def test_only_who_keeps_the_citys_settings_changes_rules(city: City, now: datetime) -> None:
    row = kept(city, now, "水管", "水管爆了")
    for who in (city.wang, city.operator):
        with pytest.raises(NotFound):
            rules.switch_rule(row, is_on=False, actor=who, now=now)
        with pytest.raises(NotFound):
            rules.keep_threshold(region_code="", threshold=0.6, actor=who, now=now)
    row.refresh_from_db()
    assert row.is_on


# By the list, or by a dispatcher ----------------------------------------------------------------


def test_what_the_list_alone_says_is_asked_first(city: City, now: datetime) -> None:
    adopted(city, now, ("路灯照明", "", city.water))
    ticket = filed(city, now, "东桥路口的路灯照明坏了")
    assert (ticket.agency, ticket.status) == (city.police, "submitted")
    assert Dispatch.objects.get().status == "waiting"
    assert route_waiting(now=now) == 1
    row = Dispatch.objects.get()
    assert row.status == "asked"
    best = row.proposals[0]
    assert (best["agency"], best["confidence"], best["source"]) == (city.water.pk, 0.8, "list")
    assert best["words"] == ["路灯照明"]
    assert queries.to_dispatch(city.wang).get() == row
    assert not queries.to_dispatch(city.outsider).exists()
    assert StaffNotice.objects.filter(staff=city.wang, text__contains="等待派单").exists()
    assert route_waiting(now=now) == 0


def test_above_the_threshold_of_the_region_the_system_assigns(city: City, now: datetime) -> None:
    adopted(city, now, ("路灯照明", "", city.water))
    rules.keep_threshold(region_code="", threshold=0.99, actor=city.administrator, now=now)
    rules.keep_threshold(region_code="990100", threshold=0.75, actor=city.administrator, now=now)
    assert queries.threshold_for(city.account) == 0.75
    ticket = filed(city, now, "东桥路口的路灯照明坏了")
    route_waiting(now=now)
    ticket.refresh_from_db()
    assert (ticket.agency, ticket.status) == (city.water, "assigned")
    entry = AuditEntry.objects.get(verb="ticket.assigned")
    assert (entry.actor_kind, entry.actor_name) == ("system", "router")
    assert "80%" in entry.reason
    assert not Correction.objects.exists()
    assert Dispatch.objects.get().status == "assigned"


def test_a_confidential_ticket_is_left_to_a_person(city: City, now: datetime) -> None:
    adopted(city, now, ("路灯照明", "", city.water))
    rules.keep_threshold(region_code="", threshold=0.5, actor=city.administrator, now=now)
    ticket = filed(city, now, "东桥路口的路灯照明坏了")
    Ticket.objects.filter(pk=ticket.pk).update(is_confidential=True)
    route_waiting(now=now)
    assert Dispatch.objects.get().status == "asked"


def test_two_routers_at_once_route_once(city: City, now: datetime) -> None:
    adopted(city, now, ("路灯照明", "", city.water))
    rules.keep_threshold(region_code="", threshold=0.5, actor=city.administrator, now=now)
    ticket = filed(city, now, "东桥路口的路灯照明坏了")
    row = queries.waiting_for_proposals(9)[0]
    proposed = queries.proposed_for(ticket, queries.standing(now=now))
    route(row, proposed, now=now)
    route(row, proposed, now=now)
    assert ticket.events.filter(verb="assigned").count() == 1


def test_a_ticket_that_went_on_meanwhile_is_left_alone(city: City, now: datetime) -> None:
    adopted(city, now, ("路灯照明", "", city.water))
    ticket = filed(city, now, "东桥路口的路灯照明坏了")
    actions.accept(ticket, actor=city.wang, now=now)
    route_waiting(now=now)
    assert Dispatch.objects.get().status == "left"


# Choices are kept -------------------------------------------------------------------------------


def test_a_choice_is_kept_beside_what_was_proposed(city: City, now: datetime) -> None:
    adopted(city, now, ("路灯照明", "", city.water))
    ticket = filed(city, now, "东桥路口的路灯照明坏了")
    route_waiting(now=now)
    ticket.refresh_from_db()
    actions.assign(ticket, city.station, reason="", actor=city.wang, now=now)
    row = Correction.objects.get()
    assert (row.how, row.staff, row.chosen) == ("dispatched", city.wang, city.station)
    assert (row.proposed, row.confidence, row.source) == (city.water, 0.8, "list")
    assert (Dispatch.objects.get().status, Dispatch.objects.get().agency) == (
        "chosen",
        city.station,
    )
    assert queries.trust_in_list() < 0.8
    actions.assign(ticket, city.water, reason="", actor=city.wang, now=now)
    assert [each.how for each in queries.corrections_of(ticket)] == ["assigned", "dispatched"]
    assert Dispatch.objects.get().agency == city.water
    assert Correction._meta.get_field("ticket").remote_field.on_delete.__name__ == "CASCADE"


def test_a_return_and_an_arbitration_teach_too(city: City, now: datetime) -> None:
    ticket = filed(city, now, "东桥路口的路灯照明坏了")
    actions.accept(ticket, actor=city.wang, now=now)
    words = {"reason": "不归我们管", "legal_basis": "三定规定第五条"}
    actions.ask_return(ticket, proper_agency=city.water, **words, actor=city.wang, now=now)
    other = city.administrator
    type(other.memberships.get()).objects.create(staff=other, agency=city.root, role="agent")
    actions.grant_return(ticket, agency=city.water, decision="同意退单", actor=other, now=now)
    row = Correction.objects.get()
    assert (row.how, row.chosen, row.proposed) == ("returned", city.water, None)


def test_without_a_model_it_says_so(city: City, now: datetime) -> None:
    ticket = filed(city, now, "东桥路口的路灯照明坏了")
    proposed = queries.proposed_for(ticket, queries.standing(now=now))
    assert proposed.candidates == ()
    assert "还没有采用分派模型" in proposed.caveat
