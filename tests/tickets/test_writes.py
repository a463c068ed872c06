"""Every act on a ticket happens whole or not at all, and by the rights of this moment."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from minxin.agencies import audit
from minxin.agencies.models import StaffNotice
from minxin.conversations.models import Outgoing
from minxin.core.actors import System
from minxin.core.errors import NotFound, Refused
from minxin.core.working_time import Span, Unit
from minxin.tickets import actions, queries
from minxin.tickets.models import Category, DeadlinePreset, Rating, Ticket, TicketEvent
from tests.support.city import City, build_city

SYSTEM = System("test")


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def file(city: City, now: datetime, key: str = "k1") -> Ticket:
    return actions.file(
        text="路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account, source="portal",
        key=key, actor=city.xiaolin, now=now,
    )  # fmt: skip


def everything() -> list[object]:
    """What the acts below may touch."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Ticket, TicketEvent, Rating, Outgoing, StaffNotice, Category, DeadlinePreset)
    ]


def answered(city: City, now: datetime) -> Ticket:
    ticket = file(city, now)
    actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, "已经修好，谢谢提醒。", link="http://x", actor=city.wang, now=now)
    return ticket


Act = Callable[[City, Ticket, datetime], object]
OPEN_ACTS: dict[str, Act] = {
    "file": lambda city, _ticket, now: file(city, now, key="another"),
    "assign": lambda city, ticket, now: actions.assign(
        ticket, city.water, reason="水务职责", actor=city.wang, now=now
    ),
    "answer": lambda city, ticket, now: actions.answer(
        ticket, "已经修好，谢谢提醒。", link="http://x", actor=city.wang, now=now
    ),
    "note": lambda city, ticket, now: actions.note(ticket, "已联系", actor=city.wang, now=now),
    "classify": lambda city, ticket, now: actions.classify(
        ticket, category=None, nature="consult", actor=city.wang, now=now
    ),
    "keep_category": lambda city, _ticket, now: actions.keep_category(
        code="lamp", name="路灯", agency=None, keywords="路灯", actor=SYSTEM, now=now
    ),
    "keep_preset": lambda city, _ticket, now: actions.keep_preset(
        code="p", name="示例", source="", region_code="", nature="help", limit=Span(4, Unit.WORKING_DAYS),
        is_active=True, actor=SYSTEM, now=now,
    ),
}  # fmt: skip
ANSWERED_ACTS: dict[str, Act] = {
    "close": lambda city, ticket, now: actions.close(ticket, actor=city.wang, now=now),
    "rate": lambda city, ticket, now: actions.rate(
        ticket, "dissatisfied", actor=city.xiaolin, now=now
    ),
    "reopen": lambda city, ticket, now: actions.reopen(
        ticket, "还是不亮，请再看看。", actor=city.xiaolin, now=now
    ),
}


@pytest.mark.parametrize("name", [*OPEN_ACTS, *ANSWERED_ACTS])
def test_what_cannot_be_audited_does_not_happen(
    name: str, city: City, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name in OPEN_ACTS:
        act, ticket = OPEN_ACTS[name], file(city, now)
        actions.accept(ticket, actor=city.wang, now=now)
    else:
        act, ticket = ANSWERED_ACTS[name], answered(city, now)
    before = everything()

    def broken(*_given: object, **_named: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(OSError, match="disk"):
        act(city, ticket, now)
    assert everything() == before


def test_who_held_a_ticket_yesterday_cannot_answer_it_today(city: City, now: datetime) -> None:
    ticket = file(city, now)
    as_seen_before = queries.ticket_for(city.wang, ticket.number)
    actions.assign(ticket, city.water, reason="水务职责", actor=city.wang, now=now)
    before = everything()
    for act in (
        lambda: actions.answer(
            as_seen_before, "已经处理完毕。", link="http://x", actor=city.wang, now=now
        ),
        lambda: actions.note(as_seen_before, "记一笔", actor=city.wang, now=now),
        lambda: actions.assign(as_seen_before, city.police, reason="", actor=city.wang, now=now),
        lambda: actions.classify(
            as_seen_before, category=None, nature="consult", actor=city.wang, now=now
        ),
    ):
        with pytest.raises(NotFound):
            act()
    assert everything() == before


def test_a_page_that_was_open_too_long_changes_nothing(city: City, now: datetime) -> None:
    ticket = file(city, now)
    stale = queries.ticket_for(city.wang, ticket.number)
    actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, "已经修好，谢谢提醒。", link="http://x", actor=city.wang, now=now)
    before = everything()
    with pytest.raises(Refused, match="已答复"):
        actions.answer(stale, "另一个人的答复。", link="http://x", actor=city.wang, now=now)
    with pytest.raises(Refused):
        actions.accept(stale, actor=city.wang, now=now)
    assert everything() == before


def test_an_office_that_closed_gets_no_new_tickets(city: City, now: datetime) -> None:
    actions.keep_category(
        code="lamp", name="路灯", agency=city.water, keywords="路灯", actor=SYSTEM, now=now
    )
    assert file(city, now).agency == city.water
    city.water.is_active = False
    city.water.save(update_fields=["is_active"])
    assert file(city, now, key="k2").agency == city.account.agency


def test_what_is_due_tomorrow_is_told_in_the_offices_own_days(city: City, now: datetime) -> None:
    file(city, now)  # due in five working days, on Tuesday the 1st at 18:00
    late = datetime(2026, 11, 29, 23, 30, tzinfo=now.tzinfo).astimezone(UTC)
    assert queries.waiting_counts(city.wang, now=late)["soon"] == 0
    assert queries.waiting_counts(city.wang, now=late + timedelta(hours=1))["soon"] == 1
    assert queries.waiting_counts(city.outsider, now=late) == dict.fromkeys(
        ("new", "open", "soon", "overdue", "today"), 0
    )


def test_silence_for_a_week_closes_and_a_complaint_keeps_open(city: City, now: datetime) -> None:
    ticket = answered(city, now)
    assert actions.close_silently_accepted(now=now + timedelta(days=6)) == 0
    assert actions.close_silently_accepted(now=now + timedelta(days=8)) == 1
    ticket.refresh_from_db()
    assert ticket.status == "closed"
    actions.reopen(ticket, "还是不亮，请再看看。", actor=city.xiaolin, now=now + timedelta(days=9))
    assert actions.close_silently_accepted(now=now + timedelta(days=40)) == 0


def test_who_left_is_unlinked_and_the_ticket_stays(city: City, now: datetime) -> None:
    ticket = file(city, now)
    assert actions.unlink_citizen(city.xiaolin.key, now=now) == 1
    ticket.refresh_from_db()
    assert ticket.citizen_id is None
    assert city.xiaolin.key not in ticket.key
    actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, "已经修好，谢谢提醒。", link="http://x", actor=city.wang, now=now)
    assert not Outgoing.objects.exists()
