"""Files and links as a job: who may start, stop and resume it, how a worker holds it and what it notes.

Everything that comes of one file (document, passages, remarks, its end) is one transaction that proves the
hold first, so a worker that was killed has either taken a file whole or not at all.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core import jobs
from minxin.core.errors import Refused
from minxin.core.jobs import LEASE, ClaimLost
from minxin.knowledge.actions.documents import DocumentDraft, add_document
from minxin.knowledge.models import Document, DocumentImport, ImportedFile, ReadPage
from minxin.knowledge.rules import comparable_number

if TYPE_CHECKING:  # the readers of files are not for the web process
    from minxin.text.documents import Page, Piece

Status, Part = DocumentImport.Status, ImportedFile.Status
MOVING = (Status.WAITING, Status.RUNNING)
KEPT = timedelta(days=7)  # originals that became no document stay so long
MOST_FILES, MOST_LINKS, MOST_PARTS = 200, 500, 3_000
MOST_BYTES = 90 * 1024 * 1024  # of one upload; a request of ours is no larger
MOST_TRIES = 3
_AT_ONCE = 200
_LONGEST_ENDING = 8


def start_document_import(
    uploads: Sequence[tuple[str, "File[bytes]"]],
    links: Sequence[str],
    *,
    agency: Agency,
    given: Mapping[str, str] | None = None,
    actor: Staff,
    now: datetime,
) -> DocumentImport:
    """Keep what was uploaded and note the links; a worker reads them next."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
    links = list(dict.fromkeys(each.strip() for each in links if each.strip()))
    if not uploads and not links:
        words = (
            _("请选择文件，或者填写链接。") if settings.MINXIN_DOCUMENT_HOSTS else _("请选择文件。")
        )
        raise Refused(words, field="uploads")
    if len(uploads) > MOST_FILES:
        words = _("一次最多上传 %(most)s 个文件，更多的请打成一个 zip 压缩包。")
        raise Refused(words % {"most": MOST_FILES}, field="uploads")
    if len(links) > MOST_LINKS:
        raise Refused(_("一次最多 %(most)s 个链接。") % {"most": MOST_LINKS}, field="links")
    if any(len(each) > 500 for each in links):
        raise Refused(_("有链接超过 500 个字，请核对。"), field="links")
    if sum(content.size for _name, content in uploads) > MOST_BYTES:
        raise Refused(_("一次最多上传 90 MB，请分几次上传。"), field="uploads")
    names = [bare_name(name) for name, _content in uploads]
    title = (names or links)[0]
    if (count := len(uploads) + len(links)) > 1:
        title = _("%(name)s 等 %(count)s 份") % {"name": title[:150], "count": count}
    job = DocumentImport.objects.create(
        agency=agency, started_by=actor, name=title[:200], given=dict(given or {}),
        status=Status.STOPPED, created_at=now, due_at=now + LEASE,
    )  # fmt: skip
    for name, (_given, content) in zip(names, uploads, strict=True):
        part = ImportedFile(job=job, name=name)
        part.save()
        place = _place(part)
        part.file.storage.save(place, content)
        ImportedFile.objects.filter(pk=part.pk).update(file=place)
    with transaction.atomic():
        ImportedFile.objects.bulk_create(
            ImportedFile(job=job, name=link[:300], link=link) for link in links
        )
        job.status = Status.WAITING  # not before all of it is kept
        job.save(update_fields=["status"])
        after = {"files": len(uploads), "links": len(links)}
        audit.record(actor, "import.uploaded", job, now=now, agency=agency, after=after)
    return job


def bare_name(name: str) -> str:
    """The last part of a file's name, without what a folder or a terminal would read into it."""
    plain = "".join(each for each in name.replace("\\", "/") if each.isprintable())
    return PurePath(plain).name[-300:] or _("未命名")


def _place(part: ImportedFile) -> str:
    ending = PurePath(part.name).suffix.lower()
    is_plain = ending[1:].isascii() and ending[1:].isalnum() and len(ending) <= _LONGEST_ENDING
    return f"documents/import-{part.job_id}/{part.pk}{ending if is_plain else ''}"


# What a holder does ----------------------------------------------------------------------------


def claim_documents(job_id: int, *, token: str, now: datetime) -> DocumentImport | None:
    """Take a job that nobody holds, or whose holder has not been heard of; None otherwise."""
    if not jobs.claim(DocumentImport, job_id, token=token, now=now):
        return None
    return DocumentImport.objects.select_related("agency", "started_by").get(pk=job_id)


def hold_documents(job: DocumentImport, *, token: str, now: datetime) -> bool:
    """Prove that the job is still ours, and be heard of; False when somebody has asked to stop."""
    if not jobs.held(job, token).update(due_at=now + LEASE):
        raise ClaimLost
    job.refresh_from_db(fields=["stop_requested_at"])
    return job.stop_requested_at is None


