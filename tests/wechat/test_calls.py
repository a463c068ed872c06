"""Every call, sent to the simulator: its structs hold what WeChat answers."""

import inspect
import json
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from minxin.simulator import create_app
from minxin.simulator.api.routes import ENTRIES, OF_PLATFORMS
from minxin.wechat import (
    Article,
    AsyncClient,
    Call,
    Client,
    File,
    MemoryTokenStore,
    Token,
    WeChatError,
    WeChatUnreachable,
    calls,
)
from minxin.wechat._exchange import Exchanges
from tests.simulator.conftest import APP_ID, PNG, Simulator

SECRET = "s" * 32


@pytest.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    app = create_app(tmp_path, push_limit=0.5, retry_pause=0.05)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sim.test") as http:
        one = Simulator(http)
        await one.account()
        yield one
    await app.state.world.close()


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[AsyncClient]:
    transport = simulator.http._transport
    async with AsyncClient(
        APP_ID, SECRET, store=MemoryTokenStore(), base_url="http://sim.test", transport=transport
    ) as one:
        yield one


async def _refused(client: AsyncClient, call: Call[Any]) -> int:
    with pytest.raises(WeChatError) as caught:
        await client.call(call)
    return caught.value.code


def _functions() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for noun in calls.__all__:
        module = getattr(calls, noun)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                found[f"{noun}.{name}"] = function
    return found


def test_the_client_covers_what_the_simulator_serves() -> None:
    """By the paths in the source of the calls; OAuth and tokens are the client's own."""
    source = "".join(inspect.getsource(getattr(calls, noun)) for noun in calls.__all__)
    own = {"/cgi-bin/token", "/cgi-bin/stable_token"}
    served = {
        entry.path for entry in ENTRIES if not entry.path.startswith("/sns/")
    } - own  # fmt: skip
    names = {f"/datacube/{name}" for name in calls.analytics.DAYS}
    names |= {f"/cv/ocr/{kind}" for kind in ("idcard", "bizlicense", "driving", "drivinglicense")}
    names |= {f"/cv/ocr/{kind}" for kind in ("bankcard", "platenum", "comm")}
    comments = {f"/cgi-bin/comment/{word}" for word in (
        "open", "close", "markelect", "unmarkelect", "delete", "reply/add", "reply/delete",
    )}  # fmt: skip
    missing = {path for path in served - names - comments if f'"{path}"' not in source}
    assert missing == set()
    assert [name for name, _ in OF_PLATFORMS if f"{{_PATH}}{name}" not in source] == []


def test_every_call_says_what_it_does_or_needs_no_words() -> None:
    for name, function in _functions().items():
        returned = inspect.signature(function).return_annotation
        assert str(returned).startswith("minxin.wechat._call.Call["), name


async def test_users_and_tags(simulator: Simulator, client: AsyncClient) -> None:
    lin, zhou = await simulator.follow("小林"), await simulator.follow("老周")
    page = await client.call(calls.users.page())
    assert (page.total, page.data.openid) == (2, (lin, zhou))
    made = await client.call(calls.tags.create("老年人"))
    await client.call(calls.tags.give(made.tag.id, [lin, zhou]))
    assert (await client.call(calls.tags.of_follower(lin))).tagid_list == (made.tag.id,)
    assert (await client.call(calls.tags.listing())).tags[0].count == 2
    assert (await client.call(calls.tags.followers(made.tag.id))).data.openid == (lin, zhou)
    await client.call(calls.tags.take(made.tag.id, [lin]))
    await client.call(calls.tags.rename(made.tag.id, "长者"))
    await client.call(calls.users.set_remark(lin, "东门"))
    user = await client.call(calls.users.info(lin))
    assert (user.subscribe, user.remark, user.tagid_list) == (1, "东门", ())
    many = await client.call(calls.users.info_of_many([lin, zhou]))
    assert [one.tagid_list for one in many.user_info_list] == [(), (made.tag.id,)]
    await client.call(calls.tags.delete(made.tag.id))
    await client.call(calls.users.add_to_blacklist([zhou]))
    assert (await client.call(calls.users.blacklist())).data.openid == (zhou,)
    await client.call(calls.users.take_off_blacklist([zhou]))
    moved = await client.call(calls.users.changed_openids("wxold", ["oOld"]))
    assert moved.result_list[0].err_msg == "ori_openid error"
    assert await _refused(client, calls.users.info("oNobody")) == 40003


