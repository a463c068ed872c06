"""The pages a browser shows: the phone, and what WeChat itself says in a phone's browser."""

from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from minxin.simulator.records import PRINCIPALS, Account

BUILT = Path(__file__).parent / "built"
_FRAMED = "http://*.localhost:* http://localhost:* http://127.0.0.1:*"
POLICY = (
    "default-src 'self'; img-src 'self' data: http://*.localhost:* http://localhost:* "
    f"http://127.0.0.1:*; frame-src 'self' {_FRAMED}; object-src 'none'; base-uri 'none'; "
    "form-action 'self'"
)
# Pages inside the phone's browser are framed by the phone. No form-action: browsers apply it to the
# redirect that follows consent too, and that goes to the account's own host.
FRAMED_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    f"frame-ancestors 'self' {_FRAMED}"
)
HEADERS = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


def document(
    title: str, body: str, *, policy: str, status: int = 200, script: bool = False
) -> Response:
    scripted = '<script type="module" src="/phone/built/phone.js"></script>' if script else ""
    text = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="/sim/icon.svg" type="image/svg+xml">'
        f'<link rel="stylesheet" href="/phone/built/phone.css">{scripted}</head>{body}</html>'
    )
    headers = {**HEADERS, "content-security-policy": policy, "cache-control": "no-store"}
    return HTMLResponse(text, status_code=status, headers=headers)


async def phone(request: Request) -> Response:
    """GET /phone: everything else is done by the bundle."""
    if not (BUILT / "phone.js").exists():
        return notice(
            "手机还没有构建", "请运行 make setup，或在 frontend 目录运行 npm run build。", 503
        )
    body = (
        '<body class="desk"><div id="desk"></div>'
        '<noscript><p class="plain">这部手机需要浏览器允许运行脚本。</p></noscript></body>'
    )
    return document("微信 · 模拟手机", body, policy=POLICY, script=True)


def notice(title: str, detail: str, status: int = 200) -> Response:
    """WeChat's page with one mark and one sentence."""
    body = (
        '<body class="h5"><main class="h5-notice"><div class="h5-mark" aria-hidden="true">!</div>'
        f"<h1>{escape(title)}</h1><p>{escape(detail)}</p></main></body>"
    )
    return document(title, body, policy=FRAMED_POLICY, status=status)


def open_in_wechat(request: Request, account: Account, citizens: list[dict[str, Any]]) -> Response:
    """Opened outside the phone: WeChat would stop here; the simulator offers its phones."""
    port = f":{request.url.port}" if request.url.port else ""
    query = urlencode(list(request.query_params.multi_items()))
    links = "".join(
        f'<a class="h5-button h5-button-plain" href="http://{one["host"]}{port}'
        f'/connect/oauth2/authorize?{escape(query)}">以 {escape(one["nickname"])} 的身份打开</a>'
        for one in citizens
    )
    body = (
        '<body class="h5"><main class="h5-notice"><div class="h5-mark" aria-hidden="true">i</div>'
        "<h1>请在微信客户端打开链接</h1>"
        f"<p>这个页面属于“{escape(account.name)}”，要知道是谁在看。"
        f'请从<a href="http://127.0.0.1{port}/phone">模拟手机</a>里打开，或选择一位关注者：</p>'
        f"{links}</main></body>"
    )
    return document("请在微信客户端打开链接", body, policy=FRAMED_POLICY)


def consent(account: Account, citizen: dict[str, object], ticket: str) -> Response:
    """What snsapi_userinfo asks of somebody who does not follow."""
    principal = PRINCIPALS.get(account.principal, "")
    body = f"""<body class="h5"><main class="h5-consent">
<header><span class="h5-letter">{escape(account.letter)}</span><span>{escape(account.name)}
<small>{escape(principal)}{" · 已认证" if account.verified else ""}</small></span></header>
<h1>申请获取你的以下信息</h1>
<p class="h5-grant"><img src="/sim/avatars/{citizen["id"]}.svg" alt="" width="40" height="40">
<span>{escape(str(citizen["nickname"]))}<small>昵称、头像</small></span></p>
<form method="post" action="/connect/oauth2/consent">
<input type="hidden" name="ticket" value="{escape(ticket)}">
<button class="h5-button" name="answer" value="allow">允许</button>
<button class="h5-button h5-button-plain" name="answer" value="refuse">拒绝</button>
</form></main></body>"""
    return document("微信授权", body, policy=FRAMED_POLICY)


def avatar_svg(letter: str, colour: str) -> str:
    """A square picture of one letter: ours, so no file is needed."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img">'
        f'<rect width="96" height="96" fill="{escape(colour)}"/>'
        '<text x="48" y="64" font-size="46" text-anchor="middle" fill="#fff" '
        f'font-family="PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif">{escape(letter)}'
        "</text></svg>"
    )


async def icon(request: Request) -> Response:
    """GET /sim/icon.svg: two bubbles."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        '<rect width="32" height="32" rx="7" fill="#07c160"/>'
        '<ellipse cx="13" cy="13.5" rx="8" ry="6.5" fill="#fff"/>'
        '<path d="M7 18l-1 4 4-2z" fill="#fff"/>'
        '<ellipse cx="20" cy="19" rx="6.5" ry="5.5" fill="#d9f7e3"/>'
        '<path d="M24 23l2 3-4-1z" fill="#d9f7e3"/></svg>'
    )
    return Response(svg, media_type="image/svg+xml", headers=HEADERS)
