"""《问题整改通知单》 and 《问题整改反馈单》 as documents in the official layout, to be printed and sealed."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.reports.layout import (
    Addressees,
    Block,
    Cell,
    Centered,
    Form,
    Paper,
    Paragraph,
    Signature,
    Table,
    Title,
    as_docx,
    said_on,
)
from minxin.supervision import queries
from minxin.supervision.queries import FeedbackSheet, NoticeSheet
from minxin.supervision.rules.clock import SHANGHAI, day_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOTICE, FEEDBACK = "问题整改通知单", "问题整改反馈单"


def _minute(at: datetime | None) -> str:
    if at is None:
        return ""
    return f"{said_on(day_of(at))}{at.astimezone(SHANGHAI):%H:%M}"


def notice_paper(sheet: NoticeSheet) -> Paper:
    """A notice with its problems as a table and a slip to sign for it. In Chinese, whoever prints it."""
    rows = tuple(
        (
            str(each.position), f"{each.account}\n（{each.platform}）",
            f"{each.title}\n（{each.severity}）", _detail(each.detail, each.link),
            said_on(day_of(each.found_at)),
            f"{_minute(each.due_at)}{'（暂定）' if each.due_is_provisional else ''}",
        )
        for each in sheet.lines
    )  # fmt: skip
    table = Table(
        ("序号", "账号", "问题", "具体情况", "发现时间", "整改期限"), rows,
        widths=(1, 3, 3, 5, 2.5, 2.5),
    )  # fmt: skip
    provisional: tuple[Block, ...] = ()
    if any(each.due_is_provisional for each in sheet.lines):
        words = "标“暂定”的期限所在年份的放假安排尚未公布，公布后以工作日历为准。"
        provisional = (Paragraph.of(words),)
    slip = Form(
        (
            (_label("签收单位"), Cell(sheet.unit), _label("签收人"), Cell(sheet.signed_by)),
            (_label("签收时间"), Cell(_minute(sheet.signed_at)), _label("经办人"), Cell(sheet.issued_by)),
        ),
        widths=(2, 4, 2, 4),
    )  # fmt: skip
    return Paper(
        title=f"{NOTICE} {sheet.number}",
        author=sheet.issuer,
        made_on=day_of(sheet.issued_at),
        blocks=(
            Title(NOTICE),
            Centered(sheet.number),
            Addressees(sheet.unit),
            Paragraph.of("经查，你单位主办的政务新媒体存在下列问题，请按要求整改。"),
            table,
            *provisional,
            *(
                Paragraph.of(("整改要求：" if place == 0 else "") + line)
                for place, line in enumerate(sheet.requirement.splitlines())
                if line.strip()
            ),
            Signature(sheet.issuer, day_of(sheet.issued_at)),
            slip,
        ),
    )


def feedback_paper(sheet: FeedbackSheet) -> Paper:
    """A form of feedback with what was decided on it. In Chinese, whoever prints it."""
    proof = [sheet.link]
    if sheet.file_name:
        proof.append(f"{sheet.file_name}（SHA-256 {sheet.sha256}）")
    decisions = [
        f"{each.act}{'：' + each.reason if each.reason else ''}（{each.by}，{_minute(each.at)}）"
        for each in sheet.reviews
    ]
    late = "（逾期）" if sheet.is_late else ""
    form = Form(
        (
            (_label("责任单位"), Cell(sheet.unit), _label("账号"), Cell(f"{sheet.account}（{sheet.platform}）")),
            (_label("通知单号"), Cell(sheet.number), _label("整改期限"), Cell(_minute(sheet.due_at))),
            (_label("问题"), Cell(sheet.title, 3)),
            (_label("具体情况"), Cell(sheet.detail, 3)),
            (_label("整改措施"), Cell(sheet.measure), _label("完成日期"), Cell(said_on(sheet.done_on))),
            (_label("整改情况"), Cell(sheet.done, 3, lines=3)),
            (_label("整改证据"), Cell("\n".join(each for each in proof if each) or "无", 3)),
            (_label("系统查证"), Cell(sheet.proof or "无", 3)),
            (_label("反馈人"), Cell(sheet.given_by), _label("反馈时间"), Cell(_minute(sheet.given_at) + late)),
            (_label("单位负责人"), Cell("", 3, lines=2)),
            (_label("审核复查"), Cell("\n".join(decisions), 3, lines=2)),
        ),
        widths=(2, 4, 2, 4),
    )  # fmt: skip
    return Paper(
        title=f"{FEEDBACK} {sheet.number}",
        author=sheet.unit,
        made_on=day_of(sheet.given_at),
        blocks=(Title(FEEDBACK), Centered(f"第{sheet.round}次反馈"), form),
    )


def _label(words: str) -> Cell:
    return Cell(words, is_label=True)


def _detail(detail: str, link: str) -> str:
    return f"{detail}\n{link}" if link else detail


@require_safe
@allowed(Permission.READ_SUPERVISION)
def notice(request: HttpRequest, number: int) -> HttpResponse:
    """The notice, for Word and WPS."""
    found = queries.notice_for(staff_of(request), number)
    return _sent(notice_paper(queries.notice_sheet(found)))


@require_safe
@allowed(Permission.READ_SUPERVISION)
def feedback(request: HttpRequest, number: int) -> HttpResponse:
    """The form of feedback, for Word and WPS."""
    found = queries.feedback_for(staff_of(request), number)
    return _sent(feedback_paper(queries.feedback_sheet(found)))


def _sent(paper: Paper) -> HttpResponse:
    answer = HttpResponse(as_docx(paper), content_type=DOCX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{paper.title}.docx") or ""
    return answer


urlpatterns = [
    path("rectification/notices/<int:number>/paper/", notice, name="notice_paper"),
    path("rectification/feedback/<int:number>/paper/", feedback, name="feedback_paper"),
]
