"""Tencent's own published vectors: 消息推送 (server messages) and 第三方平台 encryption pages."""

import pytest

from minxin import wechat
from minxin.wechat import _crypto

TOKEN = "AAAAA"
KEY = "A" * 43
APP_ID = "wxba5fad812f8e6fb9"
PUSHED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDp"
    "VzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQ"
    "rKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mF"
    "UPAJGj04="
)


def secrets(mode: wechat.Mode = wechat.Mode.SAFE, app_id: str = APP_ID) -> wechat.CallbackSecrets:
    return wechat.CallbackSecrets(app_id, TOKEN, KEY, mode)


def test_url_verification() -> None:
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "4375120948345356249",
    }
    assert wechat.verify_url(query, secrets(), now=1714036504) == "4375120948345356249"


def test_a_plain_json_push() -> None:
    query = {
        "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78",
        "timestamp": "1714037059",
        "nonce": "486452656",
    }
    body = (
        b'{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY",'
        b'"CreateTime":1714037059,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
    )
    opened = wechat.open_callback(query, body, secrets(wechat.Mode.PLAIN), now=1714037060)
    assert isinstance(opened.inbound, wechat.Unknown)
    assert opened.inbound.kind == "event:debug_demo"
    assert opened.inbound.fields["debug_str"] == "hello world"
    assert (opened.format, opened.is_encrypted) == (wechat.Format.JSON, False)


def safe_query() -> dict[str, str]:
    return {
        "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
        "timestamp": "1714112445",
        "nonce": "415670741",
        "encrypt_type": "aes",
        "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
    }


def test_a_safe_push() -> None:
    body = f'{{"ToUserName":"gh_97417a04a28d","Encrypt":"{PUSHED}"}}'
    opened = wechat.open_callback(safe_query(), body.encode(), secrets(), now=1714112445)
    assert opened.is_encrypted
    assert opened.inbound.account == "gh_97417a04a28d"
    assert len(_crypto.decrypt(_crypto.decode_key(KEY), APP_ID, PUSHED)) == 167


def test_the_same_bytes_are_refused_for_another_appid() -> None:
    body = f'{{"ToUserName":"gh_97417a04a28d","Encrypt":"{PUSHED}"}}'
    with pytest.raises(wechat.BadPush, match="another appid"):
        wechat.open_callback(safe_query(), body.encode(), secrets(app_id="wx0"), now=1714112445)


def test_a_sealed_json_reply() -> None:
    packet = wechat.seal_packet(
        b'{"demo_resp":"good luck"}',
        secrets(),
        timestamp=1713424427,
        nonce="415670741",
        as_json=True,
        random=b"707722b803182950",
    )
    assert (
        b"ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
        in packet
    )
    assert b"1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1" in packet


def test_a_sealed_xml_reply_of_a_third_party_platform() -> None:
    packet = wechat.seal_packet(
        b"<xml><demo_resp>[CDATA[good luck]]</demo_resp></xml>",
        secrets(app_id="wx134c8103faa5a59e"),
        timestamp=1713424427,
        nonce="415670741",
        as_json=False,
        random=b"999951349e8ee746",
    )
    assert (
        b"hE8R6mGXHkJJjU72KxzKUd1GEkKJaEZq7vRL8XgK3o+00k8JGq6+pZJUIlTSyhsX+bxIBQ72g3GyvDdIZcr6+3HAZbSvPT9t/"
        b"o11MI7d6WELwqrGd7jMnV0zv3Zc9Nq7" in packet
    )
    assert b"03e0812039325c2712ef5f0f980fd14c70d6e307" in packet


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        ("http://mp.weixin.qq.com", "f4d90daf4b3bca3078ab155816175ba34c443a7b"),
        ("http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
        ("http://mp.weixin.qq.com?params=value#here", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
    ],
)
def test_js_sdk_signatures(url: str, signature: str) -> None:
    ticket = (
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    )
    assert wechat.sign_js_url(ticket, "Wm3WZYTPz0wzccnW", 1414587457, url) == signature
