"""Journeys played through the simulator's HTTP, as a citizen's phone would."""

import functools
import hashlib
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TextIO

import httpx
from django.conf import settings

from minxin.accounts.models import Account
from minxin.agencies.queries import staff_with
from minxin.agencies.rules import Permission
from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from minxin.core.actors import System
from minxin.demo import sheets
from minxin.demo.menu import show_menu
from minxin.tickets import actions as tickets
from minxin.tickets.models import Ticket
from minxin.tickets.rules.notices import template_for

PATIENCE = 30.0
SURVEY = "40007"  # the title of the notice in the simulator's library


class JourneyFailed(Exception):
    """A step did not turn out as the script says."""


def simulator() -> httpx.Client:
    """The simulator's own door, as a phone and the stage use it."""
    return httpx.Client(base_url=settings.MINXIN_SIMULATOR_URL, timeout=20, trust_env=False)


@functools.cache
def openid_of(nickname: str) -> str:
    """An openid of the city's history, made from the name."""
    return "oYx" + hashlib.sha256(f"yunxi:{nickname}".encode()).hexdigest()[:25]


def introduce(app_id: str, nicknames: Sequence[str]) -> None:
    """Give the people of the city's history a phone at the simulator, following without a word."""
    with simulator() as http:
        for nickname in nicknames:
            body = {
                "app_id": app_id,
                "openid": openid_of(nickname),
                "nickname": nickname,
                "silent": True,
            }
            _post_patiently(http, "/sim/followers", body)


def connect(accounts: Sequence[Account], *, now: datetime) -> None:
    """Tell the simulator about our accounts; it verifies each callback address and shows our menu."""
    with simulator() as http:
        for number, account in enumerate(accounts):
            callback = f"{settings.MINXIN_PUBLIC_URL}/wechat/{account.app_id}/callback"
            body = {
                "app_id": account.app_id,
                "name": account.name,
                "kind": account.kind,
                "verified": account.is_verified,
                "principal": account.principal,
                "original_id": account.original_id,
                "secret": account.secret,
                "token": account.token,
                "aes_key": account.aes_key,
                "mode": account.mode,
                "format": "xml",
                "callback_url": callback,
                "description": account.positioning[:100],
                "main": number == 0,
            }
            _post_patiently(http, "/sim/accounts", body)
            if template := template_for(settings.MINXIN_SURVEY_TEMPLATE, account.app_id or ""):
                body = {"app_id": account.app_id, "template_id": template, "library_id": SURVEY}
                _post_patiently(http, "/sim/templates", body)
            if number == 0 and not account.menu:
                show_menu(account, now)


def _post_patiently(http: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST until it is taken: right after a start the gateway may not know the account yet."""
    until = time.monotonic() + PATIENCE
    while True:
        answer = http.post(path, json=body)
        if answer.is_success:
            found: dict[str, Any] = answer.json()
            return found
        if time.monotonic() > until:
            raise JourneyFailed(f"{path}: {answer.status_code} {answer.text[:300]}")
        time.sleep(0.3)


def say(app_id: str, openid: str, text: str) -> dict[str, Any]:
    """One message through the simulator; what it tells of the answer."""
    with simulator() as http:
        answer = http.post("/sim/say", json={"app_id": app_id, "openid": openid, "text": text})
        if not answer.is_success:
            raise JourneyFailed(f"/sim/say: {answer.status_code} {answer.text[:300]}")
        found: dict[str, Any] = answer.json()
        return found


def follow(app_id: str, nickname: str) -> str:
    """A citizen follows; her openid."""
    with simulator() as http:
        answer = http.post("/sim/followers", json={"app_id": app_id, "nickname": nickname})
        if not answer.is_success:
            raise JourneyFailed(f"/sim/followers: {answer.status_code} {answer.text[:300]}")
        return str(answer.json()["openid"])


def answer_ticket(app_id: str, openid: str, text: str, *, now: datetime) -> None:
    """The latest ticket of a citizen is taken in and answered by the agency that has it."""
    citizen = Citizen.objects.get(pk=key_of(app_id, openid))
    ticket = Ticket.objects.filter(citizen=citizen).latest("id")
    actor = staff_with(Permission.ANSWER_TICKETS, ticket.agency).first() or System("demo")
    link = f"{settings.MINXIN_PUBLIC_URL}/m/{app_id}/tickets/{ticket.number}/"
    at = max(now, ticket.filed_at)  # it was filed while the journeys were played
    if (
        ticket.status == Ticket.Status.SUBMITTED
    ):  # a rule of the city may have dispatched it already
        tickets.accept(ticket, actor=actor, now=at)
    tickets.answer(ticket, text, link=link, actor=actor, now=at)


def play(journey: dict[str, Any], app_id: str, *, now: datetime) -> None:
    """One journey: follow, then say each line; `expect` must stand in the answer, `refuse` must not.

    `block`: she no longer takes what the account sends her. `staff`: her ticket is answered, so that
    WeChat has something to refuse.
    """
    openid = follow(app_id, journey["who"])
    for step in journey["steps"]:
        if step.get("block"):
            with simulator() as http:
                body = {"app_id": app_id, "openid": openid, "blocked": True}
                _post_patiently(http, "/sim/block", body)
            continue
        if step.get("staff"):
            answer_ticket(app_id, openid, step["text"], now=now)
            continue
        answer = say(app_id, openid, step["say"])
        words = str((answer.get("reply") or {}).get("text", ""))
        expected, refused = step.get("expect", ""), step.get("refuse", "")
        if expected and expected not in words:
            raise JourneyFailed(f"{journey['who']} said {step['say']!r} and heard {words!r}")
        if refused and refused in words:
            raise JourneyFailed(f"{journey['who']} said {step['say']!r} and heard {words!r}")


def play_journeys(*, now: datetime) -> int:
    """All journeys of the city; how many."""
    app_id = sheets.rows("accounts")[0]["app_id"]
    journeys = sheets.script("journeys")
    for journey in journeys:
        play(journey, app_id, now=now)
    return len(journeys)


def replay(*, now: datetime, stdout: TextIO) -> None:
    """Play the journeys once more, with new followers."""
    print(f"{play_journeys(now=now)} journeys played", file=stdout)
