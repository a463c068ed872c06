"""What a change does to a graded set: the rules, the threshold in the index, who may set one."""

from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies import actions as agencies
from minxin.agencies.models import Agency, AuditEntry, Staff
from minxin.agencies.rules import Role
from minxin.core.errors import NotFound, Refused
from minxin.knowledge.actions.graded import (
    Sample,
    freeze_graded_set,
    grade_question,
    open_graded_set,
)
from minxin.knowledge.actions.thresholds import drop_threshold, keep_threshold
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import AnswerThreshold, GradedSet
from minxin.knowledge.queries.trials import curve, drift, touched_by, trial
from minxin.knowledge.rules import SURE, Answer, Choice, Lookup, Near
from minxin.knowledge.rules.thresholds import LEAST, at_least, nearest
from minxin.knowledge.rules.trials import (
    Judged,
    Kind,
    Worth,
    curve_of,
    drift_of,
    graded_lookup,
    trial_of,
    worth_of,
)
from minxin.knowledge.synonyms import SynonymRule
from tests.support.city import PASSWORD, SETUP, City
from tests.support.entries import entry

DAY = date(2026, 11, 1)


def heard(number: int, sure: float = 0.8, text: str = "到窗口。") -> Lookup:
    answer = Answer(number, 1, f"问{number}", text, "指南", "1号", "", "局", "", None, None)
    return Lookup(answer, sure, ())


NOTHING = Lookup(None, 0.3, ())
ANSWERED = st.sampled_from(["right", "partly", "wrong", "silent"])
LOOKUPS = st.one_of(
    st.just(NOTHING), st.builds(heard, st.integers(1, 3), st.floats(SURE, 1.0, exclude_max=False))
)
JUDGED = st.one_of(
    st.builds(Judged, st.integers(1, 99), st.just("问"), st.integers(1, 3), st.just("到窗口。"), ANSWERED),
    st.builds(
        Judged, st.integers(1, 99), st.just("问"), st.just(0), st.just(""),
        st.sampled_from(["right", "wrong"]),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "found", "worth"),
    [
        ("right", heard(1), Worth.RIGHT),
        ("right", NOTHING, Worth.MISSED),
        ("right", heard(2), None),
        ("right", heard(1, text="改过。"), None),
        ("wrong", NOTHING, Worth.MISSED),
        ("wrong", heard(1), Worth.WRONG),
        ("wrong", heard(2), None),
        ("silent", NOTHING, Worth.RIGHT),
        ("silent", heard(1), Worth.WRONG),
        ("silent", heard(2), Worth.WRONG),
    ],
)
def test_what_was_answered_is_worth_what_people_said(
    verdict: str, found: Lookup, worth: Worth | None
) -> None:
    assert worth_of(Judged(1, "问", 1, "到窗口。", verdict), found) == worth


def test_silence_that_was_right_makes_every_answer_wrong_and_one_that_was_not_none() -> None:
    right, missed = Judged(1, "问", 0, "", "right"), Judged(1, "问", 0, "", "wrong")
    assert worth_of(right, NOTHING) == Worth.RIGHT
    assert worth_of(right, heard(1)) == Worth.WRONG
    assert worth_of(missed, NOTHING) == Worth.MISSED
    assert worth_of(missed, heard(1)) is None


@given(st.lists(st.tuples(JUDGED, LOOKUPS, LOOKUPS), max_size=20))
def test_a_trial_counts_each_difference_once_and_backwards_turns_better_into_worse(
    rows: list[tuple[Judged, Lookup, Lookup]],
) -> None:
    there = trial_of(rows)
    back = trial_of([(judged, then, now) for judged, now, then in rows])
    assert there.size == len(rows)
    assert sum(map(there.count, Kind)) == len(there.differences) <= len(rows)
    assert (there.better, there.worse, there.unknown) == (back.worse, back.better, back.unknown)
    assert (there.silenced, there.new) == (back.new, back.silenced)
    kinds = [each.kind for each in there.differences]
    assert kinds == sorted(kinds, key=list(Kind).index)
    assert not trial_of([(judged, now, now) for judged, now, _ in rows]).differences


@given(st.lists(JUDGED, max_size=20))
def test_nothing_has_drifted_where_everything_is_as_it_was_graded(rows: list[Judged]) -> None:
    run = drift_of([(each, graded_lookup(each)) for each in rows])
    assert (run.size, run.differences) == (len(rows), ())