async def test_messages(simulator: Simulator, client: AsyncClient) -> None:
    openid = await simulator.follow()
    await simulator.later(61)  # what following allowed is over
    await simulator.say(openid, "你好")
    await client.call(calls.messages.typing(openid))
    await client.call(calls.messages.text(openid, "补办身份证“要带”什么"))
    await client.call(calls.messages.card(openid, Article("停水通知", "", "", "http://a/")))
    await client.call(calls.messages.choices(openid, "满意吗", [("1", "满意")], ""))
    media = await client.call(calls.media.upload("image", File("封面.png", PNG)))
    await client.call(calls.messages.image(openid, media.media_id))
    assert await client.call(calls.media.get(media.media_id)) == PNG
    music = calls.messages.music(
        openid, title="曲", description="", musicurl="http://a/", hqmusicurl="", thumb_media_id="",
    )  # fmt: skip
    await client.call(music)
    assert await _refused(client, calls.messages.text(openid, "第六条")) == 45047
    for wrong in (
        calls.messages.voice(openid, "none"), calls.messages.video(openid, "none", "none"),
        calls.messages.draft(openid, "none"),
    ):  # fmt: skip
        assert await _refused(client, wrong) == 40007
    assert await _refused(client, calls.messages.article(openid, "none")) == 53600
    program = calls.messages.mini_program(
        openid, title="通办", appid="wx1", pagepath="p", thumb_media_id=""
    )
    assert await _refused(client, program) == 45047
    seen = [one["type"] for one in await simulator.seen(openid) if one["via"] == "custom"]
    assert seen == ["text", "news", "msgmenu", "image", "music"]
    assert (await simulator.seen(openid))[1]["text"] == "补办身份证“要带”什么"
    assert (await client.call(calls.messages.auto_replies())).is_autoreply_open == 0


async def test_menus(simulator: Simulator, client: AsyncClient) -> None:
    openid = await simulator.follow()
    button = calls.menus.Button
    sub = button(name="预约", type="view", url="http://a.example/m/")
    await client.call(calls.menus.create([button(name="办事", sub_button=(sub,))]))
    menu = (await client.call(calls.menus.get())).menu
    assert menu.button[0].sub_button == (sub,)
    rule = calls.menus.Rule(client_platform_type="2")
    own = [button(name="养老", type="click", key="old")]
    made = await client.call(calls.menus.add_conditional(own, rule))
    matched = await client.call(calls.menus.try_match(openid))
    assert matched.button[0].key == "old"
    assert (await client.call(calls.menus.get())).conditionalmenu[0].matchrule == rule
    await client.call(calls.menus.delete_conditional(made.menuid))
    assert (await client.call(calls.menus.current())).is_menu_open == 1
    await client.call(calls.menus.delete())
    assert await _refused(client, calls.menus.get()) == 46003


async def _draft(client: AsyncClient, title: str = "停水通知") -> str:
    cover = await client.call(calls.materials.add("image", File("封面.png", PNG)))
    article = calls.drafts.Article(
        title=title, content="<p>正文</p>", thumb_media_id=cover.media_id, need_open_comment=1
    )
    return (await client.call(calls.drafts.add([article]))).media_id


