"""What accounts owe, and what looking back found of them, as indicators see it: a few queries for many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from minxin.accounts.models import Account
from minxin.agencies.queries import working_calendar
from minxin.conversations import queries as conversations
from minxin.core.working_time import OFFICE_ZONE, WorkingCalendar
from minxin.supervision.indicators.base import Content, Found
from minxin.supervision.indicators.owed import TOLD_FOR
from minxin.supervision.models import (
    DutyEvent,
    Hit,
    PublishedItem,
    RelayAssignment,
    Scan,
    WordList,
)
from minxin.supervision.packs.reading import LONGEST
from minxin.supervision.rules.duties import Duties, Opinion, Question, Relay, Request
from minxin.supervision.rules.looking import indicator_of
from minxin.supervision.rules.packs import Severity
from minxin.supervision.rules.rectification import ENDED
from minxin.tickets import queries as tickets

LONGEST_OPINION = timedelta(hours=LONGEST)  # no pack may set more hours
LONGEST_REQUEST = timedelta(days=200)  # both terms, holidays, a third party


def content_of(accounts: Sequence[Account]) -> Mapping[int, Content]:
    """How many texts are kept of accounts, which lists were looked through, and the hits that wait or whose
    finding is not ended; by their numbers."""
    wanted = [account.pk for account in accounts]
    lists = WordList.objects.filter(is_active=True, scans__status=Scan.Status.DONE)
    kinds = set(lists.values_list("agency__path", "kind"))
    items: dict[int, int] = dict(
        PublishedItem.objects.filter(account__in=wanted)
        .values_list("account_id")
        .annotate(n=Count("pk"))
        .order_by()
        .values_list("account_id", "n")
    )
    found: dict[int, dict[str, Found]] = {}
    for row in _hits(wanted):
        indicator = indicator_of(row["scan__word_list__kind"], Severity(row["severity"]))
        mine = found.setdefault(row["item__account_id"], {})
        before = mine.get(indicator, Found())
        if row["status"] == Hit.Status.OPEN:
            mine[indicator] = Found(before.waiting + row["n"], before.confirmed)
        else:
            mine[indicator] = Found(before.waiting, before.confirmed + row["n"])
    return {
        account.pk: Content(
            items.get(account.pk, 0),
            # What a list calls a veto is its own word: any list of words may find what is serious.
            frozenset(
                indicator_of(kind, Severity.VETO)
                for path, kind in kinds
                if account.agency.path.startswith(path)
            ),
            found.get(account.pk, {}),
        )
        for account in accounts
    }


def _hits(numbers: list[int]) -> Any:
    ended = [each.value for each in ENDED]
    standing = Q(status=Hit.Status.OPEN) | (
        Q(status=Hit.Status.CONFIRMED) & ~Q(finding__state__in=ended)
    )
    rows = Hit.objects.filter(standing, item__account__in=numbers)
    return (
        rows.values("item__account_id", "scan__word_list__kind", "severity", "status")
        .annotate(n=Count("pk"))
        .order_by()
    )


def duties_of(accounts: Sequence[Account], *, now: datetime) -> Mapping[int, Duties]:
    """What accounts owe and owed, by their numbers; what ran out long ago is told of no more."""
    numbers = [account.pk for account in accounts]
    relays, opinions, requests = (
        _relays(numbers, now), _opinions(numbers, now), _requests(numbers, now),
    )  # fmt: skip
    questions = _questions(numbers)
    found = {}
    for account in accounts:
        number = account.pk
        by_days = requests.get(number, ()) or questions.get(number, ())
        found[number] = Duties(
            now,
            working_calendar(account.agency) if by_days else WorkingCalendar(),
            tuple(relays.get(number, ())),
            tuple(opinions.get(number, ())),
            tuple(requests.get(number, ())),
            tuple(questions.get(number, ())),
        )
    return found


def _relays(numbers: list[int], now: datetime) -> dict[int, list[Relay]]:
    rows = RelayAssignment.objects.filter(
        account__in=numbers, task__cancelled_at=None, task__due_at__gt=now - TOLD_FOR
    ).values_list("account_id", "pk", "task__title", "task__due_at", "done_at")
    found: dict[int, list[Relay]] = {}
    for account, number, title, due_at, done_at in rows:
        found.setdefault(account, []).append(Relay(f"relay-{number}", title, due_at, done_at))
    return found


def opinion_of(event: DutyEvent) -> Opinion:
    """An event as its clock knows it."""
    return Opinion(
        f"duty-{event.pk}", event.title, event.is_grave, event.known_at or event.created_at,
        event.first_word_at, event.press_at,
    )  # fmt: skip


def request_of(event: DutyEvent) -> Request:
    """A request as its clock knows it."""
    return Request(
        f"duty-{event.pk}", event.title,
        event.received_on or event.created_at.astimezone(OFFICE_ZONE).date(),
        extended_on=event.extended_on, extended_until=event.extended_until,
        third_asked_on=event.third_asked_on, third_answered_on=event.third_answered_on,
        leaves_out_third_party=event.third_left_out_by_id is not None,
        corrected_on=event.corrected_on, replied_on=event.replied_on,
    )  # fmt: skip


def _events(numbers: list[int], kind: str) -> Any:
    rows = DutyEvent.objects.filter(account__in=numbers, kind=kind)
    return rows.exclude(state=DutyEvent.State.WITHDRAWN).order_by("pk")


def _opinions(numbers: list[int], now: datetime) -> dict[int, list[Opinion]]:
    found: dict[int, list[Opinion]] = {}
    rows = _events(numbers, DutyEvent.Kind.OPINION)
    for each in rows.filter(known_at__gt=now - TOLD_FOR - LONGEST_OPINION):
        found.setdefault(each.account_id, []).append(opinion_of(each))
    return found


def _requests(numbers: list[int], now: datetime) -> dict[int, list[Request]]:
    found: dict[int, list[Request]] = {}
    told = Q(replied_on=None) | Q(received_on__gt=(now - TOLD_FOR - LONGEST_REQUEST).date())
    for each in _events(numbers, DutyEvent.Kind.DISCLOSURE).filter(told):
        found.setdefault(each.account_id, []).append(request_of(each))
    return found


def _questions(numbers: list[int]) -> dict[int, list[Question]]:
    """Questions that wait: tickets of the nature 咨询 that have no answer, and dialogues in which a
    citizen asked for a person and nobody came. Named without the citizen's words or her key."""
    found: dict[int, list[Question]] = {}
    for each in tickets.unanswered_questions(numbers):
        question = Question(f"ticket-{each.number}", each.number, each.since)
        found.setdefault(each.account_id, []).append(question)
    for account, asked_at in conversations.unattended(numbers):
        moment = asked_at.astimezone(OFFICE_ZONE)
        title = f"{moment:%Y-%m-%d %H:%M} 请求人工的会话"  # facts are kept in Chinese
        found.setdefault(account, []).append(
            Question(f"dialogue-{asked_at.timestamp():.0f}", title, asked_at)
        )
    return found
