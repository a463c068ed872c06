"""A quarterly report and a yearly table from a city's tables: counted here another way; who may, who not."""

from datetime import date, datetime, timedelta

import pytest
from django.conf import LazySettings

from minxin.accounts import actions as accounts
from minxin.accounts.actions.filing import FilingDraft, keep_filing
from minxin.accounts.models import Account
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import AuditEntry
from minxin.conversations.models import Message
from minxin.core.errors import NotFound, Refused
from minxin.reports import actions, queries, tasks
from minxin.reports.actions.drafting import MOST_PIECES
from minxin.reports.models import CountedRow, Document
from minxin.reports.presets import common
from minxin.reports.queries.gathering import Span, area_under, standing
from minxin.reports.queries.periods import MOST_ACCOUNTS, days_of, quarter_of
from minxin.reports.rules.figures import Over
from minxin.reports.rules.kinds.year import YearFacts, table
from minxin.reports.rules.quarters import QuarterFacts, figures
from minxin.supervision.actions.traces import Item, keep_look, keep_traces
from minxin.supervision.models import Coverage, Evaluation, Finding, LedgerStep
from minxin.supervision.rules.clock import midnight
from minxin.supervision.rules.sources import Kind, Source
from minxin.tickets.actions import file
from tests.reports.conftest import Office, signed
from tests.reports.periods import year, year_account
from tests.supervision.inspections import Team, opened
from tests.support.city import SETUP, City

LATER = timedelta(days=22)


def facts_at(city: City, at: datetime) -> QuarterFacts:
    year, number = quarter_of(at.date())
    return queries.quarter_facts(
        city.root, year, number, agency_said="云溪市人民政府", area_said="全市", now=at
    )


def drafted(city: City, team: Team, at: datetime) -> Document:
    return actions.draft_quarter(
        facts_at(city, at), common("quarter"), agency=city.root, actor=team.lead, now=at
    )


def said(facts: QuarterFacts) -> dict[str, str]:
    return {key: each.said for key, each in figures(facts).items()}


def test_a_quarter_is_counted_from_the_register_and_what_was_signed(
    office: Office, city: City, now: datetime
) -> None:
    at = now + LATER
    found = said(facts_at(city, at))
    assert found["accounts.all"] == str(Account.objects.exclude(status="closed").count()) == "7"
    assert found["changes.registered"] == "7"
    assert found["campaigns.count"] == "1"
    assert (found["campaigns.checked"], found["campaigns.failed"]) == ("7", "1")
    assert found["problems.opened"] == str(Finding.objects.count()) == "2"
    assert found["problems.veto"] == "1"
    assert (found["problems.closed"], found["problems.open"]) == ("0", "2")
    assert found["before.accounts.all"] == "—"


def test_a_document_keeps_its_rows_when_the_register_moves_on(
    office: Office, city: City, now: datetime
) -> None:
    document = drafted(city, office.team, now + LATER)
    before = "".join(queries.texts_of(document).values())
    accounts.close(office.team.accounts[1], reason="整合", actor=SETUP, now=now + LATER)
    figure = queries.figure_of(document, "accounts.all")
    assert queries.counted_rows(document, figure).count() == 7
    assert "".join(queries.texts_of(document).values()) == before
    assert document.source == f"quarter:{now.year}-{(now.month + 2) // 3}"
    entry = AuditEntry.objects.filter(verb="document.drafted").latest("id")
    assert entry.after["kind"] == "quarter"


def test_an_account_stands_as_it_stood_at_the_end_of_the_quarter(
    city: City, team: Team, now: datetime
) -> None:
    one, other, third = team.accounts[1:4]
    day = timedelta(days=1)
    accounts.change_status(one, "suspended", reason="整改", actor=SETUP, now=now + 2 * day)
    accounts.close(other, reason="整合", actor=SETUP, now=now + 4 * day)
    accounts.transfer(third, city.water, reason="职能划转", actor=SETUP, now=now + 4 * day)
    area = area_under(city.root)

    def at(days: float) -> dict[int, tuple[str, str]]:
        return {each.number: (each.result, each.unit) for each in standing(area, now + days * day)}

    assert at(1)[one.pk] == ("运行", "云溪市公安局")
    assert at(3)[one.pk][0] == "停更"
    assert at(3)[other.pk][0] == "运行"
    assert other.pk not in at(5)
    assert at(3)[third.pk][1] == "云溪市公安局"
    assert at(5)[third.pk][1] == "云溪市水务局"
    assert at(-1) == {}


