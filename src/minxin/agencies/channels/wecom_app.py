"""An application's message in 企业微信, or in an installation that answers the same calls elsewhere."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
from django.db.models import Q
from django.utils.translation import gettext as _

from minxin import wecom
from minxin.agencies.channels.way import Later, Parcel, Refusal, Unsure, Way
from minxin.agencies.reminders import ReminderChannel

LEASE = timedelta(seconds=15)
PATIENCE, PAUSE = 20.0, 0.05


class RowTokens:
    """The `TokenStore` of `minxin.wecom` over the channel's row: one renewal at a time among all
    processes, and none while a transaction is open."""

    def __init__(self, channel_id: int, clock: Callable[[], float] = time.time) -> None:
        self._rows = ReminderChannel.objects.filter(pk=channel_id)
        self._clock = clock

    def get(self) -> wecom.Token | None:
        row = self._rows.first()
        if row is None or not row.token or row.token_until is None:
            return None
        return wecom.Token(row.token, row.token_until.timestamp())

    def renew(self, stale: wecom.Token | None, fetch: Callable[[], wecom.Token]) -> wecom.Token:
        me, began = secrets.token_hex(16), time.monotonic()
        while True:
            now = datetime.fromtimestamp(self._clock(), UTC)
            free = Q(held_by="") | Q(held_until__lte=now) | Q(held_until=None)
            if self._rows.filter(free).update(held_by=me, held_until=now + LEASE):
                try:
                    return self._newer(stale) or self._keep(me, fetch())
                finally:
                    self._rows.filter(held_by=me).update(held_by="", held_until=None)
            found = self._newer(stale)
            if found is not None:
                return found
            if time.monotonic() - began > PATIENCE:
                raise wecom.WecomUnreachable("nobody could renew", may_have_happened=False)
            time.sleep(PAUSE)

    def _newer(self, stale: wecom.Token | None) -> wecom.Token | None:
        found = self.get()
        if found is None or found == stale or not found.is_valid(self._clock()):
            return None
        return found

    def _keep(self, me: str, token: wecom.Token) -> wecom.Token:
        ends = datetime.fromtimestamp(token.expires_at, UTC)
        self._rows.filter(held_by=me).update(token=token.value, token_until=ends)
        return wecom.Token(token.value, ends.timestamp())


def _send(channel: ReminderChannel, parcel: Parcel, transport: httpx.BaseTransport | None) -> None:
    with wecom.Client(
        channel.identity,
        channel.secret or "",
        channel.number or 0,
        store=RowTokens(channel.pk),
        base_url=channel.base_url or wecom.BASE_URL,
        transport=transport,
    ) as client:
        told(
            lambda: client.send_card(
                parcel.address,
                title=parcel.title,
                text=parcel.text,
                link=parcel.link,
                more="去办理",
            )
        )


def told(send: Callable[[], object]) -> None:
    """Do it, and say in our words what went wrong."""
    try:
        send()
    except wecom.WecomError as error:
        found = wecom.explain(error.code, error.message)
        words = f"{found.meaning}（错误码 {error.code}）。"
        if found.remedy:
            words += f"{found.remedy}。"
        if found.whose is wecom.Whose.NOBODY:
            raise Later(words) from None
        raise Refusal(words, found.whose) from None
    except wecom.WecomUnreachable as error:
        if error.may_have_happened:
            raise Unsure(_("企业微信没有回应，不能确定是否送达。")) from None
        raise Later(_("连不上企业微信的接口地址，请检查地址和网络。")) from None


WAY = Way(
    _send,
    needs=frozenset({"identity", "number", "secret"}),
    # A little less than 企业微信 is asked to remember, for what was on its way meanwhile.
    repeatable=timedelta(hours=4) - timedelta(minutes=5),
    default_url=wecom.BASE_URL,
)
