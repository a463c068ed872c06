"""A campaign from its opening to its signing; what is signed never changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.actions import count_fields, notify_staff
from minxin.agencies.models import Agency, FieldsAsked, Staff
from minxin.agencies.queries import ensure_may, home_of
from minxin.agencies.rules import Permission
from minxin.core.errors import AlreadyDone, Refused
from minxin.supervision import inspecting
from minxin.supervision.actions.signing import begin_signing
from minxin.supervision.models import (
    Campaign,
    CampaignInspector,
    Correction,
    Evidence,
    Inspection,
    Population,
)
from minxin.supervision.packs import Library
from minxin.supervision.queries.populations import (
    Labels,
    digest_of,
    eligible,
    inspectors_as_values,
    members_of,
    orphans_of,
    packs_in_force,
    population_of,
    working_inspectors,
)
from minxin.supervision.queries.results import counted, frozen
from minxin.supervision.rules.asking import CHECK
from minxin.supervision.rules.assigning import Task, assign
from minxin.supervision.rules.clock import day_of
from minxin.supervision.rules.inspection import (
    CODES,
    ENDED,
    USUAL,
    Mark,
    Purpose,
    Standing,
    State,
)
from minxin.supervision.rules.sampling import Design, Method, draw, second_look

CONFIRM = Permission.CONFIRM_CANDIDATES
WORKLIST = "/console/supervision/worklist/?campaign=%s"
ASSIGNED = "“%(name)s”有 %(count)s 个账号分派给您检查"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign is to be, as a person wrote it down."""

    name: str
    purpose: Purpose
    period_from: date
    period_until: date
    due_on: date
    design: Design
    seed: str
    region_code: str = ""
    strata: tuple[str, ...] = ("platform",)
    second_percent: int = 10
    defence_days: int = 3
    lines: tuple[str, ...] = field(default=USUAL)


def open_campaign(
    plan: Plan, agency: Agency, inspectors: Sequence[Staff], *, library: Library, actor: Staff,
    now: datetime,
) -> Campaign:  # fmt: skip
    """Freeze the list, draw the sample, share the work. Raises `NotFound` for who supervises no such
    area, `Refused` for a plan that cannot be."""
    ensure_may(actor, CONFIRM, agency)
    _possible(plan, agency, inspectors, now)
    rows = population_of(agency, plan.region_code, plan.strata)
    if not rows:
        raise Refused(_("这个范围内没有可检查的账号。"), field="agency")
    drawn = set(draw(members_of(rows), plan.design, plan.seed))
    for_second = second_look(sorted(drawn), plan.second_percent, plan.seed)
    tasks = [Task(each.account, each.agency) for each in rows if each.account in drawn]
    shared = assign(tasks, inspectors_as_values(inspectors))
    labels, members = Labels(rows), [each.as_json() for each in rows]
    packs = packs_in_force(agency, plan.region_code, library, lines=plan.lines, on=day_of(now))
    with transaction.atomic():
        campaign = Campaign.objects.create(
            name=plan.name.strip(), purpose=plan.purpose.value, agency=agency,
            region_code=plan.region_code, period_from=plan.period_from,
            period_until=plan.period_until, due_on=plan.due_on, method=plan.design.method.value,
            size=plan.design.size, percent=plan.design.percent, strata=list(plan.strata),
            seed=plan.seed, second_percent=plan.second_percent, defence_days=plan.defence_days,
            lines=list(plan.lines), packs=list(packs), opened_at=now, opened_by=actor,
        )  # fmt: skip
        Population.objects.create(campaign=campaign, members=members, sha256=digest_of(members))
        CampaignInspector.objects.bulk_create(
            CampaignInspector(campaign=campaign, staff=each) for each in inspectors
        )
        Inspection.objects.bulk_create(
            [
                Inspection(
                    campaign=campaign, account_id=each.account, agency_id=each.agency,
                    name=each.name, platform=each.platform, unit=each.unit,
                    region_code=each.region, level=each.level,
                    stratum=labels.of(each.stratum, plan.strata)[:200],
                    is_for_second=each.account in for_second, inspector_id=shared[each.account],
                )
                for each in rows
                if each.account in drawn
            ],
            batch_size=200,
        )  # fmt: skip
        after = {
            "name": campaign.name, "seed": plan.seed, "method": campaign.method,
            "rows": len(rows), "drawn": len(drawn), "sha256": campaign.population.sha256,
        }  # fmt: skip
        audit.record(actor, "campaign.opened", campaign, after=after, now=now)
        _count_fields(campaign, inspectors, shared.values(), actor, now)
    _tell_inspectors(campaign, inspectors, now)
    return campaign


