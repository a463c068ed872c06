"""Inspections of replies: the plan against the distribution, the draw, two people who judge apart."""

import math
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Role
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.tickets import actions
from minxin.tickets.models import ReplyInspection
from minxin.tickets.queries import sampling
from minxin.tickets.rules.sampling import (
    AQLS,
    LETTERS,
    LEVELS,
    SIZES,
    Plan,
    agreement,
    chance_of_acceptance,
    draw,
    kappa,
    plan_for,
)
from tests.support.city import PASSWORD, SETUP, City, build_city

# Rows of table 2-A that everybody who inspects knows: lot, AQL, level, letter, sample, Ac.
KNOWN = [
    (1000, "1.0", "II", "J", 80, 2), (1000, "2.5", "II", "J", 80, 5),
    (1000, "4.0", "II", "J", 80, 7), (2000, "2.5", "II", "K", 125, 7),
    (2000, "0.65", "II", "K", 125, 2), (500, "4.0", "II", "H", 50, 5),
    (100, "4.0", "II", "F", 20, 2), (100, "1.0", "II", "E", 13, 0), (200, "1.0", "II", "H", 50, 1),
    (1000, "6.5", "III", "K", 125, 14), (1000, "6.5", "I", "G", 32, 5), (40, "2.5", "II", "C", 5, 0),
]  # fmt: skip


@pytest.mark.parametrize(("lot", "aql", "level", "letter", "size", "accept"), KNOWN)
def test_the_plan_is_that_of_the_standard(
    lot: int, aql: str, level: str, letter: str, size: int, accept: int
) -> None:
    plan = plan_for(lot, aql, level)
    assert (plan.letter, plan.size, plan.accept) == (letter, size, accept)


def test_a_lot_at_the_aql_is_accepted_nearly_always_by_every_plan() -> None:
    """What the standard's plans have in common: a producer's risk of at most about an eighth."""
    for aql in AQLS:
        for lot in (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 600_000):
            for level in LEVELS:
                plan = plan_for(lot, aql, level)
                if plan.is_whole:
                    continue
                chance = float(binom.cdf(plan.accept, plan.size, float(aql) / 100))
                assert 0.85 < chance < 0.9999, (plan, aql)
                bad = float(binom.cdf(plan.accept, plan.size, min(1.0, 20 * float(aql) / 100)))
                assert bad < chance


@given(st.integers(1, 700_000), st.sampled_from(list(AQLS)), st.sampled_from(LEVELS))
def test_a_larger_lot_never_gets_a_smaller_sample(lot: int, aql: str, level: str) -> None:
    plan, larger = plan_for(lot, aql, level), plan_for(lot * 2, aql, level)
    assert 1 <= plan.size <= lot
    assert plan.size <= larger.size or larger.letter < plan.letter
    assert plan.reject == plan.accept + 1
    assert SIZES[LETTERS.index(plan.letter)] >= plan.size


@settings(max_examples=60)
@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 400), st.integers(0, 9))
def test_the_chance_is_the_hypergeometric_one(
    lot: int, size: int, faulty: int, accept: int
) -> None:
    size, faulty = min(size, lot), min(faulty, lot)
    ours = chance_of_acceptance(Plan(lot, "A", size, accept), faulty)
    assert math.isclose(ours, float(hypergeom.cdf(accept, lot, faulty, size)), abs_tol=1e-9)


@given(
    st.sets(st.integers(1, 10**9), min_size=1, max_size=60), st.integers(1, 60), st.text(max_size=8)
)
def test_the_draw_is_the_seed_s_alone(numbers: set[int], size: int, seed: str) -> None:
    one = draw(sorted(numbers), size, seed)
    assert one == draw(sorted(numbers, reverse=True), size, seed)
    assert len(one) == len(set(one)) == min(size, len(numbers))
    assert one == draw(sorted(numbers), size + 1, seed)[: len(one)]


def test_kappa_against_a_table_counted_by_hand() -> None:
    """20 + 15 agree of 50: 0.7 observed, 0.5 by chance."""
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert kappa(pairs) == pytest.approx(0.4)
    found = agreement(pairs)
    assert (found.count, found.same) == (50, 35)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.4 < found.high
    assert agreement([(True, True)] * 9).kappa is None


# With a city ----------------------------------------------------------------------------------


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@pytest.fixture
def judges(city: City, now: datetime) -> tuple[Staff, Staff, Staff]:
    """Two supervisors who judge and a third who settles."""
    names = (("huangwei", "黄薇"), ("gaojie", "高洁"), ("qinlan", "秦岚"))
    made = [
        add_staff(
            username=username, name=name, agency=city.root, role=Role.SUPERVISOR,
            password=PASSWORD, must_change_password=False, actor=SETUP, now=now,
        )
        for username, name in names
    ]  # fmt: skip
    return made[0], made[1], made[2]


