"""Whether a message of ours reaches a citizen in WeChat now; what a page may promise of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from minxin.citizens.models import Citizen
from minxin.citizens.queries import is_following
from minxin.conversations.models import Dialogue
from minxin.conversations.queries import window_left


class Reach(StrEnum):
    """`OPEN`: it arrives. `HELD`: it waits until she says something. `STRANGER`: she does not follow, so it
    goes nowhere."""

    OPEN = "open"
    HELD = "held"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Reached:
    """How, and for `OPEN` until when."""

    reach: Reach
    until: datetime | None = None


def reach_of(citizen: Citizen, *, now: datetime) -> Reached:
    """Whoever said something is a follower: others have no conversation to say it in.

    Source: WeChat, 发送客服消息 (48 hours and five messages after what she said).
    """
    dialogue = Dialogue.objects.filter(pk=citizen.pk).first()
    if dialogue is not None and dialogue.last_citizen_message_at is not None:
        until, left = window_left(dialogue, now=now)
        return Reached(Reach.OPEN, until) if left else Reached(Reach.HELD)
    return Reached(Reach.HELD if is_following(citizen) else Reach.STRANGER)
