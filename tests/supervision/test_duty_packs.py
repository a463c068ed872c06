"""Rule packs of duties: what is wrong with a file is told, a confirmed one holds, a new one is tried."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from minxin.supervision import packs
from minxin.supervision.backtesting import Trial
from minxin.supervision.indicators import INDICATORS
from minxin.supervision.packs import BadPack, library, parse
from minxin.supervision.rules.backtests import Change
from minxin.supervision.rules.duties import MATTERS, UNITS, Matter
from tests.supervision.conftest import Office
from tests.supervision.test_relaying import give
from tests.support.city import City

DAY = timedelta(days=1)


def shipped(name: str, **changed: str) -> str:
    text = (packs.SHIPPED / f"{name}.toml").read_text()
    for old, new in changed.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("proposed-relay", "percent = 100", "percent = 101", "1 到 100 的整数"),
        ("proposed-relay", "percent = 100", "percent = true", "1 到 100 的整数"),
        ("proposed-relay", "percent = 100", "", "写明 percent"),
        ("proposed-relay", "percent = 100", "days = 100", "只能写 percent、suspended"),
        ("proposed-relay", "percent = 100", "percent = 70", "示例“应转载5件，按时4件”应得“hit”"),
        ("national-opinion-5h", 'matter = "first_word"', "", "“matter”的值“”不认识"),
        ("national-opinion-5h", 'matter = "first_word"', 'matter = "reply"', "first_word、press"),
        ("national-opinion-5h", "hours = 5", "hours = 6", "示例“5小时1分才有首条”"),
        ("national-disclosure-reply", "working_days = 20", "working_days = 21", "示例“第21个工作日"),
        ("proposed-ad", "[source]", "[limit]\nhours = 5\n\n[source]", "只能写 days、suspended"),
        ("proposed-ad", "[source]", "[limit]\ndays = 5\n\n[source]", "不计天数"),
        ("unread-disclosure-correction", "is_confirmed = false", 'is_confirmed = "no"', "true 或 false"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_pack_is_told(name: str, old: str, new: str, says: str) -> None:
    with pytest.raises(BadPack, match=says):
        parse(shipped(name, **{old: new}))


def test_a_pack_holds_once_somebody_has_read_its_source(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.MINXIN_HOME = tmp_path
    folder = tmp_path / packs.FOLDER
    folder.mkdir()
    before = library().named("unread-disclosure-correction")
    text = shipped(
        "unread-disclosure-correction", **{"is_confirmed = false": "is_confirmed = true"}
    )
    (folder / "read.toml").write_text(text)
    after = library().named("unread-disclosure-correction")
    assert before is not None
    assert after is not None
    day = date(2026, 11, 24)
    assert (before.holds_on(day), after.holds_on(day)) == (False, True)


def test_every_clock_has_a_rule_and_every_duty_a_unit() -> None:
    found = {
        (pack.indicator, pack.limit.matter) for pack in library().packs if pack.limit is not None
    }
    assert {matter for _name, matter in found if matter} == set(Matter)
    assert {name for name, _matter in found} == set(UNITS)
    assert set(MATTERS) < set(UNITS)
    assert {each.name for each in INDICATORS if each.counts_keys} == set(UNITS)


@pytest.mark.django_db
def test_a_milder_rule_is_tried_before_it_holds(office: Office, city: City, now: datetime) -> None:
    give(office, now)
    later = now + 2 * DAY
    cases = shipped("proposed-relay").index("[[cases]]")
    text = shipped("proposed-relay")[:cases].replace("percent = 100", "percent = 60")
    text += '[[cases]]\ntitle = "八成"\nassigned = 5\non_time = 4\nexpect = "none"\n'
    trial = Trial(library(), parse(text), now.date(), now.date())
    bound, found = trial.differences([office.account], now=later)
    assert (bound, found) == (1, [])  # none of one is too little for either
    narrower = text.replace('["government"]', '["party"]')
    narrower = narrower.replace("on_time = 4\n", 'on_time = 4\naffiliation = "government"\n')
    _bound, found = Trial(library(), parse(narrower), now.date(), now.date()).differences(
        [office.account], now=later
    )
    ((number, difference),) = found
    assert (number, difference.change) == (office.account.pk, Change.REMOVED)
