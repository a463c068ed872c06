"""My tickets: the list, and one with its promise, its steps and its ledger."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.core.errors import NotFound
from minxin.portal import malicious, redirects
from minxin.portal.base import Visit, citizens_only, page
from minxin.portal.reach import way_to
from minxin.portal.sheets import SHAPES, sheet
from minxin.portal.tickets import notices
from minxin.portal.tickets.progress import progress_of
from minxin.portal.wechat import with_open_tags
from minxin.tickets import queries
from minxin.tickets.queries import neighbours
from minxin.tickets.rules import OPEN, OVER, Verb, may_follow
from minxin.tickets.wording import day_said

PAGE = 20
STATES = (
    ("", gettext_lazy("全部")),
    ("open", gettext_lazy("办理中")),
    ("answered", gettext_lazy("已答复")),
    ("closed", gettext_lazy("已办结")),
)
SHEET_TITLES = (
    gettext_lazy("编号"),
    gettext_lazy("内容"),
    gettext_lazy("地点"),
    gettext_lazy("承办单位"),
    gettext_lazy("状态"),
    gettext_lazy("提交时间"),
    gettext_lazy("承诺答复"),
    gettext_lazy("答复时间"),
    gettext_lazy("答复内容"),
)


@citizens_only
def tickets(visit: Visit) -> HttpResponse:
    """All of mine, the newest first; by words and state, and as a sheet."""
    now = timezone.now()
    words, state = visit.request.GET.get("q", "").strip(), visit.request.GET.get("state", "")
    found = queries.found_for_citizen(visit.me, words=words, state=state)
    shape = visit.request.GET.get("sheet", "")
    if shape in SHAPES:
        return sheet([*SHEET_TITLES], _sheet_rows(found), shape, _("我的诉求"))
    shown = Paginator(found, PAGE).get_page(visit.request.GET.get("page", "1"))
    rows = [
        {
            "ticket": ticket,
            "brief": queries.in_brief(ticket, 30),
            "deadline": queries.deadline_of(ticket, now=now),
            "is_open": ticket.status in OPEN,
        }
        for ticket in shown
    ]
    kept = {name: value for name, value in (("q", words), ("state", state)) if value}
    return page(
        visit,
        "tickets",
        rows=rows,
        shown=shown,
        words=words,
        state=state,
        states=STATES,
        kept=urlencode(kept),
        has_any=bool(rows) or queries.of_citizen(visit.me).exists(),
        followed=neighbours.followed_by(visit.me)[:PAGE],
        reports=queries.wrongdoing_of(visit.me)[:PAGE],
    )


def _sheet_rows(found: Any) -> Iterator[list[str]]:
    for ticket in found.iterator(chunk_size=200):
        answered = ticket.answered_at
        yield [
            ticket.number,
            ticket.text,
            ticket.place,
            ticket.agency.name,
            queries.shown_status_label(ticket),
            _minute(ticket.filed_at),
            _minute(ticket.due_at),
            _minute(answered) if answered else "",
            ticket.answer,
        ]


def _minute(value: datetime) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


@citizens_only
def ticket(visit: Visit, number: str) -> HttpResponse:
    """One of mine: the promise on top, what happened below, one next step."""
    try:
        found = queries.by_number_for_citizen(number, visit.me)
    except NotFound:  # it moved into the register of reports of wrongdoing, with its number
        kept = queries.wrongdoing_by_number(number, visit.me)
        return redirect("portal:wrongdoing", app_id=visit.account.app_id, number=kept.number)
    now = timezone.now()
    deadline = queries.deadline_of(found, now=now)
    return page(
        visit,
        "ticket",
        ticket=found,
        steps=_shown_steps(found),
        is_open=found.status in OPEN,
        pictures=[each for each in queries.pictures_of(found) if each.removed_at is None],
        division=queries.division_name(found.division),
        promise=_promise(found.promised_at, now),
        moved=found.due_at != found.promised_at,
        ledger=queries.ledger_of(found, now=now, is_public_only=True),
        deadline=deadline,
        rating=queries.rating_of(found),
        progress=progress_of(found, now),
        way=way_to(visit, now),
        publication=queries.publication_of(found),
        publishing_choice=queries.may_be_public(found) and found.status in OVER,
        asked=queries.asked_of_citizen(found),
        can_supplement=may_follow(found.status, Verb.SUPPLEMENT),
        can_rate=queries.can_be_rated(found),
        can_reopen=queries.can_be_reopened(found, now=now),
        reopening_ends=queries.reopening_ends(found),
        **redirects.declined(found),
        **malicious.ended(found),
        **notices.offered(visit, found),
    )


def _promise(due_at: datetime, now: datetime) -> str:
    """The promised day, as people say it; with the hour where "before tomorrow" would mislead."""
    due, today = timezone.localtime(due_at), timezone.localtime(now).date()
    words = day_said(due.date(), today)
    is_near = abs((due.date() - today).days) <= 1
    return f"{words} {due:%H:%M} " if is_near else words


def _shown_steps(ticket: Any) -> list[queries.Step]:
    """What happened, the newest first. The answer in force stands above, not among the steps;
    those of earlier rounds stay readable here."""
    steps = queries.steps(ticket, is_public_only=True)
    if ticket.status in OPEN:
        return steps
    latest = next((step for step in steps if step.verb == "answered"), None)
    return [replace(step, text="") if step is latest else step for step in steps]


urlpatterns = [
    path("tickets/", tickets, name="tickets"),
    path("tickets/<str:number>/", with_open_tags(ticket), name="ticket"),
]
