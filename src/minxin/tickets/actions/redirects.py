"""What is not for this channel: told with the reason and the right channel; she may object once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.conversations.contents import TextContent
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.core.words import within
from minxin.tickets import queries
from minxin.tickets.actions.applying import lapse
from minxin.tickets.actions.co_handling import recall_all
from minxin.tickets.actions.ledger import end_wait, enter
from minxin.tickets.actions.steps import (
    copy_to,
    ensure_hers,
    locked,
    locked_for,
    move,
    note_step,
    tell_agency,
)  # fmt: skip
from minxin.tickets.actions.telling import as_recorded, tell_citizen
from minxin.tickets.models import NonAcceptance, Redirect, Ticket
from minxin.tickets.rules import LONGEST_WORDS, SHORTEST_TEXT, Verb, ledger
from minxin.tickets.rules.redirects import is_short_number


@transaction.atomic
def not_accept(
    ticket: Ticket, redirect: Redirect, *, reason: str, link: str, actor: Staff, now: datetime
) -> NonAcceptance:
    """End a ticket that is not for this channel; she reads why, which channel is, and that she may object.

    After an objection another person decides (国办发〔2020〕53号: the reason and the channel are told).
    """
    fresh = locked_for(ticket, Verb.DECLINE, actor, Permission.ASSIGN_TICKETS)
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明不予受理的理由，市民会看到。"), field="reason")
    if fresh.merged_into_id is not None or fresh.merged.exists():
        raise Refused(_("这件工单与其他工单合并办理，请先恢复单独办理。"))
    if redirect.pk not in {each.pk for each in queries.redirects(fresh.account)}:
        raise Refused(_("请选择正确的渠道。"), field="redirect")
    earlier = queries.non_acceptances(fresh).first()
    if earlier is not None and earlier.decided_by_id == actor.pk:
        raise Refused(_("市民提出了异议，请由其他人决定。"))
    made = NonAcceptance.objects.create(
        ticket=fresh, redirect=redirect, told=redirect.told, reason=reason.strip()[:500],
        decided_by=actor, decided_at=now,
    )  # fmt: skip
    lapse(fresh, now)
    recall_all(fresh, actor=actor, now=now)
    end_wait(fresh, actor=actor, now=now)
    before = move(fresh, Verb.DECLINE)
    said = f"{made.reason}\n{made.told}"
    note_step(fresh, Verb.DECLINE, actor, now, text=said)
    audit.record(
        actor, "ticket.not_accepted", fresh, now=now, agency=fresh.agency, reason=reason,
        before={"status": before}, after={"status": fresh.status, "redirect": redirect.code},
    )  # fmt: skip
    words = _("您的诉求 %(number)s 没有受理。\n%(said)s\n%(agency)s") % {
        "number": fresh.number, "said": said, "agency": fresh.agency.name,
    }  # fmt: skip
    offer = _("查看，或提出异议") if earlier is None else _("查看办理过程")
    content = TextContent(f'{words}\n<a href="{link}">{offer}</a>')
    key = f"ticket:{fresh.pk}:not_accepted:{made.pk}"
    tell_citizen(fresh, content, key=key, actor=actor, now=now)
    copy_to(fresh, ticket)
    return made


@transaction.atomic
def object_to(ticket: Ticket, words: str, *, actor: Actor, now: datetime) -> None:
    """She says that it is for this channel after all: once. It is decided anew, with a new due time."""
    ensure_hers(ticket, actor)
    words = within(words, LONGEST_WORDS, field="words")
    if len(words) < SHORTEST_TEXT:
        raise Refused(_("请写明为什么应当受理。"), field="words")
    fresh = locked(ticket, Verb.OBJECT)
    if not queries.can_object(fresh, now=now):
        raise Refused(_("只能在 15 天内提出一次异议。您可以提交一件新的诉求。"))
    row = queries.non_acceptances(fresh)[0]
    row.objection, row.objected_at = words, now
    row.save(update_fields=["objection", "objected_at"])
    due = queries.promise_for(fresh.nature, fresh.account, fresh.agency, now=now)
    fresh.due_at, fresh.is_due_provisional = due.at, due.is_provisional
    before = move(fresh, Verb.OBJECT, ("due_at", "is_due_provisional"))
    note_step(fresh, Verb.OBJECT, actor, now, text=words)
    enter(
        fresh, ledger.Kind.START, actor=actor, now=now, due_at=due.at, reason=due.words,
        legal_basis=due.basis,
    )  # fmt: skip
    audit.record(
        as_recorded(fresh, actor), "ticket.objected", fresh, now=now, agency=fresh.agency,
        before={"status": before}, after={"status": fresh.status},
    )  # fmt: skip
    told = gettext_noop("市民对工单 %(number)s 不予受理提出异议，请由其他人决定")
    tell_agency(fresh, told % {"number": fresh.number}, now, part="declined")
    copy_to(fresh, ticket)


@transaction.atomic
def keep_redirect(
    *,
    code: str,
    region_code: str = "",
    name: str,
    phone: str,
    words: str,
    told: str,
    source: str,
    is_active: bool,
    is_new: bool = False,
    actor: Actor,
    now: datetime,
) -> Redirect:
    """Add or change a channel; `is_new`: refused where the code is taken. What citizens were told before stays
    as it was said. A channel is not removed but switched off: decisions name it."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    phone = phone.strip()
    if phone and not is_short_number(phone):
        raise Refused(_("只填全国统一的短号码，例如 110、12388。"), field="phone")
    if len(told.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明告知市民的话：为什么，该找谁。"), field="told")
    if phone and phone not in told:
        raise Refused(_("告知市民的话里没有这个电话，请写进去。"), field="told")
    if not name.strip():
        raise Refused(_("请填写名称。"), field="name")
    region = region_code.strip()
    if region and not (region.isdigit() and len(region) in {2, 4, 6, 9, 12}):
        raise Refused(_("区划代码只填数字，例如 330100；留空为通用。"), field="region_code")
    known = Redirect.objects.filter(code=code, region_code=region).first()
    if is_new and known is not None:
        raise Refused(
            _("这个代码已经有了：%(name)s。请换一个，或修改那一条。") % {"name": known.name},
            field="code",
        )
    given = {
        "name": name.strip()[:60], "phone": phone, "words": words.strip()[:500],
        "told": told.strip()[:300], "source": source.strip()[:200], "is_active": is_active,
    }  # fmt: skip
    row, _is_new = Redirect.objects.update_or_create(code=code, region_code=region, defaults=given)
    audit.record(
        actor, "redirect.kept", row, now=now, before=_told_before(known),
        after={"name": row.name, "words": row.words, "told": row.told, "is_active": is_active},
    )  # fmt: skip
    return row


def _told_before(row: Redirect | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"name": row.name, "words": row.words, "told": row.told, "is_active": row.is_active}
