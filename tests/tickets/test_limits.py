"""What a region promises: limits in every unit, by nature, urgency and place, with lights."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.actions import keep_hours
from minxin.agencies.models import AuditEntry
from minxin.core.errors import NotFound, Refused
from minxin.core.working_time import Span, Unit
from minxin.tickets import actions, queries
from minxin.tickets.models import DeadlinePreset, Nature, Ticket
from minxin.tickets.rules import Limits, light_of
from minxin.tickets.rules.limits import regions_for
from tests.support.city import SETUP, City, build_city

DAYS = Unit.WORKING_DAYS
DEFAULTS = {
    "code": "p", "name": "示例", "nature": "help", "limit": Span(5, DAYS), "is_active": True
}  # fmt: skip


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def keep(now: datetime, **given: object) -> DeadlinePreset:
    wanted = DEFAULTS | {"actor": SETUP, "now": now} | given
    return actions.keep_preset(**wanted)  # type: ignore[arg-type]


def filed(city: City, now: datetime, key: str = "k") -> Ticket:
    return actions.file(
        text="路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account, source="portal",
        key=key, nature="help", actor=SETUP, now=now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "words", "due"),
    [
        (Span(90, Unit.WORKING_MINUTES), "今天 11:30前答复", (24, 11, 30)),
        (Span(3, Unit.WORKING_HOURS), "今天 15:00前答复", (24, 15, 0)),
        (Span(2, DAYS), "11月26日前答复", (26, 18, 0)),
        (Span(24, Unit.HOURS), "明天 10:00前答复", (25, 10, 0)),
        (Span(4, Unit.DAYS), "11月28日前答复", (28, 10, 0)),
    ],
)
def test_every_unit_is_promised_in_its_words(
    city: City, now: datetime, limit: Span, words: str, due: tuple[int, int, int]
) -> None:
    keep(now, limit=limit)
    ticket = filed(city, now)
    there = ticket.due_at.astimezone(now.tzinfo)
    assert (there.day, there.hour, there.minute) == due
    assert ticket.promised_words == words
    assert ticket.promised_at == ticket.due_at


def test_the_agency_s_own_hours_count(city: City, now: datetime) -> None:
    early = [["08:00", "12:00"], ["13:00", "16:30"]]
    keep_hours(now.date(), [early] * 7, agency=city.police, actor=SETUP, now=now)
    assert filed(city, now).due_at.astimezone(now.tzinfo).time() == time(16, 30)


def test_the_nearest_region_s_table_holds(city: City, now: datetime) -> None:
    for code, region, days in (("all", "", 9), ("province", "990000", 7), ("town", "990200", 2)):
        keep(now, code=code, region_code=region, limit=Span(days, DAYS))
    found = queries.limits_for("help", city.account, city.police)
    assert found.answer == Span(7, DAYS)
    keep(now, code="here", region_code="990100", limit=Span(3, DAYS))
    assert queries.limits_for("help", city.account, city.police).answer == Span(3, DAYS)
    assert queries.limits_for("consult", city.account, city.police) == Limits()


def test_urgent_has_its_own_line_or_the_ordinary_one(city: City, now: datetime) -> None:
    keep(now, limit=Span(5, DAYS))
    urgent = queries.limits_for("help", city.account, city.police, urgency="urgent")
    assert urgent.answer == Span(5, DAYS)
    keep(now, limit=Span(24, Unit.HOURS), urgency="urgent")
    urgent = queries.limits_for("help", city.account, city.police, urgency="urgent")
    assert urgent.answer == Span(24, Unit.HOURS)
    assert queries.limits_for("help", city.account, city.police).answer == Span(5, DAYS)


def test_one_line_is_adopted_for_a_region(city: City, now: datetime) -> None:
    old = keep(now, code="old")
    keep(now, code="old", version="2")
    old.refresh_from_db()
    assert not old.is_active
    assert DeadlinePreset.objects.filter(is_active=True).get().version == "2"


def test_signing_and_lights_are_counted_from_the_dispatch_and_move_with_the_clock(
    city: City, now: datetime
) -> None:
    keep(now, sign=Span(4, Unit.WORKING_HOURS), yellow=Span(1, DAYS),
         red=Span(0, Unit.WORKING_MINUTES))  # fmt: skip
    ticket = filed(city, now)
    here = now.tzinfo
    assert ticket.sign_due_at == now.replace(hour=16)
    assert ticket.due_at.astimezone(here) == now.replace(month=12, day=1, hour=18)
    assert ticket.yellow_at == now.replace(day=30, hour=9)
    assert ticket.red_at == ticket.due_at
    for moment, light in ((now, "green"), (ticket.yellow_at, "yellow"), (ticket.due_at, "red")):
        assert queries.deadline_of(ticket, now=moment).light == light
        shown = {each for each in ("green", "yellow", "red")
                 if queries.lit(Ticket.objects.all(), each, moment).exists()}  # fmt: skip
        assert shown == {light}
    actions.accept(ticket, actor=city.wang, now=now)
    actions.stop_clock(ticket, stop_reason="citizen", reason="等市民补充地址", legal_basis="",
                       actor=city.wang, now=now)  # fmt: skip
    assert queries.deadline_of(ticket, now=now).light == ""
    actions.resume_clock(ticket, reason="补充了", actor=city.wang, now=now + timedelta(days=1))
    assert ticket.sign_due_at == now.replace(hour=16, day=25)
    assert ticket.yellow_at == now.replace(month=12, day=1, hour=9)
    later = now + timedelta(days=2)
    actions.assign(ticket, city.water, reason="水务职责", actor=city.wang, now=later)
    ticket.refresh_from_db()
    assert ticket.sign_due_at == later.replace(hour=16)
    actions.answer(ticket, "已经修好，谢谢提醒。", link="x", actor=city.outsider, now=later)
    ticket.refresh_from_db()
    assert ticket.yellow_at is ticket.red_at is None
    assert not queries.deadline_of(ticket, now=later).light


def test_a_region_without_lights_shows_none(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    assert ticket.sign_due_at is ticket.yellow_at is ticket.red_at is None
    assert queries.deadline_of(ticket, now=now).light == ""


def test_only_a_verified_table_is_named_to_the_citizen(city: City, now: datetime) -> None:
    keep(now, name="未核实的表")
    assert filed(city, now).ledger.get().legal_basis == ""
    keep(now, code="q", version="2026", name="核实过的表", is_verified=True)
    assert filed(city, now, "k2").ledger.get().legal_basis == "核实过的表（2026）"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"limit": Span(0, DAYS)}, "amount"),
        ({"limit": Span(91, DAYS)}, "amount"),
        ({"limit": Span(3_000, Unit.HOURS)}, "amount"),
        ({"sign": Span(6, DAYS)}, "sign_amount"),
        ({"complex": Span(4, DAYS)}, "complex_amount"),
        ({"yellow": Span(1, DAYS)}, "red_amount"),
        ({"yellow": Span(1, DAYS), "red": Span(2, DAYS)}, "yellow_amount"),
        ({"nature": "none"}, "nature"),
        ({"urgency": "none"}, "nature"),
        ({"name": " "}, "name"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    city: City, now: datetime, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        keep(now, **wrong)
    assert refusal.value.field == field
    assert not DeadlinePreset.objects.exists()


def test_the_audit_says_what_changed(city: City, now: datetime) -> None:
    keep(now)
    keep(now, limit=Span(3, DAYS))
    entry = AuditEntry.objects.filter(verb="preset.kept").latest("id")
    assert (entry.before, entry.after) == ({"amount": 5}, {"amount": 3})


def test_who_keeps_no_settings_keeps_no_limits(city: City, now: datetime) -> None:
    for person in (city.wang, city.zhao, city.outsider, city.operator, city.auditor):
        with pytest.raises(NotFound):
            keep(now, actor=person)
        with pytest.raises(NotFound):
            actions.load_presets(actor=person, now=now)
    assert not DeadlinePreset.objects.exists()


def test_what_ships_is_loaded_once_adopted_never_and_edited_freely(
    city: City, now: datetime
) -> None:
    assert actions.load_presets(actor=city.administrator, now=now) == 17
    rows = {(each.code, each.nature, each.urgency): queries.limits_of(each)
            for each in DeadlinePreset.objects.all()}  # fmt: skip
    assert not DeadlinePreset.objects.filter(is_active=True).exists()
    for nature, days in (("consult", 3), ("suggestion", 7), ("complaint", 15), ("report", 15)):
        assert rows["sichuan", nature, "ordinary"].answer == Span(days, DAYS)
    assert ("sichuan", "help", "ordinary") not in rows  # not said there
    assert rows["beijing", "help", "urgent"].answer == Span(24, Unit.HOURS)
    assert rows["beijing", "complaint", "ordinary"].complex == Span(15, Unit.DAYS)
    assert rows["beijing", "complaint", "ordinary"].sign == Span(2, Unit.HOURS)
    assert rows["leqing", "help", "ordinary"].complex == Span(15, DAYS)
    assert rows["lights", "consult", "ordinary"].yellow == Span(1, DAYS)
    unread = DeadlinePreset.objects.filter(is_verified=False).values_list("code", flat=True)
    assert set(unread) == {"lights"}
    keep(now, code="leqing", nature="help", limit=Span(4, DAYS), is_active=False)
    assert actions.load_presets(actor=city.administrator, now=now) == 0
    kept = DeadlinePreset.objects.get(code="leqing", nature="help")
    assert kept.amount == 4


def test_natures_of_what_ships_are_known() -> None:
    from minxin.tickets.presets import shipped

    assert {line["nature"] for line in shipped()} <= set(Nature.values)


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_lights_only_go_on_to_red(at: int, yellow: int, red: int) -> None:
    begin = datetime.fromisoformat("2026-11-24T10:00+08:00")
    red = max(yellow, red)
    turns = (begin + timedelta(hours=yellow), begin + timedelta(hours=red))
    order = ["green", "yellow", "red"]
    seen = [light_of(begin + timedelta(hours=hour), *turns) for hour in (at, at + 1)]
    assert seen[0] is not None
    assert seen[1] is not None
    assert order.index(seen[0]) <= order.index(seen[1])
    assert (seen[0] == "red") == (at >= red)


def test_the_regions_of_a_place() -> None:
    assert regions_for("510104") == ("510104", "510100", "510000", "")
    assert regions_for("510104001") == ("510104001", "510104", "510100", "510000", "")
    assert regions_for("510000") == ("510000", "")
    assert regions_for("") == ("",)
