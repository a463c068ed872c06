"""WeChat's error codes: what it says, what that means, what to do."""

import re
from dataclasses import dataclass

from minxin.wechat._error_families import FAMILIES

EXPIRED = frozenset({40001, 40014, 42001})
TRANSIENT = frozenset({-1, 45009, 45011})
_RID = re.compile(r"\brid:\s*([0-9a-f]+-[0-9a-f]+-[0-9a-f]+)")


class WeChatError(Exception):
    """WeChat answered with an errcode. Carries no secret and no token."""

    def __init__(self, code: int, message: str, rid: str | None = None) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.rid = rid

    @property
    def is_transient(self) -> bool:
        """Whether the same call may succeed later without anything being changed."""
        return self.code in TRANSIENT


class WeChatUnreachable(Exception):
    """No usable answer: refused, timed out, or not JSON. The call may or may not have taken effect
    when `may_have_happened` is true."""

    def __init__(self, reason: str, *, may_have_happened: bool) -> None:
        super().__init__(reason)
        self.may_have_happened = may_have_happened


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code in words: `message` is WeChat's own, the others are Chinese sentences for staff."""

    code: int
    message: str
    meaning: str
    remedy: str


def split_rid(text: str) -> tuple[str, str | None]:
    """An errmsg without its trailing `rid: …`, and the rid."""
    found = _RID.search(text)
    if found is None:
        return text.strip(), None
    return text[: found.start()].strip().rstrip(","), found.group(1)


def explain(code: int) -> Explanation:
    """What an error code means; an unknown one says so."""
    known = ERRORS.get(code)
    if known is None:
        return Explanation(
            code,
            "",
            f"微信返回了错误码 {code}。",
            "请在微信开发者平台查询该错误码，或联系技术人员。",
        )
    return Explanation(code, *known)


_CREDENTIAL = "请在账号设置里核对 AppID 和 AppSecret；如果刚重置过密钥，请填入新的。"
_LATER = "系统会自动重试，一般不需要处理。"
_QUOTA = "今天的额度已用完，次日零点恢复；确有需要可在微信开发者平台清零。"
_OPENID = "请核对该市民是否仍关注本账号；换绑或迁移后的账号需要重新关注。"
_PERMISSION = "请核对账号类型和认证状态；需要时完成微信认证，或改用有权限的账号。"
_MENU = "请按提示修改自定义菜单后重新发布。"
_MEDIA = "请更换符合要求的素材后重试。"

