"""What happened to the accounts of an area in a time, as rows that documents count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q

from minxin.accounts.models import Account, ImportedRow, Level, Status
from minxin.accounts.queries.divisions import known_divisions
from minxin.agencies.models import Agency, AuditEntry, StaffNotice
from minxin.reports.rules.figures import Over
from minxin.reports.rules.history import Change, as_of
from minxin.reports.rules.rows import Row
from minxin.supervision.models import Evaluation
from minxin.supervision.queries.populations import place_names, region_of
from minxin.supervision.rules.clock import day_of, midnight
from minxin.supervision.wording import LEVELS

ACCOUNT = "accounts.account"
RISKS = ("notice", "reminder", "alarm", "red")
ACCUSED = ("overdue", "zombie")
# What audit entries say of an account's life, by the tag they give it.
VERBS: Mapping[str, str] = {
    "account.registered": "registered",
    "account.updated": "changed",
    "account.transferred": "changed",
    "account.status_changed": "changed",
    "account.filed": "changed",
    "account.closed": "closed",
}
SAID: Mapping[str, str] = {"registered": "新登记", "changed": "信息变更", "closed": "注销"}


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last day, both counted; of a time that runs, until `now` with what happens now.

    `begins_at` belongs to it, `ends_at` does not.
    """

    since: date
    until: date
    now: datetime

    @property
    def begins_at(self) -> datetime:
        return midnight(self.since)

    @property
    def ends_at(self) -> datetime:
        return min(midnight(self.until + timedelta(days=1)), self.now + timedelta(microseconds=1))


@dataclass(frozen=True, slots=True)
class Area:
    """All accounts that ever were below an agency, what is known of their changes, what places are called."""

    agency: Agency
    accounts: Sequence[Account]
    entries: Mapping[int, list[AuditEntry]]
    imported: Mapping[int, list[ImportedRow]]
    places: Mapping[str, str]

    @property
    def known_since(self) -> date | None:
        """The first day on which the register knew an account; None: it knows none."""
        days = [day_of(each.created_at) for each in self.accounts]
        return min(days, default=None)

    def row(self, account: Account, over: Over, **more: Any) -> Row:
        """A row about an account."""
        said = {
            "number": account.pk, "account_id": account.pk, "name": account.name,
            "platform": account.get_platform_display(), "unit": account.agency.name,
            "place": self.places.get(region_of(account), ""),
        }  # fmt: skip
        return Row(over=over, **{**said, **more})


def area_under(agency: Agency, *, is_alone: bool = False) -> Area:
    """The accounts of an agency and, unless `is_alone`, of all below it."""
    found = Account.objects.under((agency.path,))
    if is_alone:
        found = found.filter(agency=agency)
    accounts = list(found.select_related("agency", "filing").order_by("pk"))
    numbers = [each.pk for each in accounts]
    entries: dict[int, list[AuditEntry]] = {}
    told = AuditEntry.objects.filter(subject_kind=ACCOUNT, verb__in=VERBS)
    for at in range(0, len(numbers), 500):
        of_these = told.filter(subject_id__in=[str(each) for each in numbers[at : at + 500]])
        for entry in of_these.order_by("id"):
            entries.setdefault(int(entry.subject_id), []).append(entry)
    imported: dict[int, list[ImportedRow]] = {}
    written = ImportedRow.objects.filter(account__in=numbers, state=ImportedRow.State.WRITTEN)
    for row in written.select_related("job").order_by("id"):
        imported.setdefault(row.account_id or 0, []).append(row)
    codes = {region_of(each) for each in accounts}
    divisions = known_divisions()
    places = {code: str(divisions.name(code) or "") for code in codes} | place_names(codes)
    return Area(agency, accounts, entries, imported, places)


# The register -----------------------------------------------------------------------------------


def standing(area: Area, at: datetime) -> list[Row]:
    """The accounts that were in use at a moment, as the register had them then."""
    levels, states = dict(Level.choices), dict(Status.choices)
    agencies: dict[int, str] = {}
    rows = []
    for account in area.accounts:
        if account.created_at >= at:
            continue
        now = {
            "name": account.name, "status": account.status, "level": account.level,
            "unit": account.agency.name, "agency": account.agency_id,
        }  # fmt: skip
        then = as_of(now, _changes(area, account), at)
        if then["status"] == Status.CLOSED:
            continue
        if then["agency"] != account.agency_id:
            then["unit"] = _named(then["agency"], agencies)
        rows.append(
            area.row(
                account, Over.ACCOUNTS, name=then["name"], unit=then["unit"],
                problem=str(levels.get(then["level"], "")), result=str(states[then["status"]]),
            )
        )  # fmt: skip
    return rows


