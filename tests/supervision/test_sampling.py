"""Samples: drawn again from seed and list, proportional, never without a stratum; work shared evenly."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from minxin.supervision.rules.assigning import Inspector, Task, assign
from minxin.supervision.rules.sampling import (
    Design,
    Member,
    Method,
    allocate,
    draw,
    second_look,
    sizes_of,
)

strata = st.tuples(st.sampled_from(["wechat", "weibo", "douyin"]), st.sampled_from(["市", "区"]))
populations = st.lists(strata, min_size=1, max_size=120).map(
    lambda keys: [Member(number, key) for number, key in enumerate(keys, start=1)]
)
designs = st.one_of(
    st.just(Design(Method.WHOLE)),
    st.integers(1, 150).map(lambda n: Design(Method.PROPORTIONAL, size=n)),
    st.integers(1, 100).map(lambda n: Design(Method.SHARE, percent=n)),
)
seeds = st.text(min_size=1, max_size=12)


@given(populations, designs, seeds, st.randoms())
def test_who_has_seed_and_list_draws_the_same_in_any_order(
    members: list[Member], design: Design, seed: str, shuffler: object
) -> None:
    first = draw(members, design, seed)
    shuffled = list(members)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    assert draw(shuffled, design, seed) == first
    assert len(set(first)) == len(first)
    assert set(first) <= {each.number for each in members}


@given(populations, designs)
def test_each_stratum_gives_at_least_one_and_no_more_than_it_has(
    members: list[Member], design: Design
) -> None:
    sizes = sizes_of(members)
    given_ = allocate(sizes, design)
    assert given_.keys() == sizes.keys()
    assert all(1 <= given_[key] <= sizes[key] for key in sizes)


@given(populations, st.integers(1, 150))
def test_a_proportional_sample_has_its_size_and_is_near_its_shares(
    members: list[Member], size: int
) -> None:
    sizes = sizes_of(members)
    given_ = allocate(sizes, Design(Method.PROPORTIONAL, size=size))
    wanted = min(max(size, len(sizes)), len(members))
    assert sum(given_.values()) == wanted
    if all(count * wanted >= len(members) for count in sizes.values()):  # nobody was lifted to one
        for key, count in sizes.items():
            assert abs(given_[key] - count * wanted / len(members)) < 1


@given(populations, st.integers(1, 99), seeds)
def test_a_larger_share_holds_the_smaller_one(
    members: list[Member], percent: int, seed: str
) -> None:
    small = draw(members, Design(Method.SHARE, percent=percent), seed)
    large = draw(members, Design(Method.SHARE, percent=percent + 1), seed)
    assert set(small) <= set(large)


def test_a_known_sample_by_hand() -> None:
    """What a person with a pocket calculator for SHA-256 finds."""
    members = [Member(number, ("wechat",)) for number in range(1, 11)]
    by_hand = sorted(
        range(1, 11), key=lambda n: hashlib.sha256(f"sample:2026Q4:{n}".encode()).hexdigest()
    )[:3]
    assert draw(members, Design(Method.PROPORTIONAL, size=3), "2026Q4") == tuple(sorted(by_hand))
    assert draw(members, Design(Method.PROPORTIONAL, size=3), "2026Q5") != tuple(sorted(by_hand))


def test_shares_by_largest_remainder() -> None:
    sizes = {("微信",): 205, ("微博",): 16, ("头条",): 31, ("其他",): 56}
    assert allocate(sizes, Design(Method.PROPORTIONAL, size=30)) == {
        ("其他",): 5, ("头条",): 3, ("微信",): 20, ("微博",): 2,
    }  # fmt: skip
    assert allocate(sizes, Design(Method.SHARE, percent=12)) == {
        ("其他",): 7, ("头条",): 4, ("微信",): 25, ("微博",): 2,
    }  # fmt: skip


@given(st.lists(st.integers(1, 500), unique=True, max_size=60), st.integers(0, 100), seeds)
def test_a_second_look_is_a_share_rounded_up(numbers: list[int], percent: int, seed: str) -> None:
    found = second_look(numbers, percent, seed)
    assert len(found) == -(-len(numbers) * percent // 100)
    assert found <= set(numbers)


tasks = st.lists(st.integers(1, 6), max_size=60).map(
    lambda units: [Task(number, unit) for number, unit in enumerate(units, start=1)]
)
people = st.lists(st.frozensets(st.integers(1, 6), max_size=3), max_size=5).map(
    lambda units: [Inspector(number, own) for number, own in enumerate(units, start=1)]
)


@given(tasks, people)
def test_nobody_checks_her_own_unit_and_who_can_be_is_assigned(
    given_: list[Task], inspectors: list[Inspector]
) -> None:
    found = assign(given_, inspectors)
    units = {each.number: each.units for each in inspectors}
    assert set(found) == {each.number for each in given_}
    for task in given_:
        who = found[task.number]
        if who is None:
            assert all(task.unit in own for own in units.values())
        else:
            assert task.unit not in units[who]


@given(tasks, st.integers(1, 5))
def test_the_work_is_even(given_: list[Task], many: int) -> None:
    found = assign(given_, [Inspector(number) for number in range(1, many + 1)])
    loads = [list(found.values()).count(number) for number in range(1, many + 1)]
    assert max(loads) - min(loads) <= 1


def test_who_has_much_gets_less() -> None:
    inspectors = [Inspector(1, load=3), Inspector(2)]
    found = assign([Task(number, 1) for number in range(1, 4)], inspectors)
    assert set(found.values()) == {2}
