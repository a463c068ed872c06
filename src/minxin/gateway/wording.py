"""What the machine says. Short sentences, 您, what happens next and when; never officialese."""

import functools
import html
from collections.abc import Sequence
from datetime import date

from minxin.conversations.contents import MenuContent
from minxin.conversations.queries import Office
from minxin.conversations.rules import WINDOW
from minxin.conversations.rules.hours import hours_said, opening_said
from minxin.gateway.safety import Danger
from minxin.knowledge.rules import Answer, Choice, Lookup, PassageText
from minxin.knowledge.rules.own_model import in_sentences
from minxin.knowledge.rules.quotes import CUT, Quote, fitting
from minxin.knowledge.rules.steps import steps_of
from minxin.knowledge.rules.told import query_of
from minxin.text.answers import AnswerBundle, Passage, Sentence, beginning
from minxin.wechat import MAX_TEXT_BYTES

# No more than this is told of an answer, an entry's or a document's: its page shows the rest around it. WeChat
# itself takes 2048 bytes, in which source, next steps and taps have their place, too.
ANSWER_BYTES = 600
# What may stand before an answer: how its question was read.
READ_AS_BYTES = 200

GREETING = (
    "您好，这里是{name}。\n"
    "想办什么事、想问什么政策，直接说就行，比如“身份证丢了怎么补”。\n"
    "需要反映问题，回复“我要反映”；找工作人员，回复“人工”；查办理进度，回复“进度”。"
)
WELCOME_BACK = (
    "欢迎回来，这里是{name}。\n"
    "您之前的个人资料在取消关注时已经删除，需要时请重新填写。\n"
    "有问题直接问；反映问题回复“我要反映”，找工作人员回复“人工”。"
)
QUOTED = (
    "以上是文件原文。是否适用于您的情况，回复“人工”问工作人员；需要办理，回复“我要反映”提交诉求。"
)
MORE = "更多"
CLOSING = "没有解决？回复“人工”找工作人员，回复“我要反映”提交诉求。"
ASK_WHAT = (
    "请用一两句话说明情况：什么事、什么时候、希望怎样解决。\n"
    "（不需要写身份证号。回复“取消”可以退出）"
)
ASK_WHERE = "事情发生在哪里？请回复地点；与地点无关就回复“无”。\n（回复“取消”可以退出）"
CONFIRM = (
    "请核对一下：\n\n内容：{text}\n地点：{place}\n\n"
    "回复“确认”提交；回复“修改”重新填写；回复“取消”退出。"
)
MAY_BELONG_ELSEWHERE = "提醒您：{told}\n如果不是这种情况，可以照常提交。"
WRONGDOING = (
    "反映党员干部和公职人员违纪违法，请拨打 12388，由纪检监察机关受理。\n"
    "您刚才的内容没有留在聊天里。仍要在这里提交的，请{link}：内容加密，只有专人能看到。"
)
CANCELLED = "已退出，没有提交。需要时随时回复“我要反映”。"
FILED = (
    "已经提交，编号 {number}。\n"
    "承办单位：{agency}\n"
    "承诺 {due}前答复{provisional}。\n"
    "48 小时内的进展会发到这里；再往后微信不让我们主动发，您发一句“进度”就能收到。\n\n"
    "答复也写在“我的诉求”里，可以{link}"
)
PROVISIONAL = "（明年的放假安排还没公布，日期为暂定）"
READ_IT_THERE = "您有一件保密或匿名的诉求，进展不在聊天里显示，请点开查看。"
NO_TICKETS = "您还没有提交过诉求。需要反映问题，回复“我要反映”。"
TOO_MANY_NUMBERS = "您多次查询了没有找到的编号，请一小时后再试。回复“进度”可以查看您自己的诉求，回复“人工”找工作人员。"
NO_SUCH_TICKET = "没有找到这个编号的诉求。请核对编号，或回复“进度”看您的全部诉求。"
PERSON = "已经转给工作人员，会尽快在这里答复您。"
AFTER_THE_WINDOW = "那时微信可能不让我们主动发消息，请您上班后再发一句话，就能收到答复。\n"
WRITE_MEANWHILE = "等待时您可以把情况先写下来。"
WAITING = (
    "已经记下，工作人员来了会看到您说的这些。\n"
    "不想等的话，回复“提交”，把这件事交给工作人员按期办理。"
)
RATED = "谢谢您的评价，已经记录。"
RATED_BAD = (
    "谢谢您告诉我们，很抱歉没有办好。\n"
    "如果希望继续办理，请{link}，写明哪里没有解决，我们会重新办理。"
)
USEFUL = "这个答复有用吗？{useful}　{useless}"
USEFUL_NOTED = "谢谢，已经记下。"
USELESS_NOTED = (
    "谢谢您告诉我们，已经记下，工作人员会改进这个答复。\n"
    "现在就想问清楚，回复“人工”；需要办理，回复“我要反映”。"
)
NO_SUCH_ANSWER = "这个答复已经撤下，不用评价了。有问题请重新问。"
UNKNOWN = "这个问题我这里还没有官方答复，不想随便回答您。"
NEAR_HEAD = "您想问的是不是："
MENU_TAIL = "点一下就行。“提交”是把这个问题交给工作人员办理，“人工”是找工作人员直接问。"
NEAR = "您想问的是不是：\n{items}\n点问题，或回复数字查看。"
OFFER = "回复“提交”，把这个问题交给工作人员办理；回复“人工”，找工作人员直接问。"
THANKS = "不客气。还有问题随时问。"
GREETED = (
    "您好，这里是{name}。想办什么事、想问什么政策，直接说就行。\n"
    "反映问题回复“我要反映”，找工作人员回复“人工”。"
)
GOODBYE = "好的，需要时随时来问。"
WHO_WE_ARE = (
    "这里是{name}的自动应答，按官方文件回答政策和办事问题，每条答复都写明来源。\n"
    "找工作人员回复“人工”；反映问题回复“我要反映”；查进度回复“进度”。"
)
ANGRY = (
    "很抱歉没有帮到您。\n"
    "遇到什么事，请说一下具体情况；需要有人处理，回复“我要反映”提交诉求，回复“人工”找工作人员。"
)
TOO_FAST = "您发得太快了，后面几条没有逐条回答，但都已经记下，没有丢。请稍等十秒再问。"
URGENT = "您的话已经标为紧急，转给了工作人员，会尽快在这里联系您。"
URGENT_AWAY = "现在不是工作时间，工作人员可能不能马上看到，请先打上面的电话，不要等这里的答复。"
CANNOT_READ = {
    "Image": "图片收到了，不过我还不会看图。请用文字说一下您想问什么；需要反映问题，回复“我要反映”，图片可以在诉求页面里补充说明。",
    "Voice": "语音收到了，不过我还听不懂语音。请把问题打成文字发给我，或者回复“人工”找工作人员。",
    "Video": "视频收到了。请用文字说一下您想问什么，或者回复“人工”找工作人员。",
    "ShortVideo": "视频收到了。请用文字说一下您想问什么，或者回复“人工”找工作人员。",
    "Location": "位置收到了：{label}。您想问这里的什么事？请用文字说一下；需要反映问题，回复“我要反映”。",
    "Link": "链接收到了。请用文字说一下您想问什么。",
}
CANNOT_READ_OTHER = "收到了，不过我只看得懂文字。请用文字说一下您想问什么。"