def _possible(plan: Plan, agency: Agency, inspectors: Sequence[Staff], now: datetime) -> None:
    if not plan.name.strip():
        raise Refused(_("请填写检查任务的名称。"), field="name")
    if plan.period_until < plan.period_from:
        raise Refused(_("检查时段的止日不能早于起日。"), field="period_until")
    if plan.due_on < day_of(now):
        raise Refused(_("完成期限不能早于今天。"), field="due_on")
    if not plan.seed.strip():
        raise Refused(_("请填写抽样种子，任意文字都可以。"), field="seed")
    if not inspectors:
        raise Refused(_("请至少选一名检查人。"), field="inspectors")
    able = set(eligible(agency).values_list("pk", flat=True))
    if any(each.pk not in able for each in inspectors):
        raise Refused(_("有检查人没有这个范围的检查权限，请重新选择。"), field="inspectors")
    if not plan.lines or not set(plan.lines) <= set(CODES):
        raise Refused(_("请至少选一项检查指标。"), field="lines")


def _tell_inspectors(campaign: Campaign, people: Iterable[Staff], now: datetime) -> None:
    for each in people:
        many = Inspection.objects.filter(
            campaign=campaign, inspector=each, state=State.WAITING.value
        ).count()
        if many:
            words = ASSIGNED % {"name": campaign.name[:60], "count": many}
            link = WORKLIST % campaign.pk
            notify_staff([each], words, kind="inspection", link=link, now=now)


def _count_fields(
    campaign: Campaign, people: Iterable[Staff], given: Iterable[int | None], actor: Staff,
    now: datetime,
) -> None:  # fmt: skip
    """Count a line of a check table as a field asked of the inspector's unit. Who asks herself asks
    nobody: what the office that opened the campaign checks is not counted."""
    own, many = home_of(actor), Counter(given)
    by_unit: dict[Agency, int] = {}
    for each in people:
        unit = home_of(each)
        if unit is not None and unit != own and many[each.pk]:
            by_unit[unit] = by_unit.get(unit, 0) + many[each.pk]
    for unit, accounts in by_unit.items():
        count_fields(
            unit, kind=FieldsAsked.Kind.CHECK,
            key=f"check:{campaign.pk}:{unit.pk}:{now.isoformat()}",
            title=f"检查填写：{campaign.name}，{accounts} 个账号",
            fields=CHECK * len(campaign.lines) * accounts,
            link=WORKLIST % campaign.pk, actor=actor, now=now,
        )  # fmt: skip


def running(campaign: Campaign) -> Campaign:
    """The campaign, locked, if it still runs. Raises `Refused`."""
    row = Campaign.objects.select_for_update().select_related("agency").get(pk=campaign.pk)
    if row.standing != Standing.RUNNING.value:
        raise Refused(_("这项检查已经结束，不能再改动。"))
    return row


# Who checks ------------------------------------------------------------------------------------


@transaction.atomic
def add_inspector(campaign: Campaign, person: Staff, *, actor: Staff, now: datetime) -> None:
    """Let one more person check; who left may come back. Raises `Refused`."""
    ensure_may(actor, CONFIRM, campaign.agency)
    row = running(campaign)
    if not eligible(row.agency).filter(pk=person.pk).exists():
        raise Refused(_("这名人员没有这个范围的检查权限。"), field="person")
    found, is_new = CampaignInspector.objects.get_or_create(campaign=row, staff=person)
    if not is_new and found.left_at is None:
        raise AlreadyDone(_("这名人员已经是检查人。"))
    found.left_at = None
    found.save()
    after = {"name": str(person)}
    audit.record(actor, "campaign.inspector_added", row, after=after, now=now)


@transaction.atomic
def remove_inspector(campaign: Campaign, person: Staff, *, actor: Staff, now: datetime) -> None:
    """A person checks no more; what waits with her has nobody until it is shared out again."""
    ensure_may(actor, CONFIRM, campaign.agency)
    row = running(campaign)
    found = CampaignInspector.objects.filter(campaign=row, staff=person, left_at=None).first()
    if found is None:
        raise AlreadyDone(_("这名人员已不是检查人。"))
    found.left_at = now
    found.save()
    before = {"name": str(person)}
    audit.record(actor, "campaign.inspector_removed", row, before=before, now=now)


