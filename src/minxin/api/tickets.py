"""Tickets for machines: read them, follow what happens, file one, answer one."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import AfterValidator, Field

from minxin.agencies.rules import Permission
from minxin.api.keys import key_of
from minxin.api.troubles import Trouble
from minxin.api.writes import Done, once
from minxin.citizens.actions import reveal_to_partner
from minxin.citizens.queries import Contact, masked_contact
from minxin.text import mask
from minxin.tickets import actions
from minxin.tickets.exchanging import Taken
from minxin.tickets.queries import exchange as queries
from minxin.tickets.rules import LONGEST_TEXT, guess_nature
from minxin.tickets.rules.levels import Coding, code_of

router = Router(tags=["诉求工单"])
MOST = 100
BIGGEST = 2**63 - 1
PlainText = Annotated[str, AfterValidator(lambda text: text.replace("\0", ""))]
Nature = Literal["consult", "help", "complaint", "report", "suggestion"]


class NewContact(Schema):
    """Whom the request is from."""

    name: PlainText = Field(default="", max_length=60)
    phone: PlainText = Field(default="", max_length=40)


class NewTicket(Schema):
    """A request that your system passes on."""

    text: PlainText = Field(max_length=LONGEST_TEXT, description="诉求内容，至少 4 个字")
    nature: Nature | None = Field(None, description="诉求性质；不填时按内容判断")
    category: PlainText = Field("", max_length=60, description="诉求类别的名称")
    place: PlainText = Field("", max_length=200)
    their_number: PlainText = Field(min_length=1, max_length=80, description="贵方系统中的编号")
    contact: NewContact = Field(default_factory=NewContact)


class NewAnswer(Schema):
    """An answer to the citizen."""

    text: PlainText = Field(min_length=4, max_length=LONGEST_TEXT)


class Page(Schema):
    """How a list is read on: `after` is the `next` of the page before."""

    after: int = Field(0, ge=0, le=BIGGEST)
    limit: int = Field(50, ge=1, le=MOST)


class Wanted(Page):
    """Which tickets."""

    status: PlainText = Field("", max_length=200, description="一个或多个状态，用逗号隔开")
    nature: Nature | None = None
    since: datetime | None = Field(None, description="提交时间不早于；须带时区")


@router.get("/tickets", summary="工单列表")
def tickets(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """The tickets in the key's branch, the oldest first; free text and contact masked."""
    key, now = key_of(request, Permission.READ_TICKETS), timezone.now()
    found = queries.to_exchange(key).filter(pk__gt=wanted.after)
    if wanted.status:
        names = queries.statuses(wanted.status.split(","))
        if not names:
            raise Trouble("refused", "没有这样的工单状态。", field="status")
        found = found.filter(status__in=names)
    if wanted.nature:
        found = found.filter(nature=wanted.nature)
    if wanted.since is not None:
        if wanted.since.tzinfo is None:
            raise Trouble("refused", "时间须带时区，如 2026-01-31T09:30:00+08:00。", field="since")
        found = found.filter(filed_at__gte=wanted.since)
    rows = list(found[: wanted.limit])
    coding = Coding(key.level_coding)
    return {
        "tickets": [ticket_said(each, None, coding=coding, now=now) for each in rows],
        "next": rows[-1].pk if len(rows) == wanted.limit else None,
    }


@router.get("/tickets/{number}", summary="一件工单")
def ticket(request: HttpRequest, number: str, contact: bool = False) -> dict[str, Any]:
    """One ticket. With `contact=true` and the right to it, its text and contact unmasked; that is audited."""
    key, now = key_of(request, Permission.READ_TICKETS), timezone.now()
    found = _one(key, number)
    revealed = None
    if contact:
        revealed = revealed_to(key, found, now=now)
    return ticket_said(found, revealed, coding=Coding(key.level_coding), now=now)


@router.get("/changes", summary="办理进展")
def changes(request: HttpRequest, page: Query[Page]) -> dict[str, Any]:
    """What happened to tickets, in order: read on with `next` and nothing is missed."""
    key = key_of(request, Permission.READ_TICKETS)
    rows = queries.changes(key, after=page.after, most=page.limit)
    return {
        "changes": [
            {
                "id": row.id,
                "number": row.number,
                "at": moment(row.at),
                "verb": row.verb,
                "title": row.title,
                "status": row.status,
                "text": row.text,
            }
            for row in rows
        ],
        "next": rows[-1].id if rows else page.after,
    }


