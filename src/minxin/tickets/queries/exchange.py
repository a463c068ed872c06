"""Tickets as other systems read them: in the field names of GB/T 39046-2020, nobody named who need not be."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies.calendars import Calendars
from minxin.agencies.models import Agency, ApiKey, Staff
from minxin.agencies.rules import Permission, ancestor_paths
from minxin.citizens.models import Citizen, OutsideContact
from minxin.citizens.queries import Contact, masked_contact
from minxin.core.errors import NotFound, Refused
from minxin.core.settled import settled_up_to
from minxin.core.working_time import working_days_between
from minxin.text import mask
from minxin.tickets.exchanging import Taken
from minxin.tickets.models import ExchangeRecord, LedgerEntry, Nature, Ticket, TicketEvent
from minxin.tickets.queries.reading import TITLES, in_brief, tickets_visible_to
from minxin.tickets.rules import OPEN, Verb, gbt39046, ledger
from minxin.tickets.rules.levels import Coding, code_of

Table = dict[str, str]
NOBODY = Contact("", "")
FREE_TEXT = frozenset(
    {"标题", "内容", "处理意见", "反馈信息", "延期原因", "评价意见", "地点", gbt39046.ACCUSED}
)


def account_of(agency: Agency) -> Account:
    """The account under which a request is kept that came to an agency by another way: its own, one below
    it, one above it, any of the tree, in this order; `NotFound` where there is none."""
    accounts = Account.objects.filter(status="active").select_related("agency").order_by("id")
    below = accounts.filter(agency__path__startswith=agency.path).order_by("agency__path", "id")
    above = accounts.filter(agency__path__in=ancestor_paths(agency.path)).order_by("-agency__path")
    tree = accounts.filter(agency__path__startswith=ancestor_paths(agency.path)[0])
    ways = [each.exclude(app_id=None) for each in (below, above, tree)] + [below, above, tree]
    found = next((account for each in ways if (account := each.first())), None)
    if found is None:
        raise NotFound
    return found


def contact_left(ticket: Ticket) -> Citizen | OutsideContact | None:
    """Who may be named with a ticket: its citizen, or whom another system named; nobody who asked not to
    be."""
    if ticket.is_anonymous:
        return None
    if ticket.citizen is not None:
        return ticket.citizen
    record = record_of(ticket)
    return record.contact if record else None


def record_of(ticket: Ticket) -> ExchangeRecord | None:
    """What another system told of it; None for one that began here."""
    return getattr(ticket, "exchange", None)


def told_anew(record: ExchangeRecord, taken: Taken) -> list[str]:
    """The fields that a partner tells otherwise than before, of those it tells at all; nothing for a repeat.
    Raises `Refused` with the field where what it tells cannot be taken over: an answer to what is handled
    here, other times."""
    ticket = record.ticket
    shape = gbt39046.shape_of(taken.nature)
    answer = gbt39046.answer_fields(shape)[0]
    if not record.is_history:
        if taken.answer:
            words = _("这件诉求（%(number)s）在本系统办理，答复以本系统的为准，表格里的不写入。")
            raise Refused(words % {"number": ticket.number}, field=answer)
        return _contact_anew(record, taken, shape)
    if answer in taken.columns and not taken.answer:
        return []  # nothing is taken away that was told before
    if ticket.status == Ticket.Status.ARCHIVED:
        return []
    is_other = gbt39046.shape_of(ticket.nature) != shape
    if gbt39046.NATURE in taken.columns:
        is_other = ticket.nature != taken.nature
    if is_other or (taken.answer and ticket.answered_at != taken.answered_at):
        raise Refused(_("已留存的诉求，性质和答复时间不能改。"), field=gbt39046.NATURE)
    if taken.filed_at is not None and ticket.filed_at != taken.filed_at:
        raise Refused(_("已留存的诉求，提交时间不能改。"), field="时间")
    before: Table = record.fields
    names = [*before, *(name for name in taken.fields if name not in before)]
    changed = [
        name
        for name in names
        if name in taken.columns and before.get(name, "") != taken.fields.get(name, "")
    ]
    rating = max(ticket.ratings.all(), key=lambda each: each.round, default=None)
    if taken.level and taken.level != (rating.level if rating else ""):
        changed.append(gbt39046.LEVEL)
    return changed + _contact_anew(record, taken, shape)


def _contact_anew(record: ExchangeRecord, taken: Taken, shape: str) -> list[str]:
    """Which of name and number are told otherwise. An empty cell takes nothing away, one that was masked by
    a sheet of ours says nothing, and what was forgotten when its time was over does not come back."""
    left = record.contact
    if record.ticket.status == Ticket.Status.ARCHIVED:
        return []
    if left is not None and not (left.real_name or left.phone):
        return []
    shown = masked_contact(left)
    name, phone = (left.real_name or "", left.phone or "") if left else ("", "")
    changed = []
    if taken.name and taken.name not in {name, shown.real_name}:
        changed.append(gbt39046.person_field(shape))
    if taken.phone and taken.phone not in {phone, shown.phone}:
        changed.append(gbt39046.PHONE)
    return changed


def passed_on(
    reader: Staff | ApiKey, permission: Permission = Permission.READ_TICKETS
) -> QuerySet[Ticket]:
    """The tickets in sight that leave this house at all: a confidential one is for named people."""
    return tickets_visible_to(reader, permission).filter(is_confidential=False)


def passed_on_ticket(reader: ApiKey, number: str, permission: Permission) -> Ticket:
    """One of them; `NotFound` otherwise."""
    found = passed_on(reader, permission).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def to_exchange(
    reader: Staff | ApiKey, shape: str = "", permission: Permission = Permission.READ_TICKETS
) -> QuerySet[Ticket]:
    """The tickets a partner or a person may read, in one shape of table 10 or both, the oldest first."""
    found = passed_on(reader, permission)
    if shape:
        natures = [each for each in Nature.values if gbt39046.shape_of(each) == shape]
        found = found.filter(nature__in=natures)
    return tabled(found)


def tabled(found: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With everything that `table_of` says of a ticket, the oldest first."""
    extensions = LedgerEntry.objects.filter(kind=ledger.Kind.EXTENSION.value).order_by("id")
    said = TicketEvent.objects.filter(verb__in=[Verb.ANSWER.value, Verb.ASSIGN.value])
    return (
        found.select_related("citizen", "exchange__contact")
        .prefetch_related(
            "ratings",
            Prefetch("ledger", queryset=extensions, to_attr="extensions"),
            Prefetch(
                "events", queryset=said.select_related("staff").order_by("id"), to_attr="said"
            ),
        )
        .order_by("id")
    )


