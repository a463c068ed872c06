"""重要信息转载: given out, matched, marked by a person, weighed as a rate, confirmed by a person."""

from datetime import datetime, timedelta

import pytest

from minxin.accounts.models import Account
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.queries import notices_of
from minxin.agencies.rules import Role
from minxin.core.errors import NotFound, Refused
from minxin.supervision import actions
from minxin.supervision.actions import relaying
from minxin.supervision.actions.items import Article, keep_items
from minxin.supervision.models import (
    Candidate,
    Finding,
    PublishedItem,
    RelayAssignment,
    RelayTask,
)
from minxin.supervision.packs import library
from minxin.supervision.queries import duties
from minxin.supervision.queries.machine import views_of
from minxin.supervision.rules.inspection import Mark
from minxin.supervision.tasks import evaluate_all
from tests.supervision.conftest import Office, add
from tests.support.city import SETUP, City

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TITLE = "国务院办公厅关于部分节假日安排的通知"
LINK = "https://www.gov.example/content_1.htm"


def give(office: Office, now: datetime, *, title: str = TITLE, **changed: object) -> RelayTask:
    agency = office.account.agency.parent
    assert agency is not None
    given = {
        "agency": agency, "title": title, "source_url": LINK, "level": "nation",
        "issued_by": "国务院办公厅", "due_at": now + DAY,
        "accounts": [office.account, office.weibo], "actor": office.supervisor, "now": now,
    } | changed  # fmt: skip
    return relaying.add_relay_task(**given)  # type: ignore[arg-type]


def publish(
    account: Account, title: str, at: datetime, *, text: str = "正文", url: str = ""
) -> None:
    article = Article(account.pk, PublishedItem.Source.IMPORT, f"{title}{at}", title, text, at, url)
    keep_items([article], now=at)


def part(task: RelayTask, account: Account) -> RelayAssignment:
    return RelayAssignment.objects.get(task=task, account=account)


def candidates(account: Account) -> list[str]:
    rows = Candidate.objects.filter(account=account, indicator="relay.rate", pack="proposed-relay")
    return [each.status for each in rows.order_by("pk")]


def test_who_answers_for_an_account_is_told_and_what_is_out_already_counts(
    office: Office, city: City, now: datetime
) -> None:
    publish(office.account, f"【转载】{TITLE}", now - HOUR)
    task = give(office, now)
    assert [each.kind for each in notices_of(city.operator)] == ["relay"]
    done = part(task, office.account)
    assert (done.how, done.done_at, done.marked_by) == ("matched", now - HOUR, None)
    assert part(task, office.weibo).done_at is None
    verbs = set(
        AuditEntry.objects.filter(verb__startswith="relay_task").values_list("verb", flat=True)
    )
    assert verbs == {"relay_task.added", "relay_task.matched"}


def test_an_item_that_names_the_link_is_found_at_night(office: Office, now: datetime) -> None:
    task = give(office, now)
    publish(office.weibo, "放假啦", now + HOUR, text="原文见 www.gov.example/content_1.htm。")
    publish(office.account, "别的内容不相干", now + HOUR)
    evaluate_all(now=now + 2 * HOUR)
    assert part(task, office.weibo).done_at == now + HOUR
    assert part(task, office.account).done_at is None


def test_what_is_only_alike_waits_for_a_person(office: Office, city: City, now: datetime) -> None:
    publish(office.account, "国务院办公厅关于部分节假日的安排", now - HOUR)
    task = give(office, now)
    row = part(task, office.account)
    assert row.done_at is None
    ((item, likeness),) = duties.suggestions_of(task, [row])[row.pk]
    assert 70 <= likeness < 100
    kept = PublishedItem.objects.get(pk=item.number)
    with pytest.raises(Refused, match="另一个账号"):
        relaying.accept_match(part(task, office.weibo), kept, actor=office.supervisor, now=now)
    relaying.accept_match(row, kept, actor=city.operator, now=now)
    row.refresh_from_db()
    assert (row.how, row.item, row.marked_by) == ("by_hand", kept, city.operator)


