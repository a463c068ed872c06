"""What an account may spend in a day or a month: one line per budget, with its source.

The daily numbers are those of a newly registered account (接口调用频次限制说明,
developers.weixin.qq.com/doc/service/Message_Management/API_Call_Limits.html); above 100,000, a
million and ten million followers WeChat raises some of them, to numbers only it tells: `ask_quotas`
asks, and what WeChat says replaces what stands here. None: no official number is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from minxin.accounts.rules import Capability

C = Capability
# WeChat counts its days and months here, wherever this machine stands.
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Budget(StrEnum):
    """One thing of which an account has so many in a period."""

    CUSTOM_MESSAGE = "custom_message"
    TEMPLATE_MESSAGE = "template_message"
    SUBSCRIBE_NOTICE = "subscribe_notice"
    MASS_SEND = "mass_send"
    MASS_SEND_TO_ALL = "mass_send_to_all"
    MASS_DELETE = "mass_delete"
    TOKEN = "token"  # noqa: S105
    MENU_CREATE = "menu_create"
    MENU_GET = "menu_get"
    MENU_DELETE = "menu_delete"
    CONDITIONAL_MENU = "conditional_menu"
    MENU_MATCH = "menu_match"
    MEDIA_UPLOAD = "media_upload"
    MEDIA_GET = "media_get"
    MATERIAL_ADD = "material_add"
    DRAFT_ADD = "draft_add"
    DRAFT_UPDATE = "draft_update"
    DRAFT_GET = "draft_get"
    DRAFT_LIST = "draft_list"
    DRAFT_DELETE = "draft_delete"
    PUBLISH = "publish"
    PUBLISH_GET = "publish_get"
    PUBLISH_DELETE = "publish_delete"
    PUBLISH_LIST = "publish_list"
    ARTICLE_FIGURES = "article_figures"
    USER_INFO = "user_info"
    USER_LIST = "user_list"
    USER_REMARK = "user_remark"
    TAGGING = "tagging"
    SCENE_CODE = "scene_code"
    CLEAR_ALL = "clear_all"
    CLEAR_ONE = "clear_one"


class Period(StrEnum):
    """How long a budget lasts."""

    DAY = "day"
    MONTH = "month"

    def first_day(self, now: datetime) -> date:
        """The first day of the period in which `now` lies, in Shanghai."""
        today = now.astimezone(SHANGHAI).date()
        return today if self is Period.DAY else today.replace(day=1)

    def renews_at(self, now: datetime) -> datetime:
        """When the next period begins."""
        first = self.first_day(now)
        after = first + timedelta(days=1 if self is Period.DAY else 31)
        if self is Period.MONTH:
            after = after.replace(day=1)
        return datetime.combine(after, time(0), SHANGHAI)


@dataclass(frozen=True, slots=True)
class Line:
    """One budget. `subscription` and `service` are its size by kind; `paths` the calls that spend it.

    `is_reserved`: a share is kept for urgent notices. `is_asked`: WeChat's own figure for the first
    path is this budget's. `counts_failures`: a call that WeChat refuses counts too, or may.
    """

    words: Any
    subscription: int | None
    service: int | None
    source: str
    paths: tuple[str, ...] = ()
    needs: Capability = C.PASSIVE_REPLY
    period: Period = Period.DAY
    is_reserved: bool = False
    is_asked: bool = True
    counts_failures: bool = True
    fallback: Any = ""

    def most(self, kind: str) -> int | None:
        """How many an account of this kind has in a period; None when nobody says."""
        return self.service if kind == "service" else self.subscription


LIMITS_PAGE = "接口调用频次限制说明（新注册账号的数）"
UNKNOWN = "没有找到官方数字"
_PLATFORM = _("急需时请登录微信公众平台（mp.weixin.qq.com）手工操作。")
_MASS = _("急需告知市民的，请改用模板消息、订阅通知或短信。")


def _calls(words: Any, most: int | None, path: str, needs: Capability) -> Line:
    source = UNKNOWN if most is None else LIMITS_PAGE
    return Line(words, most, most, source, (path,), needs, fallback=_PLATFORM)


LINES: Mapping[Budget, Line] = MappingProxyType(
    {
        Budget.CUSTOM_MESSAGE: Line(
            _("客服消息"), 500_000, 500_000, LIMITS_PAGE, ("/cgi-bin/message/custom/send",),
            C.CUSTOM_MESSAGE, is_reserved=True, fallback=_("不急的请等恢复后再发，急事请电话联系市民。"),
        ),
        Budget.TEMPLATE_MESSAGE: Line(
            _("模板消息"), None, 100_000, "模板消息：每个账号日调用上限为10万次",
            ("/cgi-bin/message/template/send",), C.TEMPLATE_MESSAGE, is_reserved=True,
            fallback=_("不急的请等恢复后再发，急事请改用订阅通知或短信。"),
        ),
        Budget.SUBSCRIBE_NOTICE: Line(
            _("订阅通知"), None, None, UNKNOWN, ("/cgi-bin/message/subscribe/bizsend",),
            C.SUBSCRIBE_NOTICE, is_reserved=True, fallback=_("不急的请等恢复后再发，急事请改用短信。"),
        ),
        Budget.MASS_SEND: Line(
            _("群发"), 1, 100, "群发接口：认证的公众号每天成功1次；服务号的每天100次出自" + LIMITS_PAGE,
            ("/cgi-bin/message/mass/sendall", "/cgi-bin/message/mass/send"), C.MASS_SEND,
            is_reserved=True, is_asked=False, counts_failures=False, fallback=_MASS,
        ),
        Budget.MASS_SEND_TO_ALL: Line(
            _("向全部关注者群发"), None, 4, "群发接口：服务号每月4次", (), C.MASS_SEND,
            Period.MONTH, is_reserved=True, is_asked=False, counts_failures=False, fallback=_MASS,
        ),
        Budget.MASS_DELETE: _calls(_("删除群发"), 10, "/cgi-bin/message/mass/delete", C.MASS_SEND),
        Budget.TOKEN: Line(
            _("获取接口凭证"), 500_000, 500_000, "获取稳定版接口调用凭据：每天50万次",
            ("/cgi-bin/stable_token",), is_asked=False, fallback=_PLATFORM,
        ),
        Budget.MENU_CREATE: _calls(_("创建菜单"), 1000, "/cgi-bin/menu/create", C.MENU),
        Budget.MENU_GET: _calls(_("查询菜单"), 10_000, "/cgi-bin/menu/get", C.MENU),
        Budget.MENU_DELETE: _calls(_("删除菜单"), 1000, "/cgi-bin/menu/delete", C.MENU),
        Budget.CONDITIONAL_MENU: Line(
            _("个性化菜单"), 2000, 2000, "个性化菜单：创建每天2000次",
            ("/cgi-bin/menu/addconditional",), C.MENU, fallback=_PLATFORM,
        ),
        Budget.MENU_MATCH: Line(
            _("测试个性化菜单"), 20_000, 20_000, "个性化菜单：测试匹配每天20000次",
            ("/cgi-bin/menu/trymatch",), C.MENU, fallback=_PLATFORM,
        ),
        Budget.MEDIA_UPLOAD: _calls(_("上传临时素材"), 100_000, "/cgi-bin/media/upload", C.DRAFT),
        Budget.MEDIA_GET: _calls(_("下载临时素材"), 200_000, "/cgi-bin/media/get", C.DRAFT),
        Budget.MATERIAL_ADD: _calls(_("上传永久素材"), None, "/cgi-bin/material/add_material", C.DRAFT),
        Budget.DRAFT_ADD: _calls(_("新建草稿"), 1000, "/cgi-bin/draft/add", C.DRAFT),
        Budget.DRAFT_UPDATE: _calls(_("修改草稿"), 1000, "/cgi-bin/draft/update", C.DRAFT),
        Budget.DRAFT_GET: _calls(_("读取草稿"), 500, "/cgi-bin/draft/get", C.DRAFT),
        Budget.DRAFT_LIST: _calls(_("读取草稿列表"), 1000, "/cgi-bin/draft/batchget", C.DRAFT),
        Budget.DRAFT_DELETE: _calls(_("删除草稿"), 1000, "/cgi-bin/draft/delete", C.DRAFT),
        Budget.PUBLISH: _calls(_("发布文章"), 100, "/cgi-bin/freepublish/submit", C.PUBLISH),
        Budget.PUBLISH_GET: _calls(_("查询发布状态"), 100, "/cgi-bin/freepublish/get", C.PUBLISH),
        Budget.PUBLISH_DELETE: _calls(_("删除发布"), 10, "/cgi-bin/freepublish/delete", C.PUBLISH),
        Budget.PUBLISH_LIST: _calls(
            _("读取已发布列表"), None, "/cgi-bin/freepublish/batchget", C.PUBLISH
        ),
        Budget.ARTICLE_FIGURES: _calls(
            _("读取文章数据"), None, "/datacube/getarticletotaldetail", C.FIGURES
        ),
        Budget.USER_INFO: _calls(_("关注者信息"), 5_000_000, "/cgi-bin/user/info", C.USER_INFO),
        Budget.USER_LIST: _calls(_("关注者列表"), 500, "/cgi-bin/user/get", C.USER_INFO),
        Budget.USER_REMARK: _calls(
            _("关注者备注"), 10_000, "/cgi-bin/user/info/updateremark", C.USER_INFO
        ),
        Budget.TAGGING: _calls(
            _("批量打标签"), 100_000, "/cgi-bin/tags/members/batchtagging", C.TAGS
        ),
        Budget.SCENE_CODE: _calls(_("带参数二维码"), 100_000, "/cgi-bin/qrcode/create", C.SCENE_CODE),
        Budget.CLEAR_ALL: Line(
            _("全部额度清零"), 10, 10, "接口调用频次限制说明：每月共10次，平台上的清零也算",
            ("/cgi-bin/clear_quota", "/cgi-bin/clear_quota/v2"), period=Period.MONTH, is_asked=False,
            fallback=_("请等下月恢复。"),
        ),
        Budget.CLEAR_ONE: Line(
            _("单个接口清零"), 50, 50, "重置指定API调用次数：每月50次",
            ("/cgi-bin/openapi/quota/clear",), period=Period.MONTH, is_asked=False,
            fallback=_("请等下月恢复。"),
        ),
    }
)  # fmt: skip

BY_PATH: Mapping[str, Budget] = MappingProxyType(
    {path: budget for budget, line in LINES.items() for path in line.paths}
)
