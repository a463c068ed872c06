"""An inspection in the test city: three inspectors of the whole city, seven accounts, a clerk."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies.models import LocalDivision, Staff
from minxin.agencies.rules import Role
from minxin.supervision.actions import campaigns, checking, hearing
from minxin.supervision.models import Campaign, Inspection
from minxin.supervision.packs import library
from minxin.supervision.rules.inspection import USUAL, Mark, Purpose, State
from minxin.supervision.rules.sampling import Design, Method
from tests.supervision.conftest import add
from tests.support.city import SETUP, City

PLATFORMS = ("weibo", "douyin", "toutiao", "kuaishou", "channels")
PROOF = "https://weibo.example/u/1"


@dataclass(frozen=True, slots=True)
class Team:
    """黄薇 leads; 高洁 and 秦岚 check too; 何涛 keeps the police's accounts."""

    lead: Staff
    second: Staff
    third: Staff
    clerk: Staff
    of_water: Staff
    accounts: tuple[Account, ...]


def build_team(city: City, now: datetime) -> Team:
    LocalDivision.objects.get_or_create(code="990102", defaults={"name": "青禾区"})
    made = [
        accounts.register(
            agency=city.police, name=f"云溪公安{platform}", platform=platform, is_verified=True,
            region_code="990100", actor=SETUP, now=now,
        )
        for platform in PLATFORMS
    ]  # fmt: skip
    made.append(
        accounts.register(
            agency=city.water, name="云溪水务", platform="weibo", is_verified=True,
            actor=SETUP, now=now,
        )
    )  # fmt: skip
    # Straight into the table: the test city has no division of its own.
    Account.objects.filter(agency=city.water).update(region_code="990102")
    return Team(
        add("huangwei", "黄薇", Role.SUPERVISOR, city.root, now),
        add("gaojie", "高洁", Role.SUPERVISOR, city.root, now),
        add("qinlan", "秦岚", Role.SUPERVISOR, city.root, now),
        city.operator,
        add("sunlan", "孙兰", Role.SUPERVISOR, city.water, now),
        (city.account, *made),
    )


def plan(now: datetime, **changes: object) -> campaigns.Plan:
    today = now.date()
    made = campaigns.Plan(
        name="2026年第四季度检查", purpose=Purpose.QUARTERLY,
        period_from=date(2026, 10, 1), period_until=today, due_on=today + timedelta(days=10),
        design=Design(Method.WHOLE), seed="2026Q4", second_percent=0,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def opened(city: City, team: Team, now: datetime, **changes: object) -> Campaign:
    return campaigns.open_campaign(
        plan(now, **changes), city.root, [team.lead, team.second, team.third],
        library=library(), actor=team.lead, now=now,
    )  # fmt: skip


def entries(**marks: Mark) -> dict[str, checking.Entry]:
    """All lines pass but those named, `update_stale=Mark.FAILS`; what fails has words and a link."""
    named = {code.replace("_", ".", 1): mark for code, mark in marks.items()}
    found = {}
    for code in USUAL:
        mark = named.get(code, Mark.PASSES)
        if mark is Mark.PASSES:
            found[code] = checking.Entry(mark)
        else:
            found[code] = checking.Entry(mark, note="页面上最近一条是三周以前的", link=PROOF)
    return found


def hand_in(
    inspection: Inspection, given: Mapping[str, checking.Entry], *, now: datetime,
    by: Staff | None = None,
) -> State:  # fmt: skip
    row = Inspection.objects.get(pk=inspection.pk)
    actor = by or row.inspector
    assert actor is not None
    return checking.hand_in(
        row, given, revision=row.revision, library=library(), actor=actor, now=now
    )


def other_than(inspection: Inspection, team: Team) -> Staff:
    row = Inspection.objects.get(pk=inspection.pk)
    return next(each for each in (team.lead, team.second, team.third) if each != row.inspector)


def released(campaign: Campaign, team: Team, *, now: datetime) -> Inspection:
    """One account of the police that failed twice and was released to its unit."""
    row = campaign.inspections.filter(agency__code="police").first()
    assert row is not None
    hand_in(row, entries(update_stale=Mark.FAILS, account_unfiled=Mark.FAILS), now=now)
    hearing.uphold(row, actor=other_than(row, team), now=now)
    hearing.release_results([row], actor=team.lead, now=now)
    return Inspection.objects.get(pk=row.pk)
