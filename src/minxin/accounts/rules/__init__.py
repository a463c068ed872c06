"""What can be done on WeChat, what an account's fields must look like, what its menu may hold."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any


class Capability(StrEnum):
    """One thing WeChat lets some accounts do through its interface; `capabilities.py` says which."""

    PASSIVE_REPLY = "passive_reply"
    MENU = "menu"
    OAUTH = "oauth"
    CUSTOM_MESSAGE = "custom_message"
    TEMPLATE_MESSAGE = "template_message"
    SUBSCRIBE_NOTICE = "subscribe_notice"
    LONG_TERM_NOTICE = "long_term_notice"
    DRAFT = "draft"
    PUBLISH = "publish"
    MASS_SEND = "mass_send"
    MASS_SEND_BY_OPENID = "mass_send_by_openid"
    COMMENTS = "comments"
    USER_INFO = "user_info"
    TAGS = "tags"
    SCENE_CODE = "scene_code"
    FIGURES = "figures"


# Fields --------------------------------------------------------------------------------------

APP_ID = re.compile(r"wx[0-9A-Za-z]{16}")
ORIGINAL_ID = re.compile(r"gh_[0-9A-Za-z]{6,32}")
SECRET = re.compile(r"[0-9A-Za-z_-]{8,64}")
TOKEN = re.compile(r"[0-9A-Za-z]{3,32}")
AES_KEY = re.compile(r"[0-9A-Za-z]{43}")

# An account that is one of these still hears what citizens say.
LISTENING = frozenset({"planned", "active", "suspended", "closing"})


def is_good(pattern: re.Pattern[str], value: str) -> bool:
    """Whether the whole value has the form."""
    return pattern.fullmatch(value) is not None


# The menu ------------------------------------------------------------------------------------


class BadMenu(StrEnum):
    """Why WeChat would refuse a menu."""

    TOO_MANY_BUTTONS = "too_many_buttons"
    TOO_MANY_SUB_BUTTONS = "too_many_sub_buttons"
    NAME_MISSING = "name_missing"
    NAME_TOO_LONG = "name_too_long"
    KEY_MISSING = "key_missing"
    KEY_TOO_LONG = "key_too_long"
    URL_BAD = "url_bad"
    TYPE_UNKNOWN = "type_unknown"


_WITH_KEY = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
_WITH_ID = {
    "media_id": "media_id",
    "view_limited": "media_id",
    "article_id": "article_id",
    "article_view_limited": "article_id",
}


def menu_faults(menu: Sequence[Mapping[str, Any]]) -> Iterator[tuple[BadMenu, str]]:
    """Every reason why WeChat would refuse the menu, each with the name of the button.

    At most 3 buttons of 5 each; names of 16 bytes, below them 60; keys of 128, addresses of 1024
    (自定义菜单创建接口; error codes 40016 to 40027).
    """
    if len(menu) > 3:
        yield BadMenu.TOO_MANY_BUTTONS, ""
    for button in menu:
        name = str(button.get("name", ""))
        yield from _name_faults(name, 16)
        below = button.get("sub_button")
        if below:
            if len(below) > 5:
                yield BadMenu.TOO_MANY_SUB_BUTTONS, name
            for item in below:
                yield from _name_faults(str(item.get("name", "")), 60)
                yield from _item_faults(item)
        else:
            yield from _item_faults(button)


def menu_keys(menu: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The keys that a click sends, in the order of the menu."""
    found: list[str] = []
    for button in menu:
        for item in button.get("sub_button") or [button]:
            if item.get("type") == "click":
                found.append(str(item.get("key", "")))
    return tuple(found)


def _name_faults(name: str, longest: int) -> Iterator[tuple[BadMenu, str]]:
    if not name.strip():
        yield BadMenu.NAME_MISSING, name
    if len(name.encode()) > longest:
        yield BadMenu.NAME_TOO_LONG, name


def _item_faults(item: Mapping[str, Any]) -> Iterator[tuple[BadMenu, str]]:
    name, kind = str(item.get("name", "")), str(item.get("type", ""))
    if kind in _WITH_KEY:
        key = str(item.get("key", ""))
        if not key:
            yield BadMenu.KEY_MISSING, name
        if len(key.encode()) > 128:
            yield BadMenu.KEY_TOO_LONG, name
    elif kind in {"view", "miniprogram"}:
        url = str(item.get("url", ""))
        if not re.match(r"https?://\S+$", url) or len(url.encode()) > 1024:
            yield BadMenu.URL_BAD, name
    elif kind in _WITH_ID:
        if not item.get(_WITH_ID[kind]):
            yield BadMenu.KEY_MISSING, name
    else:
        yield BadMenu.TYPE_UNKNOWN, name


