"""Times the ladder: `python -m tests.tickets.escalating 100000 [sqlite|postgres]` (tickets that are due).

A database of its own is filled with overdue tickets of a small city, then every step that is due is taken:
the claim, the row, the ledger, the notices, the audit. What was made is counted again.
"""

import json
import sys
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.support.databases import own_database

if TYPE_CHECKING:  # the tables are known only where Django is set up
    from tests.support.city import City

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
WORK = """
import json, time
from tests.tickets.escalating import NOW, make
from tests.support.city import build_city
from minxin.tickets.actions import escalate
from minxin.tickets.models import LadderStep, LedgerEntry
make(build_city(NOW), {count}, NOW)
began, spent = time.monotonic(), time.process_time()
taken = escalate(now=NOW.replace(month=12, day=2))
seconds, spent = time.monotonic() - began, time.process_time() - spent
assert LadderStep.objects.count() == taken == {count}
assert LedgerEntry.objects.filter(kind="reminder").count() == taken
print(json.dumps({{"tickets": {count}, "steps": taken, "seconds": round(seconds, 1), "cpu_seconds": round(spent, 1),
                  "per_second": round(taken / seconds)}}))
"""


def make(city: "City", count: int, now: datetime) -> None:
    """Tickets due on the last day of November, each another minute, none answered."""
    from minxin.tickets.models import LedgerEntry, Ticket

    due = now.replace(month=12, day=1, hour=9)
    for begin in range(0, count, 2000):
        numbers = range(begin, min(begin + 2000, count))
        tickets = Ticket.objects.bulk_create(
            Ticket(
                number=f"T{number:010}", key=f"k{number}", account=city.account,
                citizen=city.xiaolin, agency=city.police,
                source="portal", text="路灯坏了三天没有人修", status="accepted", filed_at=now,
                promised_at=due, promised_words="12月1日前答复",
                due_at=due + timedelta(minutes=number % 500),
                escalate_at=due + timedelta(minutes=number % 500),
            )
            for number in numbers
        )  # fmt: skip
        # Straight into the table, past the model that adds entries one at a time.
        super(type(LedgerEntry.objects.all()), LedgerEntry.objects.all()).bulk_create(
            [
                LedgerEntry(ticket=each, at=now, kind="start", actor_kind="citizen",
                            agency_id=each.agency_id, due_at=each.due_at)
                for each in tickets
            ]
        )  # fmt: skip


def main() -> None:
    """Measure and print one JSON object."""
    count = int(sys.argv[1])
    kind = sys.argv[2] if len(sys.argv) > 2 else "sqlite"
    began = time.monotonic()
    with own_database(kind) as database:
        process = database.start(WORK.format(count=count))
        out, complaints = process.communicate()
        assert process.returncode == 0, complaints
    found = json.loads(out.strip().splitlines()[-1])
    found |= {"database": kind, "with_filling": round(time.monotonic() - began, 1)}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
