"""《问题整改通知单》: issued to a unit for one or several findings, and signed for by the unit."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies.actions import count_fields, notify_staff
from minxin.agencies.models import Agency, FieldsAsked, Staff
from minxin.agencies.queries import ensure_may, staff_who_may, staff_with, working_calendar
from minxin.agencies.rules import Permission, ancestor_paths, roles_with
from minxin.core.errors import Refused
from minxin.core.working_time import OFFICE_CLOSES, Due, add_working_days
from minxin.supervision.actions.ledger import locked, write_step
from minxin.supervision.models import Finding, NoticeLine, RectificationNotice
from minxin.supervision.queries.findings import detail_of
from minxin.supervision.rules.asking import FEEDBACK
from minxin.supervision.rules.clock import SHANGHAI, day_of
from minxin.supervision.rules.packs import Severity
from minxin.supervision.rules.rectification import SHORTEST_REASON, Act, State
from minxin.supervision.terms import terms_of

LINK = "/console/rectification/%s/"
TOLD = gettext_noop("收到整改通知单 %(number)s，%(count)s 个问题，请签收")
MOST_LINES = 50
LONGEST_REQUIREMENT = 2000


def told_of(finding: Finding) -> str:
    """The address of a finding's page, for a notice to staff."""
    return LINK % finding.pk


def tell_the_unit(finding: Finding, words: str, *, kind: str, now: datetime) -> None:
    """Tell who answers for the account, in its unit or, where nobody does, above it."""
    agency = finding.account.agency
    people = staff_with(Permission.ANSWER_FINDINGS, agency)
    if not people.exists():
        people = staff_who_may(Permission.ANSWER_FINDINGS, agency)
    notify_staff(people, words, kind=kind, link=told_of(finding), now=now)


def count_feedback(
    finding: Finding, key: str, about: str, many: int, *, actor: Staff, now: datetime
) -> None:
    """The unit is asked to fill in so many feedback forms; the first is that of the finding."""
    count_fields(
        finding.account.agency, kind=FieldsAsked.Kind.FEEDBACK, key=f"feedback:{key}",
        title=f"整改反馈：{about}", fields=many * FEEDBACK, link=told_of(finding), actor=actor, now=now,
    )  # fmt: skip


def due_for(finding: Finding, unit: Agency, *, now: datetime) -> Due:
    """The deadline of a problem of this severity, by the preset of the unit's region."""
    account = finding.account
    days = terms_of(account.region_code or unit.region_code).days[Severity(finding.severity)]
    calendar = working_calendar(unit)
    due = add_working_days(now, days, calendar)
    return due if due.at > now else add_working_days(now, days + 1, calendar)


@transaction.atomic
def issue_notice(
    findings: Sequence[Finding], *, requirement: str, due_on: date | None = None, actor: Staff,
    now: datetime,
) -> RectificationNotice:  # fmt: skip
    """Ask a unit to put these findings right: all of one unit, each by the deadline of its severity or
    all by the end of `due_on`. A finding whose account moved after its notice is sent to the new host.

    Raises `Refused`: no finding, several units, one that waits for something else, a day that passed.
    """
    if not findings:
        raise Refused(_("请先选择要通知的问题。"))
    if len(findings) > MOST_LINES:
        raise Refused(_("一张通知单最多写 %(most)s 个问题。") % {"most": MOST_LINES})
    rows = []
    for each in sorted(findings, key=lambda one: one.pk):
        act = Act.ISSUE if each.state == State.OPEN else Act.REISSUE
        rows.append((locked(each, act, actor=actor, now=now), act))
    units = {row.account.agency_id: row.account.agency for row, _act in rows}
    if len(units) > 1:
        names = "、".join(sorted(each.name for each in units.values()))
        raise Refused(
            _("一张通知单只能发给一个单位，选中的问题属于：%(names)s。") % {"names": names}
        )
    unit = next(iter(units.values()))
    if not unit.is_active:
        raise Refused(
            _("主办单位“%(name)s”已停用，请先把账号移交给别的单位。") % {"name": unit.name}
        )
    requirement = requirement.replace("\0", "").strip()
    if not SHORTEST_REASON <= len(requirement) <= LONGEST_REQUIREMENT:
        words = _("请写明整改要求，%(least)s 到 %(most)s 个字。")
        given = {"least": SHORTEST_REASON, "most": LONGEST_REQUIREMENT}
        raise Refused(words % given, field="requirement")
    fixed = _end_of(due_on, now) if due_on else None
    notice = _numbered(_issuer_for(actor, unit), unit, requirement, actor, now)
    for position, (row, act) in enumerate(rows, 1):
        due = fixed or due_for(row, unit, now=now)
        row.notice, row.due_at, row.due_is_provisional = notice, due.at, due.is_provisional
        NoticeLine.objects.create(
            notice=notice, finding=row, position=position, detail=detail_of(row), due_at=due.at,
            due_is_provisional=due.is_provisional,
        )  # fmt: skip
        write_step(row, act, actor=actor, now=now, notice=notice)
    count_feedback(
        rows[0][0], f"notice:{notice.pk}", notice.number, len(rows), actor=actor, now=now
    )
    tell_the_unit(
        rows[0][0],
        TOLD % {"number": notice.number, "count": len(rows)},
        kind="finding.notified",
        now=now,
    )
    return notice