def answered(city: City, now: datetime, count: int) -> None:
    for number in range(count):
        ticket = actions.file(
            text=f"东桥路口{number}号的路灯坏了没有人修", citizen=city.xiaolin,
            account=city.account, source="portal", key=f"k{number}", actor=city.xiaolin, now=now,
        )  # fmt: skip
        actions.accept(ticket, actor=city.wang, now=now)
        actions.answer(ticket, f"{number}号灯已修好。", link="http://x", actor=city.wang, now=now)


def opened(city: City, judges: tuple[Staff, Staff, Staff], now: datetime) -> ReplyInspection:
    answered(city, now, 4)
    day = now.date()
    return actions.open_inspection(
        city.root, period_from=day, period_until=day, aql="4.0", level="II", judges=judges[:2],
        actor=judges[2], now=now, seed="yunxi",
    )  # fmt: skip


def test_two_judge_apart_a_third_settles_and_the_plan_decides(
    city: City, judges: tuple[Staff, Staff, Staff], now: datetime
) -> None:
    first, second, third = judges
    made = opened(city, judges, now)
    assert (made.lot, made.size, made.accept) == (4, 3, 0)
    drawn = [each.event_id for each in made.replies.all()]
    assert drawn == draw(made.population, 3, "yunxi")
    with pytest.raises(Refused, match="没有判定"):
        actions.conclude_inspection(made, reason="看起来不错", actor=third, now=now)
    rows = list(sampling.to_judge(made, first))
    assert not sampling.to_judge(made, third).exists()
    for row in rows:
        actions.judge_reply(row, is_good=True, actor=first, now=now)
    with pytest.raises(AlreadyDone):
        actions.judge_reply(rows[0], is_good=False, faults=["vague"], actor=first, now=now)
    with pytest.raises(Refused, match="原因"):
        actions.judge_reply(rows[0], is_good=False, actor=second, now=now)
    actions.judge_reply(rows[0], is_good=False, faults=["vague"], actor=second, now=now)
    for row in rows[1:]:
        actions.judge_reply(row, is_good=True, actor=second, now=now)
    assert sampling.differing(made).get().pk == rows[0].pk
    with pytest.raises(Refused, match="第三个人"):
        actions.settle_reply(rows[0], is_good=True, reason="我觉得可以", actor=first, now=now)
    actions.settle_reply(rows[0], is_good=False, reason="没有写修复时间", actor=third, now=now)
    found = sampling.agreement_of(made)
    assert found is not None
    assert (found.count, found.same) == (3, 2)
    done = actions.conclude_inspection(made, reason="请承办单位补写时间", actor=third, now=now)
    assert (done.status, done.faulty) == ("rejected", 1)
    with pytest.raises(Refused, match="结束"):
        actions.cancel_inspection(made, reason="不算数了吧", actor=third, now=now)
    assert AuditEntry.objects.filter(verb__startswith="reply_inspection").count() == 9


def test_who_wrote_or_passed_a_reply_does_not_judge_it(
    city: City, judges: tuple[Staff, Staff, Staff], now: datetime
) -> None:
    actions.keep_policy(city.police, {"needs_review": True}, actor=SETUP, now=now)
    ticket = actions.file(
        text="东桥路口的路灯坏了没有人修", citizen=city.xiaolin, account=city.account,
        source="portal", key="k1", actor=city.xiaolin, now=now,
    )  # fmt: skip
    actions.accept(ticket, actor=city.wang, now=now)
    row = actions.submit_reply(ticket, "已修好，谢谢提醒。", actor=city.wang, now=now)
    actions.pass_reply(ticket, sha256=row.sha256, link="http://x", actor=city.zhao, now=now)
    day = now.date()
    common = {"period_from": day, "period_until": day, "aql": "4.0", "level": "II"}
    with pytest.raises(Refused) as refusal:
        actions.open_inspection(
            city.police, judges=[judges[0], city.zhao], actor=judges[2], now=now, **common
        )
    assert refusal.value.field == "second_judge"
    with pytest.raises(Refused, match="两位不同"):
        actions.open_inspection(
            city.police, judges=[judges[0], judges[0]], actor=judges[2], now=now, **common
        )
    assert not ReplyInspection.objects.exists()


def test_a_period_without_answers_and_a_stranger(
    city: City, judges: tuple[Staff, Staff, Staff], now: datetime
) -> None:
    first, last = date(2026, 1, 1), date(2026, 1, 31)
    for period in ((first, last), (last, first)):
        with pytest.raises(Refused):
            actions.open_inspection(
                city.root, period_from=period[0], period_until=period[1], aql="4.0", level="II",
                judges=judges[:2], actor=judges[2], now=now,
            )  # fmt: skip
    made = opened(city, judges, now)
    for stranger in (city.outsider, city.wang, city.administrator):
        with pytest.raises(NotFound):
            sampling.inspection_for(stranger, made.pk)
        with pytest.raises(NotFound):
            actions.judge_reply(made.replies.all()[0], is_good=True, actor=stranger, now=now)
    assert sampling.answers_between(city.water, now.date(), now.date()) == []
    assert len(sampling.answers_between(city.police, now.date(), now.date())) == 4
    yesterday = (now - timedelta(days=1)).date()
    assert sampling.answers_between(city.police, yesterday, yesterday) == []
