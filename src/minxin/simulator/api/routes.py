"""WeChat's paths and what serves them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from minxin.simulator import faults, platforms
from minxin.simulator.api import (
    agents,
    analytics,
    article_analytics,
    authorisation,
    blacklist,
    comments,
    component,
    component_pages,
    conditional_menus,
    drafts,
    js_tickets,
    mass,
    materials,
    media,
    menus,
    messages,
    network,
    publishing,
    qr_codes,
    quotas,
    recognition,
    subscriptions,
    tags,
    templates,
    tokens,
    users,
)
from minxin.simulator.api.calls import (
    Answer,
    Call,
    CutResponse,
    Dropped,
    Endpoint,
    json_response,
    serve,
    strike,
)
from minxin.simulator.permissions import Need, allows
from minxin.simulator.refusals import Refused
from minxin.simulator.world import Job, World

NOTHING, VERIFIED, MENU = Need.NOTHING, Need.VERIFIED, Need.MENU
TEMPLATE, PUBLISH = Need.TEMPLATE, Need.PUBLISH


WHOLE, SHAPE_ONLY = "whole", "shape only"


@dataclass(frozen=True, slots=True)
class Entry:
    """One path: the method WeChat wants, what serves it, who may call it and how often a day.

    `daily` is what the permission tables of the official site commonly show for a verified account
    (not confirmed for every kind); 0 is not limited. `POST /sim/accounts` with `quotas` changes it.
    """

    path: str
    method: str
    endpoint: Endpoint
    needs: Need = NOTHING
    daily: int = 0
    state: str = WHOLE


# The account comes from the access token.
WITH_TOKEN: tuple[Entry, ...] = (
    Entry("/cgi-bin/message/custom/send", "POST", messages.send, VERIFIED, 500_000),
    Entry("/cgi-bin/message/custom/typing", "POST", messages.typing, VERIFIED),
    Entry("/cgi-bin/message/mass/sendall", "POST", mass.to_all, VERIFIED),
    Entry("/cgi-bin/message/mass/send", "POST", mass.to_many, Need.MASS_BY_OPENID),
    Entry("/cgi-bin/message/mass/preview", "POST", mass.preview, VERIFIED),
    Entry("/cgi-bin/message/mass/get", "POST", mass.get, VERIFIED),
    Entry("/cgi-bin/message/mass/delete", "POST", mass.delete, VERIFIED, 10),
    Entry("/cgi-bin/message/mass/speed/get", "POST", mass.get_speed, VERIFIED),
    Entry("/cgi-bin/message/mass/speed/set", "POST", mass.set_speed, VERIFIED),
    Entry("/cgi-bin/message/template/send", "POST", templates.send, TEMPLATE, templates.DAILY),
    Entry("/cgi-bin/template/api_add_template", "POST", templates.add, TEMPLATE),
    Entry(
        "/cgi-bin/template/get_all_private_template", "GET", templates.listing_of_account, TEMPLATE
    ),
    Entry("/cgi-bin/template/del_private_template", "POST", templates.delete, TEMPLATE),
    Entry("/cgi-bin/template/api_set_industry", "POST", templates.set_industry, TEMPLATE),
    Entry("/cgi-bin/template/get_industry", "GET", templates.get_industry, TEMPLATE),
    Entry("/wxa/sec/queryblocktmplmsg", "POST", templates.blocked, TEMPLATE),
    Entry("/cgi-bin/message/subscribe/bizsend", "POST", subscriptions.send, VERIFIED),
    Entry("/wxaapi/newtmpl/getcategory", "GET", subscriptions.categories, VERIFIED),
    Entry("/wxaapi/newtmpl/getpubtemplatetitles", "GET", subscriptions.titles, VERIFIED),
    Entry("/wxaapi/newtmpl/getpubtemplatekeywords", "GET", subscriptions.keywords, VERIFIED),
    Entry("/wxaapi/newtmpl/gettemplate", "GET", subscriptions.of_account, VERIFIED),
    Entry("/wxaapi/newtmpl/addtemplate", "POST", subscriptions.add, VERIFIED),
    Entry("/wxaapi/newtmpl/deltemplate", "POST", subscriptions.delete, VERIFIED),
    Entry("/cgi-bin/get_current_autoreply_info", "GET", quotas.auto_reply),
    Entry("/cgi-bin/user/info", "GET", users.info, VERIFIED, 5_000_000),
    Entry("/cgi-bin/user/info/batchget", "POST", users.info_of_many, VERIFIED),
    Entry("/cgi-bin/user/info/updateremark", "POST", users.set_remark, VERIFIED, 10_000),
    Entry("/cgi-bin/user/get", "GET", users.listing, VERIFIED, 500),
    Entry("/cgi-bin/tags/create", "POST", tags.create, VERIFIED, 1000),
    Entry("/cgi-bin/tags/get", "GET", tags.get, VERIFIED, 1000),
    Entry("/cgi-bin/tags/update", "POST", tags.update, VERIFIED, 1000),
    Entry("/cgi-bin/tags/delete", "POST", tags.delete, VERIFIED, 1000),
    Entry("/cgi-bin/tags/getidlist", "POST", tags.of_follower, VERIFIED),
    Entry("/cgi-bin/tags/members/batchtagging", "POST", tags.tag_many, VERIFIED, 100_000),
    Entry("/cgi-bin/tags/members/batchuntagging", "POST", tags.untag_many, VERIFIED, 100_000),
    Entry("/cgi-bin/user/tag/get", "POST", tags.followers, VERIFIED),
    Entry("/cgi-bin/tags/members/getblacklist", "POST", blacklist.get, VERIFIED),
    Entry("/cgi-bin/tags/members/batchblacklist", "POST", blacklist.add, VERIFIED),
    Entry("/cgi-bin/tags/members/batchunblacklist", "POST", blacklist.remove, VERIFIED),
    Entry("/cgi-bin/changeopenid", "POST", blacklist.change_openids, VERIFIED),
    Entry("/cgi-bin/menu/create", "POST", menus.create, MENU, 1000),
    Entry("/cgi-bin/menu/get", "GET", menus.get, MENU, 10_000),
    Entry("/cgi-bin/menu/delete", "GET", menus.delete, MENU, 1000),
    Entry("/cgi-bin/menu/addconditional", "POST", conditional_menus.add, MENU, 2000),
    Entry("/cgi-bin/menu/delconditional", "POST", conditional_menus.delete, MENU, 2000),
    Entry("/cgi-bin/menu/trymatch", "POST", conditional_menus.try_match, MENU, 20_000),
    Entry("/cgi-bin/get_current_selfmenu_info", "GET", menus.as_it_stands),
    Entry("/cgi-bin/media/upload", "POST", media.upload, VERIFIED, 100_000),
    Entry("/cgi-bin/media/get", "GET", media.get, VERIFIED, 200_000),
    Entry("/cgi-bin/media/get/jssdk", "GET", media.get_js_voice, VERIFIED),
    Entry("/cgi-bin/media/uploadvideo", "POST", media.video_for_mass, VERIFIED),
    Entry("/cgi-bin/media/uploadimg", "POST", materials.upload_picture),
    Entry("/cgi-bin/material/add_material", "POST", materials.add),
    Entry("/cgi-bin/material/get_material", "POST", materials.get),
    Entry("/cgi-bin/material/del_material", "POST", materials.delete),
    Entry("/cgi-bin/material/get_materialcount", "GET", materials.count),
    Entry("/cgi-bin/material/batchget_material", "POST", materials.listing),
    Entry("/cgi-bin/draft/add", "POST", drafts.add),
    Entry("/cgi-bin/draft/get", "POST", drafts.get),
    Entry("/cgi-bin/draft/update", "POST", drafts.update),
    Entry("/cgi-bin/draft/delete", "POST", drafts.delete),
    Entry("/cgi-bin/draft/count", "GET", drafts.count),
    Entry("/cgi-bin/draft/batchget", "POST", drafts.batch_get),
    Entry("/cgi-bin/draft/switch", "POST", drafts.switch),
    Entry("/cgi-bin/freepublish/submit", "POST", publishing.submit, PUBLISH),
    Entry("/cgi-bin/freepublish/get", "POST", publishing.get, PUBLISH),
    Entry("/cgi-bin/freepublish/batchget", "POST", publishing.batch_get, PUBLISH),
    Entry("/cgi-bin/freepublish/getarticle", "POST", publishing.get_article, PUBLISH),
    Entry("/cgi-bin/freepublish/delete", "POST", publishing.delete, PUBLISH),
    Entry("/cgi-bin/comment/open", "POST", comments.open_comments, VERIFIED),
    Entry("/cgi-bin/comment/close", "POST", comments.close_comments, VERIFIED),
    Entry("/cgi-bin/comment/list", "POST", comments.listing, VERIFIED),
    Entry("/cgi-bin/comment/markelect", "POST", comments.elect, VERIFIED),
    Entry("/cgi-bin/comment/unmarkelect", "POST", comments.unelect, VERIFIED),
    Entry("/cgi-bin/comment/delete", "POST", comments.delete, VERIFIED),
    Entry("/cgi-bin/comment/reply/add", "POST", comments.reply, VERIFIED),
    Entry("/cgi-bin/comment/reply/delete", "POST", comments.delete_reply, VERIFIED),
    Entry("/cgi-bin/qrcode/create", "POST", qr_codes.create, VERIFIED, 100_000),
    Entry("/cgi-bin/shorten/gen", "POST", qr_codes.shorten, VERIFIED),
    Entry("/cgi-bin/shorten/fetch", "POST", qr_codes.fetch, VERIFIED),
    Entry("/cgi-bin/ticket/getticket", "GET", js_tickets.get),
    Entry("/customservice/kfaccount/add", "POST", agents.add, VERIFIED),
    Entry("/customservice/kfaccount/update", "POST", agents.update, VERIFIED),
    Entry("/customservice/kfaccount/del", "GET", agents.delete, VERIFIED),
    Entry("/customservice/kfaccount/uploadheadimg", "POST", agents.upload_picture, VERIFIED),
    Entry("/customservice/kfaccount/inviteworker", "POST", agents.invite, VERIFIED),
    Entry("/cgi-bin/customservice/getkflist", "GET", agents.listing, VERIFIED),
    Entry("/cgi-bin/customservice/getonlinekflist", "GET", agents.online, VERIFIED),
    Entry("/customservice/kfsession/create", "POST", agents.open_session, VERIFIED),
    Entry("/customservice/kfsession/close", "POST", agents.close_session, VERIFIED),
    Entry("/customservice/kfsession/getsession", "GET", agents.session_of, VERIFIED),
    Entry("/customservice/kfsession/getsessionlist", "GET", agents.sessions_of, VERIFIED),
    Entry("/customservice/kfsession/getwaitcase", "GET", agents.waiting, VERIFIED),
    Entry("/customservice/msgrecord/getmsglist", "POST", agents.records, VERIFIED),
    Entry("/datacube/getusersummary", "POST", analytics.user_summary, VERIFIED),
    Entry("/datacube/getusercumulate", "POST", analytics.user_cumulate, VERIFIED),
    Entry("/datacube/getupstreammsg", "POST", analytics.message_days, VERIFIED),
    Entry("/datacube/getupstreammsghour", "POST", analytics.message_hours, VERIFIED),
    Entry("/datacube/getupstreammsgweek", "POST", analytics.message_weeks, VERIFIED),
    Entry("/datacube/getupstreammsgmonth", "POST", analytics.message_months, VERIFIED),
    Entry("/datacube/getupstreammsgdist", "POST", analytics.distribution_days, VERIFIED),
    Entry("/datacube/getupstreammsgdistweek", "POST", analytics.distribution_weeks, VERIFIED),
    Entry("/datacube/getupstreammsgdistmonth", "POST", analytics.distribution_months, VERIFIED),
    Entry("/datacube/getinterfacesummary", "POST", analytics.interface_summary, VERIFIED),
    Entry("/datacube/getinterfacesummaryhour", "POST", analytics.interface_hours, VERIFIED),
    Entry("/datacube/getarticlesummary", "POST", article_analytics.summary, VERIFIED),
    Entry("/datacube/getarticletotal", "POST", article_analytics.total, VERIFIED),
    Entry("/datacube/getuserread", "POST", article_analytics.reads, VERIFIED),
    Entry("/datacube/getuserreadhour", "POST", article_analytics.read_hours, VERIFIED),
    Entry("/datacube/getusershare", "POST", article_analytics.shares, VERIFIED),
    Entry("/datacube/getusersharehour", "POST", article_analytics.share_hours, VERIFIED),
    Entry("/datacube/getarticleread", "POST", article_analytics.article_reads, VERIFIED),
    Entry("/datacube/getarticleshare", "POST", article_analytics.article_shares, VERIFIED),
    Entry("/datacube/getbizsummary", "POST", article_analytics.business_summary, VERIFIED),
    Entry("/datacube/getarticletotaldetail", "POST", article_analytics.total_detail, VERIFIED),
    *(
        Entry(f"/cv/ocr/{kind}", "POST", recognition.recognise(kind), VERIFIED)
        for kind in recognition.PAPERS
    ),
    *(
        Entry(f"/cv/img/{kind}", "POST", recognition.recognise(kind), VERIFIED)
        for kind in recognition.PICTURES
    ),
    Entry("/cgi-bin/media/voice/addvoicetorecofortext", "POST", recognition.add_voice, VERIFIED),
    Entry(
        "/cgi-bin/media/voice/queryrecoresultfortext", "POST", recognition.voice_as_text, VERIFIED
    ),
    Entry("/cgi-bin/openapi/rid/get", "POST", quotas.by_rid),
    Entry("/cgi-bin/clear_quota", "POST", quotas.clear_all),
    Entry("/cgi-bin/getcallbackip", "GET", network.callback_addresses),
    Entry("/cgi-bin/get_api_domain_ip", "GET", network.api_addresses),
    Entry("/cgi-bin/callback/check", "POST", network.check_callback),
)
LIMITS = {entry.path: entry.daily for entry in WITH_TOKEN}
ABOUT_QUOTAS = (
    Entry("/cgi-bin/openapi/quota/get", "POST", quotas.get_with(LIMITS)),
    Entry("/cgi-bin/openapi/quota/clear", "POST", quotas.clear_with(LIMITS)),
)
# The account is named by `appid`, in the query or in the posted object.
WITH_APP_ID: tuple[Entry, ...] = (
    Entry("/cgi-bin/token", "GET", tokens.token),
    Entry("/cgi-bin/stable_token", "POST", tokens.stable_token),
    Entry("/cgi-bin/clear_quota/v2", "POST", quotas.clear_all_with_secret),
    Entry("/sns/oauth2/access_token", "GET", authorisation.access_token),
    Entry("/sns/oauth2/refresh_token", "GET", authorisation.refresh_token),
    Entry("/sns/oauth2/component/access_token", "GET", component.code_for_token),
    Entry("/sns/oauth2/component/refresh_token", "GET", component.refresh),
)
# A third-party platform calls, with a token of its own (not for the first two).
OF_PLATFORMS: tuple[tuple[str, component.Endpoint], ...] = (
    ("api_start_push_ticket", component.start_push),
    ("api_component_token", component.token),
    ("api_create_preauthcode", component.pre_auth_code),
    ("api_query_auth", component.query_auth),
    ("api_authorizer_token", component.authorizer_token),
    ("api_get_authorizer_info", component.authorizer_info),
    ("api_get_authorizer_list", component.authorizer_list),
    ("api_get_authorizer_option", component.get_option),
    ("api_set_authorizer_option", component.set_option),
)
ENTRIES = (*WITH_TOKEN, *ABOUT_QUOTAS, *WITH_APP_ID)
# What WeChat has and the simulator does not: path, and why.
NOT_THERE: tuple[tuple[str, str], ...] = (
    ("/cgi-bin/material/add_news", "永久图文素材 2022 年已停用，改用草稿箱"),
    ("/cgi-bin/media/uploadnews", "旧的群发图文，改用草稿箱"),
    ("/cgi-bin/shorturl", "已停用，改用 shorten/gen"),
    ("/cgi-bin/message/template/subscribe", "旧的一次性订阅消息，改用订阅通知"),
    ("/card/*", "卡券，政务账号很少用"),
    ("/cgi-bin/poi/*", "门店，已停用"),
    ("/nontax/*", "非税缴费，需要单独开通"),
    ("/cityservice/*", "城市服务，需要单独开通"),
    ("/intp/*", "实名信息、学生身份，需要单独开通"),
    ("/cgi-bin/guide/*", "导购，政务账号不用"),
    ("/publisher/*", "广告收入，政务账号不用"),
    ("/shakearound/*", "摇一摇周边，旧功能"),
    ("/bizwifi/*", "微信连Wi-Fi，旧功能"),
)
# Families of paths that are WeChat's; what stands in none of the tables hears 40066.
FAMILIES = (
    "sns", "wxa", "wxaapi", "datacube", "customservice", "cv", "card", "nontax", "cityservice",
    "intp", "publisher", "shakearound", "bizwifi",
)  # fmt: skip
# The citizen's own token says who is meant.
WITH_GRANT: tuple[tuple[str, Callable[[Request], Awaitable[dict[str, Any]]]], ...] = (
    ("/sns/userinfo", authorisation.user_info),
    ("/sns/auth", authorisation.is_valid),
)


def _route(entry: Entry, *, needs_token: bool) -> Route:
    async def guarded(call: Call) -> Answer:
        if not allows(call.account, entry.needs):
            raise Refused(48001)
        if needs_token:
            _check_on_behalf(call, entry)
            quotas.spend(call, entry.path, entry.daily)
        return await entry.endpoint(call)

    async def answer(request: Request) -> Response:
        return await serve(request, guarded, method=entry.method, needs_token=needs_token)

    answer.__doc__ = entry.endpoint.__doc__
    return Route(entry.path, answer, methods=["GET", "POST"])


def _check_on_behalf(call: Call, entry: Entry) -> None:
    """A platform's token reaches only what the account gave it (61007)."""
    chain = tokens.chain_of(call.world, call.query("access_token"))
    if chain.startswith("component:") and not platforms.may_call(
        call.world, chain, call.account.app_id, entry.path
    ):
        raise Refused(61007)


