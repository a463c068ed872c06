"""政务舆情 and 依申请公开: registered by days and hours alone, timed by rules, decided by a person."""

from datetime import date, datetime, timedelta

import pytest

from minxin.agencies.models import AuditEntry
from minxin.conversations.models import Dialogue
from minxin.core.errors import NotFound, Refused
from minxin.core.working_time import OFFICE_ZONE
from minxin.supervision import actions
from minxin.supervision.actions import duty_events as acting
from minxin.supervision.models import Candidate, DutyEvent
from minxin.supervision.packs import library
from minxin.supervision.queries import duties, known_of
from minxin.supervision.queries.machine import views_of
from minxin.supervision.rules.duties import Standing
from minxin.supervision.rules.inspection import Mark
from minxin.tickets import actions as tickets
from minxin.tickets.models import Ticket
from tests.supervision.conftest import Office
from tests.support.city import SETUP, City

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LINK = "https://mp.example/s/1"


def opinion(office: Office, city: City, now: datetime, *, is_grave: bool = False) -> DutyEvent:
    return acting.register_opinion(
        office.account, title="东桥路水管爆裂", is_grave=is_grave, known_at=now,
        actor=city.operator, now=now,
    )  # fmt: skip


def request(office: Office, city: City, now: datetime, received_on: date) -> DutyEvent:
    return acting.register_request(
        office.account, number="公开申请2026-12号", received_on=received_on, received_how="online",
        actor=city.operator, now=now,
    )  # fmt: skip


def clocks(event: DutyEvent, now: datetime) -> list[tuple[str, str]]:
    event.refresh_from_db()
    found = duties.clocks_of(event, library(), now=now)
    return [(each.pack.id, each.clock.standing(now).value) for each in found]


def candidates(office: Office, indicator: str) -> list[tuple[str, str]]:
    rows = Candidate.objects.filter(account=office.account, indicator=indicator).order_by("pk")
    return [(each.pack, each.status) for each in rows]


def test_the_clocks_of_a_grave_event(office: Office, city: City, now: datetime) -> None:
    event = opinion(office, city, now, is_grave=True)
    assert clocks(event, now + HOUR) == [
        ("national-opinion-5h", "running"), ("national-opinion-24h", "running"),
    ]  # fmt: skip
    acting.record_first_word(
        event, at=now + 5 * HOUR, link=LINK, actor=city.operator, now=now + 6 * HOUR
    )
    assert clocks(event, now + 25 * HOUR) == [
        ("national-opinion-5h", "in_time"), ("national-opinion-24h", "late"),
    ]  # fmt: skip
    actions.evaluate([office.account], now=now + 25 * HOUR)
    view = views_of(office.account, library(), now=now + 25 * HOUR)["opinion.first"]
    assert view.rule.startswith("national-opinion-24h ")
    assert candidates(office, "opinion.first") == [("national-opinion-24h", "open")]


def test_other_events_have_48_hours_and_a_person_decides(
    office: Office, city: City, now: datetime
) -> None:
    event = opinion(office, city, now)
    assert clocks(event, now + 48 * HOUR) == [("national-opinion-48h", "running")]
    actions.evaluate([office.account], now=now + 48 * HOUR)
    assert candidates(office, "opinion.first") == []
    late = now + 49 * HOUR
    actions.evaluate([office.account], now=late)
    candidate = Candidate.objects.get(indicator="opinion.first")
    assert (candidate.status, candidate.severity, candidate.facts["open"]) == ("open", "major", 1)
    view = views_of(office.account, library(), now=late)["opinion.first"]
    assert (view.guess, "东桥路水管爆裂" in view.said) == (Mark.UNCLEAR, True)
    acting.record_first_word(event, at=late, link=LINK, actor=city.operator, now=late)
    actions.evaluate([office.account], now=late)
    candidate.refresh_from_db()
    assert (candidate.status, candidate.facts["open"]) == ("open", 0)
    actions.confirm(
        candidate, evidence=actions.Fresh(late, LINK), actor=office.supervisor, now=late
    )
    candidate.refresh_from_db()
    assert (candidate.status, candidate.decided_by) == ("confirmed", office.supervisor)


