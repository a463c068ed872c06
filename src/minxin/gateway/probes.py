"""What our own probes hear: the answer that a citizen would get, with nobody asking.

Nothing is recorded. The responders are asked about a turn that no message row and no citizen belongs
to; what they would have to write for (a ticket, a call for a person) they give back as work, and that
work is not done.
"""

from datetime import datetime
from typing import Any

from minxin import wechat
from minxin.accounts.checks.asking import ASKED_FIELD, PROBE_FIELD, TAPS, WORDS_FIELD
from minxin.accounts.queries import AccountSettings
from minxin.conversations.actions import BLANK
from minxin.gateway.responders import respond
from minxin.gateway.turn import Better, Desk, InThread, Silence, Turn
from minxin.supervision.rules.probing import How


def probed(account: AccountSettings, inbound: wechat.Unknown, desk: Desk, *, now: datetime) -> str:
    """The words of the answer to a probe: its nonce alone, or the nonce, how and what would be said,
    line by line."""
    fields = inbound.fields or {}
    word, asks = str(fields.get(PROBE_FIELD, ""))[:64], str(fields.get(ASKED_FIELD, ""))
    if not asks:
        return word
    words = str(fields.get(WORDS_FIELD, ""))[:600]
    about: dict[str, Any] = {
        "account": inbound.account, "openid": inbound.openid, "created_at": inbound.created_at
    }  # fmt: skip
    asked: wechat.Inbound
    if asks == TAPS:
        asked = wechat.MenuClicked(key=words, **about)
    else:
        asked = wechat.Text(content=words, message_id=0, **about)
    reply = respond(Turn(account, BLANK, asked, 0, "", True, now), desk)
    if isinstance(reply, InThread):
        return f"{word}\n{How.WORKS}\n"
    if isinstance(reply, Better):
        reply = reply.otherwise
    if isinstance(reply, Silence):
        return f"{word}\n{How.SILENT}\n"
    return f"{word}\n{How.UNKNOWN if reply.is_unknown else How.SAYS}\n{reply.text}"
