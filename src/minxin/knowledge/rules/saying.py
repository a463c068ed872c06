"""What a text says that can be compared: amounts, times, days, numbers, places, papers asked for, yes and no. Pure.

Read from the text as it is written: every fact knows where it stands, so that a page can mark it.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from minxin.text import shingles
from minxin.text.numerals import number_of

_ONE = r"(?:\d+(?:\.\d+)?|[〇零一二两三四五六七八九十百千万]+)"
_NUMERAL = rf"({_ONE}(?:[-~—至到]{_ONE})?)"
# Kind: its pattern, the group of the numeral first. Counters that any text has (一个, 第一) are no facts.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("date", re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|(?<!\d)\d{4}年(?:\d{1,2}月)?(?!\d)")),
    ("time", re.compile(r"(?<!\d)\d{1,2}(?:[:点时](?!间)(?:\d{2}分?|半)?)(?!\d)")),
    ("phone", re.compile(r"(?<![\d.])(?:0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|12\d{3}|9[56]\d{3}|\d{7,8})(?![\d.])")),
    ("place", re.compile(r"[\u4e00-\u9fff]{2,4}(?:路|街|大道|巷)\d+号")),
    ("money", re.compile(rf"(?<![\d第]){_NUMERAL}\s?(亿元|万元|元)|(免费|不收费|免收|不收取)")),
    ("share", re.compile(rf"(?<![\d第]){_NUMERAL}\s?(%|个百分点)|百分之({_ONE})")),
    ("span", re.compile(rf"(?<![\d第]){_NUMERAL}\s?个?(工作日|自然日|小时|分钟|天|日|周(?!岁)|月|年)(?![底初中级度\d])")),
    ("number", re.compile(rf"(?<![\d第]){_NUMERAL}\s?(份|张|寸|公里|平方米|周岁|岁|人|次|倍)")),
)  # fmt: skip
_SAME_UNIT = {"日": "天", "自然日": "天", "周岁": "岁"}
_TIMES = {"万元": 10_000, "亿元": 100_000_000}
_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
_CLAUSE = re.compile(r"[^，,：:]+")
# In what two sentences may differ without saying otherwise: another case is meant.
_CASES = """
首次 初次 补 换 加急 急 变更 注销 延期 续 未成年 成年 满 不满 超过 以上 以下 以内 企业 单位 公司 个人 个体 职工
居民 城镇 城乡 农村 本市 本地 外地 外省 异地 跨省 市内 市外 学生 老年 残疾 低保 困难 军人 退役 男 女 小学 初中 高中
幼儿 大学 新车 二手 港澳 台湾 线上 网上 现场 窗口 自助 除 另 其中 其他 例外 特殊 节假日 周末 夏 冬 上午 下午 第一 第二
第三 最高 最低 一次 每年 每月 每人 每次 每户 每份 每证 每天 一级 二级 三级 甲 乙 优惠 减半 逾期 提前
一孩 二孩 三孩 博士 硕士 本科 大专 中专 受理 审核 审批 公示 决定 送达 答复 复议 诉讼
"""
_CASE = re.compile("|".join(sorted(map(re.escape, _CASES.split()), key=len, reverse=True)))
_CONDITION = re.compile(r"(?:的|时|后|者)[，,]|(?:如果|如|若|对于|属于|符合|除)")
# 〇 stands for what was read; it is in no pattern of words.
_GAP = "\u3000"
_NEED = re.compile(r"(不需要|无需|无须|不用|不必|不需|毋须)|(需要|必须|应当|需|须)")
_MAY = re.compile(r"(不能|不可以|不得|不可|不予|不允许|禁止)|(可以|可|允许|(?<![不只])能(?!力|源))")
_PAPERS = re.compile(
    r"(?:需要|需|应当|携带|带上|带|提供|提交|持|凭|材料|证件)[^，。；、:：\n]{0,4}?[:：]?\s*"
)
_PAPER = re.compile(
    r"(?:证|簿|本|表|书|照|照片|证明|合同|发票|单据|卡|执照|复印件|材料)(?:原件|及复印件|复印件|原件及复印件)?\Z"
)
_LISTED = re.compile(r"\n\s*(?:\d{1,2}[.、．)]|[（(][一二三四五六七八九十\d]+[)）]|[-•·])\s*")
_TO = re.compile(
    r"(?:到|去|在|前往|至)([\u4e00-\u9fff]{0,10}?(?:派出所|中心|大厅|服务站|居委会|村委会|银行|医院|网点|"
    r"支队|大队|街道办|车管所|公证处|图书馆|法院))"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that can be compared: its kind and value, and where it stands in the text it was read from."""

    kind: str
    value: str
    start: int
    end: int
    unit: str = ""
    about: frozenset[str] = field(default=frozenset(), compare=False)
    cases: frozenset[str] = field(default=frozenset(), compare=False)
    is_conditional: bool = field(default=False, compare=False)

    @property
    def group(self) -> tuple[str, str]:
        """Only facts of one group are compared: 3 天 and 1 年 may be about two things."""
        return self.kind, self.unit


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text as a page shows it."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its facts; `skeleton`: its bigrams with the facts taken out."""

    text: str
    start: int
    facts: tuple[Fact, ...]
    skeleton: frozenset[str]
    cases: frozenset[str]


