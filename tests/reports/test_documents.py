"""A notice from a signed campaign: drafted, edited, signed, made into files; who may, who may not."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from minxin.agencies.models import AuditEntry
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.core.jobs import ClaimLost
from minxin.reports import actions, queries, tasks
from minxin.reports.layout import PdfUnavailable
from minxin.reports.models import CountedRow, Document, DocumentFile, Rendering
from minxin.reports.queries import period_said
from minxin.reports.rules.facts import Result, from_json
from minxin.supervision.models import Campaign
from minxin.supervision.queries.campaigns import results
from tests.reports.conftest import Office, signed
from tests.reports.planted import AGENCY
from tests.supervision.inspections import Team, opened
from tests.support.city import City

LATER = timedelta(days=22)


def piece_saying(document: Document, words: str) -> tuple[str, str]:
    return next((key, text) for key, text in queries.texts_of(document).items() if words in text)


def test_facts_are_what_was_signed_account_by_account(office: Office) -> None:
    facts, found = from_json(office.document.facts), results(office.campaign)
    states = [each.result for each in facts.accounts]
    assert states.count(Result.FAILED) == found.total.failed == 1
    assert len(states) == found.total.accounts == 7
    assert {each.kind for each in facts.problems} == {each.title for each in found.failing}
    assert sum(each.fails for each in facts.problems) == 1
    assert facts.period == "第四季度"
    assert {each.place for each in facts.accounts} == {"云溪市", "青禾区"}
    text = "".join(queries.texts_of(office.document).values())
    assert f"合格{found.total.passed}个，不合格1个，合格率{found.total.rate}%" in text


def test_a_campaign_that_runs_makes_no_notice(city: City, team: Team, now: datetime) -> None:
    campaign = opened(city, team, now)
    with pytest.raises(Refused, match="还没有签发结果"):
        queries.notice_facts(campaign, agency_said=AGENCY, area="全市", report_by=None)


def test_the_period_before_tells_what_was_put_right(city: City, team: Team, now: datetime) -> None:
    before = opened(
        city, team, now, name="第三季度检查", period_from=date(2026, 7, 1),
        period_until=date(2026, 9, 30),
    )  # fmt: skip
    signed(before, team, now=now, fails=2)
    campaign = signed(opened(city, team, now), team, now=now, fails=0)
    facts = queries.notice_facts(campaign, agency_said=AGENCY, area="全市", report_by=None)
    assert facts.earlier is not None
    assert [each.is_closed for each in facts.earlier] == [False, False, False]
    assert "：" not in facts.earlier[0].kind


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (date(2026, 10, 1), date(2026, 12, 31), "第四季度"),
        (date(2026, 11, 2), date(2026, 11, 20), "11月"),
        (date(2026, 1, 1), date(2026, 6, 30), "上半年"),
        (date(2026, 1, 1), date(2026, 12, 31), ""),
        (date(2025, 12, 1), date(2026, 1, 31), ""),
    ],
)
def test_how_a_period_is_said(since: date, until: date, said: str) -> None:
    assert period_said(since, until) == said


def test_every_figure_finds_its_frozen_rows(office: Office) -> None:
    document = office.document
    failed = queries.counted_rows(document, queries.figure_of(document, "failed"))
    assert [each.result for each in failed] == ["不合格"]
    problems = queries.counted_rows(document, queries.figure_of(document, "problems"))
    assert problems.count() == 2
    with pytest.raises(NotFound):
        queries.figure_of(document, "nonsense")
    assert CountedRow.objects.filter(document=document, over="accounts").count() == 7


def test_an_edit_is_a_version_with_before_and_after(office: Office, now: datetime) -> None:
    document, lead = office.document, office.team.lead
    key, text = piece_saying(document, "压实主体责任")
    row = actions.save_texts(
        document, {key: text + "确保落实。"}, revision=1, actor=lead, now=now + LATER
    )
    assert (row.revision, row.versions.count()) == (2, 2)
    assert queries.texts_of(row)[key].endswith("确保落实。")
    assert queries.version_for(row, 1).texts[key] == text
    entry = AuditEntry.objects.filter(verb="document.edited").get()
    assert entry.before == {key: text}
    actions.save_texts(row, {key: text + "确保落实。"}, revision=1, actor=lead, now=now + LATER)
    assert row.versions.count() == 2


def test_two_windows_do_not_overwrite_each_other(office: Office, now: datetime) -> None:
    document, lead = office.document, office.team.lead
    key, _text = piece_saying(document, "压实主体责任")
    actions.save_texts(document, {key: "甲改的"}, revision=1, actor=lead, now=now + LATER)
    with pytest.raises(Refused, match="刚刚被别人保存过"):
        actions.save_texts(document, {key: "乙改的"}, revision=1, actor=lead, now=now + LATER)
    assert queries.texts_of(document)[key] == "甲改的"


def test_a_title_stays_and_a_text_has_an_end(office: Office, now: datetime) -> None:
    title, _text = piece_saying(office.document, "情况的通报")
    for text, words in (("  ", "标题不能为空"), ("字" * 20_001, "最多")):
        with pytest.raises(Refused, match=words):
            actions.save_texts(
                office.document, {title: text}, revision=1, actor=office.team.lead, now=now + LATER
            )
    assert office.document.versions.count() == 1


def sign(document: Document, office: Office, now: datetime, **changes: object) -> Document:
    values = {
        "on": date(2026, 12, 20), "revision": document.revision, "stands_for_doubts": False,
        "actor": office.team.lead, "now": now + LATER, **changes,
    }  # fmt: skip
    return actions.sign(document, **values)  # type: ignore[arg-type]


def test_a_number_in_doubt_is_signed_only_knowingly(office: Office, now: datetime) -> None:
    key, text = piece_saying(office.document, "不合格1个")
    document = actions.save_texts(
        office.document, {key: text.replace("不合格1个", "不合格2个")}, revision=1,
        actor=office.team.lead, now=now + LATER,
    )  # fmt: skip
    with pytest.raises(Refused, match="有 1 处数字与起草时的数据不一致"):
        sign(document, office, now)
    assert Document.objects.get(pk=document.pk).is_draft
    row = sign(document, office, now, stands_for_doubts=True)
    assert row.doubts == ["稿中写“2”，起草时的数据是“1”。"]
    assert AuditEntry.objects.get(verb="document.signed").after["doubts"] == row.doubts


def test_what_is_signed_never_changes(office: Office, now: datetime) -> None:
    row = sign(office.document, office, now)
    key, _text = piece_saying(row, "压实主体责任")
    for act in (
        lambda: actions.save_texts(
            row, {key: "改"}, revision=2, actor=office.team.lead, now=now + LATER
        ),
        lambda: sign(row, office, now),
        lambda: actions.discard(row, reason="不要了", actor=office.team.lead, now=now + LATER),
    ):
        with pytest.raises(Refused, match="已经签发或作废"):
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=row.pk).update(signed_by=None)


def test_only_who_supervises_the_area_reads_edits_and_signs(
    office: Office, city: City, now: datetime
) -> None:
    document = office.document
    for outsider in (city.operator, office.team.of_water, city.wang):
        with pytest.raises(NotFound):
            queries.document_for(outsider, document.pk)
        with pytest.raises(NotFound):
            actions.save_texts(document, {"p1": "改"}, revision=1, actor=outsider, now=now)
        with pytest.raises(NotFound):
            sign(document, office, now, actor=outsider)
        with pytest.raises(NotFound):
            actions.request_files(document, actor=outsider, now=now)
    assert document.versions.count() == 1
    assert not Rendering.objects.exists()


# Files ----------------------------------------------------------------------------------------


def test_a_worker_makes_docx_xlsx_and_pdf(office: Office, now: datetime) -> None:
    row = sign(office.document, office, now)
    job = actions.request_files(row, actor=office.team.lead, now=now + LATER)
    with pytest.raises(AlreadyDone):
        actions.request_files(row, actor=office.team.lead, now=now + LATER)
    tasks.work(job.pk, clock=lambda: now + LATER)
    job.refresh_from_db()
    assert (job.status, job.done, job.total, job.is_signed) == ("done", 3, 3, True)
    files = {each.shape: each for each in job.files.all()}
    assert set(files) == {"docx", "xlsx", "pdf"}
    with files["pdf"].file.open("rb") as file:
        assert file.read(5) == b"%PDF-"
    assert files["docx"].file_name.startswith(AGENCY)
    tasks.work(job.pk)
    assert DocumentFile.objects.count() == 3


def test_without_pdf_docx_is_offered_with_words(
    office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(paper: object) -> bytes:
        raise PdfUnavailable("no pango")

    monkeypatch.setattr(tasks, "as_pdf", cannot)
    job = actions.request_files(office.document, actor=office.team.lead, now=now + LATER)
    tasks.work(job.pk, clock=lambda: now + LATER)
    job.refresh_from_db()
    assert job.status == "done"
    assert "minxin.W003" in job.note
    assert {each.shape for each in job.files.all()} == {"docx", "xlsx"}


def test_a_job_stops_after_the_file_in_hand(office: Office, now: datetime) -> None:
    job = actions.request_files(office.document, actor=office.team.lead, now=now + LATER)
    held = actions.claim_rendering(job.pk, token="a", now=now + LATER)
    assert held is not None
    actions.stop_rendering(job, actor=office.team.lead, now=now + LATER)
    goes_on = actions.advance_rendering(
        held, shape="docx", made=b"x", done=1, total=3, token="a", now=now + LATER
    )
    assert not goes_on
    actions.end_rendering(held, "stopped", token="a", now=now + LATER)
    with pytest.raises(Refused, match="已经结束"):
        actions.stop_rendering(job, actor=office.team.lead, now=now + LATER)


def test_a_dead_worker_s_job_is_taken_over_and_its_hand_writes_nothing(
    office: Office, now: datetime
) -> None:
    at = now + LATER
    job = actions.request_files(office.document, actor=office.team.lead, now=at)
    held = actions.claim_rendering(job.pk, token="dead", now=at)
    assert held is not None
    assert actions.claim_rendering(job.pk, token="b", now=at) is None
    late = at + timedelta(minutes=3)
    assert actions.release_stalled(now=late) == [job.pk]
    assert actions.claim_rendering(job.pk, token="b", now=late) is not None
    with pytest.raises(ClaimLost):
        actions.advance_rendering(
            held, shape="docx", made=b"x", done=1, total=3, token="dead", now=late
        )
    assert not DocumentFile.objects.exists()


def test_what_breaks_says_so_and_can_be_asked_for_again(
    office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(paper: object) -> bytes:
        raise RuntimeError

    monkeypatch.setattr(tasks, "as_docx", breaks)
    job = actions.request_files(office.document, actor=office.team.lead, now=now + LATER)
    tasks.work(job.pk, clock=lambda: now + LATER)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "可以再试一次" in job.note
    assert actions.request_files(office.document, actor=office.team.lead, now=now + LATER)


def test_a_discarded_draft_makes_no_files(office: Office, now: datetime) -> None:
    row = actions.discard(
        office.document, reason="起草时范围选错", actor=office.team.lead, now=now + LATER
    )
    with pytest.raises(Refused, match="已经作废"):
        actions.request_files(row, actor=office.team.lead, now=now + LATER)
    assert Campaign.objects.get(pk=office.campaign.pk).standing == "signed"
