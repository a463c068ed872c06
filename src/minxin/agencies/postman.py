"""Delivering reminders: claimed by compare-and-set, sent outside any transaction, noted, never twice.

What a killed process leaves in hand is not known to have arrived: it is sent again only where the other
side knows a repeat. What the other side refuses for good goes back to the notices, which join the next
digest; nothing is lost while it is down.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.utils import translation

from minxin.agencies.actions.notices import notify_staff
from minxin.agencies.channels import CHANNELS, Later, Parcel, Refusal, Unsure
from minxin.agencies.models import Reminder, ReminderChannel, StaffNotice, StaffReach
from minxin.agencies.queries import staff_with, working_calendar
from minxin.agencies.reminder_queries import pace, quiet_of
from minxin.agencies.reminder_rules import (
    GIVES_UP,
    LEASE,
    LONGEST_PAUSE,
    is_quiet,
    pause_before,
    quiet_ends,
)
from minxin.agencies.rules import Permission
from minxin.core import errands
from minxin.wecom import Whose

log = logging.getLogger("minxin.reminders")
LOOK = 2.0  # seconds between two looks
AT_ONCE = 50
BROKEN = "发送时程序出错，不能确定是否送达。"
LEFT = "发送中断，不能确定是否送达。"
CLOSED = "提醒渠道已停用，事项并入下一次汇总。"
READ = "事项已在工作台看过。"
Status = Reminder.Status


class Postman:
    """Delivers what is due. Several may run, in one process or many."""

    def __init__(
        self, *, clock: Callable[[], datetime], transport: httpx.BaseTransport | None = None
    ) -> None:
        self.name = secrets.token_hex(8)
        self._clock = clock
        self._transport = transport
        self._away: dict[int, datetime] = {}  # channels nobody answers on, until when

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. A database that is away is asked again."""
        while not stop.wait(LOOK):
            try:
                self.turn(stop)
            except DatabaseError as error:
                log.warning("the reminders cannot be reached: %s", type(error).__name__)
            finally:
                close_old_connections()

    def turn(self, stop: threading.Event | None = None) -> int:
        """Send what is due now; how many were tried."""
        settle(now=self._clock())
        now = self._clock()
        away = [number for number, until in self._away.items() if now < until]
        due = Reminder.objects.filter(status=Status.WAITING, due_at__lte=now)
        numbers = (
            due.exclude(channel__in=away).order_by("due_at", "id").values_list("pk", flat=True)
        )
        tried = 0
        for number in list(numbers[:AT_ONCE]):
            if stop is not None and stop.is_set():
                break
            tried += self.deliver(number)
        return tried

    def deliver(self, number: int) -> bool:
        """One row; False when somebody else has it, it is not to be sent, or its channel is away."""
        now = self._clock()
        row = (
            Reminder.objects.filter(pk=number).select_related("channel", "staff", "agency").first()
        )
        if row is None or now < self._away.get(row.channel_id, now) or _put_off(row, now):
            return False
        if not errands.claim(row, self.name, now):
            return False
        row.refresh_from_db(fields=["uncertain_at"])
        address = ""
        if row.staff_id is not None:
            reach = StaffReach.objects.filter(pk=row.staff_id, channel=row.channel).first()
            if reach is None or not row.channel.is_active:
                return _back(row, CLOSED, Status.CANCELLED)
            address = reach.address
        try:
            with translation.override("zh-hans"):  # what is kept is kept in one language
                CHANNELS[row.channel.kind].send(row.channel, _parcel(row, address), self._transport)
        except Later as later:
            self._later(row, str(later))
        except Unsure as unsure:
            self._unsure(row, str(unsure))
        except Refusal as refusal:
            self._refused(row, refusal)
        except Exception:  # whatever it is, the others go on
            log.exception("reminder %s", row.pk)
            self._unsure(row, BROKEN)
        else:
            self._away.pop(row.channel_id, None)
            errands.end(row, Status.SENT, "", sent_at=self._clock(), uncertain_at=None)
            ReminderChannel.objects.filter(pk=row.channel_id).exclude(trouble="").update(
                trouble="", trouble_at=None
            )
        return True

    def _later(self, row: Reminder, words: str) -> None:
        now = self._clock()
        pause = pause_before(row.attempts, random.random())
        self._rest(row, now + pause)
        if now - row.created_at < GIVES_UP:
            errands.end(row, Status.WAITING, words, due_at=now + pause)
        elif row.uncertain_at is None:
            _back(row, words, Status.FAILED)
        else:
            errands.end(row, Status.UNSURE, words)

    def _rest(self, row: Reminder, until: datetime) -> None:
        """Nobody answers there: the channel's other rows need not wait for that one by one."""
        self._away[row.channel_id] = min(until, self._clock() + timedelta(minutes=1))

    def _unsure(self, row: Reminder, words: str) -> None:
        now = self._clock()
        since = row.uncertain_at or now
        pause = pause_before(row.attempts, random.random())
        self._rest(row, now + pause)
        if now + pause - since >= CHANNELS[row.channel.kind].repeatable:
            errands.end(row, Status.UNSURE, words, uncertain_at=since)
            return
        errands.end(row, Status.WAITING, words, uncertain_at=since, due_at=now + pause)

    def _refused(self, row: Reminder, refusal: Refusal) -> None:
        now = self._clock()
        match refusal.whose:
            case Whose.PERSON:
                StaffReach.objects.filter(pk=row.staff_id).update(trouble=refusal.words[:300])
                _back(row, refusal.words, Status.FAILED)
            case Whose.OPERATOR:
                _trouble(row.channel, refusal.words, now)
                if now - row.created_at >= GIVES_UP:
                    _back(row, refusal.words, Status.FAILED)
                else:
                    errands.end(row, Status.WAITING, refusal.words, due_at=now + LONGEST_PAUSE)
            case _:
                _back(row, refusal.words, Status.FAILED)


