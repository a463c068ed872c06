"""What 企业微信 answers when it refuses, and whose it is to mend.

The words are ours. Codes that stand in no source we could read are left out: an unknown one keeps
the text that came with it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Whose(StrEnum):
    """At whose end a refusal lies."""

    NOBODY = "nobody"  # passes by itself: try again
    OPERATOR = "operator"  # the channel's settings: every message would be refused
    PERSON = "person"  # this one person's address
    MESSAGE = "message"  # this one message


class WecomError(Exception):
    """An errcode. The exception never carries the token or the secret."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


class WecomUnreachable(Exception):
    """No answer, or one that is none. `may_have_happened`: the message may have arrived all the same."""

    def __init__(self, message: str, *, may_have_happened: bool) -> None:
        super().__init__(message)
        self.may_have_happened = may_have_happened


@dataclass(frozen=True, slots=True)
class Meaning:
    """A code in words: what it means, what to do, whose it is."""

    whose: Whose
    meaning: str
    remedy: str = ""


_MEANINGS: dict[int, Meaning] = {
    -1: Meaning(Whose.NOBODY, "对方系统繁忙", "稍后会自动重试"),
    40001: Meaning(Whose.OPERATOR, "应用的Secret不对", "请在管理后台的应用详情页重新复制Secret"),
    40008: Meaning(Whose.MESSAGE, "对方不认这种消息类型"),
    40013: Meaning(Whose.OPERATOR, "企业ID不对", "请在管理后台“我的企业”页面核对企业ID"),
    40014: Meaning(Whose.OPERATOR, "访问凭证无效", "请核对企业ID和Secret是否属于同一个应用"),
    40056: Meaning(Whose.OPERATOR, "应用编号（AgentId）不对", "请在应用详情页核对AgentId"),
    40058: Meaning(Whose.MESSAGE, "消息里有对方不接受的参数"),
    41001: Meaning(Whose.OPERATOR, "没有带访问凭证", "请核对接口地址是否正确"),
    41004: Meaning(Whose.OPERATOR, "没有填写Secret", "请补上应用的Secret"),
    42001: Meaning(Whose.NOBODY, "访问凭证已过期", "会自动重新获取"),
    44004: Meaning(Whose.MESSAGE, "消息内容为空"),
    45002: Meaning(Whose.MESSAGE, "消息太长"),
    45009: Meaning(Whose.NOBODY, "调用次数超过对方限制", "稍后会自动重试"),
    45033: Meaning(Whose.NOBODY, "同时调用过多", "稍后会自动重试"),
    48002: Meaning(Whose.OPERATOR, "应用没有调用这个接口的权限", "请在管理后台检查应用的权限"),
    60011: Meaning(Whose.OPERATOR, "应用没有权限", "请在管理后台检查应用的可见范围"),
    60020: Meaning(
        Whose.OPERATOR, "本机地址不在应用的可信IP里", "请在应用详情页把服务器出口地址加入企业可信IP"
    ),
    81013: Meaning(
        Whose.PERSON, "对方找不到这个成员，或成员不在应用可见范围", "请本人核对成员账号，或请管理员扩大应用可见范围"
    ),
    93000: Meaning(Whose.OPERATOR, "群机器人的地址无效", "机器人可能已被移出群，请重新添加并更换密钥"),
}  # fmt: skip


def explain(code: int, message: str = "") -> Meaning:
    """A code in words; an unknown one with what came with it, as the operator's to look at."""
    known = _MEANINGS.get(code)
    return known or Meaning(Whose.OPERATOR, message[:120] or "对方没有说明原因")
