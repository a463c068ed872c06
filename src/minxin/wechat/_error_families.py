"""The errcodes of one family of calls each."""

from minxin.wechat._error_words import (
    AGAIN,
    AGENTS,
    ARTICLE,
    AUTHORISE,
    BACKEND,
    COMMENT,
    MENU,
    NOTICE,
    PLATFORM,
    RID,
    SUPPORT,
    TAG,
    Entry,
    Party,
)

FAMILIES: dict[int, Entry] = {
    # Menus
    40021: Entry("invalid menu version", "菜单版本号不对。", Party.SYSTEM, SUPPORT),
    40022: Entry("invalid sub menu level", "菜单最多两级。", Party.CONTENT, MENU),
    40024: Entry("invalid sub button type", "二级菜单按钮类型不对。", Party.CONTENT, MENU),
    40026: Entry(
        "invalid sub button key size", "二级菜单键太长，不超过 128 个字节。", Party.CONTENT, MENU
    ),
    40027: Entry(
        "invalid sub button url size", "二级菜单链接太长，不超过 1024 个字节。", Party.CONTENT, MENU
    ),
    40054: Entry("invalid sub button url domain", "二级菜单链接的域名不对。", Party.CONTENT, MENU),
    40055: Entry("invalid button url domain", "菜单链接的域名不对。", Party.CONTENT, MENU),
    45064: Entry(
        "no permission to use weapp in menu", "菜单里有没有关联的小程序。", Party.CONTENT, MENU
    ),
    65301: Entry(
        "this menu is not conditionalmenu",
        "没有这个个性化菜单。",
        Party.CONTENT,
        "请刷新菜单列表后重试。",
    ),
    65302: Entry("no such user", "没有这个用户。", Party.CITIZEN, "请核对该市民是否仍关注本账号。"),
    65303: Entry(
        "there is no selfmenu, please create selfmenu first",
        "还没有默认菜单。",
        Party.CONTENT,
        MENU,
    ),
    65304: Entry("match rule empty", "个性化菜单没有写明给谁看。", Party.CONTENT, MENU),
    65305: Entry(
        "menu count limit", "个性化菜单数量已达上限。", Party.ACCOUNT, "请先删除不用的个性化菜单。"
    ),
    65306: Entry(
        "conditional menu not support",
        "该账号不支持个性化菜单。",
        Party.ACCOUNT,
        "请改用默认菜单。",
    ),
    65307: Entry("conditional menu is empty", "个性化菜单没有内容。", Party.CONTENT, MENU),
    65308: Entry("exist empty button act", "有的菜单按钮没有动作。", Party.CONTENT, MENU),
    65309: Entry(
        "conditional menu switch is closed",
        "个性化菜单的开关没有打开。",
        Party.ACCOUNT,
        "请账号管理员在微信公众平台打开个性化菜单。",
    ),
    65310: Entry(
        "region info: country is empty", "写了省份或城市，没有写国家。", Party.CONTENT, MENU
    ),
    65311: Entry("region info: province is empty", "写了城市，没有写省份。", Party.CONTENT, MENU),
    65312: Entry("invalid country info", "国家信息不对。", Party.CONTENT, MENU),
    65313: Entry("invalid province info", "省份信息不对。", Party.CONTENT, MENU),
    65314: Entry("invalid city info", "城市信息不对。", Party.CONTENT, MENU),
    65315: Entry(
        "not fans", "该用户没有关注本账号。", Party.CITIZEN, "请核对该市民是否仍关注本账号。"
    ),
    65316: Entry(
        "domain count reach limit", "个性化菜单的链接最多指向三个域名。", Party.CONTENT, MENU
    ),
    65317: Entry("contain invalid url", "菜单里有不合规的链接。", Party.CONTENT, MENU),
    65318: Entry("must use utf-8 charset", "菜单内容的编码不对。", Party.SYSTEM, SUPPORT),
    65319: Entry(
        "not allow to create menu",
        "该账号不能创建菜单。",
        Party.ACCOUNT,
        "请核对账号类型和认证状态。",
    ),
    65320: Entry(
        "", "个性化菜单不能再按性别、地区或语言区分。", Party.CONTENT, "请改为按标签区分。"
    ),
    # Arguments
    40035: Entry("invalid parameter", "参数不对。", Party.SYSTEM, SUPPORT),
    40039: Entry("invalid url size", "链接太长。", Party.CONTENT, "请缩短链接。"),
    40048: Entry(
        "invalid url domain",
        "网址的域名无效。",
        Party.ACCOUNT,
        "请核对账号的 JS 接口安全域名和网页授权域名。",
    ),
    40052: Entry("invalid action name", "二维码类型不对。", Party.SYSTEM, SUPPORT),
    40053: Entry(
        "invalid action info", "二维码的场景值不对。", Party.CONTENT, "请核对场景值的长度和范围。"
    ),
    40059: Entry("invalid msg id", "没有这条群发。", Party.CONTENT, "请刷新群发列表后重试。"),
    40066: Entry("invalid url", "微信没有这个接口。", Party.SYSTEM, SUPPORT),
    40097: Entry("invalid args", "参数不对。", Party.SYSTEM, SUPPORT),
    40102: Entry("invalid industry id", "行业编号不对。", Party.CONTENT, "请核对行业编号。"),
    40114: Entry(
        "invalid index value", "没有第这么多篇图文。", Party.CONTENT, "请刷新图文后重试。"
    ),
    40241: Entry(
        "The message is duplicate in 60 seconds",
        "一分钟内发过相同的内容。",
        Party.CONTENT,
        "不需要重复发送。",
    ),
    41003: Entry("missing refresh_token", "缺少网页授权的刷新凭证。", Party.CITIZEN, AGAIN),
    41009: Entry("missing openid", "缺少用户标识。", Party.SYSTEM, SUPPORT),
    42002: Entry("refresh_token expired", "网页授权的刷新凭证已过期。", Party.CITIZEN, AGAIN),
    42003: Entry("oauth_code expired", "网页授权码已过期。", Party.CITIZEN, AGAIN),
    42007: Entry(
        "",
        "该用户改了微信密码，原来的授权都失效了。",
        Party.CITIZEN,
        "请该用户重新授权；账号的授权失效时，请管理员重新授权。",
    ),
    43100: Entry(
        "change template too frequently", "行业每月只能改一次。", Party.ACCOUNT, "请等次月再改。"
    ),
    43116: Entry(
        "",
        "微信可能把这条模板消息当作营销内容拦截了（未核实）。",
        Party.CONTENT,
        "请核对内容，模板消息不能用于营销。",
    ),
    43117: Entry(
        "Sending messages to this openid too frequently",
        "给该市民发得太频繁。",
        Party.SYSTEM,
        "请过一段时间再发，或把几条合成一条。",
    ),
    44003: Entry("empty news data", "图文内容为空。", Party.CONTENT, ARTICLE),
    45026: Entry(
        "template num exceeds limit",
        "消息模板数量已达上限。",
        Party.ACCOUNT,
        "请先删除不用的模板。",
    ),
    45067: Entry("clientmsgid size out of limit", "群发的去重编号太长。", Party.SYSTEM, SUPPORT),
    45083: Entry("the speed out of range", "群发速度只有 0 到 4 五级。", Party.SYSTEM, SUPPORT),
    45110: Entry(
        "author size out of limit", "作者名太长，不超过 16 个字。", Party.CONTENT, ARTICLE
    ),
    45166: Entry("invalid content", "正文为空、太长或有不允许的内容。", Party.CONTENT, ARTICLE),
    48003: Entry(
        "user not agree mass-send protocol",
        "账号管理员还没有同意群发协议。",
        Party.ACCOUNT,
        "请账号管理员登录微信公众平台同意群发协议。",
    ),
    48013: Entry("", "这个视频不能用于群发。", Party.CONTENT, "请重新上传视频后再群发。"),
    48014: Entry("", "这个视频没有通过审核。", Party.CONTENT, "请检查视频后重试。"),
    49003: Entry(
        "not match openid with appid",
        "该用户不是本账号的关注者。",
        Party.CITIZEN,
        "请核对用户标识。",
    ),
    50004: Entry(
        "user not allow to use accesstoken, maybe for punishment",
        "该账号被禁止取用接口凭证。",
        Party.ACCOUNT,
        BACKEND,
    ),
    50007: Entry("", "该账号已被冻结。", Party.ACCOUNT, BACKEND),
    61500: Entry("date format error", "日期格式不对。", Party.SYSTEM, SUPPORT),
    61501: Entry(
        "date range error", "日期范围不对或太长。", Party.CONTENT, "请缩短查询的日期范围。"
    ),
    61503: Entry(
        "data not ready, please try later", "这一天的数据还没有算好。", Party.WECHAT, "请次日再查。"
    ),
    101000: Entry("", "图片的链接无效。", Party.CONTENT, "请换一张图片重试。"),
    101001: Entry(
        "certificate not found", "图片里没有认出要找的内容。", Party.CONTENT, "请换一张清楚的图片。"
    ),
    101002: Entry(
        "not enough market quota",
        "图片识别的额度不够。",
        Party.ACCOUNT,
        "请账号管理员核对图片识别的额度。",
    ),
    # Tags
    45056: Entry(
        "too many tag now, no need to add new", "标签数量已达上限（100 个）。", Party.ACCOUNT, TAG
    ),
    45057: Entry(
        "can't delete the tag that has too many fans",
        "该标签下的人太多，不能直接删除。",
        Party.ACCOUNT,
        TAG,
    ),
    45058: Entry("can't modify sys tag", "微信自带的标签不能改。", Party.ACCOUNT, TAG),
    45059: Entry("can not tagging one user too much", "一个人最多 20 个标签。", Party.ACCOUNT, TAG),
    45157: Entry("invalid tag name", "标签名为空或已有同名标签。", Party.ACCOUNT, TAG),
    45158: Entry("tag name too long", "标签名太长，不超过 30 个字节。", Party.ACCOUNT, TAG),
    45159: Entry("invalid tag id", "没有这个标签。", Party.ACCOUNT, TAG),
    # Publishing
    53503: Entry(
        "",
        "该草稿没有通过发布检查。",
        Party.CONTENT,
        "请登录微信公众平台查看原因，修改后重新提交。",
    ),
    53504: Entry(
        "", "该草稿要在微信公众平台上处理。", Party.CONTENT, "请登录微信公众平台使用这篇草稿。"
    ),
    53505: Entry("", "该草稿没有保存完整。", Party.CONTENT, "请在微信公众平台手动保存后再发表。"),
    53600: Entry("", "没有这篇已发布的图文。", Party.CONTENT, "请刷新已发布列表后重试。"),
    # Third-party platforms
    61003: Entry(
        "component is not authorized by this account",
        "账号没有授权给第三方平台。",
        Party.ACCOUNT,
        AUTHORISE,
    ),
    61004: Entry(
        "access clientip is not registered",
        "本服务器的地址不在第三方平台的白名单里。",
        Party.PLATFORM,
        "请在第三方平台的设置里加入本服务器的出口地址。",
    ),
    61005: Entry(
        "component ticket is expired", "第三方平台的推送票据已过期。", Party.PLATFORM, PLATFORM
    ),
    61006: Entry(
        "component ticket is invalid", "第三方平台的推送票据无效。", Party.PLATFORM, PLATFORM
    ),
    61007: Entry(
        "api is unauthorized to component",
        "账号没有把这项权限授权给第三方平台。",
        Party.ACCOUNT,
        AUTHORISE,
    ),
    61008: Entry(
        "component req key is duplicated",
        "第三方平台的请求有重复的字段。",
        Party.PLATFORM,
        PLATFORM,
    ),
    61009: Entry("code is invalid", "授权码无效。", Party.ACCOUNT, AUTHORISE),
    61010: Entry("code is expired", "授权码已过期或已用过。", Party.ACCOUNT, AUTHORISE),
    61011: Entry("invalid component", "第三方平台无效。", Party.PLATFORM, PLATFORM),
    61012: Entry("invalid option name", "没有这个选项。", Party.PLATFORM, PLATFORM),
    61013: Entry("invalid option value", "选项的值不对。", Party.PLATFORM, PLATFORM),
    61014: Entry(
        "must use component token for component api", "用错了凭证。", Party.PLATFORM, PLATFORM
    ),
    61023: Entry(
        "refresh_token is invalid",
        "账号的授权已失效，可能被取消或重新授权过。",
        Party.ACCOUNT,
        AUTHORISE,
    ),
    # Customer service
    65400: Entry(
        "please enable new custom service, or wait for a while if you have enabled",
        "还没有开通客服功能。",
        Party.ACCOUNT,
        "请账号管理员在微信公众平台开通客服功能。",
    ),
    65401: Entry("invalid custom service account", "没有这个客服账号。", Party.ACCOUNT, AGENTS),
    65402: Entry(
        "the custom service account need to bind a wechat user",
        "该客服账号还没有绑定微信号。",
        Party.ACCOUNT,
        AGENTS,
    ),
    65403: Entry("illegal nickname", "客服昵称不合规，不超过 16 个字。", Party.ACCOUNT, AGENTS),
    65404: Entry("illegal custom service account", "客服账号的写法不对。", Party.ACCOUNT, AGENTS),
    65405: Entry(
        "custom service account number reach limit", "客服账号数量已达上限。", Party.ACCOUNT, AGENTS
    ),
    65406: Entry("custom service account exists", "已有同名的客服账号。", Party.ACCOUNT, AGENTS),
    65407: Entry(
        "the wechat user have been one of your workers",
        "对方已经是本账号的客服。",
        Party.ACCOUNT,
        AGENTS,
    ),
    65408: Entry(
        "you have already invited the wechat user",
        "已经邀请过对方。",
        Party.ACCOUNT,
        "请等对方确认。",
    ),
    65409: Entry("wechat account invalid", "没有这个微信号。", Party.CONTENT, "请核对微信号。"),
    65410: Entry(
        "too many custom service accounts bound by the worker",
        "对方绑定的客服账号已达上限。",
        Party.ACCOUNT,
        "请邀请另一位工作人员。",
    ),
    65411: Entry(
        "a effective invitation to bind the custom service account exists",
        "该客服账号有一个邀请在等对方确认。",
        Party.ACCOUNT,
        "请等对方确认，或等邀请过期。",
    ),
    65412: Entry(
        "the custom service account have been bound by a wechat user",
        "该客服账号已经绑定了微信号。",
        Party.ACCOUNT,
        "请换一个客服账号。",
    ),
    65413: Entry(
        "no effective session for the customer",
        "该市民没有进行中的客服会话。",
        Party.CITIZEN,
        "不需要处理。",
    ),
    65414: Entry(
        "another worker is serving the customer",
        "该市民正由另一位客服接待。",
        Party.ACCOUNT,
        "请等会话结束或转接。",
    ),
    65415: Entry(
        "the worker is not online", "该客服不在线。", Party.ACCOUNT, "请等客服上线，或换一位客服。"
    ),
    65416: Entry("param invalid, please check", "查询条件不对。", Party.SYSTEM, SUPPORT),
    65417: Entry(
        "it is too long from the starttime to endtime",
        "一次最多查一天的聊天记录。",
        Party.CONTENT,
        "请缩短查询的时间。",
    ),
    # What WeChat keeps of calls
    76001: Entry("rid not found", "没有这个 rid，或已超过七天。", Party.SYSTEM, RID),
    76002: Entry("rid is error", "rid 为空或写法不对。", Party.SYSTEM, RID),
    76003: Entry(
        "could not query this rid,no permission", "该 rid 不是本账号的请求。", Party.SYSTEM, RID
    ),
    76004: Entry("", "rid 查不到，可能已过期（未核实）。", Party.SYSTEM, RID),
    76021: Entry("cgi_path not found", "没有这个接口路径。", Party.SYSTEM, "请核对接口路径。"),
    76022: Entry(
        "could not use this cgi_path, no permission",
        "该账号不能查询这个接口。",
        Party.ACCOUNT,
        SUPPORT,
    ),
    # Comments
    87009: Entry("", "这条留言还没有回复。", Party.CONTENT, COMMENT),
    88000: Entry(
        "without comment privilege",
        "该账号没有留言功能。",
        Party.ACCOUNT,
        "请核对账号是否开通留言功能。",
    ),
    88001: Entry("msg_data is not exists", "没有这篇图文。", Party.CONTENT, COMMENT),
    88002: Entry(
        "the article is limit for safety", "该图文因安全原因受限。", Party.ACCOUNT, COMMENT
    ),
    88003: Entry(
        "elected comment upper limit", "精选留言已达上限。", Party.ACCOUNT, "请先取消一些精选。"
    ),
    88004: Entry("comment was deleted by user", "该留言已被留言的人删除。", Party.CITIZEN, COMMENT),
    88005: Entry(
        "already reply", "该留言已经回复过。", Party.CONTENT, "需要修改时，请先删除原来的回复。"
    ),
    88007: Entry(
        "reply content beyond max len or content len is zero",
        "回复为空或太长。",
        Party.CONTENT,
        "请修改回复后重试。",
    ),
    88008: Entry("comment is not exists", "没有这条留言。", Party.CONTENT, COMMENT),
    88009: Entry("reply is not exists", "这条留言还没有回复。", Party.CONTENT, COMMENT),
    88010: Entry(
        "count range error. cout <= 0 or count > 50", "一次查询的条数不对。", Party.SYSTEM, SUPPORT
    ),
    # Subscription notices
    200011: Entry("", "该账号已被封禁，不能管理订阅通知。", Party.ACCOUNT, BACKEND),
    200012: Entry("", "订阅通知模板数量已达上限（25 个）。", Party.ACCOUNT, "请先删除不用的模板。"),
    200013: Entry("", "该模板已被封禁，不能选用。", Party.ACCOUNT, NOTICE),
    200014: Entry("", "模板编号（tid）不对。", Party.CONTENT, NOTICE),
    200016: Entry("", "查询的起点（start）不对。", Party.SYSTEM, SUPPORT),
    200017: Entry("", "一次查询的条数（limit）不对。", Party.SYSTEM, SUPPORT),
    200018: Entry("", "没有写类目（ids）。", Party.CONTENT, NOTICE),
    200019: Entry("", "类目（ids）不合法。", Party.CONTENT, NOTICE),
    200020: Entry("", "关键词（kidList）不对，要选二到五个。", Party.CONTENT, NOTICE),
    200021: Entry("", "场景说明（sceneDesc）不对，不超过 15 个字。", Party.CONTENT, NOTICE),
}