def cases_of(text: str) -> frozenset[str]:
    """The words of a text that say which case is meant."""
    return frozenset(_CASE.findall(text))


def sentences_of(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text in their order, each with the facts that stand in it."""
    plain = half(text)
    found = []
    for each in _SENTENCE.finditer(plain):
        facts = _facts_in(each.group(), each.start())
        found.append(
            Sentence(
                each.group(), each.start(), facts, shingles(_without(each.group(), each.start(), facts)),
                cases_of(each.group()),
            )
        )  # fmt: skip
    return tuple(found)


def facts_of(text: str) -> tuple[Fact, ...]:
    """The facts of a text in their order, each piece of text read once (a date is no span)."""
    return tuple(fact for sentence in sentences_of(text) for fact in sentence.facts)


def _facts_in(sentence: str, at: int) -> tuple[Fact, ...]:
    taken = [False] * len(sentence)
    read: list[tuple[str, str, str, int, int]] = []
    for kind, pattern in _PATTERNS:
        for each in pattern.finditer(sentence):
            if any(taken[each.start() : each.end()]):
                continue
            value, unit = _value(kind, each)
            if value:
                taken[each.start() : each.end()] = [True] * (each.end() - each.start())
                read.append((kind, value, unit, each.start(), each.end()))
    for each in _TO.finditer(sentence):
        if not any(taken[each.start(1) : each.end(1)]):
            read.append(("office", each[1], "", each.start(1), each.end(1)))
    read.sort(key=lambda each: each[3])
    cases = cases_of(_masked(sentence, read))
    is_conditional = _CONDITION.search(sentence) is not None
    found = []
    for kind, value, unit, start, end in read:
        clause = _clause(sentence, start, end)
        inside = [each for each in read if clause[0] <= each[3] and each[4] <= clause[1]]
        about = shingles(_masked(sentence[: clause[1]], inside)[clause[0] :])
        found.append(Fact(kind, value, start + at, end + at, unit, about, cases, is_conditional))
    return tuple(found)


def _clause(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The clause around a fact; where it says hardly more, with the one before it."""
    before = None
    for each in _CLAUSE.finditer(sentence):
        if each.start() <= start < each.end():
            is_bare = len(each.group()) - (end - start) < 4
            begin = before.start() if is_bare and before is not None else each.start()
            return begin, max(each.end(), end)
        before = each
    return 0, len(sentence)


def _masked(text: str, read: list[tuple[str, str, str, int, int]]) -> str:
    for _kind, _value, _unit, start, end in read:
        text = text[:start] + _GAP * (end - start) + text[end:]
    return text


def _without(text: str, at: int, facts: tuple[Fact, ...]) -> str:
    for fact in facts:
        text = text[: fact.start - at] + _GAP * (fact.end - fact.start) + text[fact.end - at :]
    return text


def _value(kind: str, found: re.Match[str]) -> tuple[str, str]:
    """The value as it is compared, and its unit; empty for what is no number."""
    said = found.group()
    if kind == "time":
        parts = re.match(r"(\d{1,2})[:点时](\d{2}|半)?", said)
        if parts is None or int(parts[1]) > 24:
            return "", ""
        return f"{int(parts[1])}:{'30' if parts[2] == '半' else parts[2] or '00'}", ""
    if kind == "date":
        return said, "年" if "日" not in said else ""
    if found.re.groups < 2:
        return said.replace("-", ""), ""
    if kind == "money" and found[3]:
        return "0", "元"
    if kind == "share" and found[3]:
        return _number(found[3], 1), "%"
    unit = found[2]
    amounts = [_number(each, _TIMES.get(unit, 1)) for each in re.split(r"[-~—至到]", found[1])]
    if not all(amounts):
        return "", ""
    unit = "元" if unit in _TIMES else _SAME_UNIT.get(unit, unit)
    return "-".join(amounts), unit


def _number(numeral: str, times: int) -> str:
    number = float(numeral) if numeral[0].isdigit() else float(number_of(numeral))
    return f"{number * times:.10g}" if number else ""


def half(text: str) -> str:
    """Half width, character by character: places stay what they are."""
    return "".join(
        plain if len(plain := unicodedata.normalize("NFKC", each)) == 1 else each for each in text
    )


# Yes and no ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """That something is needed, or allowed, or not: the words around, and where it stands."""

    kind: str
    is_so: bool
    about: frozenset[str]
    cases: frozenset[str]
    start: int
    end: int


def claims_of(text: str) -> tuple[Claim, ...]:
    """What a text says is needed or allowed, or not, where no condition stands with it."""
    found = []
    for sentence in _SENTENCE.finditer(half(text)):
        if _CONDITION.search(sentence.group()):
            continue
        for clause in _CLAUSE.finditer(sentence.group()):
            at = sentence.start() + clause.start()
            for kind, pattern in (("need", _NEED), ("may", _MAY)):
                said = list(pattern.finditer(clause.group()))
                if len(said) != 1:
                    continue
                one = said[0]
                rest = clause.group()[: one.start()] + _GAP + clause.group()[one.end() :]
                found.append(
                    Claim(kind, one[2] is not None, shingles(rest), cases_of(rest),
                          at + one.start(), at + one.end())
                )  # fmt: skip
    return tuple(found)


# Papers asked for -----------------------------------------------------------------------------------


def papers_of(text: str) -> tuple[tuple[str, int, int], ...]:
    """The papers a text asks for, each with where it stands; empty where it has not exactly one list of them."""
    plain = half(text)
    lists: list[tuple[int, int, list[tuple[str, int, int]]]] = []
    for lead in _PAPERS.finditer(plain):
        at = lead.end()
        if any(start <= at <= end for start, end, _items in lists):
            continue
        rest = plain[at:]
        listed = list(_LISTED.finditer(plain, max(lead.end() - 2, 0)))
        if listed and not plain[at : listed[0].start()].strip() and len(listed) > 1:
            items = _lines(plain, listed)
        else:
            end = at + len(re.split(r"[。；;！!？?\n]", rest, maxsplit=1)[0])
            items = _named(plain, at, end)
        if len(items) >= 2:
            lists.append((items[0][1], items[-1][2], items))
    return tuple(lists[0][2]) if len(lists) == 1 else ()


def _lines(plain: str, listed: list[re.Match[str]]) -> list[tuple[str, int, int]]:
    found = []
    for number, each in enumerate(listed):
        end = (
            listed[number + 1].start() if number + 1 < len(listed) else plain.find("\n", each.end())
        )
        found += _named(plain, each.end(), end if end >= 0 else len(plain))
    return found


def _named(plain: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """What of a stretch are papers by their names."""
    found = []
    for each in re.finditer(r"[^、，,和及与或;；()（）]+", plain[start:end]):
        name = each.group().strip()
        if len(name) < 2 or len(name) > 20 or not _PAPER.search(name):
            continue
        begin = start + each.start() + each.group().index(name)
        found.append((name, begin, begin + len(name)))
    return found


def marked(text: str, spans: list[tuple[int, int]]) -> tuple[Part, ...]:
    """A text in pieces, those that differ marked; together they are the text."""
    parts: list[Part] = []
    at = 0
    for start, end in sorted(spans):
        if start < at:
            continue
        if start > at:
            parts.append(Part(text[at:start], False))
        parts.append(Part(text[start:end], True))
        at = end
    if at < len(text):
        parts.append(Part(text[at:], False))
    return tuple(parts)
