"""The phone's other half in a real browser: scan, read, comment, consent, a page with the JS-SDK."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, FrameLocator, Locator, Page, Route, expect

from minxin.wechat import Followed, Link, Scanned, sign_js_url
from tests.simulator import test_phone
from tests.simulator.conftest import APP_ID, AccountServer, Simulator

pytestmark = test_phone.pytestmark
open_phones = test_phone.open_phones
NONCE, TIMESTAMP = "n1", 1414587457


async def _look(page: Page, name: str) -> None:
    """A picture for a person, when MINXIN_LOOK names a folder."""
    folder = os.environ.get("MINXIN_LOOK")
    if folder:
        await page.screenshot(path=str(Path(folder) / f"{name}.png"))


async def _code(live: Simulator, scene: str) -> dict[str, Any]:
    asked = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
    found: dict[str, Any] = await live.call(await live.token(), "qrcode/create", asked)
    return found


async def test_she_follows_by_a_picture_of_a_code_and_scans_it_again(
    live: Simulator,
    server: AccountServer,
    browser: Browser,
) -> None:
    await live.account(server, name="云溪发布", kind="subscription", principal="government")
    await live.post("/sim/citizens", {"nickname": "小林"})
    code = await _code(live, "window-3")
    picture = await live.http.get("/cgi-bin/showqrcode", params={"ticket": code["ticket"]})
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await phone.get_by_role("button", name="发现").click()
    await phone.get_by_role("button", name="扫一扫").click()
    await expect(phone.locator(".scan-codes")).to_contain_text("场景值 window-3")
    await _look(watched.page, "scan")
    chooser = phone.locator('.scanner input[type="file"]')
    await chooser.set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": b"no"})
    await expect(phone.get_by_role("alert")).to_contain_text("没有找到二维码")
    assert server.pushed == []
    await chooser.set_input_files(
        {"name": "q.png", "mimeType": "image/png", "buffer": picture.content}
    )
    await phone.get_by_role("button", name="关注公众号").click()
    await expect(phone.locator(".chat h1")).to_have_text("云溪发布")
    followed = await server.newest(Followed)
    assert (followed.scene, followed.ticket) == ("window-3", code["ticket"])
    await phone.get_by_role("button", name="返回").click()
    await phone.get_by_role("button", name="发现").click()
    await phone.get_by_role("button", name="扫一扫").click()
    await phone.locator(".scan-codes button").click()
    await expect(phone.locator(".chat h1")).to_have_text("云溪发布")
    await server.newest(Scanned)
    assert watched.wrong == []


async def test_she_reads_in_the_folder_likes_and_comments(
    live: Simulator,
    server: AccountServer,
    browser: Browser,
) -> None:
    await live.account(server, name="云溪发布", kind="subscription", principal="government")
    await live.follow("小林")
    token = await live.token()
    content = (
        '<p>今晚十点停水。</p><p style="color:#a00">请储水。</p><img src="x" onerror="alert(1)">'
    )
    media_id = await live.draft(
        token, "停水通知", need_open_comment=1, only_fans_can_comment=1, content=content,
        digest="城南片区今晚停水", author="小水",
    )  # fmt: skip
    sent = {"filter": {"is_to_all": True}, "mpnews": {"media_id": media_id}, "msgtype": "mpnews"}
    mass = await live.call(token, "message/mass/sendall", sent)
    assert mass["errcode"] == 0, mass
    await live.later(10)
    (article,) = await live.get("/sim/articles", app_id=APP_ID)
    path = f"/sim/articles/{article['slug']}"
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await expect(phone.locator(".folder-row .badge")).to_have_text("1")
    await phone.locator(".folder-row").press("Enter")
    await _look(watched.page, "folder")
    await phone.locator(".folder-card .article").click()
    reader = phone.locator(".reader")
    await expect(reader.locator(".reader-title")).to_have_text("停水通知")
    await expect(reader.locator(".reader-byline")).to_contain_text("云溪发布")
    body = phone.frame_locator(".reader-body")
    await expect(body.locator("body")).to_contain_text("请储水")
    await expect(reader.locator(".reads")).to_have_text("阅读 1")
    await reader.get_by_role("button", name="点赞").click()
    await expect(reader.locator('[data-act="like"]')).to_have_attribute("aria-pressed", "true")
    await reader.get_by_role("button", name="在看").click()
    await reader.get_by_role("button", name="收藏").click()
    await expect(reader.locator('[data-act="collect"]')).to_contain_text("已收藏")
    counts = (await live.get(path))["counts"]
    assert (counts["read"], counts["like"], counts["zaikan"], counts["collect"]) == (1, 1, 1, 1)
    await reader.get_by_role("textbox", name="写留言").fill("几点恢复？")
    await reader.get_by_role("button", name="发送").click()
    await expect(reader.locator(".comment")).to_contain_text("公众号精选后，所有人可见")
    which = {"msg_data_id": mass["msg_data_id"], "index": 0, "user_comment_id": 1}
    await live.call(token, "comment/markelect", which)
    await live.call(token, "comment/reply/add", {**which, "content": "明早六点。"})
    await reader.get_by_role("button", name="更多").click()
    await reader.get_by_role("button", name="刷新").click()
    await expect(reader.locator(".comment-reply")).to_contain_text("明早六点。")
    await _look(watched.page, "reader")
    published = await live.call(token, "message/mass/delete", {"msg_id": mass["msg_id"]})
    assert published["errcode"] == 0
    await reader.get_by_role("button", name="更多").click()
    await reader.get_by_role("button", name="刷新").click()
    await expect(reader.get_by_text("该内容已被发布者删除")).to_be_visible()
    await expect(reader.locator(".reader-foot button")).to_have_count(0)
    assert watched.wrong == []


async def test_what_arrives_takes_neither_the_keyboard_nor_an_open_panel(
    live: Simulator, server: AccountServer, browser: Browser
) -> None:
    await live.account(server, name="云溪发布")
    openid = await live.follow("小林")
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await phone.locator(".chat-row").focus()
    await live.send(await live.token(), openid, "今晚停水")
    await expect(phone.locator(".chat-last")).to_contain_text("今晚停水")
    await expect(phone.locator(".chat-row")).to_be_focused()
    await phone.get_by_role("button", name="发现").press("Enter")
    await expect(phone.get_by_role("button", name="发现")).to_be_focused()
    await phone.get_by_role("button", name="扫一扫").click()
    await expect(phone.locator(".scan-codes, .scanner").first).to_be_visible()
    before = await phone.locator(".tab .badge").inner_text()
    await live.send(await live.token(), openid, "明早恢复")
    await expect(phone.locator(".tab .badge")).to_have_text(str(int(before) + 1))
    await expect(phone.locator(".scan-codes, .scanner").first).to_be_visible()
    assert watched.wrong == []


async def test_who_does_not_follow_is_asked_to_before_she_comments(
    live: Simulator, server: AccountServer, browser: Browser
) -> None:
    await live.account(server, name="云溪发布")
    openid = await live.follow("小林")
    other = {"app_id": "wx00000000000000c2", "original_id": "gh_0000000000c2"}
    await live.account(name="云溪水务", kind="subscription", principal="government", **other)
    query = {"grant_type": "client_credential", "appid": other["app_id"], "secret": "s" * 32}
    token = (await live.get("/cgi-bin/token", **query))["access_token"]
    media_id = await live.draft(token, "停水通知", need_open_comment=1, only_fans_can_comment=1)
    await live.call(token, "freepublish/submit", {"media_id": media_id})
    await live.later(10)
    (article,) = await live.get("/sim/articles", app_id=other["app_id"])
    path = f"/sim/articles/{article['slug']}"
    asked = {"citizen": 1, "content": "几点恢复？"}
    assert (await live.http.post(f"{path}/comments", json=asked)).status_code == 409
    assert (await live.get(path, citizen=1))["comments"] == []
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await phone.locator(".chat-row").click()
    url = f"{live.http.base_url}/s/{article['slug']}"
    await _tap(live, openid, watched.page, url)
    await expect(phone.locator(".comments-closed")).to_contain_text("只有关注公众号的人可以留言")
    await expect(phone.get_by_role("textbox", name="写留言")).to_have_count(0)
    await phone.get_by_role("button", name="关注“云溪水务”").click()
    await phone.get_by_role("textbox", name="写留言").fill("几点恢复？")
    await phone.locator(".comment-form").get_by_role("button", name="发送").click()
    await expect(phone.locator(".comment")).to_contain_text("几点恢复？")
    await phone.get_by_role("textbox", name="写留言").press("Escape")
    await expect(phone.locator(".reader")).to_have_count(0)
    await expect(phone.locator(".bubble .link").last).to_be_focused()
    assert watched.wrong == []


async def test_large_text_is_kept_and_reaches_the_chat(
    live: Simulator,
    server: AccountServer,
    browser: Browser,
) -> None:
    await live.account(server, name="云溪发布")
    openid = await live.follow("小林")
    await live.say(openid, "你好")
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await phone.get_by_role("button", name="我", exact=True).click()
    await phone.get_by_role("button", name="字体大小").click()
    await phone.get_by_role("slider").press("End")
    await expect(phone.locator(".size-name")).to_have_text("超大")
    await _look(watched.page, "size")
    await watched.page.reload()
    await phone.locator(".chat-row").click()
    size = await phone.locator(".bubble").first.evaluate("one => getComputedStyle(one).fontSize")
    assert float(size.removesuffix("px")) > 25
    assert watched.wrong == []


@pytest.fixture
async def site(live: Simulator) -> AsyncIterator[str]:
    """An account's own pages: one that signs rightly, one wrongly, one that asks who she is."""
    base = str(live.http.base_url)

    async def page(request: web.Request) -> web.Response:
        ticket = (await live.call(await live.token(), "ticket/getticket", type="jsapi"))["ticket"]
        signature = sign_js_url(ticket, NONCE, TIMESTAMP, str(request.url))
        if "wrong" in request.query:
            signature = "0" * 40
        script = f"""<!doctype html><p id=state>…</p><p id=more></p>
<script src="{base}/sim/jweixin.js"></script><script>
const say = (words) => document.getElementById("state").textContent = words;
const more = (words) => document.getElementById("more").textContent += words + ";";
wx.config({{appId: "{APP_ID}", timestamp: {TIMESTAMP}, nonceStr: "{NONCE}", signature: "{signature}",
  jsApiList: ["chooseImage", "uploadImage", "getLocalImgData", "getLocation", "hideOptionMenu",
    "updateAppMessageShareData"]}});
wx.error((result) => {{ say(result.errMsg);
  wx.getLocation({{fail: (one) => more(one.errMsg)}}); }});
wx.ready(() => {{ say("ready");
  wx.updateAppMessageShareData({{title: "便民", success: () => more("shared")}});
  wx.scanQRCode({{fail: (one) => more(one.errMsg)}});
  wx.chooseImage({{count: 1, success: ({{localIds}}) => wx.uploadImage({{localId: localIds[0],
    success: ({{serverId}}) => {{ more("media " + serverId);
      wx.getLocation({{success: (one) => more("at " + one.latitude)}}); }} }}) }});
}});
</script>"""
        return web.Response(text=script, content_type="text/html")

    async def who(request: web.Request) -> web.Response:
        if "code" not in request.query:
            raise web.HTTPFound(
                f"{base}/connect/oauth2/authorize?appid={APP_ID}&state=1&response_type=code"
                f"&redirect_uri=http://{request.host}/who&scope=snsapi_userinfo"
            )
        return web.Response(text="<p id=who>known</p>", content_type="text/html")

    application = web.Application()
    application.router.add_get("/page", page)
    application.router.add_get("/who", who)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def _tap(live: Simulator, openid: str, page: Page, url: str) -> None:
    await live.send(await live.token(), openid, f'<a href="{url}">打开</a>')
    await page.locator('.phone[data-citizen="1"] .bubble .link').last.click()