def test_an_answer_in_time_accuses_nobody(office: Office, city: City, now: datetime) -> None:
    event = opinion(office, city, now)
    acting.record_first_word(
        event, at=now + 47 * HOUR, link=LINK, actor=city.operator, now=now + 60 * HOUR
    )
    actions.evaluate([office.account], now=now + 60 * HOUR)
    assert candidates(office, "opinion.first") == []


def test_what_cannot_be_written_down_of_an_opinion_event(
    office: Office, city: City, now: datetime
) -> None:
    with pytest.raises(Refused, match="不能晚于现在"):
        acting.register_opinion(
            office.account, title="东桥路水管爆裂", is_grave=False, known_at=now + HOUR,
            actor=city.operator, now=now,
        )  # fmt: skip
    with pytest.raises(Refused, match="个人信息"):
        acting.register_opinion(
            office.account, title="市民13800138000反映停水", is_grave=False, known_at=now,
            actor=city.operator, now=now,
        )  # fmt: skip
    with pytest.raises(NotFound):
        acting.register_opinion(
            office.weibo, title="东桥路水管爆裂", is_grave=False, known_at=now,
            actor=city.operator, now=now,
        )  # fmt: skip
    with pytest.raises(NotFound):  # another's unit cannot be made responsible
        acting.register_opinion(
            office.account, title="东桥路水管爆裂", is_grave=False, known_at=now,
            agency=city.water, actor=city.operator, now=now,
        )  # fmt: skip
    assert not DutyEvent.objects.exists()
    event = opinion(office, city, now)
    for at, link, says in (
        (now - HOUR, LINK, "早于知悉"),
        (now + HOUR, LINK, "晚于现在"),
        (now, "微博", "http"),
    ):
        with pytest.raises(Refused, match=says):
            acting.record_first_word(event, at=at, link=link, actor=city.operator, now=now)
    with pytest.raises(Refused, match="只有特别重大"):
        acting.record_press(event, at=now, link=LINK, actor=city.operator, now=now)
    with pytest.raises(Refused, match="不是这一类"):
        acting.record_reply(event, on=now.date(), actor=city.operator, now=now)
    with pytest.raises(Refused, match="不能办结"):
        acting.close_event(event, actor=city.operator, now=now)
    acting.record_first_word(event, at=now, link=LINK, actor=city.operator, now=now)
    with pytest.raises(Refused, match="已经登记过"):
        acting.record_first_word(event, at=now, link=LINK, actor=city.operator, now=now)


def test_closed_it_stays_withdrawn_it_counts_nowhere(
    office: Office, city: City, now: datetime
) -> None:
    event = opinion(office, city, now)
    late = now + 60 * HOUR
    acting.record_first_word(event, at=late, link=LINK, actor=city.operator, now=late)
    acting.close_event(event, actor=city.operator, now=late)
    actions.evaluate([office.account], now=late)
    assert candidates(office, "opinion.first") == [("national-opinion-48h", "open")]
    with pytest.raises(NotFound):
        acting.withdraw_event(event, reason="登记错了单位", actor=city.operator, now=late)
    with pytest.raises(Refused, match="至少 4 个字"):
        acting.withdraw_event(event, reason="错", actor=office.supervisor, now=late)
    acting.withdraw_event(event, reason="登记错了单位", actor=office.supervisor, now=late)
    actions.evaluate([office.account], now=late)
    assert candidates(office, "opinion.first") == [("national-opinion-48h", "gone")]
    with pytest.raises(Refused, match="已经结束"):
        acting.withdraw_event(event, reason="登记错了单位", actor=office.supervisor, now=late)


# Requests --------------------------------------------------------------------------------------