def _granted(path: str, endpoint: Callable[[Request], Awaitable[dict[str, Any]]]) -> Route:
    async def answer(request: Request) -> Response:
        world: World = request.app.state.world
        try:
            fault = faults.take(world, authorisation.app_of(request), path)
            early = None if fault is None else await strike(fault)
            response = early or json_response(await endpoint(request))
            if fault is not None and fault.kind == "lost_reply":
                raise Dropped
            return response
        except Refused as refused:
            return json_response(refused.as_json())
        except Dropped:
            return CutResponse()

    answer.__doc__ = endpoint.__doc__
    return Route(path, answer, methods=["GET", "POST"])


async def _unknown(request: Request) -> Response:
    """WeChat's answer on a path it does not have."""
    return json_response(Refused(40066, "invalid url").as_json())


# What ends later, by the simulator's clock.
JOBS: Mapping[str, Job] = {
    "component_ticket": platforms.push_ticket,
    "publish": publishing.finish,
    "mass": mass.finish,
    "template": templates.tell_sent,
    "subscription": subscriptions.tell_sent,
}

ROUTES: list[Route] = [
    *(_route(entry, needs_token=True) for entry in (*WITH_TOKEN, *ABOUT_QUOTAS)),
    *(_route(entry, needs_token=False) for entry in WITH_APP_ID),
    *(_granted(*entry) for entry in WITH_GRANT),
    Route("/connect/oauth2/authorize", authorisation.authorize, methods=["GET"]),
    Route("/connect/oauth2/consent", authorisation.consent, methods=["POST"]),
    *(
        Route(
            f"/cgi-bin/component/{name}",
            component.serve(endpoint, needs_token=number > 1),
            methods=["GET", "POST"],
        )
        for number, (name, endpoint) in enumerate(OF_PLATFORMS)
    ),
    Route("/cgi-bin/componentloginpage", component_pages.login, methods=["GET"]),
    Route("/cgi-bin/componentloginpage", component_pages.decide, methods=["POST"]),
    Route("/wxaopen/safe/bindcomponent", component_pages.login, methods=["GET"]),
    Route("/cgi-bin/showqrcode", qr_codes.show, methods=["GET"]),
    Route("/cgi-bin/{rest:path}", _unknown, methods=["GET", "POST"]),
    *(Route(f"/{family}/{{rest:path}}", _unknown, methods=["GET", "POST"]) for family in FAMILIES),
]
