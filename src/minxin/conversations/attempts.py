"""One attempt to deliver one row: what is asked of WeChat, and what its answer means for the row."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from minxin import wechat
from minxin.accounts.actions import BudgetSpent
from minxin.accounts.models import Account
from minxin.conversations.channels import WAYS, Later, Post, Way
from minxin.conversations.contents import Channel, channel_of, content_from_json
from minxin.conversations.models import Outgoing
from minxin.conversations.queue import UNREADABLE, Outcome
from minxin.conversations.rules import MOST_ATTEMPTS, pause_before
from minxin.core.errors import Refused

log = logging.getLogger("minxin.outgoing")
Status = Outgoing.Status
ClientOf = Callable[[Account], wechat.Client]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of it, for the row and for its lane. `was_called`: WeChat may have counted it."""

    outcome: Outcome
    was_called: bool = True
    is_spent: bool = False
    is_away: bool = False


def ready(row: Outgoing, account: Account, now: datetime) -> Post | Outcome:
    """What is to be sent for a claimed row; or how it ends before anybody is called."""
    way = WAYS[Channel(row.channel)]
    if row.uncertain_at is not None and now - row.uncertain_at >= way.repeatable:
        return _end(row, Status.UNSURE, _("微信没有回应，不能确定市民是否收到。"))
    if row.window_ends_at is not None and row.window_ends_at <= now:
        return instead(row, now, _("超过了最晚发送时间。")) or _end(
            row, Status.CANCELLED, _("超过了最晚发送时间，没有发送。")
        )
    try:
        content = content_from_json(row.content)
        if channel_of(content) != row.channel:
            raise ValueError(row.channel)
    except (KeyError, TypeError, ValueError):
        log.error("outgoing %s holds no content for %s", row.pk, row.channel)
        return _end(row, Status.FAILED, _("这条消息的内容已损坏，没有发送。"))
    openid, phone = None, ""
    if row.citizen is not None:
        if row.citizen.openid == UNREADABLE:
            return _end(row, Status.FAILED, _("市民资料无法读取，没有发送。"))
        openid = row.citizen.openid
        phone = (row.citizen.phone or "") if row.citizen.texts_agreed_at else ""
        if openid is None:
            return _end(row, Status.CANCELLED, _("市民已取消关注"))
    key = f"{row.key}#{row.resends}" if row.resends else row.key
    return Post(row.pk, key, account, content, now, openid, phone)


def attempt(
    row: Outgoing, post: Post, client_of: ClientOf, clock: Callable[[], datetime]
) -> Attempt:
    """Send it, and say what came of it. Raises nothing: whatever goes wrong is an outcome."""
    way = WAYS[Channel(row.channel)]
    try:
        number = way.send(post, client_of)
    except wechat.WeChatError as error:
        return _refused(row, way, error, clock())
    except wechat.WeChatUnreachable as error:
        if not error.may_have_happened:
            said = _("连不上微信，稍后自动重试。")
            return Attempt(_later(row, said, None, clock()), was_called=False, is_away=True)
        return Attempt(_unknown(row, way, clock()))
    except Later as later:
        return Attempt(_later(row, str(later), None, clock()), was_called=False)
    except BudgetSpent as spent:  # WeChat was not asked, so this is no attempt
        fields = {
            "due_at": spent.renews_at, "claimed_at": None, "attempts": row.attempts - 1,
            "error": spent.message[:300], "error_code": None,
        }  # fmt: skip
        outcome = Outcome(row.pk, Status.WAITING, fields)
        return Attempt(outcome, was_called=False, is_spent=True)
    except Refused as refusal:
        return Attempt(_end(row, Status.FAILED, refusal.message), was_called=False)
    except DatabaseError as error:
        # Our books are opened before a message goes, and once more only after a refusal: it did not go.
        log.warning("outgoing %s: %s", row.pk, type(error).__name__)
        said = _("数据库暂时不可用，稍后自动重试。")
        return Attempt(_later(row, said, None, clock()), was_called=False)
    except Exception:
        log.exception("outgoing %s", row.pk)
        return Attempt(broken(row))
    return Attempt(_sent(row, number, clock()))


def broken(row: Outgoing) -> Outcome:
    """A fault of ours at a moment when it may have gone."""
    return _end(row, Status.UNSURE, _("发送时程序出错，不能确定市民是否收到。"))