HELD = (
    "关于“{question}”，我们原来的答复依据{title}，{what}。\n"
    "负责的单位正在核对，核对完之前不能当作现行规定告诉您。\n\n{offer}"
)
ENDED = {
    "repealed": "这份文件已从{day}起废止",
    "replaced": "这份文件从{day}起有了新的版本",
    "retired": "这份文件从{day}起停用",
    "expired": "这份文件的有效期已过，从{day}起不再施行",
}


ADDED_BYTES = 200  # of what a nearer unit adds; the page has all of it


@functools.lru_cache(maxsize=1024)
def held_words(answer: Answer) -> str:
    """That there is an answer whose source has ended and which nobody has looked at since; what to do now. Never
    the answer itself, and no `来源：`."""
    assert answer.held_from is not None  # noqa: S101  (`Lookup.held` alone comes here)
    what = ENDED.get(answer.held_why, ENDED["expired"]).format(day=long_day(answer.held_from))
    submit, person = tap_words("提交", "submit"), tap_words("人工", "person")
    return HELD.format(
        question=answer.question,
        title=f"《{answer.source_title.strip('《》')}》",
        what=what,
        offer=OFFER.format(submit=submit, person=person),
    )


@functools.lru_cache(maxsize=4096)  # the same answers again and again
def answer_words(answer: Answer, link: str) -> str:
    """An answer with its source, cut at a sentence where it is too long for a message: then 更多 opens its page,
    where what was told is marked."""
    room = ANSWER_BYTES - (ADDED_BYTES if answer.additions else 0)
    whole = answer.text
    is_whole = len(whole.encode()) <= room
    end = beginning(whole, room if is_whole else room - len(CUT.encode()))
    # The entry's answer is its own passage: nothing else passes.
    bundle = AnswerBundle((Sentence("answer", 0, end, whole[:end]),), (Passage("answer", whole),))
    more, cut = "查看全文", ""
    if not is_whole:
        more, cut, link = MORE, CUT, f"{link}?{query_of(whole, [(0, end)])}"
    words = f"{bundle.text}{cut}\n\n{_ending(answer, more, link)}"
    if answer.narrowing:
        words = f"【本地口径】{words}"
    return with_taps(words, f"e{answer.entry_id}")


