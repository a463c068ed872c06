"""The documents a city answers from, where no entry was written."""

from minxin.gateway import wording
from minxin.gateway.responders.admit_we_do_not_know import unknown
from minxin.gateway.turn import Better, Desk, InThread, Memory, Reply, Say, Turn
from minxin.knowledge.rules.own_model import is_worth_it
from minxin.knowledge.rules.quotes import Quote, fitting


def quote_a_document(turn: Turn, desk: Desk) -> Reply | None:
    """Quotes the sentences of a document in force that answer, with their source, when that is sure and the city wants it."""
    if not turn.text or turn.waits_for_a_person or not desk.has_documents():
        return None

    def work() -> Say | Better:
        quoted = desk.quote(turn, turn.text)
        if quoted is None:
            return unknown(turn, desk)
        passage = quoted.passage
        link = desk.page(turn, f"passages/{passage.document_id}/{passage.position}/")
        memory: Memory | None = {} if turn.dialogue.form else None
        said = Say(wording.quote_words(quoted, link), memory=memory)
        return _better(turn, desk, quoted, link, said)

    return InThread(work, instead=lambda: unknown(turn, desk))


def _better(turn: Turn, desk: Desk, quoted: Quote, link: str, said: Say) -> Say | Better:
    """The quote, or what the city's own model makes of it where there is one."""
    bundle, is_whole = fitting(quoted, wording.ANSWER_BYTES)
    if not is_worth_it(bundle, is_whole=is_whole):
        return said
    reword = desk.reword(turn, bundle, quoted.passage.title)
    if reword is None:
        return said

    def work() -> Say | None:
        done = reword()
        if done is None:
            return None
        words = wording.reworded_words(
            done.text, wording.passage_source(quoted.passage), link, *desk.label()
        )
        return Say(words, memory=said.memory)

    return Better(work, said)