# The register --------------------------------------------------------------------------------


class Concern(StrEnum):
    """What the register remarks about an account without refusing it."""

    SECOND_ON_PLATFORM = "second_on_platform"
    NOT_VERIFIED = "not_verified"
    NOT_GOVERNMENT = "not_government"
    NO_POSITIONING = "no_positioning"
    OTHER_NAME_ELSEWHERE = "other_name_elsewhere"
    CERTIFICATION_ENDS = "certification_ends"
    CERTIFICATION_ENDED = "certification_ended"
    CONTRACT_ENDS = "contract_ends"
    CONTRACT_ENDED = "contract_ended"
    HOST_RETIRED = "host_retired"


# Ours: so long before its end a certification or a contract is remarked on.
REMARKED_BEFORE = timedelta(days=30)


def endings(
    *, certified_until: date | None, contract_until: date | None, today: date
) -> tuple[Concern, ...]:
    """What runs out within `REMARKED_BEFORE`, or has; the last day itself still counts."""
    found = []
    for until, soon, over in (
        (certified_until, Concern.CERTIFICATION_ENDS, Concern.CERTIFICATION_ENDED),
        (contract_until, Concern.CONTRACT_ENDS, Concern.CONTRACT_ENDED),
    ):
        if until is None:
            continue
        if until < today:
            found.append(over)
        elif until - today <= REMARKED_BEFORE:
            found.append(soon)
    return tuple(found)


def concerns(
    *,
    others_on_platform: int,
    names_elsewhere: Sequence[str],
    name: str,
    is_verified: bool,
    principal: str,
    positioning: str,
) -> tuple[Concern, ...]:
    """What 国办发〔2018〕123号 asks "in principle" and this account does not have.

    One unit has in principle one account on one platform; its name is the same on all of them;
    its certification shows the host; its function is clear.
    """
    found = []
    if others_on_platform:
        found.append(Concern.SECOND_ON_PLATFORM)
    if not is_verified:
        found.append(Concern.NOT_VERIFIED)
    elif principal != "government":
        found.append(Concern.NOT_GOVERNMENT)
    if not positioning:
        found.append(Concern.NO_POSITIONING)
    if names_elsewhere and name not in names_elsewhere:
        found.append(Concern.OTHER_NAME_ELSEWHERE)
    return tuple(found)


# The checks of a connection ------------------------------------------------------------------


class Level(StrEnum):
    """How a check ended. Skipped: it could not be made, so it opens and closes no finding."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"


FINDING_LEVELS = frozenset({Level.WARNING, Level.PROBLEM})


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check says: Chinese message ids with places for `facts`, no secret among them."""

    check: str
    level: Level
    sentence: str
    remedy: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)


_REFUSED_ADDRESS = re.compile(r"invalid ip ([0-9A-Fa-f:.]+)")


def refused_address(message: str) -> str:
    """The address that WeChat says is missing in the allow list (40164); empty when it names none."""
    found = _REFUSED_ADDRESS.search(message)
    return found.group(1) if found else ""


AT_ONCE = 5  # seconds; nobody reads and types this fast


def answers_of_others(
    records: Sequence[tuple[str, int, int, str]],
) -> tuple[int, int, tuple[str, ...]]:
    """Of customer-service records (openid, opercode, Unix time, worker): how many answers somebody
    with a worker's name gave, how many of them within `AT_ONCE` seconds after the citizen spoke,
    and the names.

    Our own messages carry no worker (`kf_account` is never sent). An answer at once looks like a
    machine's: a system of a former vendor that is still authorised. It is no proof: an agent of the
    account itself may have been quick.
    """
    spoke: dict[str, int] = {}
    names: set[str] = set()
    answers = at_once = 0
    for openid, opercode, at, worker in sorted(records, key=lambda each: each[2]):
        if opercode == 2003:
            spoke[openid] = at
        elif opercode == 2002 and worker:
            answers += 1
            names.add(worker)
            if openid in spoke and at - spoke.pop(openid) <= AT_ONCE:
                at_once += 1
    return answers, at_once, tuple(sorted(names))
