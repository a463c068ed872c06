"""Every view of the console is guarded; what is not stands here with its reason."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.urls.exceptions import NoReverseMatch

from minxin.agencies.rules import Permission
from minxin.console import urls

# Who signs in is not signed in yet; allauth's own views look after the rest.
BEFORE_SIGNING_IN = {
    "account_login": "the way in",
    "account_logout": "the way out, also for those who may not go on",
    "account_reauthenticate": "asks for the password again; allauth demands a session",
    "account_signup": "says that nobody signs up",
    "account_reset_password": "says whom to ask",
    "account_inactive": "says whom to ask",
    "mfa_authenticate": "the second step of signing in",
    "mfa_reauthenticate": "asks for a code again; allauth demands a session",
}
FOR_ALL_STAFF = {
    "home",
    "counts",
    "notices",
    "notices_read",
    "choose_agency",
    "choose_language",
    "my_reminders",
    "my_reminders_test",
    "principles",
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
}


def _walk(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns)
        else:
            yield each


VIEWS = {str(each.name): each for each in _walk(urls.urlpatterns)}


def test_the_walk_finds_the_console() -> None:
    assert len(VIEWS) > 40
    assert {"tickets", "conversation", "entry", "account", "audit"} <= set(VIEWS)


@pytest.mark.parametrize("name", sorted(set(VIEWS) - set(BEFORE_SIGNING_IN)))
def test_a_view_asks_for_a_permission(name: str) -> None:
    view = VIEWS[name].callback
    assert hasattr(view, "permission"), f"{name} is not guarded by allowed(…)"
    if name in FOR_ALL_STAFF:
        assert view.permission is None
    else:
        assert isinstance(view.permission, Permission)


def test_the_exceptions_are_still_there() -> None:
    assert set(BEFORE_SIGNING_IN) | FOR_ALL_STAFF <= set(VIEWS)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(VIEWS) - set(BEFORE_SIGNING_IN)))
def test_a_stranger_gets_nowhere(client: Client, name: str) -> None:
    from django.urls import reverse

    address = ""
    for prefix in ("console:", ""):
        for arguments in ([], [1], ["x"], [1, "x"], [1, 1]):
            try:
                address = address or reverse(prefix + name, args=arguments)
            except NoReverseMatch:
                continue
    assert address, name
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code in {302, 405}, name
        if answer.status_code == 302:
            assert answer.url.startswith("/console/sign-in/")
