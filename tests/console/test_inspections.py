"""Inspection at the desk: the plan and its preview, pages for those who may, the check table as a sheet."""

import csv
import html
import io
import re
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from minxin.agencies.models import Staff
from minxin.supervision.actions import hearing
from minxin.supervision.models import Campaign, Check, Finding, Inspection, Signing
from minxin.supervision.packs import library
from minxin.supervision.rules.inspection import LINES, USUAL, Mark
from tests.console.conftest import SignIn
from tests.console.test_english import _left, _written
from tests.console.test_lists import _shown
from tests.supervision.inspections import (
    Team,
    build_team,
    entries,
    hand_in,
    opened,
    released,
)
from tests.support.city import City

# Rules are told in the words of their documents, whoever reads them.
RULES = [
    *(each.title for each in library().packs),
    *(words for each in LINES for words in (each.document, each.article)),
]


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")


@pytest.fixture
def team(city: City, now: datetime) -> Team:
    return build_team(city, now)


@pytest.fixture
def lead(team: Team, at_desk: SignIn) -> Client:
    return at_desk(team.lead)


def _plan(city: City, team: Team, now: datetime, **changes: object) -> dict[str, object]:
    today = now.date()
    return {
        "name": "四季度抽查", "purpose": "spot", "agency": city.root.pk, "method": "proportional",
        "size": "4", "strata": ["platform", "place"], "period_from": today - timedelta(days=30),
        "period_until": today, "due_on": today + timedelta(days=9), "seed": "2026Q4",
        "lines": list(USUAL), "second_percent": "10", "defence_days": "3",
        "inspectors": [team.lead.pk, team.second.pk], **changes,
    }  # fmt: skip


def test_the_preview_tells_strata_and_writes_nothing(
    city: City, team: Team, lead: Client, now: datetime
) -> None:
    answer = lead.post("/console/supervision/campaigns/new/", _plan(city, team, now))
    assert answer.status_code == 200
    shares = answer.context["preview"].shares
    assert sum(each.size for each in shares) == 7
    assert all(each.drawn >= 1 for each in shares)
    text = answer.content.decode()
    assert "没有自己的更新规则、适用这一条的区划" in text
    assert not Campaign.objects.exists()
    form = {**_plan(city, team, now), "act": "open"}
    answer = lead.post("/console/supervision/campaigns/new/", form)
    assert answer.status_code == 302
    assert Campaign.objects.get().inspections.count() == sum(each.drawn for each in shares)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size": ""}, "这种抽样方式要填这一项"),
        ({"inspectors": []}, "必填"),
        ({"region_code": "110101"}, "选择一个有效的选项"),
        ({"due_on": "2020-01-01"}, "完成期限不能早于今天"),
    ],
)
def test_a_wrong_plan_keeps_what_was_typed(
    city: City, team: Team, lead: Client, now: datetime, changes: dict[str, object], words: str
) -> None:
    form = {**_plan(city, team, now, **changes), "act": "open"}
    answer = lead.post("/console/supervision/campaigns/new/", form)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert words in text
    assert 'value="四季度抽查"' in text
    assert not Campaign.objects.exists()


def test_places_are_picked_by_name_from_ones_own_tree(
    city: City, team: Team, lead: Client, at_desk: SignIn, now: datetime
) -> None:
    address = "/console/supervision/campaigns/new/"
    offered = dict(lead.get(address).context["form"].fields["region_code"].choices)
    assert offered["990102"] == "青禾区"
    assert "990100" in offered
    assert "110101" not in offered
    of_water = at_desk(team.of_water).get(address).context["form"]
    assert dict(of_water.fields["region_code"].choices).keys() == {"", "990102"}

    def previewed(code: str) -> int:
        form = _plan(city, team, now, region_code=code)
        return int(lead.post(address, form).context["preview"].accounts)

    assert previewed("990102") == 1
    assert previewed("990100") == previewed("") == 7  # with all below it
    form = {**_plan(city, team, now, region_code="990102"), "act": "open"}
    answer = lead.post(address, form, follow=True)
    assert "云溪市人民政府 · 青禾区" in answer.content.decode()