ERRORS: dict[int, tuple[str, str, str]] = {
    -1: ("system error", "微信系统繁忙。", _LATER),
    40001: (
        "invalid credential, access_token is invalid or not latest",
        "接口凭证无效或已被别处刷新。",
        "系统会重新获取一次；反复出现时，请检查是否有其他系统也在使用这个账号的密钥。",
    ),
    40002: ("invalid grant_type", "凭证类型不对。", "请联系技术人员。"),
    40003: ("invalid openid", "接收人标识无效。", _OPENID),
    40004: ("invalid media type", "素材类型不对。", _MEDIA),
    40005: ("invalid file type", "文件类型不对。", _MEDIA),
    40006: ("invalid meida size", "文件大小不符合要求。", _MEDIA),
    40007: ("invalid media_id", "素材不存在或已过期。", "临时素材三天后失效，请重新上传。"),
    40008: ("invalid message type", "消息类型不对。", "请联系技术人员。"),
    40009: ("invalid image size", "图片大小不符合要求。", _MEDIA),
    40013: ("invalid appid", "AppID 无效。", _CREDENTIAL),
    40014: ("invalid access_token", "接口凭证无效。", _LATER),
    40016: ("invalid button size", "菜单按钮数量不对，一级菜单最多三个。", _MENU),
    40017: ("invalid button type", "菜单按钮类型不对。", _MENU),
    40018: ("invalid button name size", "菜单名称太长，一级菜单不超过 16 个字节。", _MENU),
    40019: ("invalid button key size", "菜单键太长，不超过 128 个字节。", _MENU),
    40020: ("invalid button url size", "菜单链接太长，不超过 1024 个字节。", _MENU),
    40023: ("invalid sub button size", "二级菜单最多五个。", _MENU),
    40025: ("invalid sub button name size", "二级菜单名称太长，不超过 60 个字节。", _MENU),
    40029: ("invalid code", "网页授权码无效。", "请从微信里重新打开页面。"),
    40030: ("invalid refresh_token", "网页授权的刷新凭证无效。", "请从微信里重新打开页面。"),
    40032: ("invalid openid list size", "接收人数量不对。", "请联系技术人员。"),
    40033: (
        "invalid charset. please check your request, if include \\uxxxx will create fail!",
        "内容里有微信不接受的字符写法。",
        "请联系技术人员。",
    ),
    40037: ("invalid template_id", "消息模板不存在。", "请核对模板编号。"),
    40125: ("invalid appsecret", "AppSecret 无效。", _CREDENTIAL),
    40130: (
        "invalid openid list size, at least two openid",
        "群发至少需要两个接收人。",
        "请增加接收人。",
    ),
    40163: ("code been used", "网页授权码已被使用过。", "请从微信里重新打开页面。"),
    40164: (
        "invalid ip, not in whitelist",
        "本服务器的地址不在微信的 IP 白名单里。",
        "请在微信开发者平台把本服务器的出口地址加入 IP 白名单。",
    ),
    40243: (
        "appsecret is frozen",
        "AppSecret 已被冻结。",
        "请账号管理员在微信开发者平台解除冻结，或重置后填入新的密钥。",
    ),
    41001: ("access_token missing", "缺少接口凭证。", "请联系技术人员。"),
    41002: ("appid missing", "缺少 AppID。", _CREDENTIAL),
    41004: ("appsecret missing", "缺少 AppSecret。", _CREDENTIAL),
    41005: ("media data missing", "没有收到素材内容。", _MEDIA),
    41008: ("missing code", "缺少网页授权码。", "请从微信里重新打开页面。"),
    42001: ("access_token expired", "接口凭证已过期。", _LATER),
    43002: ("require POST method", "请求方式不对。", "请联系技术人员。"),
    43004: (
        "require subscribe",
        "该市民没有关注本账号。",
        "消息无法送达；可在市民再次关注后联系，或通过其他方式联系。",
    ),
    43019: ("require remove blacklist", "该市民在黑名单里。", "需要联系时请先移出黑名单。"),
    43101: ("user refuse to accept the msg", "该市民拒收这类消息。", "请通过其他方式联系。"),
    44002: ("empty post data", "请求内容为空。", "请联系技术人员。"),
    44004: ("empty content", "消息内容为空。", "请填写内容。"),
    45001: ("media size out of limit", "素材太大。", _MEDIA),
    45002: ("content size out of limit", "消息太长。", "请缩短内容，或改为发送链接。"),
    45003: ("title size out of limit", "标题太长。", "请缩短标题。"),
    45004: ("description size out of limit", "摘要太长。", "请缩短摘要。"),
    45008: ("article size out of limit", "图文条数超过限制。", "请减少图文条数。"),
    45009: ("reach max api daily quota limit", "接口调用次数已达当日上限。", _QUOTA),
    45011: (
        "api minute-quota reach limit, must slower, retry next minute",
        "接口调用太频繁。",
        _LATER,
    ),
    45015: (
        "response out of time limit or subscription is canceled",
        "已超过可以主动发消息的时间（市民最近一次发言后 48 小时），或市民已取消关注。",
        "消息会保留，市民再次发言时自动送达；市民也可以在“我的诉求”里看到。",
    ),
    45028: ("has no masssend quota", "没有群发次数了。", _QUOTA),
    45029: ("qrcode count out of limit", "永久二维码数量已达上限。", "请改用临时二维码。"),
    45047: (
        "out of response count limit",
        "市民最近一次发言后，可以主动发送的条数已用完（最多 5 条）。",
        "消息会保留，市民再次发言时自动送达。",
    ),
    45065: ("clientmsgid exist", "相同的群发已经提交过。", "不需要重复提交。"),
    45066: ("same clientmsgid retry too fast", "重复提交太快。", _LATER),
    45072: ("invalid command", "“正在输入”的指令不对。", "请联系技术人员。"),
    45080: (
        "need to interact in 30 seconds",
        "“正在输入”只能在市民发言后 30 秒内显示。",
        "不需要处理。",
    ),
    45081: ("already typing", "已经在显示“正在输入”。", "不需要处理。"),
    46003: ("menu no exist", "还没有自定义菜单。", "请先发布菜单。"),
    47001: ("data format error", "请求格式不对。", "请联系技术人员。"),
    47003: (
        "argument invalid!",
        "模板消息的字段内容不符合要求。",
        "请按字段类型的长度和格式修改内容。",
    ),
    48001: ("api unauthorized", "该账号没有这项接口的权限。", _PERMISSION),
    48002: ("user block receive message", "该市民关闭了接收消息。", "请通过其他方式联系。"),
    48004: (
        "api forbidden for irregularities, view detail on mp.weixin.qq.com",
        "该账号因违规被限制使用这项接口。",
        "请账号管理员登录微信公众平台查看通知并处理。",
    ),
    48006: (
        "forbid to clear quota because of reaching the limit",
        "本月清零次数已用完。",
        "请等次月恢复。",
    ),
    48008: ("no permission for this msgtype", "该账号不能发送这种消息。", _PERMISSION),
    50001: (
        "api unauthorized or user unauthorized",
        "该市民没有授权这项接口。",
        "请市民在微信里重新授权。",
    ),
    50002: ("user limited", "该市民的微信账号受限。", "请通过其他方式联系。"),
    50005: ("user is unsubscribed", "该市民已取消关注。", "请通过其他方式联系。"),
    89503: (
        "ip calling needs admin confirm",
        "微信正等待管理员确认本服务器的调用。",
        "请账号管理员在微信里确认后重试。",
    ),
    89506: (
        "ip refused by admin within 24 hours",
        "管理员拒绝了本服务器的调用，24 小时内不能再试。",
        "请与账号管理员沟通后再试。",
    ),
    89507: (
        "ip refused by admin within 1 hour",
        "管理员拒绝了本服务器的调用，1 小时内不能再试。",
        "请与账号管理员沟通后再试。",
    ),
} | FAMILIES
