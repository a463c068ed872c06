"""Twenty questions a second from one hand."""

from minxin.gateway import wording
from minxin.gateway.pace import Speed
from minxin.gateway.turn import Desk, Reply, Say, Silence, Turn


def slow_down(turn: Turn, desk: Desk) -> Reply | None:
    """Says once that it goes too fast, then nothing until she has paused; all of it stays recorded."""
    if turn.speed is Speed.FINE:
        return None
    return Say(wording.TOO_FAST) if turn.speed is Speed.SLOW_DOWN else Silence()
