"""A city that knows a few answers, and 小林's phone."""

from datetime import date, datetime

import pytest

from minxin.core.actors import System
from minxin.knowledge.index import LiveIndex
from minxin.tickets.actions import keep_category
from tests.support.city import City, build_city
from tests.support.dialogue import Phone
from tests.support.entries import entry


@pytest.fixture
def city(db: None, now: datetime) -> City:
    city = build_city(now)
    entry(city.police, "居民身份证丢失后怎样补办", "本人到任一派出所即可补办，约10个工作日取证。",
          variants=("身份证丢了怎么补",), now=now)  # fmt: skip
    entry(city.police, "新生儿怎样办理户口登记", now=now, variants=("孩子上户口",))
    entry(city.police, "怎样申请居住证", now=now)
    entry(city.water, "水费怎样缴纳", now=now, variants=("在哪交水费",))
    entry(city.water, "夏季优惠水价是多少", now=now, valid_until=date(2026, 9, 30))
    keep_category(
        code="water",
        name="供水",
        agency=city.water,
        keywords="停水，水压，水管",
        actor=System("test"),
        now=now,
    )
    return city


@pytest.fixture
def index(city: City) -> LiveIndex:
    index = LiveIndex()
    index.build()
    return index


@pytest.fixture
def phone(city: City, index: LiveIndex, now: datetime) -> Phone:
    return Phone(now, index)
