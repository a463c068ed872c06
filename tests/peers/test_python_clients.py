"""Clients from PyPI take the simulator for Tencent: wechatpy calls it, WeRoBot answers it."""

import contextlib
import io
import threading
import time
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from tests.peers.conftest import AES_KEY, PNG, SECRET, TOKEN, Peer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    wechatpy = pytest.importorskip("wechatpy", reason="wechatpy is a benchmark peer")
    requests = pytest.importorskip("requests")
    werobot = pytest.importorskip("werobot", reason="WeRoBot is a development peer")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("peers")]


class Redirected(requests.adapters.HTTPAdapter):  # type: ignore[name-defined,misc]
    """What is meant for WeChat's hosts goes to the simulator instead."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.there = urlsplit(base)

    def send(self, request: Any, **more: Any) -> Any:
        parts = urlsplit(request.url)
        request.url = urlunsplit(parts._replace(scheme="http", netloc=self.there.netloc))
        return super().send(request, **more)


@pytest.fixture
def client(peer: Peer) -> Any:
    found = wechatpy.WeChatClient(peer.app_id, SECRET)
    found._http.mount("https://", Redirected(peer.base))
    return found


def test_wechatpy_knows_users_and_tags(client: Any, peer: Peer) -> None:
    assert client.user.get(peer.openid)["subscribe"] == 1
    assert client.user.get_followers()["data"]["openid"] == [peer.openid]
    assert list(client.user.iter_followers()) == [peer.openid]
    assert client.user.get_batch([peer.openid])[0]["openid"] == peer.openid
    client.user.update_remark(peer.openid, "东门")
    tag = client.tag.create("老年人")["id"]
    client.tag.tag_user(tag, peer.openid)
    assert client.tag.get_user_tag(peer.openid) == [tag]
    assert [one["id"] for one in client.tag.get()] == [tag]
    client.tag.untag_user(tag, peer.openid)
    client.tag.delete(tag)
    with pytest.raises(wechatpy.WeChatClientException) as caught:
        client.tag.delete(tag)
    assert caught.value.errcode == 45159


def test_wechatpy_sends(client: Any, peer: Peer) -> None:
    client.message.send_text(peer.openid, "补办身份证")
    client.message.send_articles(
        peer.openid, [{"title": "停水通知", "description": "", "image": "", "url": "http://a/"}]
    )
    media = client.media.upload("image", ("封面.png", io.BytesIO(PNG)))
    client.message.send_image(peer.openid, media["media_id"])
    assert client.media.download(media["media_id"]).content == PNG
    seen = [one["type"] for one in peer.seen() if one["via"] == "custom"]
    assert seen == ["text", "news", "image"]
    template = client.template.add("40001")
    sent = client.message.send_template(
        peer.openid, template, {
            "thing1": {"value": "居住证签注"}, "phrase2": {"value": "已受理"},
            "time3": {"value": "2026年11月24日 15:20"},
        },
    )  # fmt: skip
    assert sent["errcode"] == 0
    mass = client.message.send_mass_text(None, "停水通知", is_to_all=True)
    assert client.message.get_mass(mass["msg_id"])["msg_status"] in {"SENDING", "SEND_SUCCESS"}


def test_wechatpy_keeps_menus_material_and_codes(client: Any, peer: Peer) -> None:
    menu = {"button": [{"type": "click", "name": "办事", "key": "serve"}]}
    client.menu.create(menu)
    assert client.menu.get()["menu"]["button"][0]["key"] == "serve"
    assert client.menu.get_menu_info()["is_menu_open"] == 1
    client.menu.delete()
    made = client.material.add("image", ("封面.png", io.BytesIO(PNG)))
    assert client.material.get_count()["image_count"] == 1
    assert client.material.batchget("image")["item"][0]["media_id"] == made["media_id"]
    client.material.delete(made["media_id"])
    code = client.qrcode.create(
        {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "window-3"}}}
    )
    address = client.qrcode.get_url(code).replace("https://mp.weixin.qq.com", peer.base)
    assert requests.get(address, timeout=10).content.startswith(b"\x89PNG")
    assert client.misc.get_wechat_ips() == ["127.0.0.1"]
    assert len(client.jsapi.get_jsapi_ticket()) > 60


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *more: Any) -> None:
        """Nothing."""


@contextlib.contextmanager
def served(application: Any) -> Iterator[str]:
    """A WSGI application on a port of its own."""
    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join(5)
    server.server_close()


def test_wechatpy_as_a_platform(peer: Peer) -> None:
    made = peer.sim("components", name="平台", secret="p" * 32)
    app_id = made["component_appid"]
    component = wechatpy.WeChatComponent(app_id, "p" * 32, made["token"], made["aes_key"])
    component._http.mount("https://", Redirected(peer.base))
    kinds = []

    def receive(environ: Any, start: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        query = {name: one for name, (one, *_) in parse_qs(environ["QUERY_STRING"]).items()}
        signed = (query["msg_signature"], query["timestamp"], query["nonce"])
        kinds.append(component.parse_message(body, *signed).type)
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"success"]

    with served(receive) as address:
        peer.sim("components", component_appid=app_id, event_url=address)
        asked = {"component_appid": app_id, "component_secret": "p" * 32}
        started = requests.post(
            f"{peer.base}/cgi-bin/component/api_start_push_ticket", json=asked, timeout=10
        )
        assert started.json()["errcode"] == 0
        assert component.create_preauthcode()["pre_auth_code"].startswith("preauthcode@@@")
        # It redeems the code of the notice by itself.
        peer.sim("authorizations", component_appid=app_id, app_id=peer.app_id)
        client = component.get_client_by_appid(peer.app_id)
        client._http.mount("https://", Redirected(peer.base))
        assert client.user.get_followers()["data"]["openid"] == [peer.openid]
        found = component.get_authorizer_info(peer.app_id)
        assert found["authorizer_info"]["nick_name"] == "云溪发布"
    assert kinds == ["component_verify_ticket", "authorized"]


@pytest.fixture
def robot(peer: Peer) -> Iterator[str]:
    """A WeRoBot that says back what it hears, on a port of its own."""
    one = werobot.WeRoBot(
        token=TOKEN, encoding_aes_key=AES_KEY, app_id=peer.app_id, SESSION_STORAGE=False
    )

    def echo(message: Any) -> str:
        return f"机器人：{message.content}"

    def greet(message: Any) -> str:
        return "欢迎关注"

    one.add_handler(echo, type="text")
    one.add_handler(greet, type="subscribe_event")

    with served(one.wsgi) as address:
        yield address


@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_werobot_is_verified_pushed_and_answers(peer: Peer, robot: str, mode: str) -> None:
    changed = peer.sim("accounts", app_id=peer.app_id, callback_url=robot, mode=mode)
    assert changed["callback_verified"] is True
    greeting = peer.sim("followers", app_id=peer.app_id, nickname="老周")
    assert greeting["greeting"]["reply"]["text"] == "欢迎关注"
    said = peer.sim("say", app_id=peer.app_id, openid=peer.openid, text="路灯不亮")
    assert (said["status"], said["reply"]["text"]) == ("answered", "机器人：路灯不亮")
    assert time.time() - peer.seen()[-1]["at"] < 60