def _ending(answer: Answer, more: str, link: str) -> str:
    """The source, for whom it holds, what can be done next, and the way to people."""
    lines = [source_words(answer)]
    if answer.narrowing:
        lines.append(f"口径由{answer.agency_name}负责，适用于本地。")
    for each in answer.additions:
        room = ADDED_BYTES // len(answer.additions)
        is_whole = len(each.text.encode()) <= room
        end = beginning(each.text, room if is_whole else room - len(CUT.encode()))
        added = each.text[:end] + ("" if is_whole else CUT)
        lines.append(f"\n【{each.agency_name}补充】{added}\n{source_words(each)}")
    if answer.audience:
        lines.append(f"适用对象：{answer.audience}")
    steps = steps_of(answer.next_steps)
    lines += [f"{each.name}：{each.words}" for each in steps if each.words]
    links = [link_words(more, link)]
    links += [link_words(html.escape(each.name), each.link) for each in steps if each.link]
    return "\n".join([*lines, " | ".join(links), CLOSING])


def sentences_of(answer: Answer) -> AnswerBundle | None:
    """An answer as sentences that stand in it, for who says it in other words; None where it has none."""
    return in_sentences(answer.text)


def part_words(answer: Answer, part: AnswerBundle, link: str) -> str:
    """What an answer says of one thing, in its own words; 更多 opens its page, where these are marked."""
    end = beginning(part.text, ANSWER_BYTES)
    text = part.text
    if end < len(text):
        text = part.text[: beginning(text, ANSWER_BYTES - len(CUT.encode()))].rstrip() + CUT
    told = query_of(answer.text, [(each.start, each.end) for each in part.sentences])
    return f"关于“{answer.question}”：\n\n{text}\n\n{_ending(answer, MORE, f'{link}?{told}#told')}"


def not_told_words(answer: Answer, name: str, link: str) -> str:
    """That an answer does not say it; never with a source, for it is none."""
    more = link_words("查看全文", link)
    words = f"关于“{answer.question}”，官方答复里没有写到{name}，不想随便回答您。"
    return f"{words}\n{more}\n回复“人工”，找工作人员问清楚。"


