"""你好, 在吗, 谢谢, 再见, and what is said in anger."""

from minxin.gateway import wording
from minxin.gateway.responders import commands
from minxin.gateway.turn import Desk, Reply, Say, Turn


def make_small_talk(turn: Turn, desk: Desk) -> Reply | None:
    """Answers a greeting, thanks, a goodbye, who we are, and anger without a matter; calmly, and never where
    something else is asked in the same breath."""
    word = commands.bare(turn.text)
    if len(word) > commands.LONGEST or not word:
        return None
    if word in commands.THANKS:
        return Say(wording.THANKS)
    if turn.waits_for_a_person:
        return None
    if word in commands.GREETINGS:
        return Say(wording.GREETED.format(name=turn.account.name))
    if word in commands.GOODBYES:
        return Say(wording.GOODBYE)
    if word in commands.WHO:
        return Say(wording.WHO_WE_ARE.format(name=turn.account.name))
    if commands.is_angry(word):
        return Say(wording.ANGRY)
    return None
