"""What every test may use: the cast, and the moment at which they live."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import settings

SHANGHAI = ZoneInfo("Asia/Shanghai")

# The machines are shared: how long one example takes says nothing of the code.
settings.register_profile("minxin", deadline=None)
settings.load_profile("minxin")


@pytest.fixture
def now() -> datetime:
    """Tuesday, 24 November 2026, ten in the morning: a working day."""
    return datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def in_the_language_of_the_house() -> Iterator[None]:
    """Whatever language a request of the test before asked for, this one begins in Chinese."""
    translation.deactivate()
    yield
    translation.deactivate()
