"""The small city, with a few matters; a file that needs less makes its own."""

from datetime import datetime

import pytest

from minxin.tickets.actions.matters import load_taxonomy
from tests.support.city import SETUP, City, build_city

MATTERS = (
    ("城乡建设", "城市管理", "路灯照明"),
    ("城乡建设", "城市管理", "占道经营"),
    ("公安", "交通管理", "信号灯"),
)


@pytest.fixture
def city(db: None, now: datetime) -> City:
    made = build_city(now)
    load_taxonomy(MATTERS, actor=SETUP, now=now)
    return made
