"""那需要什么材料？ 在哪办？ 我是外地户口呢？: about what was just answered."""

from datetime import timedelta

from django.conf import settings

from minxin.conversations.queries.memory import talked_about
from minxin.gateway import wording
from minxin.gateway.responders.admit_we_do_not_know import admit_we_do_not_know
from minxin.gateway.responders.answer_a_choice import given
from minxin.gateway.responders.look_it_up import look_it_up
from minxin.gateway.responders.quote_a_document import quote_a_document
from minxin.gateway.turn import Better, Desk, InThread, Reply, Say, Turn
from minxin.knowledge.rules import Answer
from minxin.knowledge.rules.choices import chosen_by
from minxin.knowledge.rules.followups import LONGEST, Aspect, followed_up, told
from minxin.text import bigrams, normal

_AROUND = " ,.。!?~、;；:："
# A sister question shares this much of its letters with what was talked about.
SISTER = 0.4


def follow_up(turn: Turn, desk: Desk) -> Reply | None:
    """Answers a question that leaves out its matter from the entry that was given last, within half an hour; where
    none was, it is a question like any other."""
    if not 1 < len(turn.text) <= LONGEST or not settings.MINXIN_FOLLOW_UP_MINUTES:
        return None
    aspect = followed_up(normal(turn.text).strip(_AROUND))
    if aspect is None:
        return None

    def work() -> Say:
        since = turn.now - timedelta(minutes=settings.MINXIN_FOLLOW_UP_MINUTES)
        number = talked_about(turn.citizen_key, before=turn.message_id, since=since)
        subject = desk.entry(turn, number) if number else None
        return _anew(turn, desk) if subject is None else _about(turn, desk, subject, aspect)

    return InThread(work)


def _about(turn: Turn, desk: Desk, subject: Answer, aspect: Aspect) -> Say:
    sister = _sister(turn, desk, subject, aspect)
    if sister is not None:
        lead = wording.SISTER.format(question=sister.question)
        return given(turn, desk, sister, f"{lead}\n\n")
    link = desk.page(turn, f"answers/{subject.entry_id}/")
    found = told(subject.text, aspect)
    if found is None:
        return Say(wording.not_told_words(subject, aspect.name, link), about=subject.entry_id)
    return Say(wording.part_words(subject, found, link), about=subject.entry_id)


def _sister(turn: Turn, desk: Desk, subject: Answer, aspect: Aspect) -> Answer | None:
    """Another entry about the same matter that is about the aspect itself, or for whom it is asked now."""
    if aspect.is_condition:
        choices = desk.lookup(turn, subject.question).choices
        place = chosen_by(aspect.words, [each.words for each in choices])
        if place is not None and choices[place].entry_id != subject.entry_id:
            return desk.entry(turn, choices[place].entry_id)
    found = desk.lookup(turn, f"{subject.question}{aspect.words}")
    ids = [found.answer.entry_id] if found.answer else []
    ids += [each.entry_id for each in found.choices] + [each.entry_id for each in found.near]
    own = set(bigrams(subject.question))
    for number in ids:
        answer = desk.entry(turn, number) if number != subject.entry_id else None
        if answer is None or not aspect.tells.search(f"{answer.question}{answer.audience}"):
            continue
        other = set(bigrams(answer.question))
        if len(own & other) >= SISTER * min(len(own), len(other)) and not (
            aspect.tells.search(subject.question) and aspect.is_condition
        ):
            return answer
    return None


def _anew(turn: Turn, desk: Desk) -> Say:
    """As it would be answered if nothing had been talked about."""
    for responder in (look_it_up, quote_a_document, admit_we_do_not_know):
        reply = responder(turn, desk)
        if isinstance(reply, InThread):
            reply = reply.work()
        if isinstance(reply, Better):
            return reply.otherwise
        if isinstance(reply, Say):
            return reply
    return Say("")
