"""What the room's answers are called."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from minxin.supervision.rules.clock import Level, Why
from minxin.supervision.rules.packs import Certainty, Severity, Step
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


def why_said(codes: Iterable[str]) -> list[str]:
    """Why the clock says what it says, as sentences."""
    return [str(WHY[Why(code)]) for code in codes]


def source_said(source: str) -> str:
    """A source's name; empty for none."""
    return str(SOURCES[Source(source)]) if source else ""


def grade_of(source: str) -> str:
    """How far a source is believed, in words."""
    return str(GRADES[ABOUT[Source(source)].grade]) if source else ""


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
