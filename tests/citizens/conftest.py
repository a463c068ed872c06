"""The city of these tests."""

from datetime import datetime

import pytest

from tests.support.city import City, build_city


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)
