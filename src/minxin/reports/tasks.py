"""Making files, in workers only: a document takes seconds, and the gateway's process has none."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django_tasks import task

from minxin.core.jobs import ClaimLost
from minxin.reports import actions
from minxin.reports.layout import PdfUnavailable, as_docx, as_pdf, as_xlsx
from minxin.reports.models import Rendering
from minxin.reports.queries import paper_of, sheets_of, version_for

log = logging.getLogger("minxin.reports")
Status = Rendering.Status


@task()
def work_rendering(number: int) -> None:
    """The task queue's way in."""
    work(number)


def wake(rendering: Rendering) -> None:
    """Tell a worker that a job waits; when that is lost, `wake_stalled` tells again."""
    work_rendering.enqueue(rendering.pk)


def wake_stalled(*, now: datetime) -> int:
    """Wake every job that should be moving and is not; how many."""
    found = actions.release_stalled(now=now)
    for number in found:
        work_rendering.enqueue(number)
    return len(found)


def draft_weekly(*, now: datetime) -> None:
    """Have a worker draft what was ordered for Mondays."""
    draft_ordered_weeks.enqueue()


@task()
def draft_ordered_weeks() -> None:
    """Drafts count through all tickets of a week: in a worker. Twice does no harm."""
    for rendering in actions.draft_ordered_weeks(now=timezone.now()):
        wake(rendering)


def work(number: int, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Make the files of one job; nothing when somebody else has it."""
    token = get_random_string(16)
    rendering = actions.claim_rendering(number, token=token, now=clock())
    if rendering is None:
        return
    try:
        with translation.override("zh-hans"):  # what goes on paper is Chinese, whoever asked
            status, note = _make(rendering, token, clock)
        actions.end_rendering(rendering, status, note=note, token=token, now=clock())
    except ClaimLost:
        log.info("rendering %s was taken over or ended by somebody else", number)
    except Exception:
        log.exception("rendering %s", number)
        words = _("生成文件时出错，已生成的文件可以下载。可以再试一次。")
        try:
            actions.end_rendering(rendering, Status.FAILED, note=words, token=token, now=clock())
        except ClaimLost:
            log.info("rendering %s was ended by somebody else", number)


def _make(rendering: Rendering, token: str, clock: Callable[[], datetime]) -> tuple[str, str]:
    document = rendering.document
    texts = version_for(document, rendering.version).texts
    paper, sheets = paper_of(document, texts), sheets_of(document, texts)
    shapes: list[tuple[str, Callable[[], bytes]]] = [("docx", lambda: as_docx(paper))]
    if sheets:
        shapes.append(
            (
                "xlsx",
                lambda: as_xlsx(
                    sheets, title=paper.title, author=paper.author, made_on=paper.made_on
                ),
            )
        )
    shapes.append(("pdf", lambda: as_pdf(paper)))
    note = ""
    for at, (shape, make) in enumerate(shapes, start=1):
        try:
            made = make()
        except PdfUnavailable:
            made, note = (
                b"",
                _(
                    "这台服务器缺少生成 PDF 的组件，已提供 docx。系统检查 minxin.W003 说明了要安装什么。"
                ),
            )
        goes_on = actions.advance_rendering(
            rendering, shape=shape, made=made, done=at, total=len(shapes), token=token, now=clock()
        )
        if not goes_on and at < len(shapes):
            return Status.STOPPED, ""
    return Status.DONE, note
