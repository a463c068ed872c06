"""What interaction probes are called, and their sentences."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from minxin.supervision.rules.probing import Barrier, Outcome, StepKind, Verdict, Why

KINDS: Mapping[StepKind, Any] = {
    StepKind.MENU_LINK: _("菜单链接"),
    StepKind.MENU_KEY: _("菜单按键"),
    StepKind.MESSAGE: _("发消息"),
    StepKind.FORM: _("诉求表单"),
    StepKind.HUMAN_REPLY: _("人工答复"),
}
OUTCOMES: Mapping[Outcome, Any] = {
    Outcome.FINE: _("正常"),
    Outcome.REACHED: _("已受理，拨测不执行"),
    Outcome.SIGN_IN: _("须在微信里打开"),
    Outcome.NO_DATA: _("近期无人求助"),
    Outcome.SKIPPED: _("不拨测"),
    Outcome.UNSEEN: _("没看清，不计"),
    Outcome.EMPTY: _("没有答复"),
    Outcome.ERROR: _("出错"),
    Outcome.LATE: _("超过5秒"),
    Outcome.DEAD: _("网页不存在"),
    Outcome.REFUSED: _("拒绝访问"),
    Outcome.BLOCKED: _("公众打不开的地址"),
    Outcome.UNREACHABLE: _("打不开"),
    Outcome.DRIFTED: _("疑似改换内容"),
    Outcome.LISTED: _("指向不良域名"),
    Outcome.OVERDUE: _("等待过久"),
}
VERDICTS: Mapping[Verdict, Any] = {
    Verdict.FINE: _("全部通过"),
    Verdict.PROBLEMS: _("有未通过"),
    Verdict.UNCLEAR: _("没看清"),
}
WHYS: Mapping[Why, Any] = {
    Why.OTHER_SITE: _("最终打开的是另一个网站"),
    Why.OTHER_SUBJECT: _("网页标题与最初的完全不同"),
    Why.LISTED_SITE: _("网站在不良域名名单里"),
}
BARRIERS: Mapping[Barrier, Any] = {
    Barrier.NOT_WECHAT: _("不是微信公众号，拨测只走微信的消息和菜单。"),
    Barrier.NOT_IN_USE: _("账号不在运行。"),
    Barrier.NO_CREDENTIALS: _("账号没有授权给本系统（没有AppID或令牌），不拨测。"),
}
# What the robot says to an account, in the city's language, and what its own steps are called: rows
# keep these, pages translate the names.
QUESTION = "怎么联系你们"
PERSON = "人工"
ASK_LABEL = gettext_noop("提一个问题")
PERSON_LABEL = gettext_noop("找人工")
FORM_LABEL = gettext_noop("提交诉求")
WAIT_LABEL = gettext_noop("等工作人员答复")
WAIT_TARGET = gettext_noop("近30天的会话和诉求")
EXPECTED: Mapping[StepKind, Any] = {
    StepKind.MENU_LINK: _("网页打得开，还是原来的网站和内容"),
    StepKind.MENU_KEY: _("5 秒内有答复"),
    StepKind.MESSAGE: _("5 秒内有答复"),
    StepKind.FORM: _("表单打得开，填写完整能通过校验"),
    StepKind.HUMAN_REPLY: _("找人工的市民在 5 个工作日内有人接待（本平台建议）"),
}
