"""The control API in words and in OpenAPI 3.1, both from one table."""

from dataclasses import dataclass
from html import escape
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import pages, requests
from minxin.simulator.articles import ACTS
from minxin.simulator.asking import LONGEST_WORDS, MOST
from minxin.simulator.faults import KINDS


@dataclass(frozen=True, slots=True)
class Operation:
    """One row: what it does, what it takes, what it answers."""

    method: str
    path: str
    summary: str
    answers: dict[str, Any]
    takes: type[requests.Posted] | None = None
    query: tuple[tuple[str, str, bool], ...] = ()  # name, type, is required
    status: int = 200
    file: str = ""  # the field of the form that holds a file; then nothing else is taken


_TEXT, _NUMBER, _WHOLE, _YES = (
    {"type": "string"},
    {"type": "number"},
    {"type": "integer"},
    {"type": "boolean"},
)
_MAYBE_TEXT = {"type": ["string", "null"]}


def _object(*required: str, **fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(required)}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_ARTICLE = _object(
    "title", "description", "picture_url", "url",
    title=_TEXT, description=_TEXT, picture_url=_TEXT, url=_TEXT,
)  # fmt: skip
SCHEMAS: dict[str, dict[str, Any]] = {
    # `say` is for a person, in Chinese; `error` for who writes programs.
    "Error": _object("error", error=_TEXT, say=_TEXT),
    "Account": _object(
        "app_id", "name", "kind", "verified", "principal", "callback_url", "mode",
        app_id=_TEXT, name=_TEXT, kind=_TEXT, verified=_YES, principal=_TEXT, original_id=_TEXT,
        callback_url=_TEXT, mode=_TEXT, format=_TEXT, js_domains=_list(_TEXT), description=_TEXT, colour=_TEXT, letter=_TEXT,
        callback_verified=_YES, secret=_TEXT, token=_TEXT, aes_key=_TEXT, followers=_WHOLE,
        menu={"type": ["array", "null"]},
    ),
    "Citizen": _object(
        "id", "nickname", "colour", "host", id=_WHOLE, nickname=_TEXT, colour=_TEXT, host=_TEXT
    ),
    "Follower": _object(
        "openid", "citizen", "nickname", openid=_TEXT, citizen=_WHOLE, nickname=_TEXT,
        following=_YES, blocked=_YES, followed_at={"type": ["number", "null"]}, host=_TEXT,
        greeting={"$ref": "#/components/schemas/Outcome"},
    ),
    "Reply": _object(
        "type", type=_TEXT, text=_TEXT, articles=_list(_ARTICLE), media_id=_TEXT, url=_TEXT,
        data={"type": "object"},
    ),
    "Outcome": _object(
        "status", "reply", "elapsed_ms", "tries",
        status={"enum": ["answered", "accepted", "late", "failed"]},
        reply={"anyOf": [{"$ref": "#/components/schemas/Reply"}, {"type": "null"}]},
        elapsed_ms=_NUMBER, tries=_WHOLE, reason=_TEXT,
    ),
    "Message": _object(
        "id", "at", "from", "via", "type",
        id=_WHOLE, at=_NUMBER, via=_MAYBE_TEXT, type=_TEXT, text=_TEXT, articles=_list(_ARTICLE),
        url=_TEXT, media_id=_TEXT, data={"type": "object"},
        **{"from": {"enum": ["citizen", "account", "system"]}},
    ),
    "Fault": _object(
        "id", "endpoint", "kind", id=_WHOLE, app_id=_MAYBE_TEXT, endpoint=_TEXT, kind=_TEXT,
        times={"type": ["integer", "null"]}, probability={"type": ["number", "null"]},
        args={"type": "object"}, used=_WHOLE,
    ),
    "Clock": _object(
        "now", "text", "rate", "frozen", "is_wall_time", now=_NUMBER, text=_TEXT, rate=_NUMBER,
        frozen=_YES, is_wall_time=_YES,
    ),
    "Exchange": _object(
        "id", "at", "app_id", "direction", "name", "status", "tries", "elapsed_ms",
        id=_WHOLE, at=_NUMBER, app_id=_TEXT, openid=_MAYBE_TEXT, direction=_TEXT, name=_TEXT,
        status=_TEXT, tries=_WHOLE, elapsed_ms=_NUMBER, detail={"type": "object"}, account=_TEXT,
    ),
}  # fmt: skip
_COUNTS = {
    "type": "object",
    "properties": {name: {"type": "integer"} for name in ACTS},
    "required": list(ACTS),
}
SCHEMAS["ReadArticle"] = _object(
    "slug", "app_id", "title", "counts",
    slug=_TEXT, app_id=_TEXT, account=_TEXT, title=_TEXT, author=_TEXT, digest=_TEXT,
    content=_TEXT, source_url=_TEXT, cover=_TEXT, pictures=_list(_TEXT), published_at=_NUMBER,
    is_deleted=_YES, can_comment=_YES, only_followers_comment=_YES, counts=_COUNTS,
    mine=_list(_TEXT), collected_at=_NUMBER, comments=_list({"type": "object"}),
)  # fmt: skip
SCHEMAS["Component"] = _object(
    "component_appid", "name", component_appid=_TEXT, name=_TEXT, event_url=_TEXT,
    message_url=_TEXT, redirect_domain=_TEXT, is_pushing=_YES,
    ticket_at={"type": ["number", "null"]}, secret=_TEXT, token=_TEXT, aes_key=_TEXT,
)  # fmt: skip
SCHEMAS["QrCode"] = _object(
    "ticket", "url", "app_id", "scene", ticket=_TEXT, url=_TEXT, app_id=_TEXT, account=_TEXT,
    scene=_TEXT, picture=_TEXT, is_permanent=_YES, expires_at={"type": ["number", "null"]},
)  # fmt: skip
_COUNTING = {"type": "integer", "minimum": 0, "maximum": MOST}
_QUERY: dict[str, dict[str, Any]] = {
    "type": {"type": "string", "enum": ["image", "voice", "video", "thumb"]},
    "app_id": {"type": "string", "minLength": 1, "maxLength": 64},
    "openid": {"type": "string", "minLength": 1, "maxLength": 64},
    "seconds": {"type": "integer", "minimum": 1, "maximum": 60},
    "citizen": _COUNTING, "limit": _COUNTING, "after": _COUNTING,
    "citizens": {"type": "string", "pattern": "^[0-9]{1,9}(,[0-9]{1,9}){0,9}$"},
    "search": {"type": "string", "maxLength": LONGEST_WORDS},
}  # fmt: skip
_OUTCOME, _COUNT = _ref("Outcome"), _object("removed", removed=_WHOLE)
_OF_CHAT = (("app_id", "string", True), ("openid", "string", True))
_PAGE = (("after", "integer", False), ("limit", "integer", False))

OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/sim/accounts", "The accounts, the city's main account first.",
              _list(_ref("Account"))),
    Operation("POST", "/sim/accounts",
              "Make an account, or change the one with this app_id. A callback_url is verified (GET "
              "with echostr); when that fails nothing is kept and 409 says why. Credentials that are "
              "not given are made up and answered once. `main` puts it first.",
              _ref("Account"), requests.AccountPosted, status=201),
    Operation("GET", "/sim/accounts/{app_id}", "One account with its menu and its followers' number.",
              _ref("Account")),
    Operation("DELETE", "/sim/accounts/{app_id}", "Take an account and its chats away.", {}, status=204),
    Operation("GET", "/sim/citizens", "The people who have a phone here.", _list(_ref("Citizen")),
              query=(("search", "string", False), ("limit", "integer", False))),
    Operation("POST", "/sim/citizens", "Give somebody a phone.", _ref("Citizen"),
              requests.CitizenPosted, status=201),
    Operation("GET", "/sim/followers", "Whom an account knows.", _list(_ref("Follower")),
              query=(("app_id", "string", True), *_PAGE)),
    Operation("POST", "/sim/followers",
              "Follow an account: a new person by nickname, one who is there by her citizen number, or "
              "one who left by her openid. The account is told (subscribe), unless `silent`; its "
              "answer is `greeting`.", _ref("Follower"), requests.FollowPosted, status=201),
    Operation("POST", "/sim/unfollow", "Leave an account; it is told (unsubscribe).", _OUTCOME,
              requests.Act),
    Operation("POST", "/sim/say",
              "Say something and wait for what the citizen sees: answered; accepted (`success` or an "
              "empty body); late (no answer in 5 s, three times); failed. elapsed_ms counts from the "
              "first push to the final answer.", _OUTCOME, requests.SayPosted),
    Operation("POST", "/sim/media",
              "A file of a citizen's, in the form's field media: temporary material of the account, by "
              "its first bytes. A message {type, media_id} or /sim/tap then sends it. 413 when it is too "
              "large; the sentence is in `error`, for people in `say`.",
              _object("media_id", "url", media_id=_TEXT, url=_TEXT, content_type=_TEXT, size=_WHOLE),
              status=201, query=(("app_id", "string", True), ("type", "string", True)), file="media"),
    Operation("POST", "/sim/tap",
              "Tap any button of the menu she sees, by its place. The account hears CLICK, VIEW, "
              "view_miniprogram, scancode_*, pic_* (then the pictures as messages) or location_select "
              "(then the place as a message); of media_id, article_id, article_view_limited and "
              "view_limited it hears nothing here (what WeChat does is not confirmed). `opens` is what her phone opens then.",
              _object("button", "outcomes", "opens", button={"type": "object"},
                      outcomes=_list(_OUTCOME), opens={"type": ["object", "null"]}),
              requests.TapPosted),
    Operation("POST", "/sim/click", "Tap a menu button of type click.", _OUTCOME, requests.ClickPosted),
    Operation("POST", "/sim/view", "Tap a menu button of type view.", _OUTCOME, requests.ViewPosted),
    Operation("POST", "/sim/scan", "Scan the account's QR code with a scene.", _OUTCOME,
              requests.ScanPosted),
    Operation("GET", "/sim/codes", "The QR codes that still work, newest first.", _list(_ref("QrCode")),
              query=(("limit", "integer", False),)),
    Operation("POST", "/sim/scans",
              "What a phone does with the text of a QR code: an account's code (`account`, with `follow` or "
              "for a follower `scanned`; the events carry its scene and ticket), one that has run out "
              "(`expired`), an address (`page`), anything else (`text`).",
              _object("kind", kind={"enum": ["account", "scanned", "expired", "page", "text"]},
                      app_id=_TEXT, scene=_TEXT, openid=_TEXT, outcome=_OUTCOME, url=_TEXT, text=_TEXT),
              requests.CodeScanned),
    Operation("POST", "/sim/js/config",
              "Check what a page gave wx.config: signature (jsapi ticket, nonce, timestamp, address) and domain.",
              _object("err_msg", err_msg=_TEXT), requests.PageConfigured),
    Operation("POST", "/sim/js/images",
              "wx.uploadImage: a picture as the body (Content-Type: image/...) becomes temporary media.",
              _object("media_id", media_id=_TEXT), status=201, query=(("app_id", "string", True),)),
    Operation("POST", "/sim/js/voices",
              "wx.uploadVoice: speex as the body (Content-Type: audio/...), 1 to 60 `seconds` long. "
              "media/get/jssdk answers it as it came, media/get silence of that length in AMR.",
              _object("media_id", media_id=_TEXT), status=201,
              query=(("app_id", "string", True), ("seconds", "integer", False))),
    Operation("POST", "/sim/block", "Refuse an account's messages (48002), or take them again.",
              _object("blocked", blocked=_YES), requests.BlockPosted),
    Operation("GET", "/sim/seen", "A chat as the citizen sees it, oldest first.",
              _list(_ref("Message")), query=(*_OF_CHAT, *_PAGE)),
    Operation("GET", "/sim/chats", "One phone: its owner and her chats, newest first.",
              _object("me", "chats", me=_ref("Citizen"), chats=_list({"type": "object"})),
              query=(("citizen", "integer", True),)),
    Operation("GET", "/sim/chat", "One chat as the phone opens it: account, menu, messages.",
              {"type": "object"}, query=(("citizen", "integer", True), ("app_id", "string", True))),
    Operation("POST", "/sim/read", "The chat was looked at: nothing in it is unread.", {},
              requests.ReadPosted, status=204),
    Operation("GET", "/sim/stream",
              "Server-sent events: message, typing, chats, read, menu, accounts, citizens, exchange, "
              "faults, clock. `citizens=1,2` limits what concerns one person to these.",
              {"type": "string"}, query=(("citizens", "string", False),)),
    Operation("GET", "/sim/exchanges", "What was pushed and called lately, newest first.",
              _list(_ref("Exchange")), query=_PAGE),
    Operation("GET", "/sim/articles", "What an account published or sent to everybody, newest first.",
              _list(_ref("ReadArticle")), query=(("app_id", "string", True),)),
    Operation("GET", "/sim/bookmarks", "What a citizen collected (收藏), newest first.",
              _list(_ref("ReadArticle")), query=(("citizen", "integer", True),)),
    Operation("GET", "/sim/articles/{slug}", "One article with its counts and the comments a reader sees.",
              _ref("ReadArticle"), query=(("citizen", "integer", False),)),
    Operation("GET", "/sim/articles/{slug}/body",
              "The words of an article as the sandboxed document that the reader shows.", {}),
    Operation("POST", "/sim/articles/{slug}/acts",
              "A citizen reads, finishes, shares, likes, marks 在看 or collects; analytics count it.",
              _object("counted", "counts", counted=_YES, counts=_COUNTS), requests.ActPosted),
    Operation("POST", "/sim/articles/{slug}/comments", "A citizen comments.",
              _object("user_comment_id", user_comment_id=_WHOLE), requests.CommentPosted, status=201),
    Operation("POST", "/sim/subscriptions",
              "She allows a subscription notice once (or for public services for good), refuses, or turns it off.",
              _object("choice", choice=_TEXT), requests.SubscriptionPosted),
    Operation("GET", "/sim/subscriptions", "What her phone shows when a page asks her for a notice.",
              _object("title", account=_TEXT, template_id=_TEXT, title=_TEXT, is_long_term=_YES),
              query=(("app_id", "string", True), ("template_id", "string", True))),
    Operation("POST", "/sim/templates",
              "A subscription template under a number of one's own choosing; twice is once.",
              _object("template_id", template_id=_TEXT), requests.TemplatePosted, status=201),
    Operation("GET", "/sim/components", "The third-party platforms.", _list(_ref("Component"))),
    Operation("POST", "/sim/components",
              "Register or change a third-party platform. It gets its verify ticket at once and every "
              "ten minutes; messages of accounts that authorise it go to message_url.",
              _ref("Component"), requests.ComponentPosted, status=201),
    Operation("POST", "/sim/authorizations",
              "An account authorises a platform without the page, or takes it back.",
              _object("choice", choice=_TEXT, authorization_code=_TEXT), requests.AuthorizationPosted),
    Operation("POST", "/sim/acceptance", "Try on a platform what WeChat tries (全网发布检测).",
              _object("passed", "cases", passed=_YES, cases=_list({"type": "object"})),
              requests.AcceptancePosted),
    Operation("POST", "/sim/crowds", "Many people follow at once; the account is not told.",
              _object("made", app_id=_TEXT, made=_WHOLE), requests.CrowdPosted, status=201),
    Operation("POST", "/sim/storm",
              "Many followers say something within a short time; the gateway's answers are measured "
              "and stand in no chat.", {"type": "object"}, requests.StormPosted, status=202),
    Operation("GET", "/sim/storm", "How the storm goes, or what came of the last.", {"type": "object"}),
    Operation("DELETE", "/sim/storm", "Push nothing more.", {"type": "object"}),
    Operation("POST", "/sim/agents", "An agent of WeChat's own customer service signs in or out.",
              _object("online", online=_YES), requests.AgentPosted),
    Operation("POST", "/sim/recognitions", "What OCR and voice recognition answer from now on.",
              _object("kind", kind=_TEXT), requests.RecognitionPosted),
    Operation("GET", "/sim/wecom", "企业微信 on this machine: applications and robots.",
              {"type": "object"}),
    Operation("POST", "/sim/wecom", "Make an application or a robot, or change it.",
              {"type": "object"}, requests.WecomPosted),
    Operation("GET", "/sim/wecom/seen", "What members and groups received, newest first.",
              _list({"type": "object"}), query=(("to", "string", False),)),
    Operation("GET", "/sim/faults", "The faults that are armed.", _list(_ref("Fault"))),
    Operation("POST", "/sim/faults", "Arm a fault for `times` calls, with a `probability`, or for good.",
              _object("id", id=_WHOLE), requests.FaultPosted, status=201),
    Operation("DELETE", "/sim/faults", "Disarm all.", _COUNT),
    Operation("DELETE", "/sim/faults/{number}", "Disarm one.", _COUNT),
    Operation("GET", "/sim/clock", "The simulator's time.", _ref("Clock")),
    Operation("POST", "/sim/clock",
              "Set, advance, speed up, stop or reset it. CreateTime, windows, quotas and expiry "
              "follow; the 5 seconds of a push and the timestamp it is signed with do not.",
              _ref("Clock"), requests.ClockPosted),
)  # fmt: skip


