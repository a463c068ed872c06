"""What staff are told after an answer went: whether it reaches the citizen in WeChat, and how else."""

from datetime import datetime

from django.utils.translation import gettext as _

from minxin.conversations.queries.reach import Reach, reach_of
from minxin.tickets.models import Ticket


def sent_said(ticket: Ticket, done: str, *, now: datetime) -> str:
    """`done`, and what becomes of it. Asked before the answer takes one of the messages that are left."""
    if ticket.citizen is None or ticket.citizen.openid is None:
        return _("%(done)s。这件诉求没有可以通知的微信市民。") % {"done": done}
    match reach_of(ticket.citizen, now=now).reach:
        case Reach.OPEN:
            return _("%(done)s，市民会在微信里收到。") % {"done": done}
        case Reach.HELD:
            words = _(
                "%(done)s。微信现在不让主动发消息，市民在“我的诉求”里能看到，下次在对话里说话时送达。"
            )
        case Reach.STRANGER:
            words = _(
                "%(done)s。市民没有关注账号，微信送不到，在“我的诉求”里能看到；留了电话的，请电话告知。"
            )
    return words % {"done": done}
