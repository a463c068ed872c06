"""What the steps of a filing are called."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from minxin.accounts.rules.filing_presets import Certainty, Counted
from minxin.accounts.rules.lifecycle import Act, Kind, Obstacle, Step

KINDS: Mapping[Kind, Any] = {
    Kind.OPEN: _("开设备案"),
    Kind.CHANGE: _("变更备案"),
    Kind.CLOSE: _("关停备案"),
    Kind.CANCEL: _("注销备案"),
}
# What a filing waits for.
STEPS: Mapping[Step, Any] = {
    Step.SIGN: _("待单位签字"),
    Step.APPROVE: _("待主管单位审核"),
    Step.PLATFORM: _("待平台办理"),
    Step.ANNOUNCE: _("待发布公告"),
    Step.REPORT: _("待全国系统登记"),
    Step.DONE: _("已办结"),
    Step.WITHDRAWN: _("已撤回"),
}
# A step by its name.
NAMES: Mapping[Step, Any] = {
    Step.SIGN: _("单位负责人签字"),
    Step.APPROVE: _("主管单位审核"),
    Step.PLATFORM: _("平台办理"),
    Step.ANNOUNCE: _("发布公告"),
    Step.REPORT: _("全国系统登记"),
}
# What one does to take a step.
DOING: Mapping[Step, Any] = {
    Step.SIGN: _("登记签字，报主管单位"),
    Step.APPROVE: _("审核同意"),
    Step.PLATFORM: _("登记平台办理结果"),
    Step.ANNOUNCE: _("登记公告"),
    Step.REPORT: _("登记全国系统备案"),
}
ACTS: Mapping[Act, Any] = {
    Act.BEGIN: _("发起备案"),
    Act.ARISE: _("因台账变动产生"),
    Act.AMEND: _("修改备案内容"),
    Act.HAPPEN: _("台账已变动"),
    Act.SIGN: _("单位负责人签字"),
    Act.APPROVE: _("主管单位审核同意"),
    Act.PLATFORM: _("平台办理完成"),
    Act.ANNOUNCE: _("公告已发布"),
    Act.REPORT: _("全国系统已登记"),
    Act.RETURN: _("主管单位退回"),
    Act.WITHDRAW: _("撤回"),
    Act.SETTLE: _("台账已有备案号，办结"),
}
CHANGES: Mapping[str, Any] = {
    "name": _("账号名称"),
    "agency": _("主办单位"),
    "status": _("账号状态"),
    "other": _("其他事项"),
}
CERTAINTY: Mapping[Certainty, Any] = {
    Certainty.NATIONAL: _("国家规定"),
    Certainty.LOCAL: _("地方规定"),
    Certainty.PROPOSED: _("本平台建议"),
}
COUNTED: Mapping[Counted, Any] = {
    Counted.WORKING: _("个工作日"),
    Counted.NATURAL: _("日（自然日）"),
}
OBSTACLES: Mapping[Obstacle, Any] = {
    Obstacle.UNDER_WAY: _("这个账号已有同一种备案正在办理。"),
    Obstacle.ALREADY_OPEN: _("这个账号的开设备案已经办结。"),
    Obstacle.NOT_YET_OPEN: _("账号还没有开设，请先办理开设备案。"),
    Obstacle.GONE: _("账号已注销。重新开设须另行备案登记。"),
    Obstacle.CLOSING: _("账号在关停中，不再办理开设备案。"),
    Obstacle.CLOSED_ALREADY: _("关停备案已经办结，下一步是注销备案。"),
    Obstacle.NOT_CLOSING: _("请先办理关停备案，账号进入关停中再注销。"),
    Obstacle.NOT_CLOSED_YET: _("关停备案还没有办结，不能注销。"),
    Obstacle.NOT_ANNOUNCED: _("还没有登记停更公告，不能注销。请先在关停备案里登记公告。"),
}
