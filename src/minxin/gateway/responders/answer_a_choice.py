"""What she says to a question that was asked back: tapped, its number, or in words."""

from django.conf import settings

from minxin import wechat
from minxin.gateway import wording
from minxin.gateway.responders import commands
from minxin.gateway.turn import Desk, Memory, Reply, Say, Turn, remember
from minxin.knowledge.rules import Answer
from minxin.knowledge.rules.choices import chosen_by

TAP = "choice:"


def answer_a_choice(turn: Turn, desk: Desk) -> Reply | None:
    """Gives the answer to the reading that was chosen, and remembers for whom she asks; anything else is a new
    question, so nobody is caught."""
    inbound = turn.inbound
    tapped = inbound.menu_id if isinstance(inbound, wechat.Text) else None
    if tapped and tapped.startswith(TAP) and tapped[len(TAP) :].isdecimal():
        answer = desk.entry(turn, int(tapped[len(TAP) :]))
        return Say(wording.CHOICE_GONE, memory={}) if answer is None else given(turn, desk, answer)
    memory = turn.memory
    if memory.get("step") != "asked" or not turn.text:
        return None
    word = commands.bare(turn.text)
    if word in commands.CANCEL:
        return Say(wording.CHOICE_LEFT, memory={})
    choices = list(memory.get("choices", []))
    place = chosen_by(word, [words for _, words in choices])
    if place is None:
        return None
    answer = desk.entry(turn, int(choices[place][0]))
    return Say(wording.CHOICE_GONE, memory={}) if answer is None else given(turn, desk, answer)


def given(turn: Turn, desk: Desk, answer: Answer, lead: str = "") -> Say:
    """The answer to one reading; for whom it holds is remembered."""
    link = desk.page(turn, f"answers/{answer.entry_id}/")
    told = [each for each in (answer.audience, answer.region_name) if each]
    memory: Memory = remember(turn, "told", told=told) if told else {}
    words = wording.answer_words(answer, link)
    return Say(f"{lead}{words}", memory=memory, about=answer.entry_id)


def told_before(turn: Turn) -> list[str]:
    """For whom and where she asked a short while ago."""
    memory = turn.memory
    age = turn.now.timestamp() - float(memory.get("at", 0))
    is_fresh = age <= settings.MINXIN_FOLLOW_UP_MINUTES * 60
    return list(memory.get("told", [])) if memory.get("step") == "told" and is_fresh else []
