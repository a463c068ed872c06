"""The audit in words: what was done, to what, which field, before and after.

Entries keep machine words (`ticket.accepted`, `{"status": "accepted"}`), which never change with the
language or the screens. What is said here is looked up when a page is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.agencies.models import AuditEntry, Role
from minxin.agencies.rules import HIDDEN
from minxin.text import mask

VERBS: dict[str, Any] = {
    "account.callback_verified": gettext_lazy("回调地址通过微信验证"),
    "account.closed": gettext_lazy("注销账号"),
    "account.credentials_set": gettext_lazy("修改账号凭据"),
    "account.examined": gettext_lazy("检查账号接入"),
    "account.filed": gettext_lazy("修改台账"),
    "account.greetings_set": gettext_lazy("修改问候语"),
    "account.menu_published": gettext_lazy("发布菜单到微信"),
    "account.menu_set": gettext_lazy("修改菜单"),
    "account.quotas_asked": gettext_lazy("向微信核对额度"),
    "account.registered": gettext_lazy("登记账号"),
    "account.status_changed": gettext_lazy("变更账号状态"),
    "account.transferred": gettext_lazy("移交账号"),
    "account.updated": gettext_lazy("修改账号"),
    "agency.added": gettext_lazy("新增机构"),
    "agency.changed": gettext_lazy("修改机构"),
    "agency.moved": gettext_lazy("调整上级机构"),
    "agency.renamed": gettext_lazy("机构更名"),
    "agency.restored": gettext_lazy("恢复机构"),
    "agency.retired": gettext_lazy("停用机构"),
    "area_map.kept": gettext_lazy("更换区域地图"),
    "authorization.kept": gettext_lazy("保存账号的第三方平台授权"),
    "authorization.linked": gettext_lazy("登记授权的账号"),
    "authorization.received": gettext_lazy("账号授权第三方平台"),
    "authorization.recovered": gettext_lazy("从微信找回账号的授权"),
    "authorization.renewed": gettext_lazy("账号更新第三方平台授权"),
    "authorization.withdrawn": gettext_lazy("账号取消第三方平台授权"),
    "calendar_day.cleared": gettext_lazy("取消日历调整"),
    "calendar_day.set": gettext_lazy("调整工作日历"),
    "campaign.cancelled": gettext_lazy("取消检查任务"),
    "campaign.corrected": gettext_lazy("更正签发的检查结果"),
    "campaign.inspector_added": gettext_lazy("增加检查人"),
    "campaign.inspector_removed": gettext_lazy("检查人退出"),
    "campaign.opened": gettext_lazy("发起检查任务"),
    "campaign.shared_out": gettext_lazy("分派检查对象"),
    "campaign.signed": gettext_lazy("签发检查结果"),
    "backtest.begun": gettext_lazy("提交规则回测"),
    "backtest.ended": gettext_lazy("规则回测结束"),
    "backtest.stopped": gettext_lazy("停止规则回测"),
    "candidate.confirmed": gettext_lazy("确认监管问题"),
    "candidate.dismissed": gettext_lazy("认定监管问题不成立"),
    "category.kept": gettext_lazy("维护工单分类"),
    "document.discarded": gettext_lazy("作废文稿"),
    "document.drafted": gettext_lazy("起草文稿"),
    "document.edited": gettext_lazy("修改文稿"),
    "document.files_made": gettext_lazy("生成文稿文件"),
    "document.files_requested": gettext_lazy("要求生成文稿文件"),
    "document.files_stopped": gettext_lazy("停止生成文稿文件"),
    "document.signed": gettext_lazy("签发文稿"),
    "citizen.contact_forgotten": gettext_lazy("市民删除联系方式"),
    "citizen.contact_kept": gettext_lazy("市民填写联系方式"),
    "citizen.erased": gettext_lazy("按规定删除市民资料"),
    "citizen.followed": gettext_lazy("市民关注"),
    "citizen.large_text_set": gettext_lazy("市民设置大字"),
    "citizen.nickname_kept": gettext_lazy("记录市民昵称"),
    "citizen.region_set": gettext_lazy("市民选择所在区划"),
    "citizen.revealed": gettext_lazy("查看市民身份信息"),
    "demo.loaded": gettext_lazy("载入示范城市"),
    "dialogue.answered": gettext_lazy("答复会话"),
    "dialogue.attended": gettext_lazy("接待会话"),
    "dialogue.handed_back": gettext_lazy("交还自动答复"),
    "division.kept": gettext_lazy("维护本地区划"),
    "division.removed": gettext_lazy("删除本地区划"),
    "entry.created": gettext_lazy("新增知识"),
    "entry.retired": gettext_lazy("停用知识"),
    "entry.review_set": gettext_lazy("设定知识复核日期"),
    "entry.updated": gettext_lazy("修改知识"),
    "escalation.told": gettext_lazy("把下级单位事项告知上一级"),
    "escalation.waived": gettext_lazy("决定不升级提醒"),
    "evidence.kept": gettext_lazy("留存证据"),
    "exemption.added": gettext_lazy("设为不再提示"),
    "exemption.lifted": gettext_lazy("恢复提示"),
    "finding.answered": gettext_lazy("反馈整改情况"),
    "finding.closed": gettext_lazy("复查合格，销号"),
    "finding.disputed": gettext_lazy("提出误报或申辩"),
    "finding.extension_asked": gettext_lazy("申请整改延期"),
    "finding.extension_granted": gettext_lazy("同意整改延期"),
    "finding.extension_refused": gettext_lazy("不同意整改延期"),
    "finding.link_asked": gettext_lazy("请系统打开链接"),
    "finding.notified": gettext_lazy("发出整改通知单"),
    "finding.notified_anew": gettext_lazy("账号移交，改发整改通知单"),
    "finding.opened": gettext_lazy("登记问题"),
    "finding.passed": gettext_lazy("整改审核通过"),
    "finding.reopened": gettext_lazy("要求重新整改"),
    "finding.returned": gettext_lazy("退回整改反馈"),
    "finding.settled": gettext_lazy("账号已注销，随账号销号"),
    "finding.signed": gettext_lazy("签收整改通知单"),
    "finding.upheld": gettext_lazy("申辩不成立"),
    "finding.withdrawn": gettext_lazy("申辩成立，撤销问题"),
    "hit.confirmed": gettext_lazy("确认回头看命中"),
    "hit.dismissed": gettext_lazy("认定回头看命中不成立"),
    "hit.revealed": gettext_lazy("查看命中的个人信息原文"),
    "fields.asked": gettext_lazy("向单位提出材料要求"),
    "holiday_notice.entered": gettext_lazy("录入放假安排"),
    "import.confirmed": gettext_lazy("确认导入表格"),
    "import.ended": gettext_lazy("导入结束"),
    "import.matched": gettext_lazy("对应表格的列"),
    "import.resumed": gettext_lazy("继续导入表格"),
    "import.row_accepted": gettext_lazy("选择按表格写入"),
    "import.stopped": gettext_lazy("停止导入表格"),
    "import.undone": gettext_lazy("撤销导入"),
    "import.uploaded": gettext_lazy("上传表格"),
    "inspection.checked": gettext_lazy("提交检查结论"),
    "inspection.decided": gettext_lazy("裁定单位申辩"),
    "inspection.defended": gettext_lazy("单位申辩"),
    "inspection.released": gettext_lazy("检查结果送达单位"),
    "inspection.reopened": gettext_lazy("重新检查"),
    "inspection.sent_back": gettext_lazy("复核退回"),
    "inspection.upheld": gettext_lazy("复核同意"),
    "inspection.waived": gettext_lazy("单位没有异议或逾期未申辩"),
    "inspection.withdrawn": gettext_lazy("不再检查"),
    "items.imported": gettext_lazy("导入已发布内容"),
    "knowledge.imported": gettext_lazy("导入一批知识"),
    "list.exported": gettext_lazy("导出列表"),
    "outgoing.cancelled": gettext_lazy("取消外发消息"),
    "outgoing.retried": gettext_lazy("重发外发消息"),
    "pack.adopted": gettext_lazy("启用监管规则"),
    "pack.withdrawn": gettext_lazy("停用监管规则"),
    "pace.kept": gettext_lazy("修改提醒频次"),
    "platform.kept": gettext_lazy("维护第三方平台"),
    "preset.kept": gettext_lazy("维护办理时限"),
    "reach.kept": gettext_lazy("修改本人提醒设置"),
    "reach.tested": gettext_lazy("给本人发测试消息"),
    "reminder_channel.kept": gettext_lazy("维护提醒渠道"),
    "reminder_channel.tested": gettext_lazy("测试提醒渠道"),
    "role.granted": gettext_lazy("增加角色"),
    "role.withdrawn": gettext_lazy("撤销角色"),
    "scan.ended": gettext_lazy("回头看扫描结束"),
    "scan.resumed": gettext_lazy("继续回头看扫描"),
    "scan.started": gettext_lazy("开始回头看扫描"),
    "scan.stopped": gettext_lazy("停止回头看扫描"),
    "staff.added": gettext_lazy("新增人员"),
    "staff.agency_chosen": gettext_lazy("切换当前单位"),
    "staff.deactivated": gettext_lazy("停用人员"),
    "staff.language_chosen": gettext_lazy("选择界面语言"),
    "staff.password_changed": gettext_lazy("修改密码"),
    "staff.password_reset": gettext_lazy("重置密码"),
    "staff.reactivated": gettext_lazy("恢复人员"),
    "staff.signed_in": gettext_lazy("登录"),
    "staff.signed_out": gettext_lazy("退出登录"),
    "staff.updated": gettext_lazy("修改人员"),
    "ticket.accepted": gettext_lazy("受理工单"),
    "ticket.answered": gettext_lazy("答复工单"),
    "ticket.assigned": gettext_lazy("交办工单"),
    "ticket.classified": gettext_lazy("修改工单分类"),
    "ticket.closed": gettext_lazy("办结工单"),
    "ticket.filed": gettext_lazy("提交工单"),
    "ticket.noted": gettext_lazy("添加内部记录"),
    "ticket.rated": gettext_lazy("评价工单"),
    "ticket.read": gettext_lazy("查看工单"),
    "ticket.reopened": gettext_lazy("重新办理工单"),
    "trace.recorded": gettext_lazy("记录账号更新情况"),
    "unanswered.answered": gettext_lazy("补充未答问题"),
    "unanswered.dismissed": gettext_lazy("不予收录未答问题"),
    "word_list.added": gettext_lazy("新建词表"),
    "word_list.changed": gettext_lazy("修改词表"),
}
# What happens to what: the noun of a verb.
NOUNS: dict[str, Any] = {
    "account": gettext_lazy("账号"),
    "agency": gettext_lazy("机构"),
    "area_map": gettext_lazy("区域地图"),
    "authorization": gettext_lazy("第三方平台授权"),
    "calendar_day": gettext_lazy("工作日历"),
    "campaign": gettext_lazy("检查任务"),
    "backtest": gettext_lazy("规则回测"),
    "candidate": gettext_lazy("待确认问题"),
    "category": gettext_lazy("工单分类"),
    "citizen": gettext_lazy("市民"),
    "demo": gettext_lazy("示范城市"),
    "dialogue": gettext_lazy("会话"),
    "division": gettext_lazy("本地区划"),
    "drawn": gettext_lazy("抽中"),
    "entry": gettext_lazy("知识"),
    "escalation": gettext_lazy("升级提醒"),
    "evidence": gettext_lazy("证据"),
    "finding": gettext_lazy("问题"),
    "fields": gettext_lazy("材料要求"),
    "holiday_notice": gettext_lazy("放假安排"),
    "import": gettext_lazy("导入"),
    "inspection": gettext_lazy("检查对象"),
    "knowledge": gettext_lazy("知识导入"),
    "list": gettext_lazy("导出"),
    "outgoing": gettext_lazy("外发消息"),
    "pack": gettext_lazy("监管规则"),
    "pace": gettext_lazy("提醒频次"),
    "platform": gettext_lazy("第三方平台"),
    "preset": gettext_lazy("办理时限"),
    "reach": gettext_lazy("本人提醒设置"),
    "reminder_channel": gettext_lazy("提醒渠道"),
    "role": gettext_lazy("角色"),
    "staff": gettext_lazy("人员"),
    "ticket": gettext_lazy("工单"),
    "trace": gettext_lazy("更新记录"),
    "unanswered": gettext_lazy("未答问题"),
}
KINDS: dict[str, Any] = {
    "staff": gettext_lazy("工作人员"),
    "citizen": gettext_lazy("市民"),
    "system": gettext_lazy("系统"),
}
# Keys that are no field of the thing itself.
FIELDS: dict[str, Any] = {
    "": gettext_lazy("内容"),
    "agency": gettext_lazy("单位"),
    "attended_by": gettext_lazy("接待人"),
    "bytes": gettext_lazy("文件大小（字节）"),
    "category": gettext_lazy("分类"),
    "changed": gettext_lazy("有变化"),
    "checked": gettext_lazy("抽查数"),
    "channel": gettext_lazy("提醒方式"),
    "code": gettext_lazy("编号"),
    "consent": gettext_lazy("同意的说明版本"),
    "count": gettext_lazy("件数"),
    "created": gettext_lazy("新增"),
    "days": gettext_lazy("工作日"),
    "days_replaced": gettext_lazy("替换的日期数"),
    "done": gettext_lazy("已导入行数"),
    "dropped": gettext_lazy("停用的词条"),
    "division": gettext_lazy("本地区划"),
    "entry": gettext_lazy("知识"),
    "evidence": gettext_lazy("证据"),
    "expression": gettext_lazy("表述"),
    "failed": gettext_lazy("不合格数"),
    "fails": gettext_lazy("不合格"),
    "field": gettext_lazy("查看的项目"),
    "finding": gettext_lazy("登记的问题"),
    "findings": gettext_lazy("登记的问题"),
    "first": gettext_lazy("前几个词条"),
    "fields": gettext_lazy("填报项数"),
    "found": gettext_lazy("发现"),
    "functions": gettext_lazy("权限集"),
    "has_name": gettext_lazy("已填姓名"),
    "has_number": gettext_lazy("已填电话"),
    "hit": gettext_lazy("命中"),
    "hits": gettext_lazy("命中"),
    "holds": gettext_lazy("问题已解决"),
    "indicator": gettext_lazy("指标"),
    "is_active": gettext_lazy("在用"),
    "is_late": gettext_lazy("逾期反馈"),
    "is_good": gettext_lazy("是否成功"),
    "is_reached": gettext_lazy("在工作台外接收提醒"),
    "is_working": gettext_lazy("是工作日"),
    "items": gettext_lazy("内容数"),
    "kept": gettext_lazy("维持"),
    "key": gettext_lazy("菜单键"),
    "kind": gettext_lazy("类别"),
    "level": gettext_lazy("评价"),
    "lifted": gettext_lazy("采纳"),
    "list": gettext_lazy("词表"),
    "looked": gettext_lazy("已查内容"),
    "mark": gettext_lazy("结论"),
    "marks": gettext_lazy("各项结论"),
    "measure": gettext_lazy("整改措施"),
    "na": gettext_lazy("不适用"),
    "name": gettext_lazy("名称"),
    "nature": gettext_lazy("性质"),
    "new": gettext_lazy("新增"),
    "newest_on": gettext_lazy("所见的最近更新日期"),
    "number": gettext_lazy("编号"),
    "parent": gettext_lazy("上级机构"),
    "passed": gettext_lazy("合格数"),
    "passes": gettext_lazy("合格"),
    "path": gettext_lazy("层级"),
    "phone": gettext_lazy("电话"),
    "proof": gettext_lazy("系统查证"),
    "real_name": gettext_lazy("姓名"),
    "refused": gettext_lazy("有误的行"),
    "remember": gettext_lazy("不再提示"),
    "replaced": gettext_lazy("更换的凭据"),
    "revision": gettext_lazy("版次"),
    "role": gettext_lazy("角色"),
    "rows": gettext_lazy("行数"),
    "rule": gettext_lazy("规则"),
    "same": gettext_lazy("没有变化"),
    "seen_at": gettext_lazy("查看时间"),
    "sha256": gettext_lazy("文件校验值（SHA-256）"),
    "shape": gettext_lazy("格式"),
    "source": gettext_lazy("来源"),
    "status": gettext_lazy("状态"),
    "sub_button": gettext_lazy("二级菜单"),
    "title": gettext_lazy("标题"),
    "type": gettext_lazy("类型"),
    "unclear": gettext_lazy("看不清"),
    "until": gettext_lazy("申请延期至"),
    "updated": gettext_lazy("更新"),
    "url": gettext_lazy("网址"),
    "username": gettext_lazy("登录名"),
    "week": gettext_lazy("周"),
    "words": gettext_lazy("结果"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field, as lines of text before and after."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def verb_said(verb: str) -> str:
    """What was done; an unknown verb says itself."""
    return str(VERBS.get(verb, verb))


def verbs_with(words: str) -> list[str]:
    """The verbs whose words contain what somebody searches for."""
    return [verb for verb, said in VERBS.items() if words in str(said)]


def actor_said(entry: AuditEntry) -> str:
    """Who it was; the parts of the system share one name, and a citizen has none here."""
    return entry.actor_name if entry.actor_kind == "staff" else str(KINDS[entry.actor_kind])


def changes_of(entry: AuditEntry) -> list[Change]:
    """Every field that is told of, in the order in which it was written down."""
    before, after = _fields(entry.before), _fields(entry.after)
    kind = entry.subject_kind
    return [
        Change(
            _name_of(kind, key),
            _lines(kind, key, before.get(key)),
            _lines(kind, key, after.get(key)),
        )
        for key in dict.fromkeys([*before, *after])
    ]


def change_said(entry: AuditEntry, side: str) -> str:
    """One side of the changes in a single text, for a sheet."""
    return "\n".join(
        f"{change.name}：{'；'.join(getattr(change, side))}"
        for change in changes_of(entry)
        if getattr(change, side)
    )


def _fields(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    return dict(value) if isinstance(value, Mapping) else {"": value}


def _field(kind: str, key: str) -> "Field[Any, Any] | None":
    try:
        found = apps.get_model(kind)._meta.get_field(key)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return found if isinstance(found, Field) else None


def _name_of(kind: str, key: str) -> str:
    field = _field(kind, key) if key else None
    if field is not None and str(field.verbose_name) != field.name.replace("_", " "):
        return str(field.verbose_name)
    return str(FIELDS.get(key, key))


def _lines(kind: str, key: str, value: Any) -> tuple[str, ...]:
    """A value as lines a person reads; personal data that slipped into free text is masked."""
    match value:
        case None | "" | []:
            return ()
        case bool():
            return (_("是") if value else _("否"),)
        case list():
            return tuple(line for each in value for line in _lines(kind, key, each))
        case dict():
            return _nested(kind, value)
        case str():
            return tuple(mask(_word(kind, key, value)).splitlines())
    return (str(value),)


def _nested(kind: str, value: Mapping[str, Any]) -> tuple[str, ...]:
    """Something in something, such as a menu: its name first, what lies below it moved in."""
    flat = [
        f"{FIELDS.get(key, key)}：{'；'.join(_lines(kind, key, item))}"
        for key, item in value.items()
        if key != "name" and not isinstance(item, list | dict)
    ]
    head = mask(str(value.get("name", "")))
    first = f"{head}（{'，'.join(flat)}）" if head and flat else head or "，".join(flat)
    below = [
        f"　{line}"
        for key, item in value.items()
        if isinstance(item, list | dict)
        for line in _lines(kind, key, item)
    ]
    return tuple(_not_blank([first, *below]))


def _not_blank(lines: Iterable[str]) -> Iterable[str]:
    return (line for line in lines if line.strip())


def _word(kind: str, key: str, value: str) -> str:
    """A choice by its name, a time as people write it, everything else as it is."""
    if value == HIDDEN:
        return _("（不记录）")
    if key == "role":
        return str(dict(Role.choices).get(value, value))
    field = _field(kind, key) if key else None
    for choice, name in field.flatchoices if field is not None else ():
        if str(choice) == value:
            return str(name)
    if key == "type":
        return str({"click": _("点击"), "view": _("打开网页")}.get(value, value))
    if key == "field":
        return str(FIELDS.get(value, value))
    if len(value) > 10 and value[4:5] == "-" and (at := _moment(value)) is not None:
        return at
    return value


def _moment(value: str) -> str | None:
    try:
        found = parse_datetime(value)
        if found is not None and found.tzinfo is not None:
            return f"{localtime(found):%Y-%m-%d %H:%M}"
        day = parse_date(value)
    except ValueError:
        return None
    return day.isoformat() if day else None
