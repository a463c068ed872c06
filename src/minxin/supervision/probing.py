"""The robot: what a worker does with a probe. The run's own row says what is to be done; a task only
wakes it, and waking twice does no harm. No transaction is open while somebody else is asked."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import socket
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.html import strip_tags
from django_tasks import task

from minxin import wechat
from minxin.accounts.checks.asking import SAYS, TAPS, ask_callback
from minxin.accounts.models import Account
from minxin.accounts.queries import callback_of, client_for, secrets_of
from minxin.accounts.quotas import BudgetSpent
from minxin.agencies.queries import working_calendar
from minxin.conversations.queries import waits_of
from minxin.core.errors import Refused
from minxin.core.jobs import ClaimLost
from minxin.core.working_time import add_working_days
from minxin.supervision import probe_words
from minxin.supervision.actions import probing as actions
from minxin.supervision.actions.probing import Came
from minxin.supervision.links import IsAllowed, Opened, is_public, open_link
from minxin.supervision.models import ProbeRun, ProbeStep
from minxin.supervision.probe_passes import make_pass
from minxin.supervision.queries import probes as queries
from minxin.supervision.rules.pages import is_page, read_page
from minxin.supervision.rules.probing import (
    WAIT_DAYS,
    How,
    Outcome,
    Page,
    Planned,
    StepKind,
    counts,
    host_of,
    judge_answer,
    judge_link,
    menu_steps,
)
from minxin.text import mask
from minxin.tickets.queries import answer_times

log = logging.getLogger("minxin.probes")
PAGE_BYTES = 64 * 1024
LINK_SECONDS = 20.0  # for a link with all its redirects
MOST_PAUSE = timedelta(seconds=3)  # a longer wait for a host lays the run down
PUT_OFF = timedelta(seconds=30)
LOOKED_BACK = timedelta(days=30)  # over which the replies of staff are measured
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]{16,128})"')
_MARK = "【拨测】互动拨测检查这张表单能否提交，不是诉求，不会登记。"


@dataclass(frozen=True, slots=True)
class Outside:
    """How the robot reaches what lies outside the run: links, our own public address, WeChat, a pause."""

    open: Callable[[str], Opened]
    http: Callable[[], httpx.Client]
    client: Callable[[Account], wechat.Client]
    sleep: Callable[[float], None]


def _http() -> httpx.Client:
    return httpx.Client(timeout=10.0, trust_env=False, follow_redirects=False)


def _open(url: str) -> Opened:
    return open_link(
        url,
        is_allowed=_reach_of(url),
        most_bytes=PAGE_BYTES,
        until=time.monotonic() + LINK_SECONDS,
    )


OUTSIDE = Outside(_open, _http, client_for, time.sleep)


# Waking ---------------------------------------------------------------------------------------------


@task()
def work_probe(number: int) -> None:
    """The task queue's way in."""
    work(number)


def wake(run: ProbeRun) -> None:
    """Tell a worker that a run is due; when that is lost, `wake_due` tells again."""
    work_probe.enqueue(run.pk)


def wake_due(*, now: datetime) -> int:
    """Wake the runs whose time has come and those whose worker died; how many."""
    found = actions.release_due_probes(now=now)
    for number in found:
        work_probe.enqueue(number)
    return len(found)


def work(
    number: int, *, clock: Callable[[], datetime] = timezone.now, outside: Outside = OUTSIDE
) -> None:
    """Go on with one run as far as it goes; nothing when somebody else has it."""
    token = get_random_string(16)
    run = actions.claim_probe(number, token=token, now=clock())
    if run is None:
        return
    try:
        if run.interruptions > actions.MOST_INTERRUPTIONS:
            note = "处理程序多次中断，这次没有做完。"
            actions.fail_probe(run, note=note, token=token, now=clock())
            return
        _work(run, token, clock, outside)
    except ClaimLost:
        log.info("probe %s was taken over or ended by somebody else", run.pk)
    except DatabaseError:
        raise  # the claim runs out, and the run is woken again
    except Exception:
        log.exception("probe %s", run.pk)
        note = "拨测时程序出错，没有做完，已记入日志。"
        with contextlib.suppress(ClaimLost):  # it had ended, or somebody else has it
            actions.fail_probe(run, note=note, token=token, now=clock())


