"""The week before today: the same rules, actions with the time of then."""

import heapq
import json
import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from minxin import wechat
from minxin.accounts.queries import callback_accounts
from minxin.agencies.models import Agency
from minxin.agencies.queries import staff_with
from minxin.agencies.rules import Permission
from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from minxin.conversations.actions import ReplyRecord, note_history_delivered, record_batch
from minxin.core.actors import System
from minxin.demo import sheets
from minxin.demo.playing import openid_of
from minxin.gateway.consequences import follow_up, keep_inbox
from minxin.gateway.deliveries import delivery_of
from minxin.gateway.responders import respond
from minxin.gateway.safety import Danger
from minxin.gateway.turn import Better, InThread, Reworded, Say, Turn
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.rules import Answer, Lookup
from minxin.knowledge.rules.quotes import Quote
from minxin.text.answers import AnswerBundle
from minxin.tickets import actions as tickets
from minxin.tickets.models import Ticket

SYSTEM = System("demo")


class Past:
    """Talks with the gateway's responders at a time that has passed."""

    def __init__(self, app_id: str) -> None:
        self._account = callback_accounts()[app_id]
        self._index = LiveIndex()
        self._index.build()
        self._number = 7_000_000_000
        self._replies: list[ReplyRecord] = []

    def lookup(self, turn: Turn, question: str) -> Lookup:
        return self._index.lookup(
            question,
            on=turn.today,
            region=self._account.region_code,
            agency_id=self._account.agency_id,
        )

    def danger(self, turn: Turn) -> Danger | None:
        return None  # a played past alarms nobody

    def entry(self, turn: Turn, number: int) -> Answer | None:
        return self._index.answer(
            number,
            on=turn.today,
            region=self._account.region_code,
            agency_id=self._account.agency_id,
        )

    def has_documents(self) -> bool:
        return False

    def quote(self, turn: Turn, question: str) -> Quote | None:
        return None

    def rewords_entries(self) -> bool:
        return False

    def reword(self, turn: Turn, bundle: AnswerBundle, title: str) -> Reworded | None:
        return None

    def label(self) -> tuple[str, str]:
        return "", ""

    def page(self, turn: Turn, path: str) -> str:
        return f"{settings.MINXIN_PUBLIC_URL}/m/{self._account.app_id}/{path}"

    def say(self, openid: str, text: str, at: datetime) -> None:
        """One message of a citizen and what the machine answered."""
        self._number += 1
        common: dict[str, Any] = {
            "account": self._account.original_id,
            "openid": openid,
            "created_at": int(at.timestamp()),
        }
        inbound: wechat.Inbound
        if text == "@follow":
            inbound = wechat.Followed(**common)
        else:
            inbound = wechat.Text(content=text, message_id=self._number, **common)
        delivery = delivery_of(inbound, self._account.app_id, self._account.id)
        replies, self._replies = self._replies, []
        (recorded,) = record_batch([delivery], replies, now=at)
        turn = Turn(
            self._account,
            recorded.dialogue,
            inbound,
            recorded.message_id,
            delivery.citizen_key,
            recorded.has_followed_before,
            at,
        )
        reply = respond(turn, self)
        if isinstance(reply, InThread):
            reply = reply.work()
        if isinstance(reply, Better):
            reply = reply.otherwise
        words: dict[str, Any] = {"silent": True}
        form = None
        if isinstance(reply, Say):
            words = {"text": reply.text} | ({"unknown": True} if reply.is_unknown else {})
            if reply.memory is not None:
                form = json.dumps(reply.memory, ensure_ascii=False) if reply.memory else "null"
        text = json.dumps(words, ensure_ascii=False)
        self._replies.append(ReplyRecord(recorded.message_id, delivery.citizen_key, text, form))

    def settle(self, at: datetime) -> None:
        """Record what was answered last."""
        replies, self._replies = self._replies, []
        record_batch([], replies, now=at)
        while follow_up(keep_inbox, now=at):
            pass


def play_history(now: datetime) -> None:
    """Conversations and tickets of the last days, oldest first."""
    app_id = sheets.rows("accounts")[0]["app_id"]
    past = Past(app_id)
    for dialogue in sheets.script("conversations"):
        at = moment(now, dialogue["days_ago"], dialogue["at"])
        openid = openid_of(dialogue["who"])
        for text in dialogue["turns"]:
            past.say(openid, text, at)
            at += timedelta(seconds=35)
    past.settle(now)
    _play_tickets(past, app_id, now)
    past.settle(now)
    note_history_delivered(now)
    for row in sheets.script("tickets"):
        _play_today(app_id, row, now)


def _play_today(app_id: str, row: dict[str, Any], now: datetime) -> None:
    """What staff did just now: the worker sends it when it starts, so that the queue has something
    under way."""
    if not row.get("today"):
        return
    citizen = Citizen.objects.get(pk=key_of(app_id, openid_of(row["who"])))
    ticket = Ticket.objects.filter(citizen=citizen).latest("id")
    for step in row["today"]:
        _play_step(ticket, citizen, step, _time_of(ticket, step, now), now)