def instead(row: Outgoing, now: datetime, reason: str, code: int | None = None) -> Outcome | None:
    """The row on its next way, when it names one: `reason` tells why the first was closed."""
    if not row.otherwise:
        return None
    content, *rest = row.otherwise
    try:
        channel = str(channel_of(content_from_json(content)))
    except (KeyError, TypeError, ValueError):
        log.error("outgoing %s names a way that holds no content", row.pk)
        return None
    fields = {
        "channel": channel, "content": content,
        "otherwise": rest or None, "attempts": 0, "due_at": now, "claimed_at": None,
        "window_ends_at": None, "uncertain_at": None, "wechat_id": None, "error": reason[:300], "error_code": code,
    }  # fmt: skip
    return Outcome(row.pk, Status.WAITING, fields)


def held(row: Outgoing, until: datetime, now: datetime) -> Outcome:
    """Not asked at all: we know that WeChat would refuse. Waits for an act after `until`."""
    reason = _("超过48小时或已发满5条，市民下次发言后自动发送。")
    closed = instead(row, now, reason)
    if closed is not None:
        return closed
    fields = {
        "claimed_at": until,
        "attempts": row.attempts - 1,
        "error": reason,
        "error_code": None,
    }
    return Outcome(row.pk, Status.HELD, fields)


def _refused(row: Outgoing, way: Way, error: wechat.WeChatError, now: datetime) -> Attempt:
    said = wechat.explain(error.code, error.message).meaning
    if error.code in way.already:
        return Attempt(_sent(row, "", now))
    if error.code in way.spent:
        # Nobody's fault: it does not count as an attempt.
        fields = {
            "due_at": now + pause_before(row.attempts, random.random()), "claimed_at": None,
            "attempts": row.attempts - 1, "error": said[:300], "error_code": error.code,
        }  # fmt: skip
        return Attempt(Outcome(row.pk, Status.WAITING, fields), is_spent=True)
    if error.code in way.closed:
        closed = instead(row, now, said, error.code)
        if closed is not None:
            return Attempt(closed)
    if error.code in way.holds:
        fields = {"error": said[:300], "error_code": error.code}
        return Attempt(Outcome(row.pk, Status.HELD, fields))
    if error.is_transient or error.code in wechat.EXPIRED:
        return Attempt(_later(row, said, error.code, now))
    return Attempt(_end(row, Status.FAILED, said, error.code))


def _sent(row: Outgoing, number: str, now: datetime) -> Outcome:
    fields: dict[str, Any] = {
        "sent_at": now, "claimed_at": None, "error": "", "error_code": None,
    }  # fmt: skip
    if number:
        fields["wechat_id"] = number
    return Outcome(row.pk, Status.SENT, fields)


def _unknown(row: Outgoing, way: Way, now: datetime) -> Outcome:
    """No answer came. The same again is safe only where the other side knows a repeat."""
    said = _("微信没有回应，不能确定市民是否收到。")
    if row.channel == Channel.SMS:
        said = _("短信网关没有回应，不能确定市民是否收到。")
    since = row.uncertain_at or now
    pause = pause_before(row.attempts, random.random())
    if now + pause - since >= way.repeatable or row.attempts >= MOST_ATTEMPTS:
        return _end(row, Status.UNSURE, said)
    later = _later(row, said, None, now)
    return Outcome(later.number, later.status, {**later.fields, "uncertain_at": since})


def _later(row: Outgoing, error: str, code: int | None, now: datetime) -> Outcome:
    if row.attempts >= MOST_ATTEMPTS:
        return _end(row, Status.UNSURE if row.uncertain_at else Status.FAILED, error, code)
    fields = {
        "due_at": now + pause_before(row.attempts, random.random()), "claimed_at": None,
        "error": error[:300], "error_code": code,
    }  # fmt: skip
    return Outcome(row.pk, Status.WAITING, fields)


def _end(row: Outgoing, status: str, error: str, code: int | None = None) -> Outcome:
    if status in {Status.FAILED, Status.UNSURE}:
        log.warning("outgoing %s: %s (%s)", row.pk, status, code)
    fields = {"claimed_at": None, "error": error[:300], "error_code": code}
    return Outcome(row.pk, status, fields)
