"""The chat on the phone, in a real browser: every kind is sent, every kind is shown, nothing is lost."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from minxin.simulator import files
from minxin.simulator.pages import BUILT
from minxin.wechat import (
    CodeScanned,
    Image,
    Link,
    Location,
    LocationPicked,
    MiniProgramOpened,
    Opened,
    PassiveReply,
    PhotosPicked,
    ShortVideo,
    Text,
    TextReply,
    Video,
    Voice,
)
from tests.simulator.conftest import APP_ID, CHROMIUM, PNG, AccountServer, Simulator

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
SIZES = {"360": (360, 740), "430": (430, 932), "desktop": (1366, 860)}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c6360f8cf000001010100a1ae0ee30000000049454e44ae426082"
)


async def answer(opened: Opened) -> PassiveReply | None:
    """A bot that says which kind it got."""
    match opened.inbound:
        case Text(content=content):
            return TextReply(f"文字：{content}")
        case Voice(recognition=words):
            return TextReply(f"语音：{words}")
        case Location(label=label):
            return TextReply(f"位置：{label}")
        case Link(title=title):
            return TextReply(f"链接：{title}")
        case CodeScanned(result=result):
            return TextReply(f"扫到：{result}")
        case inbound:
            return TextReply(f"收到：{type(inbound).__name__}")


class Seen:
    """One phone in a page, and what went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.phone = page.locator(".phone")
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on(
            "console",
            lambda line: (
                self.wrong.append(line.text)
                if line.type == "error" and "Security Policy" in line.text
                else None
            ),
        )

    def button(self, name: str) -> Locator:
        return self.phone.get_by_role("button", name=name, exact=True)

    @property
    def last(self) -> Locator:
        return self.phone.locator(".row").last

    async def tool(self, name: str) -> None:
        await self.phone.locator(".foot-more").click()
        await self.button(name).click()

    async def send(self) -> None:
        await self.phone.locator(".panel-send").click()

    async def is_not_wider_than_its_screen(self) -> bool:
        wider: bool = await self.page.evaluate(
            "[...document.querySelectorAll('.phone .screen, .phone .panel-body, .phone .messages')]"
            ".some((one) => one.scrollWidth > one.clientWidth + 1)"
            " || document.scrollingElement.scrollWidth > innerWidth"
        )
        return not wider


@pytest.fixture(params=SIZES)
async def seen(
    request: pytest.FixtureRequest, live: Simulator, server: AccountServer, browser: Browser
) -> AsyncIterator[Seen]:
    """小林's phone with the chat open, at three sizes."""
    async for one in opened_phone(live, server, browser, *SIZES[request.param]):
        yield one


@pytest.fixture
async def one_phone(
    live: Simulator, server: AccountServer, browser: Browser
) -> AsyncIterator[Seen]:
    """The same at one size."""
    async for one in opened_phone(live, server, browser, 390, 844):
        yield one


async def opened_phone(
    live: Simulator, server: AccountServer, browser: Browser, width: int, height: int
) -> AsyncIterator[Seen]:
    server.answer = answer
    await live.account(
        server, name="云溪发布", kind="service", verified=True, principal="government"
    )
    await live.follow("小林", silent=True)
    page = await browser.new_page(viewport={"width": width, "height": height})
    one = Seen(page)
    await page.goto(f"{live.http.base_url}/phone?citizens=1")
    await one.phone.locator(".chat-row").click()
    await expect(one.phone.locator(".field")).to_be_visible()
    yield one
    assert one.wrong == []
    await page.close()


async def menu(live: Simulator, *buttons: dict[str, Any], name: str = "办事") -> str:
    token = await live.token()
    made = {"button": [{"name": name, "sub_button": list(buttons)}]}
    assert (await live.call(token, "menu/create", made))["errcode"] == 0
    return token


# What she sends ---------------------------------------------------------------------------------


