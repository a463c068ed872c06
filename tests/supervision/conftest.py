"""The city of these tests, with a supervisor over all of it and one over the water bureau alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies import actions as agencies
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Role
from minxin.supervision import actions
from minxin.supervision.rules.sources import Kind, Source
from tests.support.city import PASSWORD, SETUP, City, build_city


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")


def add(username: str, name: str, role: Role, where: Agency, now: datetime) -> Staff:
    return agencies.add_staff(
        username=username, name=name, agency=where, role=role, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Office:
    """Who supervises, and the accounts: WeChat's of the police, Weibo's of the water bureau."""

    supervisor: Staff
    of_water: Staff
    account: Account
    weibo: Account


@pytest.fixture
def office(city: City, now: datetime) -> Office:
    weibo = accounts.register(
        agency=city.water, name="云溪水务", platform="weibo", is_verified=True, region_code="990100",
        actor=SETUP, now=now,
    )  # fmt: skip
    return Office(
        add("huangwei", "黄薇", Role.SUPERVISOR, city.root, now),
        add("sunlan", "孙兰", Role.SUPERVISOR, city.water, now),
        city.account,
        weibo,
    )


def posted(account: Account, days_ago: float, *, now: datetime) -> None:
    """A pushed item that an event told of."""
    at = now - timedelta(days=days_ago)
    item = actions.Item(account.pk, Source.MASS_EVENT, Kind.PUSHED, at, f"m-{days_ago}")
    actions.keep_traces([item], now=now)


def looked(account: Account, days: float, *, now: datetime) -> None:
    """WeChat's figures were asked for so many days, up to now."""
    actions.keep_look(
        account, Source.ARTICLE_FIGURES, since=now - timedelta(days=days), until=now, now=now
    )
