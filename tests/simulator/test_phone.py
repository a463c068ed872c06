"""The phone in a real browser: follow, ask, tap, open a page as oneself, leave."""

import os
import time

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from minxin.simulator.pages import BUILT
from minxin.wechat import Article, MenuClicked, NewsReply, Opened, PassiveReply, Text, TextReply
from tests.simulator.conftest import APP_ID, CHROMIUM, AccountServer, Simulator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and "CI" not in os.environ, reason="Debian's chromium is not installed"
    ),
    pytest.mark.skipif(
        not (BUILT / "phone.js").exists() and "CI" not in os.environ,
        reason="the front end is not built (make setup)",
    ),
]


class Watched:
    """A page whose errors and policy violations are kept."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda line: self._note(line.type, line.text))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "Security Policy" in text:
            self.wrong.append(text)


async def open_phones(browser: Browser, simulator: Simulator, citizens: str) -> Watched:
    page = await browser.new_page(viewport={"width": 1366, "height": 860})
    watched = Watched(page)
    await page.goto(f"{simulator.http.base_url}/phone?citizens={citizens}")
    return watched


async def _answer(opened: Opened) -> PassiveReply | None:
    match opened.inbound:
        case MenuClicked(key=key):
            return TextReply(f"您点了{key}")
        case Text(content="图文"):
            return NewsReply((Article("供暖安排", "摘要", "", "http://127.0.0.1:1/a"),))
        case Text(content=content):
            return TextReply(f'收到：{content}\n<a href="http://127.0.0.1:1/b">查看全文</a>')
    return TextReply("您好，欢迎关注")


async def test_she_searches_follows_asks_and_is_answered(
    live: Simulator, server: AccountServer, browser: Browser
) -> None:
    server.answer = _answer
    await live.account(server, name="云溪发布")
    await live.post("/sim/citizens", {"nickname": "小林"})
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await expect(phone.get_by_text("还没有关注公众号")).to_be_visible()
    await phone.get_by_role("button", name="搜索并关注").click()
    await phone.get_by_role("searchbox").fill("云溪")
    await phone.locator(".account-row", has_text="云溪发布").click()
    await phone.get_by_role("button", name="关注", exact=True).click()
    await expect(phone.locator('.row[data-via="passive"]')).to_contain_text("您好，欢迎关注")
    await phone.locator(".field").fill("身份证丢了怎么补办")
    await phone.locator(".field").press("Enter")
    await expect(phone.locator(".row.mine")).to_have_count(1)
    await expect(phone.locator(".row").last).to_contain_text("收到：身份证丢了怎么补办")
    await expect(phone.get_by_role("button", name="查看全文")).to_be_visible()
    assert "<a" not in await phone.locator(".messages").inner_text()
    log = watched.page.locator(".stage-log li")
    await expect(log.first).to_contain_text("身份证丢了怎么补办")
    await expect(log.first).to_contain_text("已答")
    assert watched.wrong == []


async def test_messages_arrive_by_themselves_on_the_right_phone(
    live: Simulator, server: AccountServer, browser: Browser
) -> None:
    server.answer = _answer
    await live.account(server, name="云溪发布")
    first, second = await live.follow("小林"), await live.follow("老周")
    watched = await open_phones(browser, live, "1,2")
    one, two = (watched.page.locator(f'.phone[data-citizen="{n}"]') for n in (1, 2))
    await one.locator(".chat-row").click()
    await expect(two.locator(".chat-row .badge")).to_have_text("1")
    await live.say(second, "我来问")
    await expect(two.locator(".chat-last")).to_contain_text("收到：我来问")
    await expect(two.locator(".chat-row .badge")).to_have_text("2")
    await expect(one.locator(".row.mine")).to_have_count(0)
    assert await live.send(await live.token(), first, "工单已答复") == 0
    await expect(one.locator('.row[data-via="custom"]')).to_contain_text("工单已答复")
    assert watched.wrong == []


async def test_menus_cards_and_choices_can_be_tapped(
    live: Simulator, server: AccountServer, browser: Browser
) -> None:
    server.answer = _answer
    await live.account(server, name="云溪发布")
    openid = await live.follow("小林")
    token = await live.token()
    menu = {
        "button": [
            {"name": "办事", "sub_button": [{"type": "click", "name": "预约", "key": "book"}]},
            {"type": "click", "name": "人工", "key": "person"},
        ]
    }
    await live.post("/cgi-bin/menu/create", menu, access_token=token)
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await phone.locator(".chat-row").click()
    await phone.locator(".menu-item", has_text="办事").click()
    await phone.get_by_role("menuitem", name="预约").click()
    await expect(phone.locator(".row").last).to_contain_text("您点了book")
    choices = {
        "touser": openid,
        "msgtype": "msgmenu",
        "msgmenu": {"head_content": "您想问：", "list": [{"id": "9", "content": "社保卡补办"}]},
    }
    await live.post("/cgi-bin/message/custom/send", choices, access_token=token)
    await phone.get_by_role("button", name="社保卡补办").click()
    await expect(phone.locator(".row").last).to_contain_text("收到：社保卡补办")
    pushed = server.pushed[-1].inbound
    assert isinstance(pushed, Text)
    assert pushed.menu_id == "9"
    await phone.get_by_role("button", name="切换到键盘").click()
    await phone.locator(".field").fill("图文")
    await phone.get_by_role("button", name="发送").click()
    await expect(phone.locator(".article strong")).to_have_text("供暖安排")
    assert watched.wrong == []


async def test_a_page_opens_as_the_citizen_whose_phone_it_is(
    live: Simulator, server: AccountServer, browser: Browser
) -> None:
    secret = "s" * 32

    async def page(request: web.Request) -> web.Response:
        code = request.query.get("code")
        if code is None:
            raise web.HTTPFound(
                f"{live.http.base_url}/connect/oauth2/authorize?appid={APP_ID}&state=1"
                f"&redirect_uri=http://{request.host}/page&response_type=code&scope=snsapi_base"
            )
        token = await live.get(
            "/sns/oauth2/access_token",
            appid=APP_ID,
            secret=secret,
            code=code,
            grant_type="authorization_code",
        )
        body = f"<!doctype html><p id=who>{token['openid']}</p><p id=host>{request.host}</p>"
        return web.Response(text=body, content_type="text/html")

    application = web.Application()
    application.router.add_get("/page", page)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        await live.account(server, name="云溪发布")
        openids = {n: await live.follow(name) for n, name in ((1, "小林"), (2, "老周"))}
        watched = await open_phones(browser, live, "1,2")

        async def link(opened: Opened) -> PassiveReply:
            return TextReply(f'<a href="http://127.0.0.1:{port}/page">我的诉求</a>')

        server.answer = link
        for number, openid in openids.items():
            await live.say(openid, "链接")
            phone = watched.page.locator(f'.phone[data-citizen="{number}"]')
            await phone.locator(".chat-row").click()
            await phone.get_by_role("button", name="我的诉求").click()
            frame = phone.frame_locator("iframe")
            await expect(frame.locator("#who")).to_have_text(openid)
            await expect(frame.locator("#host")).to_have_text(f"c{number}.localhost:{port}")
            await expect(phone.locator(".browser h1")).to_have_text("我的诉求")
        await phone.get_by_role("button", name="关闭网页").click()
        await expect(phone.locator("iframe")).to_have_count(0)
        assert watched.wrong == []
    finally:
        await runner.cleanup()


async def test_without_a_network_the_message_waits_for_a_second_try(
    live: Simulator, server: AccountServer, browser: Browser
) -> None:
    server.answer = _answer
    await live.account(server, name="云溪发布")
    await live.follow("小林")
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await phone.locator(".chat-row").click()
    await watched.page.route("**/sim/say", lambda route: route.abort())
    await phone.locator(".field").fill("没有网络")
    await phone.locator(".field").press("Enter")
    await expect(phone.locator(".failed")).to_be_visible()
    before = len(server.pushed)
    await watched.page.unroute("**/sim/say")
    await phone.locator(".failed").click()
    await expect(phone.locator(".failed")).to_have_count(0)
    await expect(phone.locator(".row").last).to_contain_text("收到：没有网络")
    await expect(phone.locator(".row.mine")).to_have_count(1)
    assert len(server.pushed) == before + 1


async def test_markup_from_an_account_is_shown_as_words(
    live: Simulator, server: AccountServer, browser: Browser
) -> None:
    async def hostile(opened: Opened) -> PassiveReply:
        return TextReply(
            "<img src=x onerror=alert(1)><script>alert(2)</script>"
            '<a href="javascript:alert(3)">点我</a> <b>粗</b>'
        )

    server.answer = hostile
    await live.account(server, name="<i>云溪</i>")
    await live.follow("小林")
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await phone.locator(".chat-row").click()
    bubble = phone.locator(".bubble").last
    await expect(bubble).to_contain_text("<script>alert(2)</script>")
    await expect(bubble.locator("img, script, b, a, button")).to_have_count(0)
    await expect(phone.locator("h1")).to_have_text("<i>云溪</i>")
    assert watched.wrong == []


async def test_the_stage_can_be_hidden_and_moves_the_clock(
    live: Simulator, server: AccountServer, browser: Browser
) -> None:
    await live.account(server, name="云溪发布")
    await live.follow("小林")
    watched = await open_phones(browser, live, "1")
    page = watched.page
    await page.get_by_role("button", name="+1 天").click()
    await expect(page.locator(".stage-day")).to_contain_text("模拟时间")
    assert (await live.get("/sim/clock"))["now"] > time.time() + 86000
    await page.get_by_role("button", name="注入").click()
    await expect(page.locator(".stage-armed li")).to_have_count(1)
    await page.get_by_role("button", name="解除").click()
    await expect(page.locator(".stage-armed li")).to_have_count(0)
    assert await live.get("/sim/faults") == []
    await page.get_by_role("button", name="收起演示台").click()
    await expect(page.locator(".stage")).to_be_hidden()
    await page.get_by_role("button", name="打开演示台").click()
    await expect(page.locator(".stage")).to_be_visible()
    assert watched.wrong == []
