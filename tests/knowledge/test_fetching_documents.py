"""Links are fetched from the sites that a setting names, and no site leads anywhere else."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from minxin.core.errors import Refused
from minxin.core.outward import networks_of
from minxin.knowledge.taking.fetching import MOST_BYTES, Fetched, fetch, is_allowed

HOST = "www.yunxi.example"
PUBLIC = {
    HOST: ["93.184.216.34"],
    "evil.example": ["93.184.216.35"],
    "in.yunxi.example": ["10.1.2.3"],
}
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def hosts(settings: Any) -> None:
    settings.MINXIN_DOCUMENT_HOSTS = [HOST, ".yunxi.example"]
    settings.MINXIN_DOCUMENT_NETWORKS = ()


def get(link: str, answer: Answer) -> tuple[Fetched, list[httpx.Request]]:
    asked: list[httpx.Request] = []

    def told(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer(request)

    found = fetch(
        link, transport=httpx.MockTransport(told), resolve=lambda name, port: PUBLIC[name]
    )
    return found, asked


def why(link: str, answer: Answer) -> str:
    with pytest.raises(Refused) as refusal:
        get(link, answer)
    return refusal.value.message


def never(request: httpx.Request) -> httpx.Response:
    raise AssertionError(request.url)


def page(content: bytes = b"<html>", **headers: str) -> Answer:
    return lambda _: httpx.Response(200, stream=httpx.ByteStream(content), headers=headers)


def sent_on(to: str) -> Answer:
    return lambda _: httpx.Response(302, headers={"location": to})


def test_a_page_is_fetched_by_the_number_of_its_host() -> None:
    found, (asked,) = get(
        f"https://{HOST}/zc/1?x=2#top", page(**{"content-type": "text/html; charset=utf-8"})
    )
    assert found == Fetched("1.html", b"<html>")
    assert str(asked.url) == "https://93.184.216.34/zc/1?x=2"
    assert asked.headers["host"] == HOST
    assert asked.extensions["sni_hostname"] == HOST
    named, _ = get(f"https://{HOST}/%E5%8A%9E%E6%B3%95.pdf", page(b"%PDF-"))
    assert named.name == "办法.pdf"


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://evil.example/", "不在允许抓取的名单里"),
        ("https://www.yunxi.example.evil.example/", "不在允许抓取的名单里"),
        ("https://evil.example/?www.yunxi.example", "不在允许抓取的名单里"),
        (f"https://{HOST}@evil.example/", "不在允许抓取的名单里"),
        (f"https://a:b@{HOST}/", "不能带用户名"),
        (f"http://{HOST}/", "https"),
        (f"file://{HOST}/etc/passwd", "应以 http"),
        ("https://in.yunxi.example/", "不允许访问的网络地址"),
        ("http://127.0.0.1/", "不在允许抓取的名单里"),
        ("不是链接", "不在允许抓取的名单里"),
        ("https://[::1", "不是可以抓取的链接"),
    ],
)
def test_other_addresses_are_not_called(link: str, words: str) -> None:
    assert words in why(link, never)


def test_a_redirect_is_looked_at_like_the_first_address() -> None:
    assert "不在允许抓取的名单里" in why(f"https://{HOST}/", sent_on("https://evil.example/"))
    assert "不在允许抓取的名单里" in why(
        f"https://{HOST}/", sent_on("http://169.254.169.254/latest")
    )
    assert "不允许访问的网络地址" in why(f"https://{HOST}/", sent_on("https://in.yunxi.example/"))
    assert "跳转次数太多" in why(f"https://{HOST}/a", sent_on("/a"))


def test_an_internal_site_is_fetched_where_its_network_is_named(settings: Any) -> None:
    settings.MINXIN_DOCUMENT_NETWORKS = networks_of(["10.1.0.0/16"])
    found, (asked,) = get("http://in.yunxi.example/a.txt", page(b"text"))
    assert (found.content, str(asked.url)) == (b"text", "http://10.1.2.3/a.txt")


def test_what_is_wrong_with_an_answer_is_told() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    assert "404" in why(f"https://{HOST}/", lambda _: httpx.Response(404))
    assert "连不上" in why(f"https://{HOST}/", broken)
    assert "压缩过" in why(f"https://{HOST}/", page(b"x", **{"content-encoding": "gzip"}))
    assert "没有传完" in why(f"https://{HOST}/", page(b"x", **{"content-length": "9"}))

    def endless(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=_Endless())

    assert f"超过 {MOST_BYTES >> 20} MB" in why(f"https://{HOST}/", endless)


class _Endless(httpx.SyncByteStream):
    sent = 0

    def __iter__(self) -> Any:
        while self.sent < 2 * MOST_BYTES:
            self.sent += 1024 * 1024
            yield b"\0" * 1024 * 1024


def test_without_the_setting_nothing_is_fetched(settings: Any) -> None:
    settings.MINXIN_DOCUMENT_HOSTS = []
    assert "MINXIN_DOCUMENT_HOSTS" in why(f"https://{HOST}/", never)


def test_a_name_is_allowed_exactly_or_with_all_below() -> None:
    assert is_allowed("https://a.b.yunxi.example/", [".yunxi.example"])
    assert is_allowed("https://YUNXI.example./", [".yunxi.example"])
    assert not is_allowed("https://notyunxi.example/", [".yunxi.example"])
    assert not is_allowed("https://a.www.yunxi.example/", [HOST])