def try_file(job: DocumentImport, part: ImportedFile, *, token: str, now: datetime) -> bool:
    """Count one more try of a file before it is opened; False when it brought down too many workers."""
    with transaction.atomic():
        hold_documents(job, token=token, now=now)
        ImportedFile.objects.filter(pk=part.pk).update(tries=F("tries") + 1)
    part.refresh_from_db()
    return part.tries <= MOST_TRIES


def keep_original(
    job: DocumentImport, part: ImportedFile, content: bytes, *, token: str, now: datetime
) -> None:
    """Keep what was fetched or unpacked; the place depends on the row alone, so twice is once."""
    place, storage = _place(part), part.file.storage
    hold_documents(job, token=token, now=now)
    storage.delete(place)
    storage.save(place, ContentFile(content))
    with transaction.atomic():
        hold_documents(job, token=token, now=now)
        ImportedFile.objects.filter(pk=part.pk).update(file=place, name=part.name)
    part.refresh_from_db()


def keep_pages(
    job: DocumentImport, part: ImportedFile, pages: Sequence["Page"], total: int,
    *, token: str, now: datetime,
) -> bool:  # fmt: skip
    """Keep pages of a long PDF that were read; False when somebody has asked to stop."""
    with transaction.atomic():
        goes_on = hold_documents(job, token=token, now=now)
        ReadPage.objects.bulk_create(
            ReadPage(
                file=part, number=each.number, lines=list(each.lines),
                is_recognised=each.is_recognised, trouble=each.trouble or "",
            )
            for each in pages
        )  # fmt: skip
        ImportedFile.objects.filter(pk=part.pk).update(
            pages=total, pages_read=pages[-1].number, tries=1
        )
    return goes_on


@dataclass(frozen=True, slots=True)
class Found:
    """A row that an archive or a list gives: its name, and where its content is."""

    name: str
    member: int
    link: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


def unpack(
    job: DocumentImport, part: ImportedFile, found: Sequence[Found], remarks: Sequence[str],
    *, token: str, now: datetime,
) -> None:  # fmt: skip
    """Put the contents of an archive or a list among the files of the job."""
    with transaction.atomic():
        hold_documents(job, token=token, now=now)
        left = MOST_PARTS - job.files.count()
        if len(found) > left:
            words = _("内容太多，一次导入最多 %(most)s 份，请拆开。")
            raise Refused(words % {"most": MOST_PARTS})
        ImportedFile.objects.bulk_create(
            (
                ImportedFile(
                    job=job, source=part, name=each.name[-300:], member=each.member,
                    link=each.link[:500], given={**part.given, **each.given},
                )
                for each in found
            ),
            batch_size=_AT_ONCE,
        )  # fmt: skip
        _end_file(part, Part.UNPACKED, remarks, now)


def take_document(
    job: DocumentImport, part: ImportedFile, content: bytes, draft: DocumentDraft,
    pieces: "Sequence[Piece]", remarks: Sequence[str], *, token: str, now: datetime,
) -> Document:  # fmt: skip
    """Keep a file that was read as a draft with its original; or note that it is there already."""
    with transaction.atomic():
        hold_documents(job, token=token, now=now)
        twins = _of_same_number(job.agency, draft.document_number)
        document, is_new = add_document(
            content, draft, pieces, agency=job.agency, actor=job.started_by, now=now
        )
        said = list(remarks)
        if not is_new:
            words = _("这份文件已经录入过：《%(title)s》，没有重复录入。")
            said = [words % {"title": document.title}]
        elif twins:
            words = _("文号与已有的《%(title)s》相同，可能是同一份文件的另一个版本，请核对。")
            said.insert(0, words % {"title": twins[0].title})
        if is_new or not document.file:
            Document.objects.filter(pk=document.pk).update(file=part.file.name)
        ReadPage.objects.filter(file=part).delete()
        ImportedFile.objects.filter(pk=part.pk).update(
            document=document, passages=len(pieces), pages=draft.pages
        )
        _end_file(part, Part.TAKEN if is_new else Part.KNOWN, said, now)
    return document


def known_document(agency: Agency, content: bytes) -> Document | None:
    """The document of an agency with the very same content."""
    sha256 = hashlib.sha256(content).hexdigest()
    return Document.objects.filter(agency=agency, sha256=sha256).first()


def note_known(
    job: DocumentImport, part: ImportedFile, document: Document, *, token: str, now: datetime
) -> None:
    """Note that the very same file is there already, without reading it again."""
    with transaction.atomic():
        hold_documents(job, token=token, now=now)
        words = _("这份文件已经录入过：《%(title)s》，没有重复录入。")
        if not document.file:
            Document.objects.filter(pk=document.pk, file="").update(file=part.file.name)
        ReadPage.objects.filter(file=part).delete()
        ImportedFile.objects.filter(pk=part.pk).update(document=document, pages=document.pages)
        _end_file(part, Part.KNOWN, [words % {"title": document.title}], now)


