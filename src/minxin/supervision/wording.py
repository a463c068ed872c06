"""What the room's answers are called."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from minxin.supervision.rules.backtests import Change
from minxin.supervision.rules.clock import Level, Why
from minxin.supervision.rules.duties import Matter
from minxin.supervision.rules.measures import Advice, Measure
from minxin.supervision.rules.packs import Certainty, Limit, Severity, Step, Unit
from minxin.supervision.rules.proofs import LinkFailure, Proof, ProofKind
from minxin.supervision.rules.rectification import Act, Origin, State
from minxin.supervision.rules.rectification import Why as Barred
from minxin.supervision.rules.sources import SOURCES as ABOUT
from minxin.supervision.rules.sources import Grade, Kind, Source

STEPS: Mapping[Step, Any] = {
    Step.NOTICE: _("提示"),
    Step.REMINDER: _("提醒"),
    Step.ALARM: _("预警"),
    Step.RED: _("红色预警"),
}
LEVELS: Mapping[Level, Any] = {
    Level.FRESH: _("正常"),
    Level.NOTICE: _("提示"),
    Level.REMINDER: _("提醒"),
    Level.ALARM: _("预警"),
    Level.RED: _("红色预警"),
    Level.OVERDUE: _("超期，待人工确认"),
    Level.ZOMBIE: _("疑似僵尸账号"),
    Level.UNKNOWN: _("情况不明"),
    Level.CONTRADICTORY: _("来源矛盾，待人工核对"),
    Level.EXEMPT: _("不适用"),
}
CERTAINTY: Mapping[Certainty, Any] = {
    Certainty.NATIONAL: _("国家规定"),
    Certainty.LOCAL: _("地方规定"),
    Certainty.PROPOSED: _("系统建议"),
}
SEVERITY: Mapping[Severity, Any] = {
    Severity.VETO: _("单项否决"),
    Severity.MAJOR: _("较重"),
    Severity.MINOR: _("一般"),
}
CHANGES: Mapping[Change, Any] = {
    Change.ADDED: _("新列为问题"),
    Change.REMOVED: _("不再列为问题"),
    Change.SHIFTED: _("时间不同"),
    Change.STEPS: _("只是提醒不同"),
}
LIMITS: Mapping[Unit, Any] = {
    Unit.HOURS: _("%(amount)s 小时"),
    Unit.WORKING_DAYS: _("%(amount)s 个工作日"),
    Unit.PERCENT: _("%(amount)s%%"),
}
MATTERS: Mapping[Matter, Any] = {
    Matter.FIRST_WORD: _("首次发布权威信息"),
    Matter.PRESS: _("举行新闻发布会"),
    Matter.RESPONSE: _("首次回应"),
    Matter.REPLY: _("答复"),
    Matter.EXTENDED: _("延期后答复"),
    Matter.THIRD_PARTY: _("第三方提出意见"),
    Matter.CORRECTION: _("告知补正"),
}
STATES: Mapping[State, Any] = {
    State.OPEN: _("待通知"),
    State.NOTIFIED: _("待签收"),
    State.SIGNED: _("整改中"),
    State.ANSWERED: _("待审核"),
    State.REVIEWED: _("待复查"),
    State.DISPUTED: _("申辩待裁定"),
    State.CLOSED: _("已销号"),
    State.WITHDRAWN: _("已撤销"),
}
ORIGINS: Mapping[Origin, Any] = {
    Origin.CANDIDATE: _("系统发现，人工确认"),
    Origin.CAMPAIGN_CHECK: _("检查"),
    Origin.LOOKBACK: _("存量回头看"),
    Origin.MANUAL: _("人工登记"),
}
ACTS: Mapping[Act, Any] = {
    Act.OPEN: _("登记问题"),
    Act.ISSUE: _("发出整改通知单"),
    Act.REISSUE: _("账号移交，改发整改通知单"),
    Act.SIGN: _("签收"),
    Act.ANSWER: _("反馈整改情况"),
    Act.APPROVE: _("审核通过"),
    Act.RETURN: _("退回重新整改"),
    Act.CLOSE: _("复查合格，销号"),
    Act.REOPEN: _("重新整改"),
    Act.DISPUTE: _("提出误报或申辩"),
    Act.ACCEPT: _("申辩成立，撤销问题"),
    Act.UPHOLD: _("申辩不成立，继续整改"),
    Act.ASK_EXTENSION: _("申请延期"),
    Act.GRANT: _("同意延期"),
    Act.REFUSE: _("不同意延期"),
    Act.SETTLE: _("账号已注销，随账号销号"),
}
BARRED: Mapping[Barred, Any] = {
    Barred.NOT_NOW: _("这个问题现在不能这样处理，可能刚刚有人处理过。请看最新状态。"),
    Barred.MOVED: _("账号已移交给别的单位，请等监管单位向新的主办单位改发通知单。"),
    Barred.NOT_MOVED: _("通知单已经发给账号现在的主办单位，不需要改发。"),
    Barred.GONE: _("账号已注销，不能再要求整改；可以随账号销号。"),
    Barred.NOT_GONE: _("账号还没有注销，不能随账号销号。"),
    Barred.OWN: _("您自己提交的内容，要由另一个人审核。"),
    Barred.LATE: _("整改期限已过，延期要在期限之前申请。"),
    Barred.WAITS: _("已经申请过延期，正在等监管单位答复。"),
    Barred.NONE_WAITS: _("没有待答复的延期申请。"),
    Barred.NO_REASON: _("请写明理由，至少 4 个字。"),
}
# What a person may find herself; the names are those of the proposed rules by our own proposal.
BY_HAND: Mapping[str, Any] = {
    "content.serious": _("严重表述错误"),
    "content.wording": _("文字差错"),
    "content.privacy": _("泄露个人信息"),
    "content.badlink": _("链接到不良内容"),
    "content.ad": _("页面有商业广告"),
    "interact.none": _("没有有效的互动入口"),
    "interact.menu_dead": _("菜单链接打不开"),
    "other": _("其他问题"),
}
MEASURES: Mapping[Measure, Any] = {
    Measure.EDIT: _("编辑修改"),
    Measure.DELETE: _("删除"),
    Measure.CORRECT: _("发布更正"),
    Measure.REPUBLISH: _("补发内容"),
    Measure.CANCEL: _("申请注销账号"),
    Measure.OTHER: _("其他"),
}
ADVICE: Mapping[Advice, Any] = {
    Advice.EDITS_ARE_LIMITED: _(
        "公众号内容发布后能修改的地方很有限，以公众平台当时的提示为准；改不了的请删除，需要时另发更正。"
    ),
    Advice.DO_NOT_EDIT: _("这类问题不宜只改几个字，请删除原内容，需要时另发更正。"),
}
PROOFS: Mapping[ProofKind, Any] = {
    ProofKind.NEWER_ITEM: _("发现问题之后有更新：%(at)s《%(title)s》（%(source)s）。"),
    ProofKind.REPORTED_ITEM: _("单位自报 %(at)s 有更新，还没有接口或检查人的记录，请核对。"),
    ProofKind.NO_NEWER_ITEM: _("发现问题之后还没有查到更新。"),
    ProofKind.NO_LONGER_HIT: _("按现在掌握的情况，这个问题已不存在。"),
    ProofKind.STILL_HIT: _("按现在掌握的情况，这个问题仍然存在。"),
    ProofKind.LINK_GONE: _("菜单已于 %(at)s 重新发布，其中没有原来的链接。"),
    ProofKind.LINK_THERE: _("最近一次发布的菜单里还有原来的链接。"),
    ProofKind.LINK_OPENS: _("系统于 %(at)s 打开链接正常（%(said)s）：%(url)s"),
    ProofKind.LINK_DEAD: _("系统于 %(at)s 打开链接，页面不存在（%(said)s）：%(url)s"),
    ProofKind.LINK_UNSEEN: _(
        "系统于 %(at)s 没能打开链接（%(said)s），也可能是本机网络的原因，请由人打开看：%(url)s"
    ),
    ProofKind.ACCOUNT_GONE: _("台账记载账号已注销。"),
    ProofKind.CANNOT_TELL: _("系统不能自动判断，须由人查看并附证据。"),
}
LINK_FAILURES: Mapping[LinkFailure, Any] = {
    LinkFailure.BAD_ADDRESS: _("网址写法不对"),
    LinkFailure.NO_SUCH_NAME: _("找不到这个域名"),
    LinkFailure.NOT_PUBLIC: _("不是公开的网址，系统不打开"),
    LinkFailure.UNREACHABLE: _("连接不上"),
    LinkFailure.TOO_SLOW: _("10 秒内没有响应"),
    LinkFailure.BAD_CERTIFICATE: _("网站证书有误"),
    LinkFailure.TOO_MANY_REDIRECTS: _("跳转次数太多"),
}
EVIDENCE: Mapping[str, Any] = {
    "link": _("链接"),
    "capture": _("截图"),
    "date_seen": _("查看时间和所见的最近更新"),
    "register": _("台账记载"),
}
SOURCES: Mapping[Source, Any] = {
    Source.MASS_EVENT: _("微信群发结果通知"),
    Source.PUBLISH_EVENT: _("微信发布结果通知"),
    Source.PUBLISHED_LIST: _("微信已发布列表"),
    Source.ARTICLE_FIGURES: _("微信文章数据"),
    Source.OWN_PUBLISHING: _("本系统发布"),
    Source.INSPECTOR: _("检查人查看"),
    Source.SELF_REPORT: _("单位自报"),
    Source.PATROL: _("巡查"),
}
GRADES: Mapping[Grade, Any] = {
    Grade.INTERFACE: _("A 接口"),
    Grade.CHECKED: _("B 人工核对"),
    Grade.REPORTED: _("C 单位自报"),
    Grade.PATROL: _("D 巡查"),
}
KINDS: Mapping[Kind, Any] = {Kind.PUSHED: _("推送"), Kind.PUBLISHED: _("发布（未推送）")}
WHY: Mapping[Why, Any] = {
    Why.NOT_BOUND: _("没有适用于这个账号的更新规则（系统归属、状态或平台不在规则范围内）。"),
    Why.CLOCK_SET_BACK: _(
        "本机时间早于已有的查看记录，时钟可能被调慢。请先校准时间，在此之前不下结论。"
    ),
    Why.NEVER_LOOKED: _("还没有可靠的来源查看过这个账号，不能判断是否更新。"),
    Why.LOOK_TOO_OLD: _("最近一次查看已超过 3 天，之后是否更新不清楚，所以不下结论。"),
    Why.LOOK_HAS_GAP: _("已知的最近一条更新之后有一段时间没有查看过，这段时间不计入。"),
    Why.LOOK_TOO_SHORT: _("查看的时间还不够长，没有查到更新不等于没有更新。"),
    Why.RECENT_ITEM: _("近期有更新。"),
    Why.SILENT_DAYS: _("从最近一条更新起一直有查看，没有查到新的更新。"),
    Why.WAITS_FOR_LOOK: _("按时间已到限，但来源只查看到稍早的时候，等查看到限期之后再列为超期。"),
    Why.LIMIT_PASSED: _("在完整查看过的时间里没有更新，已到规则的限期。须由人确认并附证据。"),
    Why.NO_ITEM_FOUND: _("查看过的时间里没有查到任何更新。"),
    Why.DISPUTED_ITEM: _(
        "有来源说更新过，但本应查到它的另一来源没有查到，是否超期取决于它，请人工核对。"
    ),
    Why.FUTURE_ITEM: _("有更新记录的时间在将来，可能是时间有误，请人工核对。"),
}


def limit_said(limit: Limit | None) -> str:
    """What a duty allows, in words; empty for a rule without."""
    if limit is None:
        return ""
    amount = str(LIMITS[limit.unit]) % {"amount": limit.amount}
    return f"{MATTERS[Matter(limit.matter)]} {amount}" if limit.matter else amount


def why_said(codes: Iterable[str]) -> list[str]:
    """Why the clock says what it says, as sentences."""
    return [str(WHY[Why(code)]) for code in codes]


def source_said(source: str) -> str:
    """A source's name; empty for none."""
    return str(SOURCES[Source(source)]) if source else ""


