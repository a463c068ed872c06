"""Files as a job: asked for by a person, made by a worker, one shape a step.

A worker claims the row by compare-and-set and proves with every step that it still holds it.
"""

import hashlib
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core import jobs
from minxin.core.errors import AlreadyDone, Refused
from minxin.core.jobs import ClaimLost
from minxin.reports.models import Document, DocumentFile, Rendering

Status = Rendering.Status
LEASE = timedelta(minutes=2)  # the longest step: a PDF of thousands of rows
MOVING = (Status.WAITING, Status.RUNNING)


def request_files(document: Document, *, actor: Staff, now: datetime) -> Rendering:
    """Ask for the files of the text as it was last saved. One request at a time."""
    ensure_may(actor, Permission.READ_REPORTS, document.agency)
    if document.status == Document.Status.DISCARDED:
        raise Refused(_("这份文稿已经作废，不能生成文件。"))
    try:
        with transaction.atomic():
            rendering = Rendering.objects.create(
                document=document, version=document.versions.count(),
                is_signed=document.status == Document.Status.SIGNED, due_at=now + LEASE,
                started_at=now, started_by=actor,
            )  # fmt: skip
            audit.record(
                actor, "document.files_requested", document, now=now,
                after={"version": rendering.version},
            )  # fmt: skip
    except IntegrityError as error:
        raise AlreadyDone(_("文件正在生成。")) from error
    return rendering


def claim_rendering(number: int, *, token: str, now: datetime) -> Rendering | None:
    """Take a job that nobody holds, or whose holder has not been heard of; None when there is none."""
    if not jobs.claim(Rendering, number, token=token, now=now, lease=LEASE):
        return None
    return Rendering.objects.select_related("document__agency", "started_by").get(pk=number)


def advance_rendering(
    rendering: Rendering, *, shape: str, made: bytes, done: int, total: int, token: str,
    now: datetime,
) -> bool:  # fmt: skip
    """Keep one finished file; False when somebody has asked to stop. An empty one is only counted."""
    kept = None
    if made:
        day = f"{now:%Y%m%d}"
        name = f"{rendering.document.title[:80]}-{day}.{shape}".replace("/", "／")
        kept = DocumentFile(
            rendering=rendering, shape=shape, file_name=name, bytes=len(made),
            sha256=hashlib.sha256(made).hexdigest(),
        )  # fmt: skip
        kept.file.save(f"{get_random_string(20)}.{shape}", ContentFile(made), save=False)
    with transaction.atomic():
        if not jobs.held(rendering, token).update(due_at=now + LEASE, done=done, total=total):
            if kept is not None:
                kept.file.storage.delete(kept.file.name or "")
            raise ClaimLost
        if kept is not None:
            rendering.files.filter(shape=shape).delete()
            kept.save(force_insert=True)
    rendering.refresh_from_db(fields=["stop_requested_at", "done", "total"])
    return rendering.stop_requested_at is None


def end_rendering(
    rendering: Rendering, status: str, *, note: str = "", token: str, now: datetime
) -> None:
    """The holder lays the job down, with words for a person."""
    ended = {"status": status, "claimed_by": "", "ended_at": now, "note": note[:300]}
    with transaction.atomic():
        if not jobs.held(rendering, token).update(**ended):
            raise ClaimLost
        audit.record(
            rendering.started_by, "document.files_made", rendering.document, now=now,
            after={"version": rendering.version, "status": status,
                   "files": [each.file_name for each in rendering.files.all()]},
        )  # fmt: skip


def stop_rendering(rendering: Rendering, *, actor: Staff, now: datetime) -> None:
    """Ask a job to stop: at once when nobody works at it, else after the file in hand."""
    ensure_may(actor, Permission.READ_REPORTS, rendering.document.agency)
    with transaction.atomic():
        there = Rendering.objects.filter(pk=rendering.pk, status__in=MOVING)
        idle = there.filter(Q(claimed_by="") | Q(due_at__lte=now))
        ended = idle.update(
            status=Status.STOPPED, claimed_by="", ended_at=now, stop_requested_at=now
        )
        if not ended and not there.update(stop_requested_at=now):
            raise Refused(_("生成已经结束，不用停止。"))
        audit.record(
            actor, "document.files_stopped", rendering.document, now=now,
            after={"version": rendering.version},
        )  # fmt: skip


def release_stalled(*, now: datetime) -> list[int]:
    """The jobs that should be moving and that nobody has been heard of at: free from now on."""
    return jobs.release_stalled(Rendering, MOVING, now=now, lease=LEASE)
