"""The first words to one who follows; other words to one who comes back."""

from minxin import wechat
from minxin.gateway import wording
from minxin.gateway.turn import Desk, Reply, Say, Turn


def greet_new_follower(turn: Turn, desk: Desk) -> Reply | None:
    """Greets who follows. One who unfollowed before is known by the keyed hash alone."""
    if not isinstance(turn.inbound, wechat.Followed):
        return None
    account = turn.account
    if turn.has_followed_before:
        words = account.welcome_back or wording.WELCOME_BACK.format(name=account.name)
    else:
        words = account.greeting or wording.GREETING.format(name=account.name)
    return Say(words, memory={})
