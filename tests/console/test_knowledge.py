"""周敏 keeps the knowledge: writes, changes, retires, imports, turns questions into entries."""

import io
import zipfile
from datetime import date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tasks_db.models import DBTaskResult

from minxin.agencies import actions as agencies
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.knowledge.models import Entry, ImportJob
from minxin.knowledge.tasks import work
from tests.console.conftest import SignIn, Work
from tests.support.city import PASSWORD, SETUP, City

NEW = "/console/knowledge/new/"


def _typed(city: City, **changes: object) -> dict[str, object]:
    return {
        "question": "港澳通行证怎样续签",
        "variants": "通行证到期了怎么办\n签注怎么办",
        "answer": "在自助机上三分钟办好。",
        "source_title": "出入境办事指南",
        "issuing_agency": "云溪市公安局",
        "valid_from": "2026-01-01",
        "agency": city.police.pk,
        "status": "published",
        **changes,
    }


def test_an_entry_is_written_changed_and_retired(
    city: City, editor: Staff, at_desk: SignIn
) -> None:
    desk = at_desk(editor)
    assert desk.get(NEW).status_code == 200
    assert desk.post(NEW, _typed(city)).status_code == 302
    made = Entry.objects.get()
    assert {each.text for each in made.variants.all()} == {"通行证到期了怎么办", "签注怎么办"}
    address = f"/console/knowledge/{made.pk}/"
    changed = desk.post(address, _typed(city, answer="窗口或自助机都可以办。"))
    assert changed.status_code == 302
    made.refresh_from_db()
    assert made.answer == "窗口或自助机都可以办。"
    assert made.valid_from == date(2026, 1, 1)
    desk.post(f"{address}retire/", {"reason": "文件已经废止"})
    made.refresh_from_db()
    assert made.status == "retired"


def test_a_refused_form_keeps_what_was_typed(city: City, editor: Staff, at_desk: SignIn) -> None:
    answer = at_desk(editor).post(NEW, _typed(city, question=""))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "请填写标准问题" in page
    assert "在自助机上三分钟办好。" in page
    assert "通行证到期了怎么办" in page
    assert 'value="2026-01-01"' in page
    assert not Entry.objects.exists()


def test_what_the_room_refuses_stands_beside_its_field(
    city: City, editor: Staff, at_desk: SignIn
) -> None:
    answer = at_desk(editor).post(NEW, _typed(city, source_title=""))
    assert answer.status_code == 422
    assert 'href="#id_source_title"' in answer.content.decode()
    assert not Entry.objects.exists()