def _named(number: int, known: dict[int, str]) -> str:
    if number not in known:
        found = Agency.objects.filter(pk=number).first()
        known[number] = found.name if found else ""
    return known[number]


def _changes(area: Area, account: Account) -> Iterable[Change]:
    for entry in area.entries.get(account.pk, ()):
        match entry.verb:
            case "account.status_changed" | "account.closed":
                yield Change(entry.at, {"status": entry.before})
            case "account.transferred":
                yield Change(entry.at, {"unit": entry.before})
            case "account.updated":
                yield Change(entry.at, entry.before or {})
    for row in area.imported.get(account.pk, ()):
        if row.before and row.job.finished_at:
            yield Change(row.job.finished_at, row.before)


def changed(area: Area, span: Span) -> list[Row]:
    """The accounts that came, changed or went in a time; one row each, whatever happened to it."""
    rows = []
    for account in area.accounts:
        told = [
            (at, tag) for at, tag in _events(area, account) if span.begins_at <= at < span.ends_at
        ]
        if not told:
            continue
        tags = {tag for _at, tag in told}
        if "registered" in tags:
            tags.discard("changed")  # what is filled in while it is entered is no change
            filing = getattr(account, "filing", None)
            opened = filing.opened_on if filing else None
            if opened and span.since <= opened <= span.until:
                tags.add("opened")
        said = "；".join(f"{day_of(at)} {SAID[tag]}" for at, tag in told if tag in tags)
        rows.append(
            area.row(
                account, Over.CHANGES, seen=said[:500], tags=frozenset(tags),
                result="、".join(SAID[tag] for tag in SAID if tag in tags),
            )
        )  # fmt: skip
    return rows


def _events(area: Area, account: Account) -> Iterable[tuple[datetime, str]]:
    for entry in area.entries.get(account.pk, ()):
        is_first = entry.verb == "account.filed" and not any((entry.before or {}).values())
        if not is_first:
            yield entry.at, VERBS[entry.verb]
    for row in area.imported.get(account.pk, ()):
        if row.job.finished_at is None:
            continue
        if row.outcome == ImportedRow.Outcome.NEW:
            yield row.job.finished_at, "registered"
        elif row.outcome == ImportedRow.Outcome.CHANGED:
            gone = row.after.get("status") == Status.CLOSED
            yield row.job.finished_at, "closed" if gone else "changed"


# Updates ----------------------------------------------------------------------------------------


def watched(area: Area, span: Span) -> list[Row]:
    """What the update clock said of each account in a time, one row an account."""
    by_number = {each.pk: each for each in area.accounts}
    found: dict[int, dict[str, tuple[int, date]]] = {}
    grades: dict[int, set[str]] = {}
    days = Evaluation.objects.filter(on__gte=span.since, on__lte=min(span.until, day_of(span.now)))
    told = days.filter(account__agency__path__startswith=area.agency.path).exclude(level="exempt")
    for number, level, grade, count, first in (
        told.order_by()
        .values_list("account", "level", "grade")
        .annotate(n=Count("pk"), first=Min("on"))
    ):
        levels = found.setdefault(number, {})
        before = levels.get(level, (0, first))
        levels[level] = (before[0] + count, min(before[1], first))
        grades.setdefault(number, set()).add(grade)
    rows = []
    for number, levels in found.items():
        account = by_number.get(number)
        if account is None:
            continue
        tags = {"watched", *(f"grade:{each}" for each in grades[number] if each)}
        tags |= {"warned"} if set(levels) & set(RISKS) else set()
        tags |= {"overdue"} if set(levels) & set(ACCUSED) else set()
        worst = next((each for each in LEVELS if each.value in levels), None)
        said = "；".join(
            f"{LEVELS[each]}{levels[each.value][0]}天（{levels[each.value][1]}起）"
            for each in LEVELS
            if each.value in levels
        )
        rows.append(
            area.row(
                account, Over.UPDATES, seen=said[:500], tags=frozenset(tags),
                result="到过限期" if "overdue" in tags else "有预警" if "warned" in tags else str(
                    LEVELS[worst] if worst else ""
                )[:20],
            )
        )  # fmt: skip
    return rows


def reminded(area: Area, span: Span) -> list[Row]:
    """The reminders that were sent to the people of an area; whom, is nobody's business here."""
    inside = Q(staff__memberships__agency__path__startswith=area.agency.path)
    told = StaffNotice.objects.filter(
        inside, kind="updates", created_at__gte=span.begins_at, created_at__lt=span.ends_at
    )
    rows = told.order_by("id").distinct().values_list("id", "text", "created_at")
    return [
        Row(
            over=Over.REMINDERS, number=number, name="更新情况提醒", seen=text[:500],
            result=str(day_of(at)),
        )
        for number, text, at in rows
    ]  # fmt: skip
