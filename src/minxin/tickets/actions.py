"""All writes of tickets."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may, staff_with
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen
from minxin.conversations.actions import send
from minxin.conversations.rules import MenuContent
from minxin.core.actors import Actor, System
from minxin.core.errors import NotFound, Refused
from minxin.core.ids import ticket_number
from minxin.tickets import queries
from minxin.tickets.models import (
    Category,
    DeadlinePreset,
    Nature,
    Rating,
    Ticket,
    TicketEvent,
)
from minxin.tickets.rules import (
    DISSATISFIED,
    LONGEST_TEXT,
    SHORTEST_TEXT,
    Verb,
    day_words,
    may_follow,
    state_after,
)


@transaction.atomic
def file(
    *,
    text: str,
    citizen: Citizen | None,
    account: Account,
    source: str,
    key: str,
    actor: Actor,
    now: datetime,
    category: Category | None = None,
    nature: str | None = None,
    place: str = "",
) -> Ticket:
    """Take a request in and promise a date; the same `key` is filed once and gives the same ticket.

    The agency is the category's, else the account's. What category and nature are not given are
    guessed from the text. The promise never changes afterwards.
    """
    known = Ticket.objects.filter(key=key).first()
    if known is not None:
        return known
    text = text.strip()
    if len(text) < SHORTEST_TEXT:
        raise Refused(_("请把情况说得具体一些：什么事、在哪里、什么时候。"), field="text")
    if len(text) > LONGEST_TEXT:
        raise Refused(
            _("内容太长，请控制在 %(limit)s 字以内。") % {"limit": LONGEST_TEXT}, field="text"
        )
    guessed, guessed_nature = queries.guess(text)
    category = category or guessed
    nature = nature or guessed_nature
    agency = category.agency if category and category.agency else account.agency
    due = queries.due_for(nature, account, agency, now=now)
    fields: dict[str, Any] = {
        "key": key,
        "account": account,
        "citizen": citizen,
        "agency": agency,
        "category": category,
        "nature": nature,
        "source": source,
        "text": text,
        "place": place.strip()[:200],
        "filed_at": now,
        "due_at": due.at,
        "is_due_provisional": due.is_provisional,
    }
    ticket = _numbered(fields, now)
    _note(ticket, Verb.FILE, actor, now, text="")
    audit.record(actor, "ticket.filed", ticket, now=now, agency=agency, after={"nature": nature})
    _tell_agency(ticket, _("有新的诉求工单 %(number)s") % {"number": ticket.number}, now)
    return ticket


def _numbered(fields: dict[str, Any], now: datetime) -> Ticket:
    for _attempt in range(5):
        try:
            with transaction.atomic():
                return Ticket.objects.create(number=ticket_number(now), **fields)
        except IntegrityError:
            known = Ticket.objects.filter(key=fields["key"]).first()
            if known is not None:
                return known
    raise RuntimeError("five ticket numbers in a row were taken")


def _locked(ticket: Ticket, verb: Verb) -> Ticket:
    """The ticket as it is now, locked; refused when the act is not possible any more."""
    fresh = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
    if not may_follow(fresh.status, verb):
        raise Refused(
            _("工单现在的状态是“%(state)s”，不能这样处理。请刷新后再看。")
            % {"state": fresh.get_status_display()}
        )
    return fresh


def _note(
    ticket: Ticket,
    verb: Verb,
    actor: Actor,
    now: datetime,
    *,
    text: str,
    is_public: bool = True,
    agency: Agency | None = None,
) -> None:
    staff = actor if isinstance(actor, Staff) else None
    TicketEvent.objects.create(
        ticket=ticket,
        at=now,
        verb=verb.value,
        agency=agency or (ticket.agency if staff else None),
        staff=staff,
        text=text,
        is_public=is_public,
    )


def _move(ticket: Ticket, verb: Verb, fields: tuple[str, ...] = ()) -> str:
    before = ticket.status
    ticket.status = state_after(before, verb)
    ticket.save(update_fields=["status", *fields])
    return before


def _copy(source: Ticket, target: Ticket) -> None:
    for field in source._meta.concrete_fields:
        setattr(target, field.attname, getattr(source, field.attname))


def _tell_agency(ticket: Ticket, text: str, now: datetime) -> None:
    people = staff_with(Permission.ANSWER_TICKETS, ticket.agency)
    link = f"/console/tickets/{ticket.number}/"
    notify_staff(people, kind="ticket", text=text, link=link, now=now)


@transaction.atomic
def accept(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """Say that the request is taken in."""
    ensure_may(actor, Permission.ANSWER_TICKETS, ticket.agency)
    fresh = _locked(ticket, Verb.ACCEPT)
    before = _move(fresh, Verb.ACCEPT)
    _note(fresh, Verb.ACCEPT, actor, now, text="")
    _audit(fresh, "ticket.accepted", actor, now, before)
    _copy(fresh, ticket)


@transaction.atomic
def assign(ticket: Ticket, agency: Agency, *, reason: str, actor: Actor, now: datetime) -> None:
    """Give a ticket to the agency that handles it; the promise to the citizen stays."""
    ensure_may(actor, Permission.ASSIGN_TICKETS, ticket.agency)
    if not agency.is_active:
        raise Refused(_("这个单位已停用，请另选承办单位。"), field="agency")
    fresh = _locked(ticket, Verb.ASSIGN)
    if agency.pk == fresh.agency_id and fresh.status == Ticket.Status.ASSIGNED:
        raise Refused(_("工单已经在这个单位，不需要再交办。"), field="agency")
    owner, fresh.agency = fresh.agency, agency
    before = _move(fresh, Verb.ASSIGN, ("agency",))
    _note(fresh, Verb.ASSIGN, actor, now, text="", agency=agency)
    if reason.strip():
        _note(fresh, Verb.NOTE, actor, now, text=reason.strip(), is_public=False, agency=owner)
    audit.record(
        actor,
        "ticket.assigned",
        fresh,
        now=now,
        agency=owner,
        before={"status": before, "agency": owner.code},
        after={"status": fresh.status, "agency": agency.code},
        reason=reason,
    )
    if owner.pk != agency.pk:
        _tell_agency(fresh, _("工单 %(number)s 交由本单位办理") % {"number": fresh.number}, now)
    _copy(fresh, ticket)


@transaction.atomic
def answer(ticket: Ticket, text: str, *, link: str, actor: Actor, now: datetime) -> None:
    """Answer the citizen: she gets the words, `link` to the page, and choices to rate by."""
    ensure_may(actor, Permission.ANSWER_TICKETS, ticket.agency)
    text = text.strip()
    if len(text) < SHORTEST_TEXT:
        raise Refused(_("请填写答复内容。"), field="text")
    if len(text) > LONGEST_TEXT:
        raise Refused(
            _("答复太长，请控制在 %(limit)s 字以内。") % {"limit": LONGEST_TEXT}, field="text"
        )
    fresh = _locked(ticket, Verb.ANSWER)
    fresh.answer, fresh.answered_at = text, now
    before = _move(fresh, Verb.ANSWER, ("answer", "answered_at"))
    _note(fresh, Verb.ANSWER, actor, now, text=text)
    if fresh.citizen is not None:
        key = f"ticket:{fresh.pk}:answer:{fresh.reopened_times}"
        send(fresh.citizen, answer_message(fresh, link), key=key, actor=actor, now=now)
    _audit(fresh, "ticket.answered", actor, now, before)
    _copy(fresh, ticket)


def answer_message(ticket: Ticket, link: str) -> MenuContent:
    """What a citizen reads when her ticket is answered."""
    brief = queries.in_brief(ticket, 30)
    head = _("您的诉求 %(number)s 有答复了。\n“%(brief)s”\n\n%(answer)s\n\n%(agency)s") % {
        "number": ticket.number,
        "brief": brief,
        "answer": _cut(ticket.answer, 400),
        "agency": ticket.agency.name,
    }
    items = (
        (f"rate:{ticket.number}:satisfied", _("满意")),
        (f"rate:{ticket.number}:fairly_satisfied", _("基本满意")),
        (f"rate:{ticket.number}:dissatisfied", _("不满意")),
    )
    tail = _("点一下就能评价；查看全文和办理过程：%(link)s") % {"link": link}
    return MenuContent(f"{head}\n", items, tail)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


@transaction.atomic
def close(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """Close an answered ticket."""
    ensure_may(actor, Permission.ANSWER_TICKETS, ticket.agency)
    fresh = _locked(ticket, Verb.CLOSE)
    fresh.closed_at = now
    before = _move(fresh, Verb.CLOSE, ("closed_at",))
    _note(fresh, Verb.CLOSE, actor, now, text="")
    _audit(fresh, "ticket.closed", actor, now, before)
    _copy(fresh, ticket)


@transaction.atomic
def rate(ticket: Ticket, level: str, *, comment: str = "", actor: Actor, now: datetime) -> Rating:
    """Note what the citizen thinks of the latest answer, once per answer; who is content closes it."""
    _ensure_hers(ticket, actor)
    if level not in Rating.Level.values:
        raise Refused(_("请选择一个满意程度。"), field="level")
    fresh = _locked(ticket, Verb.RATE)
    if queries.rating_of(fresh) is not None:
        raise Refused(_("这次答复您已经评价过了，谢谢。"))
    rating = Rating.objects.create(
        ticket=fresh,
        round=fresh.reopened_times + 1,
        level=level,
        comment=comment.strip()[:500],
        rated_at=now,
    )
    label = str(Rating.Level(level).label)
    _note(fresh, Verb.RATE, actor, now, text=label)
    if fresh.status == Ticket.Status.ANSWERED and level not in DISSATISFIED:
        fresh.closed_at = now
        _move(fresh, Verb.CLOSE, ("closed_at",))
        _note(fresh, Verb.CLOSE, actor, now, text="")
    if level in DISSATISFIED:
        words = _("工单 %(number)s 收到“%(level)s”评价") % {"number": fresh.number, "level": label}
        _tell_agency(fresh, words, now)
    audit.record(actor, "ticket.rated", fresh, now=now, agency=fresh.agency, after={"level": level})
    _copy(fresh, ticket)
    return rating


@transaction.atomic
def reopen(ticket: Ticket, reason: str, *, actor: Actor, now: datetime) -> None:
    """A citizen who is not content asks again; a new date is promised."""
    _ensure_hers(ticket, actor)
    reason = reason.strip()
    if len(reason) < SHORTEST_TEXT:
        raise Refused(_("请写明哪里没有解决，我们好继续办理。"), field="reason")
    if len(reason) > LONGEST_TEXT:
        raise Refused(
            _("内容太长，请控制在 %(limit)s 字以内。") % {"limit": LONGEST_TEXT}, field="reason"
        )
    fresh = _locked(ticket, Verb.REOPEN)
    if not queries.can_be_reopened(fresh, now=now):
        raise Refused(_("已超过可以重新办理的时间或次数。您可以提交一件新的诉求。"))
    due = queries.due_for(fresh.nature, fresh.account, fresh.agency, now=now)
    fresh.reopened_times += 1
    fresh.due_at, fresh.is_due_provisional = due.at, due.is_provisional
    fresh.answered_at = fresh.closed_at = None
    fields = ("reopened_times", "due_at", "is_due_provisional", "answered_at", "closed_at")
    before = _move(fresh, Verb.REOPEN, fields)
    _note(fresh, Verb.REOPEN, actor, now, text=reason)
    _audit(fresh, "ticket.reopened", actor, now, before)
    _tell_agency(fresh, _("工单 %(number)s 被要求重新办理") % {"number": fresh.number}, now)
    _copy(fresh, ticket)


def _ensure_hers(ticket: Ticket, actor: Actor) -> None:
    if isinstance(actor, System):
        return
    if actor.actor_kind != "citizen" or actor.actor_id != ticket.citizen_id:
        raise NotFound


def _audit(ticket: Ticket, verb: str, actor: Actor, now: datetime, before: str) -> None:
    audit.record(
        actor,
        verb,
        ticket,
        now=now,
        agency=ticket.agency,
        before={"status": before},
        after={"status": ticket.status},
    )


@transaction.atomic
def note(ticket: Ticket, text: str, *, actor: Staff, now: datetime) -> None:
    """Leave a note for colleagues; the citizen does not see it."""
    ensure_may(actor, Permission.ANSWER_TICKETS, ticket.agency)
    if not text.strip():
        raise Refused(_("请填写内容。"), field="text")
    fresh = _locked(ticket, Verb.NOTE)
    _note(fresh, Verb.NOTE, actor, now, text=text.strip()[:LONGEST_TEXT], is_public=False)
    audit.record(actor, "ticket.noted", fresh, now=now, agency=fresh.agency)


@transaction.atomic
def classify(
    ticket: Ticket, *, category: Category | None, nature: str, actor: Actor, now: datetime
) -> None:
    """Set category and nature right; the promise stays."""
    ensure_may(actor, Permission.ASSIGN_TICKETS, ticket.agency)
    if nature not in Nature.values:
        raise Refused(_("请选择诉求性质。"), field="nature")
    before = {"category": str(ticket.category or ""), "nature": ticket.nature}
    ticket.category, ticket.nature = category, nature
    ticket.save(update_fields=["category", "nature"])
    after = {"category": str(category or ""), "nature": nature}
    audit.record(
        actor,
        "ticket.classified",
        ticket,
        now=now,
        agency=ticket.agency,
        before=before,
        after=after,
    )


@transaction.atomic
def note_reading(ticket: Ticket, *, actor: Staff, now: datetime) -> None:
    """Audit that a person read a ticket's text unmasked: once per person, ticket and day."""
    ensure_may(actor, Permission.READ_TICKETS, ticket.agency)
    from minxin.agencies.models import AuditEntry

    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    known = AuditEntry.objects.filter(
        verb="ticket.read",
        subject_kind=ticket._meta.label_lower,
        subject_id=str(ticket.pk),
        actor_kind=actor.actor_kind,
        actor_id=actor.actor_id,
        at__gte=start,
    )
    if not known.exists():
        audit.record(actor, "ticket.read", ticket, now=now, agency=ticket.agency)