def test_what_is_filled_in_while_entering_is_no_change_and_an_opening_has_its_day(
    city: City, team: Team, now: datetime
) -> None:
    one, other = team.accounts[1:3]
    at = now + timedelta(days=1)
    keep_filing(one, FilingDraft(number="云新备1号", opened_on=now.date()), actor=SETUP, now=at)
    keep_filing(other, FilingDraft(opened_on=date(2019, 5, 1)), actor=SETUP, now=at)
    found = said(facts_at(city, at))
    assert (found["changes.registered"], found["changes.opened"]) == ("7", "1")
    assert found["changes.changed"] == "0"


def test_the_quarter_before_is_compared_only_where_it_was_known_whole(
    city: City, team: Team, now: datetime
) -> None:
    Account.objects.update(created_at=now - timedelta(days=400))
    following = now + timedelta(days=92)
    found = said(facts_at(city, following))
    assert found["before.accounts.all"] == "7"
    assert found["before.problems.opened"] == "0"
    Account.objects.update(
        created_at=midnight(days_of(*quarter_of(now.date()))[0]) + timedelta(days=9)
    )
    found = said(facts_at(city, following))
    assert found["before.accounts.all"] == "7"
    assert found["before.changes.registered"] == "—"
    assert found["before.updates.watched"] == "—"


def test_a_problem_closed_in_the_quarter_counts_once_in_time_or_late(
    office: Office, city: City, now: datetime
) -> None:
    one, other = Finding.objects.order_by("id")
    at = now + LATER
    for finding, act, after in ((one, "close", "closed"), (other, "accept", "withdrawn")):
        LedgerStep.objects.create(
            finding=finding, position=99, act=act, before="reviewed", after=after, at=at,
            by=office.team.lead,
        )  # fmt: skip
        Finding.objects.filter(pk=finding.pk).update(state=after, ended_at=at)
    found = said(facts_at(city, at + timedelta(hours=1)))
    assert (found["problems.closed"], found["problems.ontime"], found["problems.late"]) == (
        "1", "1", "0",
    )  # fmt: skip
    assert (found["problems.withdrawn"], found["problems.open"]) == ("1", "0")
    earlier = said(facts_at(city, at - timedelta(hours=1)))
    assert (earlier["problems.closed"], earlier["problems.open"]) == ("0", "2")


def ticket(city: City, now: datetime) -> None:
    file(
        key="t1", account=city.account, citizen=city.xiaolin, text="路灯不亮", place="东桥路口",
        source="dialogue", actor=city.xiaolin, now=now,
    )  # fmt: skip


def test_tickets_are_counted_and_only_who_reads_tickets_opens_them(
    city: City, team: Team, now: datetime
) -> None:
    ticket(city, now)
    document = drafted(city, team, now + timedelta(days=1))
    figure = queries.figure_of(document, "tickets.filed")
    assert figure.said == "1"
    row = queries.counted_rows(document, figure).get()
    assert "路灯" not in f"{row.name}{row.problem}{row.seen}{row.result}"
    assert "tickets.filed" in queries.linkable(team.lead, document)
    assert "tickets.filed" not in queries.linkable(city.operator, document)
    assert "problems.opened" in queries.linkable(city.operator, document)
    assert not queries.may_see_rows(city.operator, document, Over.TICKETS)


def test_a_quarter_to_come_or_before_the_register_makes_no_report(
    city: City, team: Team, now: datetime
) -> None:
    given = {"agency_said": "云溪市人民政府", "area_said": "全市", "now": now}
    with pytest.raises(Refused, match="还没有开始"):
        queries.quarter_facts(city.root, now.year + 1, 4, **given)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="起才有台账记录"):
        queries.quarter_facts(city.root, now.year - 2, 1, **given)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="还没有账号"):
        queries.quarter_facts(city.station, *quarter_of(now.date()), **given)  # type: ignore[arg-type]


