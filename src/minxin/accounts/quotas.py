"""The quota ledger: what each account has spent of its budgets, and whether more may be spent.

Taking is one conditional UPDATE of one row, correct among any number of threads and processes on
SQLite and PostgreSQL. Take in blocks, and not inside a longer transaction: the row is locked until it
ends. The ledger is a counter, not a deed: it is not audited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from minxin.accounts.budgets import LINES, SHANGHAI, Budget, Line, Period
from minxin.accounts.capabilities import May, may
from minxin.accounts.models import Account, AccountBudget
from minxin.core.errors import Refused

__all__ = [
    "UNLIMITED",
    "Budget",
    "BudgetSpent",
    "BudgetState",
    "budgets_of",
    "give_back",
    "note_limit",
    "reconcile",
    "size_anew",
    "spend",
    "states_of",
    "take",
    "tightest",
]

UNLIMITED = 2**31 - 1  # WeChat's way to say that there is no limit; also larger than any
TOO_FAST = 45011  # a minute's quota: the next minute is another

_TABLE = AccountBudget._meta.db_table
_USED = "(CASE WHEN period_on < %(first)s THEN 0 ELSE spent END)"
_ROOM = f"(COALESCE(most - most * %(kept)s / 100, 9000000000000000) - {_USED})"
_TAKE = f"""
UPDATE {_TABLE} SET
  granted = CASE WHEN {_ROOM} < %(wanted)s THEN {_ROOM} ELSE %(wanted)s END,
  spent = {_USED} + CASE WHEN {_ROOM} < %(wanted)s THEN {_ROOM} ELSE %(wanted)s END,
  period_on = CASE WHEN period_on < %(first)s THEN %(first)s ELSE period_on END
WHERE account_id = %(account)s AND budget = %(budget)s AND {_ROOM} > 0
  AND (closed_until IS NULL OR closed_until <= %(now)s)
RETURNING granted
"""  # noqa: S608  (a table's name)


class BudgetSpent(Refused):
    """A budget has nothing left for this caller until `renews_at`; WeChat was not asked."""

    def __init__(self, message: str, budget: Budget, renews_at: datetime) -> None:
        super().__init__(message)
        self.budget = budget
        self.renews_at = renews_at


@dataclass(frozen=True, slots=True)
class BudgetState:
    """One budget of an account as the page shows it.

    `most` None: nobody says how many there are. `reserved` of them are kept for urgent notices.
    `left` counts them in. `is_told`: WeChat itself named `most`, at `asked_at`.
    """

    budget: Budget
    line: Line
    most: int | None
    spent: int
    reserved: int
    renews_at: datetime
    closed_until: datetime | None
    is_told: bool
    asked_at: datetime | None

    @property
    def left(self) -> int | None:
        if self.closed_until is not None:
            return 0
        return None if self.most is None else max(0, self.most - self.spent)

    @property
    def left_for_all(self) -> int | None:
        """What is left for a message that is not urgent."""
        return None if self.left is None else max(0, self.left - self.reserved)

    @property
    def share_left(self) -> float:
        """From 0.0, nothing, to 1.0, everything; 1.0 where no size is known."""
        return 1.0 if self.left is None else self.left / max(1, self.most or 1)

    @property
    def is_short(self) -> bool:
        """Whether an operator should look: under a tenth is left for everyday messages."""
        if self.left is None or self.left_for_all is None:
            return False
        return self.left_for_all * 10 < (self.most or 0) or self.closed_until is not None


def take(account_id: int, budget: Budget, *, wanted: int, is_urgent: bool, now: datetime) -> int:
    """Reserve up to `wanted` and return how many were granted, 0 to `wanted`.

    Who is not urgent does not touch the share reserved for urgent notices. An account that is not
    there, or may not do this at all, is granted nothing.
    """
    if wanted <= 0:
        return 0
    granted = _take(account_id, budget, wanted, is_urgent, now)
    if granted is None:  # nothing left, or no row yet: then somebody may make it at the same time
        _make_row(account_id, budget, now)
        granted = _take(account_id, budget, wanted, is_urgent, now)
    return granted or 0


def give_back(account_id: int, budget: Budget, count: int, now: datetime) -> None:
    """Return what was taken at `now` and not used; what was taken in an earlier period is gone."""
    if count > 0:
        AccountBudget.objects.filter(
            account_id=account_id, budget=budget, period_on=_period(budget).first_day(now)
        ).update(spent=Greatest(F("spent") - count, Value(0)))


def spend(account_id: int, budget: Budget, *, is_urgent: bool, now: datetime) -> None:
    """Take one, or raise `BudgetSpent`: what is spent, when it comes back, what to do instead."""
    if take(account_id, budget, wanted=1, is_urgent=is_urgent, now=now):
        return
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise BudgetSpent(_("没有找到这个账号。"), budget, now)
    state = next(iter(states_of(account, [budget], now=now)))
    raise BudgetSpent(_refusal(state, now), budget, state.closed_until or state.renews_at)


def note_limit(account_id: int, budget: Budget, now: datetime, *, code: int = 45009) -> None:
    """WeChat has refused for its limit: nothing more is granted until the period ends.

    `code` 45011 is the limit of a minute and closes until the next one.
    """
    until = _period(budget).renews_at(now)
    if code == TOO_FAST:
        until = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    _make_row(account_id, budget, now)
    is_open = Q(closed_until=None) | Q(closed_until__lt=until)  # a day is not cut to a minute
    AccountBudget.objects.filter(is_open, account_id=account_id, budget=budget).update(
        closed_until=until
    )


def reconcile(
    account_id: int, budget: Budget, *, most: int, used: int, counted: int, now: datetime
) -> None:
    """Take over WeChat's figures. `counted` is what the ledger had counted when WeChat was asked.

    What was taken meanwhile stays counted: the difference is added, not the figure written.
    """
    known = None if most >= UNLIMITED else most
    is_left = known is None or used < known
    _make_row(account_id, budget, now)
    first = _period(budget).first_day(now)
    rows = AccountBudget.objects.filter(account_id=account_id, budget=budget)
    rows.filter(period_on__lt=first).update(period_on=first, spent=0)
    fresh = {"closed_until": None} if is_left else {}
    rows.update(
        most=known,
        is_told=True,
        asked_at=now,
        spent=Greatest(F("spent") + (used - counted), Value(0)),
        **fresh,
    )


def size_anew(account: Account) -> None:
    """The account has become another kind: its budgets have the sizes of the table again."""
    for budget, line in LINES.items():
        AccountBudget.objects.filter(account=account, budget=budget).update(
            most=_most(account, line), is_told=False, asked_at=None, closed_until=None
        )


def budgets_of(account_id: int, now: datetime) -> tuple[BudgetState, ...]:
    """Every budget this account may spend, in the order of the table; empty for other platforms."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        return ()
    return states_of(account, [b for b in Budget if _may(account, LINES[b])], now=now)


