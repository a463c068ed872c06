"""The page on which an account's administrator authorises a platform (PC and phone alike)."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from minxin.simulator import pages, platforms
from minxin.simulator.platforms import FUNCTIONS, Platform
from minxin.simulator.world import World


async def login(request: Request) -> Response:
    """GET /cgi-bin/componentloginpage: which account, and which permission sets."""
    world: World = request.app.state.world
    query = request.query_params
    found = _checked(world, query.get("component_appid", ""), query.get("pre_auth_code", ""))
    if isinstance(found, Response):
        return found
    address = query.get("redirect_uri", "")
    problem = _address_problem(found, address)
    if problem:
        return pages.notice("redirect_uri 参数错误", problem, status=400)
    wanted = query.get("biz_appid", "")
    accounts = [one for one in world.accounts() if not wanted or one.app_id == wanted]
    if not accounts:
        return pages.notice("没有可以授权的账号", "模拟器里没有这个公众号或服务号。", status=404)
    choices = "".join(
        f'<label class="h5-choice"><input type="radio" name="app_id" value="{escape(one.app_id)}" '
        f"required{' checked' if len(accounts) == 1 else ''}> {escape(one.name)}</label>"
        for one in accounts
    )
    functions = "".join(
        f'<label class="h5-choice"><input type="checkbox" name="function" value="{number}" checked> '
        f"{escape(name)}</label>"
        for number, (name, _) in FUNCTIONS.items()
    )
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(query.get(name, ""))}">'
        for name in ("component_appid", "pre_auth_code", "redirect_uri")
    )
    body = f"""<body class="h5"><main class="h5-consent">
<h1>授权给“{escape(found.name)}”</h1>
<p>真实环境由管理员扫码后选择，这里直接选。</p>
<form method="post" action="/cgi-bin/componentloginpage">{hidden}
<fieldset><legend>账号</legend>{choices}</fieldset>
<fieldset><legend>权限集</legend>{functions}</fieldset>
<button class="h5-button" name="answer" value="allow">授权</button>
<button class="h5-button h5-button-plain" name="answer" value="refuse" formnovalidate>取消</button>
</form></main></body>"""
    return pages.document("授权", body, policy=pages.FRAMED_POLICY)


async def decide(request: Request) -> Response:
    """POST /cgi-bin/componentloginpage: back to the platform with a code, or nowhere."""
    world: World = request.app.state.world
    form = await request.form()

    def words(name: str) -> str:
        return str(form.get(name, ""))

    found = _checked(world, words("component_appid"), words("pre_auth_code"))
    if isinstance(found, Response):
        return found
    if words("answer") != "allow":
        return pages.notice("已取消授权", "没有授予任何权限，可以关闭本页。")
    account = world.account(words("app_id"))
    chosen = [int(str(one)) for one in form.getlist("function") if str(one).isdecimal()]
    address = words("redirect_uri")
    if account is None or not set(chosen) <= set(FUNCTIONS) or not chosen:
        return pages.notice("请返回重新选择", "要选一个账号，至少一个权限集。", status=400)
    problem = _address_problem(found, address)
    if problem:
        return pages.notice("redirect_uri 参数错误", problem, status=400)
    taken = world.database.run(
        "UPDATE pre_auth_codes SET is_used = 1 WHERE code = ? AND is_used = 0",
        words("pre_auth_code"),
    )
    if not taken:
        return pages.notice("预授权码已使用", "请从第三方平台重新进入。", status=400)
    code = await platforms.authorize(world, found, account, chosen, words("pre_auth_code"))
    parts = urlsplit(address)
    query = [
        *parse_qsl(parts.query, keep_blank_values=True),
        ("auth_code", code),
        ("expires_in", str(int(platforms.CODE_LIFE))),
    ]
    target = urlunsplit(parts._replace(query=urlencode(query)))
    return RedirectResponse(target, status_code=302, headers={"cache-control": "no-store"})


def _checked(world: World, component: str, code: str) -> Platform | Response:
    platform = platforms.by_id(world, component)
    if platform is None:
        return pages.notice("AppID 参数错误", "没有这个第三方平台。", status=404)
    row = world.database.one(
        "SELECT * FROM pre_auth_codes WHERE code = ? AND component = ?", code, component
    )
    if row is None or row["is_used"] or row["expires_at"] < world.clock.now():
        return pages.notice("预授权码无效", "已过期或已使用，请从第三方平台重新进入。", status=400)
    return platform


def _address_problem(platform: Platform, address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "缺少回调地址。"
    if platform.redirect_domain and parts.hostname != platform.redirect_domain:
        return f"登记的域名是 {platform.redirect_domain}，回调地址的域名是 {parts.hostname}。"
    return ""
