"""Between us and the city's platforms: acts told, changes read, lists compared. Several may run.

An act is claimed by compare-and-set, told outside any transaction, and noted. What a killed process left in
hand is told again: the platform takes the same key once. Nothing is ever given up because the platform is
away; what it refuses waits for a person.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
from django.db import DatabaseError, close_old_connections
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from minxin.agencies.calendars import Calendars
from minxin.citizens.queries import Contact
from minxin.core import errands
from minxin.tickets.actions.handing import collect_events
from minxin.tickets.actions.mirroring import mirror
from minxin.tickets.actions.platforms import compare, note_trouble
from minxin.tickets.models import CityPlatform, HandoverAct, Ticket
from minxin.tickets.platforms import WAYS, Later, Parcel, Refusal, Way
from minxin.tickets.queries.exchange import NOBODY, contact_left, table_of, tabled
from minxin.tickets.rules.handing import LEASE, pause_after
from minxin.tickets.rules.levels import Coding

log = logging.getLogger("minxin.handover")
LOOK = 2.0  # seconds between two looks
AT_ONCE = 50
POLL = timedelta(seconds=60)
Status = HandoverAct.Status


class Courier:
    """Delivers what is due and reads what came."""

    def __init__(
        self, *, clock: Callable[[], datetime], transport: httpx.BaseTransport | None = None
    ) -> None:
        self.name = secrets.token_hex(8)
        self._clock = clock
        self._transport = transport
        self._away: dict[int, datetime] = {}  # platforms nobody answers on, until when

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. A database that is away is asked again."""
        while not stop.wait(LOOK):
            try:
                with translation.override("zh-hans"):
                    self.turn(stop)
            except DatabaseError as error:
                log.warning("the handovers cannot be reached: %s", type(error).__name__)
            finally:
                close_old_connections()

    def turn(self, stop: threading.Event | None = None) -> int:
        """Everything that is due now; how many acts were tried."""
        platforms = {row.pk: row for row in CityPlatform.objects.filter(is_active=True)}
        if not platforms:
            return 0
        errands.settle(HandoverAct, lease=LEASE, now=self._clock())
        collect_events(now=self._clock())
        tried = 0
        for platform in platforms.values():
            if not self._is_away(platform):
                tried += self._deliver_all(platform, stop)
            if stop is not None and stop.is_set():
                return tried
            if not self._is_away(platform):
                self.poll(platform)
        return tried

    def _is_away(self, platform: CityPlatform) -> bool:
        until = self._away.get(platform.pk)
        return until is not None and self._clock() < until

    def _deliver_all(self, platform: CityPlatform, stop: threading.Event | None) -> int:
        tried = 0
        for number in due_acts(platform, now=self._clock()):
            if (stop is not None and stop.is_set()) or self._is_away(platform):
                break
            tried += self.deliver(number)
        return tried

    def deliver(self, number: int) -> bool:
        """One act; False when somebody else has it or one before it is not done."""
        act = (
            HandoverAct.objects.filter(pk=number)
            .select_related("handover__platform", "handover__ticket")
            .first()
        )
        if act is None or _has_earlier(act) or not errands.claim(act, self.name, self._clock()):
            return False
        platform = act.handover.platform
        try:
            taken = self._way(platform).tell(parcel_of(act, now=self._clock()))
        except Later as later:
            self._later(act, str(later))
            return True
        except Refusal as refusal:
            errands.end(act, Status.FAILED, str(refusal))
            log.warning("handover act %s was refused", act.pk)
            return True
        except Exception:  # whatever it is, the others go on
            log.exception("handover act %s", act.pk)
            self._later(act, _("送达时程序出错，会再送一次。"))
            return True
        now = self._clock()
        # First what they say, then that it is done: killed in between, both happen again to the same end.
        if taken.update is not None and taken.update.our_number == act.handover.ticket.number:
            mirror(platform, taken.update, now=now)
        errands.end(act, Status.DONE, "", done_at=now)
        self._well(platform)
        return True

    def poll(self, platform: CityPlatform, *, at_once: bool = False) -> int:
        """Read what changed there, when it is time; how many changes were new."""
        now = self._clock()
        due = CityPlatform.objects.filter(pk=platform.pk).filter(
            Q(polled_at=None) | Q(polled_at__lte=now - POLL)
        )
        if not due.update(polled_at=now) and not at_once:
            return 0
        platform.refresh_from_db(fields=["cursor"])
        way, new = self._way(platform), 0
        try:
            for _page in range(20):
                updates, cursor = way.changes(platform.cursor)
                new += sum(mirror(platform, each, now=self._clock()) for each in updates)
                # The cursor moves when all before it is kept: what is read again changes nothing.
                CityPlatform.objects.filter(pk=platform.pk, cursor=platform.cursor).update(
                    cursor=cursor
                )
                way.keep(cursor)
                is_over = not updates or cursor == platform.cursor
                platform.cursor = cursor
                if is_over:
                    break
        except (Later, Refusal) as error:
            self._rest(platform, str(error))
            return new
        self._well(platform)
        return new

    def compare(self, platform: CityPlatform) -> int | None:
        """Hold both lists against each other; how many differences, None without a list."""
        try:
            listed = self._way(platform).listing()
        except (Later, Refusal) as error:
            self._rest(platform, str(error))
            return None
        if listed is None:
            return None
        return compare(platform, listed, now=self._clock())

    def _way(self, platform: CityPlatform) -> Way:
        return WAYS[platform.way](platform, self._transport)

    def _later(self, act: HandoverAct, words: str) -> None:
        pause = pause_after(act.attempts, random.random())
        errands.end(act, Status.WAITING, words, due_at=self._clock() + pause)
        self._rest(act.handover.platform, words, pause)

    def _rest(
        self, platform: CityPlatform, words: str, pause: timedelta = timedelta(seconds=30)
    ) -> None:
        """Nobody answers there: what else waits for it need not be tried one by one."""
        self._away[platform.pk] = self._clock() + min(pause, timedelta(minutes=1))
        note_trouble(platform, words, now=self._clock())

    def _well(self, platform: CityPlatform) -> None:
        self._away.pop(platform.pk, None)
        note_trouble(platform, "", now=self._clock())


