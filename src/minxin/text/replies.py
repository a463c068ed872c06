"""A reply to a citizen is read before it goes: does it answer what was asked, and what must not go?

No source fixes how a reply is scored; the weights (`WEIGHTS`) and limits here are our proposal and
are measured by `minxin bench replies`. Politeness is neither looked for nor scored.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from minxin.text.privacy import find as find_private
from minxin.text.segmentation import FORM, normal, words

WEIGHTS = {"answers": 35, "action": 20, "time": 15, "contact": 10, "basis": 10, "own_words": 10}
SAME = 0.7  # estimated Jaccard from which two replies are one template
SAME_QUESTION = 0.3  # from which two questions are one, so that one reply to both is right
ON_SUBJECT = 0.2  # share of the words asked about below which a reply speaks of something else
ENOUGH = 0.3  # share from which it counts as taken up in full
SKETCH = 128  # smallest hashes kept of a text
GRAM = 4
SHORTEST_TEMPLATE = 25  # shorter bodies are alike by chance
SHORTEST_BODY = 12
SHORTEST_ACCOUNT = 60  # as much said besides is an account of the case
SHORTEST_PLACE = 4  # "东桥" is too little to accuse


class Severity(StrEnum):
    """`BLOCK` holds the reply back, `WARN` asks for another look, `HINT` may be as it should be."""

    BLOCK = "block"
    WARN = "warn"
    HINT = "hint"


REASONS = {
    "personal": "含有像是市民个人信息的号码，不应写进答复。",
    "office_mobile": "含有手机号码，请确认是单位对外公布的号码。",
    "another_number": "出现了另一件工单的编号。",
    "another_place": "出现了另一件工单的地点，市民没有提到过。",
    "template": "与以前给别的诉求的答复几乎相同，请写这一件的情况。",
    "vague": "只说了重视或研究，没有写做了什么、何时有结果。",
    "off_subject": "市民问到的事几乎没有出现在答复里。",
    "when": "市民问了时间，答复里没有时间。",
    "how_much": "市民问了数额或标准，答复里没有数字。",
    "where": "市民问了地点，答复里没有地点。",
    "why": "市民问了原因，答复里没有说明原因。",
    "too_short": "答复太短，看不出办理情况。",
    "no_action": "没有写做了什么、将做什么，或结论是什么。",
    "no_time": "说了还要办理，没有写到什么时候。",
    "no_contact": "请市民再联系或等待，没有留下联系方式。",
    "no_basis": "答复涉及政策或不予办理，没有写依据。",
}
SEVERITIES = {
    "personal": Severity.BLOCK, "another_number": Severity.BLOCK,
    "another_place": Severity.BLOCK, "template": Severity.WARN, "vague": Severity.WARN,
    "off_subject": Severity.WARN, "too_short": Severity.WARN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: `kind` is a key of `REASONS`, `words` what it rests on in reply or question."""

    kind: str
    words: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """How much it weighs; `HINT` unless `SEVERITIES` says more."""
        return SEVERITIES.get(self.kind, Severity.HINT)

    @property
    def reason(self) -> str:
        """The sentence shown to the author, in Chinese."""
        return REASONS[self.kind]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found, the worst first, and points of `WEIGHTS` reached per part (100 in all)."""

    findings: tuple[Finding, ...]
    parts: dict[str, int]

    @property
    def score(self) -> int:
        """0 to 100. What blocks is not in it: that is a matter of law, not of quality."""
        return sum(self.parts.values())

    @property
    def blocks(self) -> tuple[Finding, ...]:
        """The findings for which the reply is held back."""
        return tuple(each for each in self.findings if each.severity is Severity.BLOCK)


@dataclass(frozen=True, slots=True)
class Past:
    """A reply that went before, and the question it went to, as fingerprints."""

    reply: frozenset[int]
    question: frozenset[int]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about the case: the place it names; numbers of other cases that stand in the reply,
    however they are spelled there; places of other cases, which may or may not."""

    place: str = ""
    other_numbers: frozenset[str] = frozenset()
    other_places: frozenset[str] = frozenset()