def table_of(
    ticket: Ticket,
    *,
    coding: Coding,
    contact: Contact,
    is_open: bool,
    calendars: Calendars,
    now: datetime,
) -> Table:
    """One row of table 10, of `to_exchange`; `contact` as the caller may show it. Free text is masked
    unless `is_open`.

    What another system told stands where we know nothing of our own; of what came answered, it stands first.
    """
    shape = gbt39046.shape_of(ticket.nature)
    ours = _ours(ticket, shape, coding, calendars, now)
    record = record_of(ticket)
    told: Table = record.fields if record else {}
    if record is not None and record.is_history:
        row = {**ours, **{name: text for name, text in told.items() if text}}
        row[gbt39046.LEVEL] = ours[gbt39046.LEVEL]  # in the coding of whoever reads
    else:
        row = {**told, **{name: text for name, text in ours.items() if text}}
        if told.get("时间"):
            row["时间"] = told["时间"]
    if record is not None:
        row[gbt39046.THEIR_NUMBER] = record.their_number
    row[gbt39046.person_field(shape)] = contact.real_name
    row[gbt39046.PHONE] = contact.phone
    if not is_open:
        for name in FREE_TEXT & row.keys():
            row[name] = mask(row[name])
    return {name: row.get(name, "") for name in gbt39046.SHAPES[shape]}


def _ours(ticket: Ticket, shape: str, coding: Coding, calendars: Calendars, now: datetime) -> Table:
    words, at, who = gbt39046.answer_fields(shape)
    extension = ticket.extensions[-1] if ticket.extensions else None  # type: ignore[attr-defined]
    said: list[TicketEvent] = ticket.said  # type: ignore[attr-defined]
    answered = [each for each in said if each.verb == Verb.ANSWER.value and each.staff]
    dispatched = [each for each in said if each.verb == Verb.ASSIGN.value]
    rating = max(ticket.ratings.all(), key=lambda each: each.round, default=None)
    until = ticket.answered_at or (now if ticket.status in OPEN else ticket.due_at)
    late = 0
    if until > ticket.due_at and ticket.stopped_at is None:
        late = max(1, working_days_between(ticket.due_at, until, calendars.of(ticket.agency)))
    both = {
        "标题": in_brief(ticket, 50),
        "内容": ticket.text,
        "时间": _said(ticket.filed_at),
        words: ticket.answer,
        at: _said(ticket.answered_at),
        who: answered[-1].staff.name if answered and answered[-1].staff else "",
        "延期时限": _said(extension.due_at) if extension else "",
        "延期原因": extension.reason if extension else "",
        "超期天数": str(late),
        gbt39046.NUMBER: ticket.number,
        gbt39046.NATURE: gbt39046.NATURES[ticket.nature],
        gbt39046.CATEGORY: ticket.category.name if ticket.category else "",
        gbt39046.PLACE: ticket.place,
        gbt39046.STATE: ticket.get_status_display(),
        gbt39046.LEVEL: code_of(rating.level, coding) if rating else "",
        gbt39046.COMMENT: rating.comment if rating else "",
        gbt39046.RATED_AT: _said(rating.rated_at) if rating else "",
    }
    if shape == "consult":
        region = ticket.account.region_code or ticket.agency.region_code
        return both | {"咨询编码": ticket.number, "行政区划": region}
    return both | {
        "来源": ticket.get_source_display(),
        "承办单位代码": ticket.agency.code,
        "承办单位名称": ticket.agency.name,
        "承办时间": _said(dispatched[-1].at if dispatched else None),
        "承诺时限": _said(ticket.promised_at),
    }