def test_a_person_marks_with_a_link_once(office: Office, city: City, now: datetime) -> None:
    task = give(office, now)
    row = part(task, office.account)
    later = now + 2 * HOUR

    def mark(link: str, at: datetime, actor: Staff = city.operator) -> None:
        relaying.mark_relayed(row, link=link, done_at=at, actor=actor, now=later)

    for link, at, field in (
        ("转了", now, "link"),
        ("https://mp.example/s/1", later + HOUR, "done_at"),
        ("https://mp.example/s/1", now - 9 * DAY, "done_at"),
    ):
        with pytest.raises(Refused) as refused:
            mark(link, at)
        assert refused.value.field == field
    with pytest.raises(NotFound):
        mark("https://mp.example/s/1", now, city.outsider)
    row.refresh_from_db()
    assert row.done_at is None
    mark("https://mp.example/s/1", now + HOUR)
    row.refresh_from_db()
    assert (row.done_at, row.link) == (now + HOUR, "https://mp.example/s/1")
    with pytest.raises(Refused, match="已经登记过"):
        mark("https://mp.example/s/2", now)


def test_what_was_taken_back_is_left_to_people(office: Office, city: City, now: datetime) -> None:
    publish(office.account, TITLE, now - HOUR)
    task = give(office, now)
    row = part(task, office.account)
    with pytest.raises(NotFound):
        relaying.unmark_relayed(row, reason="这不是转载", actor=city.operator, now=now)
    with pytest.raises(Refused, match="至少 4 个字"):
        relaying.unmark_relayed(row, reason="不", actor=office.supervisor, now=now)
    relaying.unmark_relayed(row, reason="这不是转载", actor=office.supervisor, now=now)
    assert relaying.match_relays(task, actor=SETUP, now=now) == 0
    row.refresh_from_db()
    assert (row.done_at, row.how, row.item) == (None, "", None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": "通知"}, "title"),
        ({"source_url": "gov.example"}, "source_url"),
        ({"issued_by": " "}, "issued_by"),
        ({"due_at": datetime(2026, 1, 1).astimezone()}, "due_at"),
        ({"accounts": []}, "accounts"),
    ],
)
def test_a_task_that_cannot_be_given_out(
    office: Office, now: datetime, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        give(office, now, **changed)
    assert refused.value.field == field
    assert not RelayTask.objects.exists()


def test_only_to_accounts_of_one_s_own_area(office: Office, city: City, now: datetime) -> None:
    with pytest.raises(Refused, match="不在下达单位的范围"):
        give(office, now, agency=city.water, actor=office.of_water)
    with pytest.raises(NotFound):
        give(office, now, actor=office.of_water)
    with pytest.raises(NotFound):
        give(office, now, actor=city.operator)
    assert not RelayTask.objects.exists()


# The rate --------------------------------------------------------------------------------------


def test_what_is_missing_after_the_term_is_a_candidate_of_the_account(
    office: Office, now: datetime
) -> None:
    publish(office.weibo, TITLE, now - HOUR)
    give(office, now)
    actions.evaluate([office.account, office.weibo], now=now + HOUR)
    assert candidates(office.account) == []
    later = now + DAY + HOUR
    actions.evaluate([office.account, office.weibo], now=later)
    assert (candidates(office.account), candidates(office.weibo)) == (["open"], [])
    candidate = Candidate.objects.get(account=office.account, indicator="relay.rate")
    assert (candidate.severity, candidate.facts["on_time"], candidate.facts["assigned"]) == (
        "minor", 0, 1,
    )  # fmt: skip
    view = views_of(office.account, library(), now=later)["relay.rate"]
    assert view.guess is Mark.UNCLEAR
    assert "应转载 1 件，按时转载 0 件" in view.said
    assert views_of(office.weibo, library(), now=later)["relay.rate"].guess is None


def test_a_person_decides_and_each_miss_is_told_once(office: Office, now: datetime) -> None:
    give(office, now)
    first = now + DAY + HOUR
    actions.evaluate([office.account], now=first)
    candidate = Candidate.objects.get(account=office.account, indicator="relay.rate")
    proof = actions.Fresh(first, "https://mp.example/profile")
    actions.confirm(candidate, evidence=proof, actor=office.supervisor, now=first)
    finding = Finding.objects.get(candidate=candidate)
    assert (finding.indicator, finding.severity, finding.evidence is not None) == (
        "relay.rate", "minor", True,
    )  # fmt: skip
    actions.evaluate([office.account], now=first + HOUR)
    assert candidates(office.account) == ["confirmed"]
    give(office, first, title="国务院关于加强防汛工作的通知", source_url="", due_at=first + DAY)
    second = first + DAY + HOUR
    actions.evaluate([office.account], now=second)
    assert candidates(office.account) == ["confirmed", "open"]
    newest = Candidate.objects.filter(account=office.account, status="open").get()
    assert (newest.facts["count"], newest.facts["assigned"], newest.facts["title"]) == (
        1, 2, "国务院关于加强防汛工作的通知",
    )  # fmt: skip
    actions.dismiss(newest, reason="平台故障当天发不出", actor=office.supervisor, now=second)
    actions.evaluate([office.account], now=second + DAY)
    assert candidates(office.account) == ["confirmed", "dismissed"]


def test_a_late_mark_in_time_and_a_cancelled_task_let_the_candidate_go(
    office: Office, city: City, now: datetime
) -> None:
    task = give(office, now)
    other = give(office, now, title="国务院关于加强防汛工作的通知", source_url="")
    later = now + DAY + HOUR
    actions.evaluate([office.account], now=later)
    candidate = Candidate.objects.get(account=office.account, indicator="relay.rate")
    assert candidate.facts["count"] == 2
    relaying.mark_relayed(
        part(task, office.account), link="https://mp.example/s/1", done_at=now + HOUR,
        actor=city.operator, now=later,
    )  # fmt: skip
    actions.evaluate([office.account], now=later)
    candidate.refresh_from_db()
    assert (candidate.status, candidate.facts["count"]) == ("open", 1)
    relaying.cancel_relay_task(other, reason="原文已撤下", actor=office.supervisor, now=later)
    actions.evaluate([office.account], now=later)
    candidate.refresh_from_db()
    assert candidate.status == "gone"
    with pytest.raises(Refused, match="已经取消"):
        relaying.cancel_relay_task(other, reason="原文已撤下", actor=office.supervisor, now=later)
    with pytest.raises(Refused, match="已经取消"):
        relaying.mark_relayed(
            part(other, office.account), link="https://mp.example/s/1", done_at=later,
            actor=city.operator, now=later,
        )  # fmt: skip


def test_a_relay_after_the_term_is_still_a_miss(office: Office, now: datetime) -> None:
    give(office, now)
    publish(office.account, TITLE, now + DAY + HOUR)
    later = now + 2 * DAY
    evaluate_all(now=later)
    candidate = Candidate.objects.get(account=office.account, indicator="relay.rate")
    assert (candidate.facts["count"], candidate.facts["open"]) == (1, 0)


def test_everybody_sees_her_own_part_with_its_counts(
    office: Office, city: City, now: datetime
) -> None:
    publish(office.account, TITLE, now - HOUR)
    task = give(office, now)

    def counts(staff: Staff) -> tuple[int, int, int]:
        found = duties.relay_task_for(staff, task.pk)
        return found.assigned, found.on_time, found.missing  # type: ignore[attr-defined]

    assert counts(office.supervisor) == (2, 1, 1)
    assert counts(city.operator) == (1, 1, 0)
    assert counts(office.of_water) == (1, 0, 1)
    station = add("luping", "陆平", Role.OPERATOR, city.station, now)
    with pytest.raises(NotFound):
        duties.relay_task_for(station, task.pk)
    assert [each.account for each in duties.assignments_for(city.operator, task)] == [
        office.account
    ]
    with pytest.raises(NotFound):
        duties.assignment_for(city.operator, part(task, office.weibo).pk)


def test_where_a_place_has_its_own_rule_the_proposal_is_silent(
    office: Office, now: datetime
) -> None:
    Account.objects.filter(pk=office.account.pk).update(region_code="350102")
    account = Account.objects.select_related("agency").get(pk=office.account.pk)
    give(office, now, accounts=[account])
    later = now + DAY + HOUR
    actions.evaluate([account], now=later)
    (candidate,) = Candidate.objects.filter(account=account, indicator="relay.rate")
    assert candidate.pack == "fuzhou-relay"
    assert views_of(account, library(), now=later)["relay.rate"].rule.startswith("fuzhou-relay ")
