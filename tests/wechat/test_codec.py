"""Every kind of push goes through the codec and comes back the same; hostile bytes are refused."""

import contextlib
import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minxin import wechat
from minxin.wechat import _crypto, _inbound

NOW = 1_790_000_000.0
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
COMMON: dict[str, Any] = {
    "account": "gh_0123456789ab",
    "openid": "oCitizen",
    "created_at": 1790000000,
}


def secrets(mode: wechat.Mode) -> wechat.CallbackSecrets:
    return wechat.CallbackSecrets("wx0000000000000001", "token", KEY, mode)


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=40,
)
numbers = st.integers(min_value=0, max_value=2**62)
degrees = st.floats(min_value=-180, max_value=180, allow_nan=False).map(
    lambda value: round(value, 6)
)
digests = st.lists(st.text("0123456789abcdef", min_size=4, max_size=8), max_size=3).map(tuple)
nested = st.fixed_dictionaries(
    {"TemplateId": st.just("t1"), "SubscribeStatusString": st.just("accept")}
)
BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "text?": st.none() | texts,
    "scene?": st.none() | texts.filter(lambda text: not text.startswith("qrscene_")),
    "int": numbers,
    "float": degrees,
    "raw?": st.none(),
    "list": st.lists(nested, min_size=2, max_size=3),
    "pictures": digests,
}


def inbounds() -> st.SearchStrategy[wechat.Inbound]:
    strategies = []
    for kind, cls in [*wechat.MESSAGES.items(), *wechat.EVENTS.items()]:
        own = {attribute: BY_KIND[how] for attribute, _, how in cls.WIRE}
        if kind in wechat.MESSAGES:
            own["message_id"] = numbers
        if "event" in {field.name for field in dataclasses.fields(cls)}:
            own["event"] = st.just(kind)
        strategies.append(st.builds(cls, **{k: st.just(v) for k, v in COMMON.items()}, **own))
    return st.one_of(strategies)


@given(inbound=inbounds(), mode=st.sampled_from(wechat.Mode), format=st.sampled_from(wechat.Format))
@settings(max_examples=400, deadline=None)
def test_every_push_comes_back_the_same(
    inbound: wechat.Inbound, mode: wechat.Mode, format: wechat.Format
) -> None:
    query, body = wechat.seal_push(inbound, secrets(mode), format=format, now=NOW)
    opened = wechat.open_callback(query, body, secrets(mode), now=NOW)
    assert opened.format is format
    assert opened.is_encrypted is (mode is not wechat.Mode.PLAIN)
    got = opened.inbound
    assert type(got) is type(inbound)
    for field in dataclasses.fields(inbound):
        expected, found = getattr(inbound, field.name), getattr(got, field.name)
        if isinstance(expected, str) and format is wechat.Format.XML:
            expected = expected.replace("\r", "\n")
        assert found == expected, field.name
    assert wechat.delivery_key(got)


REPLIES: list[wechat.PassiveReply] = [
    wechat.TextReply("您好 ]]> <b>&amp;</b>"),
    wechat.ImageReply("m1"),
    wechat.VoiceReply("m2"),
    wechat.VideoReply("m3", "标题", "说明"),
    wechat.MusicReply("m4", "歌", "说明", "http://a", "http://b"),
    wechat.NewsReply((wechat.Article("标题", "摘要", "http://p", "http://u"),)),
    wechat.NewsReply(tuple(wechat.Article(str(n), "", "", "http://u") for n in range(3))),
    wechat.Handover(),
    wechat.Handover("kf2001@gh"),
]


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
@pytest.mark.parametrize("mode", wechat.Mode)
@pytest.mark.parametrize("format", wechat.Format)
def test_every_reply_reaches_the_citizen(
    reply: wechat.PassiveReply, mode: wechat.Mode, format: wechat.Format
) -> None:
    push = wechat.Text(content="问", message_id=1, **COMMON)
    query, body = wechat.seal_push(push, secrets(mode), format=format, now=NOW)
    opened = wechat.open_callback(query, body, secrets(mode), now=NOW)
    sealed = wechat.seal_reply(reply, opened, secrets(mode), now=NOW)
    assert wechat.parse_reply(sealed, secrets(mode)) == reply
    assert (b"Encrypt" in sealed) is (mode is not wechat.Mode.PLAIN)


