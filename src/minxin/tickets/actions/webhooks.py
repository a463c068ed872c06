"""What administrators say of webhooks; collecting what their receivers are to hear."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.conversations.actions import move_cursor
from minxin.conversations.queries import position_of
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.core.outward import BadAddress, Resolve, parts_of, route
from minxin.tickets.models import Rating, Ticket, TicketEvent, TicketWebhook, WebhookDelivery
from minxin.tickets.queries.webhooks import CURSOR, is_in_reach, latest_step, new_steps
from minxin.tickets.rules.webhooks import EVENTS, FORMER, KEPT, OF_VERB, TEST

EDIT = Permission.EDIT_SETTINGS
Status = WebhookDelivery.Status
AT_ONCE = 200
BACKLOG = 5_000  # steps that wait when the choice of a webhook changes: told by the one before


def fault_said(fault: str) -> str:
    """Why an address cannot be called, for people."""
    match fault:
        case "extra":
            return _("接收地址里不能有用户名、密码和井号。")
        case "plain":
            return _("接收地址要以 https:// 开头；http:// 只用于设置允许的内网地址。")
        case "forbidden":
            return _("接收地址指向本机或内网，设置没有允许这个网段。")
        case "unknown":
            return _("接收地址的域名查不到，请检查地址和网络。")
    return _("接收地址不正确，请填写 https:// 开头的完整地址。")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDraft:
    """What is said of one."""

    name: str
    url: str
    events: Sequence[str]


def keep_webhook(
    hook: TicketWebhook | None,
    draft: WebhookDraft,
    *,
    agency: Agency,
    actor: Staff,
    now: datetime,
    resolve: Resolve | None = None,
) -> tuple[TicketWebhook, str]:
    """Enter an address or change it; with the secret of a new one, which nobody is shown again, else "".

    A new one hears of what happens from now on; one that is to hear of more hears the rest from now on.
    Names are asked for before the transaction: that may take seconds, and SQLite has one writer.
    Raises `Refused` with the field that is wrong.
    """
    ensure_may(actor, EDIT, agency)
    if hook is not None:
        ensure_may(actor, EDIT, hook.agency)
    if not draft.name.strip():
        raise Refused(_("请填写名称。"), field="name")
    if not draft.events or set(draft.events) - set(EVENTS):
        raise Refused(_("请至少选择一个推送的事项。"), field="events")
    url = draft.url.strip()
    try:
        parts_of(url, settings.MINXIN_WEBHOOK_NETWORKS)
        if hook is None or hook.url != url:
            route(url, settings.MINXIN_WEBHOOK_NETWORKS, resolve)
    except BadAddress as bad:
        raise Refused(fault_said(bad.fault), field="url") from None
    try:
        with transaction.atomic():
            return _kept(hook, draft, url, agency=agency, actor=actor, now=now)
    except IntegrityError:
        raise Refused(_("这个单位已有同名的推送。"), field="name") from None


def _kept(
    hook: TicketWebhook | None,
    draft: WebhookDraft,
    url: str,
    *,
    agency: Agency,
    actor: Staff,
    now: datetime,
) -> tuple[TicketWebhook, str]:
    # Only what the draft says is written: it may have been paused or got a new secret meanwhile.
    events = [name for name in EVENTS if name in draft.events]
    before, secret, names = None, "", ["agency", "name", "url", "events", "after_event"]
    if hook is None:
        secret = secrets.token_urlsafe(32)
        kept = TicketWebhook(created_at=now, after_event=latest_step(), secret=secret)
    else:
        found = TicketWebhook.objects.select_for_update(of=("self",)).filter(pk=hook.pk).first()
        if found is None:
            raise NotFound
        ensure_may(actor, EDIT, found.agency)
        kept, before = found, _told(found)
        if kept.agency_id != agency.pk or set(events) - set(kept.events):
            steps = new_steps([kept], now=now, most=BACKLOG, is_all=True)
            _queue([kept], steps, now)
            # Were there more, these are told by the new choice rather than not at all.
            kept.after_event = latest_step() if len(steps) < BACKLOG else steps[-1].pk
        if kept.url != url:
            kept.trouble, kept.trouble_at = "", None
            names += ["trouble", "trouble_at"]
    kept.agency, kept.name, kept.url, kept.events = agency, draft.name.strip()[:60], url, events
    kept.save(update_fields=None if hook is None else names)
    audit.record(
        actor, "ticket_webhook.kept", kept, agency=agency, before=before, after=_told(kept), now=now
    )
    return kept, secret


def _told(hook: TicketWebhook) -> dict[str, Any]:
    # What stands behind the question mark may be somebody's key.
    return {"name": hook.name, "url": hook.url.split("?")[0], "events": list(hook.events)}


@transaction.atomic
def rotate_webhook(hook: TicketWebhook, *, actor: Staff, now: datetime) -> str:
    """A new secret, shown once; the one before signs beside it for a day, in which there is no third."""
    ensure_may(actor, EDIT, hook.agency)
    fresh = TicketWebhook.objects.select_for_update(of=("self",)).get(pk=hook.pk)
    if fresh.former_until is not None and now < fresh.former_until:
        raise Refused(
            _(
                "上次更换后，原来的密钥到 %(until)s 为止还在使用，在那之前不能再换。"
                "密钥已经泄露的，请暂停推送，删除后重新登记。"
            )
            % {"until": f"{timezone.localtime(fresh.former_until):%Y-%m-%d %H:%M}"}
        )
    fresh.former_secret, fresh.former_until = fresh.secret, now + FORMER
    fresh.secret = secret = secrets.token_urlsafe(32)
    fresh.save(update_fields=["secret", "former_secret", "former_until"])
    audit.record(actor, "ticket_webhook.rotated", fresh, agency=hook.agency, now=now)
    return secret


@transaction.atomic
def pause_webhook(hook: TicketWebhook, is_paused: bool, *, actor: Staff, now: datetime) -> None:
    """Send nothing for a while, or go on; what happens meanwhile waits."""
    ensure_may(actor, EDIT, hook.agency)
    rows = TicketWebhook.objects.filter(pk=hook.pk, is_paused=not is_paused)
    if not rows.update(is_paused=is_paused, trouble="", trouble_at=None):
        raise AlreadyDone(_("已经是这样了。"))
    if not is_paused:
        hook.deliveries.filter(status=Status.WAITING).update(due_at=now, since=now)
    verb = "ticket_webhook.paused" if is_paused else "ticket_webhook.resumed"
    audit.record(actor, verb, hook, agency=hook.agency, now=now)


@transaction.atomic
def remove_webhook(hook: TicketWebhook, *, actor: Staff, now: datetime) -> None:
    """Nobody is told any more; its deliveries go with it."""
    ensure_may(actor, EDIT, hook.agency)
    audit.record(
        actor, "ticket_webhook.removed", hook, agency=hook.agency, before=_told(hook), now=now
    )
    hook.delete()


@transaction.atomic
def send_test(hook: TicketWebhook, *, actor: Staff, now: datetime) -> WebhookDelivery:
    """Put a delivery that tells of no ticket into the queue."""
    ensure_may(actor, EDIT, hook.agency)
    row = _delivery(hook, TEST, now)
    row.body = _body(row, None, now, "")
    row.save(force_insert=True)
    audit.record(actor, "ticket_webhook.tested", hook, agency=hook.agency, now=now)
    return row


@transaction.atomic
def send_again(row: WebhookDelivery, *, actor: Staff, now: datetime) -> None:
    """Send what ended once more, under the same number; what waits is tried at once."""
    ensure_may(actor, EDIT, row.webhook.agency)
    mine = WebhookDelivery.objects.filter(pk=row.pk).exclude(status=Status.SENDING)
    if not mine.update(status=Status.WAITING, attempts=0, due_at=now, since=now, error=""):
        raise Refused(_("正在推送，请稍候。"))
    audit.record(
        actor, "ticket_webhook.sent_again", row.webhook, agency=row.webhook.agency, now=now,
        after={"number": row.number, "key": row.key},
    )  # fmt: skip


# Collecting ---------------------------------------------------------------------------------------


@transaction.atomic
def collect_deliveries(*, now: datetime) -> int:
    """Put the steps of tickets into the queues of who wants to hear of them, once each; how many.

    Steps are looked at again for a while: one that was committed late is found, and none is told twice.
    """
    hooks = list(TicketWebhook.objects.select_related("agency"))
    if not hooks:
        return 0
    events = new_steps(hooks, now=now, most=AT_ONCE)
    made = _queue(hooks, events, now)
    if events and events[-1].pk > position_of(CURSOR):
        move_cursor(CURSOR, events[-1].pk)
    return made


def _queue(hooks: Sequence[TicketWebhook], events: Sequence[TicketEvent], now: datetime) -> int:
    known = set(
        WebhookDelivery.objects.filter(event__in=[each.pk for each in events]).values_list(
            "webhook", "event"
        )
    )
    levels = {
        (each.ticket_id, each.rated_at): each.level
        for each in Rating.objects.filter(
            ticket__in={each.ticket_id for each in events if each.verb == "rated"}
        )
    }
    made = []
    for event in events:
        for hook in hooks:
            if (hook.pk, event.pk) in known or not _wants(hook, event):
                continue
            row = _delivery(hook, OF_VERB[event.verb], now)
            row.ticket, row.number, row.event = event.ticket, event.ticket.number, event.pk
            level = levels.get((event.ticket_id, event.at), "")
            row.body = _body(row, event.ticket, event.at, level)
            made.append(row)
    WebhookDelivery.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _wants(hook: TicketWebhook, event: TicketEvent) -> bool:
    return (
        event.pk > hook.after_event
        and OF_VERB[event.verb] in hook.events
        and is_in_reach(hook, event.ticket)
    )


def _delivery(hook: TicketWebhook, kind: str, now: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        webhook=hook, kind=kind, key=secrets.token_hex(16), due_at=now, made_at=now, since=now
    )


def _body(row: WebhookDelivery, ticket: Ticket | None, at: datetime, level: str) -> str:
    """What is sent: numbers, states, times and codes; nobody is named and no words are repeated."""
    said: dict[str, Any] = {"id": row.key, "event": row.kind, "at": _moment(at), "ticket": None}
    if ticket is not None:
        said["step"] = row.event
        said["ticket"] = {
            "number": ticket.number,
            "status": ticket.status,
            "nature": ticket.nature,
            "agency": ticket.agency.code,
            "filed_at": _moment(ticket.filed_at),
            "due_at": _moment(ticket.due_at),
            "answered_at": _moment(ticket.answered_at),
            "closed_at": _moment(ticket.closed_at),
            "reopened_times": ticket.reopened_times,
        }
        if level:
            said["level"] = level
    return json.dumps(said, ensure_ascii=False)


def _moment(at: datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None


def forget_deliveries(*, now: datetime) -> int:
    """Remove what ended long ago; how many."""
    ended = WebhookDelivery.objects.filter(
        status__in=[Status.DONE, Status.GIVEN_UP], made_at__lt=now - KEPT
    )
    numbers = list(ended.values_list("pk", flat=True)[:5000])
    return WebhookDelivery.objects.filter(pk__in=numbers).delete()[0]
