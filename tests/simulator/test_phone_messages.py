"""What a citizen sends from her phone, at the control API: files, every kind of message, once."""

from typing import Any

import httpx
import pytest

from minxin.simulator import files
from minxin.wechat import (
    Image,
    ImageReply,
    Location,
    Opened,
    PassiveReply,
    ShortVideo,
    Text,
    Video,
    Voice,
)
from tests.simulator.conftest import APP_ID, PNG, AccountServer, Simulator

JPG = b"\xff\xd8\xff\xe0" + bytes(64)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(64)
MB = 1024 * 1024


async def put(
    simulator: Simulator, kind: str, body: bytes, *, field: str = "media", **headers: str
) -> httpx.Response:
    return await simulator.http.post(
        "/sim/media",
        params={"app_id": APP_ID, "type": kind},
        files={field: ("市民的文件", body)},
        headers=headers,
    )


async def say(simulator: Simulator, openid: str, message: dict[str, Any], **more: Any) -> Any:
    payload = {"app_id": APP_ID, "openid": openid, "message": message, **more}
    return await simulator.post("/sim/say", payload)


async def test_a_picture_arrives_with_its_bytes(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    answered = await put(simulator, "image", PNG)
    assert answered.status_code == 201
    media_id = answered.json()["media_id"]
    await say(simulator, openid, {"type": "image", "media_id": media_id})
    pushed = server.pushed[-1].inbound
    assert isinstance(pushed, Image)
    assert pushed.media_id == media_id
    assert pushed.picture_url == f"http://127.0.0.1:8100/sim/media/{media_id}"
    assert (await simulator.http.get(pushed.picture_url)).content == PNG
    token = await simulator.token()
    fetched = await simulator.http.get(
        "/cgi-bin/media/get", params={"access_token": token, "media_id": media_id}
    )
    assert (fetched.content, fetched.headers["content-type"]) == (PNG, "image/png")
    assert [one["type"] for one in await simulator.seen(openid)] == ["image"]


@pytest.mark.parametrize(
    ("kind", "body", "status", "words"),
    [
        ("image", PNG + bytes(10 * MB), 413, "图片太大，不能超过 10 MB"),
        ("image", b"%PDF-1.7", 400, "PNG、JPG 或 GIF"),
        ("image", b"", 400, "这个文件是空的"),
        ("voice", b"RIFF" + bytes(40), 400, "AMR 或 MP3"),
        ("voice", b"#!AMR\n" + bytes(2 * MB), 413, "语音太大，不能超过 2 MB"),
        ("video", PNG, 400, "MP4 或 WebM"),
        ("thumb", JPG + bytes(64 * 1024), 413, "封面太大，不能超过 64 KB"),
    ],
)
async def test_a_file_that_wechat_would_not_send_is_refused_in_chinese(
    simulator: Simulator, app: Any, kind: str, body: bytes, status: int, words: str
) -> None:
    await simulator.account()
    answered = await put(simulator, kind, body)
    assert answered.status_code == status
    assert words in answered.json()["say"]
    assert answered.json()["error"].isascii()
    assert app.state.world.database.all("SELECT 1 FROM media") == []


async def test_only_a_form_of_this_simulator_uploads(simulator: Simulator, app: Any) -> None:
    await simulator.account()
    foreign = await put(simulator, "image", PNG, origin="http://evil.example")
    assert foreign.status_code == 403
    assert (await put(simulator, "image", PNG, field="file")).status_code == 400
    assert (await put(simulator, "document", PNG)).status_code == 400
    query = {"app_id": APP_ID, "type": "image"}
    raw = await simulator.http.post("/sim/media", params=query, content=PNG)
    assert raw.status_code == 415
    nobody = await simulator.http.post(
        "/sim/media", params={**query, "app_id": "wxnone"}, files={"media": PNG}
    )
    assert nobody.status_code == 404
    assert app.state.world.database.all("SELECT 1 FROM media") == []
    own = await put(simulator, "image", PNG, origin="http://127.0.0.1:8100")
    assert own.status_code == 201


async def test_a_picture_of_nobody_or_of_another_kind_is_not_sent(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    video = (await put(simulator, "video", MP4)).json()["media_id"]
    for media_id in ("nothing", video):
        refused = await say(simulator, openid, {"type": "image", "media_id": media_id})
        assert refused["say"] == "图片已经过期，请重新选择"
    assert server.pushed == []
    assert await simulator.seen(openid) == []


async def test_a_voice_has_words_a_length_and_bytes(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await say(simulator, openid, {"type": "voice", "recognition": "路灯坏了", "seconds": 7})
    pushed = server.pushed[-1].inbound
    assert isinstance(pushed, Voice)
    assert (pushed.recognition, pushed.format) == ("路灯坏了", "amr")
    token = await simulator.token()
    fetched = await simulator.http.get(
        "/cgi-bin/media/get", params={"access_token": token, "media_id": pushed.media_id}
    )
    assert fetched.content.startswith(b"#!AMR")
    assert files.seconds_of(fetched.content) == 7
    seen = (await simulator.seen(openid))[-1]
    assert seen["data"]["seconds"] == 7
    assert seen["url"] == f"/sim/media/{pushed.media_id}"


@pytest.mark.parametrize("seconds", [0, 61, -1])
async def test_a_voice_of_no_second_or_of_two_minutes_is_refused(
    simulator: Simulator, server: AccountServer, seconds: int
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    refused = await say(simulator, openid, {"type": "voice", "seconds": seconds})
    assert "最长 60 秒" in refused["say"]
    assert server.pushed == []
    assert await simulator.seen(openid) == []


@pytest.mark.parametrize(("kind", "cls"), [("video", Video), ("shortvideo", ShortVideo)])
async def test_a_video_arrives_with_its_first_picture(
    simulator: Simulator, server: AccountServer, kind: str, cls: type[Video]
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    video = (await put(simulator, "video", MP4)).json()["media_id"]
    thumb = (await put(simulator, "thumb", JPG)).json()["media_id"]
    await say(simulator, openid, {"type": kind, "media_id": video, "thumb_media_id": thumb})
    pushed = server.pushed[-1].inbound
    assert isinstance(pushed, cls)
    assert (pushed.media_id, pushed.thumb_media_id) == (video, thumb)
    seen = (await simulator.seen(openid))[-1]
    assert (seen["url"], seen["data"]["thumb_url"]) == (
        f"/sim/media/{video}",
        f"/sim/media/{thumb}",
    )


async def test_a_place_keeps_its_name_and_sends_its_address(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    place = {
        "type": "location", "latitude": 30.27, "longitude": 120.15, "scale": 16,
        "label": "云溪市青禾区青禾路12号", "name": "市民中心",
    }  # fmt: skip
    await say(simulator, openid, place)
    pushed = server.pushed[-1].inbound
    assert isinstance(pushed, Location)
    assert (pushed.label, pushed.scale) == ("云溪市青禾区青禾路12号", 16)
    assert (await simulator.seen(openid))[-1]["data"]["name"] == "市民中心"


async def test_what_was_sent_is_not_sent_again(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await say(simulator, openid, {"type": "text", "text": "您好😀"}, client_id="one")
    again = await say(simulator, openid, {"type": "text", "text": "您好😀"}, client_id="one")
    assert (again["status"], again["tries"]) == ("accepted", 0)
    await say(simulator, openid, {"type": "text", "text": "您好😀"}, client_id="two")
    assert [one.inbound.content for one in server.pushed if isinstance(one.inbound, Text)] == [
        "您好😀", "您好😀",
    ]  # fmt: skip
    mine = [one for one in await simulator.seen(openid) if one["from"] == "citizen"]
    assert [one["data"]["client_id"] for one in mine] == ["one", "two"]


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (files.silence(1), 1),
        (files.silence(59.5), 60),
        (b"#!AMR\n" + (b"\x3c" + bytes(31)) * 250, 5),  # 12.2 kbit/s
        (b"#!AMR-WB\n" + (b"\x44" + bytes(60)) * 150, 3),  # 23.85 kbit/s
        (b"\xff\xfb\x90\x00" + bytes(16_000 * 4 - 4), 4),  # MPEG 1, 128 kbit/s
        (b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128) + b"\xff\xf3\x40\x00" + bytes(8000), 3),
        (b"#!AMR\n", 1),
        (b"RIFF", None),
        (b"", None),
    ],
)
def test_how_long_a_voice_is(body: bytes, seconds: int | None) -> None:
    assert files.seconds_of(body) == seconds


async def test_a_voice_of_the_account_shows_its_length(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    token = await simulator.token()
    kept = await simulator.upload(token, "media/upload", files.silence(12), "a.amr", type="voice")
    payload = {"touser": openid, "msgtype": "voice", "voice": {"media_id": kept["media_id"]}}
    assert (await simulator.call(token, "message/custom/send", payload))["errcode"] == 0
    assert (await simulator.seen(openid))[-1]["data"]["seconds"] == 12


async def test_a_passive_reply_with_permanent_material_shows_it(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    token = await simulator.token()
    kept = await simulator.upload(token, "material/add_material", PNG, type="image")

    async def picture(opened: Opened) -> PassiveReply:
        return ImageReply(kept["media_id"])

    server.answer = picture
    await simulator.say(openid, "看图")
    seen = (await simulator.seen(openid))[-1]
    assert seen["url"] == f"/sim/materials/{kept['media_id']}"
    assert (await simulator.http.get(seen["url"])).content == PNG
