"""The worker's courier: takes what is due, hands it to threads, notes what came of it.

One thread speaks with the database, in turns: a turn is one transaction that notes what has ended and
marks what goes next, so that a thousand messages a second cost some dozen commits. No transaction is
open while we talk to WeChat, and no more rows are marked than there are hands: what a killed worker
leaves uncertain is what was really under way.
"""

import functools
import logging
import queue as queues
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, transaction
from django.utils import timezone

from minxin.accounts import actions as accounts
from minxin.accounts.budgets import Budget
from minxin.accounts.models import Account
from minxin.accounts.queries import client_for
from minxin.conversations import actions, queue
from minxin.conversations.attempts import Attempt, ClientOf, attempt, broken, held, ready
from minxin.conversations.channels import WAYS, Post
from minxin.conversations.models import Outgoing
from minxin.conversations.queries import latest_act
from minxin.conversations.queue import Lane, Outcome
from minxin.conversations.rules import LEASE, Priority
from minxin.core.crypto import CannotUnseal

log = logging.getLogger("minxin.outgoing")
HANDS = 64
# Hands that neither bulk nor any single lane may fill: urgent rows and other accounts find one free.
KEPT_FREE = 16
LOOK = 0.25  # seconds between two looks for lanes: what comes new leaves within a second
LINGER = 0.005  # seconds to wait for more to end before a turn
CONNECTION_LIFE = 30.0
ACCOUNT_LIFE = 1.0
SPENT_PAUSE = timedelta(minutes=1)
LONGEST_AWAY = 60.0
Street = tuple[int, str]  # account and channel
Key = tuple[int, str, int]  # with the priority


@dataclass(frozen=True, slots=True)
class Going:
    """One row in hand. `budget`: reserved for it in the account's ledger; None: nothing was."""

    row: Outgoing
    post: Post
    key: Key
    budget: Budget | None


