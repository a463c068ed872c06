"""Published texts are kept and looked through again when a list changes; a named person decides."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies.models import AuditEntry
from minxin.agencies.queries import notices_of
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import LEASE, ClaimLost
from minxin.supervision.actions import hits as deciding
from minxin.supervision.actions import scans, word_lists
from minxin.supervision.actions.items import Article, keep_items
from minxin.supervision.actions.word_lists import TermDraft
from minxin.supervision.models import (
    Evidence,
    Exemption,
    Finding,
    Hit,
    ItemVersion,
    PublishedItem,
    Scan,
    WordList,
)
from minxin.supervision.queries import lookback
from minxin.supervision.rules.looking import excerpt, sentence, text_of_html
from minxin.supervision.rules.packs import Severity
from minxin.supervision.scanning import look_at_new_items, wake_stalled, work
from tests.supervision.conftest import Office
from tests.support.city import SETUP, City
from tests.support.databases import EITHER_DATABASE, answer_of, own_database

DAY = timedelta(days=1)
PHONE = "13800138000"


def keep(account: Account, *texts: str, now: datetime, days_ago: float = 100) -> None:
    """Articles numbered by their place."""
    keep_items(
        (
            Article(
                account.pk, PublishedItem.Source.IMPORT, f"a-{number}", f"第{number}篇", text,
                now - days_ago * DAY,
            )
            for number, text in enumerate(texts)
        ),
        now=now,
    )  # fmt: skip


def listed(
    office: Office, *terms: TermDraft, now: datetime, kind: str = "agency", name: str = "机构更名"
) -> Scan:
    made, scan = word_lists.add_word_list(
        agency=office.account.agency.parent or office.account.agency, name=name, kind=kind,
        actor=office.supervisor, now=now,
    )  # fmt: skip
    if terms:
        scan = word_lists.put_terms(made, terms, actor=office.supervisor, now=now)
    assert scan is not None
    return scan


def run(scan: Scan, now: datetime) -> Scan:
    work(scan.pk, clock=lambda: now)
    scan.refresh_from_db()
    return scan


OLD = TermDraft("市规划局", "市自然资源和规划局", Severity.MAJOR, "云政发〔2026〕3号")


def test_an_article_is_kept_once_and_its_earlier_text_when_it_changes(
    office: Office, now: datetime
) -> None:
    keep(office.account, "旧文", now=now)
    keep(office.account, "旧文", now=now + DAY)
    (item,) = PublishedItem.objects.all()
    assert (item.version, item.kept_at, ItemVersion.objects.count()) == (1, now, 0)
    before = item.sha256
    keep(office.account, "新文", now=now + DAY)
    item.refresh_from_db()
    assert (item.version, item.text, item.kept_at) == (2, "新文", now + DAY)
    assert item.sha256 != before
    (kept,) = ItemVersion.objects.all()
    assert (kept.version, kept.text, kept.sha256, kept.kept_at) == (1, "旧文", before, now)


def test_the_text_of_a_page_is_what_a_reader_sees() -> None:
    page = "<style>p{}</style><p>第一段&amp;<b>重点</b></p><p> 第二\u00a0 段</p><img alt='示意图'><script>x<"
    assert text_of_html(page) == "第一段&重点\n第二 段\n示意图"


def test_an_excerpt_never_shows_half_a_number() -> None:
    text = "规划局" + "字" * 18 + PHONE + "完"
    shown = excerpt(text, 0, 3)
    assert shown.startswith("规划局字")
    assert PHONE[:7] not in shown
    assert "0013" not in shown
    assert "*" in shown


def test_a_change_of_a_list_finds_what_stands_in_kept_texts(office: Office, now: datetime) -> None:
    keep(office.account, "由市规划局办理，市规划局负责。", "市自然资源和规划局", "别的", now=now)
    scan = run(listed(office, OLD, now=now), now)
    assert (scan.status, scan.total, scan.done, scan.found) == ("done", 3, 3, 2)
    first, second = Hit.objects.order_by("offset")
    text = f"{first.item.title}\n{first.item.text}"
    assert text[first.offset : first.offset + first.length] == "市规划局"
    assert (first.suggestion, first.severity, first.status) == (
        "市自然资源和规划局",
        "major",
        "open",
    )
    assert second.offset > first.offset
    assert [each.text for each in notices_of(office.supervisor)] == [
        "词表“机构更名”回头看完成，新命中 2 处"
    ]
    again = scans.begin_scan(scan.word_list, actor=office.supervisor, now=now)
    assert run(again, now).found == 0
    assert Hit.objects.count() == 2


def test_a_term_with_a_day_leaves_out_what_was_right_then(office: Office, now: datetime) -> None:
    keep(office.account, "市规划局", now=now, days_ago=100)
    since = (now - 50 * DAY).date()
    assert run(listed(office, TermDraft("市规划局", valid_from=since), now=now), now).found == 0
    early = TermDraft("市规划局", valid_from=since - timedelta(days=60))
    assert run(listed(office, early, now=now, name="更早"), now).found == 1


def test_a_list_is_for_its_agency_and_what_is_below(
    office: Office, city: City, now: datetime
) -> None:
    keep(office.account, "市规划局", now=now)
    keep(office.weibo, "市规划局", now=now)
    made, _none = word_lists.add_word_list(
        agency=city.water, name="水务", kind="words", actor=office.of_water, now=now
    )
    scan = word_lists.put_terms(made, [OLD], actor=office.of_water, now=now)
    assert scan is not None
    run(scan, now)
    assert [each.item.account for each in Hit.objects.all()] == [office.weibo]
    with pytest.raises(NotFound):
        word_lists.add_word_list(
            agency=city.root, name="全市", kind="words", actor=office.of_water, now=now
        )
    other = listed(office, OLD, now=now)
    run(other, now)
    assert {each.item.account_id for each in lookback.hits_for(office.of_water)} == {
        office.weibo.pk
    }
    with pytest.raises(NotFound):
        lookback.scan_for(office.of_water, other.pk)
    hit = Hit.objects.get(item__account=office.account)
    with pytest.raises(NotFound):
        lookback.hit_for(office.of_water, hit.pk)
    with pytest.raises(NotFound):
        deciding.confirm_hits([hit], actor=office.of_water, now=now)
    with pytest.raises(NotFound):
        deciding.dismiss_hits([hit], reason="不是我们的", actor=office.of_water, now=now)
    hit.refresh_from_db()
    assert (hit.status, Finding.objects.count()) == ("open", 0)


def test_confirmed_hits_become_one_finding_with_what_was_kept(
    office: Office, now: datetime
) -> None:
    keep(office.account, "市规划局", "市规划局又", now=now)
    keep(office.weibo, "市规划局", now=now)
    run(listed(office, OLD, now=now), now)
    mine = list(Hit.objects.filter(item__account=office.account).order_by("pk"))
    (finding,) = deciding.confirm_hits(mine[:1], actor=office.supervisor, now=now)
    assert (finding.origin, finding.severity, finding.facts["wrong"]) == (
        "lookback", "major", "市规划局",
    )  # fmt: skip
    (again,) = deciding.confirm_hits(mine[1:], actor=office.supervisor, now=now)
    assert again.pk == finding.pk
    again.refresh_from_db()
    assert "2 篇" in again.facts["detail"]
    assert [each.pk for each in finding.hits.order_by("pk")] == [each.pk for each in mine]
    assert Evidence.objects.count() == 2  # the first stays as it was kept
    with again.evidence.file.open("rb") as file:
        words = file.read().decode()
    assert all(each.item.sha256 in words for each in mine)
    with pytest.raises(Refused):
        deciding.confirm_hits(mine, actor=office.supervisor, now=now)
    assert Finding.objects.get().pk == finding.pk
    keep(office.account, "市规划局", "市规划局第三篇", now=now + DAY / 2)
    half = now + DAY / 2
    scan = run(scans.begin_scan(WordList.objects.get(), actor=office.supervisor, now=half), half)
    fresh = Hit.objects.filter(scan=scan, item__account=office.account)
    (grown,) = deciding.confirm_hits(fresh, actor=office.supervisor, now=half)
    assert grown.pk == finding.pk  # the same list, another scan: the same problem
    Finding.objects.update(state="notified")
    keep(office.account, "市规划局", "市规划局又改了", now=now + DAY)
    scan = run(
        scans.begin_scan(WordList.objects.get(), actor=office.supervisor, now=now + DAY), now + DAY
    )
    fresh = Hit.objects.filter(scan=scan, item__account=office.account)
    (other,) = deciding.confirm_hits(fresh, actor=office.supervisor, now=now + DAY)
    assert other.pk != finding.pk  # what was notified does not grow


def test_an_account_is_not_taken_for_another_whose_number_begins_alike(
    office: Office, city: City, now: datetime
) -> None:
    short = office.account
    long = accounts.register(
        agency=city.police, name="云溪公安微博", platform="weibo", is_verified=True,
        region_code="990100", opens_filing=False, actor=SETUP, now=now,
    )  # fmt: skip
    Account.objects.filter(pk=long.pk).update(id=int(f"{short.pk}7"))
    long = Account.objects.get(pk=int(f"{short.pk}7"))
    for account in (long, short):
        keep(account, "市规划局", now=now)
    run(listed(office, OLD, now=now), now)
    found = [
        deciding.confirm_hits(
            Hit.objects.filter(item__account=account), actor=office.supervisor, now=now
        )[0]
        for account in (long, short)
    ]
    assert [each.account_id for each in found] == [long.pk, short.pk]


def test_a_dismissal_needs_a_reason_and_is_remembered_where_it_was_said(
    office: Office, now: datetime
) -> None:
    keep(office.account, "市规划局", "又是市规划局", now=now)
    keep(office.weibo, "市规划局", now=now)
    scan = run(listed(office, OLD, now=now), now)
    hit = Hit.objects.filter(item__account=office.account).order_by("pk")[0]
    with pytest.raises(Refused):
        deciding.dismiss_hits([hit], reason="好", actor=office.supervisor, now=now)
    hit.refresh_from_db()
    assert hit.status == "open"
    count = deciding.dismiss_hits(
        [hit], reason="历史沿革的表述", remember="host", actor=office.supervisor, now=now
    )
    assert count == 2  # the other one of the same words there too
    assert list(Hit.objects.filter(status="open").values_list("item__account", flat=True)) == [
        office.weibo.pk
    ]
    keep(office.account, "市规划局", "再说市规划局", now=now + DAY)
    again = run(scans.begin_scan(scan.word_list, actor=office.supervisor, now=now + DAY), now + DAY)
    assert again.found == 0
    deciding.lift_exemption(Exemption.objects.get(), actor=office.supervisor, now=now)
    again = run(scans.begin_scan(scan.word_list, actor=office.supervisor, now=now + DAY), now + DAY)
    assert again.found == 1
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"hit.dismissed", "exemption.added", "exemption.lifted", "scan.ended"} <= verbs


def test_persons_numbers_are_masked_and_shown_only_to_who_says_why(
    office: Office, now: datetime
) -> None:
    keep(office.account, f"联系人张某，电话{PHONE}，证号11010519491231002X。", now=now)
    run(listed(office, now=now, kind="privacy", name="个人信息"), now)
    phone, identity = Hit.objects.order_by("key")[::-1]
    assert (phone.key, identity.key) == ("mobile", "identity")
    for hit in (phone, identity):
        assert PHONE not in hit.excerpt + hit.words
        assert "194912" not in hit.excerpt + hit.words
    with pytest.raises(Refused):
        deciding.reveal_hit(phone, reason="", actor=office.supervisor, now=now)
    with pytest.raises(NotFound):
        deciding.reveal_hit(phone, reason="核对原文", actor=office.of_water, now=now)
    assert not AuditEntry.objects.filter(verb="hit.revealed").exists()
    shown = deciding.reveal_hit(phone, reason="核对原文", actor=office.supervisor, now=now)
    assert shown == PHONE
    assert AuditEntry.objects.get(verb="hit.revealed").reason == "核对原文"
    with pytest.raises(Refused):
        deciding.dismiss_hits(
            [phone], reason="单位公开电话", remember="area", actor=office.supervisor, now=now
        )
    assert PHONE not in str(
        deciding.confirm_hits([phone], actor=office.supervisor, now=now)[0].facts
    )
    with Evidence.objects.get().file.open("rb") as file:
        assert PHONE not in file.read().decode()


def rescanned(office: Office, now: datetime) -> Scan:
    """All of the one list again."""
    scan = scans.begin_scan(WordList.objects.get(), actor=office.supervisor, now=now)
    return run(scan, now)


def test_a_dismissal_holds_while_its_sentence_does(office: Office, now: datetime) -> None:
    keep(office.account, "市规划局旧址。另由市规划局办理。", now=now)
    run(listed(office, OLD, now=now), now)
    first, second = Hit.objects.order_by("offset")
    deciding.dismiss_hits([first], reason="历史沿革的表述", actor=office.supervisor, now=now)
    keep(office.account, "新加的一句！市规划局旧址。现由市规划局办理。", now=now + DAY)
    scan = rescanned(office, now + DAY)
    again, other = Hit.objects.filter(version=2).order_by("offset")
    assert (again.status, again.follows, again.reason) == ("dismissed", first, "历史沿革的表述")
    assert (again.decided_by, again.decided_at) == (office.supervisor, now)
    assert (other.status, other.follows) == ("open", None)  # another sentence: a person is asked
    second.refresh_from_db()
    assert (scan.found, second.status) == (1, "gone")
    keep(office.account, "新加的一句！市规划局旧址，已拆除。", now=now + 2 * DAY)
    rescanned(office, now + 2 * DAY)
    assert Hit.objects.get(version=3).status == "open"


def test_kept_wrong_words_stay_with_their_finding_until_it_ends(
    office: Office, now: datetime
) -> None:
    keep(office.account, "市规划局办理。别的。", now=now)
    run(listed(office, OLD, now=now), now)
    (finding,) = deciding.confirm_hits(Hit.objects.all(), actor=office.supervisor, now=now)
    Finding.objects.update(state="notified")
    facts = Finding.objects.get().facts
    keep(office.account, "市规划局办理。改了别处。", now=now + DAY)
    scan = rescanned(office, now + DAY)
    again = Hit.objects.get(version=2)
    assert (again.status, again.finding, scan.found) == ("confirmed", finding, 0)
    assert Finding.objects.get().facts == facts  # what was notified stays as it was told
    Finding.objects.update(state="closed")
    keep(office.account, "市规划局办理。又改了别处。", now=now + 2 * DAY)
    scan = rescanned(office, now + 2 * DAY)
    back = Hit.objects.get(version=3)
    assert (back.status, back.finding, scan.found) == ("open", None, 1)


def test_only_the_same_place_of_the_same_item_follows(office: Office, now: datetime) -> None:
    keep(office.account, "市规划局与市规划局。", "别的", now=now)
    run(listed(office, OLD, now=now), now)
    first, _second = Hit.objects.order_by("offset")
    deciding.dismiss_hits([first], reason="历史沿革的表述", actor=office.supervisor, now=now)
    keep(office.account, "前言。市规划局与市规划局。", "市规划局与市规划局。", now=now + DAY)
    rescanned(office, now + DAY)
    fresh = Hit.objects.filter(version=2).order_by("item_id", "offset")
    assert [each.status for each in fresh] == ["dismissed", "open", "open", "open"]


@pytest.mark.parametrize(
    ("text", "offset", "found"),
    [
        ("一。二三。四", 2, ("二三", 0)),
        ("一。二三。四", 3, ("二三", 1)),
        ("一二", 0, ("一二", 0)),
        ("题\n文！完", 2, ("文", 0)),
    ],
)
def test_the_sentence_of_a_place(text: str, offset: int, found: tuple[str, int]) -> None:
    assert sentence(text, offset, 1) == found


def test_what_was_changed_before_anybody_decided_is_gone(office: Office, now: datetime) -> None:
    keep(office.account, "市规划局", now=now)
    run(listed(office, OLD, now=now), now)
    keep(office.account, "已经改了", now=now + DAY)
    hit = Hit.objects.get()
    assert hit.status == "gone"
    with pytest.raises(Refused):
        deciding.confirm_hits([hit], actor=office.supervisor, now=now)


def test_what_cannot_be_looked_for_is_refused_and_changes_nothing(
    office: Office, now: datetime
) -> None:
    made, _none = word_lists.add_word_list(
        agency=office.account.agency, name="词表", kind="words", actor=office.supervisor, now=now
    )
    for bad in (TermDraft("的"), TermDraft(" "), TermDraft("市局", "市局"), TermDraft("字" * 81)):
        with pytest.raises(Refused):
            word_lists.put_terms(made, [OLD, bad], actor=office.supervisor, now=now)
    with pytest.raises(Refused):
        word_lists.add_word_list(
            agency=office.account.agency, name="词表 ", kind="words", actor=office.supervisor,
            now=now,
        )  # fmt: skip
    made.refresh_from_db()
    assert (made.revision, made.terms.count(), Scan.objects.count()) == (0, 0, 0)
    assert word_lists.put_terms(made, [OLD], actor=office.supervisor, now=now) is not None
    assert word_lists.put_terms(made, [OLD], actor=office.supervisor, now=now) is None
    word_lists.drop_term(made.terms.get(), actor=office.supervisor, now=now)
    with pytest.raises(Refused):
        word_lists.drop_term(made.terms.get(), actor=office.supervisor, now=now)


def steps(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr("minxin.supervision.scanning.ITEMS_A_STEP", size)


def at_call(number: int, act: Callable[[], object], now: datetime) -> Callable[[], datetime]:
    calls: list[int] = []

    def clock() -> datetime:
        calls.append(1)
        if len(calls) == number:
            act()
        return now

    return clock


def test_a_scan_stops_after_the_step_in_hand_and_goes_on_where_it_was(
    office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps(monkeypatch, 2)
    keep(office.account, *["市规划局"] * 6, now=now)
    scan = listed(office, OLD, now=now)

    def stop() -> None:
        scans.stop_scan(Scan.objects.get(), actor=office.supervisor, now=now)

    work(scan.pk, clock=at_call(3, stop, now))  # claimed; first step: read, written
    scan.refresh_from_db()
    assert (scan.status, scan.done, scan.found) == ("stopped", 2, 2)
    scans.resume_scan(scan, actor=office.supervisor, now=now)
    run(scan, now)
    assert (scan.status, scan.done, scan.found, Hit.objects.count()) == ("done", 6, 6, 6)
    for action in (scans.stop_scan, scans.resume_scan):
        with pytest.raises(Refused):
            action(scan, actor=office.supervisor, now=now)
        with pytest.raises(NotFound):
            action(scan, actor=office.of_water, now=now)


def test_a_list_that_changes_meanwhile_begins_the_scan_anew(
    office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps(monkeypatch, 2)
    keep(office.account, *["市规划局和市水利局"] * 6, now=now)
    scan = listed(office, OLD, now=now)

    def change() -> None:
        word_lists.put_terms(
            WordList.objects.get(), [TermDraft("市水利局")], actor=office.supervisor, now=now
        )

    work(scan.pk, clock=at_call(3, change, now))
    scan.refresh_from_db()
    assert (scan.status, scan.done, scan.revision) == ("waiting", 0, 2)
    run(scan, now)
    assert (scan.status, scan.done, Hit.objects.count()) == ("done", 6, 12)
    assert Scan.objects.count() == 1


def test_what_is_kept_later_is_looked_through_by_itself(office: Office, now: datetime) -> None:
    keep(office.account, "市规划局", now=now)
    run(listed(office, OLD, now=now), now)
    assert look_at_new_items(now=now + DAY) == 0
    keep(office.weibo, "市规划局", now=now + DAY)
    assert look_at_new_items(now=now + 2 * DAY) == 1
    scan = Scan.objects.order_by("-pk")[0]
    assert (scan.total, scan.since, scan.started_by) == (1, now, None)
    run(scan, now + 2 * DAY)
    assert (scan.status, scan.found) == ("done", 1)
    assert look_at_new_items(now=now + 3 * DAY) == 0


def test_a_stalled_scan_is_woken_and_its_first_worker_writes_no_more(
    office: Office, now: datetime
) -> None:
    keep(office.account, "市规划局", now=now)
    scan = listed(office, OLD, now=now)
    dead = scans.claim_scan(scan.pk, token="dead", now=now)
    assert dead is not None
    assert scans.claim_scan(scan.pk, token="other", now=now) is None
    later = now + LEASE
    assert wake_stalled(now=later - timedelta(seconds=1)) == 0
    assert wake_stalled(now=later) == 1
    run(scan, later)
    assert (scan.status, scan.found) == ("done", 1)
    with pytest.raises(ClaimLost):
        scans.advance_scan(dead, [], cursor=9, looked=1, token="dead", now=later)


def test_a_list_that_finds_everything_ends_with_a_word(
    office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("minxin.supervision.scanning.MOST_HITS", 1)
    keep(office.account, "市规划局", "市规划局", now=now)
    scan = run(listed(office, OLD, now=now), now)
    assert scan.status == "failed"
    assert "检查词表" in scan.note


CAST = """
from datetime import UTC, datetime, timedelta
from minxin.agencies import actions as agencies
from minxin.agencies.rules import Role
from minxin.supervision.actions import word_lists
from minxin.supervision.actions.items import Article, keep_items
from tests.support.city import PASSWORD, SETUP, build_city
now = datetime.now(UTC)
city = build_city(now)
huang = agencies.add_staff(username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR,
                           password=PASSWORD, must_change_password=False, actor=SETUP, now=now)
