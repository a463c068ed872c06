"""The life of a finding against an oracle written apart: a map of what follows what, by hand."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from hypothesis import given
from hypothesis import strategies as st

from minxin.supervision import terms
from minxin.supervision.rules.clock import SHANGHAI
from minxin.supervision.rules.measures import Advice, Measure, measures_for
from minxin.supervision.rules.packs import Certainty, Severity
from minxin.supervision.rules.rectification import (
    TRANSITIONS,
    Act,
    Side,
    Situation,
    State,
    Why,
    is_overdue,
    possible,
    refusal,
    replayed,
    state_after,
)
from minxin.supervision.rules.terms import Terms, terms_for

# From, what is done, to. A finding that is withdrawn stays so.
LIFE = {
    ("open", "issue", "notified"), ("open", "settle", "closed"),
    ("notified", "reissue", "notified"), ("notified", "sign", "signed"),
    ("notified", "settle", "closed"),
    ("signed", "reissue", "notified"), ("signed", "answer", "answered"),
    ("signed", "dispute", "disputed"), ("signed", "ask_extension", "signed"),
    ("signed", "grant", "signed"), ("signed", "refuse", "signed"), ("signed", "settle", "closed"),
    ("answered", "approve", "reviewed"), ("answered", "return", "signed"),
    ("reviewed", "close", "closed"), ("reviewed", "return", "signed"),
    ("disputed", "accept", "withdrawn"), ("disputed", "uphold", "signed"),
    ("closed", "reopen", "signed"),
}  # fmt: skip
UNIT = {"sign", "answer", "dispute", "ask_extension"}
situations = st.builds(
    Situation, st.sampled_from(State), st.booleans(), st.booleans(), st.booleans(), st.booleans(),
    st.booleans(),
)  # fmt: skip


def test_the_table_is_the_life_as_it_was_meant() -> None:
    told = {
        (state.value, each.act.value, state_after(each.act, state).value)
        for each in TRANSITIONS
        for state in each.before
    }
    assert told == LIFE
    assert {each.act.value for each in TRANSITIONS if each.side is Side.UNIT} == UNIT
    assert {each.act for each in TRANSITIONS} == set(Act)


@given(situations, st.sampled_from([act for act in Act if act is not Act.OPEN]))
def test_a_step_is_taken_only_where_every_guard_lets_it(one: Situation, act: Act) -> None:
    follows = any((one.state, act) == (before, done) for before, done, _after in LIFE)
    bars = {
        "issue": one.is_gone,
        "reissue": one.is_gone or not one.is_moved,
        "sign": one.is_moved,
        "answer": one.is_moved,
        "dispute": one.is_moved,
        "ask_extension": one.is_moved or one.is_late or one.waits,
        "grant": not one.waits or one.is_own,
        "refuse": not one.waits or one.is_own,
        "reopen": one.is_gone,
        "settle": not one.is_gone,
    }
    barred = bars.get(act.value, one.is_own)
    assert (refusal(act, one) is None) == (follows and not barred)
    side = Side.UNIT if act.value in UNIT else Side.SUPERVISOR
    assert (act in possible(side, one)) == (follows and not barred)


@given(st.lists(st.sampled_from(Act), max_size=12))
def test_a_ledger_leads_where_its_steps_lead_or_nowhere(acts: list[Act]) -> None:
    state: str | None = None
    for place, act in enumerate(acts):
        nexts = {"open"} if (place, act) == (0, Act.OPEN) else {
            after for before, done, after in LIFE if (before, done) == (state, act)
        }  # fmt: skip
        state = next(iter(nexts), None)
        if state is None:
            break
    assert replayed(acts) == state


@given(st.data())
def test_a_history_of_allowed_steps_adds_up_and_a_foreign_step_breaks_it(
    data: st.DataObject,
) -> None:
    acts, state = [Act.OPEN], "open"
    for _step in range(data.draw(st.integers(0, 25))):
        nexts = sorted((done, after) for before, done, after in LIFE if before == state)
        if not nexts:
            break  # withdrawn: nothing follows
        done, state = data.draw(st.sampled_from(nexts))
        acts.append(Act(done))
    assert replayed(acts) == state
    allowed = {done for before, done, _after in LIFE if before == state}
    foreign = data.draw(st.sampled_from([act for act in Act if act.value not in allowed]))
    assert replayed([*acts, foreign]) is None


@pytest.mark.parametrize("act", ["return", "accept", "uphold", "refuse", "reopen", "dispute"])
def test_some_steps_need_words(act: str) -> None:
    before = {"return": "answered", "reopen": "closed", "refuse": "signed", "dispute": "signed"}
    one = Situation(State(before.get(act, "disputed")), waits=act == "refuse")
    assert refusal(Act(act), one, reason=" 不 ") is Why.NO_REASON
    assert refusal(Act(act), one, reason="没有改到位") is None


def test_a_unit_is_late_only_while_its_own_clock_runs() -> None:
    at = datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)
    late = {state for state in State if is_overdue(state, at - timedelta(seconds=1), at=at)}
    assert late == {State.NOTIFIED, State.SIGNED}
    assert not is_overdue("signed", at, at=at)
    assert not is_overdue("signed", None, at=at)


# Measures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "severity", "first", "is_edited", "advice"),
    [
        ("update.stale", Severity.VETO, Measure.REPUBLISH, False, None),
        ("account.unfiled", Severity.MAJOR, Measure.OTHER, False, None),
        ("account.zombie", Severity.MAJOR, Measure.REPUBLISH, False, None),
        ("interact.menu_dead", Severity.MAJOR, Measure.EDIT, True, None),
        ("content.ad", Severity.MAJOR, Measure.EDIT, True, Advice.EDITS_ARE_LIMITED),
        ("content.serious", Severity.VETO, Measure.DELETE, False, Advice.DO_NOT_EDIT),
        ("content.privacy", Severity.MAJOR, Measure.DELETE, False, Advice.DO_NOT_EDIT),
        ("something.new", Severity.MINOR, Measure.EDIT, True, None),
    ],
)
def test_what_wechat_lets_anybody_do_decides_what_is_offered(
    indicator: str, severity: Severity, first: Measure, is_edited: bool, advice: Advice | None
) -> None:
    offered, told = measures_for(indicator, platform="wechat", severity=severity)
    assert (offered[0], Measure.EDIT in offered, told) == (first, is_edited, advice)
    assert len(set(offered)) == len(offered)


def test_other_platforms_are_not_told_of_wechat_s_limits() -> None:
    assert measures_for("content.ad", platform="weibo", severity="major")[1] is None


# Deadlines -----------------------------------------------------------------------------------


def preset(name: str, *regions: str, veto: int = 3) -> Terms:
    days = {Severity.VETO: veto, Severity.MAJOR: 5, Severity.MINOR: 10}
    return Terms(name, name, Certainty.PROPOSED, days, "整改", regions=regions)


def test_the_nearest_preset_holds() -> None:
    everywhere, city, county = preset("a"), preset("b", "9901"), preset("c", "990103", "11")
    rows = [county, everywhere, city]
    for code, expected in (
        ("990103", county),
        ("990102", city),
        ("110101", county),
        ("", everywhere),
    ):
        assert terms_for(rows, code) is expected
    assert terms_for([city], "11") is None


GOOD = """
id = "{id}"
title = "本市整改期限"
certainty = "local"
regions = ["9901"]
requirement = "请按期整改。"
[working_days]
veto = {veto}
major = 4
minor = 8
"""


@pytest.fixture
def own(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MINXIN_HOME = tmp_path
    (tmp_path / "terms").mkdir()
    return tmp_path / "terms"


def test_this_installation_s_preset_goes_before_the_shipped_one(own: Path) -> None:
    assert terms.terms_of("990102").id == "proposed"
    (own / "yunxi.toml").write_text(GOOD.format(id="yunxi", veto=1))
    assert terms.terms_of("990102").days[Severity.VETO] == 1
    assert terms.terms_of("110101").id == "proposed"
    assert terms.presets()[1] == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[working_days]", "[days]", "不认识"),
        ("veto = 1", "veto = true", "整数"),
        ("veto = 1", "veto = 900", "整数"),
        ("veto = 1", "", "写齐"),
        ('certainty = "local"', 'certainty = "mine"', "certainty"),
        ('certainty = "local"', 'certainty = "national"', "区划代码"),
        ('["9901"]', '["云溪"]', "区划代码"),
        ('title = "本市整改期限"', 'title = ""', "不能为空"),
        ('"yunxi"', '"Yunxi!"', "小写字母"),
        ('"yunxi"', '"proposed"', "另取编号"),
        ("id = ", "id ", "TOML"),
    ],
)
def test_a_file_that_is_no_preset_holds_nowhere_and_is_told(
    own: Path, old: str, new: str, says: str
) -> None:
    text = GOOD.format(id="yunxi", veto=1)
    assert old in text
    (own / "yunxi.toml").write_text(text.replace(old, new))
    assert says in terms.presets()[1][0].message
    assert terms.terms_of("990102").id == "proposed"


def test_the_shipped_preset_says_that_it_is_ours() -> None:
    shipped = terms.terms_of("110101")
    assert (shipped.certainty, shipped.document) == (Certainty.PROPOSED, "")
    assert sorted(shipped.days.values()) == [3, 5, 10]
