"""Clients from npm take the simulator for Tencent."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from minxin.wechat import sign, sign_js_url
from tests.peers.conftest import AES_KEY, PNG, SECRET, TOKEN, Node, Peer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("peers")]


def test_co_wechat_api(peer: Peer, node: Node, tmp_path: Path) -> None:
    cover = tmp_path / "封面.png"
    cover.write_bytes(PNG)
    said = node(
        "co_wechat_api", app_id=peer.app_id, secret=SECRET, openid=peer.openid, cover=str(cover)
    )
    assert said["sent"]["errcode"] == 0
    assert (said["user"]["subscribe"], said["user"]["openid"]) == (1, peer.openid)
    assert said["followers"]["data"]["openid"] == [peer.openid]
    assert [(one["name"], one["count"]) for one in said["tags"]] == [("老年人", 1)]
    assert said["of_tag"] == [peer.openid]
    assert said["menu"][0]["key"] == "serve"
    assert said["matched"][0]["name"] == "养老"
    assert said["count"]["image_count"] == 1
    assert said["listed"] == ["封面.png"]
    assert said["downloaded"] == len(PNG)
    assert said["code"]["expire_seconds"] == 600
    assert urlsplit(said["code_url"]).path == "/cgi-bin/showqrcode"
    ticket = httpx.get(
        f"{peer.base}/cgi-bin/showqrcode", params=parse_qs(urlsplit(said["code_url"]).query)
    )
    assert ticket.headers["content-type"] == "image/png"
    assert len(said["js"]["signature"]) == 40
    assert said["ips"] == ["127.0.0.1"]
    assert said["template"]["errcode"] == 0
    assert said["status"]["msg_status"] in {"SENDING", "SEND_SUCCESS"}
    assert [one["kf_account"] for one in said["agents"]] == ["wang@yunxi"]
    assert said["refused"] == 40003
    vias = [one["via"] for one in peer.seen() if one["from"] == "account"]
    assert vias[:2] == ["custom", "template"]


def test_wechat_api(peer: Peer, node: Node) -> None:
    said = node("wechat_api", app_id=peer.app_id, secret=SECRET, openid=peer.openid)
    assert said["sent"]["errcode"] == 0
    assert said["user"]["openid"] == peer.openid
    assert said["menu"][0]["url"] == "http://a.example/m/"
    assert said["refused"] == 46003


def test_two_processes_that_fetch_tokens_hear_no_40001_for_five_minutes(
    peer: Peer, node: Node
) -> None:
    said = node("token_taken_by_another", app_id=peer.app_id, secret=SECRET, openid=peer.openid)
    assert said["sent"] == [0, 0]


def test_node_easywechat(peer: Peer, node: Node) -> None:
    said = node(
        "easywechat", app_id=peer.app_id, secret=SECRET, openid=peer.openid, token=TOKEN,
        aes_key=AES_KEY,
    )  # fmt: skip
    assert said["user"]["openid"] == peer.openid
    assert said["draft"]["total_count"] == 0
    assert sign_js_url(said["ticket"], "n", 1, "http://a.example/")


def test_wechat_oauth(peer: Peer, node: Node) -> None:
    citizen = httpx.get(f"{peer.base}/sim/followers", params={"app_id": peer.app_id}).json()[0]
    query = {
        "appid": peer.app_id, "redirect_uri": f"http://c{citizen['citizen']}.localhost/back",
        "response_type": "code", "scope": "snsapi_userinfo", "state": "s",
    }  # fmt: skip
    sent = httpx.get(f"{peer.base}/connect/oauth2/authorize", params=query)
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    said = node("oauth", app_id=peer.app_id, secret=SECRET, code=code)
    assert said["token"]["openid"] == said["user"]["openid"] == peer.openid
    assert said["user"]["nickname"] == "小林"
    assert said["again"] == 40163
    assert parse_qs(urlsplit(said["address"]).query)["scope"] == ["snsapi_userinfo"]


def test_wechat_crypto_opens_what_we_seal_and_we_open_what_it_seals(peer: Peer, node: Node) -> None:
    from minxin.wechat import _crypto

    key, plain = _crypto.decode_key(AES_KEY), "<xml>您好</xml>"
    encrypted = _crypto.encrypt(key, peer.app_id, plain.encode())
    said = node(
        "crypto", app_id=peer.app_id, token=TOKEN, aes_key=AES_KEY, encrypted=encrypted,
        timestamp="1795485600", nonce="n1", plain=plain,
    )  # fmt: skip
    assert said["signature"] == sign(TOKEN, "1795485600", "n1", encrypted)
    assert said["opened"]["message"] == plain
    assert _crypto.decrypt(key, peer.app_id, said["sealed"]).decode() == plain