def test_the_check_table_is_a_sheet_with_the_columns_in_use(
    city: City, team: Team, lead: Client, now: datetime
) -> None:
    campaign = opened(city, team, now)
    row = released(campaign, team, now=now)
    hearing.defend(row, {"update.stale": "11月20日发过一条"}, actor=team.clerk, now=now)
    path = f"/console/supervision/campaigns/{campaign.pk}/table/"
    shown = _shown(lead.get(path, {"account": row.pk}).content.decode())
    sheet = lead.get(path, {"account": row.pk, "export": "csv"}).getvalue().decode("utf-8-sig")
    taken = list(csv.reader(io.StringIO(sheet)))
    assert taken[0][:8] == [
        "检查对象", "指标", "评分细则", "检查情况", "证据", "检查人", "复核人", "单位申辩",
    ]  # fmt: skip
    assert len(taken) == 1 + len(USUAL)
    assert [each[:8] for each in taken[1:]] == shown
    stale = next(each for each in taken if each[1] == "内容更新")
    assert stale[3].startswith("不合格：")
    assert stale[4].startswith("https://weibo.example/u/1")
    assert stale[7] == "11月20日发过一条"
    book = lead.get(path, {"export": "xlsx"})
    assert ".xlsx" in book["Content-Disposition"]


def test_a_unit_sees_only_what_was_released_to_it(
    city: City, team: Team, at_desk: SignIn, now: datetime
) -> None:
    campaign = opened(city, team, now)
    row = campaign.inspections.filter(agency=city.police).first()
    assert row is not None
    hand_in(row, entries(update_stale=Mark.FAILS), now=now)
    clerk = at_desk(team.clerk)
    page = f"/console/supervision/results/{row.pk}/"
    assert clerk.get(page).status_code == 404
    assert row.name not in clerk.get("/console/supervision/results/").content.decode()
    for path in ("campaigns/", f"inspections/{row.pk}/", f"checks/{row.pk}/", "worklist/"):
        assert clerk.get(f"/console/supervision/{path}").status_code == 404
    other = next(each for each in (team.lead, team.second) if each.pk != row.inspector_id)
    hearing.uphold(row, actor=other, now=now)
    assert clerk.get(page).status_code == 404
    hearing.release_results([row], actor=team.lead, now=now)
    assert "页面上最近一条是三周以前的" in clerk.get(page).content.decode()
    answer = clerk.post(page, {"act": "defend", "defence-update.stale": "嗯"})
    assert answer.status_code == 422
    assert ">嗯</textarea>" in answer.content.decode()
    assert at_desk(city.outsider).get(page).status_code == 404


def test_who_left_is_told_on_the_campaign_s_page(
    city: City, team: Team, lead: Client, now: datetime
) -> None:
    campaign = opened(city, team, now)
    page = f"/console/supervision/campaigns/{campaign.pk}/"
    hers = campaign.inspections.filter(inspector=team.third).count()
    one = campaign.inspectors.get(staff=team.third)
    lead.post(page, {"act": "remove", "inspector": one.pk})
    text = lead.get(page).content.decode()
    assert f"有 {hers} 个账号没有人检查" in text
    answer = lead.post(page, {"act": "share"}, follow=True)
    assert f"已分派 {hers} 个账号" in answer.content.decode()
    assert "没有人检查" not in answer.content.decode()
    assert lead.post(page, {"act": "sign"}, follow=True).content.decode().count("不能签发") == 1
    assert lead.post(page, {"act": "nonsense"}).status_code == 404