keep_items((Article(city.account.pk, "import", f"a-{n}", "题", "市规划局通知" + "正文" * 200, now)
            for n in range(6000)), now=now)
made, _ = word_lists.add_word_list(agency=city.root, name="更名", kind="agency", actor=huang, now=now)
print(word_lists.put_terms(made, [word_lists.TermDraft("市规划局")], actor=huang, now=now).pk)
"""
WORK = """
from minxin.supervision import scanning
scanning.ITEMS_A_STEP = 50
scanning.work({scan})
"""
BEGUN = """
from minxin.supervision.models import Scan
Scan.objects.get(pk={scan}).done
"""
LOOK = """
from minxin.supervision.models import Hit, Scan
scan = Scan.objects.get(pk={scan})
print(scan.status, scan.done, scan.found, Hit.objects.count(), scan.interruptions)
"""
LATER = """
from datetime import timedelta
from django.utils import timezone
from minxin.supervision.scanning import wake_stalled, work
later = timezone.now() + timedelta(minutes=2)
assert wake_stalled(now=later) == 1
work({scan}, clock=lambda: later)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_a_killed_worker_loses_and_repeats_nothing(kind: str) -> None:
    with own_database(kind) as database:
        scan = database.run(CAST)
        database.kill_when(BEGUN.format(scan=scan), WORK.format(scan=scan))
        status, done, found, hits, _taken = database.run(LOOK.format(scan=scan)).split()
        assert status == "running"
        assert done == found == hits
        assert 0 < int(done) < 6000
        answer_of(database.start(LATER.format(scan=scan)))
        assert database.run(LOOK.format(scan=scan)) == "done 6000 6000 6000 1"
