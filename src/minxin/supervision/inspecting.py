"""What the words of an inspection are; beside `wording.py`, which has those of updates."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from minxin.supervision.rules.inspection import Barred, Mark, Purpose, Standing, State
from minxin.supervision.rules.sampling import Method

PURPOSES: Mapping[Purpose, Any] = {
    Purpose.QUARTERLY: _("季度检查"),
    Purpose.SPOT: _("抽查"),
    Purpose.SELF: _("自查"),
}
STANDINGS: Mapping[Standing, Any] = {
    Standing.RUNNING: _("检查中"),
    Standing.SIGNED: _("已签发"),
    Standing.CANCELLED: _("已取消"),
}
STATES: Mapping[State, Any] = {
    State.WAITING: _("待检查"),
    State.SECOND: _("待复核"),
    State.UPHELD: _("待送达单位"),
    State.RELEASED: _("待单位申辩"),
    State.DEFENDED: _("待裁定"),
    State.SETTLED: _("已定"),
    State.WITHDRAWN: _("不再检查"),
}
METHODS: Mapping[Method, Any] = {
    Method.WHOLE: _("全部检查"),
    Method.PROPORTIONAL: _("按比例分层抽样，每层至少一个"),
    Method.SHARE: _("每层抽固定比例，每层至少一个"),
}
MARKS: Mapping[Mark, Any] = {
    Mark.PASSES: _("合格"),
    Mark.FAILS: _("不合格"),
    Mark.DOES_NOT_APPLY: _("不适用"),
    Mark.UNCLEAR: _("看不清"),
}
STRATA: Mapping[str, Any] = {
    "platform": _("平台"),
    "place": _("区划"),
    "agency": _("单位"),
    "level": _("层级"),
}
LINES: Mapping[str, Any] = {
    "update.stale": _("内容更新"),
    "interact.none": _("有效互动功能"),
    "interact.fake": _("弄虚作假"),
    "content.serious": _("严重表述错误"),
    "content.secret": _("泄露国家秘密"),
    "content.badlink": _("反动、暴力、色情等内容或链接"),
    "content.outcry": _("内容不当引发严重负面舆情"),
    "account.uncertified": _("账号认证"),
    "account.unfiled": _("备案"),
    "account.duplicate_platform": _("同一平台账号数量"),
    "content.privacy": _("个人信息"),
    "content.ad": _("商业广告"),
    "relay.rate": _("重要信息转载"),
    "opinion.first": _("政务舆情首次回应"),
    "disclosure.due": _("依申请公开答复"),
    "reply.overdue": _("市民咨询答复"),
}
BARRED: Mapping[Barred, Any] = {
    Barred.NOT_NOW: _("这个账号现在不在这一步，可能刚刚有人处理过，请刷新页面。"),
    Barred.INCOMPLETE: _("还有指标没有结论，请逐项给出结论再提交。"),
    Barred.UNCLEAR: _("还有看不清的指标，不能定下来，请退回再查。"),
    Barred.SAME_PERSON: _("检查和复核、裁定须由不同的人办理。"),
    Barred.OWN_UNIT: _("这是您所在单位的账号，须由别人检查。"),
    Barred.TOO_LATE: _("申辩期限已过。"),
    Barred.TOO_EARLY: _("申辩期限还没有到，请等单位申辩。"),
}
