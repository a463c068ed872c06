"""The documents in the console: drafted from a signed inspection, edited, signed, made into files."""

from datetime import datetime

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from minxin.reports import tasks
from minxin.reports.models import Document, Rendering
from tests.console.conftest import SignIn
from tests.reports.conftest import signed
from tests.supervision.inspections import build_team, opened
from tests.support.city import City


def drafted(at_desk: SignIn, city: City, now: datetime) -> tuple[Client, Document]:
    team = build_team(city, now)
    campaign = signed(opened(city, team, now), team, now=now)
    desk = at_desk(team.lead)
    answer = desk.post(
        reverse("console:document_new"),
        {"campaign": campaign.pk, "area": "全市", "report_by": "2026-12-31"},
    )
    document = Document.objects.get()
    assert answer["Location"] == reverse("console:document", args=[document.pk])
    return desk, document


def test_a_notice_from_draft_to_files(at_desk: SignIn, city: City, now: datetime) -> None:
    desk, document = drafted(at_desk, city, now)
    page = reverse("console:document", args=[document.pk])
    html = desk.get(page).content.decode()
    assert f'name="on" value="{timezone.localdate(now)}"' in html
    rows = reverse("console:document_rows", args=[document.pk, "failed"])
    assert f'<a class="doc-figure" href="{rows}">1</a>' in html
    assert "不合格" in desk.get(rows).content.decode()
    shown = desk.get(rows + "?export=csv")
    assert b"".join(shown.streaming_content).decode("utf-8-sig").count("\r\n") == 2

    texts = {each["id"]: "".join(text for text, _ref in each["spans"]) for each in document.pieces}
    key = next(name for name, text in texts.items() if "不合格1个" in text)
    wrong = texts | {key: texts[key].replace("不合格1个", "不合格3个")}
    preview = desk.post(reverse("console:document_preview", args=[document.pk]), wrong)
    assert "稿中写“3”，起草时的数据是“1”。" in preview.content.decode()
    assert document.versions.count() == 1

    assert desk.post(page, wrong | {"act": "save", "revision": 1}).status_code == 302
    sign = {"act": "sign", "revision": 2, "on": "2026-12-20"}
    refused = desk.post(page, sign)
    assert refused.status_code == 422
    assert "有 1 处数字与起草时的数据不一致" in refused.content.decode()
    assert desk.post(page, sign | {"stands_for_doubts": "on"}).status_code == 302
    document.refresh_from_db()
    assert document.status == "signed"
    assert "修改内容" not in desk.get(page).content.decode()

    files = reverse("console:document_files", args=[document.pk])
    desk.post(files, {"act": "make"})
    assert "hx-trigger" in desk.get(files).content.decode()
    tasks.work(Rendering.objects.get().pk)
    made = Rendering.objects.get().files.get(shape="docx")
    sent = desk.get(reverse("console:document_file", args=[made.pk]))
    assert b"".join(sent.streaming_content)[:2] == b"PK"


def test_what_was_typed_stays_when_it_is_refused(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    desk, document = drafted(at_desk, city, now)
    page = reverse("console:document", args=[document.pk])
    answer = desk.post(page, {"act": "save", "revision": 1, "p1": "", "p4": "我写的一段"})
    assert answer.status_code == 422
    assert "标题不能为空" in answer.content.decode()
    assert "我写的一段" in answer.content.decode()
    assert document.versions.count() == 1


def test_without_a_signed_inspection_the_page_says_so(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    team = build_team(city, now)
    answer = at_desk(team.lead).get(reverse("console:document_new"))
    assert "还没有签发过结果的检查任务" in answer.content.decode()
