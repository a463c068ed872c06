"""满意 or 不满意, tapped or typed, after an answer."""

from minxin import wechat
from minxin.citizens.queries import by_key
from minxin.core.errors import Refused
from minxin.gateway import wording
from minxin.gateway.responders import commands
from minxin.gateway.turn import Desk, InThread, Reply, Say, Turn
from minxin.tickets import actions, queries
from minxin.tickets.rules import DISSATISFIED

FORM = frozenset({"what", "where", "confirm"})
NOTHING_TO_RATE = "您目前没有等待评价的答复。有问题直接问就行。"


def rate_an_answer(turn: Turn, desk: Desk) -> Reply | None:
    """Notes the citizen's rating of her latest answer; who is not content is shown how to reopen. Neither a person
    who attends nor a form silences a tap; words typed then are meant for these."""
    inbound = turn.inbound
    tapped = inbound.menu_id if isinstance(inbound, wechat.Text) else None
    if tapped and tapped.startswith("rate:"):
        _, number, level = [*tapped.split(":", 2), "", ""][:3]
    elif turn.dialogue.is_attended or turn.memory.get("step") in FORM:
        return None
    elif (level := commands.RATINGS.get(commands.bare(turn.text), "")) != "":
        number = ""
    else:
        return None

    def work() -> Say:
        citizen = by_key(turn.citizen_key)
        try:
            ticket = (
                queries.by_number_for_citizen(number, citizen)
                if number
                else queries.latest_answered(citizen, now=turn.now)
            )
            if ticket is None:
                return Say(NOTHING_TO_RATE)
            if not queries.was_just_rated(ticket, level, now=turn.now):  # a repeat hears the same
                actions.rate(ticket, level, actor=citizen, now=turn.now)
        except Refused as refusal:
            return Say(refusal.message)
        if level in DISSATISFIED:
            hidden = queries.is_discreet(ticket)
            page = desk.page(turn, "tickets/" if hidden else f"tickets/{ticket.number}/reopen")
            link = wording.link_words("要求重新办理", page)
            return Say(wording.RATED_BAD.format(link=link))
        return Say(wording.RATED)

    return InThread(work)