def _said(at: datetime | None) -> str:
    return gbt39046.time_said(timezone.localtime(at) if at else None)


def supervision_tables(reader: Staff | ApiKey) -> QuerySet[LedgerEntry]:
    """What was urged or supervised of the tickets in sight, the oldest first: the rows of table 11."""
    seen = passed_on(reader)
    rows = LedgerEntry.objects.filter(kind=ledger.Kind.REMINDER.value, ticket__in=seen)
    return rows.select_related("ticket__agency", "agency").order_by("id")


def supervision_table(entry: LedgerEntry, *, is_open: bool = False) -> Table:
    """One row of table 11; what was written to urge is masked unless `is_open`. The codes of inspection
    rules and warnings are a supervision system's own: what is not known stays empty."""
    ticket = entry.ticket
    said = entry.reason if is_open else mask(entry.reason)
    row = {
        "办件编号": ticket.number,
        "督办内容": said or in_brief(ticket, 100),
        "机构名称": entry.agency.name,
        "督办发出时间": _said(entry.at),
        "监察编号": f"{ticket.number}-{entry.pk}",
        "状态产生时间": _said(ticket.answered_at or entry.at),
        "结果描述": ticket.get_status_display(),
        "责任部门": ticket.agency.name,
    }
    return {name: row.get(name, "") for name in gbt39046.SUPERVISION}


# What machines read beside the tables ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One public step of a ticket, for who mirrors it. `id` only grows."""

    id: int
    number: str
    at: datetime
    verb: str
    title: str
    status: str
    text: str


def changes(reader: Staff | ApiKey, *, after: int, most: int) -> list[Change]:
    """What happened to the tickets in sight since a step, in order. None is skipped that was committed later
    than one with a higher number (`core.settled`): while somebody is long at writing, nothing new is told."""
    last = settled_up_to(TicketEvent)
    if last is None:
        return []
    seen = passed_on(reader)
    rows = (
        TicketEvent.objects.filter(ticket__in=seen, is_public=True, pk__gt=after, pk__lte=last)
        .select_related("ticket")
        .order_by("pk")[:most]
    )
    return [
        Change(
            row.pk,
            row.ticket.number,
            row.at,
            row.verb,
            TITLES.get(row.verb, row.verb),
            row.ticket.status,
            mask(row.text),
        )
        for row in rows
    ]


def statuses(names: Iterable[str]) -> list[str]:
    """Those of them that are states of a ticket."""
    return [each for each in names if each in Ticket.Status.values]


def digest(fields: Iterable[tuple[str, str]], *, on: date) -> str:
    """A number for a request that brought none: the same fields on the same day have the same."""
    text = "\n".join(f"{name}={value}" for name, value in fields)
    return hashlib.sha256(f"{on.isoformat()}\n{text}".encode()).hexdigest()[:32]


def outside_contacts_over(before: datetime) -> QuerySet[ExchangeRecord]:
    """Records that still name somebody although their ticket has been over since before a moment: answered,
    closed, or the last thing that happened to it."""
    rows = ExchangeRecord.objects.exclude(contact=None)
    rows = rows.filter(Q(contact__real_name__isnull=False) | Q(contact__phone__isnull=False))
    rows = rows.exclude(ticket__status__in=OPEN).filter(contact__kept_at__lt=before)
    last = TicketEvent.objects.filter(ticket=OuterRef("ticket"), at__gte=before)
    return rows.exclude(Exists(last)).select_related("contact", "ticket__agency").order_by("pk")
