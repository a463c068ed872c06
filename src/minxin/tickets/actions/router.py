"""The router's model: trained as a job, adopted by a person, taken back by adopting the one before."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core import jobs
from minxin.core.actors import Actor, System
from minxin.core.errors import Refused
from minxin.core.jobs import ClaimLost, held
from minxin.tickets.models import RouterModel
from minxin.tickets.queries.router import classifier_of
from minxin.tickets.rules import SHORTEST_TEXT

Status = RouterModel.Status
LEASE = timedelta(minutes=20)  # one training with its comparison, and time to spare


@transaction.atomic
def begin_training(*, has_data: bool = False, actor: Actor, now: datetime) -> RouterModel:
    """Let the router learn from the city's history; one training at a time. Nothing is adopted by it."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    moving = RouterModel.objects.filter(status__in=[Status.WAITING, Status.RUNNING])
    if moving.exists():
        raise Refused(_("已经有一次训练在进行，请等它结束。"))
    row = RouterModel.objects.create(
        started_by=actor if isinstance(actor, Staff) else None, created_at=now, due_at=now,
        has_data=has_data,
    )  # fmt: skip
    audit.record(actor, "router.training_begun", row, now=now, after={"has_data": has_data})
    return row


def claim_training(number: int, *, token: str, now: datetime) -> RouterModel | None:
    """Take a training that nobody works at; None when it is not to be had."""
    if not jobs.claim(RouterModel, number, token=token, now=now, lease=LEASE):
        return None
    return RouterModel.objects.get(pk=number)


@transaction.atomic
def end_training(
    row: RouterModel,
    status: str,
    *,
    token: str,
    now: datetime,
    report: Mapping[str, Any] | None = None,
    examples: int = 0,
    learnt_until: datetime | None = None,
    sha256: str = "",
    note: str = "",
) -> None:
    """The holder lays the training down with what came of it. Raises `ClaimLost`."""
    ended = held(row, token).update(
        status=status, claimed_by="", finished_at=now, report=dict(report or {}), sha256=sha256,
        examples=examples, learnt_until=learnt_until, note=note[:300],
    )  # fmt: skip
    if not ended:
        raise ClaimLost
    row.refresh_from_db()
    actor = row.started_by or System("router")
    after = {"status": status, "examples": examples}
    audit.record(actor, "router.training_ended", row, now=now, after=after)


@transaction.atomic
def adopt_router(row: RouterModel, *, reason: str, actor: Staff, now: datetime) -> None:
    """Let a trained model, or one used before, propose from now on; the present one is kept to go back to."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    fresh = RouterModel.objects.select_for_update().get(pk=row.pk)
    if fresh.status not in {Status.READY, Status.FORMER}:
        raise Refused(_("这个模型现在不能采用。请刷新后再看。"))
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    if classifier_of(fresh) is None:
        raise Refused(_("这个模型的文件不在或已损坏，请重新训练。"))
    before = RouterModel.objects.filter(status=Status.ADOPTED).first()
    if before is not None:
        before.status = Status.FORMER
        before.save(update_fields=["status"])
    fresh.status, fresh.adopted_by, fresh.adopted_at = Status.ADOPTED, actor, now
    try:
        with transaction.atomic():
            fresh.save(update_fields=["status", "adopted_by", "adopted_at"])
    except IntegrityError as error:  # somebody else adopted one in this moment
        raise Refused(_("刚才有人采用了另一个模型。请刷新后再看。")) from error
    audit.record(
        actor, "router.adopted", fresh, now=now, reason=reason,
        before={"model": before.pk if before else None}, after={"model": fresh.pk},
    )  # fmt: skip


@transaction.atomic
def stop_using_router(*, reason: str, actor: Staff, now: datetime) -> None:
    """Propose without a model again, by rules and list alone."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    before = RouterModel.objects.select_for_update().filter(status=Status.ADOPTED).first()
    if before is None:
        raise Refused(_("现在没有使用中的模型。"))
    before.status = Status.FORMER
    before.save(update_fields=["status"])
    audit.record(actor, "router.put_aside", before, now=now, reason=reason)
