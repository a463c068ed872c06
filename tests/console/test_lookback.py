"""《存量回头看》 as a supervisor works with it."""

import io
from datetime import datetime

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Role
from minxin.supervision.models import Exemption, Finding, Hit, PublishedItem, Scan, Term, WordList
from tests.console.conftest import SignIn
from tests.console.lookback import PHONE, looked_back
from tests.support.city import PASSWORD, SETUP, City


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")


@pytest.fixture
def huang(city: City, now: datetime) -> Staff:
    return agencies.add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


@pytest.fixture
def desk(at_desk: SignIn, huang: Staff) -> Client:
    return at_desk(huang)


def sheet(text: str, name: str = "a.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), "text/csv")


def test_a_new_term_leads_to_its_scan_and_its_hits(desk: Client, city: City, now: datetime) -> None:
    page = desk.get(reverse("console:lookback")).content.decode()
    assert "还没有回头看扫描" in page
    made = desk.post(
        reverse("console:word_list_new"), {"agency": city.root.pk, "name": "更名", "kind": "agency"}
    )
    word_list = WordList.objects.get()
    assert made["Location"] == reverse("console:word_list", args=[word_list.pk])
    assert "这份词表还没有词条" in desk.get(made["Location"]).content.decode()
    address = reverse("console:items_import")
    rows = "标题,正文,链接,发布时间\n提示,由市交警大队负责。,https://a.example/1,2026年1月5日\n"
    desk.post(address, {"account": city.account.pk, "file": sheet(rows)})
    assert PublishedItem.objects.get().text == "由市交警大队负责。"
    answer = desk.post(
        reverse("console:term_new", args=[word_list.pk]),
        {"wrong": "市交警大队", "suggestion": "市交警支队", "severity": "major"},
    )
    scan = Scan.objects.get()
    assert answer["Location"] == reverse("console:scan", args=[scan.pk])
    assert (scan.status, scan.found) == ("done", 1)
    page = desk.get(answer["Location"]).content.decode()
    assert "1 / 1 篇" in page
    assert f"?scan={scan.pk}&amp;status=open" in page
    hit = Hit.objects.get()
    page = desk.get(reverse("console:hit", args=[hit.pk])).content.decode()
    assert '<mark id="place">市交警大队</mark>' in page
    assert "市交警支队" in page


def test_hits_are_confirmed_in_bulk_into_one_finding(
    desk: Client, huang: Staff, city: City, now: datetime
) -> None:
    hit = looked_back(city, huang, now, kind="agency")
    address = reverse("console:hits")
    asked = desk.post(address, {"act": "confirm", "picked": hit.pk}).content.decode()
    assert "确认 1 处命中" in asked
    assert Finding.objects.count() == 0
    desk.post(address, {"act": "confirm", "picked": hit.pk, "confirmed": "1"})
    finding = Finding.objects.get()
    hit.refresh_from_db()
    assert (hit.status, hit.decided_by, hit.finding) == ("confirmed", huang, finding)
    page = desk.get(reverse("console:finding", args=[finding.pk])).content.decode()
    assert "市交警大队" in page
    assert reverse("console:finding", args=[finding.pk]) in desk.get(
        reverse("console:hit", args=[hit.pk])
    ).content.decode()  # fmt: skip
    again = desk.post(address, {"act": "confirm", "picked": hit.pk}).content.decode()
    assert "不用处理" in again


def test_a_bulk_dismissal_needs_a_reason_and_keeps_it(
    desk: Client, huang: Staff, city: City, now: datetime
) -> None:
    hit = looked_back(city, huang, now, kind="agency")
    sent = {"act": "dismiss", "picked": hit.pk, "confirmed": "1", "remember": "host"}
    assert desk.post(reverse("console:hits"), sent | {"reason": "好"}).status_code == 422
    assert Hit.objects.get().status == "open"
    desk.post(reverse("console:hits"), sent | {"reason": "历史沿革的表述"})
    assert (Hit.objects.get().status, Exemption.objects.get().words) == ("dismissed", "市交警大队")
    page = desk.get(reverse("console:exemptions")).content.decode()
    assert "历史沿革的表述" in page
    sent = {"act": "lift", "picked": Exemption.objects.get().pk, "confirmed": "1"}
    desk.post(reverse("console:exemptions"), sent)
    assert not Exemption.objects.exists()


def test_a_persons_number_is_nowhere_until_somebody_says_why(
    desk: Client, huang: Staff, city: City, now: datetime
) -> None:
    hit = looked_back(city, huang, now)
    one = reverse("console:hit", args=[hit.pk])
    pages = [
        one, reverse("console:hits"), reverse("console:hits") + "?export=csv",
        reverse("console:published_item", args=[hit.item_id]),
    ]  # fmt: skip
    for address in pages:
        answer = desk.get(address)
        content = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200
        assert PHONE not in content.decode(), address
    assert desk.post(one, {"act": "reveal", "reveal-reason": "看"}).status_code == 422
    assert not AuditEntry.objects.filter(verb="hit.revealed").exists()
    shown = desk.post(one, {"act": "reveal", "reveal-reason": "核对原文"}).content.decode()
    assert f"<strong>{PHONE}</strong>" in shown
    assert AuditEntry.objects.get(verb="hit.revealed").reason == "核对原文"


def test_a_sheet_with_a_fault_changes_nothing_and_names_its_rows(
    desk: Client, huang: Staff, city: City, now: datetime
) -> None:
    made = WordList.objects.create(
        agency=city.root, name="词表", kind="words", changed_at=now, changed_by=huang
    )
    address = reverse("console:terms_import", args=[made.pk])
    bad = {
        "错误表述,严重程度\n市规划局,很重\n的,一般\n": ("第 2 行", "第 3 行"),
        "表述\n市规划局\n": ("没有找到列名",),
        "错误表述\n": ("表格里没有内容",),
        "错误表述,起查日期\n市规划局,去年\n": ("看不懂",),
    }
    for text, words in bad.items():
        answer = desk.post(address, {"file": sheet(text)})
        assert answer.status_code == 422
        for each in words:
            assert each in answer.content.decode()
    assert (Term.objects.count(), Scan.objects.count()) == (0, 0)
    good = "旧称,新称,严重程度,起查日期\n市规划局,市自然资源和规划局,单项否决,2026/1/5\n"
    desk.post(address, {"file": sheet(good)})
    term = Term.objects.get()
    assert (term.wrong, term.severity, str(term.valid_from)) == ("市规划局", "veto", "2026-01-05")
    articles = reverse("console:items_import")
    for row in ("题,,,2026-01-05", "题,文,ftp://a,2026-01-05", "题,文,,2999-01-05", "题,文,,"):
        rows = f"标题,正文,链接,发布时间\n{row}\n"
        answer = desk.post(articles, {"account": city.account.pk, "file": sheet(rows)})
        assert answer.status_code == 422, row
    assert not PublishedItem.objects.exists()


def test_a_scan_is_stopped_and_gone_on_with(
    desk: Client, huang: Staff, city: City, now: datetime
) -> None:
    scan = looked_back(city, huang, now, kind="agency").scan
    change = reverse("console:scan_change", args=[scan.pk])
    Scan.objects.update(status="running", claimed_by="other")
    page = desk.get(reverse("console:scan", args=[scan.pk])).content.decode()
    assert 'hx-trigger="every 1s"' in page
    desk.post(change, {"act": "stop"})
    scan.refresh_from_db()
    assert scan.stop_requested_at is not None
    Scan.objects.update(status="stopped", claimed_by="", cursor=0, done=0)
    desk.post(change, {"act": "resume"})
    scan.refresh_from_db()
    assert (scan.status, scan.done) == ("done", 1)
    assert 'hx-trigger="every 1s"' not in desk.get(
        reverse("console:scan_progress", args=[scan.pk])
    ).content.decode()  # fmt: skip


def test_lists_export_what_they_show(desk: Client, huang: Staff, city: City, now: datetime) -> None:
    looked_back(city, huang, now, kind="agency")
    for name in ("lookback", "hits", "word_lists", "published_items"):
        answer = desk.get(reverse(f"console:{name}") + "?export=csv")
        lines = io.StringIO(b"".join(answer).decode("utf-8-sig")).readlines()
        assert len(lines) == 2, name


def test_who_does_not_supervise_has_no_way_in(at_desk: SignIn, city: City) -> None:
    client = at_desk(city.wang)
    assert client.get(reverse("console:lookback")).status_code == 404
    assert client.get(reverse("console:word_list_new")).status_code == 404
