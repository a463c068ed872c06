"""Interaction probes (互动拨测): which steps a menu gives, and what each answer is worth.

That any menu link which answers 4xx or 5xx, or is blocked, counts; that a link whose site or subject
changed has drifted; that a person waits too long after five working days: these are this platform's
proposals (拟议), not national rules. What WeChat itself says is the five seconds for an answer.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from minxin.supervision.rules.proofs import MISSING, LinkFailure

PATIENCE = 5.0  # seconds that WeChat waits for an answer
WAIT_DAYS = 5  # working days that a person may wait for staff: a proposal
MOST_STEPS = 40  # WeChat's own menus have at most 15 entries
APART = timedelta(hours=2)  # two looks nearer than that are one
FRESH = timedelta(days=3)  # so long a run says how an account is now


class StepKind(StrEnum):
    """What the robot does on the citizen's path."""

    MENU_LINK = "menu_link"
    MENU_KEY = "menu_key"
    MESSAGE = "message"
    FORM = "form"
    HUMAN_REPLY = "human_reply"


class Outcome(StrEnum):
    """What came of a step. Reached: taken in, and not carried out because nobody real asked."""

    FINE = "fine"
    REACHED = "reached"
    SIGN_IN = "sign_in"
    NO_DATA = "no_data"
    SKIPPED = "skipped"
    UNSEEN = "unseen"
    EMPTY = "empty"
    ERROR = "error"
    LATE = "late"
    DEAD = "dead"
    REFUSED = "refused"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    DRIFTED = "drifted"
    LISTED = "listed"
    OVERDUE = "overdue"


FAILING = frozenset(
    {
        Outcome.EMPTY, Outcome.ERROR, Outcome.LATE, Outcome.DEAD, Outcome.REFUSED, Outcome.BLOCKED,
        Outcome.UNREACHABLE, Outcome.DRIFTED, Outcome.LISTED, Outcome.OVERDUE,
    }
)  # fmt: skip
BAD = frozenset({Outcome.DRIFTED, Outcome.LISTED})
WORKING = frozenset({Outcome.FINE, Outcome.REACHED})
# Where a citizen can say something. A menu's link may lead to such a place: one that opens is enough.
ENTRIES = frozenset({StepKind.MENU_KEY, StepKind.MESSAGE, StepKind.FORM})
# What may lie at our own end, or pass by itself: believed when it is so twice running.
_TWICE = frozenset({Outcome.ERROR, Outcome.REFUSED, Outcome.UNREACHABLE})


class Why(StrEnum):
    """What a link did that it is called drifted or listed for."""

    OTHER_SITE = "other_site"
    OTHER_SUBJECT = "other_subject"
    LISTED_SITE = "listed_site"


class Verdict(StrEnum):
    """What a run says of an account. Unclear: nothing failed, and something could not be seen."""

    FINE = "fine"
    PROBLEMS = "problems"
    UNCLEAR = "unclear"


class Barrier(StrEnum):
    """Why an account is not probed."""

    NOT_WECHAT = "not_wechat"
    NOT_IN_USE = "not_in_use"
    NO_CREDENTIALS = "no_credentials"


IN_USE = frozenset({"active", "suspended", "closing"})


def barrier(*, platform: str, status: str, has_credentials: bool) -> Barrier | None:
    """Why an account is not probed; None when it is. `has_credentials`: what its callback is sealed
    with, its own Token or a third-party platform it authorised."""
    if platform != "wechat":
        return Barrier.NOT_WECHAT
    if status not in IN_USE:
        return Barrier.NOT_IN_USE
    return None if has_credentials else Barrier.NO_CREDENTIALS


