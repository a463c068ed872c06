"""Does somebody else answer the same messages?

WeChat pushes a message to the account's own server and to every third-party platform that is still
authorised; each may answer, and there is no call that lists them to us. What can be seen is the
customer-service record (客服聊天记录): answers by workers who are none of ours. That is a trace, never
a proof.
"""

from datetime import timedelta

from django.utils.translation import gettext_noop

from minxin import wechat
from minxin.accounts.capabilities import capabilities
from minxin.accounts.checks.probe import Probe, fine, not_answered, skipped, warning
from minxin.accounts.rules import Capability, CheckResult, answers_of_others
from minxin.wechat.calls import agents

_NOT_ALLOWED = frozenset({48001, 61007})


def check_double_replies(probe: Probe) -> CheckResult:
    """The last day's customer-service records; names and numbers are told, never words."""
    account = probe.account
    promised = capabilities(account.kind, account.is_verified, account.principal)
    if probe.client is None or not probe.has_token or Capability.CUSTOM_MESSAGE not in promised:
        return skipped("double_replies")
    start, end = probe.now - timedelta(hours=23, minutes=59), probe.now
    try:
        found = probe.client.call(agents.records(int(start.timestamp()), int(end.timestamp())))
    except (wechat.WeChatError, wechat.WeChatUnreachable) as error:
        if isinstance(error, wechat.WeChatError) and error.code in _NOT_ALLOWED:
            return skipped("double_replies")
        return not_answered("double_replies", error)
    answers, at_once, names = answers_of_others(
        [(each.openid, each.opercode, each.time, each.worker) for each in found.recordlist]
    )
    if not answers:
        return fine("double_replies", gettext_noop("最近一天没有发现别的系统在答复市民。"))
    remedy = gettext_noop(
        "如果不是本单位的客服人员，请在微信公众平台的授权管理里查看，取消原服务商的授权。"
    )
    facts: dict[str, str | int] = {
        "answers": answers,
        "at_once": at_once,
        "names": "、".join(names[:5]),
    }
    if at_once:
        sentence = gettext_noop(
            "可能有别的系统也在答复市民：最近一天，客服记录里有%(answers)s条由“%(names)s”发出的答复，"
            "其中%(at_once)s条在市民发言后5秒内发出。这只是迹象，不能确定。"
        )
    else:
        sentence = gettext_noop(
            "最近一天，客服记录里有%(answers)s条由“%(names)s”发出的答复，不是本系统发出的。"
            "可能是本单位客服，也可能是别的系统，不能确定。"
        )
    return warning("double_replies", sentence, remedy, **facts)
