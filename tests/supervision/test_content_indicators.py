"""严重表述错误, 个人信息, 商业广告: indicators on what looking back found; a person confirms place by place."""

from datetime import datetime

import pytest

from minxin.supervision import actions
from minxin.supervision.actions import hits as deciding
from minxin.supervision.actions.word_lists import TermDraft
from minxin.supervision.models import Candidate, Finding, Hit, PublishedItem
from minxin.supervision.packs import library
from minxin.supervision.queries import known_of
from minxin.supervision.queries.machine import View, views_of
from minxin.supervision.rules.inspection import Mark
from minxin.supervision.rules.packs import Severity
from tests.supervision.conftest import Office
from tests.supervision.test_lookback import PHONE, keep, listed, run

pytestmark = pytest.mark.django_db
GRAVE = TermDraft("中华人民共合国", "中华人民共和国", Severity.VETO)
ADVERT = TermDraft("限时抢购", "", Severity.VETO)


def view(office: Office, code: str, now: datetime) -> View:
    return views_of(office.account, library(), now=now)[code]


def test_what_nobody_looked_at_is_no_guess(office: Office, now: datetime) -> None:
    said = view(office, "content.serious", now)
    assert (said.guess, "没有留存" in said.said) == (None, True)
    keep(office.account, "今天放假", now=now)
    run(listed(office, GRAVE, now=now, kind="words"), now)
    said = view(office, "content.serious", now)
    assert (said.guess, "留存了 1 篇" in said.said) == (None, True)
    assert said.rule == "national-serious 2019-04-01"
    said = view(office, "content.ad", now)
    assert (said.guess, "还没有用这一类的词表查过" in said.said) == (None, True)


@pytest.mark.parametrize(
    ("kind", "terms", "text", "code", "severity"),
    [
        ("words", (GRAVE,), "中华人民共合国", "content.serious", "veto"),
        ("ads", (ADVERT,), "快来限时抢购", "content.ad", "major"),
        ("privacy", (), f"联系电话{PHONE}", "content.privacy", "major"),
    ],
)
def test_a_place_waits_is_confirmed_and_is_a_finding_of_its_indicator(
    office: Office, now: datetime, kind: str, terms: tuple[TermDraft, ...], text: str, code: str,
    severity: str,
) -> None:  # fmt: skip
    keep(office.account, text, "别的内容", now=now)
    run(listed(office, *terms, now=now, kind=kind), now)
    said = view(office, code, now)
    assert said.guess is Mark.UNCLEAR
    assert "待人工确认 1 处" in said.said
    others = {"content.serious", "content.ad", "content.privacy"} - {code}
    assert {view(office, each, now).guess for each in others} == {None}
    (finding,) = deciding.confirm_hits(Hit.objects.all(), actor=office.supervisor, now=now)
    assert (finding.indicator, finding.severity) == (code, severity)
    assert finding.evidence is not None
    said = view(office, code, now)
    assert said.guess is Mark.FAILS
    assert "已确认还没有销号 1 处" in said.said
    Finding.objects.filter(pk=finding.pk).update(state="closed")
    assert view(office, code, now).guess is None


def test_no_candidate_stands_beside_the_hits(office: Office, now: datetime) -> None:
    keep(office.account, "中华人民共合国", now=now)
    run(listed(office, GRAVE, now=now, kind="words"), now)
    actions.evaluate([office.account], now=now)
    assert not Candidate.objects.filter(indicator__startswith="content.").exists()
    content = known_of([office.account], library(), now=now)[office.account.pk].content
    assert (content.items, content.found["content.serious"].waiting) == (1, 1)


def test_a_dismissed_place_says_nothing_any_more(office: Office, now: datetime) -> None:
    keep(office.account, "中华人民共合国", now=now)
    run(listed(office, GRAVE, now=now, kind="words"), now)
    deciding.dismiss_hits(
        Hit.objects.all(), reason="引用的是错例", actor=office.supervisor, now=now
    )
    assert view(office, "content.serious", now).guess is None


def test_a_finding_that_grows_grave_becomes_the_grave_indicator_s(
    office: Office, now: datetime
) -> None:
    small = TermDraft("按装", "安装", Severity.MINOR)
    keep(office.account, "按装", "中华人民共合国", now=now)
    run(listed(office, small, GRAVE, now=now, kind="words"), now)
    first, second = Hit.objects.order_by("item_id")
    (finding,) = deciding.confirm_hits([first], actor=office.supervisor, now=now)
    assert finding.indicator == "content.wording"
    (same,) = deciding.confirm_hits([second], actor=office.supervisor, now=now)
    assert (same.pk, same.indicator, same.severity) == (finding.pk, "content.serious", "veto")


def test_another_account_s_places_are_not_told_and_other_systems_are_not_bound(
    office: Office, now: datetime
) -> None:
    keep(office.weibo, "中华人民共合国", now=now)
    keep(office.account, "正文", now=now)
    run(listed(office, GRAVE, now=now, kind="words"), now)
    assert PublishedItem.objects.count() == 2
    assert view(office, "content.serious", now).guess is None
    office.weibo.affiliation = "party"
    office.weibo.save()
    said = views_of(office.weibo, library(), now=now)["content.serious"]
    assert said.guess is Mark.DOES_NOT_APPLY