async def _opens(
    live: Simulator, server: AccountServer, browser: Browser, url: str
) -> tuple[Any, Locator, FrameLocator]:
    """小林 opens a page that the account she follows sent her; her desk, her phone, the page."""
    await live.account(server, name="云溪发布")
    openid = await live.follow("小林")
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await phone.locator(".chat-row").click()
    await _tap(live, openid, watched.page, url)
    return watched, phone, phone.frame_locator(".browser iframe")


async def test_a_rightly_signed_page_chooses_uploads_and_locates(
    live: Simulator,
    server: AccountServer,
    browser: Browser,
    site: str,
) -> None:
    watched, phone, frame = await _opens(live, server, browser, f"{site}/page")
    await expect(frame.locator("#state")).to_have_text("ready")
    await expect(frame.locator("#more")).to_contain_text("scanQRCode:permission denied")
    await _look(watched.page, "jssdk")
    await phone.get_by_role("button", name="用一张示例图片").click()
    await expect(frame.locator("#more")).to_contain_text("media ")
    told = await frame.locator("#more").inner_text()
    media_id = told.partition("media ")[2].partition(";")[0]
    got = await live.http.get(
        "/cgi-bin/media/get", params={"access_token": await live.token(), "media_id": media_id}
    )
    assert got.content.startswith(b"\x89PNG")
    await phone.get_by_role("button", name="允许").click()
    await expect(frame.locator("#more")).to_contain_text("at 30.2741")
    await phone.get_by_role("button", name="更多").click()
    await phone.get_by_role("button", name="发送给朋友").click()
    await expect(phone.locator(".share-what")).to_have_text("便民")
    await _look(watched.page, "share-page")
    await phone.locator(".panel").get_by_role("button", name="发送").click()
    await expect(phone.locator(".toast")).to_contain_text("已发送")
    shared = await server.newest(Link)
    assert (shared.title, shared.url) == (
        "便民",
        f"{site}/page".replace("127.0.0.1", "c1.localhost"),
    )
    assert watched.wrong == []


