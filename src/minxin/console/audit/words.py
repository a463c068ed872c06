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
from minxin.console.audit.verbs import VERBS
from minxin.text import mask

NOUNS: dict[str, Any] = {
    "comment": gettext_lazy("文章留言"),
    "article": gettext_lazy("群发文章"),
    "co_task": gettext_lazy("协办任务"),
    "dialogue_tag": gettext_lazy("会话标签"),
    "ladder": gettext_lazy("催督办规则"),
    "policy": gettext_lazy("办理规则"),
    "hotline": gettext_lazy("求助电话"),
    "safety_rule": gettext_lazy("紧急求助"),
    "redirect": gettext_lazy("引导渠道"),
    "reply_inspection": gettext_lazy("答复抽查"),
    "saved_reply": gettext_lazy("快捷回复"),
    "own_model": gettext_lazy("自有模型"),
    "synonyms": gettext_lazy("同义词"),
    "ticket_batch": gettext_lazy("批量答复"),
    "ticket_webhook": gettext_lazy("工单推送"),
    "tickets": gettext_lazy("工单"),
    "weekly_report": gettext_lazy("周报"),
    "working_hours": gettext_lazy("办公时间"),
    "wrongdoing": gettext_lazy("公职人员举报"),
    "document": gettext_lazy("文稿"),
    "exemption": gettext_lazy("不再提示的词"),
    "hit": gettext_lazy("命中"),
    "items": gettext_lazy("已发布内容"),
    "bad_domain": gettext_lazy("不良域名"),
    "probe": gettext_lazy("互动拨测"),
    "scan": gettext_lazy("回头看扫描"),
    "word_list": gettext_lazy("词表"),
    "account": gettext_lazy("账号"),
    "agency": gettext_lazy("机构"),
    "api_key": gettext_lazy("接口密钥"),
    "api_write": gettext_lazy("接口写入"),
    "area_map": gettext_lazy("区域地图"),
    "authorization": gettext_lazy("第三方平台授权"),
    "calendar_day": gettext_lazy("工作日历"),
    "campaign": gettext_lazy("检查任务"),
    "backtest": gettext_lazy("规则回测"),
    "candidate": gettext_lazy("待确认问题"),
    "category": gettext_lazy("工单分类"),
    "citizen": gettext_lazy("市民"),
    "city_platform": gettext_lazy("承接平台"),
    "handover": gettext_lazy("转交"),
    "intake_mode": gettext_lazy("受理方式"),
    "demo": gettext_lazy("示范城市"),
    "dialogue": gettext_lazy("会话"),
    "division": gettext_lazy("本地区划"),
    "drawn": gettext_lazy("抽中"),
    "domain": gettext_lazy("域名"),
    "policy_document": gettext_lazy("文件"),
    "duty_event": gettext_lazy("责任事项"),
    "entry": gettext_lazy("知识"),
    "escalation": gettext_lazy("升级提醒"),
    "evidence": gettext_lazy("证据"),
    "finding": gettext_lazy("问题"),
    "fields": gettext_lazy("材料要求"),
    "holiday_notice": gettext_lazy("放假安排"),
    "import": gettext_lazy("导入"),
    "inspection": gettext_lazy("检查对象"),
    "knowledge": gettext_lazy("知识导入"),
    "lifecycle": gettext_lazy("备案"),
    "link": gettext_lazy("链接"),
    "list": gettext_lazy("导出"),
    "matter": gettext_lazy("事项"),
    "matters": gettext_lazy("事项分类"),
    "ownership": gettext_lazy("争议裁定"),
    "router": gettext_lazy("分派模型"),
    "routing": gettext_lazy("自动派单"),
    "routing_rule": gettext_lazy("派单规则"),
    "responsibilities": gettext_lazy("职责清单"),
    "outgoing": gettext_lazy("外发消息"),
    "pack": gettext_lazy("监管规则"),
    "pace": gettext_lazy("提醒频次"),
    "platform": gettext_lazy("第三方平台"),
    "preset": gettext_lazy("办理时限"),
    "relay_task": gettext_lazy("转载任务"),
    "reach": gettext_lazy("本人提醒设置"),
    "reminder": gettext_lazy("提醒"),
    "reminder_channel": gettext_lazy("提醒渠道"),
    "role": gettext_lazy("角色"),
    "staff": gettext_lazy("人员"),
    "ticket": gettext_lazy("工单"),
    "trace": gettext_lazy("更新记录"),
    "unanswered": gettext_lazy("未答问题"),
    "intent": gettext_lazy("同类问题"),
    "basis_review": gettext_lazy("依据核对"),
    "entry_proposal": gettext_lazy("入库建议"),
    "repeal_proposal": gettext_lazy("废止建议"),
}
KINDS: dict[str, Any] = {
    "staff": gettext_lazy("工作人员"),
    "citizen": gettext_lazy("市民"),
    "system": gettext_lazy("系统"),
    "key": gettext_lazy("接口密钥"),
}
# Keys that are no field of the thing itself.
FIELDS: dict[str, Any] = {
    "": gettext_lazy("内容"),
    "agency": gettext_lazy("单位"),
    "attended_by": gettext_lazy("接待人"),
    "before": gettext_lazy("早于"),
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
    "is_history": gettext_lazy("已在对方办结"),
    "is_reached": gettext_lazy("在工作台外接收提醒"),
    "is_working": gettext_lazy("是工作日"),
    "items": gettext_lazy("内容数"),
    "kept": gettext_lazy("维持"),
    "key": gettext_lazy("菜单键"),
    "kind": gettext_lazy("类别"),
    "leads_to": gettext_lazy("最终网址"),
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
    "run": gettext_lazy("拨测次序号"),
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
    "their_number": gettext_lazy("外部编号"),
    "their_state": gettext_lazy("对方状态"),
    "ours": gettext_lazy("本系统"),
    "theirs": gettext_lazy("对方"),
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
