"""Telling webhooks what happened to tickets (docs/reference/ticket-webhooks.md). Several may run.

A delivery is claimed by compare-and-set, sent outside any transaction, and noted. What a killed process left
in hand is sent again under the same number, which the receiver takes once.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import translation
from django.utils.translation import gettext as _

from minxin.agencies.actions import notify_staff
from minxin.agencies.queries import staff_who_may, staff_with
from minxin.agencies.rules import Permission
from minxin.core import errands, signed
from minxin.core.deadlines import Deadline
from minxin.core.outward import BadAddress, Resolve, route
from minxin.tickets.actions.webhooks import collect_deliveries, fault_said
from minxin.tickets.models import TicketWebhook, WebhookDelivery
from minxin.tickets.queries.webhooks import due_deliveries, has_earlier, is_in_reach
from minxin.tickets.rules.handing import pause_after
from minxin.tickets.rules.webhooks import LEASE, TROUBLED, gives_up, is_of_receiver

log = logging.getLogger("minxin.webhooks")
LOOK = 2.0  # seconds between two looks
AT_ONCE = 50
TURN = 10.0  # seconds for one address before the others have theirs
TIMEOUT = httpx.Timeout(5.0, connect=3.0)  # for each wait; connecting takes twice 3 with TLS
WHOLE = 10.0  # seconds for one call, however slowly the answer comes
GONE = 410
EDIT = Permission.EDIT_SETTINGS
Status = WebhookDelivery.Status


class Announcer:
    """Delivers what is due."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        transport: httpx.BaseTransport | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self.name = secrets.token_hex(8)
        self._clock, self._transport, self._resolve = clock, transport, resolve
        self._away: dict[int, datetime] = {}  # addresses nobody answers on, until when

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. Whatever goes wrong is tried again: the worker has other work beside this."""
        while not stop.wait(LOOK):
            try:
                with translation.override("zh-hans"):
                    self.turn(stop)
            except DatabaseError as error:
                log.warning("the webhooks cannot be reached: %s", type(error).__name__)
            except Exception:
                log.exception("webhooks")
            finally:
                close_old_connections()

    def turn(self, stop: threading.Event | None = None) -> int:
        """Everything that is due now; how many deliveries were tried."""
        hooks = list(TicketWebhook.objects.select_related("agency"))
        if not hooks:
            return 0
        errands.settle(WebhookDelivery, lease=LEASE, now=self._clock())
        collect_deliveries(now=self._clock())
        return sum(self._deliver_all(hook, stop) for hook in hooks if not hook.is_paused)

    def _deliver_all(self, hook: TicketWebhook, stop: threading.Event | None) -> int:
        tried, begun = 0, time.monotonic()
        while tried < AT_ONCE:  # what arrived frees the next of its ticket
            before = tried
            for number in due_deliveries(hook, now=self._clock(), most=AT_ONCE - tried):
                until = self._away.get(hook.pk)
                is_away = until is not None and self._clock() < until
                is_over = stop is not None and stop.is_set()
                if is_away or is_over or time.monotonic() - begun > TURN:
                    return tried
                tried += self.deliver(number)
            if tried == before:
                break
        return tried

    def deliver(self, number: int) -> bool:
        """One delivery; False when somebody else has it or one before it is not through."""
        row = (
            WebhookDelivery.objects.filter(pk=number)
            .select_related("webhook__agency", "ticket__agency")
            .first()
        )
        if row is None or row.webhook.is_paused or has_earlier(row):
            return False
        if not errands.claim(row, self.name, self._clock()):
            return False
        if row.ticket is not None and not is_in_reach(row.webhook, row.ticket):
            words = _("工单已保密或已改由范围外的单位办理，不再推送。")
            errands.end(row, Status.GIVEN_UP, words)
            return True
        begun = time.monotonic()
        try:
            code = self._post(row)
        except BadAddress as bad:
            self._failed(row, fault_said(bad.fault), is_away=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            self._failed(row, _("连不上接收地址，请检查地址和网络。"), is_away=True)
        except httpx.HTTPError:
            words = _("对方没有回应，不能确定是否送达，会再送一次。")
            self._failed(row, words, is_away=True)
        except Exception:  # whatever it is, the others go on
            log.exception("webhook delivery %s", row.pk)
            self._failed(row, _("推送时程序出错，会再送一次。"), is_away=False)
        else:
            took = int((time.monotonic() - begun) * 1000)
            self._answered(row, code, took)
        return True

    def _post(self, row: WebhookDelivery) -> int:
        hook, body = row.webhook, row.body.encode()
        where = route(hook.url, settings.MINXIN_WEBHOOK_NETWORKS, self._resolve)
        moment = str(int(time.time()))
        given = signed.headers(hook.secret or "", moment, row.key, body)
        given |= {"host": where.host, "user-agent": "minxin", "x-minxin-event": row.kind}
        if hook.former_secret and hook.former_until and self._clock() < hook.former_until:
            former = signed.signature(hook.former_secret, moment, row.key, body)
            given["x-minxin-signature-former"] = former
        with (
            Deadline(WHOLE) as deadline,
            httpx.Client(
                transport=self._transport, timeout=TIMEOUT, trust_env=False, follow_redirects=False
            ) as client,
            client.stream(
                "POST", where.url, content=body, headers=given,
                extensions={"sni_hostname": where.name, "trace": deadline.trace},
            ) as answer,
        ):  # fmt: skip
            return answer.status_code  # what else it says is not read

    def _answered(self, row: WebhookDelivery, code: int, took: int) -> None:
        now, said = self._clock(), {"code": code, "took_ms": took}
        if 200 <= code < 300:
            errands.end(row, Status.DONE, "", done_at=now, **said)
            self._away.pop(row.webhook_id, None)
            TicketWebhook.objects.filter(pk=row.webhook_id).exclude(trouble="").update(
                trouble="", trouble_at=None
            )
            return
        if code == GONE:
            words = _("对方表示不再接收（HTTP 410），已暂停推送。")
            TicketWebhook.objects.filter(pk=row.webhook_id).update(is_paused=True)
            errands.end(row, Status.WAITING, words, due_at=now, **said)
            self._trouble(row.webhook, words, now)
            return
        if code == 401:
            words = _("对方不认签名（HTTP 401），请核对密钥和两边的时间。")
        elif 300 <= code < 400:
            words = _("对方要求转到别的地址（HTTP %(code)s），为安全不跟随，请改登记的地址。")
        else:
            words = _("对方没有收下（HTTP %(code)s），会再送一次。")
        self._failed(row, words % {"code": code}, is_away=is_of_receiver(code), **said)

    def _failed(self, row: WebhookDelivery, words: str, *, is_away: bool, **said: object) -> None:
        now = self._clock()
        if gives_up(now - row.since):
            last = _("三天没有送达，不再重试：%(why)s") % {"why": words}
            errands.end(row, Status.GIVEN_UP, last, **said)
            self._trouble(row.webhook, words, now)
            return
        pause = pause_after(row.attempts, random.random())
        errands.end(row, Status.WAITING, words, due_at=now + pause, **said)
        if is_away:  # what is refused of one ticket says nothing of the others
            self._away[row.webhook_id] = now + min(pause, timedelta(minutes=1))
        if row.attempts >= TROUBLED:
            self._trouble(row.webhook, words, now)

    def _trouble(self, hook: TicketWebhook, words: str, now: datetime) -> None:
        """Its administrators hear of it in the console, once."""
        fresh = TicketWebhook.objects.filter(pk=hook.pk, trouble="")
        if fresh.update(trouble=words[:300], trouble_at=now):
            own = staff_with(EDIT, hook.agency)
            people = own if own.exists() else staff_who_may(EDIT, hook.agency)
            text = _("工单推送“%(name)s”送不到") % {"name": hook.name}
            link = f"/console/webhooks/{hook.pk}/"
            notify_staff(people, kind="channel", text=text, link=link, now=now)
