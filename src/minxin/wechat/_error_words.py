"""The words of WeChat's errcodes: the shape of an entry, who can end it, and what is advised often.

WeChat's own texts and the Chinese meanings are those of its pages and of its list of return codes.
What no source we read confirms says so itself, by `UNCONFIRMED` at the end of its meaning.
"""

from enum import StrEnum
from typing import NamedTuple

UNCONFIRMED = "（未核实）"


class Party(StrEnum):
    """At whose end a refusal lies; the value is what people read."""

    WECHAT = "微信"
    SYSTEM = "本系统"
    ACCOUNT = "账号的设置或权限"
    CONTENT = "填写的内容"
    CITIZEN = "市民"
    PLATFORM = "第三方平台"
    UNKNOWN = "未核实"


class Entry(NamedTuple):
    """What WeChat says (empty: only a Chinese explanation is published), what that means, at whose
    end it lies, what to do."""

    message: str
    meaning: str
    party: Party
    remedy: str


CREDENTIAL = "请在账号设置里核对 AppID 和 AppSecret；如果刚重置过密钥，请填入新的。"
LATER = "系统会自动重试，一般不需要处理。"
QUOTA = "今天的额度已用完，次日零点恢复；确有需要可在微信开发者平台清零。"
OPENID = "请核对该市民是否仍关注本账号；换绑或迁移后的账号需要重新关注。"
PERMISSION = "请核对账号类型和认证状态；需要时完成微信认证，或改用有权限的账号。"
MENU = "请按提示修改自定义菜单后重新发布。"
MEDIA = "请更换符合要求的素材后重试。"
SUPPORT = "请联系技术人员。"
AGAIN = "请从微信里重新打开页面。"
TAG = "请在标签管理里调整后重试。"
ARTICLE = "请修改图文内容后重试。"
PLATFORM = "请联系第三方平台的技术人员。"
AUTHORISE = "请账号管理员在账号设置里重新授权给第三方平台。"
AGENTS = "请在微信公众平台的客服功能里核对客服账号。"
COMMENT = "请刷新留言列表后重试。"
NOTICE = "请在微信公众平台核对订阅通知模板后重试。"
RID = "请核对 rid；只能查询本账号七天内的请求。"
BACKEND = "请账号管理员登录微信公众平台查看通知并处理。"
REACH = "请通过其他方式联系。"
