"""The errcodes that most calls can answer."""

from minxin.wechat._error_words import (
    AGAIN,
    BACKEND,
    CREDENTIAL,
    LATER,
    MEDIA,
    MENU,
    OPENID,
    PERMISSION,
    QUOTA,
    REACH,
    SUPPORT,
    Entry,
    Party,
)

COMMON: dict[int, Entry] = {
    -1: Entry("system error", "微信系统繁忙。", Party.WECHAT, LATER),
    40001: Entry(
        "invalid credential, access_token is invalid or not latest",
        "接口凭证无效或已被别处刷新。",
        Party.SYSTEM,
        "系统会重新获取一次；反复出现时，请检查是否有其他系统也在使用这个账号的密钥。",
    ),
    40002: Entry("invalid grant_type", "凭证类型不对。", Party.SYSTEM, SUPPORT),
    40003: Entry("invalid openid", "接收人标识无效。", Party.CITIZEN, OPENID),
    40004: Entry("invalid media type", "素材类型不对。", Party.CONTENT, MEDIA),
    40005: Entry("invalid file type", "文件类型不对。", Party.CONTENT, MEDIA),
    40006: Entry("invalid meida size", "文件大小不符合要求。", Party.CONTENT, MEDIA),
    40007: Entry(
        "invalid media_id",
        "素材不存在或已过期。",
        Party.CONTENT,
        "临时素材三天后失效，请重新上传。",
    ),
    40008: Entry("invalid message type", "消息类型不对。", Party.SYSTEM, SUPPORT),
    40009: Entry("invalid image size", "图片大小不符合要求。", Party.CONTENT, MEDIA),
    40013: Entry("invalid appid", "AppID 无效。", Party.ACCOUNT, CREDENTIAL),
    40014: Entry("invalid access_token", "接口凭证无效。", Party.SYSTEM, LATER),
    40016: Entry(
        "invalid button size", "菜单按钮数量不对，一级菜单最多三个。", Party.CONTENT, MENU
    ),
    40017: Entry("invalid button type", "菜单按钮类型不对。", Party.CONTENT, MENU),
    40018: Entry(
        "invalid button name size", "菜单名称太长，一级菜单不超过 16 个字节。", Party.CONTENT, MENU
    ),
    40019: Entry("invalid button key size", "菜单键太长，不超过 128 个字节。", Party.CONTENT, MENU),
    40020: Entry(
        "invalid button url size", "菜单链接太长，不超过 1024 个字节。", Party.CONTENT, MENU
    ),
    40023: Entry("invalid sub button size", "二级菜单最多五个。", Party.CONTENT, MENU),
    40025: Entry(
        "invalid sub button name size", "二级菜单名称太长，不超过 60 个字节。", Party.CONTENT, MENU
    ),
    40029: Entry("invalid code", "网页授权码无效。", Party.CITIZEN, AGAIN),
    40030: Entry("invalid refresh_token", "网页授权的刷新凭证无效。", Party.CITIZEN, AGAIN),
    40032: Entry("invalid openid list size", "接收人数量不对。", Party.SYSTEM, SUPPORT),
    40033: Entry(
        "invalid charset. please check your request, if include \\uxxxx will create fail!",
        "内容里有微信不接受的字符写法。",
        Party.SYSTEM,
        SUPPORT,
    ),
    40037: Entry("invalid template_id", "消息模板不存在。", Party.ACCOUNT, "请核对模板编号。"),
    40125: Entry("invalid appsecret", "AppSecret 无效。", Party.ACCOUNT, CREDENTIAL),
    40130: Entry(
        "invalid openid list size, at least two openid",
        "群发至少需要两个接收人。",
        Party.CONTENT,
        "请增加接收人。",
    ),
    40163: Entry("code been used", "网页授权码已被使用过。", Party.CITIZEN, AGAIN),
    40164: Entry(
        "invalid ip, not in whitelist",
        "本服务器的地址不在微信的 IP 白名单里。",
        Party.ACCOUNT,
        "请在微信开发者平台把本服务器的出口地址加入 IP 白名单。",
    ),
    40243: Entry(
        "appsecret is frozen",
        "AppSecret 已被冻结。",
        Party.ACCOUNT,
        "请账号管理员在微信开发者平台解除冻结，或重置后填入新的密钥。",
    ),
    41001: Entry("access_token missing", "缺少接口凭证。", Party.SYSTEM, SUPPORT),
    41002: Entry("appid missing", "缺少 AppID。", Party.ACCOUNT, CREDENTIAL),
    41004: Entry("appsecret missing", "缺少 AppSecret。", Party.ACCOUNT, CREDENTIAL),
    41005: Entry("media data missing", "没有收到素材内容。", Party.CONTENT, MEDIA),
    41008: Entry("missing code", "缺少网页授权码。", Party.CITIZEN, AGAIN),
    42001: Entry("access_token expired", "接口凭证已过期。", Party.SYSTEM, LATER),
    43002: Entry("require POST method", "请求方式不对。", Party.SYSTEM, SUPPORT),
    43004: Entry(
        "require subscribe",
        "该市民没有关注本账号。",
        Party.CITIZEN,
        "消息无法送达；可在市民再次关注后联系，或通过其他方式联系。",
    ),
    43019: Entry(
        "require remove blacklist",
        "该市民在黑名单里。",
        Party.ACCOUNT,
        "需要联系时请先移出黑名单。",
    ),
    43101: Entry("user refuse to accept the msg", "该市民拒收这类消息。", Party.CITIZEN, REACH),
    44002: Entry("empty post data", "请求内容为空。", Party.SYSTEM, SUPPORT),
    44004: Entry("empty content", "消息内容为空。", Party.CONTENT, "请填写内容。"),
    45001: Entry("media size out of limit", "素材太大。", Party.CONTENT, MEDIA),
    45002: Entry(
        "content size out of limit", "消息太长。", Party.CONTENT, "请缩短内容，或改为发送链接。"
    ),
    45003: Entry("title size out of limit", "标题太长。", Party.CONTENT, "请缩短标题。"),
    45004: Entry("description size out of limit", "摘要太长。", Party.CONTENT, "请缩短摘要。"),
    45008: Entry(
        "article size out of limit", "图文条数超过限制。", Party.CONTENT, "请减少图文条数。"
    ),
    45009: Entry(
        "reach max api daily quota limit", "接口调用次数已达当日上限。", Party.ACCOUNT, QUOTA
    ),
    45011: Entry(
        "api minute-quota reach limit, must slower, retry next minute",
        "接口调用太频繁。",
        Party.SYSTEM,
        LATER,
    ),
    45015: Entry(
        "response out of time limit or subscription is canceled",
        "已超过可以主动发消息的时间（市民最近一次发言后 48 小时），或市民已取消关注。",
        Party.CITIZEN,
        "消息会保留，市民再次发言时自动送达；市民也可以在“我的诉求”里看到。",
    ),
    45028: Entry("has no masssend quota", "没有群发次数了。", Party.ACCOUNT, QUOTA),
    45029: Entry(
        "qrcode count out of limit", "永久二维码数量已达上限。", Party.ACCOUNT, "请改用临时二维码。"
    ),
    45047: Entry(
        "out of response count limit",
        "市民最近一次发言后，可以主动发送的条数已用完（最多 5 条）。",
        Party.CITIZEN,
        "消息会保留，市民再次发言时自动送达。",
    ),
    45065: Entry("clientmsgid exist", "相同的群发已经提交过。", Party.SYSTEM, "不需要重复提交。"),
    45066: Entry("same clientmsgid retry too fast", "重复提交太快。", Party.SYSTEM, LATER),
    45072: Entry("invalid command", "“正在输入”的指令不对。", Party.SYSTEM, SUPPORT),
    45080: Entry(
        "need sending message to user, or  recving message from user in the last 30 seconds "
        "before typing",
        "“正在输入”只能在市民发言后 30 秒内显示。",
        Party.CITIZEN,
        "不需要处理。",
    ),
    45081: Entry("you are already typing", "已经在显示“正在输入”。", Party.SYSTEM, "不需要处理。"),
    46003: Entry("menu no exist", "还没有自定义菜单。", Party.ACCOUNT, "请先发布菜单。"),
    47001: Entry("data format error", "请求格式不对。", Party.SYSTEM, SUPPORT),
    47003: Entry(
        "argument invalid!",
        "模板消息的字段内容不符合要求。",
        Party.CONTENT,
        "请按字段类型的长度和格式修改内容。",
    ),
    48001: Entry("api unauthorized", "该账号没有这项接口的权限。", Party.ACCOUNT, PERMISSION),
    48002: Entry("user block receive message", "该市民关闭了接收消息。", Party.CITIZEN, REACH),
    48004: Entry(
        "api forbidden for irregularities, view detail on mp.weixin.qq.com",
        "该账号因违规被限制使用这项接口。",
        Party.ACCOUNT,
        BACKEND,
    ),
    48006: Entry(
        "forbid to clear quota because of reaching the limit",
        "本月清零次数已用完。",
        Party.ACCOUNT,
        "请等次月恢复。",
    ),
    48008: Entry(
        "no permission for this msgtype", "该账号不能发送这种消息。", Party.ACCOUNT, PERMISSION
    ),
    50001: Entry(
        "api unauthorized or user unauthorized",
        "该市民没有授权这项接口。",
        Party.CITIZEN,
        "请市民在微信里重新授权。",
    ),
    50002: Entry("user limited", "该市民的微信账号受限。", Party.CITIZEN, REACH),
    50005: Entry("user is unsubscribed", "该市民已取消关注。", Party.CITIZEN, REACH),
    89503: Entry(
        "ip calling needs admin confirm",
        "微信正等待管理员确认本服务器的调用。",
        Party.ACCOUNT,
        "请账号管理员在微信里确认后重试。",
    ),
    89506: Entry(
        "ip refused by admin within 24 hours",
        "管理员拒绝了本服务器的调用，24 小时内不能再试。",
        Party.ACCOUNT,
        "请与账号管理员沟通后再试。",
    ),
    89507: Entry(
        "ip refused by admin within 1 hour",
        "管理员拒绝了本服务器的调用，1 小时内不能再试。",
        Party.ACCOUNT,
        "请与账号管理员沟通后再试。",
    ),
}
