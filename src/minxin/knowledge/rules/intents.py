"""What many ask and nobody answered: how much it is needed, and whether answering it helped. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Ours, no rule behind them: how long an agency has to answer what many ask, and from when it is reminded.
INTENT_DAYS = 10  # working days
REMIND_AHEAD = timedelta(days=3)
RECENT = timedelta(weeks=4)
TREND_WEEKS = 8
# Below so many questions before and after together nothing is said of a drop.
FEW = 10
CHANCE = 0.05


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks_until(last: date, count: int = TREND_WEEKS) -> list[date]:
    """The Mondays of so many weeks, the one of `last` at the end."""
    newest = week_of(last)
    return [newest - timedelta(weeks=back) for back in range(count - 1, -1, -1)]


def need_of(recent_citizens: int, supply: int) -> int:
    """What an intent is sorted by: the different citizens who asked in the last four weeks, twice where the
    knowledge has nothing near it."""
    return recent_citizens * (1 if supply else 2)


@dataclass(frozen=True, slots=True)
class Drop:
    """Unanswered repeats a week before and after closing, of whole weeks; the week of closing is in neither.

    `chance`: how likely so few after it would be if nothing had changed (exact conditional test of two
    Poisson counts). `verdict`: early (no whole week has passed), few, fewer, same or more.
    """

    before: int
    weeks_before: int
    after: int
    weeks_after: int
    chance: float | None
    verdict: str

    @property
    def rate_before(self) -> float:
        return self.before / self.weeks_before if self.weeks_before else 0.0

    @property
    def rate_after(self) -> float:
        return self.after / self.weeks_after if self.weeks_after else 0.0


def drop_of(before: Sequence[int], after: Sequence[int]) -> Drop:
    """From counts per whole week. Says `fewer` or `more` only where chance alone would rarely do it."""
    had, has = sum(before), sum(after)
    if not before or not after:
        return Drop(had, len(before), has, len(after), None, "early")
    total, share = had + has, len(after) / (len(before) + len(after))
    lower = sum(_binomial(total, k, share) for k in range(has + 1))
    upper = sum(_binomial(total, k, share) for k in range(has, total + 1))
    if total < FEW:
        verdict = "few"
    elif lower <= CHANCE:
        verdict = "fewer"
    else:
        verdict = "more" if upper <= CHANCE else "same"
    chance = min(upper if verdict == "more" else lower, 1.0)
    return Drop(had, len(before), has, len(after), round(chance, 4), verdict)


def _binomial(total: int, k: int, share: float) -> float:
    return math.comb(total, k) * share**k * (1 - share) ** (total - k)
