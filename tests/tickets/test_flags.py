"""What is special about a ticket: set and lifted by who may; a confidential one is in no other read."""

import ast
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.rules import Permission, Role
from minxin.conversations.models import Message, Outgoing
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.tickets import actions, indexing, queries
from minxin.tickets.models import ConfidentialReader, Flagging, Follower, ReplyCheck, Ticket
from minxin.tickets.queries import neighbours
from tests.support.city import PASSWORD, SETUP, City, build_city

TEXT = "东桥路和建设街交叉口的路灯坏了三天没有人修，晚上过马路很危险。"
WHY = "涉及市民个人隐私"


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def filed(city: City, now: datetime, key: str = "one", **fields: object) -> Ticket:
    made = actions.file(
        text=TEXT, place="东桥路", citizen=city.xiaolin, account=city.account, source="portal",
        key=key, actor=city.xiaolin, now=now,
    )  # fmt: skip
    Ticket.objects.filter(pk=made.pk).update(**fields)
    made.refresh_from_db()
    return made


def person(city: City, name: str, role: Role, where: str, now: datetime) -> Staff:
    return add_staff(
        username=name, name=name, agency=getattr(city, where), role=role, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


def test_urgent_is_set_once_and_lifted_with_reasons(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    with pytest.raises(Refused, match="理由"):
        actions.flag(ticket, "urgent", reason=" ", actor=city.wang, now=now)
    actions.flag(ticket, "urgent", reason="路口无灯，危险", actor=city.wang, now=now)
    assert Ticket.objects.get().is_urgent
    assert queries.marks_of(ticket) == ["紧急"]
    with pytest.raises(AlreadyDone):
        actions.flag(ticket, "urgent", reason="路口无灯，危险", actor=city.wang, now=now)
    actions.lift_flag(ticket, "urgent", reason="已临时照明", actor=city.wang, now=now)
    row = Flagging.objects.get()
    assert (row.set_by, row.lifted_by, row.lift_reason) == (city.wang, city.wang, "已临时照明")
    assert not Ticket.objects.get().is_urgent
    verbs = AuditEntry.objects.filter(verb__contains="flagged").order_by("pk")
    assert [each.verb for each in verbs] == ["ticket.flagged", "ticket.unflagged"]
    assert not ticket.events.filter(verb="flagged", is_public=True).exists()


def test_supervision_is_not_the_handling_units_own(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    office = person(city, "huang", Role.SUPERVISOR, "root", now)
    words = {"reason": "媒体关注", "document": "云府督〔2026〕3号"}
    for stranger in (city.wang, city.outsider, city.administrator):
        with pytest.raises(NotFound):
            actions.flag(ticket, "supervised", level=1, **words, actor=stranger, now=now)
    for level in (0, 4):
        with pytest.raises(Refused) as refusal:
            actions.flag(ticket, "supervised", level=level, **words, actor=office, now=now)
        assert refusal.value.field == "level"
    actions.flag(ticket, "supervised", level=1, **words, actor=office, now=now)
    actions.flag(ticket, "supervised", level=3, **words, actor=office, now=now)
    assert queries.marks_of(Ticket.objects.get()) == ["挂牌督办"]
    rows = Flagging.objects.order_by("pk")
    assert [(row.level, row.lifted_at is None) for row in rows] == [(1, False), (3, True)]
    with pytest.raises(NotFound):
        actions.lift_flag(ticket, "supervised", reason="已经办好", actor=city.wang, now=now)
    assert StaffNotice.objects.filter(staff=city.wang, text__contains="督办，理由见工单").exists()


def test_a_confidential_ticket_is_in_nobody_elses_reads(
    city: City, now: datetime, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MINXIN_HOME = tmp_path
    ticket, other = filed(city, now), filed(city, now, "two")
    above = person(city, "above", Role.AGENT, "root", now)
    office = person(city, "office", Role.SUPERVISOR, "root", now)
    assert indexing.keep_index(now=now + timedelta(minutes=1))
    assert [each.ticket for each in neighbours.neighbours_of(other, above)] == [ticket]
    ReplyCheck.objects.create(ticket=ticket, round=0, at=now, score=1)
    actions.flag(ticket, "confidential", reason=WHY, actor=city.wang, now=now)
    for stranger in (above, office):
        assert not queries.tickets_visible_to(stranger).filter(pk=ticket.pk).exists()
        assert not ReplyCheck.objects.visible_to(stranger, Permission.READ_TICKETS).exists()
        with pytest.raises(NotFound):
            queries.ticket_for(stranger, ticket.number)
    assert neighbours.neighbours_of(other, above) == []
    assert queries.waiting_counts(above, now=now)["open"] == 1
    Ticket.objects.filter(pk=ticket.pk).update(status="accepted")
    for act in (
        lambda: actions.answer(ticket, "已经修好了。", link="x", actor=above, now=now),
        lambda: actions.note(ticket, "已联系", actor=above, now=now),
        lambda: actions.note_reading(ticket, actor=above, now=now),
        lambda: actions.classify(ticket, category=None, nature="help", actor=above, now=now),
        lambda: actions.lift_flag(ticket, "confidential", reason=WHY, actor=above, now=now),
        lambda: actions.merge(ticket, other, reason=WHY, actor=above, now=now),
    ):
        with pytest.raises(NotFound):
            act()
    # The handling unit and who is named go on as before.
    assert queries.ticket_for(city.wang, ticket.number) == ticket
    actions.name_reader(ticket, above, reason="协调办理", actor=city.wang, now=now)
    assert queries.ticket_for(above, ticket.number) == ticket
    assert [each.ticket for each in neighbours.neighbours_of(other, above)] == [ticket]
    actions.strike_reader(ticket, above, reason="已经办完", actor=city.wang, now=now)
    with pytest.raises(NotFound):
        queries.ticket_for(above, ticket.number)
    with pytest.raises(Refused, match="权限"):
        actions.name_reader(ticket, city.outsider, reason="协调办理", actor=city.wang, now=now)


def test_the_own_station_below_is_another_unit(city: City, now: datetime) -> None:
    ticket = filed(city, now, agency=city.station, is_confidential=True)
    local = person(city, "local", Role.AGENT, "station", now)
    assert queries.ticket_for(local, ticket.number) == ticket
    with pytest.raises(NotFound):
        queries.ticket_for(city.wang, ticket.number)


def test_who_dispatches_a_confidential_ticket_still_sees_it(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    above = person(city, "above", Role.AGENT, "root", now)
    person(city, "water", Role.AGENT, "water", now)
    actions.flag(ticket, "confidential", reason=WHY, actor=above, now=now)
    assert queries.ticket_for(above, ticket.number) == ticket
    actions.assign(ticket, city.water, reason="", actor=above, now=now)
    assert ConfidentialReader.objects.get().staff == above
    assert queries.ticket_for(city.outsider, ticket.number) == ticket
    with pytest.raises(NotFound):
        queries.ticket_for(city.wang, ticket.number)


def test_nothing_of_it_is_shared_or_merged(city: City, now: datetime) -> None:
    ticket, other = filed(city, now), filed(city, now, "two")
    assert neighbours.is_shared(ticket)
    actions.merge(other, ticket, reason="同一处路灯", actor=city.wang, now=now)
    with pytest.raises(Refused, match="合并"):
        actions.flag(ticket, "confidential", reason=WHY, actor=city.wang, now=now)
    actions.unmerge(other, reason="不是同一处", actor=city.wang, now=now)
    actions.flag(ticket, "confidential", reason=WHY, actor=city.wang, now=now)
    assert not neighbours.is_shared(ticket)
    with pytest.raises(NotFound):
        neighbours.to_follow(ticket.number, city.account)
    with pytest.raises(Refused, match="保密"):
        actions.merge(other, ticket, reason="同一处路灯", actor=city.wang, now=now)
    assert not Follower.objects.exists()


def test_what_she_asked_to_be_confidential_stays_so(city: City, now: datetime) -> None:
    ticket = filed(city, now, is_confidential=True)
    with pytest.raises(Refused, match="市民自己"):
        actions.lift_flag(ticket, "confidential", reason="不需要了", actor=city.wang, now=now)
    assert Ticket.objects.get().is_confidential


@pytest.mark.parametrize("kind", ["is_confidential", "is_anonymous"])
def test_nothing_of_it_stands_in_the_conversation(city: City, now: datetime, kind: str) -> None:
    ticket = filed(city, now, **{kind: True})
    actions.accept(ticket, actor=city.wang, now=now)
    before = set(Message.objects.values_list("pk", flat=True))
    actions.answer(
        ticket,
        "路灯已经修好，今晚正常亮灯。",
        link=f"http://x/{ticket.number}",
        actor=city.wang,
        now=now,
    )
    (sent,) = Message.objects.exclude(pk__in=before)
    out = Outgoing.objects.get(message=sent)
    everything = f"{sent.text} {sent.data} {sent.staff_id} {out.content} {out.otherwise} {out.key}"
    for private in (ticket.number, "路灯", f"ticket:{ticket.pk}:", "王芳"):
        assert private not in everything
    assert "/tickets/" in str(out.content)
    assert sent.staff is None
    assert list(queries.beside_conversation(city.xiaolin)) == []
    assert list(queries.of_citizen(city.xiaolin)) == [ticket]  # she sees it herself


def test_an_anonymous_citizen_is_in_no_audit_entry_and_not_revealed(
    city: City, now: datetime
) -> None:
    ticket = filed(city, now, is_anonymous=True)
    actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, "路灯已经修好。", link="http://x", actor=city.wang, now=now)
    actions.reopen(ticket, "还是不亮，请再看看。", actor=city.xiaolin, now=now)
    actions.withdraw(ticket, "", actor=city.xiaolin, now=now)
    own = AuditEntry.objects.filter(verb__in=["ticket.reopened", "ticket.withdrawn"])
    assert [each.actor_id for each in own] == ["", ""]
    with pytest.raises(NotFound):
        actions.reveal_contact(ticket, "phone", reason="联系核实", actor=city.wang, now=now)
    assert not AuditEntry.objects.filter(verb="citizen.revealed").exists()


def test_who_asked_for_what_lapsed_is_told(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    actions.accept(ticket, actor=city.wang, now=now)
    actions.ask_extension(
        ticket,
        working_days=3,
        reason="等待配件到货",
        legal_basis="办法第九条",
        actor=city.wang,
        now=now,
    )
    StaffNotice.objects.all().delete()
    actions.answer(ticket, "路灯已经修好。", link="http://x", actor=city.wang, now=now)
    (notice,) = StaffNotice.objects.filter(staff=city.wang)
    assert ticket.number in notice.text
    assert "延期申请失效" in notice.text


def test_the_actions_of_tickets_write_to_citizens_in_one_place() -> None:
    """`send` puts words into a conversation that other staff read: `telling.tell_citizen` decides which."""
    folder = Path("src/minxin/tickets/actions")
    found = [
        path.name
        for path in sorted(folder.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "send"
    ]
    assert set(found) == {"telling.py"}