async def test_a_wrongly_signed_page_may_do_nothing(
    live: Simulator,
    server: AccountServer,
    browser: Browser,
    site: str,
) -> None:
    _watched, phone, frame = await _opens(live, server, browser, f"{site}/page?wrong=1")
    await expect(frame.locator("#state")).to_have_text("config:invalid signature")
    await expect(frame.locator("#more")).to_have_text("getLocation:permission denied;")
    await expect(phone.locator(".choice-sheet")).to_have_count(0)


async def test_what_arrives_while_a_chat_opens_stands_in_it(
    live: Simulator, server: AccountServer, browser: Browser
) -> None:
    await live.account(server, name="云溪发布")
    openid = await live.follow("小林")
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')

    async def slow(route: Route) -> None:
        read = await route.fetch()  # read before the message, told after it
        await live.send(await live.token(), openid, "大厅今天照常办公")
        told = watched.page.get_by_role("list", name="推送与应答")
        await expect(told).to_contain_text("message/custom/send")
        await route.fulfill(response=read)

    await watched.page.route("**/sim/chat?*", slow)
    await phone.locator(".chat-row").click()
    await expect(phone.locator(".chat .bubble").last).to_contain_text("大厅今天照常办公")
    await expect(phone.locator(".chat .nothing-yet")).to_have_count(0)
    assert watched.wrong == []