def push(mode: wechat.Mode = wechat.Mode.SAFE) -> tuple[dict[str, str], bytes]:
    inbound = wechat.Text(content="社保卡丢了怎么办", message_id=7, **COMMON)
    return wechat.seal_push(inbound, secrets(mode), format=wechat.Format.XML, now=NOW)


def refused(
    query: dict[str, str], body: bytes, mode: wechat.Mode = wechat.Mode.SAFE, now: float = NOW
) -> wechat.CallbackRefused:
    with pytest.raises(wechat.CallbackRefused) as caught:
        wechat.open_callback(query, body, secrets(mode), now=now)
    assert "token" not in caught.value.reason
    assert KEY not in caught.value.reason
    return caught.value


def test_a_wrong_signature_is_forbidden() -> None:
    query, body = push()
    assert refused({**query, "msg_signature": "0" * 40}, body).status == 403
    query, body = push(wechat.Mode.PLAIN)
    assert refused({**query, "signature": "民"}, body, wechat.Mode.PLAIN).status == 403


def test_the_plain_signature_does_not_open_an_encrypted_account() -> None:
    query, body = push(wechat.Mode.PLAIN)
    for mode in (wechat.Mode.SAFE, wechat.Mode.COMPATIBLE):
        assert refused(query, body, mode).status == 403


@pytest.mark.parametrize("shift", [-601, 601, -86_400])
def test_a_stale_push_is_forbidden(shift: float) -> None:
    query, body = push()
    assert isinstance(refused(query, body, now=NOW - shift), wechat.Stale)


@pytest.mark.parametrize("timestamp", ["", "x", "１２３", "9" * 30, "-5", "1e9"])
def test_a_timestamp_that_is_no_number_is_forbidden(timestamp: str) -> None:
    query, body = push()
    query["timestamp"] = timestamp
    query["signature"] = wechat.sign("token", timestamp, query["nonce"])
    assert refused(query, body).status == 403


def test_an_oversized_body_is_refused_unread() -> None:
    query, _ = push()
    assert refused(query, b"<xml>" + b"a" * wechat.MAX_BODY).status == 413


