"""The documents a city answers from, where no entry was written."""

from minxin.gateway import wording
from minxin.gateway.responders.admit_we_do_not_know import unknown
from minxin.gateway.turn import Desk, InThread, Memory, Reply, Say, Turn


def quote_a_document(turn: Turn, desk: Desk) -> Reply | None:
    """Quotes the sentences of a document in force that answer, with their source, when that is sure and the city wants it."""
    if not turn.text or turn.waits_for_a_person or not desk.has_documents():
        return None

    def work() -> Say:
        quoted = desk.quote(turn, turn.text)
        if quoted is None:
            return unknown(turn, desk)
        passage = quoted.passage
        link = desk.page(turn, f"passages/{passage.document_id}/{passage.position}/")
        memory: Memory | None = {} if turn.dialogue.form else None
        return Say(wording.quote_words(quoted, link), memory=memory)

    return InThread(work)
