"""Files, archives, lists and links become drafts; each file once, whatever happens to the worker."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from xlsxwriter import Workbook

from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry, Membership
from minxin.agencies.queries import notices_of
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import LEASE
from minxin.knowledge import actions
from minxin.knowledge.actions.taking import KEPT, MOST_TRIES, claim_documents
from minxin.knowledge.models import Document, DocumentImport, ImportedFile, ReadPage
from minxin.knowledge.queries.taking import document_import_for, imported_file_for, progress_of
from minxin.knowledge.taking.fetching import Fetched
from minxin.knowledge.taking.work import work
from minxin.knowledge.tasks import wake_stalled
from minxin.text.documents import Recognised
from tests.knowledge.conftest import Editors
from tests.support.city import SETUP, City
from tests.support.databases import EITHER_DATABASE, answer_of, own_database
from tests.support.papers import make_docx, make_pdf, with_member

LINES = [
    "云溪市人民政府关于印发《云溪市养犬管理办法》的通知",
    "云政发〔2026〕3号",
    "第一条 为了规范养犬行为，制定本办法。",
    "第二条 本办法自2026年3月1日起施行。《云溪市犬类管理规定》同时废止。",
    "云溪市人民政府",
    "2026年1月20日",
]
TEXT = "\n".join(LINES)
SORTS = "甲乙丙丁戊己庚辛"  # what stands on every page alike is taken for a running head
Take = Callable[..., DocumentImport]


@pytest.fixture
def take(city: City, editors: Editors, now: datetime, settings: Any, tmp_path: Path) -> Take:
    """Bring in files (and links) and let a worker read them."""
    settings.MEDIA_ROOT = tmp_path

    def taken(
        files: Mapping[str, bytes], *, links: tuple[str, ...] = (), runs: bool = True, **given: str
    ) -> DocumentImport:
        job = actions.start_document_import(
            [(name, ContentFile(content)) for name, content in files.items()],
            links, agency=city.police, given=given, actor=editors.li, now=now,
        )  # fmt: skip
        if runs:
            run(job, now)
        return job

    return taken


def run(job: DocumentImport, now: datetime, **parts: Any) -> None:
    parts.setdefault("recognise", lambda: None)
    work(job.pk, clock=lambda: now, **parts)
    job.refresh_from_db()


def zipped(files: Mapping[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return kept.getvalue()


def book(*rows: tuple[str, ...], merged: tuple[int, int, int, int, str] | None = None) -> bytes:
    kept = io.BytesIO()
    with Workbook(kept, {"in_memory": True}) as made:
        sheet = made.add_worksheet("表")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
        if merged:
            sheet.merge_range(*merged)
    return kept.getvalue()


def said(job: DocumentImport) -> str:
    return "\n".join(part.said for part in job.files.all())


def test_a_file_becomes_a_draft_with_its_original(take: Take, editors: Editors) -> None:
    content = make_docx(LINES)
    job = take({"办法.docx": content}, topic="养犬", region_code="330000")
    (part,) = job.files.all()
    assert (job.status, part.status) == ("done", "taken"), part.remarks
    document = Document.objects.get()
    assert (document.document_number, document.issuing_agency) == (
        "云政发〔2026〕3号",
        "云溪市人民政府",
    )
    assert (document.effective_on, document.status) == (date(2026, 3, 1), "draft")
    assert (document.topic, document.region_code) == ("养犬", "330000")
    with document.file.open("rb") as file:
        assert file.read() == content
    assert document.file_name == "办法.docx"
    assert part.remarks == ["文中写明废止《云溪市犬类管理规定》，发布后请到“废止建议”里确认。"]
    assert part.passages == document.passages.count() > 3
    assert {"import.uploaded", "policy_document.added", "import.ended"} <= set(
        AuditEntry.objects.values_list("verb", flat=True)
    )
    assert not notices_of(editors.li)  # of one short file she sees the end herself


def test_the_same_file_twice_is_recognised_and_the_same_number_told(take: Take) -> None:
    take({"a.txt": TEXT.encode()})
    job = take(
        {"b.txt": TEXT.encode(), "c.txt": f"{TEXT}\n另。".replace("〔2026〕", "[2026]").encode()}
    )
    first, second = job.files.all()
    assert (first.status, second.status) == ("known", "taken")
    assert "已经录入过" in first.said
    assert "文号与已有的" in second.said
    assert Document.objects.count() == 2
    assert first.document is not None
    assert first.document.file_name == "a.txt"


def test_an_archive_is_read_member_by_member_and_leads_nowhere(
    take: Take, tmp_path: Path, editors: Editors
) -> None:
    job = take(
        {
            "文件.zip": zipped(
                {
                    "文件/办法.docx": make_docx(LINES),
                    "../../../etc/evil.txt": "云溪市公告\n自2026年1月1日起停水。".encode(),
                    "__MACOSX/x.txt": b"rubbish",
                    "inner.zip": zipped({"a.txt": b"a"}),
                    "空.txt": b"",
                }
            )
        }
    )
    names = sorted(job.files.values_list("name", "status"))
    assert names == [
        ("etc/evil.txt", "taken"),
        ("文件.zip", "unpacked"),
        ("文件/办法.docx", "taken"),
        ("空.txt", "unreadable"),
    ]
    assert "包里还有压缩包" in said(job)
    assert "这个文件是空的" in said(job)
    kept = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert all(each.parent == tmp_path / f"documents/import-{job.pk}" for each in kept)
    (told,) = notices_of(editors.li)
    assert told.text == "“文件.zip”读取结束：2 份待核对，0 份已有，1 份未能读取"


def test_names_that_windows_packed_are_read(take: Take) -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("placeholder.txt", TEXT.encode())
    # The same length in GBK as the placeholder has.
    raw = kept.getvalue().replace(b"placeholder.txt", "养犬管理办a.txt".encode("gbk"))
    assert take({"a.zip": raw}).files.filter(name="养犬管理办a.txt", status="taken").exists()


def test_bombs_and_locked_archives_are_told(take: Take) -> None:
    bomb = zipped({"a.txt": b"\0" * (61 * 1024 * 1024)})
    assert "压缩炸弹" in said(take({"bomb.zip": bomb}))
    many = zipped({f"{number}.txt": b"" for number in range(2_001)})
    assert "2001 项" in said(take({"many.zip": many}))
    locked = bytearray(zipped({"a.txt": TEXT.encode()}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + flags] |= 1
    assert "压缩包有密码" in said(take({"locked.zip": bytes(locked)}))
    assert "已损坏" in said(take({"broken.zip": zipped({"a.txt": b"a"})[:-30]}))
    assert not Document.objects.exists()


def _locked_pdf() -> bytes:
    return (
        b"%PDF-1.4\n"
        + b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n3 0 obj<</Filter/Standard/V 1/R 2/O(12345678901234567890123456789012)/U(12345678901234567890123456789012)/P -4>>endobj\ntrailer<</Root 1 0 R/Encrypt 3 0 R/ID[(a)(a)]>>\n%%EOF"
    )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.docx", b"", "这个文件是空的"),
        ("锁.pdf", _locked_pdf(), "文件加了密码"),
        ("假.pdf", make_docx(LINES), "文件名以 .pdf 结尾"),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\1" * 600, "旧格式"),
        ("坏.docx", make_docx(LINES)[:-200], "已损坏"),
        ("图.png", b"\x89PNG\r\n\x1a\n" + b"\1" * 60, "不认识这种文件"),
        ("码.txt", b"\xff\xfd\x81\x00\xff" * 9, "编码认不出来"),
    ],
    ids=["empty", "locked", "lying", "old", "damaged", "picture", "code"],
)
def test_bad_files_are_told_in_words(take: Take, name: str, content: bytes, words: str) -> None:
    job = take({name: content, "好.txt": TEXT.encode()})
    bad, good = job.files.all()
    assert (bad.status, good.status, job.status) == ("unreadable", "taken", "done")
    assert words in bad.said


def test_what_is_too_large_is_told(take: Take, now: datetime) -> None:
    content = "一二三四五六七八\n".encode() * (91 * 1024 * 1024 // 25)
    job = take({}, links=("https://www.yunxi.example/large.txt",), runs=False)
    run(job, now, fetch=lambda link: Fetched("大.txt", content))
    assert "超过 90 MB" in said(job)


def test_what_was_left_out_of_a_readable_file_is_told(take: Take) -> None:
    macros = with_member(make_docx(["某事"]), "word/vbaProject.bin", b"evil")
    words = said(take({"宏.docm": macros}))
    assert "有宏，没有运行" in words
    for missing in ("没有找到发布机关", "没有找到文号", "没有找到发布日期"):
        assert missing in words
    traditional = "雲溪市養犬管理辦法\n第一條 為了規範養犬行為，制定本辦法。\n第二條 養犬應當登記。"
    full_width = (
        "云溪市人民政府关于收费的通知\n云政发〔２０２６〕１２号\n一、自２０２６年５月１日起施行。"
    )
    job = take({"繁.txt": traditional.encode(), "全.txt": full_width.encode()})
    assert "文字是繁体" in said(job)
    first, second = Document.objects.filter(imported_as__job=job).order_by("pk")
    assert first.language == "zh-Hant"
    assert first.title == "雲溪市養犬管理辦法"
    assert second.effective_on == date(2026, 5, 1)


def test_a_table_with_merged_cells_is_a_document_by_rows(take: Take) -> None:
    rows = (("事项", "材料"), ("补领", "户口簿"), ("", "照片"))
    take({"收费表.xlsx": book(*rows, merged=(1, 0, 2, 0, "补领"))})
    texts = list(
        Document.objects.get().passages.filter(kind="table_row").values_list("text", flat=True)
    )
    assert texts == ["事项：补领；材料：户口簿", "事项：补领；材料：照片"]


def test_a_sheet_may_list_documents(take: Take) -> None:
    rows = (
        ("标题", "文号", "发布机关", "种类", "施行日期", "正文"),
        (
            "养犬须知",
            "云公〔2026〕9号",
            "云溪市公安局",
            "办事指南",
            "2026年2月1日",
            "一、带身份证。\n二、带犬。",
        ),
        ("", "", "", "", "", "没有标题"),
        ("停水通告", "", "市水务局", "乱写", "不知道", "今天停水。"),
    )
    job = take({"清单.xlsx": book(*rows)})
    first, second = Document.objects.order_by("pk")
    assert (first.title, first.kind, first.issuing_agency) == ("养犬须知", "guide", "云溪市公安局")
    assert (first.effective_on, second.effective_on) == (date(2026, 2, 1), None)
    for words in ("第 3 行没有标题", "种类“乱写”不认识", "日期“不知道”读不出来"):
        assert words in said(job)


def test_links_are_fetched_and_kept(take: Take, now: datetime) -> None:
    page = f"<html><title>办法</title><body><h1>办法</h1>{''.join(f'<p>{line}</p>' for line in LINES)}</body></html>"

    def fetch(link: str) -> Fetched:
        if "none" in link:
            raise Refused("网站答复 404，没有读到内容。请核对链接。")
        return Fetched("art.html", page.encode())

    links = ("https://www.yunxi.example/a", "https://www.yunxi.example/none")
    job = take({}, links=links, runs=False)
    run(job, now, fetch=fetch)
    good, bad = job.files.all()
    assert (good.status, bad.status) == ("taken", "unreadable")
    document = Document.objects.get()
    assert (document.link, document.file_name) == (links[0], "art.html")
    assert "404" in bad.said


def test_a_scan_without_the_extra_is_told_honestly(take: Take) -> None:
    job = take({"扫描.pdf": make_pdf([LINES, None]), "全扫.pdf": make_pdf([None, None])})
    some, whole = job.files.all()
    assert (some.status, whole.status) == ("taken", "unreadable")
    assert "第 2 页是扫描图像" in some.said
    assert "没有安装文字识别组件" in whole.said


def test_a_long_scan_goes_on_with_the_page_it_had_reached(take: Take, now: datetime) -> None:
    seen: list[int] = []

    class Killed(BaseException):
        pass

    def recognise(picture: Any) -> Recognised:
        seen.append(1)
        if len(seen) == 4:
            raise Killed
        return Recognised((f"{SORTS[len(seen)]}类犬应当登记并且每年检验一次。",))

    job = take({"扫描.pdf": make_pdf([None] * 6)}, runs=False)
    with pytest.raises(Killed):
        run(job, now, recognise=lambda: recognise)
    part = job.files.get()
    assert (part.pages, part.pages_read, ReadPage.objects.count()) == (6, 3, 3)
    run(job, now + LEASE, recognise=lambda: recognise)
    assert (job.status, job.interruptions, len(seen)) == ("done", 1, 7)  # the fourth one again
    assert not ReadPage.objects.exists()
    document = Document.objects.get()
    assert (document.pages, document.is_recognised) == (6, True)
    assert "由扫描件识别" in said(job)


def test_pages_that_were_not_understood_are_named(take: Take, now: datetime) -> None:
    seen: list[Recognised] = [
        Recognised((f"{SORTS[at]}类犬应当登记并且每年检验一次。",)) for at in range(6)
    ]
    seen[1] = seen[2] = Recognised(())
    seen[4] = Recognised(("犭登己并目每年佥验",), 0.6)
    pages = iter(seen)
    job = take({"扫描.pdf": make_pdf([None] * 6)}, runs=False)
    run(job, now, recognise=lambda: lambda picture: next(pages))
    assert "第 2—3 页没有识别出文字" in said(job)
    assert "第 5 页识别把握不高" in said(job)
    texts = Document.objects.get().passages.values_list("text", flat=True)
    assert "犭登己并目每年佥验" in "".join(texts)  # it is kept, and said so


def test_a_stop_ends_after_the_page_in_hand_and_can_be_taken_back(
    take: Take, editors: Editors, now: datetime
) -> None:
    job = take({"扫描.pdf": make_pdf([None] * 3), "b.txt": TEXT.encode()}, runs=False)

    def recognise(picture: Any) -> Recognised:
        there = DocumentImport.objects.get(pk=job.pk)
        if there.stop_requested_at is None and not ReadPage.objects.exists():
            actions.stop_documents(there, actor=editors.li, now=now)
        return Recognised((f"{SORTS[ReadPage.objects.count()]}类犬应当登记并且每年检验一次。",))

    run(job, now, recognise=lambda: recognise)
    assert (job.status, ReadPage.objects.count()) == ("stopped", 1)
    actions.resume_documents(job, actor=editors.li, now=now)
    run(job, now, recognise=lambda: recognise)
    assert (job.status, Document.objects.count()) == ("done", 2)
    with pytest.raises(Refused):
        actions.resume_documents(job, actor=editors.li, now=now)
    with pytest.raises(Refused):
        actions.stop_documents(job, actor=editors.li, now=now)


def test_a_file_that_brings_workers_down_is_left_after_a_few_tries(
    take: Take, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dies(*_: Any) -> str:
        raise Killed

    job = take({"a.txt": TEXT.encode()}, runs=False)
    monkeypatch.setattr("minxin.knowledge.taking.work.kind_of", dies)
    for turn in range(MOST_TRIES):
        with pytest.raises(Killed):
            run(job, now + turn * LEASE)
    assert wake_stalled(now=now + 9 * LEASE) == 1
    run(job, now + 10 * LEASE)
    assert job.status == "done"
    assert "多次中断" in said(job)


def test_only_who_may_sees_or_does_anything(
    take: Take, city: City, editors: Editors, now: datetime
) -> None:
    job = take({"a.txt": TEXT.encode()}, runs=False)
    part = job.files.get()
    for read, number in ((document_import_for, job.pk), (imported_file_for, part.pk)):
        with pytest.raises(NotFound):
            read(editors.gao, number)
    for act in (actions.stop_documents, actions.resume_documents):
        with pytest.raises(NotFound):
            act(job, actor=editors.gao, now=now)
    with pytest.raises(NotFound):
        actions.start_document_import(
            [], ["https://a.example"], agency=city.police, actor=editors.gao, now=now
        )
    with pytest.raises(Refused):
        actions.start_document_import([], [" "], agency=city.police, actor=editors.li, now=now)
    agencies.withdraw_role(Membership.objects.get(staff=editors.li), actor=SETUP, now=now)
    run(job, now)
    assert job.status == "failed"
    assert "权限" in job.note
    assert not Document.objects.exists()


def test_only_one_worker_has_it(take: Take, now: datetime) -> None:
    job = take({"a.txt": TEXT.encode()}, runs=False)
    assert claim_documents(job.pk, token="first", now=now) is not None
    run(job, now)
    assert (job.status, Document.objects.count()) == ("running", 0)
    assert progress_of(job).total == 1


def test_originals_that_became_nothing_are_removed_after_a_week(
    take: Take, now: datetime, tmp_path: Path
) -> None:
    job = take({"a.txt": TEXT.encode(), "空.txt": b" ", "b.txt": TEXT.encode()})
    assert actions.forget_originals(now=now + KEPT) == 0
    assert actions.forget_originals(now=now + KEPT + timedelta(minutes=1)) == 2
    document = Document.objects.get()
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [Path(document.file.path)]
    assert ImportedFile.objects.filter(job=job, file="").count() == 2


CAST = """
from datetime import UTC, datetime
from django.core.files.base import ContentFile
from minxin.agencies import actions as agencies
from minxin.agencies.rules import Role
from minxin.knowledge import actions
from tests.knowledge.test_taking_files import TEXT, zipped
from tests.support.city import PASSWORD, SETUP, build_city
now = datetime.now(UTC)
city = build_city(now)
li = agencies.add_staff(username="limin", name="李敏", agency=city.police, role=Role.EDITOR,
                        password=PASSWORD, must_change_password=False, actor=SETUP, now=now)
