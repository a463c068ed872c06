"""What every test may use: the cast, and the moment at which they live."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def now() -> datetime:
    """Tuesday, 24 November 2026, ten in the morning: a working day."""
    return datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
