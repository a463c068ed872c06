"""有用 or 没用, tapped under an answer."""

import re

from minxin import wechat
from minxin.citizens.queries import by_key
from minxin.conversations.queries.asking import asked_for
from minxin.core.errors import NotFound
from minxin.gateway import wording
from minxin.gateway.turn import Desk, InThread, Reply, Say, Turn
from minxin.knowledge import actions
from minxin.knowledge.actions import Rated

_TAP = re.compile(r"useful:([ed][0-9.]{1,20}):([01])")


def rate_usefulness(turn: Turn, desk: Desk) -> Reply | None:
    """Notes whether the answer above was of use to her; what was not counts among the unanswered questions. A
    person who attends does not silence this: she tapped the machine's own words, and the person reads it, too."""
    inbound = turn.inbound
    tap = _TAP.fullmatch((inbound.menu_id or "") if isinstance(inbound, wechat.Text) else "")
    if tap is None:
        return None

    def work() -> Say:
        try:
            actions.rate_usefulness(
                Rated.read(tap[1]),
                is_useful=tap[2] == "1",
                agency_id=turn.account.agency_id,
                asked=asked_for(turn.citizen_key, f"useful:{tap[1]}:"),
                actor=by_key(turn.citizen_key),
                now=turn.now,
            )
        except NotFound:
            return Say(wording.NO_SUCH_ANSWER)
        if tap[2] == "1" or turn.dialogue.is_attended:  # a person is there: no other way is offered
            return Say(wording.USEFUL_NOTED)
        return Say(wording.USELESS_NOTED)

    return InThread(work)
