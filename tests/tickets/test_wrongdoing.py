"""Reports of wrongdoing: recognised, kept apart and encrypted, moved out of the common list without a trace."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import connection
from PIL import Image

from minxin import wechat
from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.rules import Permission, Role, roles_with
from minxin.conversations.actions import record_batch
from minxin.conversations.models import Message, Outgoing
from minxin.core.errors import NotFound, Refused
from minxin.gateway.deliveries import delivery_of
from minxin.tickets import actions, indexing, queries, tasks
from minxin.tickets.actions.wrongdoing import EMPTIED, GONE
from minxin.tickets.models import Attachment, Ticket, WrongdoingPicture, WrongdoingReport
from minxin.tickets.queries import neighbours
from minxin.tickets.rules.wrongdoing import is_wrongdoing
from tests.support.city import APP_ID, OPENID, PASSWORD, SETUP, City, build_city

TEXT = "鹤鸣镇某局长在修路工程里收红包，还公款吃喝，请查一查。"
TRACES = ("鹤鸣镇", "收红包", "公款吃喝", "槐树巷")


@pytest.fixture
def city(db: None, now: datetime, settings: LazySettings, tmp_path: Path) -> City:
    settings.MINXIN_HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    return build_city(now)


def officer(city: City, now: datetime, where: str = "root") -> Staff:
    return add_staff(
        username=f"officer-{where}", name="纪检员", agency=getattr(city, where),
        role=Role.DISCIPLINE, password=PASSWORD, must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def everything_written() -> str:
    """Every row of every table as the database holds it, nothing decrypted."""
    parts = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            parts += [str(row) for row in cursor.fetchall()]
    written = "\n".join(parts)  # JSON may hold characters as their numbers
    return re.sub(r"\\{1,2}u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), written)


@pytest.mark.parametrize(
    "text",
    [
        "我举报镇长受贿", "村支书截留低保补贴款", "城管队员收钱才办事", "有人给民警送钱打点", "这家企业背后有保护伞",
    ],
)  # fmt: skip
def test_words_that_report_an_official(text: str) -> None:
    assert is_wrongdoing(text)


@pytest.mark.parametrize(
    "text",
    [
        "举报超市卖过期食品", "举报工地夜间施工", "楼下有人赌博，请管一管", "工作人员态度恶劣", "领导您好，路灯坏了",
        "请问公务员考试怎么报名", "快递员乱收费", "",
    ],
)  # fmt: skip
def test_words_that_do_not(text: str) -> None:
    assert not is_wrongdoing(text)


def test_only_the_named_role_holds_the_permission() -> None:
    assert roles_with(Permission.HANDLE_WRONGDOING) == (Role.DISCIPLINE,)


def reported(city: City, now: datetime, key: str = "r1") -> WrongdoingReport:
    return actions.report_wrongdoing(
        text=TEXT, place="槐树巷", citizen=city.xiaolin, account=city.account, key=key, now=now
    )


def test_kept_encrypted_at_the_top_and_named_nowhere(city: City, now: datetime) -> None:
    keeper = officer(city, now)
    made = reported(city, now)
    assert reported(city, now) == made  # sent twice, kept once
    assert made.agency == city.root  # not with the police, whose account it came through
    written = everything_written()
    for trace in TRACES:
        assert trace not in written
    assert not Ticket.objects.exists()
    entry = AuditEntry.objects.get(verb="wrongdoing.reported")
    assert entry.actor_id == ""
    assert StaffNotice.objects.get().staff == keeper
    assert WrongdoingReport.objects.get().text == TEXT


def test_who_may_not_read_does_not(city: City, now: datetime) -> None:
    made, local = reported(city, now), officer(city, now, "police")
    for stranger in (city.wang, city.zhao, city.administrator, city.auditor, local):
        assert not queries.wrongdoing_visible_to(stranger).exists()
        with pytest.raises(NotFound):
            queries.wrongdoing_for(stranger, made.number)
        with pytest.raises(NotFound):
            actions.read_wrongdoing(made, actor=stranger, now=now)
        with pytest.raises(NotFound):
            actions.pass_on(made, passed_to="市纪委监委", told="已转送", actor=stranger, now=now)
    assert WrongdoingReport.objects.get().status == "received"


def test_passed_on_and_closed_and_she_is_told_without_words(city: City, now: datetime) -> None:
    keeper, made = officer(city, now), reported(city, now)
    actions.read_wrongdoing(made, actor=keeper, now=now)
    actions.read_wrongdoing(made, actor=keeper, now=now)
    assert AuditEntry.objects.filter(verb="wrongdoing.read").count() == 2  # every look
    with pytest.raises(Refused, match="机关"):
        actions.pass_on(made, passed_to="", told="已转送", actor=keeper, now=now)
    actions.pass_on(made, passed_to="市纪委监委", told="已转送市纪委监委", actor=keeper, now=now)
    with pytest.raises(Refused):
        actions.pass_on(
            made, passed_to="市纪委监委", told="已转送市纪委监委", actor=keeper, now=now
        )
    actions.close_wrongdoing(made, told="已经办结，谢谢反映", actor=keeper, now=now)
    assert Outgoing.objects.count() == 2
    for sent in Outgoing.objects.all():
        assert made.number not in str(sent.content)
        assert "转送" not in str(sent.content)
    assert queries.wrongdoing_by_number(made.number, city.xiaolin).told == "已经办结，谢谢反映"


def said(city: City, text: str, now: datetime, at: int) -> None:
    push = wechat.Text(
        account="gh_city", openid=OPENID, created_at=int(now.timestamp()), message_id=at,
        content=text, menu_id=None,
    )  # fmt: skip
    record_batch([delivery_of(push, APP_ID, city.account.pk)], [], now=now)


def test_moved_without_a_trace(city: City, now: datetime) -> None:
    said(city, TEXT, now - timedelta(minutes=3), 1)
    kept = actions.keep_picture(picture(), actor=city.xiaolin, now=now)
    ticket = actions.file(
        text="路灯坏了三天没有人修", place="槐树巷", citizen=city.xiaolin, account=city.account,
        source="dialogue", key="k", pictures=[kept.code], actor=city.xiaolin, now=now,
    )  # fmt: skip
    Ticket.objects.filter(pk=ticket.pk).update(text=TEXT)  # from before filing refused it
    ticket.refresh_from_db()
    other = actions.file(
        text="东桥路的路灯坏了三天没有人修", place="东桥路", citizen=city.xiaolin,
        account=city.account, source="portal", key="k2", actor=city.xiaolin, now=now,
    )  # fmt: skip
    assert indexing.keep_index(now=now + timedelta(minutes=1))
    actions.accept(ticket, actor=city.wang, now=now)
    actions.note(ticket, "鹤鸣镇的事，问过了", actor=city.wang, now=now)
    actions.stop_clock(
        ticket, stop_reason="citizen", reason="等她说明公款吃喝的时间", legal_basis="", actor=city.wang,
        now=now,
    )  # fmt: skip
    actions.resume_clock(ticket, reason="收红包的时间有了", actor=city.wang, now=now)
    actions.ask_extension(
        ticket,
        working_days=3,
        reason="鹤鸣镇很远",
        legal_basis="收红包的规定",
        actor=city.wang,
        now=now,
    )
    actions.answer(
        ticket, "鹤鸣镇的情况已转有关部门核实。", link="http://x", actor=city.wang, now=now
    )
    actions.reopen(ticket, "公款吃喝的事没有说", actor=city.xiaolin, now=now)
    due = list(ticket.ledger.order_by("id").values_list("at", "kind", "due_at"))
    with pytest.raises(NotFound):
        actions.set_apart(ticket, reason="属于专人登记", actor=city.outsider, now=now)
    made = actions.set_apart(ticket, reason="属于专人登记", actor=city.wang, now=now)
    assert (made.number, made.text, made.place, made.citizen) == (
        ticket.number, TEXT, "槐树巷", city.xiaolin,
    )  # fmt: skip
    # What staff gave as reasons stays in the audit, which only auditors read and nobody can change.
    audited = "".join(AuditEntry.objects.values_list("reason", flat=True))
    written = everything_written()
    for trace in TRACES:
        assert written.count(trace) == audited.count(trace), trace
    assert list(ticket.ledger.order_by("id").values_list("at", "kind", "due_at")) == due
    assert not Attachment.objects.exists()
    assert WrongdoingPicture.objects.get().content
    assert not Message.objects.filter(text__contains="鹤鸣镇").exists()
    for person in (city.wang, city.zhao):
        assert not queries.tickets_visible_to(person).filter(pk=ticket.pk).exists()
    # The index: the worker forgets it, the neighbour stays.
    assert neighbours.index().candidates(TEXT) == [ticket.pk]
    tasks.index_tickets.func()
    assert neighbours.index().candidates(TEXT) == []
    assert neighbours.index().candidates(other.text) == [other.pk]
    assert WrongdoingReport.objects.get().is_forgotten


def test_a_lead_is_not_moved(city: City, now: datetime) -> None:
    first, second = (
        actions.file(
            text=f"路灯坏了三天没有人修{at}", citizen=city.xiaolin, account=city.account, source="portal",
            key=str(at), nature="help", actor=city.xiaolin, now=now,
        )
        for at in range(2)
    )  # fmt: skip
    actions.merge(second, first, reason="同一件事", actor=city.wang, now=now)
    with pytest.raises(Refused, match="合并"):
        actions.set_apart(first, reason="属于专人登记", actor=city.wang, now=now)
    assert not WrongdoingReport.objects.exists()


def test_whoever_hangs_something_on_a_ticket_says_what_becomes_of_it() -> None:
    known = {*GONE, *EMPTIED, WrongdoingReport, Ticket}
    hangs = [
        each
        for each in Ticket._meta.get_fields(include_hidden=True)
        if each.auto_created and not each.concrete and each.is_relation
    ]
    assert len(hangs) > len(Ticket._meta.related_objects)  # the hidden ones, too
    for each in hangs:
        assert each.related_model in known, (
            f"{each.related_model.__name__} hangs on tickets: name it in "
            "tickets.actions.wrongdoing, GONE or EMPTIED, and take its words out there"
        )


def test_filing_itself_refuses_it_whichever_door(city: City, now: datetime) -> None:
    for source in Ticket.Source.values:
        for nature in (None, "report", "help"):
            with pytest.raises(Refused, match="12388") as refusal:
                actions.file(
                    text=TEXT, citizen=city.xiaolin, account=city.account, source=source,
                    key=f"{source}-{nature}", actor=SETUP, now=now, nature=nature,
                )  # fmt: skip
            assert refusal.value.field == "text"
    assert not Ticket.objects.exists()


def test_one_in_the_archive_is_taken_out_of_it(city: City, now: datetime) -> None:
    ticket = actions.file(
        text="路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account, source="portal",
        key="old", actor=city.xiaolin, now=now,
    )  # fmt: skip
    Ticket.objects.update(text=TEXT, status="archived", archived_at=now)
    with pytest.raises(NotFound):
        actions.set_apart(ticket, reason="属于专人登记", actor=city.outsider, now=now)
    actions.set_apart(ticket, reason="属于专人登记", actor=city.wang, now=now)
    assert Ticket.objects.get().status == "moved"
    assert WrongdoingReport.objects.get().text == TEXT
