"""One good call of every endpoint: what a random walk spoils. `$draft` is filled in by the walk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from minxin.simulator.api import recognition

_SCENE = {"scene": {"scene_id": 7}}
_BUTTON = {"type": "view", "name": "办事", "url": "https://yunxi.example.cn/"}
_ARTICLE = {"title": "停水通知", "content": "<p>明日停水</p>", "thumb_media_id": "$material"}
_NOTICE = {
    "thing1": {"value": "居住证签注"}, "phrase2": {"value": "已受理"},
    "time3": {"value": "2026年11月24日 15:20"},
}  # fmt: skip
_COMMENT = {"msg_data_id": "$data_id", "index": 0, "user_comment_id": 1}
_DAY = {"begin_date": "$yesterday", "end_date": "$yesterday"}


@dataclass(frozen=True, slots=True)
class Sample:
    """What goes into the query, into the body, or as a file into a form."""

    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    file: str = ""  # the form's name for it


def _posts(body: Any, **query: Any) -> Sample:
    return Sample(query, body)


def _gets(**query: Any) -> Sample:
    return Sample(query)


def _uploads(name: str, **query: Any) -> Sample:
    return Sample(query, None, name)


_CGI: dict[str, Sample] = {
    "message/custom/send": _posts(
        {"touser": "$openid", "msgtype": "text", "text": {"content": "您好"},
         "customservice": {"kf_account": "kf1@yunxi"}}
    ),
    "message/custom/typing": _posts({"touser": "$openid", "command": "Typing"}),
    "message/mass/sendall": _posts(
        {"filter": {"is_to_all": False, "tag_id": "$tag"}, "msgtype": "mpnews",
         "mpnews": {"media_id": "$draft"}, "send_ignore_reprint": 0, "clientmsgid": "one"}
    ),
    "message/mass/send": _posts(
        {"touser": ["$openid", "$another"], "msgtype": "text", "text": {"content": "您好"}}
    ),
    "message/mass/preview": _posts(
        {"touser": "$openid", "msgtype": "mpnews", "mpnews": {"media_id": "$draft"}}
    ),
    "message/mass/get": _posts({"msg_id": 1_000_000_001}),
    "message/mass/delete": _posts({"msg_id": 1_000_000_001, "article_idx": 1}),
    "message/mass/speed/get": _posts({}),
    "message/mass/speed/set": _posts({"speed": 2}),
    "message/template/send": _posts(
        {"touser": "$openid", "template_id": "$template", "url": "https://yunxi.example.cn/",
         "miniprogram": {"appid": "wx1", "pagepath": "index"}, "client_msg_id": "one",
         "data": _NOTICE}
    ),
    "template/api_add_template": _posts(
        {"template_id_short": "40001", "keyword_name_list": ["办理事项", "当前状态"]}
    ),
    "template/get_all_private_template": _gets(),
    "template/del_private_template": _posts({"template_id": "$template"}),
    "template/api_set_industry": _posts({"industry_id1": "25", "industry_id2": 24}),
    "template/get_industry": _gets(),
    "message/subscribe/bizsend": _posts(
        {"touser": "$openid", "template_id": "$subscription", "page": "https://yunxi.example.cn/",
         "data": _NOTICE}
    ),
    "get_current_autoreply_info": _gets(),
    "user/info": _gets(openid="$openid", lang="zh_CN"),
    "user/info/batchget": _posts({"user_list": [{"openid": "$openid", "lang": "zh_CN"}]}),
    "user/info/updateremark": _posts({"openid": "$openid", "remark": "东门老周"}),
    "user/get": _gets(next_openid="$openid"),
    "tags/create": _posts({"tag": {"name": "老年人"}}),
    "tags/get": _gets(),
    "tags/update": _posts({"tag": {"id": "$tag", "name": "长者"}}),
    "tags/delete": _posts({"tag": {"id": "$tag"}}),
    "tags/getidlist": _posts({"openid": "$openid"}),
    "tags/members/batchtagging": _posts({"openid_list": ["$openid"], "tagid": "$tag"}),
    "tags/members/batchuntagging": _posts({"openid_list": ["$openid"], "tagid": "$tag"}),
    "user/tag/get": _posts({"tagid": "$tag", "next_openid": ""}),
    "tags/members/getblacklist": _posts({"begin_openid": ""}),
    "tags/members/batchblacklist": _posts({"openid_list": ["$another"]}),
    "tags/members/batchunblacklist": _posts({"openid_list": ["$another"]}),
    "changeopenid": _posts({"from_appid": "wxformer", "openid_list": ["oFormer"]}),
    "menu/create": _posts(
        {"button": [_BUTTON, {"name": "问", "sub_button": [
            {"type": "click", "name": "人工", "key": "PERSON"},
            {"type": "miniprogram", "name": "小程序", "url": "https://yunxi.example.cn/",
             "appid": "wx1", "pagepath": "index"}]}]}
    ),
    "menu/get": _gets(),
    "menu/delete": _gets(),
    "menu/addconditional": _posts(
        {"button": [_BUTTON], "matchrule": {"tag_id": "$tag", "client_platform_type": 1}}
    ),
    "menu/delconditional": _posts({"menuid": 400_000_001}),
    "menu/trymatch": _posts({"user_id": "$openid"}),
    "get_current_selfmenu_info": _gets(),
    "media/upload": _uploads("media", type="image"),
    "media/get": _gets(media_id="$media"),
    "media/get/jssdk": _gets(media_id="$voice"),
    "media/uploadvideo": _posts({"media_id": "$video", "title": "宣传片", "description": "简介"}),
    "media/uploadimg": _uploads("media"),
    "material/add_material": _uploads("media", type="image"),
    "material/get_material": _posts({"media_id": "$material"}),
    "material/del_material": _posts({"media_id": "$material"}),
    "material/get_materialcount": _gets(),
    "material/batchget_material": _posts({"type": "image", "offset": 0, "count": 20}),
    "draft/add": _posts(
        {"articles": [{**_ARTICLE, "author": "市水务局", "digest": "明日", "need_open_comment": 1,
                       "content_source_url": "https://yunxi.example.cn/"},
                      {"article_type": "newspic", "title": "图", "content": "图说",
                       "image_info": {"image_list": [{"image_media_id": "$material"}]}}]}
    ),
    "draft/get": _posts({"media_id": "$draft"}),
    "draft/update": _posts({"media_id": "$draft", "index": 0, "articles": _ARTICLE}),
    "draft/delete": _posts({"media_id": "$draft"}),
    "draft/count": _gets(),
    "draft/batchget": _posts({"offset": 0, "count": 20, "no_content": 0}),
    "draft/switch": _posts({}, checkonly="1"),
    "freepublish/submit": _posts({"media_id": "$draft"}),
    "freepublish/get": _posts({"publish_id": "$publish_id"}),
    "freepublish/batchget": _posts({"offset": 0, "count": 20, "no_content": 1}),
    "freepublish/getarticle": _posts({"article_id": "$article"}),
    "freepublish/delete": _posts({"article_id": "$article", "index": 1}),
    "comment/open": _posts({"msg_data_id": "$data_id", "index": 0}),
    "comment/close": _posts({"msg_data_id": "$data_id", "index": 0}),
    "comment/list": _posts(
        {"msg_data_id": "$data_id", "index": 0, "begin": 0, "count": 49, "type": 0}
    ),
    "comment/markelect": _posts(_COMMENT),
    "comment/unmarkelect": _posts(_COMMENT),
    "comment/delete": _posts(_COMMENT),
    "comment/reply/add": _posts({**_COMMENT, "content": "已转市水务局办理"}),
    "comment/reply/delete": _posts(_COMMENT),
    "qrcode/create": _posts(
        {"action_name": "QR_SCENE", "expire_seconds": 60, "action_info": _SCENE}
    ),
    "shorten/gen": _posts({"long_data": "window=3", "expire_seconds": 60}),
    "shorten/fetch": _posts({"short_key": "$key"}),
    "ticket/getticket": _gets(type="jsapi"),
    "customservice/getkflist": _gets(),
    "customservice/getonlinekflist": _gets(),
    "media/voice/addvoicetorecofortext": _uploads("media", voice_id="v1", format="mp3"),
    "media/voice/queryrecoresultfortext": _posts({}, voice_id="v1"),
    "openapi/rid/get": _posts({"rid": "$rid"}),
    "openapi/quota/get": _posts({"cgi_path": "/cgi-bin/menu/create"}),
    "openapi/quota/clear": _posts({"cgi_path": "/cgi-bin/menu/create"}),
    "clear_quota": _posts({"appid": "$app_id"}),
    "clear_quota/v2": _posts({"appid": "$app_id", "appsecret": "$secret"}),
    "getcallbackip": _gets(),
    "get_api_domain_ip": _gets(),
    "callback/check": _posts({"action": "all", "check_operator": "DEFAULT"}),
    "token": _gets(grant_type="client_credential", appid="$app_id", secret="$secret"),
    "stable_token": _posts(
        {"grant_type": "client_credential", "appid": "$app_id", "secret": "$secret",
         "force_refresh": False}
    ),
}  # fmt: skip
_AGENT = {"kf_account": "kf1@yunxi"}
_OTHER: dict[str, Sample] = {
    "/wxa/sec/queryblocktmplmsg": _posts({"tmpl_msg_id": 1, "largest_id": 0, "limit": 100}),
    "/wxaapi/newtmpl/getcategory": _gets(),
    "/wxaapi/newtmpl/getpubtemplatetitles": _gets(ids="612", start=0, limit=30),
    "/wxaapi/newtmpl/getpubtemplatekeywords": _gets(tid="40001"),
    "/wxaapi/newtmpl/gettemplate": _gets(),
    "/wxaapi/newtmpl/addtemplate": _posts(
        {"tid": "40001", "kidList": [1, 2], "sceneDesc": "办事进度"}
    ),
    "/wxaapi/newtmpl/deltemplate": _posts({"priTmplId": "$subscription"}),
    "/customservice/kfaccount/add": _posts({**_AGENT, "nickname": "小王"}),
    "/customservice/kfaccount/update": _posts({**_AGENT, "nickname": "王芳"}),
    "/customservice/kfaccount/del": _gets(kf_account="kf1@yunxi"),
    "/customservice/kfaccount/uploadheadimg": _uploads("media", kf_account="kf1@yunxi"),
    "/customservice/kfaccount/inviteworker": _posts({**_AGENT, "invite_wx": "wangfang"}),
    "/customservice/kfsession/create": _posts({**_AGENT, "openid": "$openid"}),
    "/customservice/kfsession/close": _posts({**_AGENT, "openid": "$openid"}),
    "/customservice/kfsession/getsession": _gets(openid="$openid"),
    "/customservice/kfsession/getsessionlist": _gets(kf_account="kf1@yunxi"),
    "/customservice/kfsession/getwaitcase": _gets(),
    "/customservice/msgrecord/getmsglist": _posts(
        {"starttime": 1_795_500_000, "endtime": 1_795_503_600, "msgid": 1, "number": 100}
    ),
    "/sns/oauth2/access_token": _gets(
        appid="$app_id", secret="$secret", code="c", grant_type="authorization_code"
    ),
    "/sns/oauth2/refresh_token": _gets(
        appid="$app_id", grant_type="refresh_token", refresh_token="r"
    ),
    "/sns/oauth2/component/access_token": _gets(
        appid="$app_id", code="c", grant_type="authorization_code", component_appid="$component",
        component_access_token="$component_token",
    ),
    "/sns/oauth2/component/refresh_token": _gets(
        appid="$app_id", grant_type="refresh_token", component_appid="$component",
        component_access_token="$component_token", refresh_token="r",
    ),
    "/sns/userinfo": _gets(access_token="t", openid="$openid", lang="zh_CN"),
    "/sns/auth": _gets(access_token="t", openid="$openid"),
    **{
        f"/datacube/{name}": _posts(_DAY)
        for name in (
            "getusersummary", "getusercumulate", "getupstreammsg", "getupstreammsghour",
            "getupstreammsgweek", "getupstreammsgmonth", "getupstreammsgdist",
            "getupstreammsgdistweek", "getupstreammsgdistmonth", "getinterfacesummary",
            "getinterfacesummaryhour", "getarticlesummary", "getarticletotal", "getuserread",
            "getuserreadhour", "getusershare", "getusersharehour", "getarticleread",
            "getarticleshare", "getbizsummary", "getarticletotaldetail",
        )
    },
    **{f"/cv/ocr/{kind}": _uploads("img") for kind in recognition.PAPERS},
    **{f"/cv/img/{kind}": _uploads("img") for kind in recognition.PICTURES},
}  # fmt: skip
_PLATFORM = {"component_appid": "$component"}
_GIVEN = {**_PLATFORM, "authorizer_appid": "$app_id"}
_COMPONENT: dict[str, dict[str, Any]] = {
    "api_start_push_ticket": {**_PLATFORM, "component_secret": "$component_secret"},
    "api_component_token": {
        **_PLATFORM, "component_appsecret": "$component_secret",
        "component_verify_ticket": "$ticket",
    },
    "api_create_preauthcode": _PLATFORM,
    "api_query_auth": {**_PLATFORM, "authorization_code": "$authorization"},
    "api_authorizer_token": {**_GIVEN, "authorizer_refresh_token": "$refresh"},
    "api_get_authorizer_info": _GIVEN,
    "api_get_authorizer_list": {**_PLATFORM, "offset": 0, "count": 100},
    "api_get_authorizer_option": {**_GIVEN, "option_name": "voice_recognize"},
    "api_set_authorizer_option": {
        **_GIVEN, "option_name": "voice_recognize", "option_value": "1"
    },
}  # fmt: skip
SAMPLES: dict[str, Sample] = {
    **{f"/cgi-bin/{path}": sample for path, sample in _CGI.items()},
    **_OTHER,
    **{
        f"/cgi-bin/component/{name}": _posts(body, component_access_token="$component_token")
        for name, body in _COMPONENT.items()
    },
}
