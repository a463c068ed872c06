"""Events that nobody waits for an answer to."""

from minxin import wechat
from minxin.gateway.turn import Desk, Reply, Silence, Turn


def pass_over_events(turn: Turn, desk: Desk) -> Reply | None:
    """Keeps silent on every event but a menu click; what is unknown is recorded, not answered."""
    if isinstance(turn.inbound, (wechat.MenuClicked, wechat.MessagePush)):
        return None
    return Silence()