async def test_every_kind_is_sent_and_answered(seen: Seen, server: AccountServer) -> None:
    phone = seen.phone
    await expect(phone.get_by_text("还没有消息")).to_be_visible()
    await phone.locator(".field").fill("身份证怎么补办")
    await seen.button("表情").click()
    await seen.button("赞").click()
    await seen.button("微笑").click()
    await seen.button("发送").click()
    await expect(seen.last).to_contain_text("文字：身份证怎么补办👍")
    await seen.button("表情").click()  # closes it

    await seen.tool("照片")
    await seen.button("路灯不亮").click()
    await phone.locator(".panel input[type=file]").first.set_input_files(
        files=[{"name": "现场.png", "mimeType": "image/png", "buffer": PIXEL}]
    )
    await expect(phone.locator(".chosen li")).to_have_count(2)
    assert await seen.is_not_wider_than_its_screen()
    await seen.send()
    await expect(phone.locator('.row.mine[data-type="image"]')).to_have_count(2)
    await expect(phone.get_by_text("收到：Image")).to_have_count(2)

    await seen.button("语音").click()
    await phone.get_by_label("语音里说的话").fill("东桥路的路灯坏了三天了")
    await seen.send()
    await expect(seen.last).to_contain_text("语音：东桥路的路灯坏了三天了")
    await expect(phone.locator(".row.mine .voice")).to_have_attribute("aria-label", "语音，3 秒")

    await seen.tool("位置")
    await phone.locator(".map-row", has_text="东桥街道便民服务中心").click()
    assert await seen.is_not_wider_than_its_screen()
    await seen.send()
    await expect(seen.last).to_contain_text("位置：云溪市青禾区东桥路18号")
    await expect(phone.locator(".row.mine .place")).to_contain_text("东桥街道便民服务中心")

    await seen.tool("链接")
    await phone.get_by_label("网址").fill("https://yunxi.example/heating")
    await phone.get_by_label("标题").fill("今年的供暖安排")
    await seen.send()
    await expect(seen.last).to_contain_text("链接：今年的供暖安排")
    assert await seen.is_not_wider_than_its_screen()
    kinds = [type(one.inbound) for one in server.pushed]
    assert kinds == [Text, Image, Image, Voice, Location, Link]


@pytest.mark.parametrize(("choice", "cls"), [("video", Video), ("shortvideo", ShortVideo)])
async def test_a_video_is_sent_with_its_first_picture(
    one_phone: Seen, live: Simulator, server: AccountServer, choice: str, cls: type[Video]
) -> None:
    await one_phone.tool("视频")
    await one_phone.button("用示例视频").click()
    await expect(one_phone.phone.locator(".video-thumb")).to_be_visible(timeout=15000)
    await one_phone.phone.get_by_label("按哪种消息推送").select_option(choice)
    await one_phone.send()
    await expect(one_phone.last).to_contain_text(f"收到：{cls.__name__}", timeout=15000)
    pushed = server.pushed[-1].inbound
    assert isinstance(pushed, cls)
    video = await live.http.get(f"/sim/media/{pushed.media_id}")
    assert video.headers["content-type"].startswith("video/")
    thumb = await live.http.get(f"/sim/media/{pushed.thumb_media_id}")
    assert thumb.content.startswith(b"\xff\xd8\xff")
    await one_phone.button("播放视频").click()
    await expect(one_phone.phone.locator(".viewer video")).to_be_visible()
    await one_phone.page.keyboard.press("Escape")
    await expect(one_phone.phone.locator(".viewer")).to_have_count(0)
    await expect(one_phone.button("播放视频")).to_be_focused()


async def test_enter_that_chooses_chinese_words_does_not_send(
    one_phone: Seen, server: AccountServer
) -> None:
    field = one_phone.phone.locator(".field")
    await field.focus()
    devtools = await one_phone.page.context.new_cdp_session(one_phone.page)
    composing = {"selectionStart": 6, "selectionEnd": 6, "text": "ludeng"}
    await devtools.send("Input.imeSetComposition", composing)
    # An input method keeps the key to itself and only tells of it: isComposing, or in Safari 229.
    for more in ("isComposing: true", "keyCode: 229"):
        await field.evaluate(
            f"(one) => one.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', {more}, bubbles: true}}))"
        )
    await devtools.send("Input.insertText", {"text": "路灯"})
    await expect(field).to_have_value("路灯")
    assert server.pushed == []
    await expect(one_phone.phone.locator(".row")).to_have_count(0)
    await field.press("Enter")
    await expect(one_phone.last).to_contain_text("文字：路灯")
    assert len(server.pushed) == 1


