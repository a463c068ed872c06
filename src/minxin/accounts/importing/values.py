"""What a cell says: 是 or √, 2027年3月1日 or 46447, 新浪微博 or 微博. Pure but for the words of the models."""

import functools
import unicodedata
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.accounts import rules
from minxin.accounts.importing.columns import DATES, folded, model_field, spoken
from minxin.accounts.models import Kind, Platform
from minxin.core.dates import NoSuchDay, NotADay, read_day
from minxin.core.sheets import FORMULA

Value = str | bool


class Unclear(Exception):
    """A cell that cannot be taken as what its column is; the message says how it is written."""


# What people write into a cell that has nothing to say.
NOTHING = frozenset({"", "-", "--", "---", "—", "——", "/", "//", "\\", "无", "暂无", "空", "n/a", "null",
                     "none"})  # fmt: skip
_YES = frozenset({"是", "已认证", "认证", "有", "1", "true", "y", "yes", "√", "✓", "✔", "对"})
_NO = frozenset(
    {"否", "未认证", "无", "0", "false", "n", "no", "×", "x", "✗", "没有", "不是", "未"}
)

_PLATFORMS: dict[str, tuple[Platform, str]] = {
    **dict.fromkeys(("微信", "微信公众号", "微信公众平台", "政务微信公众号"), (Platform.WECHAT, "")),
    **dict.fromkeys(("公众号", "订阅号", "微信订阅号"), (Platform.WECHAT, Kind.SUBSCRIPTION.value)),
    **dict.fromkeys(("服务号", "微信服务号"), (Platform.WECHAT, Kind.SERVICE.value)),
    **dict.fromkeys(("小程序", "微信小程序"), (Platform.MINI_PROGRAM, "")),
    **dict.fromkeys(("视频号", "微信视频号"), (Platform.CHANNELS, "")),
    **dict.fromkeys(("微博", "新浪微博", "政务微博"), (Platform.WEIBO, "")),
    **dict.fromkeys(("抖音", "抖音号", "抖音短视频", "政务抖音"), (Platform.DOUYIN, "")),
    **dict.fromkeys(("快手", "快手号"), (Platform.KUAISHOU, "")),
    **dict.fromkeys(("头条", "头条号", "今日头条", "今日头条号"), (Platform.TOUTIAO, "")),
    **dict.fromkeys(("百家号", "百度百家号"), (Platform.BAIJIAHAO, "")),
    **dict.fromkeys(("贴吧", "百度贴吧"), (Platform.TIEBA, "")),
    **dict.fromkeys(("大鱼号", "大鱼"), (Platform.DAYU, "")),
    **dict.fromkeys(("企鹅号", "腾讯企鹅号"), (Platform.QIE, "")),
    **dict.fromkeys(("小红书", "小红书号"), (Platform.XIAOHONGSHU, "")),
    **dict.fromkeys(("app", "客户端", "移动客户端", "手机客户端", "移动客户端(app)", "移动端"),
                    (Platform.APP, "")),
    **dict.fromkeys(("其他", "其它"), (Platform.OTHER, "")),
}  # fmt: skip
_SAID: dict[str, dict[str, str]] = {
    "kind": {"订阅号": "subscription", "微信订阅号": "subscription", "微信服务号": "service"},
    "principal": {"政府": "government", "政府机关": "government", "事业单位": "other", "公司": "enterprise"},
    "status": {"正常": "active", "正常运行": "active", "运行中": "active", "在用": "active",
               "运行": "active", "筹备": "planned", "停更": "suspended", "暂停更新": "suspended",
               "关停": "closing", "注销中": "closing", "注销": "closed", "已关停": "closed"},
    "affiliation": {"政府": "government", "政府部门": "government", "党委": "party", "党委部门": "party",
                    "群团": "mass", "法检": "judiciary", "法院": "judiciary", "检察院": "judiciary",
                    "法院检察院": "judiciary", "事业": "institution"},
    "level": {"省": "province", "市": "city", "地市级": "city", "设区市": "city", "县": "county",
              "区": "county", "区级": "county", "区县级": "county", "县区级": "county",
              "县(市、区)": "county", "乡": "township", "镇": "township", "乡镇": "township",
              "乡镇级": "township", "镇级": "township", "街道": "township", "乡镇街道": "township"},
}  # fmt: skip


