"""What follows the signature of a campaign: its failing checks become findings, a few in a transaction.

A worker proves with every step that it still holds the job. Who is killed in the middle loses the step in
hand; who takes over repeats nothing, for a check opens its finding once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core import jobs
from minxin.core.errors import Refused
from minxin.core.jobs import LEASE, ClaimLost
from minxin.supervision.actions.findings import open_finding
from minxin.supervision.models import Campaign, Evidence, Inspection, Signing
from minxin.supervision.queries.results import origin_key
from minxin.supervision.rules.rectification import Origin

AT_ONCE = 10  # findings in one transaction
TOLD_FROM = 20  # findings of which the signer hears when they are all there
Status = Signing.Status
REGISTERED = "“%(name)s”签发后登记了 %(count)s 个问题"


def begin_signing(campaign: Campaign, total: int, *, actor: Staff, now: datetime) -> Signing:
    """Part of signing: what is to be opened. Nothing: it is done."""
    status = Status.WAITING if total else Status.DONE
    return Signing.objects.create(
        campaign=campaign, total=total, status=status, started_by=actor, due_at=now + LEASE,
        finished_at=None if total else now,
    )  # fmt: skip


def claim_signing(number: int, *, token: str, now: datetime) -> Signing | None:
    """Take a job that nobody holds, or whose holder has not been heard of; None when not to be had."""
    if not jobs.claim(Signing, number, token=token, now=now):
        return None
    return Signing.objects.select_related("campaign__agency", "started_by").get(pk=number)


def advance_signing(signing: Signing, *, token: str, now: datetime) -> bool:
    """Open the next findings for a holder; False when all are there. Raises `ClaimLost`, and `NotFound`
    for a signer who may no more confirm problems of an account: nothing of the step is kept."""
    failing = (signing.campaign.results or {})["failing"]
    part = failing[signing.done : signing.done + AT_ONCE]
    with transaction.atomic(), translation.override("zh-hans"):  # what is kept is kept in Chinese
        if not jobs.held(signing, token).update(done=signing.done + len(part), due_at=now + LEASE):
            raise ClaimLost
        inspections = {
            each.pk: each
            for each in Inspection.objects.filter(
                pk__in=[one["inspection_id"] for one in part]
            ).select_related("account__agency")
        }
        for each in part:
            _open(each, inspections[each["inspection_id"]], signing, now)
    signing.done += len(part)
    return signing.done < len(failing)


def _open(each: dict[str, Any], inspection: Inspection, signing: Signing, now: datetime) -> None:
    open_finding(
        actor=signing.started_by, now=now, account=inspection.account,
        indicator=each["indicator"], title=f"{each['title']}：不合格", severity=each["severity"],
        origin=Origin.CAMPAIGN_CHECK, origin_key=origin_key(inspection, each["indicator"]),
        evidence=Evidence.objects.filter(pk__in=[each["evidence_id"]]).first(),
        facts={"detail": each["seen"], "campaign": signing.campaign.name},
    )  # fmt: skip


def end_signing(
    signing: Signing, status: str, *, note: str = "", token: str, now: datetime
) -> None:
    """The holder lays the job down, with words for a person. Who signed many hears of it."""
    campaign = signing.campaign
    with transaction.atomic():
        ended = jobs.held(signing, token).update(
            status=status, claimed_by="", finished_at=now, note=note[:300]
        )
        if not ended:
            raise ClaimLost
        if status == Status.DONE and signing.total >= TOLD_FROM:
            words = REGISTERED % {"name": campaign.name[:60], "count": signing.total}
            link = f"/console/supervision/campaigns/{campaign.pk}/"
            notify_staff([signing.started_by], words, kind="inspection", link=link, now=now)
        after = {"status": status, "findings": signing.done}
        audit.record(signing.started_by, "campaign.registered", campaign, after=after, now=now)
    signing.refresh_from_db()


@transaction.atomic
def resume_signing(campaign: Campaign, *, actor: Staff, now: datetime) -> Signing:
    """Go on with a job that broke off, in the name of who says so. Raises `NotFound`, `Refused`."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, campaign.agency)
    broken = Signing.objects.filter(campaign=campaign, status=Status.FAILED)
    if not broken.update(
        status=Status.WAITING, claimed_by="", due_at=now + LEASE, note="", finished_at=None,
        started_by=actor,
    ):  # fmt: skip
        raise Refused(_("登记没有中断，不用继续。"))
    found = Signing.objects.get(campaign=campaign)
    after = {"done": found.done, "findings": found.total}
    audit.record(actor, "campaign.registration_resumed", campaign, after=after, now=now)
    return found


def release_stalled_signings(*, now: datetime) -> list[int]:
    """The jobs that should be moving and that nobody has been heard of at: free from now on."""
    return jobs.release_stalled(Signing, [Status.WAITING, Status.RUNNING], now=now)
