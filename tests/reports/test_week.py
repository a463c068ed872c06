"""The weekly report: the same figures as the dashboard, frozen; drafted on Mondays for who ordered it."""

import random
import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.rules import Role
from minxin.clock.schedule import WeeklyAt
from minxin.core.errors import NotFound, Refused
from minxin.reports import actions, queries, tasks
from minxin.reports.models import CountedRow, Document, DocumentFile, WeeklyOrder
from minxin.reports.presets import common
from minxin.reports.rules import weeks
from minxin.reports.rules.kinds.week import WEEK, report
from minxin.tickets import actions as tickets
from minxin.tickets.queries import figures
from minxin.tickets.rules.figures import Period
from tests.support.city import PASSWORD, SETUP, City
from tests.tickets.histories import ACTS, live

MONDAY = date(2026, 11, 16)  # the city lives from Tuesday the 17th into the next week
PRESET = common("week")


@pytest.fixture
def lived(city: City, now: datetime) -> datetime:
    """Random lives of a week and a half; the moment after them."""
    draw = random.Random(5)
    steps = [
        (draw.choice(ACTS), draw.randrange(30), draw.randrange(3), draw.randrange(60))
        for _ in range(110)
    ]
    end = live(city, [*[("file", 0, 1, n) for n in range(9)], *steps], now - timedelta(days=7))
    while not tickets.keep_facts(now=end + timedelta(minutes=1)):
        pass
    return end


@pytest.fixture
def huang(city: City, now: datetime) -> Staff:
    return add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


def facts_of(city: City, now: datetime) -> weeks.WeekFacts:
    return queries.week_facts(
        city.root, MONDAY, agency_said="云溪市人民政府", area_said="全市", now=now
    )


def test_the_keys_are_those_of_the_tickets() -> None:
    keys = [each.key for each in figures.FIGURES]
    assert sorted(keys) == sorted([*weeks.COUNTS, *weeks.RATES])
    assert [each.key for each in figures.FIGURES if each.part is None] == list(weeks.COUNTS)
    assert set(weeks.OF_UNIT) <= {
        each.key for each in figures.FIGURES if "agency" not in each.not_by
    }


def test_it_counts_what_the_dashboard_counts(city: City, lived: datetime) -> None:
    facts = facts_of(city, lived)
    terms, rows = figures.terms(lived), figures.facts_under(city.root)
    days = Period(MONDAY, MONDAY + timedelta(days=6))
    this, before = figures.count_beside(rows, days, terms)
    said = weeks.figures(facts)
    assert this["valid"].whole > 10
    for each in figures.FIGURES:
        for prefix, tallies in (("", this), ("before.", before)):
            assert said[f"{prefix}{each.key}.whole"].said == str(tallies[each.key].whole)
            if each.part is not None:
                assert said[f"{prefix}{each.key}.part"].said == str(tallies[each.key].rows)
    assert said["open.whole"].said == str(sum(figures.banded(figures.ages(rows, now=lived))))
    assert said["overdue.whole"].said == str(figures.overdue_rows(rows, now=lived).count())
    by_unit = figures.count(rows, days, terms, by="agency")
    for at, name in enumerate(facts.units):
        unit = next(
            each for each in (city.root, city.police, city.station, city.water) if each.name == name
        )
        whole = by_unit.get(unit.pk, {}).get("valid")
        assert said[f"unit.{at}.valid.whole"].said == str(whole.whole if whole else 0)
    assert weeks.read(weeks.to_json(facts)) == facts


def test_every_printed_number_opens_its_rows(city: City, lived: datetime, huang: Staff) -> None:
    facts = facts_of(city, lived)
    document = actions.draft_week(facts, PRESET, agency=city.root, actor=huang, now=lived)
    pieces = queries.pieces_of(document)
    printed = {span.ref for piece in pieces for span in piece.spans if span.ref}
    tables = [table for annex in WEEK.annexes(facts, PRESET) for table in annex.blocks]  # type: ignore[union-attr]
    printed |= {ref for table in tables for row in table.refs for ref in row if ref}  # type: ignore[union-attr]
    assert len(printed) > 30
    for key in printed:
        figure = queries.figure_of(document, key)
        count = queries.counted_rows(document, figure).count()
        assert count == len(figure.rows)
        if figure.said.isdecimal():
            assert count == int(figure.said), key
    kept = "".join(str(each.facts) for each in Document.objects.all())
    assert "路灯坏了" not in kept  # no word of what citizens said
    assert CountedRow.objects.filter(document=document).exists()