def test_who_only_reads_gets_no_form(city: City, work: Work, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    address = f"/console/knowledge/{work.entry.pk}/"
    page = desk.get(address).content.decode()
    assert work.entry.answer in page
    assert "<textarea" not in page
    desk.post(address, _typed(city))
    work.entry.refresh_from_db()
    assert work.entry.question == "居住证怎样申领"


SHEET = """标准问题,答案,来源标题,发布机关,生效日期,状态
怎样预约婚姻登记,在小程序里预约。,婚姻登记指南,云溪市民政局,2026-01-01,已发布
,没有问题的答案,某指南,云溪市民政局,2026-01-01,已发布
养老金怎样认证,在家刷脸认证。,社保指南,云溪市人社局,二月三十,已发布
"""


def _upload(desk: Client, text: str = SHEET, name: str = "sheet.csv") -> ImportJob:
    file = SimpleUploadedFile(name, text.encode("utf-8-sig"), "text/csv")
    answer = desk.post("/console/knowledge/import/", {"file": file})
    job = ImportJob.objects.latest("id")
    assert answer.status_code == 302
    assert answer.url == _job(job)
    return job


def _job(job: ImportJob, part: str = "") -> str:
    return f"/console/knowledge/imports/{job.pk}/{part}"


def test_a_sheet_is_checked_first_and_changes_nothing(
    city: City, editor: Staff, at_desk: SignIn
) -> None:
    desk = at_desk(editor)
    job = _upload(desk)
    page = desk.get(_job(job)).content.decode()
    assert "怎样预约婚姻登记" in page
    assert "1 行可以导入" in page
    assert "<td>3</td>" in page
    assert "<td>4</td>" in page
    assert "every 1s" not in page
    assert not Entry.objects.exists()


def test_a_small_sheet_is_there_at_once_and_its_errors_can_be_taken_away(
    city: City, editor: Staff, at_desk: SignIn
) -> None:
    desk = at_desk(editor)
    job = _upload(desk)
    page = desk.post(_job(job, "change/"), {"act": "confirm"}, follow=True).content.decode()
    assert "导入完成" in page
    assert "<strong>1</strong> 条新增" in page
    assert [each.question for each in Entry.objects.all()] == ["怎样预约婚姻登记"]
    book = desk.get(_job(job, "errors/"), {"export": "xlsx"}).getvalue()
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        words = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "请填写标准问题" in words
    assert "生效日期" in words
    assert desk.get("/console/knowledge/imports/").status_code == 200


def test_a_large_sheet_is_left_to_a_worker_and_can_be_stopped(
    city: City, editor: Staff, at_desk: SignIn
) -> None:
    desk = at_desk(editor)
    rows = "".join(f"第{number}项业务怎样办理,到{number}号窗口。\n" for number in range(60))
    job = _upload(desk, "标准问题,答案\n" + rows)
    page = desk.post(_job(job, "change/"), {"act": "confirm"}, follow=True).content.decode()
    assert "已排队" in page
    assert f'hx-get="{_job(job, "progress/")}"' in page
    assert DBTaskResult.objects.filter(status="READY").count() == 1
    desk.post(_job(job, "change/"), {"act": "stop"})
    page = desk.get(_job(job, "progress/")).content.decode()
    assert "已停止" in page
    assert "every 1s" not in page
    desk.post(_job(job, "change/"), {"act": "resume"})
    work(job.pk)
    assert "导入完成" in desk.get(_job(job, "progress/")).content.decode()
    assert Entry.objects.count() == 60


def test_a_large_file_is_checked_by_a_worker(city: City, editor: Staff, at_desk: SignIn) -> None:
    rows = "".join(f"第{number}项业务怎样办理,{'到窗口。' * 99}\n" for number in range(200))
    desk = at_desk(editor)
    job = _upload(desk, "标准问题,答案\n" + rows)
    assert "正在检查" in desk.get(_job(job)).content.decode()
    assert DBTaskResult.objects.filter(status="READY").count() == 1
    work(job.pk)
    assert "200 行可以导入" in desk.get(_job(job)).content.decode()


def test_a_file_that_is_no_sheet_is_refused_in_words(
    city: City, editor: Staff, at_desk: SignIn
) -> None:
    desk = at_desk(editor)
    file = SimpleUploadedFile("sheet.xlsx", b"\x00\x01 not a book")
    page = desk.post("/console/knowledge/import/", {"file": file}, follow=True).content.decode()
    assert "打不开" in page
    assert "导入这" not in page
    missing = desk.post("/console/knowledge/import/", {})
    assert missing.status_code == 422
    assert "请选择文件" in missing.content.decode()


def test_an_import_is_hidden_from_an_outsider(
    city: City, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    job = _upload(at_desk(editor))
    outsider = agencies.add_staff(
        username="gaoxiang",
        name="高翔",
        agency=city.water,
        role=Role.EDITOR,
        password=PASSWORD,
        must_change_password=False,
        actor=SETUP,
        now=now,
    )
    desk = at_desk(outsider)
    for part in ("", "progress/", "errors/"):
        assert desk.get(_job(job, part)).status_code == 404
    assert desk.post(_job(job, "change/"), {"act": "confirm"}).status_code == 404
    assert job.file_name not in desk.get("/console/knowledge/imports/").content.decode()
    assert not Entry.objects.exists()


def test_the_sample_sheet_can_be_imported_as_it_is(
    city: City, editor: Staff, at_desk: SignIn
) -> None:
    desk = at_desk(editor)
    sample = desk.get("/console/knowledge/import/sample.csv").content.decode("utf-8-sig")
    job = _upload(desk, sample)
    desk.post(_job(job, "change/"), {"act": "confirm"})
    assert Entry.objects.get().status == "draft"


def test_an_unanswered_question_becomes_an_entry(
    city: City, work: Work, editor: Staff, at_desk: SignIn
) -> None:
    desk = at_desk(editor)
    asked = work.unanswered
    page = desk.get(f"/console/unanswered/{asked.pk}/").content.decode()
    assert f"{NEW}?asked={asked.pk}" in page
    form = desk.get(NEW, {"asked": asked.pk}).content.decode()
    assert asked.text in form
    answer = desk.post(f"{NEW}?asked={asked.pk}", _typed(city, question=asked.text))
    assert answer.url == "/console/unanswered/"
    asked.refresh_from_db()
    assert asked.status != "open"
    assert asked.entry is not None
    assert asked.entry.question == asked.text


def test_an_unanswered_question_can_be_put_aside(
    city: City, work: Work, editor: Staff, at_desk: SignIn
) -> None:
    at_desk(editor).post(f"/console/unanswered/{work.unanswered.pk}/")
    work.unanswered.refresh_from_db()
    assert work.unanswered.status == "dismissed"