# Which steps ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """A step before it is taken. `label` is what a citizen reads on it, `target` the address, the key
    or the words."""

    kind: StepKind
    label: str
    target: str
    can_be_taken: bool = True


def menu_steps(menu: Any) -> tuple[Planned, ...]:
    """One step an entry that does something, in the menu's order; an entry whose kind only WeChat's
    own application can follow is named and not taken. Whatever is no menu gives none."""
    return tuple(_menu_steps(menu, ""))[:MOST_STEPS]


def _menu_steps(buttons: Any, above: str) -> Iterator[Planned]:
    for each in buttons if isinstance(buttons, list) else []:
        if not isinstance(each, Mapping):
            continue
        name = str(each.get("name", ""))[:40]
        label = f"{above} › {name}" if above else name
        below = each.get("sub_button")
        # A menu that was made on WeChat's own pages wraps its lists once more.
        below = below.get("list") if isinstance(below, Mapping) else below
        if below:
            yield from _menu_steps(below, label)
            continue
        kind = str(each.get("type", ""))
        if kind == "view":
            yield Planned(StepKind.MENU_LINK, label, str(each.get("url", ""))[:500])
        elif kind == "click":
            yield Planned(StepKind.MENU_KEY, label, str(each.get("key", ""))[:500])
        else:
            yield Planned(StepKind.MENU_LINK, label, kind[:40], can_be_taken=False)


# Judging a link -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """How an address answered. `final_url` is where it led; no `status`: `failure` says why."""

    final_url: str
    status: int | None = None
    failure: LinkFailure | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a step came to; `why` only for what drifted or is listed."""

    outcome: Outcome
    why: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a link is held against: the title of its page when it was first kept or last accepted, empty
    for none, and the sites that a person accepted besides its own."""

    title: str = ""
    sites: frozenset[str] = frozenset()


SIGN_IN = "/connect/oauth2/authorize"  # WeChat's own address for telling a page who reads it


def judge_link(
    page: Page, *, target: str, known: Known, listed: Collection[str], sign_in: Collection[str]
) -> Judged:
    """What a menu link came to. `listed`: domains that no account may lead to; `sign_in`: the hosts of
    WeChat to which a page for WeChat sends every other reader."""
    if any(is_listed(host_of(each), listed) for each in (target, page.final_url)):
        return Judged(Outcome.LISTED, (Why.LISTED_SITE,))
    if page.status is None:
        is_closed = page.failure in {LinkFailure.NOT_PUBLIC, LinkFailure.BAD_ADDRESS}
        return Judged(Outcome.BLOCKED if is_closed else Outcome.UNREACHABLE)
    if host_of(page.final_url) in sign_in and urlsplit(page.final_url).path == SIGN_IN:
        return Judged(Outcome.SIGN_IN)
    if page.status >= 400:
        if page.status in MISSING:
            return Judged(Outcome.DEAD)
        return Judged(Outcome.ERROR if page.status >= 500 else Outcome.REFUSED)
    if site_of(host_of(page.final_url)) not in {site_of(host_of(target)), *known.sites}:
        return Judged(Outcome.DRIFTED, (Why.OTHER_SITE,))
    if has_nothing_in_common(page.title, known.title):
        return Judged(Outcome.DRIFTED, (Why.OTHER_SUBJECT,))
    return Judged(Outcome.FINE)


def counts(outcome: Outcome, before: Outcome | None) -> bool:
    """Whether a failure may accuse: at once, or only when the same link failed the last time too."""
    if outcome not in FAILING:
        return False
    return outcome not in _TWICE or before in FAILING


def unanswered(steps: Iterable[tuple[str, str]]) -> int:
    """How many entries were tried, of a run's (kind, outcome); nought when anything worked.

    >>> unanswered([("message", "empty"), ("menu_link", "dead")])
    1
    >>> unanswered([("message", "empty"), ("menu_link", "fine")])
    0
    """
    taken = list(steps)
    if any(outcome in WORKING for _kind, outcome in taken):
        return 0
    return sum(kind in ENTRIES and outcome in FAILING for kind, outcome in taken)


def host_of(url: str) -> str:
    """The name an address leads to, in small letters, as names travel; empty for none."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:  # UnicodeError is one
        return ""


# CNNIC registers names below these as well as below .cn itself.
_CN = frozenset(
    {
        "ac", "com", "edu", "gov", "mil", "net", "org", "ah", "bj", "cq", "fj", "gd", "gs", "gx", "gz",
        "ha", "hb", "he", "hi", "hk", "hl", "hn", "jl", "js", "jx", "ln", "mo", "nm", "nx", "qh", "sc",
        "sd", "sh", "sn", "sx", "tj", "tw", "xj", "xz", "yn", "zj",
    }
)  # fmt: skip


def site_of(host: str) -> str:
    """The registered domain of a name: two labels, three below a registry of .cn; an address is itself.

    Registries outside .cn that sell names at their third level are not known here: there, neighbours
    count as one site, which accuses nobody.
    """
    try:
        return str(ip_address(host))
    except ValueError:
        labels = host.split(".")
    is_below = len(labels) > 2 and labels[-1] == "cn" and labels[-2] in _CN
    return ".".join(labels[-3:] if is_below else labels[-2:])


def is_listed(host: str, listed: Collection[str]) -> bool:
    """Whether a name is one of these domains or below one."""
    labels = host.split(".")
    return bool(host) and any(".".join(labels[at:]) in listed for at in range(len(labels)))


def has_nothing_in_common(title: str, first: str) -> bool:
    """Whether two titles share no two neighbouring letters. A title that is not there, or too short to
    tell, says nothing."""
    now, before = _pairs(title), _pairs(first)
    return bool(now and before) and not now & before


def _pairs(title: str) -> frozenset[str]:
    plain = "".join(each for each in title.casefold() if each.isalnum())
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def good_domain(text: str) -> str:
    """A domain as it is kept: of an address or a name; empty when there is none in it."""
    text = text.strip()
    host = host_of(text if "://" in text else f"//{text}")
    if "." not in host or len(host) > 253 or any(each.isspace() for each in host):
        return ""
    return host


# Judging what was heard -------------------------------------------------------------------------


class How(StrEnum):
    """How our gateway would have answered a citizen."""

    SAYS = "says"
    UNKNOWN = "unknown"
    SILENT = "silent"
    WORKS = "works"


def judge_answer(*, how: How | None, said: str, status: int | None, seconds: float) -> Outcome:
    """What came of asking the account. `how` is None when the answer was not our gateway's own, and
    `status` None when none came at all."""
    if seconds > PATIENCE:
        return Outcome.LATE
    if status is None:
        return Outcome.UNREACHABLE
    if status != 200 or how is None:
        return Outcome.ERROR
    if how is How.WORKS:
        return Outcome.REACHED
    if how is How.SILENT or not said.strip():
        return Outcome.EMPTY
    return Outcome.FINE


# A run ----------------------------------------------------------------------------------------------


def verdict_of(outcomes: Iterable[Outcome]) -> Verdict:
    """What a run says of the account."""
    found = set(outcomes)
    if found & FAILING:
        return Verdict.PROBLEMS
    return Verdict.UNCLEAR if Outcome.UNSEEN in found else Verdict.FINE


def slots(count: int, *, begin: datetime, end: datetime) -> list[datetime]:
    """When each of so many runs is due: as far from one another as they can be."""
    step = (end - begin) / max(count, 1)
    return [begin + step * at + step / 2 for at in range(count)]
