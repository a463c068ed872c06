"""The answer index."""

from minxin.gateway import wording
from minxin.gateway.turn import Better, Desk, Memory, Reply, Reworded, Say, Turn
from minxin.knowledge.rules import Answer
from minxin.knowledge.rules.own_model import in_sentences, is_worth_it


def look_it_up(turn: Turn, desk: Desk) -> Reply | None:
    """Gives the official answer in force, with its source; nothing when it is not sure."""
    if not turn.text:
        return None
    said = looked_up(turn, desk, turn.text)
    return said if said is None or not desk.rewords_entries() else _better(turn, desk, said)


def _better(turn: Turn, desk: Desk, said: Say) -> Say | Better:
    """An entry's answer, or what the city's own model makes of it where it is to word entries."""
    answer = desk.lookup(turn, turn.text).answer
    bundle = in_sentences(answer.text) if answer is not None else None
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
    return Say(words, memory=said.memory)


def looked_up(turn: Turn, desk: Desk, question: str) -> Say | None:
    """The answer to a question, or None."""
    found = desk.lookup(turn, question)
    if found.answer is None:
        return None
    link = desk.page(turn, f"answers/{found.answer.entry_id}/")
    memory: Memory | None = {} if turn.dialogue.form else None
    words = wording.answer_words(found.answer, link)
    if found.corrected:
        words = f"{wording.read_as(found.corrected)}\n\n{words}"
    return Say(words, memory=memory, holds_today=True)