def due_acts(platform: CityPlatform, *, now: datetime) -> list[int]:
    """Acts whose time has come, the oldest first."""
    rows = HandoverAct.objects.filter(
        handover__platform=platform, status=Status.WAITING, due_at__lte=now
    )
    return list(rows.order_by("id").values_list("pk", flat=True)[:AT_ONCE])


def parcel_of(act: HandoverAct, *, now: datetime) -> Parcel:
    """What is told: name and number of the citizen only where the platform is to have them."""
    handover = act.handover
    ticket = tabled(Ticket.objects.filter(pk=handover.ticket_id)).select_related("account")[0]
    contact = NOBODY
    is_protected = ticket.is_confidential or ticket.nature == "report"
    may_name = handover.platform.passes_contact and not is_protected
    left = contact_left(ticket) if may_name else None
    if left is not None:
        contact = Contact(left.real_name or "", left.phone or "")
    table = table_of(
        ticket,
        coding=Coding.GBT39046,
        contact=contact,
        is_open=True,
        calendars=Calendars(),
        now=now,
    )
    return Parcel(
        key=act.key,
        kind=act.kind,
        our_number=ticket.number,
        their_number=handover.their_number,
        text=act.text,
        level=act.level,
        table=table,
        at=timezone.localtime(act.made_at),
    )


def _has_earlier(act: HandoverAct) -> bool:
    """Whether something of the same ticket has to be told first."""
    before = HandoverAct.objects.filter(handover=act.handover_id, pk__lt=act.pk)
    return before.exclude(status=Status.DONE).exists()
