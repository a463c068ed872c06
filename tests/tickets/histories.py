"""Random lives of tickets, and their figures counted by hand: row by row, without SQL."""

import contextlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from minxin.citizens.actions import Meeting, meet_many
from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from minxin.core.errors import AlreadyDone, Refused
from minxin.tickets import actions
from minxin.tickets.models import LedgerEntry, Ticket
from minxin.tickets.queries.figures import FIGURES, Terms
from minxin.tickets.rules.figures import Period, Tally
from minxin.tickets.rules.neighbours import road_of
from tests.support.city import APP_ID, City

Step = tuple[str, int, int, int]  # what, on which ticket, hours later, a choice
ACTS = (
    "file", "file", "accept", "sign", "answer", "answer", "close", "rate", "rate", "reopen", "merge",
    "unmerge", "withdraw", "assign", "ask_return", "grant_return", "stop", "resume", "remind",
    "classify",
)  # fmt: skip
LEVELS = ("very_satisfied", "satisfied", "fairly_satisfied", "dissatisfied", "very_dissatisfied")
PLACES = ("东桥路12号", "东桥路14号2单元", "建设街与东桥路路口", "")
NATURES = ("help", "complaint", "consult", "suggestion")
WHY = {"reason": "不属于本单位职责", "legal_basis": "三定规定第二条"}


def people(city: City, now: datetime) -> list[Citizen]:
    """Three citizens."""
    found = []
    for each in range(3):
        openid = f"o{each:0>27}"
        key = key_of(APP_ID, openid)
        meet_many([Meeting(key, city.account.pk, openid, now, "followed")], now=now)
        found.append(Citizen.objects.select_related("account").get(pk=key))
    return found


def live(city: City, steps: Sequence[Step], now: datetime) -> datetime:
    """Do what can be done of these steps, one after the other; the moment after the last."""
    who = people(city, now)
    filed = 0
    for act, on, hours, choice in steps:
        now += timedelta(hours=hours)
        every = list(Ticket.objects.select_related("agency", "account", "citizen").order_by("pk"))
        if act == "file":
            filed += 1
            her = who[choice % 3]
            actions.file(
                text=f"第{filed}次反映：路灯坏了很久没有人修", citizen=her, account=city.account,
                source=("portal", "dialogue")[choice % 2], key=f"{now}:{filed}", actor=her, now=now,
                nature=NATURES[choice % 4], place=PLACES[choice % 4],
            )  # fmt: skip
        elif every:
            with contextlib.suppress(Refused, AlreadyDone):
                _act(act, city, every[on % len(every)], every[choice % len(every)], choice, now)
    return now


def _act(act: str, city: City, one: Ticket, other: Ticket, choice: int, now: datetime) -> None:
    staff = city.outsider if one.agency_id == city.water.pk else city.wang
    her = one.citizen
    assert her is not None
    match act:
        case "accept":
            actions.accept(one, actor=staff, now=now)
        case "sign":
            actions.sign(one, actor=staff, now=now)
        case "answer":
            words = f"{one.number}已经办理，请查看现场。"
            actions.answer(one, words, link="http://x", actor=staff, now=now)
        case "close":
            actions.close(one, actor=staff, now=now)
        case "rate":
            actions.rate(one, LEVELS[choice % 5], actor=her, now=now)
        case "reopen":
            actions.reopen(one, "还是没有解决", actor=her, now=now)
        case "merge":
            actions.merge(one, other, reason="同一件事", actor=staff, now=now)
        case "unmerge":
            actions.unmerge(one, reason="不是一件事", actor=staff, now=now)
        case "withdraw":
            actions.withdraw(one, "", actor=her, now=now)
        case "assign":
            target = city.station if choice % 2 else city.water
            actions.assign(one, target, reason="", actor=staff, now=now)
        case "ask_return":
            actions.ask_return(one, proper_agency=city.water, actor=staff, now=now, **WHY)
        case "grant_return":
            asked = one.applications.filter(status="waiting").first()
            decider = city.zhao if asked is None else other_agent(city)
            actions.grant_return(
                one, agency=city.water, decision="理由成立", actor=decider, now=now
            )
        case "stop":
            actions.stop_clock(
                one,
                stop_reason="citizen",
                reason="等您补充地点",
                legal_basis="",
                actor=staff,
                now=now,
            )
        case "resume":
            actions.resume_clock(one, reason="", actor=staff, now=now)
        case "remind":
            LedgerEntry.objects.create(
                ticket=one, at=now, kind="reminder", actor_kind="system", actor_name="",
                agency=one.agency,
            )  # fmt: skip
        case "classify":
            actions.classify(one, category=None, nature=NATURES[choice % 4], actor=staff, now=now)


