"""From the results of a campaign to the facts of a notice."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from minxin.accounts.models import Platform
from minxin.accounts.queries.divisions import known_divisions
from minxin.agencies.models import Agency
from minxin.core.errors import Refused
from minxin.reports.layout.blocks import in_chinese
from minxin.reports.rules.facts import (
    AccountFact,
    EarlierFact,
    NoticeFacts,
    ProblemFact,
    Result,
)
from minxin.supervision.models import Campaign, Finding
from minxin.supervision.queries.campaigns import results
from minxin.supervision.queries.populations import place_names, row_from
from minxin.supervision.queries.results import ORIGIN
from minxin.supervision.rules.inspection import Standing
from minxin.supervision.rules.inspection import State as Checked
from minxin.supervision.rules.rectification import State

_AREAS = (("省", "全省"), ("自治区", "全区"), ("市", "全市"), ("县", "全县"), ("区", "全区"))


def area_of(agency: Agency) -> str:
    """What a notice of this agency calls its area: 全市 of a city's office, else its own name."""
    if agency.parent_id is None:
        for sign, said in _AREAS:
            if sign in agency.name:
                return said
    return agency.name


def period_said(since: date, until: date) -> str:
    """A period as a title says it: 11月, 第四季度, 上半年; nothing for a whole year or what has no name."""
    if since.year != until.year:
        return ""
    if since.month == until.month:
        return f"{until.month}月"
    quarter = (until.month - 1) // 3
    if (since.month - 1) // 3 == quarter:
        return f"第{in_chinese(quarter + 1)}季度"
    halves = {(0, 0): "上半年", (1, 1): "下半年"}
    return halves.get(((since.month - 1) // 6, (until.month - 1) // 6), "")


def notice_facts(
    campaign: Campaign, *, agency_said: str, area: str, report_by: date | None
) -> NoticeFacts:
    """What a signed campaign found, account by account, with the problems of the one before it.

    Raises `Refused` while it is not signed, or when its list does not add up to what was signed.
    """
    if campaign.standing != Standing.SIGNED.value:
        raise Refused(_("这项检查还没有签发结果，不能起草通报。"), field="campaign")
    found = results(campaign)
    failed = {each.account_id for each in found.failing if each.fails_account}
    checked = set(
        campaign.inspections.filter(state=Checked.SETTLED.value).values_list(
            "account_id", flat=True
        )
    )
    rows = [row_from(each) for each in campaign.population.members]
    divisions, platforms = known_divisions(), dict(Platform.choices)
    codes = {each.region for each in rows}
    places = {code: divisions.name(code) for code in codes} | place_names(codes)

    def result(number: int) -> Result:
        if number not in checked:
            return Result.UNCHECKED
        return Result.FAILED if number in failed else Result.PASSED

    facts = NoticeFacts(
        agency=agency_said,
        area=area,
        year=campaign.period_until.year,
        period=period_said(campaign.period_from, campaign.period_until),
        began_on=campaign.period_from,
        until_on=campaign.period_until,
        accounts=tuple(
            AccountFact(
                each.account, each.name, str(platforms.get(each.platform, each.platform)),
                each.unit, places[each.region] or each.region or _("未登记地区"),
                result(each.account),
            )
            for each in rows
        ),
        problems=tuple(
            ProblemFact(at, each.account_id, each.title, each.fails_account, each.seen)
            for at, each in enumerate(found.failing, start=1)
        ),
        earlier=_earlier(campaign),
        report_by=report_by,
    )  # fmt: skip
    states = [each.result for each in facts.accounts]
    counted = (len(states), states.count(Result.PASSED), states.count(Result.FAILED))
    if counted != (found.total.accounts, found.total.passed, found.total.failed):
        raise Refused(_("检查名单与签发的结果对不上，不能起草通报，请联系管理员。"))
    return facts


def _earlier(campaign: Campaign) -> tuple[EarlierFact, ...] | None:
    """The findings of the last campaign of the same scope that was signed before this one; those that
    were withdrawn as false are left out. None where there was none."""
    before = Campaign.objects.filter(
        agency=campaign.agency, region_code=campaign.region_code, standing=Standing.SIGNED.value,
        period_until__lt=campaign.period_until,
    ).exclude(pk=campaign.pk).order_by("-period_until", "-id").first()  # fmt: skip
    if before is None:
        return None
    rows = Finding.objects.filter(origin=ORIGIN, origin_key__startswith=f"{before.pk}:")
    rows = rows.exclude(state=State.WITHDRAWN.value).select_related("account", "agency")
    return tuple(
        EarlierFact(
            each.pk, each.account.name, each.agency.name,
            each.title.removesuffix("：不合格"), each.state == State.CLOSED.value,
        )
        for each in rows.order_by("id")
    )  # fmt: skip
