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
THANKS = frozenset(
    {
        "谢谢", "谢谢你", "谢谢您", "感谢", "感谢你", "感谢您", "多谢", "多谢了", "好的谢谢", "谢了", "谢谢啦", "谢谢了",
        "非常感谢", "十分感谢", "好的,谢谢", "麻烦了", "辛苦了", "辛苦", "您辛苦了", "知道了谢谢", "明白了谢谢", "3q", "thanks",
    }
)  # fmt: skip
GREETINGS = frozenset(
    {
        "你好", "您好", "你们好", "大家好", "哈喽", "哈罗", "嗨", "hi", "hello", "在吗", "在不在", "在么", "有人吗", "有人在吗",
        "在线吗", "早", "早上好", "上午好", "中午好", "下午好", "晚上好", "你好啊", "您好啊", "你好呀", "你好在吗", "您好在吗",
        "你好,在吗", "您好,在吗", "你好请问", "您好请问", "喂",
    }
)  # fmt: skip
GOODBYES = frozenset(
    {"再见", "拜拜", "bye", "好的再见", "回头见", "晚安", "没事了", "没有了", "没问题了"}
)
WHO = frozenset(
    {
        "你是谁", "您是谁", "你是机器人吗", "你是人吗", "你是真人吗", "是机器人吗", "是人工吗", "你是不是机器人", "你能做什么", "你会什么",
        "你能干什么", "你叫什么", "怎么用", "帮助", "help", "功能",
    }
)  # fmt: skip
# Said alone, or as most of a short sentence: no matter in it that anybody could work on.
_ANGER = (
    "傻逼", "傻b", "煞笔", "沙比", "sb", "王八蛋", "混蛋", "他妈的", "妈的", "尼玛", "草泥马", "去死吧", "滚蛋", "滚开", "滚",
    "垃圾", "废物", "没用", "白痴", "智障", "弱智", "脑残", "什么玩意", "狗屁", "放屁", "骗子", "坑人", "吃干饭的", "不干人事",
    "一群饭桶", "饭桶", "气死我了", "气死人",
)  # fmt: skip
# What people put around it; when more than this is left, it is something else: 垃圾分类, 垃圾没人收.
_AROUND = frozenset(
    "你你们您们这个真是的了啊呀吧就都太一群帮东西系统公众号客服机器人政府单位!！,，。.?？什么就是全部个都些"
)
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


def is_angry(word: str) -> bool:
    """Whether a short bare text is anger and nothing else."""
    return any(each in word and _AROUND.issuperset(word.replace(each, "")) for each in _ANGER)


def interrupts(text: str) -> bool:
    """Whether a word is a command even in the middle of a form."""
    return bare(text) in PERSON or bare(text) in PROGRESS
