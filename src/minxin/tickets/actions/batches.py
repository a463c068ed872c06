"""One answer to many tickets as a job: begun, gone through one by one, stopped, taken up again.

Every ticket is answered in a transaction that also says so in its item and in the batch: a worker that is
killed leaves either both or neither, and who lost the job writes nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core import jobs
from minxin.core.breath import breathe
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.core.jobs import ClaimLost
from minxin.tickets.actions.reviewing import reply
from minxin.tickets.models import BatchAnswer, BatchItem
from minxin.tickets.queries.batches import MOST_IN_BATCH
from minxin.tickets.rules import LONGEST_TEXT, SHORTEST_TEXT

MOVING = (BatchAnswer.Status.WAITING, BatchAnswer.Status.RUNNING)


def ensure_answer(text: str) -> str:
    """The words without space around them; refused when they are no answer."""
    text = text.strip()
    if len(text) < SHORTEST_TEXT:
        raise Refused(_("请填写答复内容。"), field="text")
    if len(text) > LONGEST_TEXT:
        raise Refused(
            _("答复太长，请控制在 %(limit)s 字以内。") % {"limit": LONGEST_TEXT}, field="text"
        )
    return text


@transaction.atomic
def start_batch(
    numbers: Sequence[int], text: str, *, agency: Agency, actor: Staff, now: datetime
) -> BatchAnswer:
    """Fix the list (primary keys) and the words; a worker does the rest, in this person's name."""
    ensure_may(actor, Permission.ANSWER_TICKETS, agency)
    text = ensure_answer(text)
    if not numbers:
        raise Refused(_("没有可以答复的工单。"))
    if len(numbers) > MOST_IN_BATCH:
        words = _("共 %(count)s 件，一次最多 %(most)s 件，请先用筛选缩小范围。")
        raise Refused(words % {"count": len(numbers), "most": MOST_IN_BATCH})
    same = BatchAnswer.objects.filter(started_by=actor, text=text, status__in=MOVING).first()
    if same is not None and same.total == len(numbers):
        raise AlreadyDone(_("这批答复已经在发送，没有重复。"))
    batch = BatchAnswer.objects.create(
        agency=agency, text=text, total=len(numbers), due_at=now + jobs.LEASE, started_at=now,
        started_by=actor,
    )  # fmt: skip
    BatchItem.objects.bulk_create(
        (BatchItem(batch=batch, ticket_id=each) for each in numbers), batch_size=500
    )
    audit.record(
        actor,
        "ticket_batch.started",
        batch,
        now=now,
        agency=agency,
        after={"tickets": len(numbers)},
    )
    return batch


def claim_batch(number: int, *, token: str, now: datetime) -> BatchAnswer | None:
    """Take a job that nobody holds, or whose holder has not been heard of; None when there is none."""
    if not jobs.claim(BatchAnswer, number, token=token, now=now):
        return None
    return BatchAnswer.objects.select_related("started_by", "agency").get(pk=number)


def answer_item(
    item: BatchItem, batch: BatchAnswer, *, link: str, token: str, now: datetime
) -> bool:
    """Answer one ticket, or hand the answer in where another person reads it first, or note why not;
    whether the job goes on. Raises `ClaimLost`."""
    with transaction.atomic():
        state, note = BatchItem.Status.DONE, ""
        try:
            if not reply(item.ticket, batch.text, link=link, actor=batch.started_by, now=now):
                note = _("须先审核，已经送审。")
        except AlreadyDone as known:
            note = known.message
        except NotFound:
            state, note = BatchItem.Status.REFUSED, _("不归您的单位办理。")
        except Refused as refusal:
            state, note = BatchItem.Status.REFUSED, refusal.message
        counted = "done" if state == BatchItem.Status.DONE else "refused"
        fresh = BatchItem.objects.filter(pk=item.pk, status=BatchItem.Status.WAITING)
        still = jobs.held(batch, token)
        if not fresh.update(status=state, note=note[:300]) or not still.update(
            **{counted: F(counted) + 1, "due_at": now + jobs.LEASE}
        ):
            raise ClaimLost
    breathe()
    return still.filter(stop_requested_at=None).exists()


@transaction.atomic
def end_batch(batch: BatchAnswer, status: str, *, token: str, now: datetime) -> None:
    """Let the job go: done, or stopped on request. Raises `ClaimLost`."""
    if not jobs.held(batch, token).update(
        status=status, claimed_by="", ended_at=now, stop_requested_at=None
    ):
        raise ClaimLost
    audit.record(
        batch.started_by, "ticket_batch.ended", batch, now=now, agency=batch.agency,
        after={"status": status},
    )  # fmt: skip


@transaction.atomic
def stop_batch(batch: BatchAnswer, *, actor: Staff, now: datetime) -> None:
    """Stop after the ticket in hand; one that nobody has begun stops at once. What is sent stays sent."""
    ensure_may(actor, Permission.ANSWER_TICKETS, batch.agency)
    fresh = BatchAnswer.objects.select_for_update().get(pk=batch.pk)
    if not fresh.is_moving:
        raise AlreadyDone(_("这批答复已经停下。"))
    if fresh.claimed_by:
        fresh.stop_requested_at = now
    else:
        fresh.status, fresh.ended_at = BatchAnswer.Status.STOPPED, now
    fresh.save(update_fields=["status", "ended_at", "stop_requested_at"])
    audit.record(actor, "ticket_batch.stopped", fresh, now=now, agency=fresh.agency)


@transaction.atomic
def resume_batch(batch: BatchAnswer, *, actor: Staff, now: datetime) -> None:
    """Go on with what is left, in the name of who began it."""
    ensure_may(actor, Permission.ANSWER_TICKETS, batch.agency)
    fresh = BatchAnswer.objects.select_for_update().get(pk=batch.pk)
    if fresh.status != BatchAnswer.Status.STOPPED:
        raise AlreadyDone(_("这批答复没有停下，不用继续。"))
    fresh.status, fresh.ended_at = BatchAnswer.Status.WAITING, None
    fresh.due_at = now + jobs.LEASE
    fresh.save(update_fields=["status", "ended_at", "due_at"])
    audit.record(actor, "ticket_batch.resumed", fresh, now=now, agency=fresh.agency)


def release_stalled_batches(*, now: datetime) -> list[int]:
    """The jobs that should be moving and are not: free from now on."""
    return jobs.release_stalled(BatchAnswer, MOVING, now=now)
