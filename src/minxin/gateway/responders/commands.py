"""The few words that are commands, shared by the responders; said alone, with or without a stop."""

import functools

from minxin.text import normal

CANCEL = frozenset({"取消", "退出", "不填了", "算了", "不用了"})
CONFIRM = frozenset({"确认", "确定", "提交", "是", "是的", "对", "没错", "好", "好的"})
AGAIN = frozenset({"修改", "重填", "重新填写"})
NOTHING = frozenset({"无", "没有", "不清楚", "跳过", "无地点"})
PERSON = frozenset({"人工", "人工服务", "转人工", "找人工", "找工作人员", "人工客服", "客服"})
PROGRESS = frozenset({"进度", "查进度", "查询进度", "办理进度", "我的诉求", "我的工单", "诉求进度"})
SUBMIT = frozenset({"提交", "提交诉求", "我要提交", "提交工单"})
FILE = frozenset(
    {"投诉", "举报", "我要反映", "我要投诉", "我要举报", "反映", "反映问题", "提交诉求"}
)
FILE_OPENINGS = (
    "我要反映",
    "我要投诉",
    "我要举报",
    "我想反映",
    "我想投诉",
    "反映一下",
    "投诉",
    "举报",
)
THANKS = frozenset({"谢谢", "谢谢你", "谢谢您", "感谢", "多谢", "好的谢谢", "谢了"})
RATINGS = {
    "非常满意": "very_satisfied",
    "很满意": "very_satisfied",
    "满意": "satisfied",
    "基本满意": "fairly_satisfied",
    "不满意": "dissatisfied",
    "非常不满意": "very_dissatisfied",
    "很不满意": "very_dissatisfied",
}


# No command is longer, stops and quotes included.
LONGEST = 12


def bare(text: str) -> str:
    """A text as a command would be written: no spaces, quotes or stops around it."""
    return _bare(text) if len(text) <= LONGEST else text


@functools.lru_cache(maxsize=1024)  # half a dozen responders ask for the same text
def _bare(text: str) -> str:
    return normal(text).strip(" \t\n。.，,！!？?“”\"'‘’~～、")


def interrupts(text: str) -> bool:
    """Whether a word is a command even in the middle of a form."""
    return bare(text) in PERSON or bare(text) in PROGRESS
