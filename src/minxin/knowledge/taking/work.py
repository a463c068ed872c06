"""What a worker does with an import of documents, file by file, and of a long PDF page by page."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.core.breath import breathe
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import ClaimLost
from minxin.core.uploads import read_upload
from minxin.knowledge.actions import taking as actions
from minxin.knowledge.actions.documents import DocumentDraft
from minxin.knowledge.models import Document, DocumentImport, ImportedFile, ReadPage
from minxin.knowledge.queries.taking import next_file
from minxin.knowledge.taking import fetching, listing, unpacking, wording
from minxin.text.documents import (
    Page,
    Reading,
    Trouble,
    Unreadable,
    kind_of,
    pages_of,
    passages,
    propose,
    read,
    reading_of,
)  # fmt: skip
from minxin.text.documents.pdf import Recognise
from minxin.text.documents.recognising import recogniser

log = logging.getLogger("minxin.imports")
Status = DocumentImport.Status
Clock = Callable[[], datetime]
PAGES_AT_ONCE = 40  # pages with text that are noted together
SECONDS_AT_ONCE = 3.0  # and no page waits longer than this to be noted
MOST_ROWS = 20_000
_SHEETS = (".xlsx", ".csv", ".xls", ".ods")


class _Stopped(Exception):
    """Somebody has asked to stop."""


def work(
    job_id: int,
    *,
    clock: Clock = timezone.now,
    recognise: Callable[[], Recognise | None] = recogniser,
    fetch: Callable[[str], fetching.Fetched] = fetching.fetch,
) -> None:
    """Read one import as far as it goes; nothing when somebody else has it."""
    token = get_random_string(16)
    job = actions.claim_documents(job_id, token=token, now=clock())
    if job is None:
        return
    worker = _Worker(job, token, clock, recognise, fetch)
    with translation.override(job.started_by.language or settings.LANGUAGE_CODE):
        try:
            worker.run()
        except ClaimLost:
            log.info("import of documents %s was taken over or ended by somebody else", job.pk)


class _Worker:
    def __init__(
        self, job: DocumentImport, token: str, clock: Clock,
        recognise: Callable[[], Recognise | None], fetch: Callable[[str], fetching.Fetched],
    ) -> None:  # fmt: skip
        self.job, self.token, self.clock = job, token, clock
        self._recognise, self._fetch = recognise, fetch

    def _held(self) -> dict[str, Any]:
        return {"token": self.token, "now": self.clock()}

    def run(self) -> None:
        while (part := next_file(self.job)) is not None:
            if not actions.hold_documents(self.job, **self._held()):
                actions.end_documents(self.job, Status.STOPPED, **self._held())
                return
            if not may(self.job.started_by, Permission.EDIT_KNOWLEDGE, self.job.agency):
                words = _("上传人已没有维护这些知识的权限，其余的文件没有读取。")
                actions.end_documents(self.job, Status.FAILED, note=words, **self._held())
                return
            try:
                self._take(part)
            except _Stopped:
                actions.end_documents(self.job, Status.STOPPED, **self._held())
                return
            breathe()
        actions.end_documents(self.job, Status.DONE, **self._held())

    def _take(self, part: ImportedFile) -> None:
        """One file: read, kept and told of; what is wrong with it is told, and the next one is read."""
        if not actions.try_file(self.job, part, **self._held()):
            words = _("读这份文件时程序多次中断，已跳过。请拆分或另存后再试。")
            actions.refuse_file(self.job, part, [words], **self._held())
            return
        try:
            self._read(part)
        except (ClaimLost, DatabaseError, _Stopped):
            raise
        except Unreadable as error:
            words = wording.why_unreadable(error, can_recognise=self._recognise() is not None)
            actions.refuse_file(self.job, part, [words], **self._held())
        except NotFound:
            raise ClaimLost from None
        except Refused as refusal:
            actions.refuse_file(self.job, part, [refusal.message], **self._held())
        except FileNotFoundError:
            words = _("上传的文件已不在，请重新上传。")
            actions.refuse_file(self.job, part, [words], **self._held())
        except Exception as error:
            log.error("import of documents %s, file %s", self.job.pk, part.pk, exc_info=error)
            words = _("读这份文件时程序出错，已跳过。请把它另存为 PDF 或 docx 后再试。")
            actions.refuse_file(self.job, part, [words], **self._held())

    def _read(self, part: ImportedFile) -> None:
        if not part.file and not self._unfold(part):
            return
        with part.file.open("rb") as file:
            start = file.read(8)
            file.seek(0)
            is_archive = part.source is None and unpacking.is_archive(part.name, start, file)
            file.seek(0)
            if is_archive:
                found, remarks = unpacking.contents_of(file)
                actions.unpack(self.job, part, found, remarks, **self._held())
                return
            content = file.read(unpacking.MOST_MEMBER + 1)
        if len(content) > unpacking.MOST_MEMBER:
            raise Unreadable(Trouble.TOO_LARGE)
        known = actions.known_document(self.job.agency, content)
        if known is not None:
            actions.note_known(self.job, part, known, **self._held())
            return
        name = PurePosixPath(part.name).name
        kind = kind_of(name, content)
        if kind == "sheet" and "text" not in part.given:
            books = read_upload(_sheet_name(name, content), content, most_rows=MOST_ROWS)
            if part.source is None and books and listing.is_list(books[0].rows):
                found, remarks = listing.listed_in(books[0].rows)
                if not found:
                    raise Refused(" ".join(remarks[:5]) or _("表格里没有可以录入的文件。"))
                actions.unpack(self.job, part, found, remarks, **self._held())
                return
            reading = read(
                name, content, sheets=lambda *_: [(book.name, book.rows) for book in books]
            )
        elif kind == "pdf":
            reading = self._pages(part, content)
        else:
            reading = read(name, content)
        self._keep(part, content, reading)

    def _unfold(self, part: ImportedFile) -> bool:
        """Bring in what is not here yet: from an archive, a list or a link."""
        if "text" in part.given:
            content = str(part.given["text"]).encode()
        elif part.link:
            fetched = self._fetch(part.link)
            part.name, content = fetched.name, fetched.content
        elif part.source is not None and part.source.file:
            with part.source.file.open("rb") as file:
                content = unpacking.member_of(file, part.member or 0)
        else:
            raise FileNotFoundError
        actions.keep_original(self.job, part, content, **self._held())
        return True

    def _pages(self, part: ImportedFile, content: bytes) -> Reading:
        """A PDF page by page, from where somebody else left off."""
        kept = [
            Page(row.number, tuple(row.lines), row.is_recognised,
                 Trouble(row.trouble) if row.trouble else None)
            for row in ReadPage.objects.filter(file=part).order_by("number")
        ]  # fmt: skip
        total = part.pages or len(kept)
        fresh: list[Page] = []
        noted = time.monotonic()
        start = kept[-1].number + 1 if kept else 1
        for total, page in pages_of(content, start=start, recognise=self._recognise()):
            fresh.append(page)
            is_due = len(fresh) >= PAGES_AT_ONCE or time.monotonic() - noted > SECONDS_AT_ONCE
            if (is_due or page.is_recognised) and page.number < total:
                goes_on = actions.keep_pages(self.job, part, fresh, total, **self._held())
                kept, fresh, noted = [*kept, *fresh], [], time.monotonic()
                if not goes_on:
                    raise _Stopped
                breathe()
        reading = reading_of([*kept, *fresh], total)
        if not reading.blocks:
            is_scan = any(note.trouble == Trouble.SCANNED_PAGE for note in reading.notes)
            is_scan = is_scan or reading.is_recognised
            raise Unreadable(Trouble.SCANNED_PAGE if is_scan else Trouble.NO_TEXT)
        return reading

    def _keep(self, part: ImportedFile, content: bytes, reading: Reading) -> None:
        pieces = passages(reading.blocks)
        said = propose(reading.blocks)
        given = {**self.job.given, **part.given}
        remarks = wording.remarks_on(
            reading, pieces, said, given=[name for name, value in given.items() if value]
        )
        draft = DocumentDraft(
            title=given.get("title") or said.title or PurePosixPath(part.name).stem,
            kind=given.get("kind") or Document.Kind.POLICY,
            document_number=given.get("document_number") or said.document_number,
            issuing_agency=given.get("issuing_agency") or said.issuing_agency,
            region_code=str(given.get("region_code", ""))[:12],
            audience=str(given.get("audience", "")),
            topic=str(given.get("topic", "")),
            language=_language(pieces),
            issued_on=actions.day_of(given, "issued_on") or said.issued_on,
            effective_on=actions.day_of(given, "effective_on") or said.effective_on,
            repealed_on=actions.day_of(given, "repealed_on") or said.ends_on,
            link=part.link or str(given.get("link", ""))[:500],
            file_name=PurePosixPath(part.name).name,
            pages=reading.pages,
            is_recognised=reading.is_recognised,
        )
        first = draft.effective_on or draft.issued_on
        if draft.repealed_on and first and draft.repealed_on < first:
            draft = replace(draft, repealed_on=None)
            remarks.append(_("失效日期早于施行日期，没有采用，请核对。"))
        actions.take_document(self.job, part, content, draft, pieces, remarks, **self._held())


def _language(pieces: Sequence[Any]) -> str:
    is_traditional = wording.is_traditional("".join(each.text for each in pieces))
    return Document.Language.TRADITIONAL if is_traditional else Document.Language.SIMPLIFIED


def _sheet_name(name: str, content: bytes) -> str:
    """A book is opened as one whatever it is called."""
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")) and not name.lower().endswith(_SHEETS):
        return f"{name}.xlsx"
    return name
