"""COLUMNS: what a sheet of the register may hold, and under which titles.

The titles are those of registers and notices as offices write them.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account, Filing

ACCOUNT_FIELDS = ("name", "platform", "kind", "is_verified", "principal", "positioning", "region_code",
                  "status", "affiliation", "level", "app_id", "original_id")  # fmt: skip
FILING_FIELDS = ("number", "platform_number", "url", "holder", "certified_until", "supervising_unit",
                 "operating_unit", "contract_until", "leader", "responsible", "keeper", "interaction",
                 "opened_on", "closed_on", "updated_on")  # fmt: skip
DATES = frozenset({"certified_until", "contract_until", "opened_on", "closed_on", "updated_on"})


@dataclass(frozen=True, slots=True)
class Column:
    """One thing a sheet may say of an account. `title` is that of the exported sheet."""

    name: str
    title: Any
    also: tuple[str, ...] = ()


COLUMNS: tuple[Column, ...] = (
    Column("name", _("名称"), ("账号名称", "新媒体名称", "政务新媒体名称", "公众号名称", "账号名",
                             "帐号名称", "媒体名称", "检查对象", "昵称")),
    Column("platform", _("平台"), ("平台类型", "新媒体类型", "所属平台", "开设平台", "平台名称",
                                 "媒体类型", "账号平台", "新媒体平台")),
    Column("kind", _("类型"), ("账号类型", "公众号类型", "账号类别", "微信类型")),
    Column("agency", _("主办单位"), ("单位", "单位名称", "责任单位", "开设单位", "开办单位",
                                   "主办单位名称", "填报单位", "主办部门")),
    Column("agency_code", _("主办单位编码"), ("单位编码", "机构编码")),
    Column("status", _("状态"), ("账号状态", "运行状态", "运行情况", "使用状态", "当前状态")),
    Column("is_verified", _("认证"), ("是否认证", "认证状态", "认证情况", "已认证", "是否已认证")),
    Column("principal", _("认证主体类型"), ("主体类型",)),
    Column("holder", _("认证主体名称"), ("认证主体", "认证单位", "主体名称", "账号主体", "主体")),
    Column("certified_until", _("认证到期"), ("认证到期时间", "认证到期日期", "认证有效期",
                                          "认证有效期至", "认证截止日期", "年审日期")),
    Column("affiliation", _("系统归属"), ("系统", "所属系统", "单位系统")),
    Column("level", _("层级"), ("级别", "单位层级", "行政层级", "单位级别")),
    Column("region_code", _("区划代码"), ("区划", "行政区划", "行政区划代码", "所属区划", "所在地区",
                                       "地区", "区域", "所属地区")),
    Column("positioning", _("功能定位"), ("账号定位", "定位", "主要功能", "功能")),
    Column("original_id", _("原始ID"), ("原始编号", "微信原始id", "公众号原始id")),
    Column("app_id", "AppID", ("开发者id",)),
    Column("number", _("备案号"), ("备案编号", "备案序号", "登记编号")),
    Column("platform_number", _("平台账号"), ("微信号", "账号", "帐号", "账号id", "平台账号id", "id号")),
    Column("url", _("链接"), ("网址", "账号链接", "主页链接", "链接地址", "主页地址", "网址链接")),
    Column("supervising_unit", _("主管单位"), ("主管部门", "上级主管单位", "主管单位名称")),
    Column("operating_unit", _("运维单位"), ("运营单位", "承办单位", "代运营单位", "第三方运维单位",
                                          "外包单位", "运维公司")),
    Column("contract_until", _("外包到期"), ("合同到期", "运维合同到期", "外包合同到期",
                                         "合同截止日期", "合同到期时间", "外包到期时间")),
    Column("leader", _("分管领导"), ("分管负责人", "分管领导姓名")),
    Column("responsible", _("责任人"), ("负责人", "责任人姓名", "账号负责人", "负责人姓名")),
    Column("keeper", _("管理员"), ("账号管理员", "运营人员", "管理人员", "管理员姓名", "运维人员")),
    Column("interaction", _("互动入口"), ("互动功能", "互动方式", "互动渠道")),
    Column("opened_on", _("开设日期"), ("开设时间", "开通时间", "开通日期", "注册时间", "上线时间")),
    Column("closed_on", _("注销日期"), ("注销时间", "关停时间", "关停日期", "关停注销日期")),
    Column("updated_on", _("台账所报最近更新"),
           ("最近更新", "最近更新日期", "最近更新时间", "最后更新", "最后更新日期", "最后更新时间",
            "最新更新日期", "最新更新时间", "最近一次更新时间", "检查时更新日期")),
)  # fmt: skip
NAMED: Mapping[str, Column] = {column.name: column for column in COLUMNS}


def model_field(name: str) -> Any:
    """The model's own field: its length and its choices."""
    return (Filing if name in FILING_FIELDS else Account)._meta.get_field(name)


def folded(text: str) -> str:
    """What is the same to a reader: width, case and spaces do not count."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def spoken(words: Any) -> set[str]:
    """A text in every language of the house, folded."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(folded(str(words)))
    return found