def test_twenty_working_days_by_the_calendar(office: Office, city: City, now: datetime) -> None:
    event = request(office, city, now, date(2026, 10, 27))
    assert now.astimezone(OFFICE_ZONE).date() == date(2026, 11, 24)
    assert clocks(event, now) == [("national-disclosure-reply", "running")]
    (running,) = duties.clocks_of(event, library(), now=now)
    assert running.clock.due_at.astimezone(OFFICE_ZONE).date() == date(2026, 11, 24)
    actions.evaluate([office.account], now=now)
    assert candidates(office, "disclosure.due") == []
    late = now + DAY
    actions.evaluate([office.account], now=late)
    assert candidates(office, "disclosure.due") == [("national-disclosure-reply", "open")]
    acting.record_reply(event, on=date(2026, 11, 24), actor=city.operator, now=late)
    assert clocks(event, late) == [("national-disclosure-reply", Standing.IN_TIME.value)]
    actions.evaluate([office.account], now=late)
    assert candidates(office, "disclosure.due") == [("national-disclosure-reply", "gone")]
    acting.close_event(event, actor=city.operator, now=late)
    event.refresh_from_db()
    assert (event.state, event.ended_by) == ("closed", city.operator)


def test_an_extension_gives_twenty_more(office: Office, city: City, now: datetime) -> None:
    event = request(office, city, now, date(2026, 10, 27))
    acting.record_extension(
        event, on=date(2026, 11, 24), until=date(2026, 12, 10), actor=city.operator, now=now
    )
    assert clocks(event, now + DAY) == [("national-disclosure-extended", "running")]
    assert clocks(event, now + 17 * DAY) == [("national-disclosure-extended", "late")]
    with pytest.raises(Refused, match="只能延长一次"):
        acting.record_extension(
            event, on=date(2026, 11, 24), until=date(2026, 12, 20), actor=city.operator, now=now
        )


def test_only_who_supervises_leaves_a_third_party_s_time_out(
    office: Office, city: City, now: datetime
) -> None:
    event = request(office, city, now, date(2026, 10, 26))
    with pytest.raises(Refused, match="还没有登记征求"):
        acting.leave_out_third_party(event, basis="第三十三条", actor=office.supervisor, now=now)
    acting.record_third_party(
        event, asked_on=date(2026, 11, 2), answered_on=None, actor=city.operator, now=now
    )
    acting.record_third_party(
        event, asked_on=date(2026, 11, 2), answered_on=date(2026, 11, 9), actor=city.operator,
        now=now,
    )  # fmt: skip
    assert ("national-disclosure-reply", "late") in clocks(event, now)
    with pytest.raises(NotFound):
        acting.leave_out_third_party(event, basis="第三十三条", actor=city.operator, now=now)
    with pytest.raises(Refused, match="至少 4 个字"):
        acting.leave_out_third_party(event, basis="有", actor=office.supervisor, now=now)
    acting.leave_out_third_party(event, basis="第三十三条", actor=office.supervisor, now=now)
    assert ("national-disclosure-reply", "running") in clocks(event, now)
    event.refresh_from_db()
    assert event.third_left_out_by == office.supervisor
    entry = AuditEntry.objects.filter(verb="duty_event.recorded").latest("pk")
    assert entry.after["third_left_out_basis"] == "第三十三条"


