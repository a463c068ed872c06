"""Delivering the outgoing queue: claimed by compare-and-set, retried, never sent twice.

A row is marked as being sent, and that is committed, before WeChat is called; no transaction is
open while we talk. WeChat's customer-service messages carry no key by which it would know a repeat,
so a row whose outcome is unknown (the answer never came, the worker died) is not sent again by
itself: it turns to "不确定是否送达" and a person decides.
"""

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin import wechat
from minxin.accounts.actions import BudgetSpent
from minxin.accounts.models import Account
from minxin.accounts.queries import client_for
from minxin.conversations import queries
from minxin.conversations.models import Outgoing
from minxin.conversations.rules import (
    HOLD,
    LEASE,
    MOST_ATTEMPTS,
    MenuContent,
    TextContent,
    content_from_json,
    pause_before,
)
from minxin.core.errors import Refused

log = logging.getLogger("minxin.outgoing")
THREADS = 8
PAUSE = 0.3
Status = Outgoing.Status


def run_outgoing(stop: threading.Event) -> None:
    """Deliver what is due until `stop` is set; a database that is away is asked again."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="outgoing") as threads:
        while not stop.is_set():
            done = 0
            try:
                close_old_connections()
                settle_abandoned(now=timezone.now())
                done = deliver_due(threads, now=timezone.now())
            except DatabaseError as error:
                log.warning("the outgoing queue cannot be read: %s", type(error).__name__)
            if not done:
                stop.wait(PAUSE)


def deliver_due(threads: ThreadPoolExecutor, *, now: datetime, limit: int = 200) -> int:
    """Deliver one round of what is due; how many rows were tried."""
    numbers = queries.due_outgoing(now, limit)
    return sum(threads.map(_deliver_in_thread, numbers))


def _deliver_in_thread(number: int) -> int:
    close_old_connections()
    try:
        return int(deliver(number, clock=timezone.now))
    except DatabaseError as error:
        log.warning("outgoing %s could not be marked: %s", number, type(error).__name__)
        return 0
    finally:
        close_old_connections()


def deliver(
    number: int,
    *,
    clock: Callable[[], datetime],
    client_of: Callable[[Account], wechat.Client] = client_for,
) -> bool:
    """Claim one row, send it, note the outcome. False when somebody else has it."""
    now = clock()
    claimed = Outgoing.objects.filter(pk=number, status=Status.WAITING, due_at__lte=now).update(
        status=Status.SENDING, claimed_at=now
    )
    if not claimed:
        return False
    row = Outgoing.objects.select_related("account", "citizen").get(pk=number)
    row.attempts += 1
    openid = row.citizen.openid
    if openid is None:
        _note(row, Status.CANCELLED, error=_("市民已取消关注"))
        return True
    try:
        _call(client_of(row.account), openid, row)
    except wechat.WeChatError as error:
        _refused(row, error, clock())
    except wechat.WeChatUnreachable as error:
        if error.may_have_happened:
            _note(row, Status.UNSURE, error=_("微信没有回应，不能确定市民是否收到。"))
        else:
            _later(row, _("连不上微信，稍后自动重试。"), None, clock())
    except BudgetSpent as spent:  # WeChat was not asked, so this is no attempt
        row.attempts -= 1
        row.due_at = spent.renews_at
        _note(row, Status.WAITING, error=spent.message)
    except Refused as refusal:
        _note(row, Status.FAILED, error=refusal.message)
    except DatabaseError:
        raise  # the claim stands; `settle_abandoned` finds it
    except Exception:
        log.exception("outgoing %s", row.pk)
        _note(row, Status.UNSURE, error=_("发送时程序出错，不能确定市民是否收到。"))
    else:
        row.sent_at = clock()
        _note(row, Status.SENT)
    return True


def _call(client: wechat.Client, openid: str, row: Outgoing) -> None:
    match content_from_json(row.content):
        case TextContent(text):
            client.send_text(openid, wechat.cut_text(text))
        case MenuContent(head, items, tail):
            client.send_menu(openid, head, items, tail)


def _refused(row: Outgoing, error: wechat.WeChatError, now: datetime) -> None:
    explained = wechat.explain(error.code)
    if error.code in HOLD:
        _note(row, Status.HELD, error=explained.meaning, code=error.code)
    elif error.is_transient or error.code in wechat.EXPIRED:
        _later(row, explained.meaning, error.code, now)
    else:
        _note(row, Status.FAILED, error=explained.meaning, code=error.code)


def _later(row: Outgoing, error: str, code: int | None, now: datetime) -> None:
    if row.attempts >= MOST_ATTEMPTS:
        _note(row, Status.FAILED, error=error, code=code)
        return
    row.due_at = now + pause_before(row.attempts, random.random())
    _note(row, Status.WAITING, error=error, code=code)


def _note(row: Outgoing, status: str, *, error: str = "", code: int | None = None) -> None:
    row.status, row.error, row.error_code = status, error[:300], code
    if status != Status.HELD:  # when it was tried tells whether she has spoken since
        row.claimed_at = None
    fields = ("status", "error", "error_code", "claimed_at", "attempts", "due_at", "sent_at")
    # Only what is still ours to note: meanwhile she may have unfollowed, and her row been erased.
    Outgoing.objects.filter(pk=row.pk, status=Status.SENDING).update(
        **{name: getattr(row, name) for name in fields}
    )
    if status in {Status.FAILED, Status.UNSURE}:
        log.warning("outgoing %s: %s (%s)", row.pk, status, code)


def settle_abandoned(*, now: datetime) -> int:
    """Rows claimed by a worker that died: nobody knows whether they were sent."""
    return Outgoing.objects.filter(status=Status.SENDING, claimed_at__lt=now - LEASE).update(
        status=Status.UNSURE,
        claimed_at=None,
        error=_("发送时程序中断，不能确定市民是否收到。"),
    )