async def test_a_stranger_is_asked_who_she_is_and_may_refuse(
    live: Simulator,
    server: AccountServer,
    browser: Browser,
    site: str,
) -> None:
    await live.account(server, name="云溪发布")
    await live.account(app_id="wx00000000000000c2", name="别的号")
    openid = await live.follow("小林")
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await phone.locator(".chat-row").click()
    await live.send(await live.token(), openid, f'<a href="{site}/who">打开</a>')
    link = phone.locator(".bubble .link").last
    await expect(link).to_be_visible()
    await live.post("/sim/unfollow", {"app_id": APP_ID, "openid": openid})
    for answer in ("拒绝", "允许"):
        if await phone.get_by_role("button", name="关闭网页").count():
            await phone.get_by_role("button", name="关闭网页").click()
        await link.click()
        frame = phone.frame_locator(".browser iframe")
        await expect(frame.get_by_text("申请获取你的以下信息")).to_be_visible()
        await _look(watched.page, "consent")
        await frame.get_by_role("button", name=answer).click()
        if answer == "拒绝":
            await expect(frame.get_by_text("已取消授权")).to_be_visible()
            await expect(frame.locator("#who")).to_have_count(0)
        else:
            await expect(frame.locator("#who")).to_have_text("known")
    assert watched.wrong == []
