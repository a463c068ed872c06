"""The table of steps of an inspection: what leads where, and what bars it."""

import pytest

from minxin.supervision.indicators import INDICATORS
from minxin.supervision.rules.inspection import (
    ENDED,
    LINES,
    STEPS,
    Barred,
    Facts,
    Mark,
    State,
    Step,
    after,
    barred,
    fails,
)
from minxin.supervision.rules.packs import Severity

P, F, U, N = Mark.PASSES, Mark.FAILS, Mark.UNCLEAR, Mark.DOES_NOT_APPLY


def test_every_state_is_reached_and_every_account_ends() -> None:
    reached = {State.WAITING} | {state for _from, to in STEPS.values() for state in to}
    assert reached == set(State)
    left = {state for before, _to in STEPS.values() for state in before}
    assert left >= set(State) - ENDED


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
def test_a_step_is_barred_outside_its_states(step: Step, state: State) -> None:
    if state not in STEPS[step][0]:
        assert barred(step, Facts(state, (P,))) is Barred.NOT_NOW


@pytest.mark.parametrize("step", Step)
def test_where_a_step_leads_stands_in_the_table(step: Step) -> None:
    for state in STEPS[step][0]:
        for marks in ((P,), (F,), (U,), (P, N)):
            for second in (True, False):
                assert after(step, Facts(state, marks, is_for_second=second)) in STEPS[step][1]


@pytest.mark.parametrize(
    ("marks", "is_for_second", "state"),
    [
        ((P, N), False, State.SETTLED),
        ((P, N), True, State.SECOND),
        ((P, F), False, State.SECOND),
        ((P, U), False, State.SECOND),
    ],
)
def test_what_fails_or_is_unclear_is_looked_at_by_another(
    marks: tuple[Mark, ...], is_for_second: bool, state: State
) -> None:
    facts = Facts(State.WAITING, marks, is_for_second=is_for_second)
    assert barred(Step.CHECK, facts) is None
    assert after(Step.CHECK, facts) is state


@pytest.mark.parametrize(
    ("step", "facts", "why"),
    [
        (Step.CHECK, Facts(State.WAITING, (P, None)), Barred.INCOMPLETE),
        (Step.CHECK, Facts(State.WAITING, ()), Barred.INCOMPLETE),
        (Step.CHECK, Facts(State.WAITING, (P,), is_own=True), Barred.OWN_UNIT),
        (Step.UPHOLD, Facts(State.SECOND, (F,), is_same=True), Barred.SAME_PERSON),
        (Step.UPHOLD, Facts(State.SECOND, (U,)), Barred.UNCLEAR),
        (Step.SEND_BACK, Facts(State.SECOND, (F,), is_same=True), Barred.SAME_PERSON),
        (Step.DEFEND, Facts(State.RELEASED, (F,), is_past_defence=True), Barred.TOO_LATE),
        (Step.WAIVE, Facts(State.RELEASED, (F,)), Barred.TOO_EARLY),
        (Step.DECIDE, Facts(State.DEFENDED, (F,), is_same=True), Barred.SAME_PERSON),
        (Step.DECIDE, Facts(State.DEFENDED, (F,), is_own=True), Barred.OWN_UNIT),
        (Step.WITHDRAW, Facts(State.RELEASED, (F,)), Barred.NOT_NOW),
    ],
)
def test_what_bars_a_step(step: Step, facts: Facts, why: Barred) -> None:
    assert barred(step, facts) is why


def test_a_defence_that_nobody_made_ends_with_its_time() -> None:
    assert barred(Step.WAIVE, Facts(State.RELEASED, (F,), is_past_defence=True)) is None


def test_one_veto_fails_an_account_and_a_smaller_problem_does_not() -> None:
    assert fails([(Severity.VETO, F), (Severity.MINOR, P)])
    assert not fails([(Severity.MAJOR, F), (Severity.VETO, P), (Severity.VETO, N)])
    assert not fails([])


def test_the_lines_of_machines_have_their_indicator() -> None:
    names = {each.name for each in INDICATORS}
    assert {each.code for each in LINES if each.machine} <= names
    assert len({each.code for each in LINES}) == len(LINES)
