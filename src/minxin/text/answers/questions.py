"""What kind of answer a question wants, and which of its words say what it is about."""

import re
from dataclasses import dataclass
from enum import StrEnum

from minxin.text.segmentation import FORM, bare, bigrams, normal, words


class Kind(StrEnum):
    """What is asked for; the first that fits, in the order of `_ASKED`."""

    MATERIALS = "materials"
    HOW_MUCH = "how_much"
    HOW_MANY = "how_many"
    WHEN = "when"
    HOW_LONG = "how_long"
    CONTACT = "contact"
    WHERE = "where"
    WHO = "who"
    WHY = "why"
    MAY_I = "may_i"
    HOW = "how"
    WHICH = "which"
    WHAT = "what"


# Read in this order: `需要什么材料` asks for materials though 什么 alone asks what.
_ASKED = (
    (Kind.MATERIALS, r"(?:什么|哪些|啥|何种|哪几[样种])(?:申[请报])?(?:材料|资料|证件|证明|手续|文件|单证)"
                     r"|(?:材料|证件|资料)(?:有|是|包括|要)?(?:哪些|什么|啥)|带(?:什么|啥|哪些)"),
    (Kind.CONTACT, r"(?:电话|热线|号码|网址|网站|邮箱|地址|微信号|公众号|链接)"
                   r"(?:是|有)?(?:什么|多少|哪|几)|(?:什么|哪个|哪些|多少)(?:号码|电话|热线|网址|网站|邮箱|平台)"
                   r"|打(?:什么|哪个|多少)"),
    (Kind.HOW_MUCH, r"多少(?:钱|元|万|亿|费|补[贴助]|资金|奖励)|(?:比例|标准|金额|额度|利率|费率|价格|税率|数额|上限)"
                    r"[^，。]{0,6}(?:多少|什么|怎么?样?|几|如何|多高)|多[高大](?:比例|额度|标准)|几折|百分之几|多大"
                    r"|(?:补[贴助]|奖励|捐[款赠]|收费|罚款|支持|投[入资]|贷款)[^，。]{0,12}多少(?!家|人|条|项|个|种|名)"),
    (Kind.HOW_LONG, r"多长时间|多久|多少[天日年]|几(?:天|日|年|个?月|个?工作日|小时)|期限|有效期|时限"),
    (Kind.WHEN, r"什么时[候间]|何时|哪[天日年月]|几[点号月时]|时间(?:是|为|有|安排)?(?:什么|哪|多少|如何|怎)"
                r"|(?:日期|截止|开始)[^，。]{0,4}(?:什么|哪|几)|哪个时间|哪段时间|什么日期|什么时段"),
    (Kind.HOW_MANY, r"多少|几(?:家|人|条|项|个|种|名|方面|大类|类|次|所|批|台|户|支|例|件|场|级|步|部门)|数量"),
    (Kind.WHERE, r"哪里|哪儿|(?:在|去|到)哪(?![家个些项种])|(?<!如)何处(?!理)|什么(?:地方|地点|位置|窗口|场所)|地[点址](?:是|在)|哪个(?:地方|窗口|市|省|区|县|地区|城市)"),
    (Kind.WHO, r"谁|哪(?:个|些|家|几个|几家)?(?:单位|部门|机构|人|公司|企业|银行|医院|机关|群体|人员|对象)"
               r"|由哪|什么(?:人|单位|部门|机构|公司|企业|对象|条件的人)|何人"),
    (Kind.WHY, r"为什么|为何|为啥|(?:原因|理由)(?:是|有)?(?:什么|哪|啥)|什么(?:原因|理由)|怎么会|何故|因何"),
    (Kind.MAY_I, r"(?:吗|(?<![什怎那这多要])么)[?？。!！]*\Z|是否|能不能|可不可以|可否|能否|有没有|是不是|要不要|会不会|需不需要|用不用|算不算|行不行"),
    (Kind.HOW, r"怎[么样]|如何|咋|怎办|什么(?:方式|办法|方法|途径|流程|程序|步骤|渠道|措施|手段|举措|做法|方案)"
               r"|(?:哪些|何种|哪种)(?:方式|办法|方法|途径|渠道|措施|手段|举措|做法|步骤|行动)"
               r"|什么[^，。]{0,8}(?:措施|举措|办法|方式|做法)|有何[^，。]{0,8}(?:措施|举措|办法|做法)"
               r"|(?:流程|程序|步骤|措施)(?:是|有)?(?:什么|哪些|怎)"),
    (Kind.WHICH, r"哪[些几]|包括(?:什么|哪)|有哪|哪一|哪个|哪项|哪类|哪种"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _ASKED)
# What carries the question and stands in no answer.
_ASKING = re.compile(
    r"什么时[候间]|什么样的|什么|哪些|哪[里儿]|哪[个家种类项天日几]|如何|怎么样|怎样|怎么|多少|多久|多长时间|是否"
    r"|为什么|为何|能不能|可不可以|有没有|有哪|[吗呢么?？]|请问|谁|何时|何种|几[个种项条家]|咋|啥"
)

# What an answer of a kind nearly always holds.
_AMOUNT = r"[\d一二三四五六七八九十百千万两]+(?:\.\d+)?\s*(?:%|％|万?亿?元|万|亿|折|个百分点|倍|美元|港元)|免[收费除]|全额|减半|百分之"
_DATE = r"\d{1,4}\s*[年月]|\d{1,2}\s*[日号时点]|\d{1,2}[:：]\d{2}|[一二三四五六七八九十]+月|[上下]午|起至|之日|工作日|(?:星期|周)[一二三四五六日]|期间|结束后|以前|之前|当[天日]"
SIGNS = {
    Kind.MATERIALS: re.compile(r"材料|证明|身份证|户口|申请[表书]|复印件|原件|证件|执照|合同|单据|票据|记录"),
    Kind.HOW_MUCH: re.compile(_AMOUNT),
    Kind.HOW_MANY: re.compile(r"[\d一二三四五六七八九十百千万两]+(?:余|多)?(?:家|人|条|项|个|种|名|次|所|批|台|户|支|例|件|场|级|步|万|亿|吨|只|辆|%)"),
    Kind.WHEN: re.compile(_DATE),
    Kind.HOW_LONG: re.compile(r"[\d一二三四五六七八九十半两]+\s*(?:个?工作日|个?月|天|日|年|小时|周|分钟)|长期|永久|不限|结束"),
    Kind.CONTACT: re.compile(r"\d{5,}|\d{3,4}-\d{7,8}|https?:|www\.|@|网站|网|热线|电话|APP|公众号|小程序|平台", re.IGNORECASE),
    Kind.WHERE: re.compile(r"[省市县区镇乡村路号楼街道]|窗口|大厅|中心|网站|平台|机场|医院|现场|地区"),
    Kind.WHO: re.compile(r"[局委部厅院所会司]|公司|企业|人员|单位|部门|机构|中心|者|银行|集团|职工|医院|学校|政府|小组"),
    Kind.WHY: re.compile(r"因|由于|为了|以便|避免|原因|是因为|鉴于|考虑到|为|影响"),
    Kind.MAY_I: re.compile(r"可以|不得|不能|不可|无需|不需|应当|可[^能]|允许|禁止|必须|须|需要|不[会用予宜必]|会|能|没有"),
    Kind.HOW: re.compile(r"应|可|通过|采取|实行|实施|建立|推动|加强|给予|开展|落实|对.{2,20}的|登录|拨打|申请|提[供交]|予以|按"),
    Kind.WHICH: re.compile(r"、|包括|以及|等|；"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is compared: `matter` without the asking words, as bigrams and words."""

    text: str
    kind: Kind
    grams: tuple[str, ...]
    words: tuple[str, ...]


def read_question(text: str) -> Question:
    """The kind and the matter of a question; nothing in it is looked up anywhere."""
    plain = bare(normal(text.strip()))
    matter = _ASKING.sub(" ", plain)
    grams = tuple(dict.fromkeys(bigrams(matter))) or tuple(dict.fromkeys(bigrams(plain)))
    said = tuple(dict.fromkeys(word for word in words(matter) if word not in FORM))
    return Question(plain, kind_of(plain), grams, said)


def kind_of(question: str) -> Kind:
    """What a question asks for; `WHAT` when no pattern says more."""
    for kind, pattern in _PATTERNS:
        if pattern.search(question):
            return kind
    return Kind.WHAT