@transaction.atomic
def unlink_citizen(citizen_key: str) -> int:
    """A citizen unfollowed: her tickets stay under their own retention, without her; how many.

    The audit entry is that of `citizens.actions.unfollow`, which the door calls with this.
    """
    return Ticket.objects.filter(citizen=citizen_key).update(citizen=None)


def close_silently_accepted(*, now: datetime) -> int:
    """Close what was answered a week ago and not complained about; how many."""
    closed = 0
    for ticket in queries.silently_accepted(now)[:200]:
        close(ticket, actor=System("clock"), now=now)
        closed += 1
    return closed


def remind_of_deadlines(*, now: datetime) -> int:
    """Tell agencies what is due today or overdue; how many were told."""
    told = 0
    today = timezone.localtime(now).date()
    open_tickets = Ticket.objects.filter(
        status__in=["submitted", "accepted", "assigned", "reopened"]
    )
    end = timezone.localtime(now).replace(hour=23, minute=59, second=59)
    for ticket in open_tickets.filter(due_at__lte=end).select_related("agency")[:2000]:
        due = timezone.localtime(ticket.due_at).date()
        words = _("工单 %(number)s 应于%(day)s答复") % {
            "number": ticket.number,
            "day": day_words(due, today),
        }
        people = staff_with(Permission.ANSWER_TICKETS, ticket.agency)
        link = f"/console/tickets/{ticket.number}/"
        told += notify_staff(people, kind="deadline", text=words, link=link, now=now)
    return told