def _work(run: ProbeRun, token: str, clock: Callable[[], datetime], outside: Outside) -> None:
    account = Account.objects.select_related("agency", "authorization__platform").get(
        pk=run.account_id
    )
    if (reason := queries.barrier_of(account)) is not None:
        words = str(probe_words.BARRIERS[reason])
        actions.fail_probe(run, note=words, token=token, now=clock())
        return
    if run.begun_at is None:
        menu, is_live = menu_of(account, outside)
        steps = [*menu_steps(menu), *_others(account)]
        actions.begin_probe(run, steps, is_menu_live=is_live, token=token, now=clock())
    robot = Robot(run, account, clock, outside)
    for step in queries.steps_of(run):
        if step.outcome:
            continue
        host = robot.host_of(step)
        if host and not _wait_for(host, run, token, clock, outside):
            return
        actions.keep_step(run, step, robot.take(step), token=token, now=clock())
    is_blind = not queries.has_reached_outside(
        own=host_of(settings.MINXIN_PUBLIC_URL), since=clock() - queries.NETWORK
    )
    actions.end_probe(run, is_blind=is_blind, token=token, now=clock())


def _wait_for(
    host: str, run: ProbeRun, token: str, clock: Callable[[], datetime], outside: Outside
) -> bool:
    """Wait for a turn at a host; False when it is too far off and the run was laid down."""
    waited = timedelta()
    while (free_at := actions.take_turn(host, now=clock())) is not None:
        pause = max(free_at - clock(), timedelta(milliseconds=20))
        waited += pause
        if waited > MOST_PAUSE:
            actions.put_off_probe(run, until=clock() + PUT_OFF, token=token)
            return False
        outside.sleep(pause.total_seconds())
    return True


# What is done --------------------------------------------------------------------------------------


def menu_of(account: Account, outside: Outside = OUTSIDE) -> tuple[Any, bool]:
    """The menu that citizens see, as WeChat tells it, and True; else the one that is kept here."""
    try:
        return outside.client(account).get_menu().get("menu", {}).get("button", []), True
    except wechat.WeChatError as error:
        if error.code == 46003:  # there is none
            return [], True
    except (wechat.WeChatUnreachable, BudgetSpent, Refused):
        pass
    return account.menu, False


def _others(account: Account) -> tuple[Planned, ...]:
    return (
        Planned(StepKind.MESSAGE, probe_words.ASK_LABEL, probe_words.QUESTION),
        Planned(StepKind.MESSAGE, probe_words.PERSON_LABEL, probe_words.PERSON),
        Planned(StepKind.FORM, probe_words.FORM_LABEL, f"{settings.MINXIN_PUBLIC_URL}/m/{account.app_id}/tickets/new"),
        Planned(StepKind.HUMAN_REPLY, probe_words.WAIT_LABEL, probe_words.WAIT_TARGET),
    )  # fmt: skip