def build() -> dict[str, Any]:
    """The OpenAPI document."""
    bodies = [operation.takes for operation in OPERATIONS if operation.takes is not None]
    _, posted = msgspec.json.schema_components(bodies, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Minxin simulator",
            "version": "1",
            "description": "The control API of the local WeChat. Wrong calls answer {error: a sentence}.",
        },
        "paths": paths,
        "components": {"schemas": {**SCHEMAS, **posted}},
    }


def _describe(operation: Operation) -> dict[str, Any]:
    in_path = [word[1:-1] for word in operation.path.split("/") if word.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _COUNTING if name == "number" else _TEXT,
        }
        for name in in_path
    ] + [
        {
            "name": name,
            "in": "query",
            "required": needed,
            "schema": _QUERY.get(name, {"type": kind}),
        }
        for name, kind, needed in operation.query
    ]
    good: dict[str, Any] = {"description": "done"}
    if operation.answers:
        kind = "text/event-stream" if operation.path == "/sim/stream" else "application/json"
        good["content"] = {kind: {"schema": operation.answers}}
    refused = {"application/json": {"schema": _ref("Error")}}
    answers = {
        str(operation.status): good,
        "4XX": {"description": "a wrong call", "content": refused},
    }
    if operation.method == "POST" and operation.path in {"/sim/accounts", "/sim/components"}:
        answers["200"] = good
    described: dict[str, Any] = {
        "summary": operation.summary.partition(". ")[0].rstrip("."),
        "description": operation.summary,
        "operationId": f"{operation.method.lower()}_{operation.path.strip('/').replace('/', '_')}".replace(
            "{", ""
        ).replace("}", ""),
        "parameters": parameters,
        "responses": answers,
    }
    if operation.takes is not None:
        schema = _ref(operation.takes.__name__)
        content = {"application/json": {"schema": schema}}
        described["requestBody"] = {"required": True, "content": content}
    if operation.file:
        form = _object(operation.file, **{operation.file: {"type": "string", "format": "binary"}})
        described["requestBody"] = {
            "required": True, "content": {"multipart/form-data": {"schema": form}},
        }  # fmt: skip
    return described


