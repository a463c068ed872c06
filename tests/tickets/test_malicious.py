"""Malicious: two people, never of the agency complained about; she is told, appeals once, a third decides."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.rules import Role
from minxin.clock import strikes
from minxin.conversations.models import Outgoing
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import LedgerEntry, MaliciousMark, Ticket, TicketEvent, TicketFacts
from minxin.tickets.queries import figures
from minxin.tickets.rules import ledger
from minxin.tickets.rules.figures import NOT_VALID, Period
from minxin.tickets.rules.malicious import complained_about, is_partial
from tests.support.city import PASSWORD, SETUP, City, build_city

LINK = "http://x/ticket"
WHY = {"reason": "现场核查并无此事，系捏造", "evidence": "现场记录两份，路灯全部正常"}
TOLD = "两次现场核查，路灯一直正常"


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def filed(
    city: City, now: datetime, text: str = "路灯坏了三天没有人修", **fields: object
) -> Ticket:
    made = actions.file(
        text=text, citizen=city.xiaolin, account=city.account, source="portal", key=text,
        actor=city.xiaolin, now=now,
    )  # fmt: skip
    if fields:
        Ticket.objects.filter(pk=made.pk).update(**fields)
        made.refresh_from_db()
    return made


def third(city: City, name: str = "huangwei", role: Role = Role.SUPERVISOR) -> Staff:
    return Staff.objects.filter(username=name).first() or add_staff(
        username=name, name="黄薇", agency=city.root, role=role, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=timezone.now(),
    )  # fmt: skip


def proposed(city: City, now: datetime, **fields: object) -> Ticket:
    ticket = filed(city, now, **fields)
    actions.propose_malicious(ticket, **WHY, actor=city.wang, now=now)
    return ticket


def ended(city: City, now: datetime, **fields: object) -> Ticket:
    third(city)  # who could hear an appeal
    ticket = proposed(city, now, **fields)
    actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=city.zhao, now=now)
    return ticket


def everything() -> list[object]:
    models = (Ticket, TicketEvent, LedgerEntry, MaliciousMark, AuditEntry, Outgoing, StaffNotice)
    return [list(each.objects.order_by("pk").values()) for each in models]


paths = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(
    lambda ids: "/" + "/".join(map(str, ids)) + "/"
)


@given(st.lists(paths, max_size=4), st.lists(paths, max_size=4))
def test_whoever_belongs_below_one_complained_about_is_partial(
    own: list[str], against: list[str]
) -> None:
    expected = any(mine[: len(theirs)] == theirs for mine in own for theirs in against)
    assert is_partial(own, against) is expected


@given(st.sampled_from(["help", "complaint", "report"]), paths, st.lists(paths, max_size=4))
def test_the_root_is_never_complained_about(nature: str, handling: str, others: list[str]) -> None:
    found = complained_about(
        nature, handling, "水务局不作为", [(each, ["水务局"]) for each in others]
    )
    assert all(each.count("/") > 2 for each in found)
    assert {each for each in others if each.count("/") > 2} <= found
    assert (handling in found) is (handling.count("/") > 2 and (nature != "help" or handling in others))  # fmt: skip


def test_a_short_name_is_not_looked_for() -> None:
    assert complained_about("help", "/1/2/", "水务不管", [("/1/3/", ["水务", ""])]) == frozenset()


def test_proposed_nothing_follows_and_who_may_decide_is_told(city: City, now: datetime) -> None:
    office = third(city)
    before = filed(city, now)
    ticket = proposed(city, now)
    row = MaliciousMark.objects.get()
    assert (row.status, row.proposed_by, row.evidence) == ("proposed", city.wang, WHY["evidence"])
    assert WHY["evidence"] not in str(list(AuditEntry.objects.values()))  # it goes with the mark
    assert (ticket.status, ticket.due_at) == (before.status, before.due_at)
    assert queries.ledger_rows(ticket)[-1].kind == "start"
    assert not Outgoing.objects.exists()
    assert not TicketEvent.objects.filter(verb="malicious_proposed", is_public=True).exists()
    told = set(StaffNotice.objects.filter(text__contains="恶意").values_list("staff", flat=True))
    assert told == {city.zhao.pk, office.pk}
    with pytest.raises(AlreadyDone):
        actions.propose_malicious(ticket, **WHY, actor=city.wang, now=now)
    for field in WHY:
        with pytest.raises(Refused) as refusal:
            actions.propose_malicious(ticket, **{**WHY, field: " "}, actor=city.wang, now=now)
        assert refusal.value.field == field


def test_never_the_same_person_and_nobody_without_the_right(city: City, now: datetime) -> None:
    both = third(city, "both", Role.AGENT)
    ticket = filed(city, now)
    from minxin.agencies.actions import grant_role

    grant_role(both, agency=city.root, role=Role.REVIEWER, actor=SETUP, now=now)
    actions.propose_malicious(ticket, **WHY, actor=both, now=now)
    before = everything()
    with pytest.raises(Refused, match="自己"):
        actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=both, now=now)
    with pytest.raises(Refused, match="自己"):
        actions.refuse_malicious(ticket, decision=TOLD, actor=both, now=now)
    for stranger in (city.wang, city.outsider, city.administrator, city.auditor):
        with pytest.raises(NotFound):
            actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=stranger, now=now)
    for stranger in (city.zhao, city.outsider, city.administrator):
        with pytest.raises(NotFound):
            actions.propose_malicious(ticket, **WHY, actor=stranger, now=now)
    assert everything() == before
    row = MaliciousMark.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        MaliciousMark.objects.filter(pk=row.pk).update(decided_by=both)
    for field in ("proposed_by", "decided_by"):
        given_ = {"decided_by": city.zhao, "appeal_decided_by": both if field == "proposed_by" else city.zhao}  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            MaliciousMark.objects.filter(pk=row.pk).update(**given_)


@pytest.mark.parametrize(
    ("text", "nature"),
    [("公安局的人态度恶劣，一直不处理", "complaint"), ("云溪市公安局门口的路灯坏了三天", "help")],
)
def test_nobody_of_the_agency_complained_about(
    text: str, nature: str, city: City, now: datetime
) -> None:
    office = third(city)
    third(city, "hearer")
    ticket = proposed(city, now, text=text, nature=nature)
    assert not StaffNotice.objects.filter(staff=city.zhao, text__contains="恶意").exists()
    with pytest.raises(Refused, match="所在的单位"):
        actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=city.zhao, now=now)
    actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=office, now=now)
    assert Ticket.objects.get().status == "ended"


def test_refused_it_goes_on_and_she_hears_nothing(city: City, now: datetime) -> None:
    ticket = proposed(city, now)
    actions.refuse_malicious(ticket, decision="只是说法激烈", actor=city.zhao, now=now)
    fresh = Ticket.objects.get()
    assert (fresh.status, MaliciousMark.objects.get().status) == ("submitted", "refused")
    assert not Outgoing.objects.exists()
    assert StaffNotice.objects.filter(staff=city.wang, text__contains="没有认定").exists()
    with pytest.raises(Refused, match="提出过一次"):
        actions.propose_malicious(ticket, **WHY, actor=city.wang, now=now)
    with pytest.raises(Refused, match="刷新"):
        actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=city.zhao, now=now)


def test_confirmed_it_ends_and_she_is_told_what_it_means(city: City, now: datetime) -> None:
    ticket = ended(city, now)
    other = filed(city, now, "垃圾没有人收，三天了")
    row = MaliciousMark.objects.get()
    assert (row.status, row.stood, row.decided_by) == ("holds", "submitted", city.zhao)
    assert row.appeal_by == now + timedelta(days=15)
    assert row.expires_at == now + timedelta(days=180)
    sent = str(Outgoing.objects.get().content)
    for said in (ticket.number, TOLD, "申诉", "其他诉求照常", LINK):
        assert said in sent
    assert WHY["evidence"] not in sent
    assert LedgerEntry.objects.filter(ticket=ticket).latest("pk").kind == "end"
    assert queries.deadline_of(ticket, now=now).words == "已终止"
    assert "申诉" in queries.why_not_reopened(ticket, now=now)
    assert queries.marks_of(ticket) == ["恶意"]
    assert list(queries.marked(Ticket.objects.all(), "malicious")) == [ticket]
    assert other.status == "submitted"  # nothing of hers is touched
    entry = AuditEntry.objects.get(verb="ticket.ended")
    assert (entry.reason, entry.after["status"]) == (TOLD, "ended")
    with pytest.raises(Refused, match="已终止"):
        actions.answer(ticket, "已经修好。", link=LINK, actor=city.wang, now=now)


def test_an_anonymous_citizens_chat_says_nothing(city: City, now: datetime) -> None:
    ticket = ended(city, now, is_anonymous=True)
    sent = str(Outgoing.objects.get().content)
    assert ticket.number not in sent
    assert TOLD not in sent
    actions.appeal_malicious(ticket, "我说的是事实", actor=city.xiaolin, now=now)
    assert AuditEntry.objects.get(verb="ticket.appealed").actor_id == ""


def test_days_are_the_agencys_and_what_was_told_stays(city: City, now: datetime) -> None:
    for values in ({"appeal_days": 6}, {"malicious_days": 731}):
        with pytest.raises(Refused) as refusal:
            actions.keep_policy(city.root, values, actor=city.administrator, now=now)
        assert refusal.value.field == next(iter(values))
    days = {"appeal_days": 10, "malicious_days": 60}
    actions.keep_policy(city.root, days, actor=city.administrator, now=now)
    ended(city, now)
    actions.keep_policy(city.root, dict.fromkeys(days, 30), actor=city.administrator, now=now)
    row = MaliciousMark.objects.get()
    assert row.appeal_by == now + timedelta(days=10)
    assert row.expires_at == now + timedelta(days=60)


@pytest.mark.parametrize("stood", ["submitted", "accepted", "signed", "reopened"])
def test_upheld_it_goes_on_where_it_stood(stood: str, city: City, now: datetime) -> None:
    ticket = filed(city, now)
    if stood != "submitted":
        actions.accept(ticket, actor=city.wang, now=now)
    if stood == "signed":
        actions.sign(ticket, actor=city.wang, now=now)
    if stood == "reopened":
        actions.answer(ticket, "路灯已经修好。", link=LINK, actor=city.wang, now=now)
        actions.reopen(ticket, "还是不亮，请再看看。", actor=city.xiaolin, now=now)
    promised, due = ticket.promised_at, ticket.due_at
    office = third(city)
    actions.propose_malicious(ticket, **WHY, actor=city.wang, now=now)
    actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=city.zhao, now=now)
    later = now + timedelta(days=4)
    with pytest.raises(Refused, match="为什么"):
        actions.appeal_malicious(ticket, " ", actor=city.xiaolin, now=later)
    with pytest.raises(Refused, match="1000"):
        actions.appeal_malicious(ticket, "字" * 1001, actor=city.xiaolin, now=later)
    with pytest.raises(NotFound):
        actions.appeal_malicious(ticket, "我说的是事实", actor=city.wang, now=later)
    actions.appeal_malicious(ticket, "我说的是事实，请再去看", actor=city.xiaolin, now=later)
    with pytest.raises(Refused, match="一次"):
        actions.appeal_malicious(ticket, "我再说一遍事实", actor=city.xiaolin, now=later)
    for part in (city.zhao, city.wang):
        with pytest.raises((Refused, NotFound)):
            actions.uphold_appeal(ticket, decision="核实属实", link=LINK, actor=part, now=later)
    actions.uphold_appeal(ticket, decision="核实属实", link=LINK, actor=office, now=later)
    fresh = Ticket.objects.get()
    assert (fresh.status, fresh.promised_at) == (stood, promised)
    assert fresh.due_at == due + timedelta(days=4)
    rows = queries.ledger_rows(fresh)
    assert (ledger.signed_at(rows) is not None) is (stood == "signed")
    assert fresh.escalate_at is not None or not queries.rungs()
    row = MaliciousMark.objects.get()
    assert (row.status, row.outcome, row.appeal_decided_by) == ("lifted", "upheld", office)
    assert queries.marks_of(fresh) == []
    assert "核实属实" in str(Outgoing.objects.latest("pk").content)
    with pytest.raises(Refused, match="成立"):
        actions.propose_malicious(fresh, **WHY, actor=city.wang, now=later)
    with pytest.raises(Refused):
        actions.refuse_appeal(fresh, decision="不成立的理由", link=LINK, actor=office, now=later)


def test_refused_she_reads_why_and_too_late_is_too_late(city: City, now: datetime) -> None:
    ticket = ended(city, now)
    with pytest.raises(Refused, match="期限"):
        actions.appeal_malicious(
            ticket, "我说的是事实", actor=city.xiaolin, now=now + timedelta(days=15, seconds=1)
        )
    actions.appeal_malicious(
        ticket, "我说的是事实", actor=city.xiaolin, now=now + timedelta(days=15)
    )
    office = third(city)
    actions.refuse_appeal(
        ticket, decision="复核后事实不变", link=LINK, actor=office, now=now + timedelta(days=16)
    )
    assert Ticket.objects.get().status == "ended"
    assert "复核后事实不变" in str(Outgoing.objects.latest("pk").content)
    assert not queries.can_appeal(ticket, now=now)


def test_nothing_is_called_malicious_that_could_not_be_appealed(city: City, now: datetime) -> None:
    ticket = proposed(city, now)
    before = everything()
    with pytest.raises(Refused, match="第三名"):
        actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=city.zhao, now=now)
    assert everything() == before
    office = third(city)
    Ticket.objects.update(citizen=None)
    with pytest.raises(Refused, match="没有可以通知"):
        actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=city.zhao, now=now)
    Ticket.objects.update(citizen=city.xiaolin, text="云溪市公安局门口的路灯坏了三天")
    with pytest.raises(Refused, match="第三名"):  # 赵明 is of the agency it names
        actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=office, now=now)
    Ticket.objects.update(text="路灯坏了三天")
    actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=office, now=now)
    assert Ticket.objects.get().status == "ended"


def test_all_deciders_are_found_with_as_many_queries_as_one(
    city: City, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ticket = proposed(city, now)
    for number in range(4):
        third(city, f"office{number}")
    with django_assert_num_queries(3):
        assert len(queries.impartial_deciders(ticket, besides=(city.wang.pk, None))) == 5


def test_an_appeal_that_nobody_hears_does_not_keep_the_mark(city: City, now: datetime) -> None:
    ticket = ended(city, now)
    actions.appeal_malicious(ticket, "我说的是事实", actor=city.xiaolin, now=now)
    later = now + timedelta(days=181)
    for _ in range(2):
        strikes.expire_malicious_marks(later)
    assert MaliciousMark.objects.get().status == "expired"
    (told,) = Outgoing.objects.filter(key__contains="mark-expired")
    assert (told.citizen, "还没有决定" in str(told.content)) == (city.xiaolin, True)
    assert not queries.malicious_to_decide(third(city)).exists()
    with pytest.raises(Refused, match="没有等待决定"):
        actions.uphold_appeal(ticket, decision="核实属实", link=LINK, actor=third(city), now=later)


def test_a_mark_expires_on_its_day(city: City, now: datetime) -> None:
    ticket = ended(city, now)
    later = now + timedelta(days=181)
    actions.appeal_malicious(ticket, "我说的是事实", actor=city.xiaolin, now=now)
    office = third(city)
    actions.refuse_appeal(ticket, decision="复核后事实不变", link=LINK, actor=office, now=now)
    strikes.expire_malicious_marks(later - timedelta(days=2))
    assert MaliciousMark.objects.get().status == "holds"
    strikes.expire_malicious_marks(later)
    strikes.expire_malicious_marks(later)  # twice does no harm
    assert MaliciousMark.objects.get().status == "expired"
    assert AuditEntry.objects.filter(verb="ticket.mark_expired").count() == 1
    assert not Outgoing.objects.filter(key__contains="mark-expired").exists()  # she knows
    fresh = Ticket.objects.get()
    assert (fresh.status, queries.marks_of(fresh)) == ("ended", [])


def test_what_goes_on_before_anybody_decided_lapses(city: City, now: datetime) -> None:
    ticket = proposed(city, now)
    actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, "路灯已经修好。", link=LINK, actor=city.wang, now=now)
    assert MaliciousMark.objects.get().status == "lapsed"
    assert StaffNotice.objects.filter(staff=city.wang, text__contains="失效").exists()
    with pytest.raises(Refused):
        actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=city.zhao, now=now)


def test_merged_ones_are_taken_apart_first(city: City, now: datetime) -> None:
    ticket, lead = proposed(city, now), filed(city, now, "东桥路的路灯也坏了")
    actions.merge(ticket, lead, reason="同一处路灯", actor=city.wang, now=now)
    with pytest.raises(Refused, match="合并"):
        actions.confirm_malicious(ticket, decision=TOLD, link=LINK, actor=city.zhao, now=now)
    with pytest.raises(Refused, match="合并"):
        actions.propose_malicious(lead, **WHY, actor=city.wang, now=now)


def test_shown_on_her_other_tickets_to_who_may_decide_and_never_of_a_hidden_one(
    city: City, now: datetime
) -> None:
    ticket = ended(city, now)
    other = filed(city, now, "垃圾没有人收，三天了")
    assert [each.ticket for each in queries.marks_elsewhere(other, city.zhao)] == [ticket]
    assert not queries.marks_elsewhere(ticket, city.zhao).exists()
    for stranger in (city.wang, city.outsider, city.administrator):
        assert not queries.marks_elsewhere(other, stranger).exists()
    for hidden in ("is_anonymous", "is_confidential"):
        for each in (ticket, other):
            Ticket.objects.filter(pk=each.pk).update(**{hidden: True})
            other.refresh_from_db()
            assert not queries.marks_elsewhere(other, city.zhao).exists()
            Ticket.objects.filter(pk=each.pk).update(**{hidden: False})
    other.refresh_from_db()
    MaliciousMark.objects.update(status="expired")
    assert not queries.marks_elsewhere(other, city.zhao).exists()


def test_it_is_left_out_of_the_figures_until_an_appeal_is_upheld(city: City, now: datetime) -> None:
    assert "ended" in NOT_VALID
    ticket = ended(city, now)
    filed(city, now, "垃圾没有人收，三天了")
    today = timezone.localtime(now).date()

    def counted() -> tuple[int, int, int]:
        actions.check_facts()
        told = figures.count(
            TicketFacts.objects.all(), Period(today, today), figures.terms(now)
        )[None]  # fmt: skip
        return told["received"].whole, told["valid"].whole, told["answer"].whole

    assert counted() == (2, 1, 1)
    actions.appeal_malicious(ticket, "我说的是事实", actor=city.xiaolin, now=now)
    actions.uphold_appeal(ticket, decision="核实属实", link=LINK, actor=third(city), now=now)
    assert counted() == (2, 2, 2)


def test_a_report_of_wrongdoing_takes_the_marks_words_with_it(city: City, now: datetime) -> None:
    ticket = ended(city, now)
    actions.set_apart(ticket, reason="属于专人登记", actor=city.wang, now=now)
    assert not MaliciousMark.objects.exists()
