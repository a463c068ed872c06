"""A scan as a job: begun by a change, held by one worker, stopped by a person, taken up where it was.

A worker proves with every step that it still holds the row; the step's hits and the cursor are one
transaction. Who is killed in the middle loses the step in hand, and who takes over repeats nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core import jobs
from minxin.core.actors import Actor, System
from minxin.core.errors import Refused
from minxin.core.jobs import LEASE, ClaimLost
from minxin.supervision.models import Hit, PublishedItem, Scan, WordList

MOST_HITS = 200_000  # of one scan: a list that finds more is wrong itself
ACTIVE = (Scan.Status.WAITING, Scan.Status.RUNNING)


@transaction.atomic
def begin_scan(
    word_list: WordList, *, since: datetime | None = None, actor: Actor, now: datetime
) -> Scan:
    """Look through everything that list may see, or what was kept after `since`.

    A scan of the same list that has not ended begins anew with the list as it now is.
    """
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, word_list.agency)
    WordList.objects.select_for_update().get(pk=word_list.pk)
    scan = Scan.objects.filter(word_list=word_list, status__in=ACTIVE).first()
    if scan is not None and scan.since is None:
        since = None
    items = scope_of(word_list, since)
    fresh = {
        "revision": word_list.revision, "status": Scan.Status.WAITING, "since": since, "cursor": 0,
        "top": items.aggregate(top=Max("pk"))["top"] or 0, "total": items.count(), "done": 0,
        "claimed_by": "", "due_at": now + LEASE, "stop_requested_at": None, "note": "",
        "created_at": now, "started_by": actor if isinstance(actor, Staff) else None,
    }  # fmt: skip
    if scan is None:
        scan = Scan.objects.create(word_list=word_list, **fresh)
    else:
        Scan.objects.filter(pk=scan.pk).update(**fresh)
        scan.refresh_from_db()
    after = {"list": word_list.name, "revision": word_list.revision, "items": scan.total}
    audit.record(actor, "scan.started", scan, agency=word_list.agency, after=after, now=now)
    return scan


def scope_of(word_list: WordList, since: datetime | None = None) -> QuerySet[PublishedItem]:
    """The items that a list is for."""
    items = PublishedItem.objects.filter(account__agency__path__startswith=word_list.agency.path)
    return items.filter(kept_at__gt=since).order_by("pk") if since else items.order_by("pk")


def claim_scan(number: int, *, token: str, now: datetime) -> Scan | None:
    """Take a scan that nobody holds, or whose holder has not been heard of; None when not to be had."""
    if not jobs.claim(Scan, number, token=token, now=now):
        return None
    return Scan.objects.select_related("word_list__agency", "started_by").get(pk=number)


def advance_scan(
    scan: Scan, hits: Sequence[Hit], *, cursor: int, looked: int, token: str, now: datetime
) -> bool:
    """Keep what the next items held; False when somebody has asked to stop. Raises `ClaimLost`."""
    with transaction.atomic():
        held = jobs.held(scan, token)
        if not held.update(cursor=cursor, done=F("done") + looked, due_at=now + LEASE):
            raise ClaimLost
        if new := _not_there(hits):
            Hit.objects.bulk_create(new, batch_size=200, ignore_conflicts=True)
            waiting = sum(each.status == Hit.Status.OPEN for each in new)
            held.update(found=F("found") + waiting)
    scan.refresh_from_db(fields=["cursor", "done", "found", "stop_requested_at"])
    return scan.stop_requested_at is None


def _not_there(hits: Sequence[Hit]) -> list[Hit]:
    if not hits:
        return []
    numbers = {each.item_id for each in hits}
    there = set(
        Hit.objects.filter(item__in=numbers).values_list("item_id", "version", "key", "offset")
    )
    return [
        each for each in hits if (each.item_id, each.version, each.key, each.offset) not in there
    ]


def end_scan(scan: Scan, status: str, *, note: str = "", token: str, now: datetime) -> None:
    """The holder lays the scan down, with words for a person. Who began it hears of what was found."""
    with transaction.atomic():
        held = jobs.held(scan, token)
        if not held.update(status=status, claimed_by="", finished_at=now, note=note[:300]):
            raise ClaimLost
        scan.refresh_from_db()
        if scan.started_by is not None and scan.found and status == Scan.Status.DONE:
            text = f"词表“{scan.word_list.name}”回头看完成，新命中 {scan.found} 处"
            link = f"/console/lookback/scans/{scan.pk}/"
            notify_staff([scan.started_by], kind="lookback", text=text, link=link, now=now)
        after = {"status": status, "looked": scan.done, "found": scan.found}
        actor = scan.started_by or System("lookback")
        audit.record(actor, "scan.ended", scan, agency=scan.word_list.agency, after=after, now=now)


@transaction.atomic
def stop_scan(scan: Scan, *, actor: Staff, now: datetime) -> None:
    """Ask a scan to stop: at once when nobody works at it, else after the step in hand."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, scan.word_list.agency)
    there = Scan.objects.filter(pk=scan.pk)
    idle = there.filter(Q(claimed_by="") | Q(due_at__lte=now), status__in=ACTIVE)
    ended = idle.update(
        status=Scan.Status.STOPPED, claimed_by="", finished_at=now, stop_requested_at=now
    )
    if not ended and not there.filter(status=Scan.Status.RUNNING).update(stop_requested_at=now):
        raise Refused(_("这次扫描已经结束，不用停止。"))
    audit.record(actor, "scan.stopped", scan, agency=scan.word_list.agency, now=now)
    scan.refresh_from_db()


@transaction.atomic
def resume_scan(scan: Scan, *, actor: Staff, now: datetime) -> None:
    """Go on after the last item that was looked at. Raises `Refused`."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, scan.word_list.agency)
    WordList.objects.select_for_update().get(pk=scan.word_list_id)
    if scan.revision != scan.word_list.revision:
        raise Refused(_("词表在这之后又改过，已按新词表重新扫描，这次不用继续。"))
    if Scan.objects.filter(word_list=scan.word_list, status__in=ACTIVE).exists():
        raise Refused(_("这份词表正在扫描。"))
    halted = Scan.objects.filter(pk=scan.pk, status__in=[Scan.Status.STOPPED, Scan.Status.FAILED])
    if not halted.update(
        status=Scan.Status.WAITING, claimed_by="", due_at=now + LEASE, finished_at=None,
        stop_requested_at=None, note="",
    ):  # fmt: skip
        raise Refused(_("这次扫描不能继续，请刷新页面看看它的状态。"))
    audit.record(
        actor, "scan.resumed", scan, agency=scan.word_list.agency, after={"looked": scan.done},
        now=now,
    )  # fmt: skip
    scan.refresh_from_db()


def release_stalled_scans(*, now: datetime) -> list[int]:
    """The scans that should be moving and that nobody has been heard of at: free from now on."""
    return jobs.release_stalled(Scan, ACTIVE, now=now)