def other_agent(city: City) -> Any:
    """An agent of the agency above."""
    from minxin.agencies.actions import add_staff
    from minxin.agencies.models import Staff
    from minxin.agencies.rules import Role
    from tests.support.city import PASSWORD, SETUP

    found = Staff.objects.filter(username="zhoumin").first()
    return found or add_staff(
        username="zhoumin", name="周敏", agency=city.root, role=Role.AGENT, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=timezone.now(),
    )  # fmt: skip


# By hand ----------------------------------------------------------------------------------------


def by_hand(tickets: Sequence[Ticket], period: Period, terms: Terms) -> dict[str, Tally]:
    """All figures of these tickets, from their own rows, one ticket at a time."""
    rows: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    worth: Counter[str] = Counter()

    def add(key: str, counts: bool, value: float | None = None) -> None:
        whole[key] += 1
        rows[key] += counts
        worth[key] += counts if value is None else value  # type: ignore[assignment]

    for each in tickets:
        events = list(each.events.order_by("pk"))
        ratings = list(each.ratings.order_by("round"))
        valid, merged = (
            each.status not in {"withdrawn", "declined"},
            each.merged_into_id is not None,
        )
        over = each.status in {"answered", "closed", "archived"}
        filed_in = _inside(each.filed_at, period)
        if filed_in:
            add("received", True)
        if filed_in and valid:
            add("valid", True)
            add("repeated", merged)
        if filed_in and valid and not merged:
            first = [e.at for e in events if e.verb in {"accepted", "signed", "answered"}][:1]
            quick = bool(first) and first[0] - each.filed_at < terms.response + timedelta(minutes=1)
            if quick or each.filed_at + terms.response <= terms.now:
                add("response", quick)
            add("answer", over)
            add("closing", each.status in {"closed", "archived"})
            away = each.applications.filter(status="granted", kind__in=["return", "dispute"])
            add("returned", away.exists())
            if over or each.reopened_times:
                add("redone", each.reopened_times > 0)
            add("reminded", any(entry.kind == "reminder" for entry in each.ledger.all()))
        if valid and not merged and _inside(each.due_at, period):
            stands = each.stopped_at is not None and not over
            if not stands and (over or each.due_at <= terms.now):
                kept = over and each.answered_at is not None and each.answered_at <= each.due_at
                add("on_time", kept)
        if valid:
            voices = [(e.at, e.pk, e.verb) for e in events if e.verb in {"rated", "reopened"}]
            if voices and _inside(voices[-1][0], period):
                good = ratings and ratings[-1].level not in {"dissatisfied", "very_dissatisfied"}
                add("solved", voices[-1][2] == "rated" and bool(good))
            if ratings and _inside(ratings[-1].rated_at, period):
                value = terms.weights[LEVELS.index(ratings[-1].level)]
                add("satisfied", value > 0, value)
    return {
        each.key: Tally(rows[each.key], whole[each.key], float(worth[each.key])) for each in FIGURES
    }


def _inside(at: datetime, period: Period) -> bool:
    return period.since <= day(at) <= period.until


def day(at: datetime) -> date:
    return timezone.localtime(at).date()


def place(ticket: Ticket) -> str:
    return road_of(ticket.place)[:60]
