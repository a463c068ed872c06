"""A reply read by another person first: who may, what an edit voids, what the citizen learns of it."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.actions import grant_role
from minxin.agencies.models import AuditEntry, StaffNotice
from minxin.agencies.rules import Role
from minxin.conversations.models import Outgoing
from minxin.core.actors import System
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import HandlingPolicy, ReplyCheck, ReplyDraft, Ticket
from minxin.tickets.rules.policies import DEFAULTS, policy
from tests.support.city import SETUP, City, build_city

TEXT = "经现场核查，东桥路口路灯因电缆被挖断熄灭，已于11月23日修复。"
LINK = "http://x"


@pytest.fixture
def city(db: None, now: datetime) -> City:
    made = build_city(now)
    actions.keep_policy(made.police, {"needs_review": True}, actor=SETUP, now=now)
    return made


def filed(city: City, now: datetime, key: str = "k1") -> Ticket:
    ticket = actions.file(
        text="东桥路口的路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account,
        source="portal", key=key, actor=city.xiaolin, now=now,
    )  # fmt: skip
    actions.accept(ticket, actor=city.wang, now=now)
    return ticket


def submitted(city: City, now: datetime, text: str = TEXT) -> tuple[Ticket, ReplyDraft]:
    ticket = filed(city, now)
    assert actions.reply(ticket, text, link=LINK, actor=city.wang, now=now) is False
    row = queries.waiting_draft(ticket)
    assert row is not None
    return ticket, row


def test_it_goes_when_another_person_passed_it(city: City, now: datetime) -> None:
    ticket, row = submitted(city, now)
    assert ticket.status == "reviewing"
    assert not Outgoing.objects.exists()
    assert [each.text for each in StaffNotice.objects.filter(staff=city.zhao)] == [
        f"工单 {ticket.number} 的答复等待审核"
    ]
    later = now + timedelta(hours=3)
    actions.pass_reply(ticket, sha256=row.sha256, link=LINK, actor=city.zhao, now=later)
    assert (ticket.status, ticket.answer, ticket.answered_at) == ("answered", TEXT, later)
    assert TEXT in Outgoing.objects.get().content["head"]
    assert ReplyCheck.objects.get().staff == city.wang  # who wrote it, not who let it go
    assert {"ticket.reply_passed", "ticket.answered"} <= set(
        AuditEntry.objects.filter(actor_name="赵明").values_list("verb", flat=True)
    )
    rows = queries.ledger_rows(ticket)
    assert [str(each.kind) for each in rows] == ["start", "sign", "end"]
    assert rows[-1].at == later  # the clock ran while it waited


def test_nobody_reviews_her_own_reply(city: City, now: datetime) -> None:
    grant_role(city.wang, agency=city.police, role=Role.REVIEWER, actor=SETUP, now=now)
    ticket, row = submitted(city, now)
    for act in (
        lambda: actions.pass_reply(ticket, sha256=row.sha256, link=LINK, actor=city.wang, now=now),
        lambda: actions.send_back(
            ticket, sha256=row.sha256, reason="没有写明", actor=city.wang, now=now
        ),
    ):
        with pytest.raises(Refused, match="自己"):
            act()
    assert queries.replies_to_review(city.wang).count() == 0
    assert queries.replies_to_review(city.zhao).count() == 1
    row.decided_by = city.wang
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    assert Ticket.objects.get().status == "reviewing"


def test_an_edit_voids_what_was_submitted(city: City, now: datetime) -> None:
    ticket, seen = submitted(city, now)
    with pytest.raises(AlreadyDone):
        actions.submit_reply(ticket, f" {TEXT} ", actor=city.wang, now=now)
    actions.submit_reply(ticket, f"{TEXT}谢谢您。", actor=city.wang, now=now)
    for act in (
        lambda: actions.pass_reply(ticket, sha256=seen.sha256, link=LINK, actor=city.zhao, now=now),
        lambda: actions.send_back(
            ticket, sha256=seen.sha256, reason="没有写明", actor=city.zhao, now=now
        ),
    ):
        with pytest.raises(Refused, match="修改"):
            act()
    assert sorted(ReplyDraft.objects.values_list("status", flat=True)) == ["void", "waiting"]
    assert not Outgoing.objects.exists()


def test_sent_back_with_a_reason_its_author_reads(city: City, now: datetime) -> None:
    ticket, row = submitted(city, now)
    with pytest.raises(Refused) as refusal:
        actions.send_back(ticket, sha256=row.sha256, reason=" ", actor=city.zhao, now=now)
    assert refusal.value.field == "reason"
    actions.send_back(
        ticket, sha256=row.sha256, reason="没有写明修复的时间", actor=city.zhao, now=now
    )
    assert ticket.status == "signed"
    assert StaffNotice.objects.filter(staff=city.wang, text__contains="退回修改").exists()
    unsent = queries.draft_to_edit(ticket)
    assert unsent is not None
    assert (unsent.text, unsent.reason) == (TEXT, "没有写明修复的时间")


def test_the_citizen_sees_nothing_of_it(city: City, now: datetime) -> None:
    ticket, row = submitted(city, now)
    actions.send_back(ticket, sha256=row.sha256, reason="理由保密内容", actor=city.zhao, now=now)
    actions.submit_reply(ticket, TEXT, actor=city.wang, now=now)
    assert queries.shown_status_label(ticket) == "已签收"
    told = queries.steps(ticket, is_public_only=True)
    assert [each.verb for each in told] == ["signed", "accepted", "filed"]
    assert not any(each.text for each in told)


def test_the_one_step_stays_where_review_is_off_and_is_refused_where_it_is_on(
    city: City, now: datetime
) -> None:
    ticket = filed(city, now)
    with pytest.raises(Refused, match="送审"):
        actions.answer(ticket, TEXT, link=LINK, actor=city.wang, now=now)
    actions.keep_policy(city.police, {"needs_review": False}, actor=SETUP, now=now)
    assert actions.reply(ticket, TEXT, link=LINK, actor=city.wang, now=now) is True
    assert ticket.status == "answered"


def test_what_another_system_answered_was_decided_there(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    actions.answer(ticket, TEXT, link=LINK, actor=System("exchange"), now=now)
    assert ticket.status == "answered"


def test_it_is_void_when_the_ticket_goes_on_without_it(city: City, now: datetime) -> None:
    ticket, _row = submitted(city, now)
    actions.withdraw(ticket, "", actor=city.xiaolin, now=now)
    assert ReplyDraft.objects.get().status == "void"
    assert ticket.status == "withdrawn"


def test_a_held_reply_needs_its_reason_when_it_is_handed_in(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    private = f"{TEXT}已联系您13800138000。"
    with pytest.raises(Refused, match="13800138000"):
        actions.submit_reply(ticket, private, actor=city.wang, now=now)
    row = actions.submit_reply(ticket, private, actor=city.wang, now=now, override="agreed")
    actions.pass_reply(ticket, sha256=row.sha256, link=LINK, actor=city.zhao, now=now)
    assert AuditEntry.objects.get(verb="ticket.reply_overridden").actor_name == "赵明"
    assert ReplyCheck.objects.get().override == "agreed"


def test_merged_tickets_follow_a_passed_reply(city: City, now: datetime) -> None:
    from minxin.tickets.actions.spreading import Pages, spread

    lead = filed(city, now, "lead")
    other = filed(city, now, "other")
    actions.merge(other, lead, reason="同一处路灯", actor=city.wang, now=now)
    with pytest.raises(Refused, match="并入"):
        actions.submit_reply(other, TEXT, actor=city.wang, now=now)
    row = actions.submit_reply(lead, TEXT, actor=city.wang, now=now)
    pages = Pages(own=lambda _t: LINK, followed=lambda _t: LINK)
    spread(pages, now=now + timedelta(minutes=1))
    other.refresh_from_db()
    assert other.status == "accepted"
    actions.pass_reply(lead, sha256=row.sha256, link=LINK, actor=city.zhao, now=now)
    spread(pages, now=now + timedelta(minutes=2))
    other.refresh_from_db()
    assert (other.status, other.answer) == ("answered", TEXT)


def test_who_may_not_learns_and_changes_nothing(city: City, now: datetime) -> None:
    ticket, row = submitted(city, now)
    before = list(Ticket.objects.values()), list(ReplyDraft.objects.values())
    for stranger in (city.outsider, city.wang, city.operator, city.administrator):
        if stranger is not city.wang:
            with pytest.raises(NotFound):
                actions.take_back_reply(ticket, actor=stranger, now=now)
        with pytest.raises(NotFound):
            actions.pass_reply(ticket, sha256=row.sha256, link=LINK, actor=stranger, now=now)
        assert not queries.replies_in_review(stranger).exists()
    assert (list(Ticket.objects.values()), list(ReplyDraft.objects.values())) == before


def test_review_is_not_switched_on_where_nobody_may_review(city: City, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        actions.keep_policy(city.water, {"needs_review": True}, actor=SETUP, now=now)
    assert refusal.value.field == "needs_review"
    with pytest.raises(NotFound):
        actions.keep_policy(city.police, {"needs_review": False}, actor=city.wang, now=now)
    assert HandlingPolicy.objects.count() == 1


def test_a_rule_holds_below_at_once_and_is_audited(city: City, now: datetime) -> None:
    assert queries.policy_of(city.station).needs_review
    assert not queries.policy_of(city.water).needs_review
    actions.keep_policy(city.station, {"needs_review": False}, actor=city.administrator, now=now)
    assert not queries.policy_of(city.station).needs_review
    (shown,) = [each for each in queries.settings_of(city.station) if each.name == "needs_review"]
    assert (shown.own, shown.inherited, shown.source) == (False, True, city.police)
    entry = AuditEntry.objects.filter(verb="policy.kept").latest("pk")
    assert (entry.before, entry.after) == ({"needs_review": None}, {"needs_review": False})
    actions.keep_policy(city.station, {"needs_review": False}, actor=city.administrator, now=now)
    assert AuditEntry.objects.filter(verb="policy.kept").count() == 2


paths = st.lists(st.integers(1, 4), min_size=1, max_size=5).map(
    lambda ids: "/" + "/".join(map(str, ids)) + "/"
)
choices = st.sampled_from([None, True, False])


@given(st.dictionaries(paths, choices), paths)
def test_the_nearest_decision_holds(decided: dict[str, bool | None], path: str) -> None:
    rows = [(where, {"needs_review": value}) for where, value in decided.items()]
    ids = path.strip("/").split("/")
    expected = DEFAULTS.needs_review
    for depth in range(len(ids), 0, -1):
        value = decided.get("/" + "/".join(ids[:depth]) + "/")
        if value is not None:
            expected = value
            break
    assert policy(rows, path).needs_review is expected


def test_a_confidential_reply_is_reviewed_by_whom_the_ticket_is_open_to(
    city: City, now: datetime
) -> None:
    ticket, _row = submitted(city, now)
    Ticket.objects.update(is_confidential=True, agency=city.station)
    assert not queries.replies_in_review(city.zhao).exists()
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert queries.reviewers_of(fresh, besides=city.wang) == []
