"""All reads of filings: who sees which, what may be done next, by when."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from minxin.accounts.filing_presets import presets
from minxin.accounts.models import Account, Affiliation, Filing, FilingStep, LifecycleFiling, Status
from minxin.accounts.rules.filing_presets import (
    Certainty,
    Counted,
    Preset,
    fitting,
    natural_due,
    nearest_deadline,
    nearest_steps,
)
from minxin.accounts.rules.lifecycle import (
    ENDS,
    Kind,
    Obstacle,
    Step,
    steps_of,
    why_not_begin,
    why_not_cancel,
)
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import may, working_calendar
from minxin.agencies.rules import Permission, is_root
from minxin.agencies.scope import paths_of
from minxin.core.errors import NotFound
from minxin.core.working_time import OFFICE_ZONE, add_working_days

ENDED = frozenset(each.value for each in ENDS)
SOON = timedelta(days=3)


def today_of(now: datetime) -> date:
    """The day of a moment, where the offices are."""
    return now.astimezone(OFFICE_ZONE).date()


# Who sees which --------------------------------------------------------------------------------


def filings_for(
    staff: Staff, permission: Permission = Permission.READ_ACCOUNTS
) -> QuerySet[LifecycleFiling]:
    """The filings of the accounts over which a person has a permission."""
    found: QuerySet[LifecycleFiling] = LifecycleFiling.objects.visible_to(staff, permission)
    return found.select_related("account__agency__parent")


def filing_for(staff: Staff, number: int) -> LifecycleFiling:
    """One of them; raises `NotFound` when missing or out of this person's sight."""
    found = filings_for(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def filings_of(account: Account) -> list[LifecycleFiling]:
    """All filings of an account, the latest first."""
    return list(LifecycleFiling.objects.filter(account=account).order_by("-id"))


def ledger_of(filing: LifecycleFiling) -> list[FilingStep]:
    """What was done with it, oldest first."""
    return list(FilingStep.objects.filter(filing=filing))


def under_way(found: QuerySet[LifecycleFiling]) -> QuerySet[LifecycleFiling]:
    """Those that are not ended."""
    return found.exclude(step__in=ENDED)


@dataclass(frozen=True, slots=True)
class FilingCounts:
    """How many filings wait, of those a person may see or act on."""

    to_review: int
    with_the_unit: int
    overdue: int


def filing_counts(staff: Staff, *, now: datetime) -> FilingCounts:
    """What waits for her to approve, what waits for the units whose accounts she keeps, what is late."""
    seen = under_way(filings_for(staff))
    return FilingCounts(
        to_review=to_review_for(staff).count(),
        with_the_unit=with_the_unit_for(staff).count(),
        overdue=seen.filter(due_on__lt=today_of(now)).count(),
    )


def with_the_unit_for(staff: Staff) -> QuerySet[LifecycleFiling]:
    """The filings whose next step is that of the units whose accounts she keeps."""
    mine = under_way(filings_for(staff, Permission.EDIT_ACCOUNTS))
    return mine.exclude(step=Step.APPROVE.value)


def to_review_for(staff: Staff) -> QuerySet[LifecycleFiling]:
    """The filings that wait for an approval she may give: of accounts whose host is below where she
    may, or at the root, and not signed for by herself."""
    waiting = filings_for(staff, Permission.REVIEW_FILINGS).filter(step=Step.APPROVE.value)
    whole = copy.copy(staff)
    whole.sees_only = ""  # what she may do follows from all her roles, whatever she looks at
    edges = [path for path in paths_of(whole, Permission.REVIEW_FILINGS) if not is_root(path)]
    return waiting.exclude(account__agency__path__in=edges).exclude(signer=staff)


# What may be done ------------------------------------------------------------------------------


def reviewer_agency(agency: Agency) -> Agency:
    """Whose approval an agency's filing needs: of the one above it; the root's own is its own."""
    return agency.parent or agency


def may_keep(staff: Staff, filing: LifecycleFiling) -> bool:
    """Whether a person acts for the unit that files."""
    return may(staff, Permission.EDIT_ACCOUNTS, filing.account.agency)


def may_review(staff: Staff, filing: LifecycleFiling) -> bool:
    """Whether a person acts for the office it is filed with. Who signed for it does not approve it."""
    return filing.signer_id != staff.pk and may(
        staff, Permission.REVIEW_FILINGS, reviewer_agency(filing.account.agency)
    )


def may_take(staff: Staff, filing: LifecycleFiling) -> bool:
    """Whether the next step is hers."""
    if filing.step in ENDED:
        return False
    return may_review(staff, filing) if filing.step == Step.APPROVE else may_keep(staff, filing)


def may_withdraw(staff: Staff, filing: LifecycleFiling) -> bool:
    """The unit while nothing has happened yet; what has happened only the office calls not to be filed."""
    if filing.step in ENDED:
        return False
    is_keeper = filing.happened_on is None and may_keep(staff, filing)
    return is_keeper or may_review(staff, filing)


def is_draft(filing: LifecycleFiling) -> bool:
    """Whether what is filed may still be changed."""
    return filing.step == Step.SIGN


def obstacles(account: Account) -> Mapping[Kind, Obstacle | None]:
    """Why each kind of filing cannot begin; None where it may."""
    rows = LifecycleFiling.objects.filter(account=account).values_list("kind", "step")
    open_kinds = {kind for kind, step in rows if step not in ENDED}
    done = {kind for kind, step in rows if step == Step.DONE}
    number = Filing.objects.filter(pk=account.pk).values_list("number", flat=True).first()
    return {
        kind: why_not_begin(
            kind, status=account.status, under_way=open_kinds, done=done, is_filed=bool(number)
        )
        for kind in Kind
    }


def closing_of(account: Account) -> LifecycleFiling | None:
    """The closing whose notice stands: the latest that was not withdrawn."""
    found = LifecycleFiling.objects.filter(account=account, kind=Kind.CLOSE.value)
    return found.exclude(step=Step.WITHDRAWN.value).order_by("-id").first()


def blocked_by(filing: LifecycleFiling) -> Obstacle | None:
    """What stands in the way of the next step; a cancelling waits for the closing."""
    if filing.kind != Kind.CANCEL or filing.step != Step.PLATFORM:
        return None
    if filing.account.status == Status.CLOSED:
        return None  # it happened already; what is missing is told, and filed after
    closing = closing_of(filing.account)
    return why_not_cancel(
        is_closing_done=closing is not None and closing.step == Step.DONE,
        is_announced=closing is not None and closing.announced_on is not None,
    )


# By when ---------------------------------------------------------------------------------------


def region_of(account: Account) -> str:
    """The division whose rules hold for an account."""
    return account.region_code or account.agency.region_code


def is_bound(account: Account) -> bool:
    """Whether the national duty to file binds it: the government system's accounts, as the rule pack
    `national-filing` says. Others may be filed by hand."""
    return account.affiliation == Affiliation.GOVERNMENT


def wanted_steps(account: Account, kind: Kind, changed: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps of a filing that begins now."""
    _preset, wanted = nearest_steps(presets()[0], kind, region_of(account))
    return steps_of(wanted, changed.keys())


@dataclass(frozen=True, slots=True)
class FilingDue:
    """By which day, whether that may move, and whose rule it is as it stood then."""

    on: date
    is_provisional: bool
    rule: dict[str, Any]


def due_after(account: Account, kind: Kind, happened_on: date) -> FilingDue | None:
    """The deadline that runs from a day; None where neither the nation nor the region named days."""
    found = nearest_deadline(presets()[0], kind, region_of(account))
    if found is None:
        return None
    preset, deadline = found
    rule = {
        "id": preset.id, "title": preset.title, "certainty": preset.certainty.value,
        "document": preset.document, "article": preset.article, "days": deadline.days,
        "counted": deadline.counted.value, "to": deadline.to,
    }  # fmt: skip
    if deadline.counted is Counted.NATURAL:
        return FilingDue(natural_due(happened_on, deadline.days), False, rule)
    start = datetime.combine(happened_on, time(12), OFFICE_ZONE)
    due = add_working_days(start, deadline.days, working_calendar(account.agency))
    return FilingDue(due.at.date(), due.is_provisional, rule)


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A preset as it is told for one kind in one region."""

    preset: Preset
    steps: tuple[Step, ...]
    days: int | None
    counted: Counted | None
    to: str


def rules_for(account: Account, kind: Kind, changed: Mapping[str, Any]) -> list[RuleShown]:
    """Every source that says something of such a filing, the nearest first; the nation's where it binds."""
    shown = []
    for preset in fitting(presets()[0], region_of(account)):
        deadline = preset.deadlines.get(kind)
        steps = steps_of(preset.steps[kind], changed.keys()) if kind in preset.steps else ()
        is_duty = preset.certainty is Certainty.NATIONAL and is_bound(account)
        if deadline is None and not steps and not is_duty:
            continue
        shown.append(
            RuleShown(
                preset, steps, deadline.days if deadline else None,
                deadline.counted if deadline else None, deadline.to if deadline else "",
            )
        )  # fmt: skip
    return shown