def ask_back_words(choices: Sequence[Choice]) -> str:
    """One short question with what can be tapped."""
    asked = ASK_BACK[choices[0].by]
    lines = [
        f"{number}. {tap_words(each.words, f'choice:{each.entry_id}')}"
        for number, each in enumerate(choices, 1)
    ]
    words = "\n".join([asked, *lines, ASK_BACK_HOW])
    if len(words.encode()) > MAX_TEXT_BYTES:  # a link cut in two would be shown as it stands
        plain = [f"{number}. {each.words}" for number, each in enumerate(choices, 1)]
        words = "\n".join([asked, *plain, ASK_BACK_HOW])
    return words


def ask_back_menu(choices: Sequence[Choice]) -> MenuContent:
    """The same as a menu, where it goes out as a customer-service message."""
    items = tuple((f"choice:{each.entry_id}", each.words) for each in choices)
    return MenuContent(ASK_BACK[choices[0].by], items, ASK_BACK_ELSE)


def quote_words(quoted: Quote, link: str) -> str:
    """What a document says, in its own words, with its source and what can be done next."""
    bundle, is_whole = fitting(quoted, ANSWER_BYTES)
    text = bundle.text + ("" if is_whole else CUT)
    heading = f"《{quoted.passage.title.strip('《》')}》里是这样写的："
    more = link_words(MORE, link)
    words = f"{heading}\n\n{text}\n\n{passage_source(quoted.passage)}\n{more}\n{QUOTED}"
    return with_taps(words, f"d{quoted.passage.document_id}.{quoted.passage.position}")


def with_taps(words: str, mark: str) -> str:
    """An answer with 有用 and 没用 to tap under it, where a message still holds them and how a question was read."""
    useful, useless = tap_words("有用", f"useful:{mark}:1"), tap_words("没用", f"useful:{mark}:0")
    asked = f"{words}\n{USEFUL.format(useful=useful, useless=useless)}"
    return asked if len(asked.encode()) <= MAX_TEXT_BYTES - READ_AS_BYTES else words


def reworded_words(
    text: str, source: str, link: str, label: str = "", filing_number: str = ""
) -> str:
    """An answer in a machine's words: said so before anything else, with a way to a person beside it; the
    source and the words as they stand in it below."""
    filed = f"（模型备案号：{filing_number}）" if filing_number else ""
    person = "想找工作人员，回复“人工”。"
    return f"【{label.strip('【】')}】{filed}\n{person}\n\n{text}\n\n{source}\n{link_words('更多（原文）', link)}\n{CLOSING}"


def passage_source(passage: PassageText) -> str:
    """`来源：《…》第…条文号（机关，…起施行，有效期至…）`; 发布 where no day of effect is known."""
    facts = [passage.issuing_agency]
    if passage.valid.first:
        begins = "发布" if passage.begins_unsaid else "起施行"
        facts.append(f"{long_day(passage.valid.first)}{begins}")
    if passage.valid.last:
        facts.append(f"有效期至{long_day(passage.valid.last)}")
    number = f" {passage.document_number}" if passage.document_number else ""
    return f"来源：{passage.citation}{number}（{'，'.join(filter(None, facts))}）"


def read_as(corrected: str) -> str:
    """How a question was understood in which words were typed by their sound."""
    short = corrected if len(corrected) <= 40 else f"{corrected[:40]}……"
    return f"您是不是想问“{short}”？"


def link_words(words: str, url: str) -> str:
    """Words to tap: WeChat shows `<a href>` in a text as a link."""
    return f'<a href="{html.escape(url)}">{words}</a>'


def source_words(answer: Answer) -> str:
    """`来源：《…》文号（机关，…起施行）`."""
    facts = [answer.issuing_agency]
    if answer.valid_from:
        facts.append(f"{long_day(answer.valid_from)}起施行")
    if answer.valid_until:
        facts.append(f"有效期至{long_day(answer.valid_until)}")
    title = answer.source_title.strip("《》")
    return f"来源：《{title}》{answer.document_number}（{'，'.join(facts)}）"


def person_words(office: Office) -> str:
    """That she waits for a person, with today's hours where today is worked."""
    hours = f"今天的工作时间：{hours_said(office.today)}。" if office.today else ""
    return f"{PERSON}\n{hours}{WRITE_MEANWHILE}"