def grade_of(source: str) -> str:
    """How far a source is believed, in words."""
    return str(GRADES[ABOUT[Source(source)].grade]) if source else ""


def graded(grade: str) -> str:
    """A grade, by its letter, in words; nothing for none."""
    return str(GRADES[Grade(grade)]) if grade else ""


def proof_said(proof: Proof) -> str:
    """What the system found, as a sentence."""
    return str(PROOFS[proof.kind]) % dict(proof.facts)


def link_said(status: int | None, failure: str) -> str:
    """How an address answered, in a word."""
    return str(LINK_FAILURES[LinkFailure(failure)]) if failure else f"HTTP {status}"


# What may be wrong with the shape of an area (`rules.area`).
AREA_FAULTS = (
    gettext_noop("文件要是一个FeatureCollection。"),
    gettext_noop("文件里没有图形。"),
    gettext_noop("图形超过 %(most)s 个。"),
    gettext_noop("区划代码 %(code)s 出现了两次。"),
    gettext_noop("坐标点超过 %(most)s 个，请先简化。"),
    gettext_noop("第 %(n)s 个图形不是对象。"),
    gettext_noop("第 %(n)s 个图形没有区划代码（properties里的code，6、9或12位数字）。"),
    gettext_noop("第 %(n)s 个图形没有名称（properties里的name）。"),
    gettext_noop("“%(name)s”的图形要是Polygon或MultiPolygon。"),
    gettext_noop("“%(name)s”的坐标不完整。"),
    gettext_noop("“%(name)s”的坐标不是数字。"),
    gettext_noop("“%(name)s”的边界没有闭合。"),
)
