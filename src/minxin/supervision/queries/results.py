"""What a campaign found: counts as published notices print them, and every line that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from minxin.accounts.models import Level, Platform
from minxin.supervision import inspecting
from minxin.supervision.models import Campaign, Check, Correction, Finding, Inspection
from minxin.supervision.queries.populations import Row, place_names, row_from
from minxin.supervision.rules.inspection import ENDED, Mark, Purpose, Standing, State, fails
from minxin.supervision.rules.packs import Severity

ORIGIN = "campaign_check"


def origin_key(inspection: Inspection, code: str) -> str:
    """What names a failing check as the origin of a finding."""
    return f"{inspection.campaign_id}:{inspection.pk}:{code}"


@dataclass(frozen=True, slots=True)
class Tally:
    """账号数, 抽查数, 合格数, 不合格数 of a platform, a unit, a place or all. `accounts`: on the frozen
    list, drawn or not; `checked` is `passed` and `failed`."""

    key: str
    name: str
    accounts: int = 0
    checked: int = 0
    passed: int = 0
    failed: int = 0

    @property
    def rate(self) -> Decimal | None:
        """合格率 in percent, to two decimals: (checked - failed) / checked; None for none checked."""
        if not self.checked:
            return None
        share = Decimal(100) * (self.checked - self.failed) / self.checked
        return share.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class FailingCheck:
    """One line that stands as 不合格. `fails_account`: a veto, which alone fails the account."""

    inspection_id: int
    account_id: int
    account: str
    platform: str
    platform_name: str
    agency_id: int
    unit: str
    region_code: str
    indicator: str
    title: str
    severity: str
    fails_account: bool
    seen: str
    evidence_id: int | None
    evidence_link: str
    inspector: str
    reviewer: str
    defence: str
    finding_id: int | None


@dataclass(frozen=True, slots=True)
class Amendment:
    """A correction made after the signing; the figures stay as they were signed."""

    inspection_id: int
    account: str
    indicator: str
    title: str
    before: str
    after: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CampaignResults:
    """What a campaign found. Signed, it is what was signed; running, as it stands now: `open` accounts
    are not settled then, and count neither as passed nor as failed."""

    campaign_id: int
    name: str
    purpose: str
    purpose_name: str
    agency_id: int
    agency: str
    region_code: str
    period_from: date
    period_until: date
    is_signed: bool
    signed_at: datetime | None
    signed_by: str
    seed: str
    population_sha256: str
    total: Tally
    drawn: int
    open: int
    withdrawn: int
    by_platform: tuple[Tally, ...]
    by_agency: tuple[Tally, ...]
    by_division: tuple[Tally, ...]
    by_level: tuple[Tally, ...]
    failing: tuple[FailingCheck, ...]
    corrections: tuple[Amendment, ...] = ()


TALLIES = ("by_platform", "by_agency", "by_division", "by_level")


def results(campaign: Campaign) -> CampaignResults:
    """What a campaign found, with the corrections made since."""
    corrections = tuple(_amendments(campaign))
    found = campaign.results
    if campaign.standing == Standing.SIGNED.value and found is not None:
        return CampaignResults(
            **{
                **found,
                "period_from": campaign.period_from,
                "period_until": campaign.period_until,
                "is_signed": True,
                "signed_at": campaign.ended_at,
                "signed_by": str(campaign.ended_by),
                "total": Tally(**found["total"]),
                **{name: tuple(Tally(**each) for each in found[name]) for name in TALLIES},
                "failing": tuple(
                    FailingCheck(**{**each, "finding_id": number})
                    for each, number in _with_findings(campaign, found["failing"])
                ),
                "corrections": corrections,
            }
        )
    return counted(campaign)


def _with_findings(
    campaign: Campaign, failing: Iterable[Mapping[str, Any]]
) -> Iterable[tuple[Mapping[str, Any], int | None]]:
    numbers = findings_of(campaign)
    for each in failing:
        key = f"{campaign.pk}:{each['inspection_id']}:{each['indicator']}"
        yield each, numbers.get(key)


def findings_of(campaign: Campaign) -> dict[str, int]:
    """The findings a campaign opened, by the key of their origin."""
    rows = Finding.objects.filter(origin=ORIGIN, origin_key__startswith=f"{campaign.pk}:")
    return dict(rows.values_list("origin_key", "pk"))


def frozen(found: CampaignResults) -> dict[str, Any]:
    """Results as they are kept when they are signed."""
    kept = asdict(found)
    for name in ("period_from", "period_until", "is_signed", "signed_at", "signed_by"):
        kept.pop(name)
    kept.pop("corrections")
    return kept


def counted(campaign: Campaign) -> CampaignResults:
    """Results counted from the rows as they stand now."""
    rows = [row_from(each) for each in campaign.population.members]
    inspections = list(campaign.inspections.select_related("inspector", "reviewer").order_by("id"))
    checks: dict[int, list[Check]] = {}
    handed_in = Check.objects.filter(inspection__campaign=campaign, is_draft=False)
    for check in handed_in.select_related("evidence"):
        checks.setdefault(check.inspection_id, []).append(check)
    passed = {
        each.account_id: not fails(_standing(checks.get(each.pk, [])))
        for each in inspections
        if each.state == State.SETTLED.value
    }
    places = place_names({each.region for each in rows})
    platforms, levels = dict(Platform.choices), dict(Level.choices)
    states = [each.state for each in inspections]
    return CampaignResults(
        campaign_id=campaign.pk,
        name=campaign.name,
        purpose=campaign.purpose,
        purpose_name=str(inspecting.PURPOSES[Purpose(campaign.purpose)]),
        agency_id=campaign.agency_id,
        agency=campaign.agency.name,
        region_code=campaign.region_code or campaign.agency.region_code,
        period_from=campaign.period_from,
        period_until=campaign.period_until,
        is_signed=False,
        signed_at=None,
        signed_by="",
        seed=campaign.seed,
        population_sha256=campaign.population.sha256,
        total=_tally("", "", rows, passed),
        drawn=len(inspections),
        open=sum(state not in {each.value for each in ENDED} for state in states),
        withdrawn=states.count(State.WITHDRAWN.value),
        by_platform=_by(rows, passed, lambda row: row.platform, platforms),
        by_agency=_by(
            rows, passed, lambda row: str(row.agency), {str(row.agency): row.unit for row in rows}
        ),
        by_division=_by(rows, passed, lambda row: row.region, places),
        by_level=_by(rows, passed, lambda row: row.level, levels),
        failing=tuple(_failing(campaign, inspections, checks)),
    )


def _standing(checks: Iterable[Check]) -> list[tuple[Severity, Mark]]:
    return [
        (Severity(each.severity), Mark.FAILS if each.is_failing else Mark.PASSES) for each in checks
    ]


def _tally(key: str, name: str, rows: Iterable[Row], passed: Mapping[int, bool]) -> Tally:
    rows = list(rows)
    marks = [passed[each.account] for each in rows if each.account in passed]
    return Tally(key, name, len(rows), len(marks), sum(marks), len(marks) - sum(marks))


def _by(
    rows: list[Row], passed: Mapping[int, bool], key_of: Callable[[Row], str],
    names: Mapping[str, Any],
) -> tuple[Tally, ...]:  # fmt: skip
    groups: dict[str, list[Row]] = {}
    for each in rows:
        groups.setdefault(key_of(each), []).append(each)
    return tuple(
        _tally(key, str(names.get(key, key)) or "—", groups[key], passed) for key in sorted(groups)
    )


def _failing(
    campaign: Campaign, inspections: Iterable[Inspection], checks: Mapping[int, list[Check]]
) -> Iterable[FailingCheck]:
    order = {code: place for place, code in enumerate(campaign.lines)}
    findings = findings_of(campaign)
    platforms = dict(Platform.choices)
    for each in inspections:
        if each.state != State.SETTLED.value:
            continue
        mine = sorted(checks.get(each.pk, []), key=lambda one: order.get(one.indicator, 99))
        for check in mine:
            if not check.is_failing:
                continue
            yield FailingCheck(
                inspection_id=each.pk,
                account_id=each.account_id,
                account=each.name,
                platform=each.platform,
                platform_name=str(platforms.get(each.platform, each.platform)),
                agency_id=each.agency_id,
                unit=each.unit,
                region_code=each.region_code,
                indicator=check.indicator,
                title=line_said(check.indicator),
                severity=check.severity,
                fails_account=check.severity == Severity.VETO.value,
                seen=check.note,
                evidence_id=check.evidence_id,
                evidence_link=check.evidence.link if check.evidence else "",
                inspector=str(each.inspector or ""),
                reviewer=str(each.reviewer or ""),
                defence=check.defence,
                finding_id=findings.get(origin_key(each, check.indicator)),
            )


def _amendments(campaign: Campaign) -> Iterable[Amendment]:
    rows = Correction.objects.filter(inspection__campaign=campaign)
    for each in rows.select_related("inspection", "by").order_by("id"):
        yield Amendment(
            each.inspection_id, each.inspection.name, each.indicator, line_said(each.indicator),
            each.before, each.after, each.reason, str(each.by), each.at,
        )  # fmt: skip


def line_said(code: str) -> str:
    """What a line of the check table is called; the code of one that is no more."""
    return str(inspecting.LINES.get(code, code))