@transaction.atomic
def keep_category(
    *,
    code: str,
    name: str,
    agency: Agency | None,
    keywords: str,
    actor: Actor,
    now: datetime,
) -> Category:
    """Add a category or change it."""
    ensure_may(actor, Permission.EDIT_SETTINGS)
    category, _is_new = Category.objects.update_or_create(
        code=code, defaults={"name": name, "agency": agency, "keywords": keywords}
    )
    audit.record(actor, "category.kept", category, now=now, after={"name": name})
    return category


@transaction.atomic
def keep_preset(
    *,
    code: str,
    name: str,
    source: str,
    region_code: str,
    nature: str,
    working_days: int,
    is_active: bool,
    actor: Actor,
    now: datetime,
) -> DeadlinePreset:
    """Add or change a region's working days for one nature. Promises already given stay."""
    ensure_may(actor, Permission.EDIT_SETTINGS)
    if not 1 <= working_days <= 90:
        raise Refused(_("时限应在 1 到 90 个工作日之间。"), field="working_days")
    if is_active:
        DeadlinePreset.objects.filter(
            nature=nature, region_code=region_code, is_active=True
        ).exclude(code=code).update(is_active=False)
    preset, _is_new = DeadlinePreset.objects.update_or_create(
        code=code,
        nature=nature,
        defaults={
            "name": name,
            "source": source,
            "region_code": region_code,
            "working_days": working_days,
            "is_active": is_active,
        },
    )
    after = {"days": working_days, "is_active": is_active}
    audit.record(actor, "preset.kept", preset, now=now, after=after)
    return preset
