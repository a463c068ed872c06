"""Are the credentials there, does WeChat take them, does it take them from this address?"""

from django.utils.translation import gettext_noop

from minxin import wechat
from minxin.accounts.authorizers import NoTicket
from minxin.accounts.checks.probe import Probe, explained, fine, not_answered, problem, skipped
from minxin.accounts.rules import CheckResult, refused_address
from minxin.core.errors import NotFound

_ADDRESS_REFUSED = frozenset({40164, 61004})


def check_credentials(probe: Probe) -> CheckResult:
    """Everything that has to be pasted is there, or an authorisation stands."""
    account = probe.account
    if probe.given is not None:
        return fine("credentials", gettext_noop("已授权给第三方平台，不需要AppSecret。"))
    names = {
        "AppID": account.app_id,
        "AppSecret": account.secret,
        "Token": account.token,
    }
    if account.mode != "plain":
        names["EncodingAESKey"] = account.aes_key
    missing = "、".join(name for name, value in names.items() if not value)
    if not missing:
        return fine("credentials", gettext_noop("AppID、AppSecret、Token和密钥都已登记。"))
    return problem(
        "credentials",
        gettext_noop("还缺少：%(missing)s。"),
        gettext_noop(
            "登录微信开发者平台，在“我的业务—公众号（服务号）—开发密钥”里取得，填到本页的“凭据”里；"
            "也可以改用第三方平台扫码授权。"
        ),
        missing=missing,
    )


def check_ip_allow_list(probe: Probe) -> CheckResult:
    """WeChat answers this server's address; else it is named, to be copied into the list."""
    error = probe.refusal
    if error is None:
        return fine("ip_allow_list", gettext_noop("微信接受本服务器的出口地址。"))
    if not isinstance(error, wechat.WeChatError) or error.code not in _ADDRESS_REFUSED:
        return skipped("ip_allow_list")
    address = refused_address(error.message)
    if not address:
        return problem(
            "ip_allow_list",
            gettext_noop("本服务器的出口地址不在IP白名单里（%(code)s）。"),
            gettext_noop(
                "请向网络管理员问清服务器的公网出口地址，加到微信开发者平台“开发密钥—IP白名单”，"
                "生效后重新检查。"
            ),
            code=error.code,
        )
    return problem(
        "ip_allow_list",
        gettext_noop("本服务器的出口地址 %(address)s 不在IP白名单里（%(code)s）。"),
        gettext_noop("请把 %(address)s 加到微信开发者平台“开发密钥—IP白名单”，生效后重新检查。"),
        address=address,
        code=error.code,
    )


def check_token(probe: Probe) -> CheckResult:
    """A token is had anew."""
    error = probe.refusal
    if error is None:
        return fine("token", gettext_noop("能取得接口凭证。"))
    if isinstance(error, NoTicket):
        return problem(
            "token",
            gettext_noop("第三方平台还没有收到微信推送的票据（component_verify_ticket）。"),
            gettext_noop(
                "票据每10分钟推送一次。如果一直没有，请核对微信开放平台上的“授权事件接收URL”、"
                "Token和Key是否与这里登记的一致。"
            ),
        )
    if isinstance(error, NotFound):
        if probe.client is None:
            return skipped("token")
        return problem(
            "token",
            gettext_noop("微信的授权名单里没有这个账号。"),
            gettext_noop("请由账号管理员重新扫码授权。"),
        )
    if isinstance(error, wechat.WeChatUnreachable):
        return problem(
            "token",
            gettext_noop("连不上微信的接口服务器。"),
            gettext_noop("请网络管理员确认本服务器可以访问 api.weixin.qq.com 的 443 端口。"),
        )
    if not isinstance(error, wechat.WeChatError):
        return not_answered("token", error)
    if error.code in _ADDRESS_REFUSED:
        return problem(
            "token",
            gettext_noop("取不到接口凭证：被IP白名单挡住。"),
            gettext_noop("先处理上面的“IP白名单”。"),
        )
    return problem(
        "token",
        gettext_noop("取不到接口凭证（%(code)s）：%(meaning)s"),
        "%(what)s",
        **explained(error.code),
    )
