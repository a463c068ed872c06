"""Times spans against a walk: `python -m tests.core.timed 100000` (cases per unit)."""

import random
import sys
import time
from collections import Counter
from datetime import UTC, date, timedelta
from datetime import time as clock

from minxin.core.working_time import (
    OFFICE_ZONE,
    DayHours,
    HoursSince,
    Shift,
    Span,
    Unit,
    WorkingCalendar,
    due,
    working_minutes_between,
)
from tests.core.time_oracle import DRAWN, MINUTES_OF_A_DAY, Board, Walk, draw

CASES_OF_A_BOARD = 100
BETWEEN = "minutes between"
KINDS = (*Unit, BETWEEN)
# The largest amount drawn, so that a walk stays within the days painted.
MOST = {
    Unit.WORKING_MINUTES: 1500,
    Unit.WORKING_HOURS: 25,
    Unit.WORKING_DAYS: 20,
    Unit.HOURS: 400,
    Unit.DAYS: 30,
}


def calendar_of(board: Board) -> WorkingCalendar:
    def days(numbers: set[int]) -> frozenset[date]:
        return frozenset(board.first + timedelta(days=number) for number in numbers)

    def hours(pairs: list[tuple[int, int]]) -> DayHours:
        return DayHours(
            *(Shift(*(clock(at // 60, at % 60) for at in (begin, end))) for begin, end in pairs)
        )

    return WorkingCalendar(
        holidays=days(board.free),
        make_up_days=days(board.made_up),
        known_years=frozenset(board.known_years),
        confirmed=days(board.confirmed),
        hours=tuple(
            HoursSince(board.first + timedelta(days=day), tuple(map(hours, week)))
            for day, week in board.hours
        ),
        half_days=days(board.mornings),
    )


def told_by_the_walk(walk: Walk, unit: Unit, start: int, amount: int) -> tuple[int, bool]:
    match unit:
        case Unit.WORKING_MINUTES:
            return walk.after_minutes(start, amount)
        case Unit.WORKING_HOURS:
            return walk.after_minutes(start, amount * 60)
        case Unit.WORKING_DAYS:
            return walk.after_days(start, amount)
        case Unit.HOURS:
            return start + amount * 60, False
        case Unit.DAYS:
            return start + amount * MINUTES_OF_A_DAY, False


def compare(kind: str, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How many cases there were of each sort, and where the two disagree."""
    lot = random.Random(f"{kind}/{seed}")
    sorts: Counter[str] = Counter()
    wrong = []
    for number in range(count):
        if number % CASES_OF_A_BOARD == 0:
            walk = Walk(draw(lot))
            calendar = calendar_of(walk.board)
        start = lot.randrange((DRAWN - 30) * MINUTES_OF_A_DAY)
        begun = walk.reading(start).replace(tzinfo=OFFICE_ZONE)
        if kind == BETWEEN:
            end = max(0, start + lot.randrange(-6, 10) * MINUTES_OF_A_DAY + lot.randrange(1440))
            ended = walk.reading(end).replace(tzinfo=OFFICE_ZONE)
            ours: object = working_minutes_between(begun.astimezone(UTC), ended, calendar)
            theirs: object = walk.minutes_within(start, end)
            sorts["backwards" if end < start else "forwards"] += 1
            case = f"{begun} to {ended}"
        else:
            amount = lot.choice((0, 1, lot.randrange(MOST[Unit(kind)] + 1)))
            found = due(begun.astimezone(UTC), Span(amount, Unit(kind)), calendar)
            at, may_move = told_by_the_walk(walk, Unit(kind), start, amount)
            ours = found.at.replace(tzinfo=None), found.is_provisional
            theirs = walk.reading(at), may_move
            sorts["provisional" if may_move else "settled"] += 1
            case = f"{begun} + {amount}"
        if ours != theirs:
            wrong.append(f"{kind} {seed}/{number}: {case}: ours {ours}, walked {theirs}")
    return sorts, wrong


def main() -> None:
    count, failed = int(sys.argv[1]), False
    for kind in KINDS:
        began = time.monotonic()
        sorts, wrong = compare(kind, count, seed=1)
        told = ", ".join(f"{sort} {number}" for sort, number in sorted(sorts.items()))
        sys.stdout.write(
            f"{kind}: {count} cases, {len(wrong)} disagreements"
            f" ({told}), {time.monotonic() - began:.1f} s\n"
        )
        sys.stdout.writelines(f"  {each}\n" for each in wrong[:3])
        failed = failed or bool(wrong)
    sys.exit(failed)


if __name__ == "__main__":
    main()