class Robot:
    """Takes the steps of one run."""

    def __init__(
        self, run: ProbeRun, account: Account, clock: Callable[[], datetime], outside: Outside
    ) -> None:
        self.run, self.account, self.clock, self.outside = run, account, clock, outside
        self.listed = queries.listed_for(account.agency)

    def host_of(self, step: ProbeStep) -> str:
        """Which host a step asks; empty for none."""
        if step.kind == StepKind.HUMAN_REPLY:
            return ""
        url = step.target if step.kind == StepKind.MENU_LINK else settings.MINXIN_PUBLIC_URL
        return host_of(url)

    def take(self, step: ProbeStep) -> Came:
        """Take one step and say what came."""
        match StepKind(step.kind):
            case StepKind.MENU_LINK:
                return self._link(step)
            case StepKind.MENU_KEY:
                return self._ask(TAPS, step.target)
            case StepKind.MESSAGE:
                return self._ask(SAYS, step.target)
            case StepKind.FORM:
                return self._form(step)
            case StepKind.HUMAN_REPLY:
                return self._people()

    def _link(self, step: ProbeStep) -> Came:
        began = time.monotonic()
        opened = self.outside.open(step.target)
        ms = _ms(began)
        title = ""
        if opened.body and is_page(opened.content_type):
            title = read_page(opened.body, opened.content_type, now=self.clock()).title
        page = Page(opened.final_url, opened.status, opened.failure, title)
        judged = judge_link(
            page, target=step.target, known=queries.known_link(self.account, step.target),
            listed=self.listed, sign_in=_sign_in_hosts(),
        )  # fmt: skip
        before = queries.outcome_before(self.run, step.target, now=self.clock())
        final = opened.final_url
        if judged.outcome is Outcome.SIGN_IN:
            final = final.partition("?")[0]  # what follows is of this one visit
        return Came(
            judged.outcome, judged.why, counts(judged.outcome, before), opened.status,
            opened.failure.value if opened.failure else "", final, title, mask(title),
            hashlib.sha256(opened.body).hexdigest() if opened.body else "", ms,
        )  # fmt: skip

    def _ask(self, asks: str, words: str) -> Came:
        secrets = secrets_of(self.account)
        if secrets is None:
            return Came(Outcome.ERROR, counts=True, excerpt="令牌或EncodingAESKey不完整。")
        with self.outside.http() as http:
            heard = ask_callback(
                callback_of(self.account), secrets, original_id=self.account.original_id,
                asks=asks, words=words, http=http, now=self.clock(),
            )  # fmt: skip
        how = How(heard.how) if heard.how in set(How) else None
        outcome = judge_answer(
            how=how, said=heard.words, status=heard.status, seconds=heard.seconds
        )
        digest = hashlib.sha256(heard.words.encode()).hexdigest() if heard.words else ""
        return Came(
            outcome, status=heard.status, excerpt=mask(strip_tags(heard.words)), sha256=digest,
            ms=round(heard.seconds * 1000),
            facts={"is_unknown": True} if how is How.UNKNOWN else {},
        )  # fmt: skip

    def _form(self, step: ProbeStep) -> Came:
        url = f"{settings.MINXIN_PUBLIC_URL}/m/{self.account.app_id}/tickets/probe"
        began = time.monotonic()
        with self.outside.http() as http:
            try:
                shown = http.get(url, params={"pass": make_pass(self.account.app_id or "")})
                found = _CSRF.search(shown.text) if shown.status_code == 200 else None
                if found is None:
                    outcome = Outcome.ERROR if shown.status_code != 404 else Outcome.DEAD
                    return self._came_of(shown, outcome, began)
                given = {"csrfmiddlewaretoken": found[1], "text": _MARK, "token": "probe"}
                sent = http.post(str(shown.url), data=given, headers={"Referer": str(shown.url)})
            except httpx.HTTPError:
                return Came(Outcome.UNREACHABLE, ms=_ms(began))
        accepted = sent.status_code == 200 and sent.text.strip() == "accepted"
        return self._came_of(sent, Outcome.FINE if accepted else Outcome.ERROR, began)

    def _came_of(self, answer: httpx.Response, outcome: Outcome, began: float) -> Came:
        return Came(
            outcome, status=answer.status_code,
            sha256=hashlib.sha256(answer.content).hexdigest(), ms=_ms(began),
        )  # fmt: skip

    def _people(self) -> Came:
        now = self.clock()
        since = now - LOOKED_BACK
        waits = waits_of(self.account.pk, since=since, without="ticket:")
        answers = answer_times(self.account.pk, since=since)
        facts: dict[str, Any] = {"count": len(waits.seconds), "tickets": len(answers)}
        if waits.seconds:
            facts["median_minutes"] = round(statistics.median(waits.seconds) / 60)
        if answers:
            facts["median_hours"] = round(statistics.median(answers) / 3600)
        outcome = Outcome.FINE if waits.seconds or answers else Outcome.NO_DATA
        if waits.oldest_wish is not None:
            facts["waiting_since"] = waits.oldest_wish.isoformat()
            calendar = working_calendar(self.account.agency)
            if add_working_days(waits.oldest_wish, WAIT_DAYS, calendar).at < now:
                outcome = Outcome.OVERDUE
        return Came(outcome, facts=facts)


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _sign_in_hosts() -> frozenset[str]:
    return frozenset({"open.weixin.qq.com", host_of(settings.MINXIN_WECHAT_OPEN)})


def _reach_of(url: str) -> IsAllowed:
    """What a link may reach: the open Internet; a link to this installation's own public address also
    that very address, wherever in the office it stands, and WeChat's, to which it sends for signing in."""
    if _door(url) != _door(settings.MINXIN_PUBLIC_URL):
        return is_public
    own = _places(settings.MINXIN_PUBLIC_URL) | _places(settings.MINXIN_WECHAT_OPEN)
    return lambda address, port: is_public(address, port) or (address, port) in own


def _door(url: str) -> tuple[str, str, int | None] | None:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme,
            host_of(url),
            parts.port or {"http": 80, "https": 443}.get(parts.scheme),
        )
    except ValueError:
        return None


def _places(url: str) -> frozenset[tuple[str, int]]:
    door = _door(url)
    if door is None or not door[1] or door[2] is None:
        return frozenset()
    try:
        found = socket.getaddrinfo(door[1], door[2], type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return frozenset()
    return frozenset((str(each[4][0]), door[2]) for each in found)