def test_what_cannot_be_written_down_of_a_request(
    office: Office, city: City, now: datetime
) -> None:
    with pytest.raises(Refused, match="不能晚于今天"):
        request(office, city, now, date(2026, 11, 25))
    event = request(office, city, now, date(2026, 11, 20))
    with pytest.raises(Refused, match="同一编号"):
        request(office, city, now, date(2026, 11, 20))
    for on, says in ((date(2026, 11, 25), "晚于今天"), (date(2026, 11, 19), "早于收到")):
        with pytest.raises(Refused, match=says):
            acting.record_reply(event, on=on, actor=city.operator, now=now)
        with pytest.raises(Refused, match=says):
            acting.record_correction(event, on=on, actor=city.operator, now=now)
    with pytest.raises(Refused, match="早于征求之日"):
        acting.record_third_party(
            event, asked_on=date(2026, 11, 23), answered_on=date(2026, 11, 20),
            actor=city.operator, now=now,
        )  # fmt: skip
    with pytest.raises(Refused, match="晚于同意"):
        acting.record_extension(
            event, on=date(2026, 11, 23), until=date(2026, 11, 23), actor=city.operator, now=now
        )
    with pytest.raises(Refused, match="不能办结"):
        acting.close_event(event, actor=city.operator, now=now)
    acting.record_correction(event, on=date(2026, 11, 24), actor=city.operator, now=now)
    assert clocks(event, now) == [("national-disclosure-reply", "running")]  # 补正 is not in force


def test_everybody_sees_the_events_of_her_own_accounts(
    office: Office, city: City, now: datetime
) -> None:
    event = opinion(office, city, now)
    assert duties.duty_event_for(city.operator, event.pk) == event
    assert duties.duty_event_for(office.supervisor, event.pk) == event
    with pytest.raises(NotFound):
        duties.duty_event_for(office.of_water, event.pk)


# Questions -------------------------------------------------------------------------------------


def ask(city: City, now: datetime, nature: str = "consult") -> Ticket:
    return tickets.file(
        citizen=city.xiaolin, account=city.account, source="portal", nature=nature,
        text="居住证在哪里办理", key=f"k-{nature}", actor=SETUP, now=now,
    )  # fmt: skip


def test_a_question_that_waits_for_more_than_five_working_days(
    office: Office, city: City, now: datetime
) -> None:
    asked = now - 7 * DAY  # Tuesday last week: five working days ago
    ticket = ask(city, asked)
    ask(city, asked, "complaint")
    actions.evaluate([office.account], now=now)
    assert candidates(office, "reply.overdue") == []
    actions.evaluate([office.account], now=now + DAY)
    candidate = Candidate.objects.get(indicator="reply.overdue")
    assert (candidate.pack, candidate.severity, candidate.facts["count"]) == (
        "proposed-reply", "minor", 1,
    )  # fmt: skip
    assert candidate.facts["title"] == ticket.number
    assert "居住证" not in str(candidate.facts)
    tickets.accept(ticket, actor=SETUP, now=now + DAY)
    tickets.answer(ticket, "请到办证大厅办理。", link="", actor=SETUP, now=now + DAY)
    actions.evaluate([office.account], now=now + DAY)
    assert candidates(office, "reply.overdue") == [("proposed-reply", "gone")]


def test_asked_again_it_waits_from_then_on(office: Office, city: City, now: datetime) -> None:
    ticket = ask(city, now - 20 * DAY)
    tickets.accept(ticket, actor=SETUP, now=now - 19 * DAY)
    tickets.answer(ticket, "请到大厅办理。", link="", actor=SETUP, now=now - 18 * DAY)
    tickets.reopen(ticket, "大厅在哪里", actor=SETUP, now=now - 6 * DAY)
    (question,) = known_of([office.account], library(), now=now)[office.account.pk].duties.questions
    assert question.asked_at == now - 6 * DAY


def test_who_asked_for_a_person_and_got_none(office: Office, city: City, now: datetime) -> None:
    Dialogue.objects.update_or_create(
        citizen=city.xiaolin,
        defaults={"account": city.account, "wants_person_at": now - 9 * DAY},
    )
    actions.evaluate([office.account], now=now)
    candidate = Candidate.objects.get(indicator="reply.overdue")
    assert "请求人工的会话" in candidate.facts["title"]
    assert str(city.xiaolin.pk) not in str(candidate.facts)
    Dialogue.objects.update(attended_by=city.wang)
    actions.evaluate([office.account], now=now)
    assert candidates(office, "reply.overdue") == [("proposed-reply", "gone")]
