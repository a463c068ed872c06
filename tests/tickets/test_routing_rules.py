"""What rules ask for, which comes first, and how sure list and classifier are together. Pure."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minxin.tickets.rules.routing import (
    Candidate,
    Conditions,
    Example,
    Request,
    Rule,
    combined,
    failing,
    first,
    may_assign,
    met_by,
    reliability,
)

LAMP = Request(
    "东桥路口的路灯坏了", "东桥路口", "complaint", 3, 7, datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
)


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        (Conditions(words="路灯，井盖"), ("路灯",)),
        (Conditions(words="井盖"), None),
        (Conditions(words="路灯", without="东桥"), None),
        (Conditions(words="路灯", places="西桥，东桥"), ("路灯", "东桥")),
        (Conditions(places="西桥"), None),
        (Conditions(nature="complaint"), ()),
        (Conditions(nature="consult"), None),
        (Conditions(category=3, account=7), ()),
        (Conditions(category=4), None),
        (Conditions(account=8), None),
        (Conditions(words="路灯", from_time=time(22), until_time=time(6)), ("路灯",)),
        (Conditions(words="路灯", from_time=time(6), until_time=time(22)), None),
        (Conditions(words="路灯", valid_until=date(2026, 11, 24)), ("路灯",)),
        (Conditions(words="路灯", valid_until=date(2026, 11, 23)), None),
        (Conditions(words="路灯", valid_from=date(2026, 11, 25)), None),
    ],
)
def test_all_that_a_rule_asks_for_must_be_met(
    conditions: Conditions, words: tuple[str, ...] | None
) -> None:
    assert met_by(conditions, LAMP) == words


def test_without_alone_asks_for_nothing() -> None:
    assert Conditions(without="路灯").is_empty
    assert not Conditions(words="路灯").is_empty


WORDS = st.sampled_from(["路灯", "井盖", "噪声", "停水"])
RULES = st.lists(
    st.builds(
        Rule, st.integers(1, 99), st.just("规则"),
        st.builds(Conditions, words=WORDS), st.integers(1, 9),
    ),
    max_size=6, unique_by=lambda rule: rule.number,
)  # fmt: skip


@given(RULES, st.lists(WORDS))
def test_the_first_rule_that_is_met_decides(rules: list[Rule], said: list[str]) -> None:
    request = Request("".join(said))
    decided = first(rules, request)
    met = [rule for rule in rules if met_by(rule.conditions, request) is not None]
    assert (decided.rule if decided else None) == (met[0] if met else None)


@given(RULES, st.lists(WORDS, min_size=1))
def test_an_example_fails_exactly_when_another_rule_decides_it(
    rules: list[Rule], said: list[str]
) -> None:
    assume(rules)
    request = Request("".join(said))
    decided = first(rules, request)
    for rule in rules:
        is_decided = decided is not None and decided.rule == rule
        assert not failing(rules, [Example(1, rule.number, request, is_decided)])
        assert len(failing(rules, [Example(1, rule.number, request, not is_decided)])) == 1


CHANCES = st.dictionaries(st.integers(1, 6), st.floats(0.001, 1), max_size=6)
TRUST = st.floats(0.01, 0.99)


def shares(chances: dict[int, float]) -> dict[int, float]:
    total = sum(chances.values()) or 1.0
    return {agency: chance / total for agency, chance in chances.items()}


@given(st.none() | st.integers(1, 8), TRUST, CHANCES)
def test_how_sure_is_a_share_and_the_surest_comes_first(
    listed: int | None, trust: float, chances: dict[int, float]
) -> None:
    found = combined(listed, trust, shares(chances))
    sure = [chance for _agency, chance in found]
    assert sure == sorted(sure, reverse=True)
    assert all(0 <= chance <= 1 for chance in sure)
    assert sum(sure) <= 1 + 1e-9
    assert {agency for agency, _ in found} == set(chances) | ({listed} if listed else set())


@given(CHANCES, st.floats(0.5, 0.99))
def test_who_agrees_makes_surer(chances: dict[int, float], trust: float) -> None:
    assume(len(chances) > 1)
    before = shares(chances)
    best = max(before, key=lambda agency: before[agency])
    assert dict(combined(best, trust, before))[best] >= before[best] - 1e-9


@given(st.integers(0, 500), st.integers(0, 500))
def test_trust_grows_with_what_was_kept(kept: int, more: int) -> None:
    seen = kept + more
    assert 0 < reliability(kept, seen) <= 0.99
    assert reliability(kept + 1, seen + 1) >= reliability(kept, seen)
    assert reliability(0, 0) == 0.8


@pytest.mark.parametrize(
    ("candidate", "nature", "is_confidential", "may"),
    [
        (Candidate(1, 0.96, "model"), "help", False, True),
        (Candidate(1, 0.94, "model"), "help", False, False),
        (Candidate(1, None, "category"), "help", False, False),
        (Candidate(1, None, "rule"), "help", False, True),
        (Candidate(1, None, "rule"), "report", False, False),
        (Candidate(1, 0.99, "both"), "help", True, False),
        (None, "help", False, False),
    ],
)
def test_the_system_assigns_only_what_it_may(
    candidate: Candidate | None, nature: str, is_confidential: bool, may: bool
) -> None:
    said = may_assign(candidate, threshold=0.95, nature=nature, is_confidential=is_confidential)
    assert said is may