async def test_what_wechat_would_not_send_is_said_in_chinese_and_kept(
    one_phone: Seen, server: AccountServer
) -> None:
    phone = one_phone.phone
    await one_phone.tool("照片")
    await one_phone.button("井盖破损").click()
    picker = phone.locator(".panel input[type=file]").first
    huge = PNG + bytes(10 * 1024 * 1024)
    await picker.set_input_files([{"name": "大图.png", "mimeType": "image/png", "buffer": huge}])
    problem = phone.locator(".panel-problem")
    await expect(problem).to_have_text("图片太大，不能超过 10 MB，请换一个小一些的")
    await picker.set_input_files(
        [{"name": "公文.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}]
    )
    await expect(problem).to_contain_text("“公文.pdf”不是图片")
    await expect(phone.locator(".chosen li")).to_have_count(1)
    assert server.pushed == []
    await one_phone.send()
    await expect(one_phone.last).to_contain_text("收到：Image")


async def test_panels_say_what_is_missing(one_phone: Seen, server: AccountServer) -> None:
    phone = one_phone.phone
    problem = phone.locator(".panel-problem")
    await one_phone.button("语音").click()
    await one_phone.send()
    await expect(problem).to_contain_text("请写出语音里说的话")
    await phone.get_by_label("语音里说的话").fill("您好")
    await phone.get_by_label("语音有几秒").fill("61")
    await one_phone.send()
    await expect(problem).to_contain_text("最长 60 秒")
    await one_phone.page.keyboard.press("Escape")
    await one_phone.tool("链接")
    await phone.get_by_label("网址").fill("yunxi")
    await one_phone.send()
    await expect(problem).to_contain_text("http://")
    await expect(phone.get_by_label("网址")).to_have_value("yunxi")
    assert server.pushed == []


# Nothing is lost --------------------------------------------------------------------------------


async def test_what_is_half_typed_is_there_after_leaving_and_after_a_reload(
    one_phone: Seen,
) -> None:
    phone = one_phone.phone
    await phone.locator(".field").fill("我家门口的路灯")
    await one_phone.button("返回").click()
    await phone.locator(".chat-row").click()
    await expect(phone.locator(".field")).to_have_value("我家门口的路灯")
    await one_phone.page.reload()
    await phone.locator(".chat-row").click()
    await expect(phone.locator(".field")).to_have_value("我家门口的路灯")


async def test_what_was_not_sent_waits_over_a_reload_and_goes_once(
    one_phone: Seen, server: AccountServer
) -> None:
    phone = one_phone.phone
    await one_phone.page.route("**/sim/say", lambda route: route.abort())
    await phone.locator(".field").fill("没有网络")
    await phone.locator(".field").press("Enter")
    await expect(phone.locator(".not-sent")).to_contain_text("网络不给力")
    await one_phone.page.unroute("**/sim/say")
    await one_phone.page.reload()
    await phone.locator(".chat-row").click()
    await expect(phone.locator(".row.mine")).to_contain_text("没有网络")
    await phone.locator(".failed").click()
    await expect(one_phone.last).to_contain_text("文字：没有网络")
    await expect(phone.locator(".row.mine")).to_have_count(1)
    assert len(server.pushed) == 1


async def test_an_answer_lost_on_the_way_makes_no_second_message(
    one_phone: Seen, live: Simulator, server: AccountServer
) -> None:
    """The simulator took the message; the phone does not know, and the stream is down too."""
    phone = one_phone.phone
    await one_phone.page.route("**/sim/stream*", lambda route: route.abort())
    await one_phone.page.reload()
    await phone.locator(".chat-row").click()

    async def lose(route: Any) -> None:
        await route.fetch()
        await route.abort()

    await one_phone.page.route("**/sim/say", lose)
    await phone.locator(".field").fill("只说一次")
    await phone.locator(".field").press("Enter")
    await expect(phone.locator(".failed")).to_be_visible()
    await one_phone.page.unroute("**/sim/say")
    await phone.locator(".failed").click()
    await expect(phone.locator(".failed")).to_have_count(0)
    await one_phone.button("返回").click()
    await phone.locator(".chat-row").click()
    await expect(phone.locator(".row.mine")).to_have_count(1)
    assert len(server.pushed) == 1


async def test_a_picture_that_could_not_be_uploaded_is_sent_later_or_given_up(
    one_phone: Seen, server: AccountServer
) -> None:
    phone = one_phone.phone
    await one_phone.page.route("**/sim/media?*", lambda route: route.abort())
    for _ in range(2):
        await one_phone.tool("照片")
        await one_phone.button("道路积水").click()
        await one_phone.send()
    await expect(phone.locator(".failed")).to_have_count(2)
    assert server.pushed == []
    await one_phone.page.unroute("**/sim/media?*")
    await phone.locator(".not-sent .link").first.click()
    await phone.locator(".failed").click()
    await expect(one_phone.last).to_contain_text("收到：Image")
    await expect(phone.locator(".row.mine")).to_have_count(1)
    assert len(server.pushed) == 1


async def test_a_chat_that_cannot_be_opened_says_so_and_opens_later(one_phone: Seen) -> None:
    phone = one_phone.phone
    await one_phone.button("返回").click()
    await one_phone.page.route("**/sim/chat?*", lambda route: route.abort())
    await phone.locator(".chat-row").click()
    await expect(phone.locator(".empty")).to_contain_text("网络不给力")
    await one_phone.page.unroute("**/sim/chat?*")
    await one_phone.button("重试").click()
    await expect(phone.locator(".field")).to_be_visible()


async def subscription_template(live: Simulator, token: str) -> str:
    """A subscription notice of the account, with the keywords of the library."""
    query = {"access_token": token}
    titles = await live.get(
        "/wxaapi/newtmpl/getpubtemplatetitles", ids="612", start=0, limit=30, **query
    )
    tid = next(one["tid"] for one in titles["data"] if one["title"] == "办理进度通知")
    keywords = await live.get("/wxaapi/newtmpl/getpubtemplatekeywords", tid=tid, **query)
    asked = {"tid": tid, "kidList": [one["kid"] for one in keywords["data"]], "sceneDesc": "进度"}
    return str((await live.post("/wxaapi/newtmpl/addtemplate", asked, **query))["priTmplId"])


# What the account sends -------------------------------------------------------------------------


async def test_every_kind_is_shown_as_people_know_it(
    seen: Seen, live: Simulator, server: AccountServer
) -> None:
    phone, token = seen.phone, await live.token()
    openid = (await live.get("/sim/chats", citizen=1))["chats"][0]["openid"]
    image = await live.upload(token, "material/add_material", PIXEL, type="image")
    voice = await live.upload(token, "media/upload", files.silence(12), "a.amr", type="voice")
    video = await live.upload(token, "media/upload", b"\0\0\0\x18ftypmp42", "a.mp4", type="video")

    async def send(kind: str, **inside: Any) -> None:
        if await live.send(token, openid, "先") != 0:
            await live.say(openid, "再说一句")
        payload = {"touser": openid, "msgtype": kind, kind: inside}
        found = await live.call(token, "message/custom/send", payload)
        assert found["errcode"] == 0, found

    await live.say(openid, "您好")
    await send(
        "text", content='补办<a href="weixin://bizmsgmenu?msgmenucontent=预约&msgmenuid=7">预约</a>'
    )
    await seen.button("预约").click()
    await expect(seen.last).to_contain_text("文字：预约")
    pushed = server.pushed[-1].inbound
    assert isinstance(pushed, Text)
    assert pushed.menu_id == "7"
    await send("image", media_id=image["media_id"])
    await seen.button("查看图片").click()
    await expect(phone.locator(".viewer img")).to_be_visible()
    await seen.page.keyboard.press("Escape")
    await send("voice", media_id=voice["media_id"])
    await expect(phone.locator(".row:not(.mine) .voice")).to_contain_text("12″")
    await live.say(openid, "继续")
    await send("video", media_id=video["media_id"], title="办事短片", description="两分钟")
    await expect(phone.locator(".video-card")).to_contain_text("办事短片")
    await send(
        "music", title="云溪之歌", musicurl="http://127.0.0.1:1/m", thumb_media_id=image["media_id"]
    )
    await expect(phone.locator(".share", has_text="云溪之歌").locator("img")).to_have_count(1)
    await live.say(openid, "继续")
    await send("wxcard", card_id="pYunxi")
    await expect(phone.locator(".coupon")).to_contain_text("pYunxi")
    await send("miniprogrampage", title="预约小程序", appid="wx12", pagepath="p/q")
    await phone.locator(".mini").click()
    await expect(phone.locator(".mini-page")).to_contain_text("p/q")
    await seen.page.keyboard.press("Escape")
    draft = await live.draft(token, "停水通知", "便民举措", "义诊安排")
    mass = {"touser": openid, "msgtype": "mpnews", "mpnews": {"media_id": draft}}
    assert (await live.call(token, "message/mass/preview", mass))["errcode"] == 0
    await expect(phone.locator(".article strong")).to_have_text("停水通知")
    await expect(phone.locator(".article-row")).to_have_text(["便民举措", "义诊安排"])
    await live.say(openid, "继续")
    template = await live.call(token, "template/api_add_template", {"template_id_short": "40001"})
    data = {
        "thing1": {"value": "路灯不亮"},
        "phrase2": {"value": "办理中"},
        "time3": {"value": "15:20"},
    }
    notice = {
        "touser": openid, "template_id": template["template_id"], "data": data,
        "url": "http://127.0.0.1:1/t",
    }  # fmt: skip
    assert (await live.call(token, "message/template/send", notice))["errcode"] == 0
    card = phone.locator(".notice")
    await expect(card.locator("dt")).to_have_text(["办理事项", "当前状态", "更新时间"])
    await expect(card.locator("dd").first).to_have_text("路灯不亮")
    await expect(card).to_contain_text("详情")
    template_id = await subscription_template(live, token)
    consent = {"app_id": APP_ID, "openid": openid, "template_id": template_id, "choice": "accept"}
    await live.post("/sim/subscriptions", consent)
    subscribed = {
        "touser": openid, "template_id": template_id, "data": data,
        "miniprogram": {"appid": "wx12", "pagepath": "p/q"},
    }  # fmt: skip
    assert (await live.call(token, "message/subscribe/bizsend", subscribed))["errcode"] == 0
    await expect(phone.locator('.row[data-type="subscription"]')).to_contain_text("进入小程序查看")
    assert await seen.is_not_wider_than_its_screen()
    typing = {"touser": openid, "command": "Typing"}
    await live.say(openid, "在吗")
    assert (await live.call(token, "message/custom/typing", typing))["errcode"] == 0
    await expect(phone.locator("h1")).to_have_text("对方正在输入…")
    await live.send(token, openid, "在的")
    await expect(phone.locator("h1")).to_have_text("云溪发布")


# The menu ---------------------------------------------------------------------------------------


async def test_every_kind_of_button_does_what_it_does_in_wechat(
    seen: Seen, live: Simulator, server: AccountServer
) -> None:
    phone = seen.phone
    await menu(
        live,
        {"type": "pic_sysphoto", "name": "拍照", "key": "a"},
        {"type": "pic_photo_or_album", "name": "拍照或选图", "key": "b"},
        {"type": "pic_weixin", "name": "相册", "key": "c"},
        {"type": "location_select", "name": "上报位置", "key": "d"},
        {
            "type": "miniprogram", "name": "小程序", "url": "http://127.0.0.1:1/x", "appid": "wx12",
            "pagepath": "p/q",
        },
    )  # fmt: skip

    async def choose(name: str) -> None:
        await phone.locator(".menu-item").click()
        await phone.get_by_role("menuitem", name=name, exact=True).click()

    await expect(phone.locator(".menu-item")).to_be_visible()
    for name, event in (
        ("拍照", "pic_sysphoto"),
        ("拍照或选图", "pic_photo_or_album"),
        ("相册", "pic_weixin"),
    ):
        before = len(server.pushed)
        await choose(name)
        ways = await phone.locator(".panel-way").all_inner_texts()
        assert ways == {
            "pic_sysphoto": ["拍照"], "pic_photo_or_album": ["从手机相册选择", "拍照"],
            "pic_weixin": ["从手机相册选择"],
        }[event]  # fmt: skip
        await seen.button("办事材料").click()
        await seen.send()
        await expect(seen.last).to_contain_text("收到：Image")
        await expect(phone.locator(".panel")).to_have_count(0)
        picked, picture = (one.inbound for one in server.pushed[before:])
        assert isinstance(picked, PhotosPicked)
        assert (picked.event, picked.count) == (event, 1)
        assert isinstance(picture, Image)
    await choose("上报位置")
    await phone.locator(".map-row", has_text="云溪站").click()
    await seen.send()
    await expect(seen.last).to_contain_text("位置：云溪市青禾区云顶大道1号")
    assert isinstance(server.pushed[-2].inbound, LocationPicked)
    await choose("小程序")
    await expect(phone.locator(".mini-page")).to_contain_text("wx12")
    await seen.page.keyboard.press("Escape")
    opened = await server.newest(MiniProgramOpened)
    assert opened.page == "p/q"


async def test_scanning_articles_and_material_from_the_menu(
    one_phone: Seen, live: Simulator, server: AccountServer
) -> None:
    phone, token = one_phone.phone, await live.token()
    image = await live.upload(token, "material/add_material", PIXEL, type="image")
    submitted = await live.call(
        token, "freepublish/submit", {"media_id": await live.draft(token, "供暖安排")}
    )
    await live.later(10)
    published = await live.call(token, "freepublish/get", {"publish_id": submitted["publish_id"]})
    await menu(
        live,
        {"type": "scancode_push", "name": "扫一扫", "key": "a"},
        {"type": "scancode_waitmsg", "name": "扫码查询", "key": "b"},
        {"type": "media_id", "name": "看图", "media_id": image["media_id"]},
        {"type": "article_id", "name": "文章", "article_id": published["article_id"]},
        {"type": "article_view_limited", "name": "看文章", "article_id": published["article_id"]},
    )

    async def choose(name: str) -> None:
        await phone.locator(".menu-item").click()
        await phone.get_by_role("menuitem", name=name, exact=True).click()

    asked = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "hall"}}}
    url = (await live.call(token, "qrcode/create", asked))["url"]

    async def scan() -> None:
        """Her camera meets a code of the account's."""
        camera = phone.get_by_role("dialog", name="扫一扫")
        words = camera.get_by_label("二维码里的内容")
        if await words.count():
            await words.fill(url)
            await words.press("Enter")
        else:  # a camera that knows the simulator's codes
            await camera.locator(".scan-codes button").first.click()

    await choose("看图")
    await expect(phone.locator('.row[data-via="menu"][data-type="image"]')).to_be_visible()
    await choose("文章")
    await expect(phone.locator(".article strong")).to_have_text("供暖安排")
    await choose("看文章")
    opened = phone.locator(".browser")
    await expect(opened).to_be_visible()
    await opened.locator(".bar-back").first.click()
    for name, event in (("扫一扫", "scancode_push"), ("扫码查询", "scancode_waitmsg")):
        await choose(name)
        await expect(phone.get_by_role("dialog", name="扫一扫")).to_be_visible()
        await one_phone.page.keyboard.press("Escape")
        await expect(phone.get_by_role("dialog")).to_have_count(0)
        pushed = [one.inbound for one in server.pushed if isinstance(one.inbound, CodeScanned)]
        assert [one.event for one in pushed if one.event == event] == []
        await choose(name)
        await scan()
        await expect(one_phone.last).to_contain_text(f"扫到：{url}")
        scanned = await server.newest(CodeScanned, event=event)
        assert (scanned.scan_type, scanned.result) == ("qrcode", url)
    await expect(phone.locator(".tip", has_text="扫描结果：")).to_have_count(1)  # of scancode_push


