"""试一问: what is told and why agrees with what a citizen hears; nothing is counted."""

from datetime import date, datetime

import pytest

from minxin.agencies.models import Staff
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import AnswerThreshold, UnansweredQuestion
from tests.console.conftest import SignIn, Work
from tests.support.city import City
from tests.support.entries import entry

ADDRESS = "/console/knowledge/try/"
TODAY = date(2026, 11, 24)


def _asked(city: City, q: str, **more: object) -> dict[str, object]:
    return {"q": q, "account": city.account.pk, "on": "2026-11-24", "region": "", **more}


@pytest.mark.parametrize(
    ("question", "on", "region", "verdict"),
    [
        ("居住证怎样申领", TODAY, "990100", "same"),
        ("帮我写一首诗", TODAY, "990100", "nothing"),
        ("居住证丢了想补办一张新的要几天才能拿到", TODAY, "990100", "weak"),
        ("居住证怎样申领", date(2020, 1, 1), "990100", "barred"),
        ("养犬登记怎样办理", TODAY, "880100", "barred"),
    ],
)
def test_the_verdict_agrees_with_the_lookup(
    city: City, work: Work, now: datetime, question: str, on: date, region: str, verdict: str
) -> None:
    entry(city.police, "养犬登记怎样办理", now=now, region_code="990100")
    index = LiveIndex()
    index.build()
    told = index.explain(question, on=on, region=region, agency_id=city.police.pk)
    found = index.lookup(question, on=on, region=region, agency_id=city.police.pk)
    assert told.found == found
    assert told.verdict == verdict
    assert (found.answer is None) == (verdict not in {"same", "certain", "sure"})
    for part in told.parts:
        assert part.shared
        assert 0 < part.value <= 1
        assert set(part.shared).isdisjoint(part.missing)


def test_what_the_agency_raised_is_said(city: City, now: datetime) -> None:
    entry(city.police, "居住证怎样申领", now=now)
    entry(city.police, "港澳通行证怎样续签", now=now)
    question, asking = (
        "港澳通行证到期续签",
        {"on": TODAY, "region": "990100", "agency_id": city.police.pk},
    )
    index = LiveIndex()
    index.build()
    given = index.explain(question, **asking)
    assert given.found.answer is not None
    assert given.found.confidence < 0.99
    AnswerThreshold.objects.create(agency=city.police, sure=0.99, changed_at=now)
    raised = LiveIndex()
    raised.build()
    told = raised.explain(question, **asking)
    assert (told.verdict, told.sure, told.found.answer) == ("raised", 0.99, None)
    assert told.found == raised.lookup(question, **asking)


def test_the_scores_are_those_of_the_lookup(city: City, now: datetime) -> None:
    entry(city.police, "居住证怎样申领", now=now)
    entry(city.police, "港澳通行证怎样续签", now=now)
    index = LiveIndex()
    index.build()
    for question in ("居住证申领材料", "通行证续签", "办证", "港澳通行证到期续签要多久"):
        told = index.explain(question, on=TODAY, region="990100", agency_id=city.police.pk)
        if told.found.confidence not in {0.0, 1.0}:
            assert max(each.value for each in told.parts) == pytest.approx(
                told.found.confidence, abs=0.01
            )


def test_an_editor_tries_and_nothing_is_kept(
    city: City, work: Work, editor: Staff, at_desk: SignIn
) -> None:
    desk = at_desk(editor)
    assert ADDRESS in desk.get("/console/knowledge/").content.decode()
    assert "试一问" in desk.get(ADDRESS).content.decode()
    before = UnansweredQuestion.objects.count()
    page = desk.post(ADDRESS, _asked(city, "居住证怎样申领")).content.decode()
    assert "会直接回答" in page
    assert work.entry.answer in page
    assert "云溪市办事指南" in page
    silent = desk.post(ADDRESS, _asked(city, "养蜂补贴怎么领")).content.decode()
    assert "不回答" in silent
    past = desk.post(ADDRESS, _asked(city, "居住证怎样申领", on="2020-01-01")).content.decode()
    assert "这一天不在有效期" in past
    assert UnansweredQuestion.objects.count() == before


def test_bad_input_is_said_and_stays(
    city: City, work: Work, editor: Staff, at_desk: SignIn
) -> None:
    desk = at_desk(editor)
    refused = desk.post(ADDRESS, _asked(city, "居住证怎样申领", on="昨天"))
    assert refused.status_code == 422
    assert "居住证怎样申领" in refused.content.decode()
    assert desk.post(ADDRESS, _asked(city, "")).status_code == 422
    assert desk.post(ADDRESS, _asked(city, "长" * 400)).status_code == 422


def test_only_accounts_one_may_look_at(city: City, work: Work, at_desk: SignIn) -> None:
    refused = at_desk(city.outsider).post(ADDRESS, _asked(city, "居住证怎样申领"))
    assert refused.status_code == 422
    assert work.entry.answer not in refused.content.decode()
    assert at_desk(city.administrator).get(ADDRESS).status_code == 404
