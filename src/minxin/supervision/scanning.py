"""What a worker does with a scan. The scan's own row says what is to be done; a task only wakes it, and
waking twice does no harm."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import task

from minxin.core.actors import System
from minxin.core.jobs import ClaimLost
from minxin.supervision.actions import scans
from minxin.supervision.actions.scans import MOST_HITS
from minxin.supervision.models import Scan
from minxin.supervision.queries import lookback

log = logging.getLogger("minxin.lookback")
ITEMS_A_STEP = 1_000
# Between steps the database lets others write: the gateway may share it.
BREATH = 0.002


@task()
def work_scan(number: int) -> None:
    """The task queue's way in."""
    work(number)


def wake(scan: Scan) -> None:
    """Tell a worker that a scan waits; when that is lost, `wake_stalled` tells again."""
    work_scan.enqueue(scan.pk)


def wake_stalled(*, now: datetime) -> int:
    """Wake every scan that should be moving and is not; how many."""
    found = scans.release_stalled_scans(now=now)
    for number in found:
        work_scan.enqueue(number)
    return len(found)


def look_at_new_items(*, now: datetime) -> int:
    """Begin a scan of what was kept since the last one, for every list in use; how many."""
    found = list(lookback.lists_with_news())
    for word_list, since in found:
        wake(scans.begin_scan(word_list, since=since, actor=System("lookback"), now=now))
    return len(found)


def work(number: int, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Go on with one scan as far as it goes; nothing when somebody else has it."""
    token = get_random_string(16)
    scan = scans.claim_scan(number, token=token, now=clock())
    if scan is None:
        return
    try:
        _work(scan, token, clock)
    except ClaimLost:
        log.info("scan %s was taken over, begun anew or ended by somebody else", scan.pk)
    except DatabaseError:
        raise  # the claim runs out, and the scan is woken again
    except Exception:
        log.exception("scan %s", scan.pk)
        note = "扫描中断，已记入日志，可以点“继续”。"
        scans.end_scan(scan, Scan.Status.FAILED, note=note, token=token, now=clock())


def _work(scan: Scan, token: str, clock: Callable[[], datetime]) -> None:
    search = lookback.search_of(scan.word_list)
    items = scans.scope_of(scan.word_list, scan.since)
    while rows := lookback.texts_after(items, scan.cursor, scan.top, ITEMS_A_STEP):
        if scan.stop_requested_at is not None:
            scans.end_scan(scan, Scan.Status.STOPPED, token=token, now=clock())
            return
        now = clock()
        met = [
            (item, version, text, each)
            for item, version, text in rows
            for each in search.find(text)
        ]
        hits = lookback.hits_of(scan, met, now=now)
        scans.advance_scan(
            scan, hits, cursor=rows[-1][0], looked=len(rows), token=token, now=clock()
        )
        if scan.found > MOST_HITS:
            note = f"命中超过 {MOST_HITS} 处，多半是词表里有处处会出现的词，请检查词表。"
            scans.end_scan(scan, Scan.Status.FAILED, note=note, token=token, now=clock())
            return
        time.sleep(BREATH)
    status = Scan.Status.STOPPED if scan.stop_requested_at and scan.cursor < scan.top else "done"
    scans.end_scan(scan, status, token=token, now=clock())
