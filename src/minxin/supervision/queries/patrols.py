"""What the import of patrol records asks: the sheets, their lines, what other sources say to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.supervision.models import PatrolImport, PatrolRow, Trace
from minxin.supervision.packs import Library
from minxin.supervision.queries.updates import Known, known_of, looked_of, seen_of, supervised
from minxin.supervision.rules.clock import Seen, day_of, judge
from minxin.supervision.rules.rulings import rule_of
from minxin.supervision.rules.sources import SOURCES, Grade, Kind, Source
from minxin.supervision.wording import source_said

NEW = "new"  # the key of what a line tells, beside those of rows
AT_ONCE = 50  # accounts asked for together


def patrol_imports(staff: Staff) -> QuerySet[PatrolImport]:
    """The sheets brought in for the branches that this person supervises."""
    found: QuerySet[PatrolImport] = PatrolImport.objects.visible_to(
        staff, Permission.CONFIRM_CANDIDATES
    )
    return found.select_related("agency", "started_by")


def patrol_import_for(staff: Staff, number: int) -> PatrolImport:
    """One of them; raises `NotFound`."""
    found = patrol_imports(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def patrol_rows_of(job: PatrolImport) -> QuerySet[PatrolRow]:
    """The lines of a sheet in their order."""
    return job.all_rows().select_related("account__agency").order_by("id")


def patrolled(staff: Staff) -> QuerySet[Account]:
    """The accounts whose pages this person may have looked at: those of a template."""
    seen = Account.objects.visible_to(staff, Permission.CONFIRM_CANDIDATES)
    found: QuerySet[Account] = seen.exclude(status="closed").select_related("agency", "filing")
    return found.order_by("agency__path", "name", "pk")


def seen_by_of(traces: Iterable[Trace]) -> Mapping[int, str]:
    """Who saw what patrol records tell, by the number of the trace."""
    wanted = [each.pk for each in traces if each.source == Source.PATROL.value]
    return dict(PatrolRow.objects.filter(trace__in=wanted).values_list("trace_id", "seen_by"))


# What other sources say ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What one line of a sheet tells: the day of the newest item, the moment it counts as, the look."""

    account: int
    newest_on: date
    at: datetime
    seen_at: datetime


def said_against(told: Sequence[Told], packs: Library, *, now: datetime) -> list[str]:
    """What better sources say against each of these, in words; empty for nothing. By the clock's own
    way: a source that would have seen the item and did not, or that saw a newer one."""
    notes = [""] * len(told)
    places: dict[int, list[int]] = {}
    for place, each in enumerate(told):
        places.setdefault(each.account, []).append(place)
    numbers = sorted(places)
    for first in range(0, len(numbers), AT_ONCE):
        some = list(supervised().filter(pk__in=numbers[first : first + AT_ONCE]))
        for number, known in known_of(some, packs, now=now).items():
            for place in places[number]:
                notes[place] = _against(known, told[place], now)
    return notes


def _against(known: Known, told: Told, now: datetime) -> str:
    newer = next((each for each in known.traces if _is_newer(each, told)), None)
    if newer is not None:
        words = _("%(source)s显示 %(day)s 还有更新。最近更新以它为准，这条记录照样留存。")
        day = day_of(newer.published_at)
        return words % {"source": source_said(newer.source), "day": day.isoformat()}
    item = Seen(told.at, Source.PATROL, Kind.PUSHED, NEW)
    verdict = judge(
        [*(seen_of(each) for each in known.traces), item],
        (looked_of(each) for each in known.looks if each.since < each.until),
        rule_of(known.stale, known.zombie),
        at=now,
    )
    if not any(each.key == NEW for each in verdict.disputed):
        return ""
    looked = "、".join(
        source_said(source)
        for source in sorted({each.source for each in known.looks})
        if SOURCES[Source(source)].silent_on and SOURCES[Source(source)].grade < Grade.PATROL
    )
    words = _(
        "%(source)s查过这段时间，没有看到这条更新。写入后按来源矛盾交人核实，不会据此判不合格。"
    )
    return words % {"source": looked}


def _is_newer(trace: Trace, told: Told) -> bool:
    is_better = SOURCES[Source(trace.source)].grade < Grade.PATROL
    is_after = day_of(trace.published_at) > told.newest_on
    return is_better and is_after and trace.published_at <= told.seen_at