def test_only_who_writes_reports_there_drafts_and_only_who_signs_signs(
    city: City, team: Team, now: datetime
) -> None:
    facts = facts_at(city, now)
    for outsider in (city.wang, city.operator, team.of_water):
        with pytest.raises(NotFound):
            actions.draft_quarter(
                facts, common("quarter"), agency=city.root, actor=outsider, now=now
            )
    assert not Document.objects.exists()
    mine = year_facts(city, now, team)
    document = actions.draft_year(
        mine, common("year"), agency=city.police, actor=city.operator, now=now
    )
    with pytest.raises(NotFound):
        actions.sign(
            document, on=now.date(), revision=1, stands_for_doubts=False, actor=city.operator,
            now=now,
        )  # fmt: skip


# The yearly table -------------------------------------------------------------------------------


def year_facts(city: City, now: datetime, team: Team) -> YearFacts:
    return queries.year_facts(
        city.police, now.year, agency_said="云溪市公安局", with_below=False, now=now
    )


def test_posts_are_counted_only_where_the_whole_year_was_seen(
    city: City, team: Team, now: datetime
) -> None:
    seen, partly = team.accounts[0], team.accounts[1]
    first = midnight(date(now.year, 1, 1))
    at = now + LATER
    for account, since in ((seen, first), (partly, first + timedelta(days=30))):
        keep_look(account, Source.ARTICLE_FIGURES, since=since, until=at + LATER, now=at)
        keep_traces(
            [
                Item(account.pk, Source.ARTICLE_FIGURES, Kind.PUSHED, now, f"{account.pk}-{n}", "动态")
                for n in range(5)
            ],
            now=at,
        )  # fmt: skip
    facts = year_facts(city, at, team)
    by_name = {each.id: each for each in facts.accounts}
    assert Over.POSTS not in by_name[seen.pk].unknown
    assert Over.POSTS in by_name[partly.pk].unknown
    assert by_name[partly.pk].kept == 5
    document = actions.draft_year(
        facts, common("year"), agency=city.police, actor=team.lead, now=at
    )
    figure = queries.figure_of(document, f"a{seen.pk}.posts")
    assert (figure.said, figure.grade) == ("5", "A")
    assert queries.counted_rows(document, figure).count() == 5
    assert queries.figure_of(document, f"a{partly.pk}.posts").said == "—"
    assert CountedRow.objects.filter(document=document, over="accounts").count() == len(
        facts.accounts
    )


def test_of_an_account_opened_in_the_year_the_rest_of_it_is_the_whole(
    city: City, team: Team, now: datetime
) -> None:
    account, at = team.accounts[1], now + LATER
    opened_on = now.date()

    def is_whole(since: datetime, until: datetime) -> bool:
        Coverage.objects.filter(account=account).delete()
        keep_look(account, Source.ARTICLE_FIGURES, since=since, until=until, now=at)
        facts = year_facts(city, at, team)
        return Over.POSTS not in next(one for one in facts.accounts if one.id == account.pk).unknown

    yesterday = midnight(at.date()) - timedelta(days=1)
    assert not is_whole(midnight(opened_on), yesterday)
    keep_filing(account, FilingDraft(opened_on=opened_on), actor=SETUP, now=now)
    assert is_whole(midnight(opened_on), yesterday)
    assert not is_whole(midnight(opened_on), yesterday - timedelta(days=1))
    assert not is_whole(midnight(opened_on) + timedelta(days=1), yesterday)


