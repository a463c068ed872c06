"""Documents in the console: brought in, read, checked, published, repealed; who may not sees nothing."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from minxin.agencies import actions as agencies
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Role
from minxin.knowledge.models import Document, DocumentImport
from minxin.knowledge.queries.documents import in_standing
from minxin.knowledge.taking.work import work
from tests.knowledge.papers import paper
from tests.support.city import PASSWORD, SETUP, City

LINES = (
    "云溪市养犬办法\n云政发〔2026〕3号\n第一条 养犬应当登记。\n第二条 每年检验一次。\n2026年1月20日"
)


def _editor(name: str, where: Agency, now: datetime) -> Staff:
    return agencies.add_staff(
        username=name, name=name, agency=where, role=Role.EDITOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


def _client(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def page(city: City, now: datetime, settings: Any, tmp_path: Path) -> Client:
    settings.MEDIA_ROOT = tmp_path
    return _client(_editor("limin", city.police, now))


def _said(client: Client, name: str, *args: int, **query: str) -> str:
    answer = client.get(reverse(f"console:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_from_the_upload_to_the_published_document(page: Client, city: City, now: datetime) -> None:
    given = {
        "uploads": [
            SimpleUploadedFile("办法.txt", LINES.encode()),
            SimpleUploadedFile("空.docx", b""),
        ],
        "agency": city.police.pk, "kind": "policy", "region_code": "3301", "topic": "养犬",
    }  # fmt: skip
    assert page.post(reverse("console:papers_import"), given).status_code == 302
    job = DocumentImport.objects.get()
    assert "已排队" in _said(page, "papers_import_one", job.pk)
    work(job.pk)
    shown = _said(page, "papers_import_progress", job.pk)
    for words in ("读取完成", "2 / 2 份", "这个文件是空的", "没有找到发布机关"):
        assert words in shown
    report = page.get(reverse("console:papers_import_report", args=[job.pk]), {"export": "csv"})
    rows = b"".join(report.streaming_content).decode()  # type: ignore[attr-defined]
    assert "这个文件是空的" in rows
    document = Document.objects.get()
    shown = _said(page, "paper", document.pk)
    for words in ("待核对", "没有找到发布机关", "第一条 养犬应当登记。", "下载原件：办法.txt"):
        assert words in shown
    kept = page.get(reverse("console:paper_file", args=[document.pk]))
    assert b"".join(kept.streaming_content).decode() == LINES  # type: ignore[attr-defined]
    assert "attachment" in kept["Content-Disposition"]
    refused = page.post(reverse("console:paper_publish", args=[document.pk]), follow=True)
    assert "发布前请填写发布机关" in refused.content.decode()
    form = {
        "title": "云溪市养犬办法", "kind": "policy", "language": "zh-Hans",
        "issuing_agency": "云溪市人民政府", "issued_on": "2026-01-20", "region_code": "33x",
    }  # fmt: skip
    wrong = page.post(reverse("console:paper_edit", args=[document.pk]), form)
    assert wrong.status_code == 422
    assert 'value="33x"' in wrong.content.decode()
    form["region_code"] = "330100"
    assert page.post(reverse("console:paper_edit", args=[document.pk]), form).status_code == 302
    page.post(reverse("console:paper_publish", args=[document.pk]))
    document.refresh_from_db()
    assert (document.status, document.region_code) == ("published", "330100")
    assert "现行有效" in _said(page, "papers", standing="current", issuing_agency="云溪")
    repealing = {"repealed_on": "2026-02-01", "repealed_by": "市政府令第9号"}
    page.post(reverse("console:paper_repeal", args=[document.pk]), repealing)
    assert "已失效或废止" in _said(page, "papers", standing="ended", region_code="3301")
    page.post(reverse("console:paper_retire", args=[document.pk]), {"reason": "不用了"})
    document.refresh_from_db()
    assert document.status == "retired"


def test_a_draft_can_be_deleted_and_brought_in_again(
    page: Client, city: City, now: datetime
) -> None:
    for _ in range(2):
        given = {
            "uploads": [SimpleUploadedFile("办法.txt", LINES.encode())],
            "agency": city.police.pk, "kind": "policy",
        }  # fmt: skip
        page.post(reverse("console:papers_import"), given)
        work(DocumentImport.objects.order_by("-pk")[0].pk)
        document = Document.objects.get()
        place = reverse("console:paper_discard", args=[document.pk])
        assert page.post(place, {"reason": ""}).status_code == 422
        assert page.post(place, {"reason": "录错了"}).status_code == 302
        assert not Document.objects.exists()


def test_without_files_the_form_says_so_and_keeps_what_was_typed(
    page: Client, city: City, settings: Any
) -> None:
    settings.MINXIN_DOCUMENT_HOSTS = ["www.yunxi.example"]
    given = {"agency": city.police.pk, "kind": "guide", "topic": "养犬", "links": " "}
    answer = page.post(reverse("console:papers_import"), given)
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "请选择文件，或者填写链接" in said
    assert 'value="养犬"' in said
    given["links"] = "https://www.yunxi.example/1\nhttps://www.yunxi.example/2"
    assert page.post(reverse("console:papers_import"), given).status_code == 302
    assert DocumentImport.objects.get().files.count() == 2
    stopped = reverse("console:papers_import_change", args=[DocumentImport.objects.get().pk])
    page.post(stopped, {"act": "stop"})
    assert DocumentImport.objects.get().status == "stopped"


def test_who_reads_only_gets_no_buttons_and_others_get_nothing(
    page: Client, city: City, now: datetime
) -> None:
    document = paper(city.police, "养犬规定", now=now, issued_on=date(2026, 1, 1))
    reader = _client(city.wang)
    shown = _said(reader, "paper", document.pk)
    assert "养犬规定" in shown
    assert "登记废止" not in shown
    assert reader.get(reverse("console:paper_edit", args=[document.pk])).status_code == 404
    stranger = _client(_editor("gao", city.water, now))
    for name in ("paper", "paper_edit", "paper_repeal", "paper_retire", "paper_file"):
        assert stranger.get(reverse(f"console:{name}", args=[document.pk])).status_code == 404
    assert "养犬规定" not in _said(stranger, "papers")


def test_the_list_and_the_page_agree_on_what_holds(city: City, now: datetime) -> None:
    newer = paper(city.police, "新", now=now, effective_on=date(2026, 6, 1))
    made = [
        newer,
        paper(city.police, "旧", now=now, effective_on=date(2020, 1, 1), superseded_by=newer),
        paper(city.police, "废", now=now, issued_on=date(2020, 1, 1), repealed_on=date(2026, 6, 1)),
        paper(city.police, "无期", now=now),
        paper(city.police, "将来", now=now, effective_on=date(2027, 1, 1)),
        paper(city.police, "将废", now=now, effective_on=date(2027, 1, 1), repealed_on=date(2026, 7, 1)),
    ]  # fmt: skip
    for day in (date(2026, 5, 31), date(2026, 6, 1), date(2026, 7, 1), date(2027, 1, 1)):
        for standing in ("current", "not_yet", "ended"):
            found = set(in_standing(Document.objects.all(), standing, day))
            assert found == {each for each in made if each.span.standing(day) == standing}


def test_where_no_site_is_named_nothing_is_said_of_links(page: Client, city: City) -> None:
    said = page.post(reverse("console:papers_import"), {"agency": city.police.pk, "kind": "guide"})
    assert said.status_code == 422
    assert "请选择文件。" in said.content.decode()
    assert "链接" not in said.content.decode().partition("<main")[2].partition("</form>")[0]
