"""What nobody else answered."""

from minxin import wechat
from minxin.gateway import wording
from minxin.gateway.responders.hand_over_to_a_person import today_of, told_out_of_hours
from minxin.gateway.turn import Desk, InThread, Reply, Say, Turn, remember


def admit_we_do_not_know(turn: Turn, desk: Desk) -> Reply | None:
    """Says that we do not know, offers up to three near questions, the ticket and a person.

    What is written down for a person who is on the way is no question to us.
    """
    if not turn.text:
        kind = type(turn.inbound).__name__
        words = wording.CANNOT_READ.get(kind, wording.CANNOT_READ_OTHER)
        if isinstance(turn.inbound, wechat.Location):
            words = words.format(label=turn.inbound.label or "地图上的位置")
        return Say(words)
    if turn.waits_for_a_person:
        memory = remember(turn, "offered", asked=turn.text[:500], near=[])

        def work() -> Say:
            office, is_news = told_out_of_hours(turn)
            words = wording.away_words(office, today_of(turn)) if is_news else wording.WAITING
            return Say(words, memory=memory)

        return InThread(work)
    return unknown(turn, desk)


def unknown(turn: Turn, desk: Desk) -> Say:
    """That we do not know, with near questions, the ticket and a person; never with a source."""
    found = desk.lookup(turn, turn.text)
    near = [[each.entry_id, each.question] for each in found.near]
    memory = remember(turn, "offered", asked=turn.text[:500], near=near)
    words, menu = wording.unknown_words(found), wording.unknown_menu(found)
    return Say(words, memory=memory, is_unknown=True, menu=menu)
