"""What an account may do follows from kind, verification and holder together."""

import itertools

import pytest

from minxin.accounts.models import Kind, Principal
from minxin.accounts.rules import Capability as C
from minxin.accounts.rules import capabilities

ALL = list(itertools.product(Kind.values, (False, True), Principal.values))


def test_a_verified_government_service_account_may_do_everything() -> None:
    assert capabilities("service", True, "government") == set(C)


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
