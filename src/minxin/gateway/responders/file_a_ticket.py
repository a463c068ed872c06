"""A citizen wants something done."""

from collections.abc import Callable

from minxin.citizens.queries import by_key
from minxin.core.errors import Refused
from minxin.gateway import wording
from minxin.gateway.responders import commands
from minxin.gateway.turn import Desk, Reply, Say, Turn, remember
from minxin.tickets import actions
from minxin.tickets.rules import LONGEST_TEXT, day_words

# A matter of so many characters needs no second telling.
ENOUGH = 8
_QUESTION_ENDS = ("吗", "么", "？", "?", "电话", "渠道")


def file_a_ticket(turn: Turn, desk: Desk) -> Reply | None:
    """Begins the short dialogue: 投诉, 我要反映… (with or without the matter in the same breath)."""
    word = commands.bare(turn.text)
    if word in commands.FILE:
        return Say(wording.ASK_WHAT, memory=remember(turn, "what"))
    if not turn.text.startswith(commands.FILE_OPENINGS):
        return None
    matter = turn.text
    for opening in commands.FILE_OPENINGS:
        if matter.startswith(opening):
            matter = matter.removeprefix(opening)
            break
    matter = matter.strip(" ：:，,。")
    if matter.endswith(_QUESTION_ENDS):
        return None
    if len(matter) < ENOUGH:
        return Say(wording.ASK_WHAT, memory=remember(turn, "what", hint=matter))
    # 投诉 and 举报 tell the nature and stay; 我要反映 tells nothing.
    text = (matter if "反映" in turn.text[:6] else turn.text)[:LONGEST_TEXT]
    return Say(wording.ASK_WHERE, memory=remember(turn, "where", text=text))


def filing(turn: Turn, desk: Desk, *, text: str, place: str) -> Callable[[], Say]:
    """The work of filing; the message is the key, so a repeat files nothing twice."""

    def work() -> Say:
        citizen = by_key(turn.citizen_key)
        try:
            ticket = actions.file(
                text=text,
                place=place,
                citizen=citizen,
                account=citizen.account,
                source="dialogue",
                key=f"message:{turn.message_id}",
                actor=citizen,
                now=turn.now,
            )
        except Refused as refusal:
            return Say(refusal.message, memory=remember(turn, "what"))
        due = day_words(ticket.due_at.astimezone(turn.now.tzinfo).date(), turn.today)
        words = wording.FILED.format(
            number=ticket.number,
            agency=ticket.agency.name,
            due=due,
            provisional=wording.PROVISIONAL if ticket.is_due_provisional else "",
            link=wording.link_words("查看办理过程", desk.page(turn, f"tickets/{ticket.number}/")),
        )
        return Say(words, memory={})

    return work