async def test_material_drafts_publishing_and_comments(
    simulator: Simulator, client: AsyncClient
) -> None:
    media_id = await _draft(client)
    counts = await client.call(calls.materials.counts())
    assert counts.image_count == 1
    item = (await client.call(calls.materials.page("image"))).item[0]
    assert item.name == "封面.png"
    assert await client.call(calls.materials.get(item.media_id)) == PNG
    video = calls.materials.add_video(
        File("片.mp4", b"\0" * 64), title="宣传片", introduction="简介"
    )
    made = await client.call(video)
    assert (await client.call(calls.materials.get_video(made.media_id))).title == "宣传片"
    await client.call(calls.materials.delete(made.media_id))
    film = await client.call(calls.media.upload("video", File("片.mp4", b"\0" * 64)))
    for_mass = calls.media.video_for_mass(film.media_id, title="停水", description="怎样储水")
    assert (await client.call(for_mass)).type == "video"
    assert await _refused(client, calls.media.video_for_mass("none", title="停水")) == 40007
    voice = await simulator.http.post(
        "/sim/js/voices", params={"app_id": APP_ID, "seconds": 2}, content=b"speex",
        headers={"content-type": "audio/speex"},
    )  # fmt: skip
    said = voice.json()["media_id"]
    assert await client.call(calls.media.get_js_voice(said)) == b"speex"
    assert (await client.call(calls.media.get(said))).startswith(b"#!AMR")
    picture = await client.call(calls.media.upload_picture(File("图.png", PNG)))
    assert picture.url
    assert (await client.call(calls.drafts.is_on())).is_open == 1
    assert (await client.call(calls.drafts.turn_on())).is_open == 1
    assert (await client.call(calls.drafts.count())).total_count == 1
    draft = await client.call(calls.drafts.get(media_id))
    changed = calls.drafts.Article(
        title="恢复供水", content="<p>好</p>", thumb_media_id=draft.news_item[0].thumb_media_id,
        need_open_comment=1,
    )  # fmt: skip
    await client.call(calls.drafts.update(media_id, 0, changed))
    listed = await client.call(calls.drafts.page(no_content=True))
    assert listed.item[0].content.news_item[0].title == "恢复供水"
    spare = await _draft(client, "废稿")
    await client.call(calls.drafts.delete(spare))
    submitted = await client.call(calls.publishing.submit(media_id))
    running = await client.call(calls.publishing.status(submitted.publish_id))
    assert running.publish_status == calls.publishing.RUNNING
    await simulator.later(3)
    done = await client.call(calls.publishing.status(submitted.publish_id))
    assert done.publish_status == 0
    assert done.article_detail is not None
    article = await client.call(calls.publishing.article(done.article_id))
    assert article.news_item[0].title == "恢复供水"
    assert (await client.call(calls.publishing.page())).item[0].article_id == done.article_id
    slug = (await simulator.get("/sim/articles", app_id=APP_ID))[0]["slug"]
    await simulator.follow()
    comment = {"citizen": 1, "content": "几点"}
    await simulator.post(f"/sim/articles/{slug}/comments", comment)
    data_id = submitted.msg_data_id
    await client.call(calls.comments.reply(data_id, 1, "八点"))
    await client.call(calls.comments.elect(data_id, 1))
    found = (await client.call(calls.comments.page(data_id))).comment[0]
    assert found.reply is not None
    assert (found.content, found.reply.content, found.comment_type) == ("几点", "八点", 1)
    await client.call(calls.comments.unelect(data_id, 1))
    await client.call(calls.comments.delete_reply(data_id, 1))
    await client.call(calls.comments.delete(data_id, 1))
    await client.call(calls.comments.close(data_id))
    await client.call(calls.comments.open_(data_id))
    await client.call(calls.publishing.delete(done.article_id))
    assert await _refused(client, calls.publishing.delete(done.article_id)) == 53600


async def test_mass_messages(simulator: Simulator, client: AsyncClient) -> None:
    lin, zhou = await simulator.follow("小林"), await simulator.follow("老周")
    text = calls.mass.Content(kind="text", text="停水通知")
    sent = await client.call(calls.mass.to_all(text, clientmsgid="n-1"))
    assert (await client.call(calls.mass.status(sent.msg_id))).msg_status == "SENDING"
    assert await _refused(client, calls.mass.to_all(text, clientmsgid="n-1")) == 45066
    await client.call(calls.mass.to_many([lin, zhou], text, clientmsgid="n-2"))
    tag = (await client.call(calls.tags.create("东城"))).tag.id
    await client.call(calls.mass.to_tag(tag, text, clientmsgid="n-3"))
    draft = calls.mass.Content(kind="mpnews", media_id=await _draft(client))
    await client.call(calls.mass.preview(lin, draft))
    await simulator.later(5)
    await client.call(calls.mass.delete(sent.msg_id))
    await client.call(calls.mass.set_speed(2))
    assert (await client.call(calls.mass.speed())).speed == 2
    assert calls.mass.to_all(text, clientmsgid="").is_repeatable is False
    assert calls.mass.to_all(text, clientmsgid="k").is_repeatable is True


async def test_templates_and_subscriptions(simulator: Simulator, client: AsyncClient) -> None:
    openid = await simulator.follow()
    data = {"thing1": "居住证签注", "phrase2": "已受理", "time3": "2026年11月24日 15:20"}
    added = await client.call(calls.templates.add("40001"))
    assert (await client.call(calls.templates.send(openid, added.template_id, data))).msgid
    wrong = {**data, "phrase2": "accepted"}
    assert await _refused(client, calls.templates.send(openid, added.template_id, wrong)) == 47003
    assert (await client.call(calls.templates.listing())).template_list[0].title == "办理进度通知"
    assert (await client.call(calls.templates.industries())).primary_industry.second_class
    await client.call(calls.templates.set_industries(25, 24))
    assert (await client.call(calls.templates.blocked("m"))).msginfo == ()
    await client.call(calls.templates.delete(added.template_id))
    category = (await client.call(calls.subscriptions.categories())).data[0]
    title = (await client.call(calls.subscriptions.titles([category.id]))).data[0]
    words = (await client.call(calls.subscriptions.keywords(title.tid))).data
    kids = [one.kid for one in words]
    made = await client.call(calls.subscriptions.add(title.tid, kids, scene="进度"))
    assert await _refused(client, calls.subscriptions.send(openid, made.priTmplId, data)) == 43101
    yes = {"app_id": APP_ID, "openid": openid, "template_id": made.priTmplId, "choice": "accept"}
    await simulator.post("/sim/subscriptions", yes)
    await client.call(calls.subscriptions.send(openid, made.priTmplId, data))
    assert (await client.call(calls.subscriptions.listing())).data[0].type == 3
    await client.call(calls.subscriptions.delete(made.priTmplId))


