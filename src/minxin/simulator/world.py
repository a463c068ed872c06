"""Everything one simulator holds."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from minxin.simulator.clock import Clock
from minxin.simulator.database import KEPT_EXCHANGES, Database, to_json
from minxin.simulator.hub import Hub
from minxin.simulator.records import Account, Outcome, account_from
from minxin.simulator.refusals import ControlError

PUSH_LIMIT = 5.0
RETRY_PAUSE = 1.0
REFUSALS_KEPT = 8 * 86400.0
Job = Callable[["World", dict[str, Any]], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class World:
    """The state and the means. `push_limit` and `retry_pause` are real seconds."""

    database: Database
    clock: Clock
    hub: Hub
    push_limit: float = PUSH_LIMIT
    retry_pause: float = RETRY_PAUSE
    tasks: set[Any] = field(default_factory=set)
    jobs: Mapping[str, "Job"] = field(default_factory=dict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    runner: "asyncio.Task[None] | None" = None
    storm: Any = None
    armed: int | None = None  # how many faults there are; None: count them
    overtaken: dict[str, asyncio.Event] = field(default_factory=dict)  # by AppID: who waits for it
    _session: aiohttp.ClientSession | None = None
    _accounts: dict[str, Account] = field(default_factory=dict)
    _exchanges: int = 0

    @classmethod
    def at(cls, home: Path, *, push_limit: float, retry_pause: float) -> "World":
        database = Database(home / "simulator.sqlite3")
        return cls(database, Clock(database), Hub(), push_limit, retry_pause)

    @property
    def session(self) -> aiohttp.ClientSession:
        """The client for pushes: no proxy, no redirects followed, connections kept."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=4),
                headers={"User-Agent": "Mozilla/4.0"},
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session

    async def close(self) -> None:
        self.hub.close()
        for task in list(self.tasks):
            task.cancel()
        if self._session is not None:
            await self._session.close()
        self.database.close()

    def account(self, app_id: str) -> Account | None:
        found = self._accounts.get(app_id)
        if found is None:
            row = self.database.one("SELECT * FROM accounts WHERE app_id = ?", app_id)
            if row is not None:
                found = self._accounts[app_id] = account_from(row)
        return found

    def account_or_404(self, app_id: object) -> Account:
        """For the control API: the account, or a sentence that says there is none."""
        if not app_id:
            raise ControlError(
                "app_id is missing: the AppID of an account of GET /sim/accounts", 400
            )
        found = self.account(str(app_id))
        if found is None:
            raise ControlError(f"there is no account with the AppID {str(app_id)[:64]}", 404)
        return found

    def accounts(self) -> list[Account]:
        """The main account first."""
        rows = self.database.all("SELECT * FROM accounts ORDER BY position, created_at")
        return [account_from(row) for row in rows]

    def forget(self, app_id: str) -> None:
        """An account was changed: read it again."""
        self._accounts.pop(app_id, None)

    def next_number(self, name: str, start: int) -> int:
        """Growing numbers, each given once: of publications, mass messages, menus."""
        number = int(self.database.value(f"number.{name}") or start) + 1
        self.database.keep(f"number.{name}", str(number))
        return number

    def keep_refusal(
        self, rid: str, account: Account | None, path: str, request: bytes, response: bytes
    ) -> None:
        """What openapi/rid/get tells for seven days. The query, which holds a token, is not kept."""
        now = self.clock.now()
        self.database.insert(
            "refusals", rid=rid, app_id=account.app_id if account else None, at=now, path=path,
            request=request[:4096].decode(errors="replace"),
            response=response[:4096].decode(errors="replace"), address="127.0.0.1",
        )  # fmt: skip
        self.database.run("DELETE FROM refusals WHERE at < ?", now - REFUSALS_KEPT)

    def note(
        self, account: Account, openid: str | None, direction: str, name: str, outcome: Outcome,
        detail: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Keep one line of what was pushed or called, for the stage. Never a token or a secret."""
        detail = {"reason": outcome.reason, **(detail or {})}
        values: dict[str, Any] = {
            "at": self.clock.now(),
            "app_id": account.app_id,
            "openid": openid,
            "direction": direction,
            "name": name,
            "status": outcome.status,
            "tries": outcome.tries,
            "elapsed_ms": round(outcome.elapsed_ms, 2),
        }
        number = self.database.insert("exchanges", **values, detail=to_json(detail))
        self._exchanges += 1
        if self._exchanges % 200 == 0:
            self.database.run("DELETE FROM exchanges WHERE id <= ?", number - KEPT_EXCHANGES)
        self.hub.tell(
            "exchange", {"id": number, **values, "detail": detail, "account": account.name}
        )