_BEGINS = re.compile(r"(?:[回答]复|说明|办理情况|介绍)如下\s*[::,，。]?")
# Courtesies go, what stands beside them in one sentence stays.
_POLITE = re.compile(
    r"(?:尊敬的|亲爱的)?网友[^:,，。!\n]{0,40}[:,，]?|[您你]们?好\s*[!,:，。]?|[^。!,，;]*收悉[!,，。]?"
    r"|(?:首先)?(?:再次)?(?:衷心)?(?:感谢|谢谢|敬请|祝您|欢迎)[^。!?;,\n]*[。!?;,]?"
    r"|(?:特此|此)(?:[回答]?复|告)[。!]?"
)
_CLAUSE = re.compile(r"[^。!?;\n]+")
_CLOSING_DATE = re.compile(r"\s*\d{4}\s*[年.-]\s*\d{1,2}\s*[月.-]\s*\d{1,2}\s*日?\s*\Z")
_GAP = re.compile(r"[\W\d_]+")
_COMMON_WORDS = """
反映 问题 咨询 投诉 建议 请求 举报 希望 关于 有关 部门 政府 领导 相关 情况 现在 已经 没有 不能 进行 尊敬 这样
但是 因为 所以 而且 一个 还是 时候 什么时候 多少 为什么 为何 何时 解决 回复 尽快 市民 网友 书记 市长 居民 百姓
老百姓 感谢 你们 他们 自己 如果 或者 以及 一直 目前 非常 至今
"""
_COMMON = frozenset(_COMMON_WORDS.split())

# What was done, is to be done, or was decided. Words of attention alone (重视、研究) are not among them.
_DONE = re.compile(
    r"(?:已|均|现|完成|于)[^,。;]{0,14}(?:完成|修复|整改|处理|清理|更换|发放|受理|立案|责令|拆除|安装|恢复|通车|"
    r"竣工|停业|查处|办结|退还|协调|告知|核实|到位|施工|启动|纳入|批复|约谈|签订|结束|通过|联系|转|申报|开展|"
    r"上报|交办|交由|收集|开工|协商|整治|要求)|责令|经(?:查|核实|调查|走访|现场)|"
    r"据查|走访|调查|查处|约谈|训诫|现场[核查勘]"
)
_WILL = re.compile(
    r"下一步|[将拟](?:[于在对由会]|\w{0,6}[建办修整处派加])|计划|预计|力争|正在|争取|届时|待.{2,20}后|尽快"
)
_DECIDED = re.compile(
    r"不予|不符合|不支持|不宜|无权|无法|不能|不属于|可以?(?:到|在|凭|拨打|直接|申请|向)|应当|须|需(?:要|提)|"
    r"按照|根据|属于|符合|规定|条件|禁止|不存在|属实|暂无|暂不|没有[^,。]{0,8}计划|负责"
)
_REFUSED = re.compile(
    r"不予|不符合|不支持|不宜|无权|无法(?:办理|受理|解决)|不属于|不能(?:办理|受理|享受)"
)
_VAGUE = re.compile(
    r"高度重视|正在(?:研究|积极|推进|进一步)|认真(?:研究|考虑|对待)|(?:充分|进一步)(?:论证|研究|调研)|"
    r"积极(?:协调|推进|争取)|加强(?:管理|监管|沟通)|尽快(?:解决|处理|落实|办理)|逐步(?:完善|解决)|"
    r"作出批示|纳入考虑|持续关注|第一时间|适时"
)
_RESULT = re.compile(
    r"已[^,。;]{0,20}(?:完成|修复|更换|发放|立案|整改|拆除|安装|恢复|到位|查处|办结|退还|通车)|责令|整改到位|"
    r"预计|\d+(?:\.\d+)?\s*(?:元|万|台|处|起|米|户|平方米|公里|%)|不予|不符合|不支持"
)
_TIME = re.compile(
    r"\d{1,2}月|\d{4}年|[0-9一二三四五六七八九十两]+\s*个?(?:工作日|天|日内|周|月|小时|年内)|[今明]年|年[底内末初]|月[底末]|"
    r"[本下]个?[周月]|[一二三四]季度|[今明]天|[上下]半年"
)
_CONTACT = re.compile(
    r"\d{3,4}-\d{3,}|\d{7,}|12345|12315|热线|(?:电话|联系方式)[^,。]{0,8}\d|https?://|窗口|地址"
)
_REFERS = re.compile(
    r"(?:请|可)[^,。]{0,8}(?:致电|拨打|联系|咨询)|与(?:我们|我局)联系|如有(?:疑问|不明|异议)"
)
_BASIS = re.compile(
    r"《[^》]{3,60}》|第[0-9一二三四五六七八九十百]+条|[〔\[﹝(]\d{4}[〕\]﹞)]\s*\d+号|依法|法律法规"
)
_POLICY = re.compile(r"政策|规定|条件|标准|依据|合法|补贴|补助|资格|待遇|征收|违规|违法|法律")
_CAUSE = re.compile(r"由于|因[为此]?|原因|鉴于|导致|所致|受.{1,12}影响|根据|按照|系")
_OFFICE = re.compile(r"(?:电话|热线|联系人|联系方式|咨询|致电|拨打|值班|手机)[^。;]{0,12}\Z")