def test_an_account_is_known_from_its_registration_or_its_opening(
    city: City, team: Team, now: datetime
) -> None:
    """Registered in the course of the year: since then; opened that very day: all its life."""
    first, opened_now, connected = team.accounts[1], team.accounts[2], team.accounts[0]
    keep_filing(opened_now, FilingDraft(opened_on=now.date()), actor=SETUP, now=now)
    accounts.note_callback_verified(connected.pk, actor=SETUP, now=now + timedelta(days=2))
    by_id = {each.id: each for each in year_facts(city, now + LATER, team).accounts}
    assert by_id[first.pk].known_since == f"{now.year}年{now.month}月{now.day}日"
    assert by_id[opened_now.pk].known_since == ""
    assert by_id[connected.pk].heard_since != by_id[connected.pk].known_since


def test_a_yearly_table_is_of_the_unit_alone_or_of_those_below_too(
    city: City, team: Team, now: datetime
) -> None:
    given = {"agency_said": "云溪市", "now": now}
    with pytest.raises(Refused, match="没有账号"):
        queries.year_facts(city.root, now.year, with_below=False, **given)  # type: ignore[arg-type]
    whole = queries.year_facts(city.root, now.year, with_below=True, **given)  # type: ignore[arg-type]
    assert len(whole.accounts) == 7
    assert len(year_facts(city, now, team).accounts) == 6


def test_what_the_unit_filled_in_is_in_the_files_and_the_inspection_too(
    city: City, team: Team, now: datetime
) -> None:
    signed(opened(city, team, now), team, now=now)
    at = now + LATER
    document = actions.draft_year(
        year_facts(city, at, team), common("year"), agency=city.police, actor=team.lead, now=at
    )
    texts = queries.texts_of(document)
    pieces = {each.label: each for each in queries.pieces_of(document) if each.of == "云溪公安"}
    assert texts[pieces["接受检查次数（次）"].id] == "1"
    blank = pieces["其中：原创（条）"].id
    assert texts[blank] == ""
    row = actions.save_texts(document, {blank: "53"}, revision=1, actor=city.operator, now=at)
    row = actions.sign(
        row, on=at.date(), revision=row.revision, stands_for_doubts=False, actor=team.lead, now=at
    )
    assert row.doubts == []
    job = actions.request_files(row, actor=team.lead, now=at)
    tasks.work(job.pk, clock=lambda: at)
    job.refresh_from_db()
    assert job.status == "done"
    assert {each.shape for each in job.files.all()} == {"docx", "xlsx", "pdf"}
    sheet = queries.sheets_of(row, queries.texts_of(row))[0]
    line = next(
        each for each in sheet.rows if each[0] == "云溪公安" and each[2] == "其中：原创（条）"
    )
    assert line[3:] == (53, "C", "单位填报")


