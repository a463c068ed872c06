"""A graded set, as three editors work at it; who may not; the rules behind it."""

import dataclasses
import itertools
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies import actions as agencies
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.core.errors import NotFound, Refused
from minxin.knowledge.actions import graded as actions
from minxin.knowledge.models import Grade, GradedQuestion, GradedSet, Verdict
from minxin.knowledge.queries import graded as queries
from minxin.knowledge.rules import Answer, Lookup
from minxin.knowledge.rules.graded import accuracy_of, draw, kappa, needed_for, wilson
from tests.support.city import PASSWORD, SETUP, City
from tests.support.entries import entry

DAY = date(2026, 11, 1)


@pytest.fixture
def editors(city: City, now: datetime) -> list[Staff]:
    def editor(username: str, name: str, where: object) -> Staff:
        return agencies.add_staff(
            username=username, name=name, agency=where, role=Role.EDITOR, password=PASSWORD,
            must_change_password=False, actor=SETUP, now=now,
        )  # fmt: skip

    people = [("limin", "李敏"), ("hejing", "何静"), ("sunyue", "孙悦")]
    return [
        *(editor(username, name, city.police) for username, name in people),
        editor("gaoxiang", "高翔", city.water),
    ]


def desk(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def made(
    city: City, editors: list[Staff], now: datetime, asked: tuple[str, ...] = ("甲怎么办", "乙呢")
) -> GradedSet:
    def look(text: str) -> Lookup:
        if not text.startswith("甲"):
            return Lookup(None, 0.2, ())
        answer = Answer(
            1, city.police.pk, "甲", "到窗口办理。", "指南", "1号", "", "公安局", "", None, None
        )
        return Lookup(answer, 0.9, ())

    kept = entry(city.police, "甲", now=now)
    made = actions.open_graded_set(
        city.police, actions.Sample(DAY, DAY, asked, 10), graders=editors[:2],
        look=lambda text: _of(look(text), kept.pk), actor=editors[2], now=now, seed="s",
    )  # fmt: skip
    return made


def _of(found: Lookup, number: int) -> Lookup:
    if found.answer is None:
        return found
    return Lookup(dataclasses.replace(found.answer, entry_id=number), found.confidence, ())


@pytest.mark.django_db
def test_drawn_graded_apart_settled_by_a_third_and_frozen(
    city: City, editors: list[Staff], now: datetime
) -> None:
    first, second, third, _outsider = editors
    found = made(city, editors, now)
    page = reverse("console:graded_set", args=[found.pk])
    judging = reverse("console:graded_grade", args=[found.pk])
    texts = {row.text: (row.number, row.answer) for row in found.questions.all()}
    assert {text: bool(answer) for text, (_, answer) in texts.items()} == {
        "甲怎么办": True,
        "乙呢": False,
    }
    shown = desk(first).get(judging).content.decode()
    assert ("到窗口办理。" in shown) == (texts["甲怎么办"][0] == 1)
    assert desk(first).post(judging, {"question": ""}).status_code == 422
    for staff, verdict in ((first, "right"), (second, "wrong")):
        for row in list(queries.to_grade(found, staff)):
            sent = desk(staff).post(judging, {"question": row.pk, "verdict": verdict})
            assert sent.status_code == 302
            if verdict == "right":  # blind: the other has not begun
                assert "裁定理由" not in desk(third).get(page).content.decode()
        assert desk(staff).get(judging).url == page  # nothing is left for her
    assert Grade.objects.count() == 4
    assert desk(third).get(judging).url == page  # she grades nothing
    shown = desk(third).get(page).content.decode()
    assert "裁定理由" in shown
    assert "裁定理由" not in desk(first).get(page).content.decode()
    assert (
        "评测集还没有定稿"
        in desk(third).get(reverse("console:graded_questions", args=[found.pk])).content.decode()
    )
    row = found.questions.first()
    assert row is not None
    with pytest.raises(Refused):
        actions.settle_question(row, "right", reason="同意", actor=first, now=now)
    with pytest.raises(Refused):
        actions.freeze_graded_set(found, actor=third, now=now)
    for each in found.questions.all():
        data = {"act": f"settle-{each.pk}", f"s{each.pk}-verdict": "right"}
        assert desk(third).post(page, data).status_code == 422
        data[f"s{each.pk}-reason"] = "按指南是对的"
        assert desk(third).post(page, data).status_code == 302
    assert desk(third).post(page, {"act": "freeze"}).status_code == 302
    found.refresh_from_db()
    assert found.status == "frozen"
    assert "不公布正确率" in desk(third).get(page).content.decode()
    assert (
        "李敏 对"
        in desk(third).get(reverse("console:graded_questions", args=[found.pk])).content.decode()
    )
    with pytest.raises(Refused):
        actions.grade_question(row, "right", actor=first, now=now)
    again = made(city, editors, now)
    assert again.number == 2


@pytest.mark.django_db
def test_who_does_not_edit_here_reads_and_grades_nothing(
    city: City, editors: list[Staff], now: datetime
) -> None:
    found = made(city, editors, now)
    outsider = editors[3]
    row = found.questions.first()
    assert row is not None
    assert desk(outsider).get(reverse("console:graded_set", args=[found.pk])).status_code == 404
    assert desk(outsider).get(reverse("console:graded_grade", args=[found.pk])).status_code == 404
    with pytest.raises(NotFound):
        actions.grade_question(row, "right", actor=outsider, now=now)
    with pytest.raises(Refused):
        actions.grade_question(row, "right", actor=editors[2], now=now)  # not one of the two
    with pytest.raises(NotFound):
        actions.discard_graded_set(found, reason="不要了", actor=outsider, now=now)
    sample = actions.Sample(DAY, DAY, ["甲"], 1)
    with pytest.raises(Refused):
        actions.open_graded_set(
            city.police, sample, graders=[editors[0], outsider],
            look=lambda _text: Lookup(None, 0.0, ()), actor=editors[0], now=now,
        )  # fmt: skip
    assert not Grade.objects.exists()
    assert GradedSet.objects.get().status == "grading"


@pytest.mark.django_db
def test_silence_is_right_or_wrong_only_and_numbers_are_masked(
    city: City, editors: list[Staff], now: datetime
) -> None:
    found = made(city, editors, now, asked=("丙呢 13800138000",))
    row = found.questions.get()
    assert "13800138000" not in row.text
    with pytest.raises(Refused):
        actions.grade_question(row, "partly", actor=editors[0], now=now)
    actions.grade_question(row, "right", actor=editors[0], now=now)
    with pytest.raises(Refused):
        actions.grade_question(row, "right", actor=editors[0], now=now)  # once
    actions.grade_question(row, "right", actor=editors[1], now=now)
    row.refresh_from_db()
    assert row.verdict == Verdict.RIGHT


@pytest.mark.django_db
def test_nothing_is_published_of_a_small_set_and_all_of_a_large_one(
    city: City, editors: list[Staff], now: datetime
) -> None:
    assert queries.published_accuracy() is None
    found = made(city, editors, now)
    GradedSet.objects.filter(pk=found.pk).update(status="frozen", ended_at=now)
    GradedQuestion.objects.filter(graded_set=found).update(verdict="right")
    small = queries.published_accuracy(city.police.path)
    assert small is not None
    assert not small.is_enough
    GradedQuestion.objects.bulk_create(
        GradedQuestion(
            graded_set=found, number=number, text=f"问{number}", origin="asked", answer="答",
            verdict="right" if number % 10 else "wrong",
        )
        for number in range(100, 300)
    )  # fmt: skip
    large = queries.published_accuracy()
    assert large is not None
    assert (large.given, large.is_enough) == (201, True)
    assert large.low < large.right < large.high
    assert "90.0%" in Client().get("/").content.decode()
    assert queries.published_accuracy(city.water.path) is None


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_its_share(part: int, more: int) -> None:
    whole = part + more
    low, high = wilson(part, whole)
    assert 0 <= low <= high <= 1
    if whole:
        assert low <= part / whole <= high


@given(st.lists(st.tuples(st.sampled_from(Verdict.values), st.sampled_from(Verdict.values))))
def test_kappa_is_one_for_the_same_and_does_not_mind_the_order(
    pairs: list[tuple[str, str]],
) -> None:
    value = kappa(pairs)
    assert value is None or -1 <= value <= 1
    turned = kappa([(b, a) for a, b in pairs])
    assert value == turned or (value is not None and value == pytest.approx(turned))
    same = kappa([(a, a) for a, _ in pairs])
    assert same is None or same == pytest.approx(1)


def test_kappa_of_the_worked_example_of_fleiss() -> None:
    pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    assert kappa(pairs) == pytest.approx(0.4)


@given(st.sets(st.text(min_size=1), max_size=30), st.integers(0, 40), st.text(max_size=5))
def test_the_draw_is_the_same_again_and_of_the_texts(texts: set[str], size: int, seed: str) -> None:
    drawn = draw(texts, size, seed)
    assert drawn == draw(sorted(texts, reverse=True), size, seed)
    assert len(drawn) == min(size, len(texts)) == len(set(drawn))
    assert set(drawn) <= texts


def test_how_many_show_that_one_in_a_hundred_is_wrong() -> None:
    assert needed_for(0) == 381
    assert wilson(0, 381)[1] <= 0.01 < wilson(0, 380)[1]
    assert all(b > a for a, b in itertools.pairwise(map(needed_for, range(5))))
    rows = [(True, "right")] * 380 + [(False, "right")] * 3
    assert not accuracy_of(rows).may_quote
    assert accuracy_of([*rows, (True, "right")]).may_quote
    assert not accuracy_of([(False, "right")] * 1000).may_quote


def test_no_answer_due_counts_as_wrong_and_what_is_not_graded_not_at_all() -> None:
    said = accuracy_of(
        [(True, "right"), (True, "silent"), (True, "partly"), (True, ""), (False, "wrong")]
    )
    assert (said.given, said.right, said.partly, said.bad) == (3, 1, 1, 1)
    assert (said.silent, said.missed) == (1, 1)
    assert said.coverage == 0.75