_ASKED: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    ("when", re.compile(r"什么时[候间]|何时|多久|几时|哪[天年]|多长时间|啥时候"), _TIME),
    ("how_much", re.compile(r"多少[钱元岁年]?|什么标准|几[元块]"), re.compile(r"\d|[一二三四五六七八九十百千万]+[元倍年岁个]|免费")),
    ("where", re.compile(r"在哪[里儿]?|哪里[能可]|去哪|什么地[方址]"), re.compile(r"[路街号楼厅心站所局村]|窗口|地址|网上")),
    ("why", re.compile(r"为什么|为何|什么原因|凭什么"), _CAUSE),
)  # fmt: skip


def body_of(reply: str) -> str:
    """The reply without salutation, thanks and closing date, normalised."""
    text = normal(reply)
    begins = _BEGINS.search(text[:400])
    if begins and len(text) - begins.end() >= SHORTEST_BODY:
        text = text[begins.end() :]
    return _CLOSING_DATE.sub("", _POLITE.sub("", text)).strip()


def fingerprint(text: str) -> frozenset[int]:
    """Up to `SKETCH` smallest hashes of the text's character groups: the same on every machine."""
    bare = _GAP.sub("", body_of(text))
    grams = {bare[at : at + GRAM] for at in range(len(bare) - GRAM + 1)}
    return frozenset(sorted(zlib.crc32(each.encode("utf-8", "ignore")) for each in grams)[:SKETCH])


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Estimated Jaccard index of the texts behind two fingerprints, 0 to 1 (bottom-k sketch)."""
    if not one or not other:
        return 0.0
    smallest = sorted(one | other)[:SKETCH]
    return sum(each in one and each in other for each in smallest) / len(smallest)


@lru_cache(maxsize=256)
def _asked_about(question: str) -> frozenset[str]:
    return frozenset(
        each for each in words(question)
        if len(each) >= 2 and each not in FORM and each not in _COMMON and not each.isdecimal()
    )  # fmt: skip


def coverage(question: str, body: str) -> float:
    """Share of what a question is about that a reply takes up, 0 to 1; ten words are enough."""
    asked = _asked_about(question)
    if not asked:
        return 1.0
    return min(1.0, len(asked & set(words(body))) / min(len(asked), 10))


def read_reply(
    question: str, reply: str, *, past: Iterable[Past] = (), known: Known | None = None
) -> Reading:
    """Read a reply against its question, replies to other questions and what is known of the case."""
    known = known or Known()
    body = body_of(reply)
    covered = coverage(question, body)
    findings = [*_must_not_go(question, reply, known)]
    is_template = _is_template(question, reply, past)
    acts = bool(_DONE.search(body) or _DECIDED.search(body) or _RESULT.search(body))
    has_time = bool(_TIME.search(body))
    vague = tuple(dict.fromkeys(_VAGUE.findall(normal(reply))))
    said = "".join(each for each in _CLAUSE.findall(body) if not _VAGUE.search(each))
    is_vague = bool(vague) and len(said) < SHORTEST_ACCOUNT and not _RESULT.search(body)
    is_short = len(body) < SHORTEST_BODY
    if is_short:
        findings.append(Finding("too_short"))
    elif covered < ON_SUBJECT:
        findings.append(Finding("off_subject"))
    if is_template:
        findings.append(Finding("template"))
    if is_vague:
        findings.append(Finding("vague", vague[:3]))
    unanswered = [*_unanswered(question, body)]
    findings += unanswered
    # Each is asked for only where it is due.
    waits = bool(_WILL.search(body))
    needs_contact = bool(_REFERS.search(body)) or (waits and not has_time)
    needs_basis = bool(_POLICY.search(question[:200]) or _REFUSED.search(body))
    lacks = {
        "no_action": not (acts or waits),
        "no_time": waits and not has_time,
        "no_contact": needs_contact and not _CONTACT.search(normal(reply)),
        "no_basis": needs_basis and not _BASIS.search(body),
    }
    findings += [Finding(kind) for kind, is_lacking in lacks.items() if is_lacking]
    answered = max(0.0, min(1.0, covered / ENOUGH) - 0.25 * len(unanswered))
    action = 0.0 if lacks["no_action"] else 1.0 if acts and not is_vague else 0.4
    shares = {
        "answers": answered,
        "action": action,
        "time": float(not lacks["no_time"]),
        "contact": float(not lacks["no_contact"]),
        "basis": float(not lacks["no_basis"]),
        "own_words": float(not (is_template or is_vague)),
    }
    order = list(Severity)
    findings.sort(key=lambda each: order.index(each.severity))
    parts = {
        name: 0 if is_short else round(WEIGHTS[name] * share) for name, share in shares.items()
    }
    return Reading(tuple(findings), parts)


def explains(reply: str) -> bool:
    """Whether a reply gives a cause or names what it rests on."""
    body = body_of(reply)
    return bool(_BASIS.search(body) or _CAUSE.search(body))


def _must_not_go(question: str, reply: str, known: Known) -> Iterator[Finding]:
    asked = re.sub(r"[ -]", "", normal(question))
    own: list[str] = []
    office: list[str] = []
    for each in find_private(reply):
        number = reply[each.start : each.end]
        is_published = (
            each.kind == "mobile"
            and re.sub(r"[ -]", "", normal(number)) not in asked
            and _OFFICE.search(reply[: each.start])
        )
        (office if is_published else own).append(number)
    if own:
        yield Finding("personal", tuple(own))
    if office:
        yield Finding("office_mobile", tuple(office))
    numbers = tuple(sorted(known.other_numbers))
    if numbers:
        yield Finding("another_number", numbers)
    said = f"{question}\n{known.place}"
    places = tuple(
        sorted(
            each for each in known.other_places
            if len(each) >= SHORTEST_PLACE and each in reply and each not in said
        )
    )  # fmt: skip
    if places:
        yield Finding("another_place", places)


def _unanswered(question: str, body: str) -> Iterator[Finding]:
    asked = normal(question)
    for kind, asks, answers in _ASKED:
        found = asks.search(asked)
        if found and not answers.search(body):
            yield Finding(kind, (found[0],))


def _is_template(question: str, reply: str, past: Iterable[Past]) -> bool:
    if len(_GAP.sub("", body_of(reply))) < SHORTEST_TEMPLATE:
        return False
    own = fingerprint(reply)
    asked: frozenset[int] | None = None
    for each in past:
        # An upper bound first: most of what went before shares next to nothing.
        if len(own & each.reply) < SAME * min(len(own), len(each.reply)) / 2:
            continue
        if likeness(own, each.reply) < SAME:
            continue
        asked = fingerprint(question) if asked is None else asked
        if likeness(asked, each.question) < SAME_QUESTION:
            return True
    return False