def test_what_it_says_reads_as_an_official_report(city: City, lived: datetime) -> None:
    facts = facts_of(city, lived)
    text = "\n".join(each.text for each in report(facts, PRESET))
    assert text.startswith("云溪市人民政府\n关于2026年第47周全市群众诉求办理情况的周报")
    assert "2026年11月16日至2026年11月22日（以下称本周）" in text
    assert "不作排名" in text
    heads = [each.text for each in report(facts, PRESET) if each.kind == "heading"]
    assert [each[:2] for each in heads] == [f"{n}、" for n in "一二三四五六"[: len(heads)]]
    assert "{" not in text
    quiet = queries.week_facts(
        city.root, MONDAY - timedelta(days=70), agency_said="甲", area_said="全市", now=lived
    )
    said = "\n".join(each.text for each in report(quiet, PRESET))
    assert "本周没有收到群众诉求" in said
    assert "本周没有收到评价。" in said
    assert WEEK.attachments(quiet, PRESET)


def test_a_week_that_is_none_is_refused(city: City, now: datetime) -> None:
    for day in (MONDAY + timedelta(days=1), date(2027, 3, 1)):
        with pytest.raises(Refused):
            queries.week_facts(city.root, day, agency_said="甲", area_said="乙", now=now)


def test_monday_drafts_once_for_who_ordered(city: City, lived: datetime, huang: Staff) -> None:
    moment = datetime(2026, 11, 30, 7, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert actions.draft_ordered_weeks(now=moment) == []  # off until somebody says so
    with pytest.raises(NotFound):
        actions.order_weekly(city.root, is_on=True, actor=city.wang, now=moment)
    assert not WeeklyOrder.objects.exists()
    for _twice in range(2):
        actions.order_weekly(city.root, is_on=True, actor=huang, now=moment)
    assert AuditEntry.objects.filter(verb="weekly_report.ordered").count() == 1
    (job,) = actions.draft_ordered_weeks(now=moment)
    document = job.document
    assert (document.source, document.created_by, document.status) == (
        "week:2026-11-23", huang, "draft",
    )  # fmt: skip
    assert StaffNotice.objects.filter(staff=huang, kind="report").count() == 1
    assert actions.draft_ordered_weeks(now=moment) == []
    tasks.work(job.pk)
    made = {each.shape: each.file.read() for each in DocumentFile.objects.all()}
    assert {"docx", "xlsx"} <= set(made)
    words = zipfile.ZipFile(BytesIO(made["docx"])).read("word/document.xml").decode()
    assert "群众诉求办理情况的周报" in words
    actions.discard(document, reason="本周不报", actor=huang, now=moment)
    assert actions.draft_ordered_weeks(now=moment) == []  # laid aside is not asked for again
    actions.order_weekly(city.root, is_on=False, actor=huang, now=moment)
    assert actions.draft_ordered_weeks(now=moment + timedelta(days=7)) == []


def test_who_may_no_more_write_has_nothing_drafted(
    city: City, lived: datetime, huang: Staff
) -> None:
    actions.order_weekly(city.root, is_on=True, actor=huang, now=lived)
    huang.is_active = False
    huang.save()
    assert actions.draft_ordered_weeks(now=lived + timedelta(days=7)) == []
    assert not Document.objects.exists()


def test_mondays() -> None:
    when = WeeklyAt(0, time(7, 30))
    zone = ZoneInfo("Asia/Shanghai")
    wednesday = datetime(2026, 11, 25, 10, tzinfo=zone)
    monday = datetime(2026, 11, 23, 7, 30, tzinfo=zone)
    assert when.next_after(None, wednesday) == monday
    assert when.next_after(monday, wednesday) == monday + timedelta(days=7)
    assert when.next_after(monday - timedelta(days=7), wednesday) == monday
    early = datetime(2026, 11, 23, 6, tzinfo=zone)
    assert when.next_after(monday - timedelta(days=7), early) == monday
    assert str(when) == "Mondays 07:30"