def share_out(campaign: Campaign, *, actor: Staff, now: datetime) -> tuple[int, int]:
    """Give what nobody checks to those who do, evenly; how many were given, how many nobody may check."""
    ensure_may(actor, CONFIRM, campaign.agency)
    with transaction.atomic():
        row = running(campaign)
        people, lost = working_inspectors(row), orphans_of(row)
        if not lost:
            raise AlreadyDone(_("没有需要分派的账号。"))
        waiting = Inspection.objects.filter(campaign=row, state=State.WAITING.value)
        owners = list(
            waiting.exclude(pk__in=[each.pk for each in lost]).values_list(
                "inspector_id", flat=True
            )
        )
        loads = {each.pk: owners.count(each.pk) for each in people}
        tasks = [Task(each.pk, each.account.agency_id) for each in lost]
        shared = assign(tasks, inspectors_as_values(people, loads))
        for each in lost:
            each.inspector_id, each.reviewer = shared[each.pk], None
            each.revision += 1
        Inspection.objects.bulk_update(lost, ["inspector", "reviewer", "revision"], batch_size=200)
        given = sum(who is not None for who in shared.values())
        after = {"rows": given, "refused": len(lost) - given}
        audit.record(actor, "campaign.shared_out", row, after=after, now=now)
        _count_fields(row, people, shared.values(), actor, now)
    _tell_inspectors(campaign, people, now)
    return given, len(lost) - given


# The end -----------------------------------------------------------------------------------------


@transaction.atomic
def cancel_campaign(campaign: Campaign, *, reason: str, actor: Staff, now: datetime) -> None:
    """End a campaign without results. What was checked stays as it is. Raises `Refused`."""
    ensure_may(actor, CONFIRM, campaign.agency)
    if len(reason.strip()) < 4:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    row = running(campaign)
    row.standing, row.ended_at, row.ended_by = Standing.CANCELLED.value, now, actor
    row.reason = reason.strip()[:300]
    row.save()
    audit.record(actor, "campaign.cancelled", row, reason=reason, now=now)


def sign_campaign(campaign: Campaign, *, actor: Staff, now: datetime) -> int:
    """Sign the results: they never change again. Each failing check is to become a finding, which the job
    `Signing` does; how many. Raises `Refused` while an account is not settled.
    """
    ensure_may(actor, CONFIRM, campaign.agency)
    with transaction.atomic(), translation.override("zh-hans"):  # what is kept is kept in Chinese
        row = running(campaign)
        ended = [each.value for each in ENDED]
        left = Inspection.objects.filter(campaign=row).exclude(state__in=ended).count()
        if left:
            words = _("还有 %(count)s 个账号没有定下来，不能签发。")
            raise Refused(words % {"count": left})
        found = counted(row)
        if not found.total.checked:
            raise Refused(_("没有一个账号查出结果，不能签发。如不再检查，请取消这项检查。"))
        row.standing, row.ended_at, row.ended_by = Standing.SIGNED.value, now, actor
        row.results = frozen(found)
        row.save()
        begin_signing(row, len(found.failing), actor=actor, now=now)
        after = {
            "checked": found.total.checked, "passed": found.total.passed,
            "failed": found.total.failed, "findings": len(found.failing),
        }  # fmt: skip
        audit.record(actor, "campaign.signed", row, after=after, now=now)
    return len(found.failing)


@transaction.atomic
def correct_result(
    inspection: Inspection, code: str, mark: Mark, *, reason: str, evidence: Evidence | None = None,
    actor: Staff, now: datetime,
) -> Correction:  # fmt: skip
    """Say what was wrong in signed results: a row beside them. Raises `Refused`."""
    campaign = Campaign.objects.select_for_update().get(pk=inspection.campaign_id)
    ensure_may(actor, CONFIRM, campaign.agency)
    if campaign.standing != Standing.SIGNED.value:
        raise Refused(_("还没有签发，请直接改检查结论。"))
    if len(reason.strip()) < 4:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    inspection.refresh_from_db(fields=["state"])
    check = inspection.checks.filter(indicator=code, is_draft=False).first()
    if check is None or inspection.state != State.SETTLED.value:
        raise Refused(_("这个账号没有这一项的结论。"), field="indicator")
    last = inspection.corrections.filter(indicator=code).order_by("-id").first()
    before = last.after if last else ("passes" if check.decision == "lifted" else check.mark)
    if before == mark.value:
        raise Refused(_("更正后的结论与原来一样。"), field="mark")
    if mark is Mark.FAILS and (evidence is None or evidence.account_id != inspection.account_id):
        raise Refused(_("改为不合格，须选用这个账号已留存的证据。"), field="evidence")
    made = Correction.objects.create(
        inspection=inspection, indicator=code, before=before, after=mark.value,
        reason=reason.strip()[:300], evidence=evidence, at=now, by=actor,
    )  # fmt: skip
    audit.record(
        actor, "campaign.corrected", inspection, before={"mark": before}, reason=reason, now=now,
        after={"mark": mark.value, "indicator": str(inspecting.LINES[code])},
    )  # fmt: skip
    return made


def design_of(campaign: Campaign) -> Design:
    """How the sample of a campaign was drawn."""
    return Design(Method(campaign.method), size=campaign.size, percent=campaign.percent)