async def test_a_refused_tap_is_said_and_can_be_tried_again(
    one_phone: Seen, live: Simulator, server: AccountServer
) -> None:
    phone = one_phone.phone
    await menu(live, {"type": "click", "name": "大厅时间", "key": "hours"})
    await one_phone.page.route("**/sim/tap", lambda route: route.abort())
    await phone.locator(".menu-item").click()
    await phone.get_by_role("menuitem", name="大厅时间").click()
    await expect(phone.locator(".tip.is-problem")).to_contain_text("网络不给力")
    await one_phone.page.unroute("**/sim/tap")
    again = {"type": "click", "name": "大厅时间", "key": "hours"}
    await menu(live, again, name="新菜单")
    await expect(phone.locator(".menu-item")).to_have_text("新菜单")  # the chat was drawn anew
    await one_phone.button("重试").click()
    await expect(one_phone.last).to_contain_text("收到：MenuClicked")
    assert len(server.pushed) == 1


async def test_a_place_that_was_refused_stays_on_the_map(
    one_phone: Seen, live: Simulator, server: AccountServer
) -> None:
    phone = one_phone.phone
    await menu(live, {"type": "location_select", "name": "位置", "key": "where"})
    await one_phone.page.route("**/sim/tap", lambda route: route.abort())
    await phone.locator(".menu-item").click()
    await phone.get_by_role("menuitem", name="位置").click()
    await phone.locator(".map-row", has_text="云溪一中").click()
    await one_phone.send()
    await expect(phone.locator(".panel-problem")).to_contain_text("网络不给力")
    await one_phone.page.unroute("**/sim/tap")
    await one_phone.send()
    await expect(one_phone.last).to_contain_text("位置：云溪市临湾区学府路9号")
    assert len(server.pushed) == 2


