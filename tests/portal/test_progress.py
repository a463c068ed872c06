"""Progress like a parcel's, supplements, more time to answer, ratings with reasons."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from minxin.agencies.models import AuditEntry, StaffNotice
from minxin.conversations.models import Outgoing
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.tickets import actions
from minxin.tickets.models import Rating, Ticket
from minxin.tickets.rules import MOST_SUPPLEMENTS, TRANSITIONS
from minxin.tickets.rules.progress import Stage, is_reached, stage_of
from minxin.tickets.rules.states import STOOD
from tests.portal.conftest import Browser
from tests.portal.test_pictures import desk, uploaded
from tests.portal.test_tickets import answered, filed, text_of
from tests.support.city import City

STATES = {state for sources, _ in TRANSITIONS.values() for state in sources} | {
    after for _, after in TRANSITIONS.values() if after and after != STOOD
}


@pytest.mark.parametrize("state", sorted(STATES))
def test_every_state_has_its_stage_and_no_later_one_is_reached(state: str) -> None:
    here = stage_of(state)
    reached = [each for each in Stage if is_reached(state, each)]
    if state in {"withdrawn", "declined", "ended"}:
        assert here is None
        assert reached == []
    else:
        assert here is not None
        assert reached == [each for each in Stage if each <= here][: len(reached)]
        assert len(reached) >= here


@pytest.mark.parametrize("state", sorted(STATES))
def test_every_state_tells_what_is_now(xiaolin: Browser, state: str) -> None:
    ticket = filed(xiaolin)
    Ticket.objects.update(status=state, answered_at=timezone.now())
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "到哪一步了" in page
    told = page.partition("<dt>现在</dt>")[2].partition("</dd>")[0]
    assert len(told.strip()) > len("<dd></dd>") + 2


def stopped(city: City, ticket: Ticket, now: datetime, reason: str = "citizen") -> None:
    if ticket.status == "submitted":
        actions.accept(ticket, actor=city.wang, now=now)
    actions.stop_clock(
        ticket,
        stop_reason=reason,
        reason="请补充灯杆编号",
        legal_basis="",
        actor=city.wang,
        now=now,
    )


def test_she_is_asked_answers_with_a_picture_and_the_clock_runs_again(
    xiaolin: Browser, city: City
) -> None:
    ticket = filed(xiaolin)
    stopped(city, ticket, timezone.now())
    asked = Outgoing.objects.latest("pk")
    assert "请补充灯杆编号" in str(asked.content)
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "需要您补充" in page
    assert "请补充灯杆编号" in page
    form = text_of(xiaolin.read(f"tickets/{ticket.number}/supplement"))
    assert "请在" in form
    assert "延长补充时间" in form
    told = StaffNotice.objects.filter(staff=city.wang).count()
    code = uploaded(xiaolin)
    sent = xiaolin.send(
        f"tickets/{ticket.number}/supplement", text="灯杆编号是 12 号", pictures=code
    )
    assert sent.status_code == 302
    ticket.refresh_from_db()
    assert (ticket.stopped_at, ticket.supplement_by) == (None, None)
    assert [each.kind for each in ticket.ledger.order_by("id")][-2:] == ["stop", "resume"]
    step = ticket.events.get(verb="supplemented")
    assert (step.text, step.attachments.get().code) == ("灯杆编号是 12 号", code)
    assert StaffNotice.objects.filter(staff=city.wang).count() == told + 1
    assert "灯杆编号是 12 号" in text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert (
        "灯杆编号是 12 号"
        in desk(city.wang).get(f"/console/tickets/{ticket.number}/").content.decode()
    )
    assert AuditEntry.objects.filter(verb="ticket.supplemented").count() == 1


def test_waiting_for_another_agency_asks_nothing_of_her(xiaolin: Browser, city: City) -> None:
    ticket = filed(xiaolin)
    before = Outgoing.objects.count()
    stopped(city, ticket, timezone.now(), "agency")
    assert Outgoing.objects.count() == before
    assert ticket.supplement_by is None
    xiaolin.send(f"tickets/{ticket.number}/supplement", text="我再说一句：晚上更暗")
    ticket.refresh_from_db()
    assert ticket.stopped_at is not None  # what it waits for has not come
    late = xiaolin.send(f"tickets/{ticket.number}/more-time")
    assert late.status_code == 302
    assert not ticket.events.filter(verb="time_asked").exists()


def test_more_time_once(city: City, xiaolin: Browser) -> None:
    ticket = filed(xiaolin)
    stopped(city, ticket, timezone.now())
    first = ticket.supplement_by
    assert first
    xiaolin.send(f"tickets/{ticket.number}/more-time", reason="在外地")
    ticket.refresh_from_db()
    assert ticket.supplement_by
    assert ticket.supplement_by >= first + timedelta(days=5)
    assert ticket.has_more_time
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/supplement"))
    assert "已经延长过一次" in page
    again = ticket.supplement_by
    xiaolin.send(f"tickets/{ticket.number}/more-time", reason="还在外地")
    ticket.refresh_from_db()
    assert ticket.supplement_by == again
    assert ticket.events.filter(verb="time_asked").count() == 1


def test_when_her_time_is_over_the_clock_runs_again_once(xiaolin: Browser, city: City) -> None:
    ticket, now = filed(xiaolin), timezone.now()
    stopped(city, ticket, now)
    assert ticket.supplement_by
    assert actions.resume_unanswered(now=ticket.supplement_by) == 0
    later = ticket.supplement_by + timedelta(minutes=1)
    due = ticket.due_at
    assert actions.resume_unanswered(now=later) == 1
    assert actions.resume_unanswered(now=later) == 0
    ticket.refresh_from_db()
    assert ticket.stopped_at is None
    assert ticket.due_at - due == later - now
    assert "没有收到补充" in ticket.ledger.latest("id").reason
    actions.supplement(ticket, "现在补充还来得及", actor=city.xiaolin, now=later)


def test_supplements_have_limits_and_the_same_words_are_one(city: City, xiaolin: Browser) -> None:
    ticket, now = filed(xiaolin), timezone.now()
    path = f"tickets/{ticket.number}/supplement"
    assert xiaolin.send(path, text=" ").status_code == 422
    long = xiaolin.send(path, text="长" * 2001)
    assert long.status_code == 422
    assert "长" * 2001 in text_of(long)  # nothing typed is lost
    assert xiaolin.send(path, text="灯杆 12 号").status_code == 302
    assert xiaolin.send(path, text="灯杆 12 号").status_code == 302
    assert ticket.events.filter(verb="supplemented").count() == 1
    with pytest.raises(AlreadyDone):
        actions.supplement(ticket, "灯杆 12 号", actor=city.xiaolin, now=now)
    for number in range(MOST_SUPPLEMENTS - 1):
        actions.supplement(ticket, f"第 {number} 次", actor=city.xiaolin, now=now)
    with pytest.raises(Refused, match="人工"):
        actions.supplement(ticket, "再说一次", actor=city.xiaolin, now=now)
    answered(city, ticket)
    assert "不能再补充" in text_of(xiaolin.read(path))
    assert xiaolin.send(path, text="迟了").status_code == 422


def test_only_she_adds_and_only_she_asks_for_time(
    xiaolin: Browser, stranger: Browser, city: City
) -> None:
    ticket = filed(xiaolin)
    stopped(city, ticket, timezone.now())
    stranger.read("tickets/")
    for path in ("supplement", "more-time"):
        assert stranger.send(f"tickets/{ticket.number}/{path}", text="别人").status_code == 404
    for actor in (city.wang, city.outsider):
        with pytest.raises(NotFound):
            actions.supplement(ticket, "冒充", actor=actor, now=timezone.now())  # type: ignore[arg-type]
    assert not ticket.events.filter(verb__in=["supplemented", "time_asked"]).exists()


def test_a_rating_has_reasons_in_the_words_of_the_standard(xiaolin: Browser, city: City) -> None:
    ticket = filed(xiaolin)
    answered(city, ticket)
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/rate"))
    assert "办事效率" in page
    xiaolin.post(
        f"/m/{ticket.account.app_id}/tickets/{ticket.number}/rate",
        {"level": "satisfied", "reasons": ["attitude", "efficiency", "bribe"]},
    )
    rating = Rating.objects.get()
    assert rating.reasons == ["efficiency", "attitude"]
    assert "（办事效率、服务态度）" in text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert (
        "办事效率、服务态度"
        in desk(city.wang).get(f"/console/tickets/{ticket.number}/").content.decode()
    )


def test_an_anonymous_citizens_supplement_names_her_nowhere(xiaolin: Browser, city: City) -> None:
    ticket = filed(xiaolin, is_anonymous="on")
    stopped(city, ticket, timezone.now())
    xiaolin.send(f"tickets/{ticket.number}/supplement", text="灯杆 12 号")
    entry = AuditEntry.objects.get(verb="ticket.supplemented")
    assert city.xiaolin.key not in (entry.actor_id, entry.actor_name)
    assert "灯杆" not in str(Outgoing.objects.latest("pk").content)
