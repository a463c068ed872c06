"""How news of a ticket reaches her: no page promises more than WeChat lets us do."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from minxin.citizens.queries import profile_of
from minxin.conversations.queries.reach import reach_of
from minxin.portal.base import Visit


@dataclass(frozen=True, slots=True)
class Way:
    """`kind` as of `Reach`; `until`: as long as messages arrive; `phone`: masked, where the answer is sent by
    text message too."""

    kind: str
    until: datetime | None
    phone: str


def way_to(visit: Visit, now: datetime) -> Way:
    """By what she hears of her tickets, as of now."""
    found = reach_of(visit.me, now=now)
    phone = ""
    if settings.MINXIN_SMS_URL and visit.me.texts_agreed_at is not None:
        phone = profile_of(visit.me).masked_phone
    return Way(found.reach.value, found.until, phone)
