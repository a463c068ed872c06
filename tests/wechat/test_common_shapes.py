"""What reads and writes the frequent shapes quickly agrees with what reads and writes all of them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from minxin.wechat import Text, TextReply, _common_shapes, _fields, _inbound, _replies

WORDS = st.text(st.characters(codec="utf-8"), max_size=60)
# What an attacker, or a strange client, could put between the tags.
PIECES = st.lists(
    st.one_of(
        WORDS, st.sampled_from(["]]>", "]", "<", "&amp;", "\r\n", "\0", "\ufffe", "<![CDATA["])
    ),
    max_size=5,
).map("".join)


def text_push(content: str, *, openid: str = "oXiaolin", number: str = "23") -> bytes:
    return (
        "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName>\n<CreateTime>1348831860</CreateTime>\n"
        f"<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[{content}]]></Content>\n"
        f"<MsgId>{number}</MsgId>\n</xml>"
    ).encode("utf-8", "surrogatepass")


def by_the_parser(body: bytes) -> object:
    try:
        fields, _ = _fields.read(body)
        return _inbound.inbound_from(fields)
    except _fields.Malformed:
        return None


def test_words_are_read_without_a_parser() -> None:
    body = text_push("身份证丢了怎么补？")
    found = _common_shapes.text_in(body)
    assert found == Text(
        account="gh_1",
        openid="oXiaolin",
        created_at=1348831860,
        message_id=23,
        content="身份证丢了怎么补？",
    )
    assert found == by_the_parser(body)


@given(
    PIECES,
    st.sampled_from(["oXiaolin", "o]]>", "", "o" * 65]),
    st.sampled_from(["23", "", "9" * 21, "-1", "٣"]),
)
@example("\r", "oXiaolin", "23")
@example("\ud800", "oXiaolin", "23")
@example("a]]></Content><Content><![CDATA[b", "oXiaolin", "23")
def test_what_is_read_quickly_is_what_the_parser_reads(
    content: str, openid: str, number: str
) -> None:
    body = text_push(content, openid=openid, number=number)
    found = _common_shapes.text_in(body)
    assert found is None or found == by_the_parser(body)


@pytest.mark.parametrize(
    "change",
    [
        (b"<xml>", b"<!DOCTYPE xml><xml>"),
        (b"[text]", b"[image]"),
        (b"</xml>", b"<bizmsgmenuid>near:7</bizmsgmenuid></xml>"),
        (b"<MsgId>23</MsgId>", b""),
        (b"</xml>", b"</xml>\xff"),
    ],
)
def test_everything_else_is_left_to_the_parser(change: tuple[bytes, bytes]) -> None:
    assert _common_shapes.text_in(text_push("您好").replace(*change)) is None


def test_the_envelope_is_read_as_the_parser_reads_it() -> None:
    body = (
        b"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[aGk=]]></Encrypt></xml>"
    )
    assert _common_shapes.encrypted_in(body) == _fields.read(body)[0]["Encrypt"] == "aGk="
    strange = body.replace(b"aGk=", b"<a/>")
    assert _common_shapes.encrypted_in(strange) == _fields.read(strange)[0]["Encrypt"]
    for other in (b"a]]>b", "密".encode(), b""):
        assert _common_shapes.encrypted_in(body.replace(b"aGk=", other)) is None


@given(PIECES, PIECES)
def test_words_are_written_as_every_reply_is(content: str, openid: str) -> None:
    fields = _replies.reply_fields(TextReply(content), openid, "gh_1", 1348831860)
    assert _common_shapes.text_packet(content, openid, "gh_1", 1348831860) == _fields.write_xml(
        fields
    )
