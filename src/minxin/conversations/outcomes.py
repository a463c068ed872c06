"""What WeChat reports afterwards of what it took: whether it arrived, and if not, why.

A template message is reported with the number WeChat gave it, a mass message with its counts, a
subscription notice only with its template. What is reported of messages that are not ours (written by
hand, or by a former vendor) finds no row. Reading a report twice changes nothing.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.conversations.attempts import instead
from minxin.conversations.contents import Channel
from minxin.conversations.models import Outgoing

Status = Outgoing.Status
# How long after a subscription notice its report may come, and how far the clocks may differ. Ours.
REPORTED_WITHIN = timedelta(minutes=10)
CLOCKS_DIFFER = timedelta(seconds=30)
_REFUSED = re.compile(r"err\((\d+)\)")


@transaction.atomic
def note_outcomes(rows: Sequence[dict[str, Any]], *, now: datetime) -> int:
    """Bring the outgoing rows up to date that these events speak of; how many.

    `rows` as `queries.messages_after` gives them. A message that did not arrive goes its next way, if
    it names one. Not audited: the event's own row is the record.
    """
    return sum(_note(row, row["data"] or {}, now) for row in rows if row["kind"] in _READERS)


def _note(row: dict[str, Any], data: dict[str, Any], now: datetime) -> int:
    count = 0
    for sent, failure, report in _READERS[row["kind"]](row, data):
        mine = Outgoing.objects.filter(pk=sent.pk, status=Status.SENT)
        if not failure:
            count += mine.update(delivered_at=row["said_at"], report=report)
            continue
        another = instead(sent, now, failure)
        if another is not None:
            count += mine.update(status=another.status, **another.fields)
        else:
            count += mine.update(status=Status.FAILED, error=failure[:300], report=report)
    return count


_Found = list[tuple[Outgoing, str, dict[str, int] | None]]  # row, why it failed, counts


def _template(row: dict[str, Any], data: dict[str, Any]) -> _Found:
    """Source: facts of TEMPLATESENDJOBFINISH: success, failed:user block, failed: system failed."""
    status = str(data.get("status", ""))
    if status == "success":
        failure = ""
    elif "user block" in status:
        failure = _("市民设置了拒收这个账号的消息，没有送达。")
    else:
        failure = _("微信报告没有送达（%(status)s），可以重新发送。") % {"status": status[:60]}
    return [(one, failure, None) for one in _numbered(row, data, Channel.TEMPLATE)]


def _mass(row: dict[str, Any], data: dict[str, Any]) -> _Found:
    """Source: facts of MASSSENDJOBFINISH: `send success`, `send fail`, or `err(…)` of the review."""
    status = str(data.get("status", ""))
    names = ("total", "filtered", "sent", "failed")
    counts = {name: int(data.get(name) or 0) for name in names}
    failure = "" if status == "send success" else mass_failure(status)
    return [(one, failure, counts) for one in _numbered(row, data, Channel.MASS)]


def mass_failure(status: str) -> str:
    """Why a mass message went to nobody, in words; WeChat's own number where we have no words for it."""
    refused = _REFUSED.fullmatch(status)
    code = refused[1] if refused else ""
    known = {
        "10001": _("微信审核认为涉嫌广告，没有群发。"),
        "20001": _("微信审核认为涉嫌政治内容，没有群发。"),
    }
    if code in known:
        return known[code]
    if code:
        return _("微信审核没有通过（%(code)s），没有群发。") % {"code": code}
    return _("微信报告群发失败（%(status)s）。") % {"status": status[:60]}


def _subscription(row: dict[str, Any], data: dict[str, Any]) -> _Found:
    """The oldest notice of this template to her that nothing was reported of."""
    found: _Found = []
    for result in data.get("results") or ():
        if not isinstance(result, dict):
            continue
        sent = _waiting_for(row, str(result.get("TemplateId")), {one.pk for one, *_ in found})
        if sent is None:
            continue
        code = str(result.get("ErrorCode", "0"))
        failure = "" if code == "0" else _subscription_failure(code, result)
        found.append((sent, failure, None))
    return found


def _waiting_for(row: dict[str, Any], template: str, taken: set[int]) -> Outgoing | None:
    """Her oldest notice of a template of which nothing was reported; read by her alone, as above."""
    hers = Outgoing.objects.filter(citizen=row["citizen_id"]).order_by("sent_at", "id")
    for sent in hers.filter(
        sent_at__gte=row["said_at"] - REPORTED_WITHIN, sent_at__lte=row["said_at"] + CLOCKS_DIFFER
    ):
        if (
            sent.channel == Channel.SUBSCRIPTION
            and sent.status == Status.SENT
            and sent.account_id == row["account_id"]
            and sent.delivered_at is None
            and sent.content.get("template") == template
            and sent.pk not in taken
        ):
            return sent
    return None


def _subscription_failure(code: str, result: dict[str, Any]) -> str:
    words = {"code": code[:20], "status": str(result.get("ErrorStatus", ""))[:60]}
    return _("微信报告订阅通知没有送达（%(code)s %(status)s）。") % words


def _numbered(row: dict[str, Any], data: dict[str, Any], channel: Channel) -> list[Outgoing]:
    number = data.get("message_id")
    if number is None:
        return []
    # By the number alone: SQLite would rather read all that the account has sent.
    return [
        sent
        for sent in Outgoing.objects.filter(wechat_id=str(number))
        if (sent.account_id, sent.channel, sent.status) == (row["account_id"], channel, Status.SENT)
    ]


_READERS = {"TemplateSent": _template, "MassSent": _mass, "SubscriptionSent": _subscription}