def test_more_accounts_than_a_person_goes_through_are_refused(
    city: City, team: Team, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("minxin.reports.queries.periods.MOST_ACCOUNTS", 5)
    with pytest.raises(Refused, match="请按单位分别起草"):
        year_facts(city, now, team)


def test_a_document_is_no_longer_than_one_page_can_send(
    city: City, team: Team, now: datetime, settings: LazySettings
) -> None:
    accounts_of_a_unit = tuple(year_account(n) for n in range(1, MOST_ACCOUNTS + 1))
    pieces = table(year(*accounts_of_a_unit), common("year"))
    assert len(pieces) < MOST_PIECES < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    with pytest.raises(Refused, match="请分成几份起草"):
        actions.draft_document(
            "year", pieces * 2, agency=city.police, facts={}, actor=team.lead, now=now
        )


def test_a_discarded_draft_says_who_and_why_and_stays(office: Office, now: datetime) -> None:
    lead = office.team.lead
    with pytest.raises(Refused, match="理由"):
        actions.discard(office.document, reason=" ", actor=lead, now=now + LATER)
    row = actions.discard(office.document, reason="范围选错", actor=lead, now=now + LATER)
    assert (row.status, row.reason, row.discarded_by) == ("discarded", "范围选错", lead)
    assert queries.document_for(lead, row.pk).versions.count() == 1
    assert AuditEntry.objects.get(verb="document.discarded").reason == "范围选错"


def test_a_running_time_includes_what_happens_now_and_an_ended_one_does_not(
    now: datetime,
) -> None:
    today = now.date()
    assert Span(today, today, now).begins_at <= now < Span(today, today, now).ends_at
    ended = Span(date(2026, 7, 1), date(2026, 9, 30), now)
    assert ended.ends_at == midnight(date(2026, 10, 1))


# What is watched and said -----------------------------------------------------------------------


def test_updates_and_reminders_of_the_quarter_are_counted(
    city: City, team: Team, now: datetime
) -> None:
    one, other, third = team.accounts[:3]
    today = now.date()
    first = days_of(*quarter_of(today))[0]
    for account, on, level, grade in (
        (one, today, "fresh", "A"), (one, today - timedelta(days=1), "reminder", "A"),
        (other, today, "overdue", "B"), (other, first - timedelta(days=1), "red", "D"),
        (third, today, "exempt", ""),
    ):  # fmt: skip
        Evaluation.objects.create(
            account=account, on=on, at=now, level=level, rank=0, grade=grade, is_latest=on == today
        )
    notify_staff([team.clerk, team.lead], "2 个账号更紧了", kind="updates", link="", now=now)
    notify_staff([team.lead], "别的事", kind="documents", link="", now=now)
    facts = facts_at(city, now)
    found = figures(facts)
    assert (found["updates.watched"].said, found["updates.watched"].grade) == ("2", "A、B")
    assert (found["updates.warned"].said, found["updates.overdue"].said) == ("1", "1")
    assert found["reminders.sent"].said == "2"
    row = next(each for each in facts.this.of(Over.UPDATES) if each.number == one.pk)
    assert "提醒1天" in row.seen
    told = facts.this.of(Over.REMINDERS)[0]
    assert team.clerk.name not in f"{told.name}{told.unit}{told.seen}"


def test_messages_are_words_of_citizens_and_an_answer_that_knew_nothing_is_none(
    city: City, team: Team, now: datetime
) -> None:
    for at, (kind, reply, sender) in enumerate(
        (
            ("Text", '{"text": "本人到派出所即可"}', "citizen"),
            ("Text", '{"text": "这个我还不知道", "unknown": true}', "citizen"),
            ("Image", '{"silent": true}', "citizen"),
            ("MenuClicked", '{"text": "请问办什么"}', "citizen"),
            ("text", None, "staff"),
        )
    ):
        Message.objects.create(
            account=city.account, citizen=city.xiaolin, sender=sender, kind=kind, text="问",
            reply=reply, delivery=f"d{at}", said_at=now, recorded_at=now,
        )  # fmt: skip
    found = said(facts_at(city, now))
    assert [found[f"messages.{name}"] for name in ("received", "automatic", "staff")] == [
        "3", "1", "1",
    ]  # fmt: skip
    facts = facts_at(city, now)
    assert [each.account_id for each in facts.this.of(Over.MESSAGES)] == [city.account.pk]


def test_the_last_update_carries_the_grade_of_its_best_source(
    city: City, team: Team, now: datetime
) -> None:
    account = team.accounts[1]
    for source in (Source.SELF_REPORT, Source.INSPECTOR):
        keep_traces([Item(account.pk, source, Kind.PUBLISHED, now, source.value, "动态")], now=now)
    keep_traces(
        [
            Item(
                account.pk, Source.PATROL, Kind.PUBLISHED, now - timedelta(days=3), "earlier", "早些"
            )
        ],
        now=now,
    )  # fmt: skip
    by_id = {each.id: each for each in year_facts(city, now, team).accounts}
    assert by_id[account.pk].last_grade == "B"
    assert by_id[account.pk].kept == 3
    assert by_id[team.accounts[2].pk].last_on == ""


def test_an_account_closed_in_the_year_is_in_its_table_and_not_in_the_next(
    city: City, team: Team, now: datetime
) -> None:
    account = team.accounts[1]
    accounts.close(account, reason="整合", actor=SETUP, now=now)
    assert account.pk in {each.id for each in year_facts(city, now, team).accounts}
    following = now.replace(year=now.year + 1)
    assert account.pk not in {each.id for each in year_facts(city, following, team).accounts}