async def test_codes_agents_quotas_and_recognition(
    simulator: Simulator, client: AsyncClient
) -> None:
    code = await client.call(calls.codes.temporary("window-3", seconds=60))
    assert code.expire_seconds == 60
    assert code.picture.startswith("https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQ")
    assert (await client.call(calls.codes.permanent(7))).expire_seconds == 0
    key = await client.call(calls.codes.shorten("云溪"))
    assert (await client.call(calls.codes.fetch(key.short_key))).long_data == "云溪"
    assert (await client.call(calls.codes.js_ticket())).expires_in > 0

    openid, agent = await simulator.follow(), "wang@yunxi"
    await client.call(calls.agents.add(agent, "小王"))
    await client.call(calls.agents.rename(agent, "王芳"))
    await client.call(calls.agents.set_picture(agent, File("头像.png", PNG)))
    await client.call(calls.agents.invite(agent, "wang_wx"))
    await simulator.post("/sim/agents", {"app_id": APP_ID, "kf_account": agent, "online": True})
    assert (await client.call(calls.agents.listing())).kf_list[0].kf_nick == "王芳"
    assert (await client.call(calls.agents.online())).kf_online_list[0].kf_account == agent
    assert (await client.call(calls.agents.waiting())).count == 0
    await client.call(calls.agents.open_session(agent, openid))
    assert (await client.call(calls.agents.session_of(openid))).kf_account == agent
    assert (await client.call(calls.agents.sessions_of(agent))).sessionlist[0].openid == openid
    await client.call(calls.agents.close_session(agent, openid))
    now = int((await simulator.get("/sim/clock"))["now"])
    records = await client.call(calls.agents.records(now - 60, now + 60))
    assert [one.opercode for one in records.recordlist] == [1000, 1004]
    await client.call(calls.agents.delete(agent))

    path = "/cgi-bin/qrcode/create"
    left = (await client.call(calls.quotas.of_path(path))).quota
    assert (left.used, left.daily_limit - left.remain) == (2, 2)
    await client.call(calls.quotas.clear_path(path))
    await client.call(calls.quotas.clear_all(APP_ID))
    await client.call(calls.quotas.clear_all_with_secret(APP_ID, SECRET))
    assert (await client.call(calls.quotas.of_path(path))).quota.used == 0
    with pytest.raises(WeChatError) as caught:
        await client.call(calls.users.info("oNobody"))
    assert caught.value.rid is not None
    request = (await client.call(calls.quotas.by_rid(caught.value.rid))).request
    assert request.request_url == "/cgi-bin/user/info"
    assert (await client.call(calls.quotas.callback_addresses())).ip_list
    assert (await client.call(calls.quotas.api_addresses())).ip_list
    checked = await client.call(calls.quotas.check_callback())
    assert (checked.dns, checked.ping) == ((), ())  # no callback, nothing to reach

    for kind, answer in (
        ("comm", {"items": []}), ("qrcode", {"code_results": []}), ("aicrop", {"results": []}),
        ("voice", {"result": "路灯"}),
    ):  # fmt: skip
        put: dict[str, Any] = {"app_id": APP_ID, "kind": kind, "answer": answer}
        await simulator.post("/sim/recognitions", put)
    file = File("图.png", PNG)
    assert (await client.call(calls.recognition.paper("comm", file)))["items"] == []
    assert "code_results" in await client.call(calls.recognition.codes_in(file))
    assert "results" in await client.call(calls.recognition.crop(file))
    await client.call(calls.recognition.add_voice("v1", File("音.mp3", b"ID3")))
    assert (await client.call(calls.recognition.voice_as_text("v1"))).result == "路灯"