def refuse_file(
    job: DocumentImport, part: ImportedFile, remarks: Sequence[str], *, token: str, now: datetime
) -> None:
    """Note in words why nothing could be read of a file."""
    with transaction.atomic():
        hold_documents(job, token=token, now=now)
        ReadPage.objects.filter(file=part).delete()
        _end_file(part, Part.UNREADABLE, remarks, now)


def _end_file(part: ImportedFile, status: str, remarks: Sequence[str], now: datetime) -> None:
    ended = ImportedFile.objects.filter(pk=part.pk, status=Part.WAITING).update(
        status=status, remarks=[each[:500] for each in remarks], ended_at=now
    )
    if not ended:
        raise ClaimLost


def _of_same_number(agency: Agency, number: str) -> list[Document]:
    wanted = comparable_number(number)
    if not wanted:
        return []
    digits = "".join(each for each in wanted if each.isdigit())[-4:] or wanted[-1]
    near = Document.objects.filter(agency=agency).exclude(document_number="")
    near = near.filter(document_number__contains=digits[-1])
    return [each for each in near if comparable_number(each.document_number) == wanted]


def end_documents(
    job: DocumentImport, status: str, *, note: str = "", token: str, now: datetime
) -> None:
    """The holder lays the job down; who brought in several files is told."""
    with transaction.atomic():
        ended = jobs.held(job, token).update(
            status=status, claimed_by="", finished_at=now, note=note[:300]
        )
        if not ended:
            raise ClaimLost
        files = job.files.exclude(status=Part.UNPACKED)
        count = {each.value: files.filter(status=each).count() for each in Part}
        if status != Status.STOPPED and (files.count() > 1 or files.filter(pages__gt=20).exists()):
            words = gettext_noop(
                "“%(name)s”读取结束：%(new)s 份待核对，%(old)s 份已有，%(bad)s 份未能读取"
            ) % {
                "name": job.name[:60], "new": count["taken"], "old": count["known"],
                "bad": count["unreadable"],
            }  # fmt: skip
            link = f"/console/knowledge/documents/imports/{job.pk}/"
            notify_staff([job.started_by], kind="import", text=words, link=link, now=now)
        after = {"status": status, **{name: number for name, number in count.items() if number}}
        audit.record(job.started_by, "import.ended", job, now=now, agency=job.agency, after=after)
    job.refresh_from_db()


# What people do --------------------------------------------------------------------------------


def stop_documents(job: DocumentImport, *, actor: Staff, now: datetime) -> None:
    """Ask a job to stop: at once when nobody works at it, else after the page or file in hand."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, job.agency)
    with transaction.atomic():
        there = DocumentImport.objects.filter(pk=job.pk, status__in=MOVING)
        ended = there.filter(Q(claimed_by="") | Q(due_at__lte=now)).update(
            status=Status.STOPPED, claimed_by="", finished_at=now, stop_requested_at=now
        )
        if not ended and not there.update(stop_requested_at=now):
            raise Refused(_("这次导入已经结束，不用停止。"))
        audit.record(actor, "import.stopped", job, now=now, agency=job.agency)
    job.refresh_from_db()


def resume_documents(job: DocumentImport, *, actor: Staff, now: datetime) -> None:
    """Go on with a job that was stopped or broke off, with the first file that was not read."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, job.agency)
    if actor != job.started_by:
        raise Refused(_("只有上传的人能继续这次导入。"))
    with transaction.atomic():
        moved = DocumentImport.objects.filter(
            pk=job.pk, status__in=[Status.STOPPED, Status.FAILED], files__status=Part.WAITING
        ).distinct()
        if not DocumentImport.objects.filter(pk__in=list(moved.values_list("pk", flat=True))).update(
            status=Status.WAITING, claimed_by="", due_at=now + LEASE, stop_requested_at=None,
            finished_at=None, note="",
        ):  # fmt: skip
            raise Refused(_("这次导入没有可以继续的文件。"))
        job.files.filter(status=Part.WAITING).update(tries=0)
        audit.record(actor, "import.resumed", job, now=now, agency=job.agency)
    job.refresh_from_db()


def release_stalled_documents(*, now: datetime) -> list[int]:
    """The jobs that should be moving and that nobody has been heard of at: free from now on."""
    return jobs.release_stalled(DocumentImport, MOVING, now=now)


def forget_originals(*, now: datetime) -> int:
    """Remove originals that became no document a week after their import ended; how many."""
    old = ImportedFile.objects.filter(
        job__finished_at__lt=now - KEPT,
        job__status__in=[Status.DONE, Status.FAILED, Status.STOPPED],
    ).exclude(file="")
    removed = 0
    for part in list(old.exclude(status=Part.TAKEN)):
        name, storage = part.file.name or "", part.file.storage
        ImportedFile.objects.filter(pk=part.pk, file=name).update(file="")
        if not Document.objects.filter(file=name).exists():
            storage.delete(name)
            removed += 1
    return removed


def day_of(given: Mapping[str, Any], name: str) -> date | None:
    """A day noted as text."""
    value = given.get(name)
    return date.fromisoformat(value) if value else None
