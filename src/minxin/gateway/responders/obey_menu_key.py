"""A tap on the account's menu."""

from minxin import wechat
from minxin.gateway import wording
from minxin.gateway.responders.hand_over_to_a_person import handed_over
from minxin.gateway.responders.look_it_up import looked_up
from minxin.gateway.responders.tell_ticket_progress import progress
from minxin.gateway.turn import Desk, Reply, Say, Silence, Turn, remember


def obey_menu_key(turn: Turn, desk: Desk) -> Reply | None:
    """Does what the account's register says of the key: say, look up, file, progress, person."""
    if not isinstance(turn.inbound, wechat.MenuClicked):
        return None
    answer = turn.account.menu_replies.get(turn.inbound.key)
    if answer is None:
        return Silence()
    match answer.does:
        case "say":
            return Say(answer.text)
        case "ask":
            return looked_up(turn, desk, answer.text) or Say(answer.text)
        case "file":
            return Say(wording.ASK_WHAT, memory=remember(turn, "what"))
        case "progress":
            return progress(turn, desk, "")
        case "person":
            return handed_over(turn)
    return Silence()
