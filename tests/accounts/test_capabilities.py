"""What an account may do follows from kind, verification and holder together."""

import itertools

import pytest

from minxin.accounts.budgets import LINES, Budget
from minxin.accounts.capabilities import MATRIX, May, capabilities, may
from minxin.accounts.models import Kind, Principal
from minxin.accounts.rules import Capability as C

ALL = list(itertools.product(Kind.values, (False, True), Principal.values))


def test_a_verified_government_service_account_may_do_everything_that_is_known() -> None:
    assert capabilities("service", True, "government") == set(C) - {C.COMMENTS}
    assert may("service", True, "government", C.COMMENTS) is May.UNSURE


def test_what_is_unsure_is_not_promised() -> None:
    for kind in Kind.values:
        assert may(kind, False, "government", C.DRAFT) is May.UNSURE
        assert C.DRAFT not in capabilities(kind, False, "government")


def test_every_row_says_where_it_stands_and_what_to_do_instead() -> None:
    assert set(MATRIX) == set(C)
    for capability, row in MATRIX.items():
        assert row.source, capability
        cells = {may(k, v, p, capability) for k, v, p in ALL}
        assert row.fallback or cells == {May.YES}, capability


def test_every_budget_has_a_line_and_no_path_two() -> None:
    assert set(LINES) == set(Budget)
    paths = [path for line in LINES.values() for path in line.paths]
    assert len(paths) == len(set(paths))
    assert all(line.source for line in LINES.values())


def test_a_verified_government_official_account_has_oauth_but_no_templates() -> None:
    found = capabilities("subscription", True, "government")
    assert {C.OAUTH, C.CUSTOM_MESSAGE, C.PUBLISH, C.LONG_TERM_NOTICE} <= found
    assert not {C.TEMPLATE_MESSAGE, C.SCENE_CODE} & found


@pytest.mark.parametrize("principal", ["enterprise", "other"])
def test_a_verified_official_account_of_others_has_no_oauth(principal: str) -> None:
    assert C.OAUTH not in capabilities("subscription", True, principal)
    assert C.OAUTH in capabilities("service", True, principal)


@pytest.mark.parametrize("principal", Principal.values)
def test_an_unverified_account_only_replies_and_a_service_account_has_a_menu(
    principal: str,
) -> None:
    assert capabilities("subscription", False, principal) == {C.PASSIVE_REPLY}
    assert capabilities("service", False, principal) == {C.PASSIVE_REPLY, C.MENU}


def test_a_person_cannot_be_verified() -> None:
    assert capabilities("service", True, "person") == capabilities("service", False, "person")


@pytest.mark.parametrize("kind", ["", "weibo", "other"])
def test_other_platforms_have_none_of_these(kind: str) -> None:
    assert capabilities(kind, True, "government") == frozenset()


def test_only_government_has_long_term_notices() -> None:
    holders = {p for k, v, p in ALL if C.LONG_TERM_NOTICE in capabilities(k, v, p)}
    assert holders == {"government"}


def test_verification_never_takes_anything_away() -> None:
    for kind, principal in itertools.product(Kind.values, Principal.values):
        assert capabilities(kind, False, principal) <= capabilities(kind, True, principal)