def _end_of(day: date, now: datetime) -> Due:
    at = datetime.combine(day, OFFICE_CLOSES, SHANGHAI)
    if at <= now:
        raise Refused(_("整改期限要晚于现在。"), field="due_on")
    if at > now + timedelta(days=366):
        raise Refused(_("整改期限不能超过一年。"), field="due_on")
    return Due(at, is_provisional=False)


def _issuer_for(actor: Staff, unit: Agency) -> Agency:
    """The agency in whose name this person supervises the unit: the nearest above, or itself."""
    roles = roles_with(Permission.RECTIFY_FINDINGS)
    above = Agency.objects.filter(
        memberships__staff=actor, memberships__role__in=roles, is_active=True,
        path__in=ancestor_paths(unit.path),
    )  # fmt: skip
    return max(above, key=lambda each: len(each.path))


def _numbered(
    issuer: Agency, unit: Agency, requirement: str, actor: Staff, now: datetime
) -> RectificationNotice:
    """The next number of the issuer's year; two that issue at once wait for each other."""
    Agency.objects.select_for_update().get(pk=issuer.pk)
    year = day_of(now).year
    used = RectificationNotice.objects.filter(issuer=issuer, year=year).aggregate(n=Max("serial"))
    serial = (used["n"] or 0) + 1
    name = issuer.short_name or issuer.name
    return RectificationNotice.objects.create(
        issuer=issuer, unit=unit, year=year, serial=serial,
        number=f"{name}整改〔{year}〕{serial}号", requirement=requirement, issued_at=now,
        issued_by=actor,
    )  # fmt: skip


@transaction.atomic
def sign_notice(notice: RectificationNotice, *, actor: Staff, now: datetime) -> int:
    """The unit received it (签收): it says nothing yet of whether the problems are so. How many
    findings it is signed for; those whose account moved meanwhile wait for another notice."""
    ensure_may(actor, Permission.ANSWER_FINDINGS, notice.unit)
    row = RectificationNotice.objects.select_for_update().get(pk=notice.pk)
    waiting = list(
        Finding.objects.filter(notice=row, state=State.NOTIFIED.value).select_related("account")
    )
    mine = [each for each in waiting if each.account.agency_id == row.unit_id]
    for each in mine or waiting[:1]:
        write_step(
            locked(each, Act.SIGN, actor=actor, now=now), Act.SIGN, actor=actor, now=now,
            notice=row,
        )  # fmt: skip
    if not waiting:
        raise Refused(_("这张通知单已经签收，或者已没有待签收的问题。"))
    if row.signed_at is None:
        row.signed_at, row.signed_by = now, actor
        row.save(update_fields=["signed_at", "signed_by"])
    return len(mine)