@given(st.lists(st.tuples(JUDGED, LOOKUPS), max_size=40))
def test_the_higher_the_threshold_the_less_is_given_and_never_what_was_not(
    rows: list[tuple[Judged, Lookup]],
) -> None:
    drawn = curve_of(rows)
    given = [point.given for point in drawn.points]
    assert given == sorted(given, reverse=True)
    for point in drawn.points:
        assert point.right + point.bad <= point.given <= point.asked
        assert point.asked + drawn.ungraded == len(rows)
    assert drawn.advised is None  # of fewer than a hundred nothing is advised


def test_the_lowest_threshold_with_one_wrong_in_a_hundred_is_advised() -> None:
    rows = [(Judged(n, "问", 1, "到窗口。", "right"), heard(1, 0.9)) for n in range(200)]
    rows += [(Judged(n, "问", 1, "到窗口。", "wrong"), heard(1, 0.62)) for n in range(3)]
    advised = curve_of(rows).advised
    assert advised is not None
    assert (advised.sure, advised.given, advised.bad) == (0.65, 200, 0)
    assert not advised.is_shown  # 381 show it
    extra = [(Judged(1, "补", 1, "到窗口。", "wrong", is_drawn=False), heard(1, 0.99))] * 50
    assert curve_of([*rows, *extra]).advised == advised


@given(LOOKUPS, st.floats(SURE, 0.99))
def test_what_is_not_sure_enough_is_only_offered(found: Lookup, sure: float) -> None:
    kept = at_least(found, sure)
    assert (kept.answer is not None) == (found.answer is not None and found.confidence >= sure)
    if found.answer is not None and kept.answer is None:
        assert kept.near[0] == Near(found.answer.entry_id, found.answer.question)
    assert at_least(kept, sure) == kept
    assert at_least(found, LEAST) == found


def test_readings_that_are_not_sure_enough_are_not_asked_about() -> None:
    found = Lookup(
        None, 0.5, (), choices=(Choice(1, "甲", "audience"), Choice(2, "乙", "audience"))
    )
    assert at_least(found, 0.5) == found
    assert not at_least(found, 0.6).choices


def test_the_nearest_agency_above_decides() -> None:
    kept = {"/1/": 0.6, "/1/2/": 0.5}
    found = [nearest(kept, path) for path in ("/1/", "/1/2/3/", "/1/4/", "/9/", "")]
    assert found == [0.6, 0.5, 0.6, LEAST, LEAST]


@pytest.fixture
def editor(city: City, now: datetime) -> Staff:
    return _editor("limin", city.police, now)


