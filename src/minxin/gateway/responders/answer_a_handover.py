"""同意 or 不同意, tapped under the question whether another agency may go on."""

from minxin import wechat
from minxin.citizens.queries import by_key
from minxin.conversations.actions import answer_handover
from minxin.conversations.rules.handovers import answer_in
from minxin.core.errors import Refused
from minxin.gateway import wording
from minxin.gateway.turn import Desk, InThread, Reply, Say, Turn


def answer_a_handover(turn: Turn, desk: Desk) -> Reply | None:
    """Moves the conversation when the citizen agrees; a person who attends does not silence this."""
    inbound = turn.inbound
    tapped = inbound.menu_id if isinstance(inbound, wechat.Text) else None
    found = answer_in(tapped) if tapped else None
    if found is None:
        return None
    number, agrees = found

    def work() -> Say:
        citizen = by_key(turn.citizen_key)
        try:
            row = answer_handover(number, agrees=agrees, actor=citizen, now=turn.now)
        except Refused:
            return Say(wording.HANDOVER_OVER)
        return Say(wording.handover_words(row.status, row.to_agency.name, row.from_agency.name))

    return InThread(work)