def settle(*, now: datetime) -> int:
    """What a process that died left in hand; how many rows.

    Where the other side knows repeats they wait again, else nobody knows.
    """
    count = 0
    left = Reminder.objects.filter(status=Status.SENDING, claimed_at__lt=now - LEASE)
    for row in left.select_related("channel"):
        since = row.uncertain_at or row.claimed_at or now
        is_known = now - since < CHANNELS[row.channel.kind].repeatable
        status = Status.WAITING if is_known else Status.UNSURE
        mine = Reminder.objects.filter(pk=row.pk, status=Status.SENDING, claim=row.claim)
        count += mine.update(status=status, uncertain_at=since, due_at=now, claim="", error=LEFT)
    return count


def _put_off(row: Reminder, now: datetime) -> bool:
    """A row that is not to go now: everything in it was read, or it is night."""
    waiting = Reminder.objects.filter(pk=row.pk, status=Status.WAITING)
    if row.staff is None:
        calendar, quiet = working_calendar(row.agency), quiet_of(None, pace())
    else:
        reach = StaffReach.objects.filter(pk=row.staff_id).first()
        is_read = not row.notices.filter(read_at=None).exists()
        if (is_read or not row.staff.is_active) and row.uncertain_at is None:
            waiting.update(status=Status.CANCELLED, error=READ)
            return True
        calendar, quiet = working_calendar(row.agency), quiet_of(reach, pace())
        if row.is_urgent and reach is not None and reach.urgent_any_time:
            return False
    if not is_quiet(now, quiet, calendar):
        return False
    waiting.update(due_at=quiet_ends(now, quiet, calendar))
    return True


def _parcel(row: Reminder, address: str) -> Parcel:
    return Parcel(
        key=row.key,
        title=row.title,
        text=row.text,
        link=f"{settings.MINXIN_PUBLIC_URL}/console/",
        made_at=row.created_at.isoformat(),
        address=address,
        username=row.staff.username if row.staff else "",
    )


def _back(row: Reminder, words: str, status: str) -> bool:
    """It did not go and will not: its notices join the next digest."""
    with transaction.atomic():
        if errands.end(row, status, words):
            StaffNotice.objects.filter(reminder=row).update(reminder=None)
    log.warning("reminder %s: %s", row.pk, status)
    return True


def _trouble(channel: ReminderChannel, words: str, now: datetime) -> None:
    """The channel refuses everything: its operators hear of it in the console, once."""
    with transaction.atomic():
        ReminderChannel.objects.filter(pk=channel.pk).update(trouble=words[:300], trouble_at=now)
        notify_staff(
            staff_with(Permission.EDIT_ACCOUNTS, channel.agency),
            f"提醒渠道“{channel.name}”发不出去",
            kind="channel",
            link=f"/console/reminders/channels/{channel.pk}/",
            now=now,
        )