async def document(request: Request) -> Response:
    """GET /sim/openapi.json"""
    return Response(msgspec.json.encode(build()), media_type="application/json")


async def page(request: Request) -> Response:
    """GET /sim/docs: the same table to read, with nothing from elsewhere."""
    document = build()
    rows = "".join(_section(operation, document) for operation in OPERATIONS)
    kinds = "".join(
        f"<tr><td><code>{kind}</code></td><td>{escape(place)}</td><td>{escape(does)}</td></tr>"
        for kind, (place, does) in KINDS.items()
    )
    body = (
        '<body class="docs"><main><h1>The simulator\'s control API</h1>'
        "<p>A local WeChat. Its own paths (<code>/cgi-bin/…</code>, <code>/sns/…</code>, "
        "<code>/connect/oauth2/authorize</code>) behave as Tencent's; what stands here makes people "
        'act and things go wrong. <a href="/phone">The phone</a> · '
        '<a href="/sim/openapi.json">OpenAPI</a></p>'
        "<p>In-phone pages of citizen N open on <code>cN.localhost</code>: an address on 127.0.0.1 or "
        "localhost is rewritten so, and web authorisation tells from it who is looking.</p>"
        f"{rows}<h2>Kinds of faults</h2><table><thead><tr><th>kind</th><th>where</th><th>what</th>"
        f"</tr></thead><tbody>{kinds}</tbody></table></main></body>"
    )
    return pages.document("Simulator: control API", body, policy=pages.POLICY)


def _section(operation: Operation, document: dict[str, Any]) -> str:
    fields = ""
    if operation.takes is not None:
        schema = document["components"]["schemas"][operation.takes.__name__]
        required = schema.get("required", [])
        names = ", ".join(
            f"<code>{escape(name)}{'' if name in required else '?'}</code>"
            for name in schema["properties"]
        )
        fields = f"<p>Takes {names}.</p>"
    if operation.file:
        fields = f"<p>Takes a form with a file in <code>{operation.file}</code>.</p>"
    if operation.query:
        names = ", ".join(
            f"<code>{name}{'' if needed else '?'}</code>" for name, _, needed in operation.query
        )
        fields += f"<p>Query {names}.</p>"
    return (
        f"<section><h3><b>{operation.method}</b> <code>{escape(operation.path)}</code></h3>"
        f"<p>{escape(operation.summary)}</p>{fields}</section>"
    )
