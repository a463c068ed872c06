"""The encrypted field in a real table, and the refusals every action uses."""

from datetime import datetime

import pytest
from django.db import connection

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies import actions as agencies
from minxin.core.actors import System
from minxin.core.errors import NotFound, Refused

SETUP = System("test")


@pytest.fixture
def account(db: None, now: datetime) -> Account:
    city = agencies.add_agency(
        code="yunxi", name="云溪市人民政府", parent=None, actor=SETUP, now=now
    )
    account = accounts.register(agency=city, name="云溪发布", kind="service", actor=SETUP, now=now)
    accounts.set_credentials(
        account,
        app_id="wx0123456789abcdef",
        secret="5ecret5ecret5ecret",
        token="t0ken",
        aes_key="k" * 43,
        actor=SETUP,
        now=now,
    )
    return account


def test_the_table_holds_sealed_text_and_python_the_plain_one(account: Account) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, token, aes_key FROM accounts_account")
        (row,) = cursor.fetchall()
    assert all(value.startswith("a1.") for value in row)
    assert Account.objects.get().secret == "5ecret5ecret5ecret"


def test_nothing_stays_nothing(account: Account) -> None:
    account.secret = None
    account.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_account")
        assert cursor.fetchone() == (None,)
    assert Account.objects.filter(secret__isnull=True).exists()


def test_an_encrypted_field_cannot_be_searched(account: Account) -> None:
    with pytest.raises(TypeError):
        Account.objects.filter(secret="5ecret5ecret5ecret")
    with pytest.raises(TypeError):
        Account.objects.filter(secret__startswith="5")


def test_missing_and_forbidden_read_the_same() -> None:
    assert isinstance(NotFound(), Refused)
    assert NotFound().message == NotFound().message != ""
    assert Refused("请填写名称。", field="name").field == "name"
