"""The short dialogue that files a ticket, and the choice among near questions."""

from minxin import wechat
from minxin.citizens.queries import by_key
from minxin.gateway import wording
from minxin.gateway.responders import commands
from minxin.gateway.responders.file_a_ticket import filing
from minxin.gateway.responders.keep_reports_apart import keeping_apart
from minxin.gateway.turn import Desk, InThread, Memory, Reply, Say, Turn, remember
from minxin.tickets.queries import proposals
from minxin.tickets.rules import LONGEST_TEXT, SHORTEST_TEXT
from minxin.tickets.rules.wrongdoing import is_wrongdoing

MORE = "请再说得具体一些，至少几个字。回复“取消”可以退出。"
TOO_LONG = "内容太长了，请控制在 {limit} 字以内再发一次。前面填写的没有丢失。"


def continue_unfinished_form(turn: Turn, desk: Desk) -> Reply | None:
    """Takes the next answer of a form that was begun; 取消 leaves it at any point."""
    memory = turn.memory
    step = memory.get("step")
    if step in (None, "asked", "told") or not isinstance(turn.inbound, wechat.MessagePush):
        return None
    if not turn.text:
        return _with_place_from_map(turn, desk, memory)
    word = commands.bare(turn.text)
    if step == "offered":
        return _chosen(turn, desk, memory, word)
    if commands.interrupts(turn.text):
        return None
    if word in commands.CANCEL:
        return Say(wording.CANCELLED, memory={})
    if len(turn.text) > LONGEST_TEXT:
        return Say(TOO_LONG.format(limit=LONGEST_TEXT))
    match step:
        case "what":
            if len(turn.text) < SHORTEST_TEXT:
                return Say(MORE)
            text = "，".join(filter(None, [str(memory.get("hint", "")), turn.text]))
            return Say(wording.ASK_WHERE, memory=remember(turn, "where", text=text[:LONGEST_TEXT]))
        case "where":
            place = "" if word in commands.NOTHING else turn.text[:200]
            return _confirm(turn, desk, str(memory.get("text", "")), place)
        case "confirm":
            return _confirmed(turn, desk, memory, word)
    return None


def _with_place_from_map(turn: Turn, desk: Desk, memory: Memory) -> Reply | None:
    if memory.get("step") == "where" and isinstance(turn.inbound, wechat.Location):
        return _confirm(turn, desk, str(memory.get("text", "")), turn.inbound.label[:200])
    return None


def _confirm(turn: Turn, desk: Desk, text: str, place: str) -> InThread:
    """What she is about to file, and whether another channel may be the right one."""
    if is_wrongdoing(text):
        return keeping_apart(turn, desk)

    def work() -> Say:
        account = by_key(turn.citizen_key).account
        words = wording.CONFIRM.format(text=text, place=place or "（未填写）")
        if found := proposals(text, account):
            told = "\n".join(each.redirect.told for each in found[:2])
            words = f"{wording.MAY_BELONG_ELSEWHERE.format(told=told)}\n\n{words}"
        return Say(words, memory=remember(turn, "confirm", text=text, place=place))

    return InThread(work)


def _confirmed(turn: Turn, desk: Desk, memory: Memory, word: str) -> Reply:
    if word in commands.AGAIN:
        return Say(wording.ASK_WHAT, memory=remember(turn, "what"))
    if word not in commands.CONFIRM:
        # She adds something instead of confirming: it belongs to the text.
        text = f"{memory.get('text', '')}\n{turn.text}"[:LONGEST_TEXT]
        return _confirm(turn, desk, text, str(memory.get("place", "")))
    return InThread(
        filing(turn, desk, text=str(memory.get("text", "")), place=str(memory.get("place", "")))
    )


def _chosen(turn: Turn, desk: Desk, memory: Memory, word: str) -> Reply | None:
    near = list(memory.get("near", []))
    if word.isdecimal() and 1 <= int(word) <= len(near):
        entry_id, question = near[int(word) - 1]
        found = desk.lookup(turn, question)
        if found.answer is not None and found.answer.entry_id == entry_id:
            link = desk.page(turn, f"answers/{entry_id}/")
            words = wording.answer_words(found.answer, link)
            return Say(words, memory={}, about=found.answer.entry_id)
        return Say(wording.unknown_words(found), is_unknown=True)
    if word in commands.SUBMIT:
        asked = str(memory.get("asked", ""))
        if len(asked) >= SHORTEST_TEXT:
            return Say(wording.ASK_WHERE, memory=remember(turn, "where", text=asked))
        return Say(wording.ASK_WHAT, memory=remember(turn, "what"))
    return None