files = {f"{at}.txt": f"{TEXT}\\n第{at}份。".encode() for at in range(300)}
job = actions.start_document_import([("a.zip", ContentFile(zipped(files)))], [],
                                    agency=city.police, actor=li, now=now)
print(job.pk)
"""
WORK = "from minxin.knowledge.taking.work import work\nwork({job})"
LOOK = """
from minxin.knowledge.models import Document, DocumentImport, ImportedFile
job = DocumentImport.objects.get(pk={job})
taken = ImportedFile.objects.filter(status="taken").count()
print(job.status, taken, Document.objects.count(), ImportedFile.objects.count(), job.interruptions)
"""
BEGUN = """
from minxin.knowledge.models import Document
Document.objects.count() > 3
"""
LATER = """
from datetime import timedelta
from django.utils import timezone
from minxin.knowledge.tasks import wake_stalled
from minxin.text.documents import Recognised
from minxin.knowledge.taking.work import work
later = timezone.now() + timedelta(minutes=2)
assert wake_stalled(now=later) == 1
work({job}, clock=lambda: later)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_a_killed_worker_takes_each_file_once(kind: str) -> None:
    with own_database(kind) as database:
        job = database.run(CAST)
        database.kill_when(BEGUN.format(job=job), WORK.format(job=job))
        status, taken, documents, *_ = database.run(LOOK.format(job=job)).split()
        assert status == "running"
        assert taken == documents
        assert 3 < int(taken) < 300
        answer_of(database.start(LATER.format(job=job)))
        assert database.run(LOOK.format(job=job)) == "done 300 300 301 1"
