"""The capability matrix: kind x verified x principal -> what WeChat lets an account do, and what
staff do instead where it may not.

Sources: developers.weixin.qq.com, the pages named in each row, as of 2026. What no current official
page says is `May.UNSURE`: pages offer it with a warning, and nothing promises it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from minxin.accounts.rules import Capability

C = Capability


class May(StrEnum):
    """The answer of one cell."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


YES, NO, UNSURE = May.YES, May.NO, May.UNSURE
# Verified 公众号 of these principals have it though others have not.
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """One capability. The four cells are by kind and verification; a person counts as unverified.

    `also`: principals whose verified 公众号 may too. `only`: the principals that may at all; empty is
    everybody. `source` is where it stands; `fallback` what staff do when the account may not.
    """

    words: Any
    plain_subscription: May
    plain_service: May
    subscription: May
    service: May
    source: str
    fallback: Any
    also: frozenset[str] = NOBODY
    only: frozenset[str] = NOBODY


_PUBLISH_BY_HAND = _("请登录微信公众平台（mp.weixin.qq.com），把草稿箱里的文章手工发布。")
_VERIFY = _("请先为账号办理微信认证。")

MATRIX: Mapping[Capability, Row] = MappingProxyType(
    {
        C.PASSIVE_REPLY: Row(
            _("回复市民消息"), YES, YES, YES, YES,
            "接口权限说明：发送消息-被动回复消息", "",
        ),
        C.MENU: Row(
            _("自定义菜单"), NO, YES, YES, YES,
            "接口权限说明：界面丰富-自定义菜单",
            _("公众号须先完成认证；在此之前请登录微信公众平台（mp.weixin.qq.com）手工设置。"),
        ),
        C.OAUTH: Row(
            _("网页授权（我的诉求等页面）"), NO, NO, NO, YES,
            "网页授权：已认证服务号；“已认证的政府和媒体类型的公众号也有权限”",
            _("市民打不开需要确认身份的页面，请引导市民直接在对话里提交和查询诉求。"),
            also=frozenset({"government", "media"}),
        ),
        C.CUSTOM_MESSAGE: Row(
            _("客服消息（主动送达答复）"), NO, NO, YES, YES,
            "发送客服消息：未认证账号答48001",
            _("答复不能主动送达：请登录微信公众平台（mp.weixin.qq.com）手工回复，或电话联系市民。"),
        ),
        C.TEMPLATE_MESSAGE: Row(
            _("模板消息"), NO, NO, NO, YES,
            "模板消息：仅认证的服务号",
            _("请改用订阅通知，或由本单位已认证的服务号发送。"),
        ),
        C.SUBSCRIBE_NOTICE: Row(
            _("订阅通知"), NO, NO, YES, YES,
            "订阅通知：已认证服务号，官方目录也列出已认证公众号",
            _("请先为账号办理微信认证；在此之前可以用短信或电话告知市民。"),
        ),
        C.LONG_TERM_NOTICE: Row(
            _("长期订阅通知"), NO, NO, YES, YES,
            "订阅通知：长期订阅只向政务民生等公共服务开放",
            _("请改用一次性订阅通知，每次办理时请市民再同意一次。"),
            only=frozenset({"government"}),
        ),
        C.DRAFT: Row(
            _("保存草稿和素材"), UNSURE, UNSURE, YES, YES,
            "新建草稿；2019年的接口权限表只列认证账号，现行页面对未认证账号没有写明",
            _("请登录微信公众平台（mp.weixin.qq.com）手工编辑文章。"),
        ),
        C.PUBLISH: Row(
            _("发布文章"), NO, NO, YES, YES,
            "发布能力：2025年7月起，个人主体、未认证企业和不支持认证的账号答48001",
            _PUBLISH_BY_HAND,
        ),
        C.MASS_SEND: Row(
            _("群发"), NO, NO, YES, YES,
            "根据标签进行群发：认证的公众号和服务号",
            _("请登录微信公众平台（mp.weixin.qq.com）手工群发。"),
        ),
        C.MASS_SEND_BY_OPENID: Row(
            _("按名单群发"), NO, NO, NO, YES,
            "根据OpenID列表群发：订阅号不可用，服务号认证后可用",
            _("请先给市民打标签，再按标签群发。"),
        ),
        C.COMMENTS: Row(
            _("管理文章留言"), UNSURE, UNSURE, UNSURE, UNSURE,
            "留言管理：没有留言权限的账号答88000，页面没有写明哪些账号有",
            _("请登录微信公众平台（mp.weixin.qq.com）手工处理留言。"),
        ),
        C.USER_INFO: Row(
            _("关注者基本信息"), NO, NO, YES, YES, "接口权限说明：用户管理-获取用户基本信息", _VERIFY,
        ),
        C.TAGS: Row(
            _("关注者标签"), NO, NO, YES, YES, "接口权限说明：用户管理-用户分组管理",
            _("请登录微信公众平台（mp.weixin.qq.com）手工打标签。"),
        ),
        C.SCENE_CODE: Row(
            _("带参数二维码"), NO, NO, NO, YES, "接口权限说明：推广支持-生成带参数二维码",
            _("请使用账号本身的二维码；要区分来源，请由已认证的服务号生成。"),
        ),
        C.FIGURES: Row(
            _("数据统计"), NO, NO, YES, YES, "数据统计接口：认证账号",
            _("请登录微信公众平台（mp.weixin.qq.com）查看数据。"),
        ),
    }
)  # fmt: skip


def may(kind: str, is_verified: bool, principal: str, capability: Capability) -> May:
    """One cell. `kind` is `subscription` (公众号) or `service` (服务号); any other has nothing."""
    row = MATRIX[capability]
    if kind not in {"subscription", "service"}:
        return NO
    if not is_verified or principal == "person":  # a person cannot be verified
        return row.plain_service if kind == "service" else row.plain_subscription
    if row.only and principal not in row.only:
        return NO
    if kind == "service":
        return row.service
    return YES if principal in row.also else row.subscription


def capabilities(kind: str, is_verified: bool, principal: str) -> frozenset[Capability]:
    """What the account surely may; what is unsure is not among it."""
    return frozenset(c for c in Capability if may(kind, is_verified, principal, c) is YES)
