"""What is left out of a question because it was just talked about: 那需要什么材料？ 在哪办？ 我是外地户口呢？ Pure.

One rule: such words carry an aspect, or a condition, and nothing else that could be asked for. 身份证要什么材料
names its matter and is no follow-up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from minxin.text.answers import AnswerBundle, Passage, Sentence

# Of longer words nobody leaves out what they are about.
LONGEST = 20


@dataclass(frozen=True, slots=True)
class Aspect:
    """What is asked of the matter: `name` as it is said back, `words` that are added to the matter when it is
    looked up, `tells` finds a sentence that tells it. A condition (外地户口) has no sentence of its own kind."""

    name: str
    words: str
    tells: re.Pattern[str]
    is_condition: bool = False


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    words: str
    asks: str
    tells: str


_KINDS = (
    _Kind(
        "需要的材料", "需要什么材料",
        r"(?:都)?(?:需要|要|准备|带|提交|提供|得带|要带|需带|需要带|需要准备|要准备|需要提供|要提供)?(?:些)?(?:什么|哪些|啥|多少)(?:材料|资料|证件|手续|东西|证明)|(?:要|需要)?(?:带|准备)(?:什么|啥|些什么)|材料|资料|手续",
        r"材料|证件|资料|户口簿|身份证|证明|原件|复印件|携带|提交|出示|需要[：:]|所需",
    ),
    _Kind(
        "办理地点", "在哪里办理",
        r"(?:在|去|到|上)?(?:哪|哪里|哪儿|哪个地方|什么地方|哪个部门|哪个窗口|哪个单位)(?:能|可以)?(?:办|办理|申请|交|领|弄|去|问)?|(?:办理)?(?:地址|地点|窗口)(?:在哪|在哪里|是哪|是什么)?|找谁(?:办)?|找哪个部门",
        r"派出所|大厅|中心|窗口|地址|到.{0,12}办|部门|网点|营业厅|门店|社区",
    ),
    _Kind(
        "费用", "多少钱收费",
        r"(?:要|收|需要|得)?(?:多少钱|多少费用|几块钱|几多钱)|(?:要|收|需要|用)?(?:不要)?(?:钱|收费|交钱|花钱|费用)(?:不|没有|多少|是多少)?|收不收费|要不要钱|免费",
        r"元|免费|收费|费用|工本费|不收",
    ),
    _Kind(
        "办理时间", "多长时间办好",
        r"(?:要|需要|得|大概|一般)?(?:多久|多长时间|几天|多少天|几个工作日|多少个工作日|什么时候)(?:能|可以|才能)?(?:办|办好|办完|办理|拿到|下来|出来|取|领|到账)?|(?:办理)?(?:时限|期限)(?:是)?(?:多久|多少)?",
        r"工作日|当场|即时|\d+\s*[天日]|个月|日内|天内|时限",
    ),
    _Kind(
        "办公时间", "什么时间办公",
        r"(?:几点|什么时间|什么时候)(?:上班|开门|下班|关门|办公)(?:到几点)?|(?:周末|周六|周日|星期六|星期天|节假日|中午)(?:上班|开门|能办|可以办|办理|办)?|上班时间|办公时间|工作时间",
        r"上午|下午|周一|周六|周末|节假日|\d{1,2}[:：]\d{2}|工作日.{0,4}办",
    ),
    _Kind(
        "能不能网上办", "网上办理",
        r"(?:能|可以|可不可以|能不能|是否可以)?(?:在)?(?:网上|线上|手机上|手机|微信上|微信|小程序)(?:上)?(?:能|可以|可不可以|能不能)?(?:办|办理|申请|弄|交|查|预约)?",
        r"网上|线上|手机|小程序|微信|APP|app|网站|平台",
    ),
    _Kind(
        "能不能代办", "可以代办",
        r"(?:能|可以|可不可以|能不能)?(?:找人|让人|家人|别人|帮人|代)(?:能|可以)?(?:代办|代为办理|代理|代领|帮忙办|办|办理|领)|代办",
        r"代办|代为|委托|代领|本人",
    ),
    _Kind(
        "联系电话", "咨询电话",
        r"(?:咨询|联系|办公|打)?(?:电话|号码)(?:是)?(?:多少|几|什么)?|打什么电话|怎么联系",
        r"电话|热线|拨打|\d{3,4}-\d{7,8}|12345",
    ),
)  # fmt: skip
_LEAD = r"(?:那么?|那就|请问|还有|另外|对了|然后|哦|噢|好的?|嗯)*[,，、 ]*(?:我|这个?|它|都)?(?:办理|办|弄)?(?:的话)?"
_TAIL = r"(?:呢|吗|啊|呀|嘛|么|了|的)*"
_ASPECTS = tuple(
    (
        re.compile(f"{_LEAD}(?:{kind.asks}){_TAIL}"),
        Aspect(kind.name, kind.words, re.compile(kind.tells)),
    )
    for kind in _KINDS
)
_CONDITION = re.compile(
    r"(?:那么?|那|请问|还有)?[,，、 ]*(?:(?:如果|要是|假如|假设|万一)(?:我|他|她|是|我是|他是|她是)?|我(?:们)?(?:是|家是)|(?:他|她)是)(?P<if>[^?？。!！]{2,14}?)"
    r"(?:呢|的话(?:呢)?|怎么办|咋办|行吗|可以吗|能办吗)"
)
_SENTENCE = re.compile(r"[^。！？；;\n]*(?:[。！？；;]|\n|$)")
_ITEM = re.compile(r"\s*(?:[(（]?[0-9一二三四五六七八九十]{1,2}[.、)）．]|[-•·])")


def followed_up(words: str) -> Aspect | None:
    """What normalised words without stops around them ask of a matter they do not name; None when they name one, or ask nothing."""
    if not 1 < len(words) <= LONGEST:
        return None
    for asks, aspect in _ASPECTS:
        if asks.fullmatch(words):
            return aspect
    if words[-1] in "呢话办吗":
        found = _CONDITION.fullmatch(words)
        if found is not None:
            said = found["if"].strip()
            return Aspect(said, said, _any_of(said), is_condition=True)
    return None


def _any_of(said: str) -> re.Pattern[str]:
    """Sentences about a condition hold it, or all but its last characters (外地户口, 外地户籍)."""
    parts = {said, said.removesuffix("的"), said[: max(2, len(said) - 2)]}
    return re.compile("|".join(map(re.escape, sorted(parts, key=len, reverse=True))))


def told(text: str, aspect: Aspect, most: int = 3) -> AnswerBundle | None:
    """The sentences of an answer that tell an aspect, at most `most` and the items under a head that ends with a
    colon; None when none does. They are cut out of the answer, never made."""
    found: list[Sentence] = []
    heads = False
    for start, end in _sentences(text):
        part = text[start:end]
        is_item = _ITEM.match(part) is not None
        if heads and is_item:
            found.append(Sentence("answer", start, end, part.strip()))
            continue
        heads = False
        if len(found) < most and aspect.tells.search(part):
            found.append(Sentence("answer", start, end, part.strip()))
            heads = part.rstrip().endswith(("：", ":"))
    if not found:
        return None
    return AnswerBundle(tuple(found), (Passage("answer", text),))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    for each in _SENTENCE.finditer(text):
        if each.group().strip():
            yield each.start(), each.end()