@router.post("/tickets", summary="转来一件诉求", response={201: Any, 200: Any})
def file_ticket(request: HttpRequest, given: NewTicket) -> HttpResponse:
    """Pass a request on. 201 when it is new, 200 when this number of yours is known already."""
    key = key_of(request, Permission.FILE_TICKETS)

    def act(now: datetime) -> Done:
        taken = Taken(
            their_number=given.their_number.strip(),
            text=given.text.strip(),
            nature=given.nature or guess_nature(given.text),
            place=given.place.strip(),
            category=given.category.strip(),
            name=given.contact.name,
            phone=given.contact.phone,
        )
        made, is_new = actions.take_in(taken, agency=key.agency, actor=key, now=now)
        return (201 if is_new else 200), {
            "number": made.number,
            "status": made.status,
            "their_number": taken.their_number,
            "promised_words": made.promised_words,
            "agency": {"code": made.agency.code, "name": made.agency.name},
        }

    return once(request, key, act)


@router.post("/tickets/{number}/answer", summary="答复市民", response={200: Any})
def answer_ticket(request: HttpRequest, number: str, given: NewAnswer) -> HttpResponse:
    """Answer the citizen: the same act, with the same readings, as an agent's in the console."""
    key = key_of(request, Permission.ANSWER_TICKETS)

    def act(now: datetime) -> Done:
        found = queries.passed_on_ticket(key, number, Permission.ANSWER_TICKETS)
        link = f"{settings.MINXIN_PUBLIC_URL}/m/{found.account.app_id}/tickets/{found.number}/"
        actions.answer(found, given.text, link=link, actor=key, now=now)
        return 200, {"number": found.number, "status": found.status}

    return once(request, key, act)


# What is said of a ticket ------------------------------------------------------------------------


def _one(key: Any, number: str) -> Any:
    found = queries.to_exchange(key).filter(number=number).first()
    if found is None:
        raise Trouble("not_found")
    return found


def revealed_to(key: Any, found: Any, *, now: datetime) -> Contact:
    """Name and number of who filed it; only with the right, each time audited."""
    if Permission.REVEAL_CITIZENS.value not in key.rights:
        raise Trouble("right_missing", "这个接口密钥没有查看个人信息的权限。", field="contact")
    left = queries.contact_left(found)
    reason = f"开放接口 {found.number}"
    if left is None:  # the text goes out as it is all the same
        actions.note_read_in_full(found, reason=reason, actor=key, now=now)
        return Contact("", "")
    return reveal_to_partner(left, agency=found.agency, reason=reason, actor=key, now=now)


def ticket_said(
    found: Any, revealed: Contact | None, *, coding: Coding, now: datetime
) -> dict[str, Any]:
    """A ticket as JSON; masked where nothing was revealed."""
    contact = revealed or masked_contact(queries.contact_left(found))
    plain = (lambda text: text) if revealed is not None else mask
    rating = max(found.ratings.all(), key=lambda each: each.round, default=None)
    record = queries.record_of(found)
    return {
        "number": found.number,
        "their_number": record.their_number if record else None,
        "status": found.status,
        "status_name": str(found.get_status_display()),
        "nature": found.nature,
        "category": found.category.name if found.category else None,
        "agency": {"code": found.agency.code, "name": found.agency.name},
        "text": plain(found.text),
        "place": plain(found.place),
        "answer": plain(found.answer),
        "filed_at": moment(found.filed_at),
        "due_at": moment(found.due_at),
        "promised_words": found.promised_words,
        "answered_at": moment(found.answered_at),
        "closed_at": moment(found.closed_at),
        "reopened_times": found.reopened_times,
        "rating": rating
        and {
            "level": rating.level,
            "code": code_of(rating.level, coding),
            "coding": coding.value,
            "comment": plain(rating.comment),
        },
        "contact": {"name": contact.real_name, "phone": contact.phone},
        "is_masked": revealed is None,
    }


def moment(at: datetime | None) -> str | None:
    """A moment with its offset, in the time of the office."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None
