"""The city, and 小林's conversation with it."""

from datetime import datetime

import pytest

from minxin.citizens.identity import key_of
from minxin.conversations.actions import Delivery
from tests.support.city import APP_ID, OPENID, City, build_city


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def said(
    city: City,
    text: str,
    number: int,
    now: datetime,
    *,
    openid: str = OPENID,
    kind: str = "Text",
    meeting: str = "said",
) -> Delivery:
    """A push as the gateway hands it over."""
    return Delivery(
        account_id=city.account.pk,
        citizen_key=key_of(APP_ID, openid),
        openid=openid,
        delivery=f"m:{number}" if kind == "Text" else f"e:{openid}:{number}:{kind}:",
        kind=kind,
        text=text,
        data=None,
        said_at=now,
        meeting=meeting,
    )
