"""The errcodes of one family of calls each: what WeChat says, what that means, what to do.

WeChat's texts are those of its list of return codes; a code of which only the Chinese explanation is
published has none.
"""

_SUPPORT = "请联系技术人员。"
_LATER = "系统会自动重试，一般不需要处理。"
_MENU = "请按提示修改自定义菜单后重新发布。"
_AGAIN = "请从微信里重新打开页面。"
_TAG = "请在标签管理里调整后重试。"
_ARTICLE = "请修改图文内容后重试。"
_PLATFORM = "请联系第三方平台的技术人员。"
_AUTHORISE = "请账号管理员在账号设置里重新授权给第三方平台。"
_AGENTS = "请在微信公众平台的客服功能里核对客服账号。"
_COMMENT = "请刷新留言列表后重试。"
_NOTICE = "请在微信公众平台核对订阅通知模板后重试。"
_RID = "请核对 rid；只能查询本账号七天内的请求。"

FAMILIES: dict[int, tuple[str, str, str]] = {
    # Menus
    40021: ("invalid menu version", "菜单版本号不对。", _SUPPORT),
    40022: ("invalid sub menu level", "菜单最多两级。", _MENU),
    40024: ("invalid sub button type", "二级菜单按钮类型不对。", _MENU),
    40026: ("invalid sub button key size", "二级菜单键太长，不超过 128 个字节。", _MENU),
    40027: ("invalid sub button url size", "二级菜单链接太长，不超过 1024 个字节。", _MENU),
    40054: ("invalid sub button url domain", "二级菜单链接的域名不对。", _MENU),
    40055: ("invalid button url domain", "菜单链接的域名不对。", _MENU),
    45064: ("no permission to use weapp in menu", "菜单里有没有关联的小程序。", _MENU),
    65301: ("this menu is not conditionalmenu", "没有这个个性化菜单。", "请刷新菜单列表后重试。"),
    65302: ("no such user", "没有这个用户。", "请核对该市民是否仍关注本账号。"),
    65303: ("there is no selfmenu, please create selfmenu first", "还没有默认菜单。", _MENU),
    65304: ("match rule empty", "个性化菜单没有写明给谁看。", _MENU),
    65305: ("menu count limit", "个性化菜单数量已达上限。", "请先删除不用的个性化菜单。"),
    65306: ("conditional menu not support", "该账号不支持个性化菜单。", "请改用默认菜单。"),
    65307: ("conditional menu is empty", "个性化菜单没有内容。", _MENU),
    65308: ("exist empty button act", "有的菜单按钮没有动作。", _MENU),
    65309: (
        "conditional menu switch is closed",
        "个性化菜单的开关没有打开。",
        "请账号管理员在微信公众平台打开个性化菜单。",
    ),
    65310: ("region info: country is empty", "写了省份或城市，没有写国家。", _MENU),
    65311: ("region info: province is empty", "写了城市，没有写省份。", _MENU),
    65312: ("invalid country info", "国家信息不对。", _MENU),
    65313: ("invalid province info", "省份信息不对。", _MENU),
    65314: ("invalid city info", "城市信息不对。", _MENU),
    65315: ("not fans", "该用户没有关注本账号。", "请核对该市民是否仍关注本账号。"),
    65316: ("domain count reach limit", "个性化菜单的链接最多指向三个域名。", _MENU),
    65317: ("contain invalid url", "菜单里有不合规的链接。", _MENU),
    65318: ("must use utf-8 charset", "菜单内容的编码不对。", _SUPPORT),
    65319: ("not allow to create menu", "该账号不能创建菜单。", "请核对账号类型和认证状态。"),
    65320: ("", "个性化菜单不能再按性别、地区或语言区分。", "请改为按标签区分。"),
    # Arguments
    40035: ("invalid parameter", "参数不对。", _SUPPORT),
    40039: ("invalid url size", "链接太长。", "请缩短链接。"),
    40052: ("invalid action name", "二维码类型不对。", _SUPPORT),
    40053: ("invalid action info", "二维码的场景值不对。", "请核对场景值的长度和范围。"),
    40059: ("invalid msg id", "没有这条群发。", "请刷新群发列表后重试。"),
    40066: ("invalid url", "微信没有这个接口。", _SUPPORT),
    40097: ("invalid args", "参数不对。", _SUPPORT),
    40102: ("invalid industry id", "行业编号不对。", "请核对行业编号。"),
    40114: ("invalid index value", "没有第这么多篇图文。", "请刷新图文后重试。"),
    40241: (
        "The message is duplicate in 60 seconds",
        "一分钟内发过相同的内容。",
        "不需要重复发送。",
    ),
    41003: ("missing refresh_token", "缺少网页授权的刷新凭证。", _AGAIN),
    41009: ("missing openid", "缺少用户标识。", _SUPPORT),
    42002: ("refresh_token expired", "网页授权的刷新凭证已过期。", _AGAIN),
    42003: ("oauth_code expired", "网页授权码已过期。", _AGAIN),
    42007: (
        "",
        "该用户改了微信密码，原来的授权都失效了。",
        "请该用户重新授权；账号的授权失效时，请管理员重新授权。",
    ),
    43100: ("change template too frequently", "行业每月只能改一次。", "请等次月再改。"),
    43116: ("", "微信把这条模板消息当作营销内容拦截了。", "请核对内容，模板消息不能用于营销。"),
    43117: (
        "Sending messages to this openid too frequently",
        "给该市民发得太频繁。",
        "请过一段时间再发，或把几条合成一条。",
    ),
    44003: ("empty news data", "图文内容为空。", _ARTICLE),
    45026: ("template num exceeds limit", "消息模板数量已达上限。", "请先删除不用的模板。"),
    45067: ("clientmsgid size out of limit", "群发的去重编号太长。", _SUPPORT),
    45083: ("the speed out of range", "群发速度只有 0 到 4 五级。", _SUPPORT),
    45110: ("author size out of limit", "作者名太长，不超过 16 个字。", _ARTICLE),
    45166: ("invalid content", "正文为空、太长或有不允许的内容。", _ARTICLE),
    48003: (
        "user not agree mass-send protocol",
        "账号管理员还没有同意群发协议。",
        "请账号管理员登录微信公众平台同意群发协议。",
    ),
    49003: ("not match openid with appid", "该用户不是本账号的关注者。", "请核对用户标识。"),
    50004: (
        "user not allow to use accesstoken, maybe for punishment",
        "该账号被禁止取用接口凭证。",
        "请账号管理员登录微信公众平台查看通知并处理。",
    ),
    50007: ("", "该账号已被冻结。", "请账号管理员登录微信公众平台查看通知并处理。"),
    61500: ("date format error", "日期格式不对。", _SUPPORT),
    61501: ("date range error", "日期范围不对或太长。", "请缩短查询的日期范围。"),
    61503: ("data not ready, please try later", "这一天的数据还没有算好。", "请次日再查。"),
    101002: ("invalid image content", "图片里没有认出要找的内容。", "请换一张清楚的图片。"),
    # Tags
    45056: ("too many tag now, no need to add new", "标签数量已达上限（100 个）。", _TAG),
    45057: (
        "can't delete the tag that has too many fans",
        "该标签下的人太多，不能直接删除。",
        _TAG,
    ),
    45058: ("can't modify sys tag", "微信自带的标签不能改。", _TAG),
    45059: ("can not tagging one user too much", "一个人最多 20 个标签。", _TAG),
    45157: ("invalid tag name", "标签名为空或已有同名标签。", _TAG),
    45158: ("tag name too long", "标签名太长，不超过 30 个字节。", _TAG),
    45159: ("invalid tag id", "没有这个标签。", _TAG),
    # Publishing
    53503: ("", "该草稿没有通过发布检查。", "请登录微信公众平台查看原因，修改后重新提交。"),
    53504: ("", "该草稿要在微信公众平台上处理。", "请登录微信公众平台使用这篇草稿。"),
    53505: ("", "该草稿没有保存完整。", "请在微信公众平台手动保存后再发表。"),
    53600: ("", "没有这篇已发布的图文。", "请刷新已发布列表后重试。"),
    # Third-party platforms
    61003: (
        "component is not authorized by this account",
        "账号没有授权给第三方平台。",
        _AUTHORISE,
    ),
    61004: (
        "access clientip is not registered",
        "本服务器的地址不在第三方平台的白名单里。",
        "请在第三方平台的设置里加入本服务器的出口地址。",
    ),
    61005: ("component ticket is expired", "第三方平台的推送票据已过期。", _PLATFORM),
    61006: ("component ticket is invalid", "第三方平台的推送票据无效。", _PLATFORM),
    61007: ("api is unauthorized to component", "账号没有把这项权限授权给第三方平台。", _AUTHORISE),
    61008: ("component req key is duplicated", "第三方平台的请求有重复的字段。", _PLATFORM),
    61009: ("code is invalid", "授权码无效。", _AUTHORISE),
    61010: ("code is expired", "授权码已过期或已用过。", _AUTHORISE),
    61011: ("invalid component", "第三方平台无效。", _PLATFORM),
    61012: ("invalid option name", "没有这个选项。", _PLATFORM),
    61013: ("invalid option value", "选项的值不对。", _PLATFORM),
    61014: ("must use component token for component api", "用错了凭证。", _PLATFORM),
    61023: (
        "refresh_token is invalid",
        "账号的授权已失效，可能被取消或重新授权过。",
        _AUTHORISE,
    ),
    # Customer service
    65400: (
        "please enable new custom service, or wait for a while if you have enabled",
        "还没有开通客服功能。",
        "请账号管理员在微信公众平台开通客服功能。",
    ),
    65401: ("invalid custom service account", "没有这个客服账号。", _AGENTS),
    65402: (
        "the custom service account need to bind a wechat user",
        "该客服账号还没有绑定微信号。",
        _AGENTS,
    ),
    65403: ("illegal nickname", "客服昵称不合规，不超过 16 个字。", _AGENTS),
    65404: ("illegal custom service account", "客服账号的写法不对。", _AGENTS),
    65405: ("custom service account number reach limit", "客服账号数量已达上限。", _AGENTS),
    65406: ("custom service account exists", "已有同名的客服账号。", _AGENTS),
    65407: ("the wechat user have been one of your workers", "对方已经是本账号的客服。", _AGENTS),
    65408: ("you have already invited the wechat user", "已经邀请过对方。", "请等对方确认。"),
    65409: ("wechat account invalid", "没有这个微信号。", "请核对微信号。"),
    65410: (
        "too many custom service accounts bound by the worker",
        "对方绑定的客服账号已达上限。",
        "请邀请另一位工作人员。",
    ),
    65411: (
        "a effective invitation to bind the custom service account exists",
        "该客服账号有一个邀请在等对方确认。",
        "请等对方确认，或等邀请过期。",
    ),
    65412: (
        "the custom service account have been bound by a wechat user",
        "该客服账号已经绑定了微信号。",
        "请换一个客服账号。",
    ),
    65413: (
        "no effective session for the customer",
        "该市民没有进行中的客服会话。",
        "不需要处理。",
    ),
    65414: (
        "another worker is serving the customer",
        "该市民正由另一位客服接待。",
        "请等会话结束或转接。",
    ),
    65415: ("the worker is not online", "该客服不在线。", "请等客服上线，或换一位客服。"),
    65416: ("param invalid, please check", "查询条件不对。", _SUPPORT),
    65417: (
        "it is too long from the starttime to endtime",
        "一次最多查一天的聊天记录。",
        "请缩短查询的时间。",
    ),
    # What WeChat keeps of calls
    76001: ("rid not found", "没有这个 rid。", _RID),
    76002: ("rid is error", "rid 为空或写法不对。", _RID),
    76003: ("could not query this rid, no permission", "该 rid 是其他账号的请求。", _RID),
    76004: ("rid is expired", "该 rid 已过期，只保留七天。", _RID),
    76021: ("cgi_path not found", "没有这个接口路径。", "请核对接口路径。"),
    76022: ("could not use this cgi_path, no permission", "该账号不能查询这个接口。", _SUPPORT),
    # Comments
    87009: ("", "这条留言还没有回复。", _COMMENT),
    88000: ("without comment privilege", "该账号没有留言功能。", "请核对账号是否开通留言功能。"),
    88001: ("msg_data is not exists", "没有这篇图文。", _COMMENT),
    88002: ("the article is limit for safety", "该图文因安全原因受限。", _COMMENT),
    88003: ("elected comment upper limit", "精选留言已达上限。", "请先取消一些精选。"),
    88004: ("comment was deleted by user", "该留言已被留言的人删除。", _COMMENT),
    88005: ("already reply", "该留言已经回复过。", "需要修改时，请先删除原来的回复。"),
    88007: (
        "reply content beyond max len or content len is zero",
        "回复为空或太长。",
        "请修改回复后重试。",
    ),
    88008: ("comment is not exists", "没有这条留言。", _COMMENT),
    88009: ("reply is not exists", "这条留言还没有回复。", _COMMENT),
    88010: ("count range error. cout <= 0 or count > 50", "一次查询的条数不对。", _SUPPORT),
    # Subscription notices
    200011: ("", "该账号的订阅通知已被封禁。", "请账号管理员登录微信公众平台查看通知并处理。"),
    200012: ("", "订阅通知模板数量已达上限。", "请先删除不用的模板。"),
    200013: ("", "该模板已被封禁。", _NOTICE),
    200014: ("", "没有这个模板。", _NOTICE),
    200016: ("", "查询的起点不对。", _SUPPORT),
    200017: ("", "一次查询的条数不对。", _SUPPORT),
    200018: ("", "没有写类目。", _NOTICE),
    200019: ("", "类目不对。", _NOTICE),
    200020: ("", "关键词不对，要选二到五个。", _NOTICE),
    200021: ("", "场景说明太长，不超过 15 个字。", _NOTICE),
}
