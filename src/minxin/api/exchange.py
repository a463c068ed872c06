"""Tickets in the field names of GB/T 39046-2020: tables 10 (two shapes) and 11."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from minxin.agencies.calendars import Calendars
from minxin.agencies.rules import Permission
from minxin.api.keys import key_of
from minxin.api.tickets import Page, PlainText, revealed_to
from minxin.api.writes import Done, once
from minxin.citizens.queries import masked_contact
from minxin.core.errors import Refused
from minxin.tickets import actions
from minxin.tickets.exchanging import read_table
from minxin.tickets.queries import exchange as queries
from minxin.tickets.rules.levels import Coding

router = Router(tags=["数据交换（GB/T 39046—2020）"])
MOST_ROWS = 100


class Tables(Page):
    """Which rows of table 10."""

    table: Literal["consult", "complaint"]
    contact: bool = False


class NewRows(Schema):
    """Rows by the names of table 10's fields, and of ours beside them."""

    rows: list[dict[PlainText, PlainText]] = Field(min_length=1, max_length=MOST_ROWS)


@router.get("/exchange/tickets", summary="按表10取工单")
def rows(request: HttpRequest, wanted: Query[Tables]) -> dict[str, Any]:
    """Tickets as rows of table 10: 咨询 and 建议 in the shape of consultations, the others in that of
    complaints. `contact=true` shows whom they name and the text as it is; each one is audited."""
    key, now = key_of(request, Permission.READ_TICKETS), timezone.now()
    coding, calendars = Coding(key.level_coding), Calendars()
    found = list(queries.to_exchange(key, wanted.table).filter(pk__gt=wanted.after)[: wanted.limit])
    said = []
    for each in found:
        contact = (
            revealed_to(key, each, now=now)
            if wanted.contact
            else masked_contact(queries.contact_left(each))
        )
        said.append(
            queries.table_of(
                each,
                coding=coding,
                contact=contact,
                is_open=wanted.contact,
                calendars=calendars,
                now=now,
            )
        )
    return {
        "table": wanted.table,
        "level_coding": coding.value,
        "rows": said,
        "next": found[-1].pk if len(found) == wanted.limit else None,
    }


@router.get("/exchange/supervision", summary="按表11取督办")
def supervision(request: HttpRequest, page: Query[Page]) -> dict[str, Any]:
    """What was urged or supervised, as rows of table 11."""
    key = key_of(request, Permission.READ_TICKETS)
    found = list(queries.supervision_tables(key).filter(pk__gt=page.after)[: page.limit])
    return {
        "rows": [queries.supervision_table(each) for each in found],
        "next": found[-1].pk if len(found) == page.limit else None,
    }


@router.post("/exchange/tickets", summary="按表10送来工单", response={200: Any})
def send_rows(request: HttpRequest, given: NewRows) -> HttpResponse:
    """Pass several requests on, each by itself: what is wrong with one does not hold up the others. A row
    with an answer is kept as history; one without is filed, and the promise to its citizen is ours."""
    key = key_of(request, Permission.FILE_TICKETS)

    def act(now: datetime) -> Done:
        return 200, {"rows": [_taken(key, row, now) for row in given.rows]}

    return once(request, key, act)


def _taken(key: Any, row: dict[str, str], now: datetime) -> dict[str, Any]:
    try:
        taken = read_table(row, coding=Coding(key.level_coding), now=now)
        made, is_new = actions.take_in(taken, agency=key.agency, actor=key, now=now)
    except Refused as refusal:
        field = "内容" if refusal.field == "text" else refusal.field  # the room's name, the table's
        return {"outcome": "wrong", "message": refusal.message, "field": field}
    return {
        "outcome": "new" if is_new else "known",
        "number": made.number,
        "their_number": taken.their_number,
        "status": made.status,
    }
