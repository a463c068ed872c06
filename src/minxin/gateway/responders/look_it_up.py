"""The answer index."""

from minxin.gateway import wording
from minxin.gateway.responders.answer_a_choice import given, told_before
from minxin.gateway.turn import Better, Desk, Memory, Reply, Reworded, Say, Turn, remember
from minxin.knowledge.rules import Answer, Lookup
from minxin.knowledge.rules.own_model import is_worth_it


def look_it_up(turn: Turn, desk: Desk) -> Reply | None:
    """Gives the official answer in force, with its source; asks back where there are two readings;
    nothing when it is not sure."""
    if not turn.text:
        return None
    said = looked_up(turn, desk, turn.text)
    return said if said is None or not desk.rewords_entries() else _better(turn, desk, said)


def _better(turn: Turn, desk: Desk, said: Say) -> Say | Better:
    """An entry's answer, or what the city's own model makes of it where it is to word entries."""
    # What is asked back, or was chosen by what she said before, is not worded anew.
    found = desk.lookup(turn, turn.text)
    answer = None if found.choices else found.answer
    bundle = wording.sentences_of(answer) if answer is not None else None
    if answer is None or bundle is None or not is_worth_it(bundle, is_whole=True):
        return said
    reword = desk.reword(turn, bundle, answer.source_title)
    if reword is None:
        return said
    return Better(lambda: _reworded(turn, desk, answer, said, reword), said)


def _reworded(turn: Turn, desk: Desk, answer: Answer, said: Say, reword: Reworded) -> Say | None:
    done = reword()
    if done is None:
        return None
    link = desk.page(turn, f"answers/{answer.entry_id}/")
    words = wording.reworded_words(done.text, wording.source_words(answer), link, *desk.label())
    return Say(words, memory=said.memory, about=said.about)


def looked_up(turn: Turn, desk: Desk, question: str) -> Say | None:
    """The answer to a question, or what is asked back, or that the one we have is being looked at, or None."""
    found = desk.lookup(turn, question)
    if found.held is not None:
        return held(turn, found.held, question)
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
    words, menu = wording.ask_back_words(found.choices), wording.ask_back_menu(found.choices)
    return Say(words, memory=memory, menu=menu)


def held(turn: Turn, answer: Answer, question: str) -> Say:
    """That the source of an answer has ended; the ticket and a person are offered."""
    memory = remember(turn, "offered", asked=question[:500], near=[])
    return Say(wording.held_words(answer), memory=memory)
