"""What is not for this channel: proposed, told with reason and channel, objected to once, counted."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import AuditEntry
from minxin.conversations.models import Outgoing
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import LedgerEntry, Redirect, Ticket
from minxin.tickets.rules.redirects import MOST, hints, is_short_number, split
from tests.support.city import SETUP, City, build_city
from tests.tickets.test_states import dispatcher

LINK = "http://x/ticket"


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def filed(city: City, now: datetime, text: str = "对处罚不服，想申请行政复议。") -> Ticket:
    return actions.file(
        text=text, citizen=city.xiaolin, account=city.account, source="portal", key=text,
        actor=city.xiaolin, now=now,
    )  # fmt: skip


def row(code: str = "reconsideration") -> Redirect:
    return Redirect.objects.get(code=code)


def declined(city: City, now: datetime) -> Ticket:
    ticket = filed(city, now)
    actions.not_accept(
        ticket, row(), reason="属于行政复议范围", link=LINK, actor=city.wang, now=now
    )
    return ticket


words = st.text("一二三四五六七", min_size=1, max_size=3)


@given(st.text("一二三四五六七八九", max_size=30), st.lists(words, max_size=8), st.integers(0, 3))
def test_hints_stand_in_the_text_and_the_strongest_is_first(
    text: str, known: list[str], empty: int
) -> None:
    channels = [(str(at), each) for at, each in enumerate([*known, *[""] * empty])]
    found = hints(text, channels)
    assert len(found) <= MOST
    weights = [sum(map(len, each.said)) for each in found]
    assert weights == sorted(weights, reverse=True)
    assert all(word in text for each in found for word in each.said)
    expected = {code for code, word in channels if word and word in text}
    assert {each.code for each in found} <= expected
    assert len(found) == min(MOST, len(expected))


def test_lists_of_words_as_people_type_them() -> None:
    assert split("抢劫，盗窃、 被骗;;抢劫") == ("抢劫", "盗窃", "被骗")
    assert split("") == ()


@pytest.mark.parametrize(
    ("phone", "is_short"),
    [
        ("110", True),
        ("12388", True),
        ("12", False),
        ("1234", False),
        ("62345678", False),
        ("010", False),
    ],
)
def test_national_short_numbers(phone: str, is_short: bool) -> None:
    assert is_short_number(phone) is is_short


def test_the_shipped_table_names_only_short_numbers_and_says_them(city: City) -> None:
    rows = list(Redirect.objects.all())
    assert {"police", "fire", "discipline", "petition", "reconsideration", "disclosure"} <= {
        each.code for each in rows
    }
    for each in rows:
        assert each.source
        assert not each.phone or (is_short_number(each.phone) and each.phone in each.told)
    assert not row("consumer").is_active


def test_proposed_and_a_regions_own_row_takes_the_place(city: City, now: datetime) -> None:
    text = "家里被偷了，小偷翻窗进来的"
    (found,) = queries.proposals(text, city.account)
    assert (found.redirect.code, found.said) == ("police", ("小偷",))
    assert queries.proposals("小区路灯不亮", city.account) == []
    given = {"name": "报警", "phone": "110", "told": "请拨打 110。", "source": "本市"}
    actions.keep_redirect(
        code="police",
        region_code="990100",
        words="翻窗",
        is_active=True,
        **given,
        actor=SETUP,
        now=now,
    )
    (found,) = queries.proposals(text, city.account)
    assert found.redirect.region_code == "990100"
    actions.keep_redirect(
        code="police",
        region_code="990100",
        words="翻窗",
        is_active=False,
        **given,
        actor=SETUP,
        now=now,
    )
    assert queries.proposals(text, city.account) == []  # the region wants no such hint


def test_the_table_is_kept_by_who_keeps_settings_and_says_its_number(
    city: City, now: datetime
) -> None:
    given = {
        "code": "police", "name": "报警", "words": "", "source": "", "is_active": True, "now": now,
    }  # fmt: skip
    for stranger in (city.wang, city.auditor):
        with pytest.raises(NotFound):
            actions.keep_redirect(**given, phone="110", told="请拨打 110。", actor=stranger)
    for phone, told, field in (
        ("62345678", "请拨打 62345678。", "phone"),
        ("110", "请报警处理。", "told"),
        ("", " ", "told"),
    ):
        with pytest.raises(Refused) as refusal:
            actions.keep_redirect(**given, phone=phone, told=told, actor=city.administrator)
        assert refusal.value.field == field


def test_not_accepted_tells_reason_and_channel_and_ends_the_clock(
    city: City, now: datetime
) -> None:
    ticket = declined(city, now)
    assert Ticket.objects.get().status == "declined"
    sent = Outgoing.objects.latest("pk")
    for said in (ticket.number, "属于行政复议范围", row().told, "异议", LINK):
        assert said in str(sent.content)
    assert LedgerEntry.objects.latest("pk").kind == "end"
    entry = AuditEntry.objects.get(verb="ticket.not_accepted")
    assert entry.after["redirect"] == "reconsideration"
    assert queries.deadline_of(ticket, now=now).words == "不予受理"
    assert "异议" in queries.why_not_reopened(ticket, now=now)


def test_who_may_not(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    given = {"reason": "属于行政复议范围", "link": LINK, "now": now}
    for stranger in (city.outsider, city.zhao, city.administrator):
        with pytest.raises(NotFound):
            actions.not_accept(ticket, row(), **given, actor=stranger)
    with pytest.raises(Refused, match="理由"):
        actions.not_accept(ticket, row(), **{**given, "reason": " "}, actor=city.wang)
    with pytest.raises(Refused, match="渠道"):
        actions.not_accept(ticket, row("consumer"), **given, actor=city.wang)
    other = filed(city, now, "对处罚不服，也想申请行政复议。")
    actions.merge(other, ticket, reason="同一件事", actor=city.wang, now=now)
    for each in (ticket, other):
        with pytest.raises(Refused, match="合并"):
            actions.not_accept(each, row(), **given, actor=city.wang)
    assert set(Ticket.objects.values_list("status", flat=True)) == {"submitted"}


def test_she_objects_once_and_another_person_decides(city: City, now: datetime) -> None:
    ticket = declined(city, now)
    promised = ticket.promised_at
    later = now + timedelta(days=3)
    with pytest.raises(Refused, match="为什么"):
        actions.object_to(ticket, " ", actor=city.xiaolin, now=later)
    actions.object_to(ticket, "我问的是怎么申请，不是申请复议", actor=city.xiaolin, now=later)
    fresh = Ticket.objects.get()
    assert (fresh.status, fresh.promised_at) == ("submitted", promised)
    assert fresh.due_at > ticket.filed_at + timedelta(days=3)
    given = {"reason": "仍属于行政复议", "link": LINK, "now": later}
    with pytest.raises(Refused, match="其他人"):
        actions.not_accept(fresh, row(), **given, actor=city.wang)
    actions.not_accept(fresh, row(), **given, actor=dispatcher(city))
    assert not queries.can_object(fresh, now=later)
    with pytest.raises(Refused, match="一次"):
        actions.object_to(fresh, "我还是不同意这个决定", actor=city.xiaolin, now=later)
    (count,) = queries.declined_counts(since=now)
    assert (count.redirect, count.decided, count.objected, count.upheld) == ("行政复议", 2, 1, 0)


def test_an_objection_that_was_upheld_is_counted_and_too_late_is_too_late(
    city: City, now: datetime
) -> None:
    ticket = declined(city, now)
    with pytest.raises(Refused, match="15"):
        actions.object_to(
            ticket, "这是咨询不是复议", actor=city.xiaolin, now=now + timedelta(days=16)
        )
    actions.object_to(ticket, "这是咨询不是复议", actor=city.xiaolin, now=now)
    actions.accept(ticket, actor=city.wang, now=now)
    (count,) = queries.declined_counts(since=now)
    assert (count.decided, count.objected, count.upheld) == (1, 1, 1)
    assert queries.declined_counts(since=now, agency_path=city.water.path) == []


def test_nobody_objects_to_anothers(city: City, now: datetime) -> None:
    ticket = declined(city, now)
    with pytest.raises(NotFound):
        actions.object_to(ticket, "这是咨询不是复议", actor=city.wang, now=now)
    assert Ticket.objects.get().status == "declined"


def test_a_new_channel_takes_no_known_code_and_the_audit_has_both_sides(
    city: City, now: datetime
) -> None:
    given = {
        "name": "供水热线", "phone": "", "words": "停水", "told": "停水请先看供水公司的公告。", "source": "本市",
        "actor": city.administrator, "now": now,
    }  # fmt: skip
    with pytest.raises(Refused, match="已经有了") as refusal:
        actions.keep_redirect(code="police", is_new=True, is_active=True, **given)
    assert refusal.value.field == "code"
    for field, value in (("region_code", "本市"), ("name", " ")):
        with pytest.raises(Refused) as refusal:
            actions.keep_redirect(code="water", is_active=True, **{**given, field: value})
        assert refusal.value.field == field
    actions.keep_redirect(code="water", is_new=True, is_active=True, **given)
    assert queries.proposals("小区停水两天", city.account)
    actions.keep_redirect(code="water", is_active=False, **given)
    assert queries.proposals("小区停水两天", city.account) == []
    first, last = AuditEntry.objects.filter(verb="redirect.kept").order_by("pk")
    assert (first.before or {}) == {}
    assert (last.before["is_active"], last.after["is_active"]) == (True, False)


def test_counts_are_of_what_a_person_may_read(city: City, now: datetime) -> None:
    declined(city, now)
    later = now + timedelta(days=1)
    assert len(queries.declined_counts(since=now, until=later, staff=city.wang)) == 1
    assert queries.declined_counts(since=now, until=now, staff=city.wang) == []
    assert queries.declined_counts(since=now, staff=city.outsider) == []
    Ticket.objects.update(is_confidential=True)
    assert queries.declined_counts(since=now, staff=dispatcher(city)) == []
