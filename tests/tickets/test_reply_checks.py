"""An answer is read before it goes: kept with it, held back when it must, let go for a named reason."""

from datetime import datetime

import pytest

from minxin.agencies.models import AuditEntry
from minxin.conversations.models import Outgoing
from minxin.core.errors import Refused
from minxin.text.replies import REASONS
from minxin.tickets import actions, queries
from minxin.tickets.models import ReplyCheck, Ticket
from minxin.tickets.queries.replies import PARTS
from tests.guards.test_catalogue import catalogue
from tests.support.city import City, build_city

LAMP = "东桥路口的路灯坏了三天，我的电话13800138000"
GOOD = "经现场核查，东桥路口路灯因电缆被挖断熄灭，已于11月23日修复。"
PRIVATE = f"{GOOD}已联系您13800138000。"


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def filed(city: City, now: datetime, key: str, text: str = LAMP, place: str = "") -> Ticket:
    return actions.file(
        text=text, citizen=city.xiaolin, account=city.account, source="portal", key=key,
        actor=city.xiaolin, now=now, place=place,
    )  # fmt: skip


def answer(city: City, ticket: Ticket, text: str, now: datetime, override: str = "") -> None:
    if ticket.status == Ticket.Status.SUBMITTED:
        actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, text, link="http://x", actor=city.wang, now=now, override=override)


def test_the_reading_stays_with_the_answer(city: City, now: datetime) -> None:
    ticket = filed(city, now, "k1")
    answer(city, ticket, GOOD, now)
    (check,) = queries.reply_checks(ticket)
    assert (check.score, check.round, check.who, check.override) == (100, 1, "王芳", "")
    assert check.remarks == []
    assert sum(part.of for part in check.parts) == 100


def test_a_private_number_holds_it_back_and_nothing_is_written(city: City, now: datetime) -> None:
    ticket = filed(city, now, "k1")
    sent = Outgoing.objects.count()
    for override in ("", "因为我想"):
        with pytest.raises(Refused, match="13800138000"):
            answer(city, ticket, PRIVATE, now, override=override)
    ticket.refresh_from_db()
    assert ticket.answer == ""
    assert Outgoing.objects.count() == sent
    assert not ReplyCheck.objects.exists()


def test_a_named_reason_lets_it_go_and_is_audited_without_the_number(
    city: City, now: datetime
) -> None:
    ticket = filed(city, now, "k1")
    answer(city, ticket, PRIVATE, now, override="agreed")
    (check,) = queries.reply_checks(ticket)
    assert check.override == "市民要求或同意写明"
    assert check.remarks[0].words == ("138******00",)
    entry = AuditEntry.objects.get(verb="ticket.reply_overridden")
    assert entry.actor_name == "王芳"
    assert entry.reason == "市民要求或同意写明"
    assert "13800138000" not in str(entry.after)


def test_a_reason_without_need_is_not_kept(city: City, now: datetime) -> None:
    ticket = filed(city, now, "k1")
    answer(city, ticket, GOOD, now, override="agreed")
    assert ReplyCheck.objects.get().override == ""
    assert not AuditEntry.objects.filter(verb="ticket.reply_overridden").exists()


def test_another_tickets_number_and_place_are_seen_and_ones_own_are_not(
    city: City, now: datetime
) -> None:
    other = filed(city, now, "k1", "南湖小区停水了，请派人看看", "南湖小区8栋")
    ticket = filed(city, now, "k2", place="东桥路口")
    own = f"{GOOD}（{ticket.number}）"
    assert queries.read_answer(ticket, own, now=now).blocks == ()
    spelled = other.number.lower().replace("-", " ")
    blocks = queries.read_answer(ticket, f"{own}{spelled}，南湖小区8栋", now=now).blocks
    assert {each.kind: each.words for each in blocks} == {
        "another_number": (other.number,),
        "another_place": ("南湖小区8栋",),
    }


def test_what_was_pasted_for_another_request_is_remarked_on(city: City, now: datetime) -> None:
    text = "您反映的情况已交相关科室办理，工作人员将按照工作流程核实处理并做好后续跟踪服务工作。"
    first = filed(city, now, "k1", "南湖小区停水了，请派人看看")
    answer(city, first, text, now)
    second = filed(city, now, "k2")
    assert "template" in {each.kind for each in queries.read_answer(second, text, now=now).findings}
    again = queries.read_answer(first, text, now=now)
    assert "template" not in {each.kind for each in again.findings}


def test_every_remark_and_part_has_its_english() -> None:
    known = catalogue()
    assert [each for each in (*REASONS.values(), *PARTS.values()) if not known.get(each)] == []