def away_words(office: Office, today: date) -> str:
    """That nobody is there now, and when somebody is."""
    if office.opens_at is None:
        return person_words(office)
    when = opening_said(office.opens_at, today)
    unsure = "（放假安排还没有公布，以通知为准）" if office.is_provisional else ""
    is_far = (office.opens_at.date() - today).days >= WINDOW.days
    held = AFTER_THE_WINDOW if is_far else ""
    return (
        f"现在不是工作时间，已经为您排队，工作人员{when}{unsure}上班后在这里答复您。\n{held}"
        "您可以把情况先写下来；不想等的话，回复“提交”，把这件事交给工作人员按期办理。"
    )


def danger_words(danger: Danger, office: Office, today: date) -> str:
    """What must not wait: what to do first, the numbers, and that a person was told. Out of hours it is said
    that nobody may be there."""
    numbers = "\n".join(f"{name}：{number}" for name, number in danger.hotlines)
    words = f"{danger.words}\n{numbers}\n\n{URGENT}"
    if office.opens_at is not None:
        when = opening_said(office.opens_at, today)
        words = f"{words}\n{URGENT_AWAY}（{when}上班）"
    return words


ASK_BACK = {
    "audience": "不同情况答案不一样，您是哪一种？",
    "region": "各区县的办法不一样，您问的是哪里？",
    "question": "您想问的是哪一种？",
}
ASK_BACK_ELSE = "都不是就换个说法再问，或回复“人工”。"
ASK_BACK_HOW = "点一下，或者回复数字、文字都可以；都不是就换个说法再问，或回复“人工”。"
AS_BEFORE = "按您刚才选的“{words}”回答：\n\n"
SISTER = "您问的是“{question}”："
CHOICE_LEFT = "好的。有问题随时问。"
CHOICE_GONE = "这条答复刚刚更新，请把问题再说一遍。"
HANDOVER_OVER = "这次转交已经结束。需要时请直接说您的问题，或回复“人工”。"


def handover_words(status: str, to: str, own: str) -> str:
    """What became of her word about a handover."""
    match status:
        case "open":
            return f"好的，已转给{to}，他们会在这里继续答复您。"
        case "declined":
            return f"好的，不转了，仍由{own}在这里答复您。"
    return HANDOVER_OVER


def long_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@functools.lru_cache(maxsize=1024)
def unknown_words(found: Lookup) -> str:
    """That we do not know, near questions to tap or choose by number, and the way to people."""
    words = _unknown_words(
        [tap_words(near.question, f"near:{near.entry_id}") for near in found.near]
    )
    if len(words.encode()) > MAX_TEXT_BYTES:  # a link cut in two would be shown as it stands
        words = _unknown_words([near.question for near in found.near])
    return words


@functools.lru_cache(maxsize=1024)
def unknown_menu(found: Lookup) -> MenuContent:
    """The same as a menu, where it goes out as a customer-service message."""
    near = tuple((f"near:{each.entry_id}", each.question) for each in found.near)
    ways = (("submit", "提交"), ("person", "人工"))
    head = f"{UNKNOWN}\n\n{NEAR_HEAD}" if near else UNKNOWN
    return MenuContent(head, (*near, *ways), MENU_TAIL)


def _unknown_words(near: list[str]) -> str:
    parts = [UNKNOWN]
    if near:
        items = "\n".join(f"{number}. {question}" for number, question in enumerate(near, 1))
        parts.append(NEAR.format(items=items))
    submit, person = tap_words("提交", "submit"), tap_words("人工", "person")
    parts.append(OFFER.format(submit=submit, person=person))
    return "\n\n".join(parts)


def tap_words(words: str, menu_id: str) -> str:
    """Words that WeChat says for the citizen when she taps them (msgmenu in a text message)."""
    said = words.translate(_NOT_IN_LINKS)
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={said}&msgmenuid={menu_id}">{said}</a>'


_NOT_IN_LINKS = str.maketrans({"<": "〈", ">": "〉", "&": "＆", '"': "”", "#": "＃", "\n": " "})
