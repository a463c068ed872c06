"""自杀, 家暴, 拐骗, 受伤: what must not wait for anything."""

from minxin.conversations.actions import flag_urgent
from minxin.conversations.queries import Office
from minxin.gateway import wording
from minxin.gateway.responders.continue_unfinished_form import continue_unfinished_form
from minxin.gateway.responders.hand_over_to_a_person import today_of, told_out_of_hours
from minxin.gateway.responders.keep_reports_apart import keep_reports_apart
from minxin.gateway.safety import Danger
from minxin.gateway.turn import Better, Desk, InThread, Memory, Reply, Say, Turn


def help_in_danger(turn: Turn, desk: Desk) -> Reply | None:
    """Tells the right number at once and puts the conversation before people as urgent, at any hour, whatever
    else is going on; what she was filling in goes on."""
    if not turn.text:
        return None
    danger = desk.danger(turn)
    return None if danger is None else _helping(turn, desk, danger)


def _helping(turn: Turn, desk: Desk, danger: Danger) -> InThread:
    def work() -> Say:
        is_news = flag_urgent(turn.citizen_key, danger.name, now=turn.now)
        if turn.dialogue.is_attended and not is_news:
            return Say("")  # a person has it before her, and the numbers were told
        office, _ = told_out_of_hours(turn)
        words, memory = _told(turn, danger, office), None
        rest = _rest(turn, desk)
        if rest is not None:
            words, memory = f"{words}\n\n{rest.text}", rest.memory
        return Say(words, memory=memory)

    return InThread(work)


def _told(turn: Turn, danger: Danger, office: Office) -> str:
    return wording.danger_words(danger, office, today_of(turn))


def _rest(turn: Turn, desk: Desk) -> Say | None:
    """What else her words were: a report on an official, or the next answer of a form."""
    reply = keep_reports_apart(turn, desk)
    if reply is None and _is_filling_in(turn.memory) and not turn.dialogue.is_attended:
        reply = continue_unfinished_form(turn, desk)
    found = reply.work() if isinstance(reply, InThread) else reply
    if isinstance(found, Better):
        return found.otherwise
    return found if isinstance(found, Say) else None


def _is_filling_in(memory: Memory) -> bool:
    return memory.get("step") in {"what", "where", "confirm"}