@pytest.mark.parametrize("name", calls.analytics.DAYS)
async def test_analytics(simulator: Simulator, client: AsyncClient, name: str) -> None:
    await simulator.follow()
    await simulator.later(2 * 86400)
    now = (await simulator.get("/sim/clock"))["text"]
    yesterday = date.fromordinal(date.fromisoformat(now[:10]).toordinal() - 1)
    found = await client.call(calls.analytics.rows(name, yesterday, yesterday))
    assert isinstance(found.list, tuple)
    with pytest.raises(ValueError, match="at most"):
        calls.analytics.rows(name, date(2026, 1, 1), date(2026, 12, 1))


# How a call goes ---------------------------------------------------------------------------------


class Scripted(httpx.BaseTransport):
    """Answers one after another; an exception is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(200, content=json.dumps(answer).encode())


def _client(*answers: Any) -> tuple[Client, Scripted, list[float]]:
    transport, slept = Scripted(*answers), list[float]()
    store = MemoryTokenStore()
    store._tokens[APP_ID] = Token("T", 9e9)
    client = Client(APP_ID, SECRET, store=store, transport=transport, sleep=slept.append)
    return client, transport, slept


BUSY = {"errcode": -1, "errmsg": "system error"}
OK = {"errcode": 0, "errmsg": "ok"}


def test_what_may_be_repeated_is_tried_three_times_with_growing_pauses() -> None:
    client, transport, slept = _client(BUSY, httpx.ReadTimeout("slow"), {"total_count": 3})
    assert client.call(calls.drafts.count()).total_count == 3
    assert len(transport.requests) == 3
    assert len(slept) == 2
    assert 0 <= slept[0] <= 0.2
    assert 0 <= slept[1] <= 0.4
    client, transport, _ = _client(BUSY, BUSY, BUSY, OK)
    with pytest.raises(WeChatError):
        client.call(calls.drafts.count())
    assert len(transport.requests) == 3


@pytest.mark.parametrize("failure", [BUSY, httpx.ReadTimeout("slow"), httpx.ReadError("cut")])
def test_what_may_not_be_repeated_is_sent_once(failure: Any) -> None:
    text = calls.mass.Content(kind="text", text="停水通知")
    several: list[Call[Any]] = [
        calls.mass.to_all(text, clientmsgid=""),
        calls.messages.text("o", "您好"),
        calls.drafts.add([]),
    ]
    for call in several:
        client, transport, _ = _client(failure, OK)
        with pytest.raises((WeChatError, WeChatUnreachable)):
            client.call(call)
        assert len(transport.requests) == 1


def test_what_never_left_is_sent_again() -> None:
    client, transport, _ = _client(httpx.ConnectError("refused"), OK)
    client.call(calls.messages.text("o", "您好"))
    assert len(transport.requests) == 2


def test_a_mass_message_with_its_key_goes_out_with_the_same_key_again() -> None:
    sent = {"errcode": 0, "msg_id": 5, "msg_data_id": 6}
    client, transport, _ = _client(httpx.ReadTimeout("slow"), sent)
    text = calls.mass.Content(kind="text", text="停水通知")
    assert client.call(calls.mass.to_all(text, clientmsgid="n-1")).msg_id == 5
    bodies = {request.content for request in transport.requests}
    assert len(bodies) == 1
    assert b'"clientmsgid":"n-1"' in bodies.pop()


def test_other_errors_are_not_repeated_and_chinese_is_not_escaped() -> None:
    client, transport, _ = _client({"errcode": 45157, "errmsg": "dup rid: 1-2-3"})
    with pytest.raises(WeChatError):
        client.call(calls.tags.create("老年人"))
    assert len(transport.requests) == 1
    assert "老年人".encode() in transport.requests[0].content


def test_an_answer_that_is_not_what_wechat_documents_is_no_answer() -> None:
    client, _, _ = _client({"tag": {"id": "x", "name": 1}})
    with pytest.raises(WeChatUnreachable, match="not what WeChat documents"):
        client.call(calls.tags.create("老年人"))


def test_a_file_goes_out_with_its_length_and_a_plain_name() -> None:
    client, transport, _ = _client({"type": "image", "media_id": "M", "created_at": 1})
    file = File('封"面".png', PNG)
    client.call(calls.media.upload("image", file))
    request = transport.requests[0]
    assert int(request.headers["content-length"]) == len(request.content)
    assert 'filename="封_面_.png"'.encode() in request.content
    assert b"filename*" not in request.content
    assert PNG not in repr(file).encode()


def test_both_clients_share_how_a_call_goes() -> None:
    assert issubclass(Client, Exchanges)
    assert issubclass(AsyncClient, Exchanges)