def cleaned(text: str) -> str:
    """A cell without the quote that an export puts before what looks like a formula."""
    text = text.strip()
    return text[1:].strip() if text[:1] == "'" and text[1:2] in FORMULA and text[1:] else text


def is_blank(name: str, text: str) -> bool:
    """Whether a cell says nothing; a 无 under a yes or no says no."""
    plain = folded(text)
    return plain in NOTHING and not (name == "is_verified" and plain in _NO)


def read_value(name: str, text: str) -> Value:
    """The plain value of a field: text, a truth, an ISO date. Raises `Unclear`.

    `platform` may come with a kind of WeChat accounts, as `wechat·service`. Regions and agencies are
    looked up elsewhere and stay text.
    """
    if name == "platform":
        return _platform(text)
    if name == "is_verified":
        return _truth(text)
    if name in DATES:
        return _day(text).isoformat()
    if name in ("kind", "principal", "status", "affiliation", "level"):
        return _choice(name, text)
    if name in ("agency", "agency_code", "region_code"):
        return " ".join(unicodedata.normalize("NFKC", text).split())
    value = " ".join(text.split())
    if name in ("number", "platform_number", "original_id", "app_id", "url"):
        value = unicodedata.normalize("NFKC", value)
    longest = model_field(name).max_length
    if len(value) > longest:
        raise Unclear(_("太长，最多 %(limit)s 个字。") % {"limit": longest})
    if name == "url" and not value.lower().startswith(("http://", "https://")):
        raise Unclear(_("链接要以 http:// 或 https:// 开头。"))
    if name == "original_id" and not rules.is_good(rules.ORIGINAL_ID, value):
        raise Unclear(_("原始ID应以gh_开头。"))
    if name == "app_id" and not rules.is_good(rules.APP_ID, value):
        raise Unclear(_("AppID应以wx开头，共18个字符，请在微信开发者平台核对。"))
    return value


@functools.cache
def _truths() -> dict[str, bool]:
    yes = _YES | spoken(gettext_lazy("已认证"))
    no = _NO | spoken(gettext_lazy("未认证"))
    return {**dict.fromkeys(yes, True), **dict.fromkeys(no, False)}


def _truth(text: str) -> bool:
    if (said := _truths().get(folded(text))) is not None:
        return said
    raise Unclear(_("只能写“是”或“否”。"))


@functools.cache
def _labels(name: str) -> dict[str, str]:
    found = dict(_SAID.get(name, {}))
    for value, label in model_field(name).choices:
        found |= dict.fromkeys((*spoken(label), value), value)
    return {folded(word): value for word, value in found.items()}


def _choice(name: str, text: str) -> str:
    if (value := _labels(name).get(folded(text))) is not None:
        return value
    named = "、".join(str(label) for value, label in model_field(name).choices if value)
    raise Unclear(_("看不懂，可以写：%(names)s。") % {"names": named})


def _platform(text: str) -> str:
    whole = folded(text)
    first, _dot, second = whole.partition("·")
    if second and (kind := _labels("kind").get(second)):
        return f"{_platform(first).partition('·')[0]}·{kind}"
    if whole in _PLATFORMS:
        platform, kind = _PLATFORMS[whole]
        return f"{platform.value}·{kind}" if kind else platform.value
    if (value := _labels("platform").get(whole)) is not None:
        return value
    named = "、".join(str(label) for label in Platform.labels)
    raise Unclear(_("看不懂，可以写：%(names)s。") % {"names": named})


def _day(text: str) -> date:
    try:
        return read_day(text)
    except NoSuchDay as error:
        raise Unclear(_("没有这一天。")) from error
    except NotADay as error:
        raise Unclear(_("日期应写成 2026-01-31 这样。")) from error


def in_words(name: str, value: Any) -> str:
    """A plain value as a person reads it."""
    if value in (None, ""):
        return "—"
    if name == "is_verified":
        return _("已认证") if value else _("未认证")
    if name in ("platform", "kind", "principal", "status", "affiliation", "level"):
        return str(dict(model_field(name).choices).get(value, value))
    return str(value)
