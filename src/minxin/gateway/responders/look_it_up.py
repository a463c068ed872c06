"""The answer index."""

from minxin.gateway import wording
from minxin.gateway.turn import Desk, Memory, Reply, Say, Turn, remember
from minxin.knowledge.rules import Answer


def look_it_up(turn: Turn, desk: Desk) -> Reply | None:
    """Gives the official answer in force, with its source; nothing when it is not sure."""
    if not turn.text:
        return None
    return looked_up(turn, desk, turn.text)


def looked_up(turn: Turn, desk: Desk, question: str) -> Say | None:
    """The answer to a question, or that the one we have is being looked at, or None."""
    found = desk.lookup(turn, question)
    if found.held is not None:
        return held(turn, found.held, question)
    if found.answer is None:
        return None
    link = desk.page(turn, f"answers/{found.answer.entry_id}/")
    memory: Memory | None = {} if turn.dialogue.form else None
    words = wording.answer_words(found.answer, link)
    if found.corrected:
        words = f"{wording.read_as(found.corrected)}\n\n{words}"
    return Say(words, memory=memory, holds_today=True)


def held(turn: Turn, answer: Answer, question: str) -> Say:
    """That the source of an answer has ended; the ticket and a person are offered."""
    memory = remember(turn, "offered", asked=question[:500], near=[])
    return Say(wording.held_words(answer), memory=memory)
