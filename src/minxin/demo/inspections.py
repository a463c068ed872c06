"""Two inspections of the city: last quarter's, checked, defended and signed; this quarter's, half done."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from minxin.agencies.models import Agency, Staff
from minxin.supervision import signing
from minxin.supervision.actions import campaigns, checking, hearing
from minxin.supervision.models import Campaign, Inspection
from minxin.supervision.packs import library
from minxin.supervision.queries.populations import units_of
from minxin.supervision.rules.clock import day_of
from minxin.supervision.rules.inspection import Mark, Purpose, State
from minxin.supervision.rules.sampling import Design, Method

LEAD, OTHERS = "huangwei", ("gaojie", "qinlan", "shaoning")
PROOF = "https://www.yunxi.example/accounts/{platform}/{number}"
# What somebody at the page would write down: the line, and the words.
STALE = ("update.stale", "最近一条是三周以前的工作动态，之后没有更新。")
UNFILED = ("account.unfiled", "台账和报送系统里都没有查到备案。")
DEAF = ("interact.none", "菜单没有留言、咨询入口，发消息没有回复。")
DEFENDED = "云溪退役军人"
AGO = timedelta(days=44)
SIZE = 16


def play_last_quarter(now: datetime) -> int:
    """The signed one; how many accounts were checked."""
    at = now - AGO
    people = _people()
    campaign = _opened("上季度政务新媒体抽查", Purpose.SPOT, "2026Q3", SIZE, people, at)
    rows = list(campaign.inspections.order_by("id"))
    _check(rows, {rows[4].pk: DEAF, rows[9].pk: UNFILED}, at)
    for row in campaign.inspections.filter(state=State.SECOND.value):
        hearing.uphold(row, actor=_other(row, people), now=at)
    hearing.release_results(
        campaign.inspections.filter(state=State.UPHELD.value), actor=people[0], now=at
    )
    late = at + timedelta(days=10)
    for row in campaign.inspections.filter(state=State.RELEASED.value):
        hearing.waive(row, actor=people[0], now=late)
    campaigns.sign_campaign(campaign, actor=people[0], now=late)
    signing.work(campaign.pk, clock=lambda: late)
    return campaign.inspections.count()


def play_this_quarter(now: datetime) -> int:
    """The running one, half checked, one account defended; how many accounts it has."""
    people = _people()
    at = now - timedelta(hours=2)
    campaign = _opened("本季度政务新媒体检查", Purpose.QUARTERLY, "2026Q4", 0, people, at)
    rows = list(campaign.inspections.order_by("id"))
    stale = next(each for each in rows if each.name == DEFENDED)
    rest = [each for each in rows if each != stale]
    _check([stale, *rest[: len(rows) // 3]], {stale.pk: STALE, rest[2].pk: UNFILED}, at)
    stale.refresh_from_db()
    hearing.uphold(stale, actor=_other(stale, people), now=at)
    hearing.release_results([stale], actor=people[0], now=at)
    words = {"update.stale": "上周在视频号同步发布过优待政策，公众号因人员调整暂停。"}
    hearing.defend(stale, words, actor=Staff.objects.get(username="jinhao"), now=now)
    return len(rows)


def _people() -> list[Staff]:
    by_name = {each.username: each for each in Staff.objects.filter(username__in=[LEAD, *OTHERS])}
    return [by_name[name] for name in (LEAD, *OTHERS)]


def _opened(
    name: str, purpose: Purpose, seed: str, size: int, people: Sequence[Staff], at: datetime
) -> Campaign:
    today = day_of(at)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    plan = campaigns.Plan(
        name=name, purpose=purpose, period_from=quarter, period_until=today,
        due_on=today + timedelta(days=14), design=Design(Method.PROPORTIONAL, size=size) if size else Design(Method.WHOLE),
        seed=seed, strata=("platform", "place") if size else (), second_percent=10,
    )  # fmt: skip
    root = Agency.objects.get(code="yunxi")
    return campaigns.open_campaign(plan, root, people, library=library(), actor=people[0], now=at)


def _check(rows: Iterable[Inspection], bad: Mapping[int, tuple[str, str]], at: datetime) -> None:
    for row in rows:
        entries = {code: checking.Entry(Mark.PASSES) for code in row.campaign.lines}
        if row.pk in bad:
            code, note = bad[row.pk]
            link = PROOF.format(platform=row.platform, number=row.account_id)
            entries[code] = checking.Entry(Mark.FAILS, note=note, link=link)
        checking.hand_in(
            row, entries, revision=row.revision, library=library(), actor=_inspector(row), now=at
        )


def _other(row: Inspection, people: Sequence[Staff]) -> Staff:
    """Somebody who did not check it and does not belong to the unit whose account it is."""
    own = units_of(people)
    strangers = (each for each in people if row.agency_id not in own[each.pk])
    return next(each for each in strangers if each.pk != row.inspector_id)


def _inspector(row: Inspection) -> Staff:
    return Staff.objects.get(pk=row.inspector_id or 0)