class Courier:
    """Delivers the outgoing queue. Several may run, in one process or many."""

    def __init__(
        self,
        *,
        hands: int = HANDS,
        clock: Callable[[], datetime] = timezone.now,
        client_of: ClientOf | None = None,
    ) -> None:
        self.name = secrets.token_hex(8)
        self._count = hands
        self._clock = clock
        self._reserved = client_of or functools.partial(client_for, has_taken=True)
        self._unreserved = client_of or client_for
        self._rushing = client_of or functools.partial(client_for, is_urgent=True)
        self._unused: list[tuple[int, Budget, datetime]] = []  # to be given back to the ledger
        self._done: queues.SimpleQueue[tuple[Going, Attempt]] = queues.SimpleQueue()
        self._ended: list[Outcome] = []  # not yet in the database
        self._in_hand: Counter[Key] = Counter()
        self._lanes: list[Lane] = []
        self._looked = self._settled = self._connected = float("-inf")
        # WeChat closes a street, the account's ledger a lane: what it keeps for urgent rows is theirs.
        self._paused: dict[Street | Key, datetime] = {}
        self._held: list[int] = []  # rows just held, whose citizens may have spoken meanwhile
        self._away: Counter[int] = Counter()
        self._turns = 0
        self._accounts: dict[int, tuple[float, Account]] = {}

    def run(self, stop: threading.Event) -> None:
        """Deliver until `stop` is set; then wait for what is in hand. A database that is away is asked
        again: what ended meanwhile is kept and noted when it is back."""
        with ThreadPoolExecutor(self._count, thread_name_prefix="outgoing") as hands:
            while not stop.is_set() or self._in_hand or self._ended:
                try:
                    self._renew_connection()
                    for going in self.turn(is_ending=stop.is_set()):
                        hands.submit(self._deliver, going)
                except DatabaseError as error:
                    log.warning("the outgoing queue cannot be reached: %s", type(error).__name__)
                    self._connected = float("-inf")
                    if stop.is_set() and not self._in_hand:
                        return  # what could not be noted is settled as uncertain
                    time.sleep(LOOK)
                self._gather(stop)
        close_old_connections()

    def turn(self, *, is_ending: bool = False) -> list[Going]:
        """Note what has ended, mark what goes next; what is to be sent now."""
        self._settle()
        plan = [] if is_ending else self._plan(self._clock())
        if not plan and not self._ended:
            self._let_go_who_spoke()
            return []
        noted, unused = list(self._ended), list(self._unused)
        going: list[Going] = []
        waiting: list[Outcome] = []
        with transaction.atomic():
            queue.keep(noted, self.name)
            for account_id, budget, taken_at in unused:
                accounts.give_back(account_id, budget, 1, taken_at)
            for lane, room in plan:
                goes, stays = self._take(lane, room)
                going += goes
                waiting += stays
            queue.keep(waiting, self.name)
        del self._ended[: len(noted)], self._unused[: len(unused)]
        for one in going:
            self._in_hand[one.key] += 1
        held = [one.number for one in (*noted, *waiting) if one.status == Outgoing.Status.HELD]
        self._held += held
        self._let_go_who_spoke()
        return going

    def _renew_connection(self) -> None:
        """Now and then, and after a fault: a new connection of SQLite knows none of its pages."""
        now = time.monotonic()
        if now - self._connected >= CONNECTION_LIFE:
            close_old_connections()
            self._connected = now

    def _settle(self) -> None:
        now = time.monotonic()
        if now - self._settled >= LEASE.total_seconds() / 12:
            queue.settle_abandoned(now=self._clock())
            self._settled = now

    # What goes next ---------------------------------------------------------------------------

    def _plan(self, now: datetime) -> list[tuple[Lane, int]]:
        """Lanes with how many rows each may send now: what is urgent first, then by turns."""
        free = self._count - self._in_hand.total()
        if free <= 0:
            return []
        moment = time.monotonic()
        if moment - self._looked >= LOOK:
            self._lanes, self._looked = queue.lanes(), moment
        due = [
            lane for lane in self._lanes if lane.due_at <= now and not self._is_paused(lane, now)
        ]
        self._turns += 1
        plan: list[tuple[Lane, int]] = []
        for priority in Priority:
            lanes = [lane for lane in due if lane.priority == priority]
            if not lanes or free <= 0:
                continue
            start = self._turns % len(lanes)
            share = -(-free // len(lanes))
            for lane in lanes[start:] + lanes[:start]:
                room = min(share, free, self._room_of(lane))
                if room > 0:
                    plan.append((lane, room))
                    free -= room
        return plan

    def _room_of(self, lane: Lane) -> int:
        most = max(1, self._count - KEPT_FREE)
        room = most - self._in_hand[_key(lane)]
        if lane.priority == Priority.BULK:
            bulk = sum(count for key, count in self._in_hand.items() if key[2] == Priority.BULK)
            room = min(room, most - bulk)
        return room

    def _is_paused(self, lane: Lane, now: datetime) -> bool:
        street = (lane.account_id, str(lane.channel))
        ends = (self._paused.get(street), self._paused.get(_key(lane)))
        return any(until is not None and now < until for until in ends)

    def _take(self, lane: Lane, room: int) -> tuple[list[Going], list[Outcome]]:
        """Rows of a lane, marked as being sent; those that do not go, and why."""
        now = self._clock()
        numbers = queue.due(lane, room, now)
        if len(numbers) < room:
            self._lanes = [one for one in self._lanes if one is not lane]
        if not numbers:
            return [], []
        try:
            account = self._account(lane.account_id)
        except CannotUnseal as error:
            log.error("account %s cannot send: %s", lane.account_id, error)
            self._paused[(lane.account_id, str(lane.channel))] = now + SPENT_PAUSE
            return [], []
        numbers, budget = self._reserve(lane, numbers, now)
        rows = queue.claim(numbers, self.name, now)
        closed = queue.beyond_window(rows, now)
        going: list[Going] = []
        staying: list[Outcome] = []
        for row in rows:
            if row.pk in closed:
                staying.append(held(row, closed[row.pk], now))
                continue
            found = ready(row, account, now)
            if isinstance(found, Post):
                going.append(Going(row, found, _key(lane), budget))
            else:
                staying.append(found)
        if budget is not None:
            accounts.give_back(lane.account_id, budget, len(numbers) - len(going), now)
        return going, staying

    def _account(self, number: int) -> Account:
        """An account as it was at most `ACCOUNT_LIFE` ago: its secrets cost more to read than a row."""
        moment = time.monotonic()
        known = self._accounts.get(number)
        if known is None or moment - known[0] >= ACCOUNT_LIFE:
            known = self._accounts[number] = (moment, Account.objects.get(pk=number))
        return known[1]

    def _reserve(
        self, lane: Lane, numbers: list[int], now: datetime
    ) -> tuple[list[int], Budget | None]:
        """As many of the rows as the account's ledger grants, and the budget they were taken from.

        Where it grants nothing one row goes as it is: its call is refused in words, by the ledger or by
        WeChat, and the others wait a minute.
        """
        budget = WAYS[lane.channel].budget
        if budget is None:
            return numbers, None
        is_urgent = lane.priority == Priority.URGENT
        granted = accounts.take(
            lane.account_id, budget, wanted=len(numbers), is_urgent=is_urgent, now=now
        )
        if granted:
            return numbers[:granted], budget
        self._paused[_key(lane)] = now + SPENT_PAUSE
        return numbers[:1], None

    def _let_go_who_spoke(self) -> None:
        """A citizen may have spoken between our look and our note: nobody would tell us again.

        What was marked in this turn goes out whatever happens here: a database that is away is asked at
        the next turn.
        """
        if not self._held:
            return
        try:
            rows = Outgoing.objects.filter(pk__in=self._held, status=Outgoing.Status.HELD)
            keys = {key for key in rows.values_list("citizen_id", flat=True) if key}
            spoke = {key: act for key in keys if (act := latest_act(key)) is not None}
            if spoke:
                actions.release_held(spoke, now=self._clock())
        except DatabaseError as error:
            log.warning("held messages are looked at again: %s", type(error).__name__)
            return
        self._held.clear()

    # In hand -----------------------------------------------------------------------------------

    def _deliver(self, one: Going) -> None:
        client_of = self._reserved
        if one.budget is None:
            client_of = self._rushing if one.key[2] == Priority.URGENT else self._unreserved
        try:
            found = attempt(one.row, one.post, client_of, self._clock)
        except Exception:  # whatever it is, the hand is free again and a person told
            log.exception("outgoing %s", one.row.pk)
            found = Attempt(broken(one.row))
        finally:
            close_old_connections()
        self._done.put((one, found))

    def _gather(self, stop: threading.Event) -> None:
        """Wait until something has ended, or there may be something to begin."""
        flying = self._in_hand.total()
        if not flying:
            if not self._has_more():
                stop.wait(LOOK)
            return
        is_full = flying >= self._count or not self._has_more()
        wait, least = (LOOK if is_full else LINGER), max(1, flying // 2)
        until = time.monotonic() + wait
        while least and (wait := until - time.monotonic()) > 0:
            try:
                one, found = self._done.get(timeout=wait)
            except queues.Empty:
                return
            self._hear(one, found)
            least -= 1
            until = min(until, time.monotonic() + LINGER)
        while not self._done.empty():
            self._hear(*self._done.get())

    def _has_more(self) -> bool:
        now = self._clock()
        return any(lane.due_at <= now and not self._is_paused(lane, now) for lane in self._lanes)

    def _hear(self, one: Going, found: Attempt) -> None:
        """Keep what came of an attempt, and learn from it about the lane."""
        key = one.key
        self._in_hand[key] -= 1
        if not self._in_hand[key]:
            del self._in_hand[key]
        self._ended.append(found.outcome)
        account_id, channel, _priority = key
        now = self._clock()
        if one.budget is not None and not found.was_called and one.row.claimed_at is not None:
            self._unused.append((account_id, one.budget, one.row.claimed_at))
        if found.is_spent:
            self._paused[(account_id, channel) if found.was_called else key] = now + SPENT_PAUSE
        if found.is_away:
            self._away[account_id] += 1
            pause = min(LONGEST_AWAY, 0.25 * 2.0 ** min(self._away[account_id], 10))
            self._paused[(account_id, channel)] = now + timedelta(seconds=pause)
        elif account_id in self._away:
            del self._away[account_id]


def _key(lane: Lane) -> Key:
    return lane.account_id, str(lane.channel), lane.priority


def deliver(
    number: int, *, clock: Callable[[], datetime] = timezone.now, client_of: ClientOf = client_for
) -> bool:
    """Deliver one row that is due, here and now; False when it is not due or somebody else has it."""
    courier, now = Courier(hands=1, clock=clock, client_of=client_of), clock()
    with transaction.atomic():
        is_due = Outgoing.objects.filter(pk=number, due_at__lte=now).exists()
        rows = queue.claim([number], courier.name, now) if is_due else []
    for row in rows:
        found = ready(row, row.account, now)
        outcome = (
            attempt(row, found, client_of, clock).outcome if isinstance(found, Post) else found
        )
        queue.keep([outcome], courier.name)
    return bool(rows)
