"""The rooms' rules speak Chinese; this says the same in the reader's language."""

import re
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

# What staff are told of, kept in Chinese: who reads it need not share a language with who caused it.
NOTICES = (
    gettext_noop("有新的诉求工单 %(number)s"),
    gettext_noop("工单 %(number)s 交由本单位办理"),
    gettext_noop("工单 %(number)s 被要求重新办理"),
    gettext_noop("工单 %(number)s 收到“%(level)s”评价"),
    gettext_noop("工单 %(number)s 应于%(day)s答复"),
    gettext_noop("工单 %(number)s 的答复等待审核"),
    gettext_noop("有 %(count)s 份答复请您抽查判定"),
    gettext_noop("工单 %(number)s 经回访须重办，理由见工单"),
    gettext_noop("工单 %(number)s 的答复已审核发出"),
    gettext_noop("工单 %(number)s 的答复被退回修改，理由见工单"),
    gettext_noop("有 %(count)s 条知识需要复核或即将失效"),
    gettext_noop("有答复建议存为知识：%(question)s"),
    gettext_noop("您建议的知识已收录：%(question)s"),
    gettext_noop("您建议的知识没有采纳：%(question)s"),
    gettext_noop("“%(name)s”导入结束：新增 %(new)s 条，更新 %(old)s 条，%(bad)s 行有误"),
    gettext_noop("表格“%(name)s”导入结束：写入 %(count)s 行"),
    gettext_noop("表格“%(name)s”的导入已撤销：%(count)s 行"),
    gettext_noop("台账“%(name)s”导入结束：写入 %(count)s 行"),
    gettext_noop("台账“%(name)s”的导入已撤销：%(count)s 行"),
    gettext_noop("账号“%(name)s”的接入检查发现问题"),
    gettext_noop("“%(account)s”的%(kind)s已签字，请审核"),
    gettext_noop("“%(account)s”的%(kind)s已审核同意，请继续办理"),
    gettext_noop("“%(account)s”的%(kind)s被退回，请修改后再报"),
    gettext_noop("“%(account)s”的%(kind)s应于%(day)s前办结"),
    gettext_noop("“%(name)s”有 %(count)s 个账号分派给您检查"),
    gettext_noop("“%(name)s”对账号“%(account)s”的检查结果已送达，可在%(day)s前申辩"),
    gettext_noop("“%(name)s”签发后登记了 %(count)s 个问题"),
    gettext_noop("账号“%(account)s”的单位已申辩，请裁定"),
    gettext_noop("%(count)s 个账号的更新情况更紧了，最紧的是“%(name)s”：%(level)s"),
    gettext_noop("收到整改通知单 %(number)s，%(count)s 个问题，请签收"),
    gettext_noop("“%(name)s”的整改情况已反馈，请审核"),
    gettext_noop("“%(name)s”的问题有申辩，请裁定"),
    gettext_noop("“%(name)s”申请整改延期，请答复"),
    gettext_noop("“%(name)s”的整改被退回，请按意见重新整改"),
    gettext_noop("“%(name)s”的问题要求重新整改"),
    gettext_noop("“%(name)s”的申辩不成立，请继续整改"),
    gettext_noop("“%(name)s”的申辩成立，问题已撤销"),
    gettext_noop("“%(name)s”的整改延期已同意"),
    gettext_noop("“%(name)s”的整改延期没有同意"),
    gettext_noop("请转载《%(title)s》，期限 %(due)s。"),
    gettext_noop("请填报：%(title)s（%(fields)s 项）"),
    gettext_noop("下级单位“%(name)s”有 %(count)s 件“%(kind)s”还没有人查看，请了解情况"),
    gettext_noop("提醒渠道“%(name)s”发不出去"),
    gettext_noop("有新的公职人员举报 %(number)s"),
    gettext_noop("请协办工单 %(number)s"),
    gettext_noop("工单 %(number)s 的协办任务已收回"),
    gettext_noop("工单 %(number)s 的协办单位有反馈"),
    gettext_noop("“%(name)s”转来一个会话，请接待"),
    gettext_noop("工单 %(number)s 标记为%(flag)s，理由见工单"),
    gettext_noop("市民对工单 %(number)s 不予受理提出异议，请由其他人决定"),
    gettext_noop("您被指定为保密工单 %(number)s 的知情人"),
    gettext_noop("工单 %(number)s 已有新的进展，您提出的%(kind)s失效"),
)
# What notices of a kind are called, and why a reminder did not go, as the room keeps them.
KEPT = (
    gettext_noop("工单动态"),
    gettext_noop("工单将到期"),
    gettext_noop("账号更新"),
    gettext_noop("账号备案"),
    gettext_noop("材料要求"),
    gettext_noop("整改通知单"),
    gettext_noop("发送时程序出错，不能确定是否送达。"),
    gettext_noop("发送中断，不能确定是否送达。"),
    gettext_noop("提醒渠道已停用，事项并入下一次汇总。"),
    gettext_noop("事项已在工作台看过。"),
)
_MARK = re.compile(r"%\\\((\w+)\\\)s")
_PATTERNS = tuple(
    (each, re.compile(_MARK.sub(r"(?P<\1>.+?)", re.escape(each)) + "$")) for each in NOTICES
)
_DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日")


def notice_said(text: str) -> str:
    """A notice in the reader's language; one of no known form stays as it was written."""
    if not (get_language() or "").startswith("en"):
        return text
    for words, pattern in _PATTERNS:
        found = pattern.match(text)
        if found is not None:
            return _(words) % {name: _part(value) for name, value in found.groupdict().items()}
    return text


def _part(value: str) -> str:
    """A word that stands in a notice: a day, a level, a number."""
    day = _DAY.fullmatch(value)
    if day is None:
        return _(value)
    year, month, number = day.groups()
    said = date_format(date(int(year or 2000), int(month), int(number)), "j M")
    return f"{said} {year}" if year else said
