"""Every call of an account's client that has a budget passes here: the transport spends before it
sends, and learns when WeChat says that nothing is left. Calls without a budget cost one look-up.
"""

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from minxin.accounts.budgets import BY_PATH, LINES, Budget
from minxin.accounts.quotas import give_back, note_limit, spend

# 45009 the day's quota, 45011 the minute's, 45028 mass sends, 48004 forbidden, 48006 clearings.
LIMITS = frozenset({45009, 45011, 45028, 48004, 48006})
_CODE = re.compile(rb'"errcode"\s*:\s*(-?\d+)')


class MeteredTransport(httpx.BaseTransport):
    """Spends from the ledger of one account before each call; raises `BudgetSpent` instead of sending.

    `has_taken`: the caller has reserved what it sends by `quotas.take`; then nothing is spent here,
    and only WeChat's refusals are noted. `is_urgent`: the share kept for urgent notices may be spent.
    """

    def __init__(
        self,
        account_id: int,
        inner: httpx.BaseTransport,
        *,
        has_taken: bool = False,
        is_urgent: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._account_id = account_id
        self._inner = inner
        self._has_taken = has_taken
        self._is_urgent = is_urgent
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        budgets = _budgets_of(request)
        if not budgets:
            return self._inner.handle_request(request)
        now = datetime.fromtimestamp(self._clock(), UTC)
        self._spend(budgets, now)
        try:
            response = self._inner.handle_request(request)
            response.read()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            self._give_back(budgets, now)  # it never left
            raise
        self._learn(budgets, response.content, now)
        return response

    def close(self) -> None:
        self._inner.close()

    def _spend(self, budgets: tuple[Budget, ...], now: datetime) -> None:
        if self._has_taken:
            return
        for number, budget in enumerate(budgets):
            try:
                spend(self._account_id, budget, is_urgent=self._is_urgent, now=now)
            except Exception:
                self._give_back(budgets[:number], now)
                raise

    def _give_back(self, budgets: tuple[Budget, ...], now: datetime) -> None:
        if not self._has_taken:
            for budget in budgets:
                give_back(self._account_id, budget, 1, now)

    def _learn(self, budgets: tuple[Budget, ...], content: bytes, now: datetime) -> None:
        found = _CODE.search(content[:600]) if content[:1] == b"{" else None
        code = int(found.group(1)) if found else 0
        if code in LIMITS:
            note_limit(self._account_id, budgets[-1], now, code=code)
        if code:
            self._give_back(tuple(b for b in budgets if not LINES[b].counts_failures), now)


def _budgets_of(request: httpx.Request) -> tuple[Budget, ...]:
    budget = BY_PATH.get(request.url.path)
    if budget is None:
        return ()
    if budget is Budget.MASS_SEND and _is_to_all(request.content):
        return Budget.MASS_SEND_TO_ALL, budget
    return (budget,)


def _is_to_all(content: bytes) -> bool:
    try:
        return json.loads(content).get("filter", {}).get("is_to_all") is True
    except (ValueError, AttributeError):
        return False
