"""Sight: a role in an agency opens that branch and no other; missing and forbidden look the same."""

from datetime import datetime

import pytest

from minxin.accounts.models import Account
from minxin.agencies import actions, queries
from minxin.agencies.models import Agency
from minxin.agencies.rules import Permission, Role
from minxin.core.errors import NotFound
from tests.support.city import SETUP, City


def test_a_role_opens_its_agency_and_what_is_below(city: City) -> None:
    for agency, expected in [
        (city.police, True),
        (city.station, True),
        (city.root, False),
        (city.water, False),
    ]:
        assert queries.may(city.wang, Permission.ANSWER_TICKETS, agency) is expected
    assert not queries.may(city.wang, Permission.EDIT_STAFF)
    assert queries.may(city.wang, Permission.ANSWER_TICKETS)


def test_an_outsider_sees_nothing_of_another_agency(city: City) -> None:
    seen = Account.objects.visible_to(city.operator, Permission.READ_ACCOUNTS)
    assert list(seen) == [city.account]
    for person in (city.outsider, city.wang, city.auditor):
        assert not Account.objects.visible_to(person, Permission.READ_ACCOUNTS).exists()


def test_missing_and_forbidden_raise_the_same(city: City) -> None:
    with pytest.raises(NotFound) as forbidden:
        queries.agency_for(city.outsider, Permission.READ_AGENCIES, city.police.pk)
    with pytest.raises(NotFound) as missing:
        queries.agency_for(city.outsider, Permission.READ_AGENCIES, 10**9)
    assert forbidden.value.message == missing.value.message
    assert queries.agency_for(city.outsider, Permission.READ_AGENCIES, city.water.pk) == city.water


def test_agencies_are_listed_parents_first_within_sight(city: City) -> None:
    assert list(queries.agencies_for(city.wang, Permission.READ_TICKETS)) == [
        city.police,
        city.station,
    ]
    assert queries.agencies_for(city.administrator, Permission.EDIT_STAFF).count() == 4


def test_a_withdrawn_role_closes_at_once(city: City, now: datetime) -> None:
    actions.withdraw_role(city.wang.memberships.get(), actor=city.administrator, now=now)
    assert not queries.may(city.wang, Permission.READ_TICKETS)
    assert not Agency.objects.visible_to(city.wang, Permission.READ_AGENCIES).exists()


def test_two_roles_in_one_branch_count_once(city: City, now: datetime) -> None:
    actions.grant_role(city.wang, city.station, Role.AGENT, actor=SETUP, now=now)
    assert queries.paths_of(city.wang, Permission.READ_TICKETS) == (city.police.path,)


def test_what_concerns_everybody_needs_a_whole_tree(city: City, now: datetime) -> None:
    local = actions.add_staff(
        username="local", name="吴越", agency=city.water, role=Role.ADMINISTRATOR,
        actor=SETUP, now=now,
    )  # fmt: skip
    assert queries.may_everywhere(city.administrator, Permission.EDIT_SETTINGS)
    assert not queries.may_everywhere(local, Permission.EDIT_SETTINGS)
    with pytest.raises(NotFound):
        queries.ensure_may_everywhere(local, Permission.EDIT_SETTINGS)
    with pytest.raises(NotFound):
        queries.ensure_may(city.xiaolin, Permission.READ_TICKETS)


def test_a_citizen_is_never_staff(city: City) -> None:
    for permission in Permission:
        with pytest.raises(NotFound):
            queries.ensure_may(city.xiaolin, permission, city.police)
