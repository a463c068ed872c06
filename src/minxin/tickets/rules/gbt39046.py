"""The fields of tickets as GB/T 39046-2020 names them, and what we add beside them. Pure.

Table 10 has two shapes, consultation and complaint; table 11 is supervision. The standard has no place for
help, suggestion and report: a suggestion travels in the shape of a consultation, help and report in that of a
complaint, and `NATURE` says which it is. What stands in `OURS` is not of the standard.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

CONSULT = (
    "咨询编码", "咨询人", "标题", "内容", "时间", "处理时间", "处理人", "处理意见", "延期时限", "延期原因",
    "超期天数", "行政区划",
)  # fmt: skip
COMPLAINT = (
    "标题", "投诉人", "被投诉单位/人", "内容", "来源", "时间", "承办单位代码", "承办单位名称", "承办人",
    "承办时间", "反馈信息", "反馈时间", "承诺时限", "延期时限", "延期原因", "超期天数",
)  # fmt: skip
SUPERVISION = (
    "办件编号", "督办内容", "机构名称", "督办发出时间", "监察编号", "监察规则编号", "预警类型代码",
    "状态产生时间", "结果描述", "责任部门",
)  # fmt: skip
NUMBER, THEIR_NUMBER, NATURE, CATEGORY = "工单编号", "外部编号", "诉求性质", "诉求类别"
PLACE, STATE, PHONE = "地点", "办理状态", "联系电话"
LEVEL, COMMENT, RATED_AT = "评价等级", "评价意见", "评价时间"
OURS = (NUMBER, THEIR_NUMBER, NATURE, CATEGORY, PLACE, STATE, PHONE, LEVEL, COMMENT, RATED_AT)
SHAPES = MappingProxyType({"consult": (*CONSULT, *OURS), "complaint": (*COMPLAINT, *OURS)})
ACCUSED = "被投诉单位/人"
# Whom a row names: never kept among the plain fields.
PERSONAL = frozenset({"咨询人", "投诉人", "联系电话"})
NATURES = MappingProxyType(
    {"consult": "咨询", "help": "求助", "complaint": "投诉", "report": "举报", "suggestion": "建议"}
)
TIME = "%Y-%m-%d %H:%M:%S"


def shape_of(nature: str) -> str:
    """In which shape of table 10 a ticket of this nature travels."""
    return "consult" if nature in {"consult", "suggestion"} else "complaint"


def shape_said(fields: Mapping[str, str]) -> str:
    """Which of the two a row has, by the fields that only one of them knows; "" when it cannot be told."""
    told = {name for name, text in fields.items() if text}
    consult = len(told & (set(CONSULT) - set(COMPLAINT)))
    complaint = len(told & (set(COMPLAINT) - set(CONSULT)))
    if consult == complaint:
        return ""
    return "consult" if consult > complaint else "complaint"


def time_said(at: datetime | None) -> str:
    """A moment, already in the local time of the office, as the tables write it."""
    return at.strftime(TIME) if at else ""


def person_field(shape: str) -> str:
    """The field that names the citizen."""
    return "咨询人" if shape == "consult" else "投诉人"


def answer_fields(shape: str) -> tuple[str, str, str]:
    """The fields of the answer: words, moment, who."""
    if shape == "consult":
        return "处理意见", "处理时间", "处理人"
    return "反馈信息", "反馈时间", "承办人"