# By keyboard ------------------------------------------------------------------------------------


async def test_the_chat_is_whole_by_keyboard(
    one_phone: Seen, live: Simulator, server: AccountServer
) -> None:
    phone, keyboard = one_phone.phone, one_phone.page.keyboard
    token = await live.token()
    made = {
        "button": [
            {"name": "问政策", "sub_button": [
                {"type": "click", "name": "怎么问", "key": "ask"},
                {"type": "click", "name": "大厅时间", "key": "hours"},
            ]},
            {"type": "click", "name": "找人工", "key": "person"},
        ]
    }  # fmt: skip
    await live.call(token, "menu/create", made)
    first = phone.locator(".menu-item").first
    await first.focus()
    await keyboard.press("ArrowRight")
    await expect(phone.locator(".menu-item").last).to_be_focused()
    await keyboard.press("ArrowLeft")
    await keyboard.press("ArrowUp")
    await expect(phone.get_by_role("menuitem", name="大厅时间")).to_be_focused()
    await keyboard.press("ArrowDown")
    await expect(phone.get_by_role("menuitem", name="怎么问")).to_be_focused()
    await keyboard.press("Escape")
    await expect(first).to_be_focused()
    await expect(phone.locator(".menu-sheet")).to_have_count(0)
    await keyboard.press("Enter")
    await keyboard.press("End")
    await keyboard.press("Enter")
    await expect(one_phone.last).to_contain_text("收到：MenuClicked")
    await expect(first).to_be_focused()
    await one_phone.button("切换到键盘").press("Enter")
    await expect(phone.locator(".field")).to_be_focused()
    await phone.locator(".foot-more").press("Enter")
    await expect(one_phone.button("照片")).to_be_focused()
    await keyboard.press("ArrowRight")
    await keyboard.press("ArrowRight")
    await keyboard.press("Enter")
    board = phone.get_by_role("application")
    await expect(board).to_be_focused()
    before = await phone.locator(".map-words").inner_text()
    for _ in range(6):
        await keyboard.press("ArrowRight")
    assert await phone.locator(".map-words").inner_text() != before
    for _ in range(40):  # the dialog is modal: Tab does not leave it
        await keyboard.press("Tab")
        where = await one_phone.page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('.panel, .stage, .stage-open')"
        )
        assert where
    await board.focus()
    await keyboard.press("Escape")
    await expect(phone.locator(".panel")).to_have_count(0)
    await expect(one_phone.button("位置")).to_be_focused()
    await keyboard.press("Escape")
    await expect(phone.locator(".tools")).to_have_count(0)
    await expect(phone.locator(".field")).to_be_focused()
    await keyboard.press("Escape")
    await expect(phone.locator(".tabs")).to_be_visible()
    assert len(server.pushed) == 1


async def test_an_old_picture_says_that_it_is_gone(
    one_phone: Seen, live: Simulator, server: AccountServer, tmp_path: Path
) -> None:
    openid = (await live.get("/sim/chats", citizen=1))["chats"][0]["openid"]
    message = {"type": "image", "picture_url": "/sim/media/gone", "media_id": "gone"}
    await live.post("/sim/say", {"app_id": APP_ID, "openid": openid, "message": message})
    await expect(one_phone.phone.locator(".row.mine .gone")).to_have_text("图片已过期")