def signed(body: bytes) -> tuple[dict[str, str], bytes]:
    timestamp = str(int(NOW))
    signature = wechat.sign("token", timestamp, "n")
    return {"timestamp": timestamp, "nonce": "n", "signature": signature}, body


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<xml><ToUserName>&b;</ToUserName></xml>"
)
HOSTILE = {
    "an entity bomb": BOMB,
    "an external entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><xml><a>&a;</a></xml>',
    "not utf-8": "<xml><ToUserName>民</ToUserName></xml>".encode("gb18030"),
    "utf-16": "<xml/>".encode("utf-16"),
    "deep nesting": b"<xml>" + b"<a>" * 400 + b"</a>" * 400 + b"</xml>",
    "deep json": b"[" * 60_000,
    "deep json object": b'{"a":' * 40_000,
    "an unclosed element": b"<xml><ToUserName>a</ToUserName>",
    "a number too large": b"<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>"
    + b"9" * 5000
    + b"</CreateTime><MsgType>text</MsgType></xml>",
    "no number": b"<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName>"
    b"<CreateTime>soon</CreateTime><MsgType>text</MsgType></xml>",
    "a field twice": b"<xml><ToUserName>a</ToUserName><ToUserName>b</ToUserName><FromUserName>b</FromUserName>"
    b"<CreateTime>1</CreateTime><MsgType>text</MsgType></xml>",
    "nothing": b"",
    "a json list": b"[1]",
    "an empty document": b"<xml/>",
    "an undefined entity": b"<xml><ToUserName>&nope;</ToUserName></xml>",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bodies_are_refused(body: bytes) -> None:
    query, body = signed(body)
    assert refused(query, body, wechat.Mode.PLAIN).status == 400


def encrypted_push(ciphertext: str) -> tuple[dict[str, str], bytes]:
    timestamp = str(int(NOW))
    query = {
        "timestamp": timestamp,
        "nonce": "n",
        "encrypt_type": "aes",
        "msg_signature": wechat.sign("token", timestamp, "n", ciphertext),
    }
    return query, f"<xml><Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>".encode()


def test_a_wrong_padding_is_refused() -> None:
    key = _crypto.decode_key(KEY)
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    for last in (b"\x00", b"\x21", b"\x05"):
        encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        body = b"r" * 31 + last
        import base64

        sealed = base64.b64encode(encryptor.update(body) + encryptor.finalize()).decode()
        assert refused(*encrypted_push(sealed)).status == 400


@pytest.mark.parametrize("ciphertext", ["", "AAAA", "****", "A" * 63, "民"])
def test_a_broken_ciphertext_is_refused(ciphertext: str) -> None:
    assert refused(*encrypted_push(ciphertext)).status == 400


def test_a_length_that_lies_is_refused() -> None:
    key = _crypto.decode_key(KEY)
    honest = _crypto.encrypt(key, "wx0000000000000001", b"hello")
    assert _crypto.decrypt(key, "wx0000000000000001", honest) == b"hello"
    with pytest.raises(_crypto.BadEnvelope):
        _crypto.decrypt(key, "wx0000000000000002", honest)


@given(body=st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_arbitrary_bytes_raise_nothing_but_a_refusal(body: bytes) -> None:
    query, body = signed(body)
    with contextlib.suppress(wechat.CallbackRefused):
        wechat.open_callback(query, body, secrets(wechat.Mode.PLAIN), now=NOW)


@given(plain=st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_arbitrary_bytes_inside_the_envelope_raise_nothing_but_a_refusal(plain: bytes) -> None:
    sealed = _crypto.encrypt(_crypto.decode_key(KEY), "wx0000000000000001", plain)
    query, body = encrypted_push(sealed)
    with contextlib.suppress(wechat.CallbackRefused):
        wechat.open_callback(query, body, secrets(wechat.Mode.SAFE), now=NOW)


def test_what_is_unknown_is_kept_whole() -> None:
    fields = {"ToUserName": "gh", "FromUserName": "o", "CreateTime": 1, "MsgType": "hologram"}
    inbound = _inbound.inbound_from({**fields, "MsgId": "12", "Extra": {"A": "b"}})
    assert inbound == wechat.Unknown(
        account="gh",
        openid="o",
        created_at=1,
        kind="hologram",
        message_id=12,
        fields={**fields, "MsgId": "12", "Extra": {"A": "b"}},
    )
    assert wechat.delivery_key(inbound) == "m:12"


def test_two_events_in_one_second_are_two_deliveries() -> None:
    first = wechat.MenuClicked(key="a", **COMMON)
    second = wechat.MenuClicked(key="b", **COMMON)
    assert wechat.delivery_key(first) != wechat.delivery_key(second)
    assert wechat.delivery_key(first) == wechat.delivery_key(wechat.MenuClicked(key="a", **COMMON))


def test_a_key_with_trailing_bits_decodes() -> None:
    assert _crypto.decode_key("A" * 42 + "B") == bytes(32)


def test_secrets_do_not_show() -> None:
    shown = repr(secrets(wechat.Mode.SAFE))
    assert "token" not in shown.replace("token=", "")
    assert KEY not in shown


@given(text=st.text(max_size=3000), limit=st.integers(min_value=60, max_value=2048))
def test_a_cut_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    text = text.encode("utf-8", "ignore").decode()
    cut = wechat.cut_text(text, limit)
    assert len(cut.encode()) <= limit
    assert cut == text or text.startswith(cut.removesuffix("……"))


def test_a_text_is_cut_after_a_sentence() -> None:
    text = "第一句话说完了。" * 10 + "后面这一句放不下所以不要它" * 20
    assert wechat.cut_text(text, 300).endswith("。……")