def spent_of(account_id: int, budget: Budget, now: datetime) -> int:
    """What the ledger counts of one budget in the period of `now`."""
    rows = AccountBudget.objects.filter(
        account_id=account_id, budget=budget, period_on=_period(budget).first_day(now)
    )
    return rows.values_list("spent", flat=True).first() or 0


def states_of(
    account: Account, budgets: Iterable[Budget], *, now: datetime
) -> tuple[BudgetState, ...]:
    """These budgets of an account; a prefetch of `budgets` is used."""
    rows = {row.budget: row for row in account.budgets.all()}
    return tuple(_state(account, budget, rows.get(budget), now) for budget in budgets)


def tightest(account: Account, *, now: datetime) -> BudgetState | None:
    """Of the budgets that have been spent from, the one of which the smallest share is left."""
    used = [Budget(row.budget) for row in account.budgets.all() if row.budget in LINES]
    states = states_of(account, [b for b in used if _may(account, LINES[b])], now=now)
    known = [state for state in states if state.left is not None]
    return min(known, key=lambda state: state.share_left, default=None)


def _take(
    account_id: int, budget: Budget, wanted: int, is_urgent: bool, now: datetime
) -> int | None:
    database = connections[DEFAULT_DB_ALIAS]
    values = {
        "account": account_id,
        "budget": budget.value,
        "wanted": wanted,
        "kept": 0 if is_urgent else _share(LINES[budget]),
        "first": database.ops.adapt_datefield_value(_period(budget).first_day(now)),
        "now": database.ops.adapt_datetimefield_value(now),
    }
    with database.cursor() as cursor:
        cursor.execute(_TAKE, values)
        rows = cursor.fetchall()
    return int(rows[0][0]) if rows else None


def _make_row(account_id: int, budget: Budget, now: datetime) -> None:
    """See to it that the row is there, unless there is no such account."""
    if AccountBudget.objects.filter(account_id=account_id, budget=budget).exists():
        return
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        return
    line = LINES[budget]
    row = AccountBudget(
        account=account,
        budget=budget.value,
        period_on=line.period.first_day(now),
        most=_most(account, line),
    )
    AccountBudget.objects.bulk_create([row], ignore_conflicts=True)


def _period(budget: Budget) -> Period:
    return LINES[budget].period


def _share(line: Line) -> int:
    """The percentage kept for urgent notices."""
    return int(settings.MINXIN_URGENT_SHARE) if line.is_reserved else 0


def _may(account: Account, line: Line) -> bool:
    found = may(account.kind, account.is_verified, account.principal, line.needs)
    return found is not May.NO


def _most(account: Account, line: Line) -> int | None:
    return line.most(account.kind) if _may(account, line) else 0


def _state(
    account: Account, budget: Budget, row: AccountBudget | None, now: datetime
) -> BudgetState:
    line = LINES[budget]
    first: date = line.period.first_day(now)
    most = _most(account, line) if row is None else row.most
    closed = row.closed_until if row and row.closed_until and row.closed_until > now else None
    return BudgetState(
        budget=budget,
        line=line,
        most=most,
        spent=row.spent if row is not None and row.period_on >= first else 0,
        reserved=0 if most is None else most * _share(line) // 100,
        renews_at=line.period.renews_at(now),
        closed_until=closed,
        is_told=row is not None and row.is_told,
        asked_at=row.asked_at if row is not None else None,
    )


def _refusal(state: BudgetState, now: datetime) -> str:
    line = state.line
    back = (state.closed_until or state.renews_at).astimezone(SHANGHAI)
    said = {
        "what": line.words,
        "spent": f"{state.spent:,}",
        "most": f"{state.most or 0:,}",
        "reserved": f"{state.reserved:,}",
        "month": back.month,
        "day": back.day,
        "time": f"{back:%H:%M}",
        "instead": line.fallback,
    }
    if state.closed_until is not None:
        return (
            _("微信提示“%(what)s”的额度已用完，%(month)s月%(day)s日 %(time)s 恢复。%(instead)s")
            % said
        )
    if state.most == 0:
        return _("这个账号没有“%(what)s”的额度。%(instead)s") % said
    if state.spent < (state.most or 0):
        return (
            _(
                "“%(what)s”的额度 %(most)s 次已用 %(spent)s 次，余下的留给紧急通知，%(month)s月%(day)s日 %(time)s 恢复。%(instead)s"
            )
            % said
        )
    return (
        _("“%(what)s”的额度 %(most)s 次已全部用完，%(month)s月%(day)s日 %(time)s 恢复。%(instead)s")
        % said
    )
