"""The answer index."""

from minxin.gateway import wording
from minxin.gateway.responders.answer_a_choice import given, told_before
from minxin.gateway.turn import Desk, Memory, Reply, Say, Turn, remember
from minxin.knowledge.rules import Lookup


def look_it_up(turn: Turn, desk: Desk) -> Reply | None:
    """Gives the official answer in force, with its source; asks back where it has two readings; nothing when it is not sure."""
    if not turn.text:
        return None
    return looked_up(turn, desk, turn.text)


def looked_up(turn: Turn, desk: Desk, question: str) -> Say | None:
    """The answer to a question, or what is asked back, or None."""
    found = desk.lookup(turn, question)
    if found.choices:
        return _asked_back(turn, desk, found)
    if found.answer is None:
        return None
    link = desk.page(turn, f"answers/{found.answer.entry_id}/")
    keeps = not turn.dialogue.form or bool(told_before(turn))
    memory: Memory | None = None if keeps else {}
    words = wording.answer_words(found.answer, link)
    if found.corrected:
        words = f"{wording.read_as(found.corrected)}\n\n{words}"
    return Say(words, memory=memory, holds_today=True, about=found.answer.entry_id)


def _asked_back(turn: Turn, desk: Desk, found: Lookup) -> Say | None:
    """One short question; what she said a moment ago answers it, and it is not asked twice running."""
    before = told_before(turn)
    known = [each for each in found.choices if each.words in before]
    if len(known) == 1 and (answer := desk.entry(turn, known[0].entry_id)) is not None:
        return given(turn, desk, answer, wording.AS_BEFORE.format(words=known[0].words))
    choices = [[each.entry_id, each.words] for each in found.choices]
    if turn.memory.get("step") == "asked" and turn.memory.get("choices") == choices:
        return None
    memory = remember(turn, "asked", choices=choices)
    return Say(wording.ask_back_words(found.choices), memory=memory)