def test_a_refused_check_shows_where_and_keeps_the_words(
    city: City, team: Team, at_desk: SignIn, now: datetime
) -> None:
    opened(city, team, now)
    row = Inspection.objects.filter(inspector=team.lead).first()
    assert row is not None
    page = f"/console/supervision/checks/{row.pk}/"
    form = {f"mark-{code}": "passes" for code in USUAL} | {"revision": "0"}
    form |= {"mark-content.serious": "fails", "note-content.serious": "“人民”写成“人名”"}
    answer = at_desk(team.lead).post(page, form)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "“严重表述错误”不合格，须附链接或截图。" in text
    assert re.search(r'name="note-content.serious"\s+value="“人民”写成“人名”"', text)
    assert at_desk(team.second).post(page, form).status_code == 302
    row.refresh_from_db()
    assert row.state == "waiting"


def test_the_pages_are_english_for_who_reads_english(
    city: City, team: Team, at_desk: SignIn, now: datetime
) -> None:
    campaign = opened(city, team, now)
    row = released(campaign, team, now=now)
    Staff.objects.update(language="en")
    written = _written()
    waiting = Inspection.objects.filter(inspector=team.lead, state="waiting").first()
    assert waiting is not None
    pages = [
        (team.lead, "campaigns/"), (team.lead, "campaigns/new/"), (team.lead, "worklist/"),
        (team.lead, f"campaigns/{campaign.pk}/"), (team.lead, f"inspections/{row.pk}/"),
        (team.lead, f"campaigns/{campaign.pk}/table/"), (team.lead, f"checks/{waiting.pk}/"),
        (team.clerk, f"results/{row.pk}/"),
    ]  # fmt: skip
    left = {}
    for who, path in pages:
        desk = at_desk(who)
        desk.post("/console/language/", {"language": "en", "next": "/console/"})
        page = desk.get(f"/console/supervision/{path}").content.decode()
        kept = [*RULES, *Check.objects.values_list("machine", flat=True)]
        for words in sorted(kept, key=len, reverse=True):
            page = page.replace(html.escape(words), "") if words else page
        found = _left(page, written) - {"云溪市"}  # a place, after its office
        if found:
            left[path] = found
    assert not left


def _settled(city: City, team: Team, now: datetime) -> Campaign:
    """One account fails in two lines, the others pass; ready to be signed."""
    campaign = opened(city, team, now)
    row = released(campaign, team, now=now)
    hearing.waive(row, actor=team.clerk, now=now)
    for each in campaign.inspections.filter(state="waiting"):
        hand_in(each, entries(), now=now)
    return campaign


def test_few_findings_are_there_when_the_page_comes_back(
    city: City, team: Team, lead: Client, now: datetime
) -> None:
    campaign = _settled(city, team, now)
    path = f"/console/supervision/campaigns/{campaign.pk}/"
    page = lead.post(path, {"act": "sign"}, follow=True).content.decode()
    assert "不合格的已登记为问题" in page
    assert "2 / 2 项" in page
    assert "hx-get" not in lead.get(f"{path}signing/").content.decode()
    assert Finding.objects.count() == 2


def test_many_are_opened_by_a_worker_and_the_page_says_how_far(
    city: City, team: Team, lead: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("minxin.console.supervision.campaigns.FEW", 1)
    woken: list[int] = []
    monkeypatch.setattr("minxin.supervision.signing.wake", woken.append)
    campaign = _settled(city, team, now)
    path = f"/console/supervision/campaigns/{campaign.pk}/"
    page = lead.post(path, {"act": "sign"}, follow=True).content.decode()
    assert woken == [campaign.pk]
    assert not Finding.objects.exists()
    for words in ("正在把不合格的登记为问题", "0 / 2 项", f'hx-get="{path}signing/"'):
        assert words in page
    assert lead.get(f"{path}signing/").content.decode().count("0 / 2 项") == 1
    Signing.objects.update(status="failed", note="登记中断，已记入日志，可以点“继续登记”。")
    page = lead.get(path).content.decode()
    assert 'value="resume"' in page
    assert "登记中断" in page
    monkeypatch.setattr("minxin.console.supervision.campaigns.FEW", 20)
    page = lead.post(path, {"act": "resume"}, follow=True).content.decode()
    assert "2 / 2 项" in page
    assert Finding.objects.count() == 2
