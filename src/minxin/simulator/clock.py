"""Simulated time: set, sped up, stopped; by default the wall's own."""

import time
from datetime import datetime, timedelta, timezone

from minxin.simulator.database import Database, from_json, to_json

CHINA = timezone(timedelta(hours=8), "CST")
NAMES = ("simulated", "wall", "rate", "frozen")


def china(moment: float) -> datetime:
    """A moment as people in China read it."""
    return datetime.fromtimestamp(moment, CHINA)


class Clock:
    """Unix seconds as WeChat would see them. Kept across restarts.

    What citizens and accounts see follows it: CreateTime, windows, quotas, expiry. Two things do
    not: the five seconds a push may take, and the timestamp a push is signed with, which a receiver
    compares with its own clock.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        kept = database.value("clock")
        state = from_json(kept) if kept else {}
        self._simulated = float(state.get("simulated", 0.0))
        self._wall = float(state.get("wall", 0.0))
        self.rate = float(state.get("rate", 1.0))
        self.is_frozen = bool(state.get("frozen", False))

    def now(self) -> float:
        if self.is_frozen:
            return self._simulated
        return self._simulated + (time.time() - self._wall) * self.rate

    @property
    def is_wall_time(self) -> bool:
        """Whether nobody has touched it."""
        return not self.is_frozen and self.rate == 1.0 and self._simulated == self._wall

    def day(self) -> str:
        """The calendar day in China, on which daily quotas begin anew."""
        return datetime.fromtimestamp(self.now(), CHINA).date().isoformat()

    def change(
        self,
        *,
        set_to: float | None = None,
        advance: float = 0.0,
        rate: float | None = None,
        frozen: bool | None = None,
    ) -> None:
        """Change it; what is not named stays. `reset` undoes all."""
        moment = (self.now() if set_to is None else set_to) + advance
        self._simulated, self._wall = moment, time.time()
        self.rate = self.rate if rate is None else rate
        self.is_frozen = self.is_frozen if frozen is None else frozen
        self._keep()

    def reset(self) -> None:
        """Back to the wall's time."""
        self._simulated = self._wall = 0.0
        self.rate, self.is_frozen = 1.0, False
        self._keep()

    def as_json(self) -> dict[str, object]:
        now = self.now()
        return {
            "now": now,
            "text": datetime.fromtimestamp(now, CHINA).isoformat(timespec="seconds"),
            "rate": self.rate,
            "frozen": self.is_frozen,
            "is_wall_time": self.is_wall_time,
        }

    def _keep(self) -> None:
        values = (self._simulated, self._wall, self.rate, self.is_frozen)
        self._database.keep("clock", to_json(dict(zip(NAMES, values, strict=True))))