def people_of_the_history() -> list[str]:
    """Who speaks in the scripts, each once."""
    scripts = [*sheets.script("conversations"), *sheets.script("tickets")]
    return list(dict.fromkeys(str(row["who"]) for row in scripts))


def moment(now: datetime, days_ago: float, clock: str) -> datetime:
    """A time of a day that has passed, at the latest twenty minutes ago."""
    hour, minute = map(int, clock.split(":"))
    local = now.astimezone(_zone())
    at = (local - timedelta(days=days_ago)).replace(
        hour=hour, minute=minute, second=0, microsecond=0
    )
    return min(at, local - timedelta(minutes=20))


def _zone() -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(settings.TIME_ZONE)


def _play_tickets(past: Past, app_id: str, now: datetime) -> None:
    """All are filed, then everything that happened to them, in the order of time: lists of what was sent
    go by number."""
    filed = [(moment(now, row["days_ago"], row["at"]), row) for row in sheets.script("tickets")]
    waiting: list[tuple[datetime, int]] = []
    stories: list[tuple[Ticket, Citizen, list[list[Any]]]] = []
    for at, row in sorted(filed, key=lambda one: one[0]):
        ticket, citizen = _file(past, app_id, row, at)
        stories.append((ticket, citizen, list(row.get("steps", []))))
    for number, (ticket, _citizen, steps) in enumerate(stories):
        if steps:
            heapq.heappush(waiting, (_time_of(ticket, steps[0], now), number))
    while waiting:
        at, number = heapq.heappop(waiting)
        ticket, citizen, steps = stories[number]
        _play_step(ticket, citizen, steps.pop(0), at, now)
        if steps:
            heapq.heappush(waiting, (_time_of(ticket, steps[0], now), number))


def _file(past: Past, app_id: str, row: dict[str, Any], at: datetime) -> tuple[Ticket, Citizen]:
    openid = openid_of(row["who"])
    for text in (
        f"{row.get('opening', '我要反映')}：{row['text']}",
        row.get("place") or "无",
        "确认",
    ):
        past.say(openid, text, at)
        at += timedelta(seconds=40)
    past.settle(at)
    citizen = Citizen.objects.get(pk=key_of(app_id, openid))
    return Ticket.objects.filter(citizen=citizen).latest("id"), citizen


def _time_of(ticket: Ticket, step: list[Any], now: datetime) -> datetime:
    return _office_time(ticket, now - timedelta(days=float(step[1])), now)


def _dated(words: str, now: datetime) -> str:
    """The words with `{day:3}` as the date three days ago: the city is loaded on any day."""

    def day(found: re.Match[str]) -> str:
        on = now.astimezone(_zone()) - timedelta(days=int(found[1]))
        return f"{on.month}月{on.day}日"

    return re.sub(r"\{day:(-?\d+)\}", day, words)


def _office_time(ticket: Ticket, wanted: datetime, now: datetime) -> datetime:
    """The wanted time, or one in office hours of its day; never before what happened last."""
    at = wanted.astimezone(_zone())
    if not 9 <= at.hour < 18:
        at = at.replace(hour=9 + ticket.pk % 8, minute=(ticket.pk * 7) % 60)
    last = ticket.events.order_by("-at").values_list("at", flat=True).first() or ticket.filed_at
    return min(max(at, last + timedelta(minutes=25)), now)


def _play_step(
    ticket: Ticket, citizen: Citizen, step: list[Any], at: datetime, now: datetime
) -> None:
    verb, _days_ago, *rest = step
    rest = [_dated(each, now) for each in rest]
    if verb in {"rate", "reopen"}:
        if verb == "rate":
            comment = rest[1] if len(rest) > 1 else ""
            tickets.rate(ticket, rest[0], comment=comment, actor=citizen, now=at)
        else:
            tickets.reopen(ticket, rest[0], actor=citizen, now=at)
        return
    agents = staff_with(Permission.ANSWER_TICKETS, ticket.agency)
    actor = agents.first() or SYSTEM
    match verb:
        case "accept":
            tickets.accept(ticket, actor=actor, now=at)
        case "assign":
            agency = Agency.objects.get(code=rest[0])
            tickets.assign(
                ticket, agency, reason=rest[1] if len(rest) > 1 else "", actor=actor, now=at
            )
        case "answer":
            link = (
                f"{settings.MINXIN_PUBLIC_URL}/m/{ticket.account.app_id}/tickets/{ticket.number}/"
            )
            tickets.answer(ticket, rest[0], link=link, actor=actor, now=at)
        case "note":
            if not isinstance(actor, System):
                tickets.note(ticket, rest[0], actor=actor, now=at)
