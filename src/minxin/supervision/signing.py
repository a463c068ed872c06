"""What a worker does after a campaign was signed. The job's own row says what is to be done; a task only
wakes it, and waking twice does no harm."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import task

from minxin.core.breath import breathe
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import ClaimLost
from minxin.supervision.actions import signing as actions
from minxin.supervision.models import Signing

log = logging.getLogger("minxin.supervision")


@task()
def work_signing(number: int) -> None:
    """The task queue's way in."""
    work(number)


def wake(number: int) -> None:
    """Tell a worker that a job waits; when that is lost, `wake_stalled` tells again."""
    work_signing.enqueue(number)


def wake_stalled(*, now: datetime) -> int:
    """Wake every job that should be moving and is not; how many."""
    found = actions.release_stalled_signings(now=now)
    for number in found:
        work_signing.enqueue(number)
    return len(found)


def work(number: int, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Open the findings of one signed campaign as far as it goes; nothing when somebody else is at it."""
    token = get_random_string(16)
    job = actions.claim_signing(number, token=token, now=clock())
    if job is None:
        return
    try:
        while actions.advance_signing(job, token=token, now=clock()):
            breathe()
        actions.end_signing(job, Signing.Status.DONE, token=token, now=clock())
    except ClaimLost:
        log.info("the signing of campaign %s was taken over", number)
    except DatabaseError:
        raise  # the claim runs out, and the job is woken again
    except Exception as error:
        note = _note_of(error, number)
        actions.end_signing(job, Signing.Status.FAILED, note=note, token=token, now=clock())


def _note_of(error: Exception, number: int) -> str:
    match error:
        case NotFound():
            return "签发人对其中的账号已没有检查权限，请由有权限的监管员点“继续登记”。"
        case Refused():
            return error.message
    log.error("the signing of campaign %s", number, exc_info=error)
    return "登记中断，已记入日志，可以点“继续登记”。已登记的不会重复。"