def _editor(username: str, agency: Agency, now: datetime) -> Staff:
    return agencies.add_staff(
        username=username, name=username, agency=agency, role=Role.EDITOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


ASKED = "户口簿遗失以后我现在人在外地应该怎样补办"


@pytest.mark.django_db
def test_a_threshold_holds_for_the_agency_and_below_until_it_is_taken_back(
    city: City, editor: Staff, now: datetime
) -> None:
    entry(city.police, "户口簿遗失怎样补办？", now=now)
    entry(city.police, "护照遗失怎样补办？", now=now)
    index = LiveIndex()
    index.build()
    day = now.date()

    def ask(agency: Agency) -> Lookup:
        return index.lookup(ASKED, on=day, agency_id=agency.pk)

    first = ask(city.police)
    assert first.answer is not None
    assert SURE <= first.confidence < 0.99
    keep_threshold(city.police, 0.99, reason="先求稳", actor=editor, now=now, tried={"worse": 1})
    assert index.refresh()
    after = ask(city.police)
    assert after.answer is None
    assert after.near[0].entry_id == first.answer.entry_id
    assert ask(city.water).answer == first.answer  # not theirs
    assert index.lookup("户口簿遗失怎样补办", on=day, agency_id=city.police.pk).answer is not None
    again = LiveIndex()
    again.build()
    assert again.lookup(ASKED, on=day, agency_id=city.police.pk) == after
    kept = AuditEntry.objects.get(verb="answer_threshold.kept")
    assert kept.after["worse"] == 1
    drop_threshold(AnswerThreshold.objects.get(), reason="够了", actor=editor, now=now)
    assert index.refresh()
    assert ask(city.police) == first


@pytest.mark.django_db
def test_a_threshold_follows_an_agency_that_moves(city: City, editor: Staff, now: datetime) -> None:
    entry(city.police, "户口簿遗失怎样补办？", now=now)
    entry(city.police, "护照遗失怎样补办？", now=now)
    keep_threshold(city.police, 0.99, reason="先求稳", actor=editor, now=now)
    index = LiveIndex()
    index.build()
    agencies.move_agency(city.police, city.water, actor=SETUP, now=now)
    entry(city.water, "停水了怎么办？", now=now)
    index.refresh()
    assert index.lookup(ASKED, on=now.date(), agency_id=city.police.pk).answer is None


@pytest.mark.django_db
def test_who_does_not_edit_there_sets_nothing_and_nobody_sets_nonsense(
    city: City, editor: Staff, now: datetime
) -> None:
    with pytest.raises(NotFound):
        keep_threshold(city.water, 0.6, reason="好", actor=editor, now=now)
    for sure in (0.0, LEAST - 0.01, 0.995, 2.0, float("nan")):
        with pytest.raises(Refused):
            keep_threshold(city.police, sure, reason="好", actor=editor, now=now)
    with pytest.raises(Refused):
        keep_threshold(city.police, 0.6, reason=" ", actor=editor, now=now)
    keep_threshold(city.police, 0.6, reason="好", actor=editor, now=now)
    keep_threshold(city.police, 0.7, reason="好", actor=editor, now=now)
    row = AnswerThreshold.objects.get()
    assert row.sure == 0.7
    with pytest.raises(NotFound):
        drop_threshold(row, reason="好", actor=_editor("gao", city.water, now), now=now)


def _frozen(
    city: City, editor: Staff, asked: list[str], index: LiveIndex, now: datetime
) -> GradedSet:
    graders = [_editor(f"g{n}", city.police, now) for n in range(2)]
    found = open_graded_set(
        city.police, Sample(DAY, DAY, asked, 50), graders=graders, actor=editor, now=now, seed="s",
        look=lambda text: index.lookup(text, on=now.date(), agency_id=city.police.pk),
    )  # fmt: skip
    for row in found.questions.all():
        verdict = "right" if row.answer or "天气" in row.text else "wrong"
        for staff in graders:
            grade_question(row, verdict, actor=staff, now=now)
    freeze_graded_set(found, actor=editor, now=now)
    found.refresh_from_db()
    return found


@pytest.mark.django_db
def test_a_set_says_what_words_and_thresholds_would_do(
    city: City, editor: Staff, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = entry(city.police, "户口簿遗失怎样补办？", now=now)
    entry(city.police, "护照遗失怎样补办？", now=now)
    index = LiveIndex()
    index.build()
    asked = ["户口簿遗失怎样补办", ASKED, "小红本掉了怎么补", "今天天气好不好"]
    found = _frozen(city, editor, asked, index, now)
    path, day = city.police.path, now.date()
    as_now = index.looking(path, on=day)
    assert not trial(found, as_now, as_now).differences
    surer = trial(found, as_now, index.looking(path, on=day, sure=0.99))
    assert (surer.size, surer.worse, surer.silenced, surer.better) == (4, 1, 1, 0)
    assert surer.is_small
    rule = SynonymRule(path, "户口簿", ("小红本",), True)
    worded = trial(found, as_now, index.looking(path, on=day, rule=rule))
    assert [(each.text, each.kind, each.is_new) for each in worded.differences] == [
        ("小红本掉了怎么补", Kind.UNKNOWN, True)
    ]
    assert curve(found, index.looking(path, on=day, sure=0.0)).points[0].given == 2
    (touched,) = touched_by(city.police, editor)
    assert (touched.set, touched.at, touched.is_open) == (found, city.police, True)
    assert [each.is_open for each in touched_by(city.root, _editor("gao", city.water, now))] == [
        False
    ]
    assert not touched_by(city.water, editor)
    assert not drift(found, as_now).differences
    call_command("compare_answers")
    assert "变差 0" in capsys.readouterr().out
    kept.answer = "改了。"
    kept.save()
    index.build()
    changed = drift(found, index.looking(path, on=day))
    assert (changed.unknown, changed.worse) == (2, 0)
    kept.valid_until = day - timedelta(days=400)
    kept.valid_from = day - timedelta(days=500)
    kept.save()
    with pytest.raises(CommandError, match="变差 2 题"):
        call_command("compare_answers", agency=city.police.code)
    with pytest.raises(CommandError, match="没有编号"):
        call_command("compare_answers", agency="nowhere")
