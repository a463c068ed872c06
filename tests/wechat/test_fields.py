"""The quick reader of the hot path reads as the parser does, or leaves it to the parser."""

from minxin.wechat import _fields


def test_the_envelope_is_read_as_the_parser_reads_it() -> None:
    body = (
        b"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[aGk=]]></Encrypt></xml>"
    )
    found = _fields.read_envelope(body)
    assert found is not None
    assert found[0]["Encrypt"] == _fields.read(body)[0]["Encrypt"] == "aGk="
    assert _fields.read_envelope(body.replace(b"aGk=", b"<a/>")) is None
