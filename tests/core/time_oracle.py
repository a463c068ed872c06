"""Walks through painted minutes and days: knows offices, not the arithmetic of `working_time`.

A lot is 120 days from a first day on. Every day is drawn with what an office's notice board would
say; the minutes of the lot are then painted, one byte each, and everything is found by walking.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

DAYS = 120
MINUTES_OF_A_DAY = 24 * 60
# The last days of a lot are plain, so that every walk ends within it.
DRAWN = 90


@dataclass
class Board:
    """What hangs at an office's door; times are minutes after midnight, days count from `first`."""

    first: date
    free: set[int] = field(default_factory=set)
    made_up: set[int] = field(default_factory=set)
    mornings: set[int] = field(default_factory=set)
    known_years: set[int] = field(default_factory=set)
    confirmed: set[int] = field(default_factory=set)
    # From which day on (may lie before the first), and by weekday the pairs of minutes worked.
    hours: list[tuple[int, list[list[tuple[int, int]]]]] = field(default_factory=list)


def a_day_of(lot: random.Random) -> list[tuple[int, int]]:
    opens = lot.randrange(6 * 60, 10 * 60)
    noon = lot.randrange(opens + 1, 13 * 60)
    if lot.random() < 0.15:
        return [(opens, noon)]
    back = noon + lot.choice((0, 30, 60, 90, 120))
    return [(opens, noon), (back, lot.randrange(back + 1, 20 * 60))]


def draw(lot: random.Random) -> Board:
    year = lot.randrange(2004, 2031)
    board = Board(date(year, lot.choice((1, 4, 9, 10, 11, 12)), lot.randrange(1, 29)))
    for number in range(DRAWN):
        chance = lot.random()
        if chance < 0.08:
            board.free.add(number)
        elif chance < 0.16:
            board.made_up.add(number)
        if lot.random() < 0.1:
            board.mornings.add(number)
        if lot.random() < 0.05:
            board.confirmed.add(number)
    if lot.random() < 0.4:  # a golden week
        begin = lot.randrange(DRAWN - 9)
        board.free.update(range(begin, begin + 8))
    board.known_years = {year, *lot.choice(((), (year + 1,)))} if lot.random() < 0.8 else set()
    since = set(lot.sample(range(-40, DRAWN), lot.randrange(4)))
    board.hours = [(day, [a_day_of(lot) for _ in range(7)]) for day in since]
    return board


class Walk:
    """The painted lot of a board."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.worked_days: list[bool] = []
        self.open_question: list[bool] = []
        self.closing: list[int] = []
        self.paint = bytearray(DAYS * MINUTES_OF_A_DAY)
        in_force = [[(540, 720), (840, 1080)]] * 7
        changes = dict(board.hours)
        for day in range(-40, DAYS):
            in_force = changes.get(day, in_force)
            if day >= 0:
                self._hang_out(day, in_force)

    def _hang_out(self, day: int, in_force: list[list[tuple[int, int]]]) -> None:
        today = self.board.first + timedelta(days=day)
        name = today.strftime("%a")
        worked = name not in {"Sat", "Sun"}
        if day in self.board.free:
            worked = False
        if day in self.board.made_up:
            worked = True
        self.worked_days.append(worked)
        self.open_question.append(
            today.year not in self.board.known_years and day not in self.board.confirmed
        )
        pairs = in_force[["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].index(name)]
        if day in self.board.mornings:
            pairs = pairs[:1]
        self.closing.append(pairs[-1][1])
        if worked:
            for begin, end in pairs:
                for minute in range(begin, end):
                    self.paint[day * MINUTES_OF_A_DAY + minute] = 1

    def after_minutes(self, start: int, amount: int) -> tuple[int, bool]:
        """The minute at which so many worked ones are over, and whether it may yet move."""
        at = start
        if amount == 0:
            while not self.paint[at] and not (at == start and at and self.paint[at - 1]):
                at += 1
        else:
            left = amount
            while left:
                left -= self.paint[at]
                at += 1
        days = range(start // MINUTES_OF_A_DAY, at // MINUTES_OF_A_DAY + 1)
        return at, any(self.open_question[day] for day in days)

    def after_days(self, start: int, amount: int) -> tuple[int, bool]:
        day = start // MINUTES_OF_A_DAY
        asked = [day] if amount == 0 else []
        seen = 0
        while seen < amount or not self.worked_days[day]:
            day += 1
            asked.append(day)
            seen += self.worked_days[day]
        may_move = any(self.open_question[each] for each in asked)
        return day * MINUTES_OF_A_DAY + self.closing[day], may_move

    def minutes_within(self, start: int, end: int) -> int:
        """Minutes worked from one minute to another, walking back when the other is earlier."""
        if end < start:
            return -self.minutes_within(end, start)
        return sum(self.paint[start:end])

    def reading(self, at: int) -> datetime:
        """What the office's clock shows, without a zone."""
        midnight = datetime.combine(self.board.first, time())
        return midnight + timedelta(minutes=at)
