"""What is read from pages: articles, plain pages, and pages that mean harm."""

from datetime import UTC, date, datetime

import pytest

from minxin.supervision.rules.pages import PageRead, is_other_account, is_page, read_page

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HTML = "text/html; charset=utf-8"


def read(page: str | bytes, kind: str = HTML) -> PageRead:
    return read_page(page.encode() if isinstance(page, str) else page, kind, now=NOW)


ARTICLE = """<html><head><meta property="og:title" content="浔武发布：停水通知"><title></title></head>
<body><h1 id="activity-name"> 停水 </h1><a id="js_name">
  浔武发布 </a><em id="publish_time">%s</em><script>var ct = "%s";</script></body></html>"""


def test_an_article() -> None:
    expected = PageRead("浔武发布：停水通知", "浔武发布", date(2026, 11, 20))
    assert read(ARTICLE % ("2026年11月20日 09:30", "1700000000")) == expected
    # 2026-11-19 16:30 UTC is the 20th in Shanghai
    assert read(ARTICLE % ("", "1795105800")) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            "<title>通知</title><time datetime='2026-11-01T23:30:00Z'>",
            ("通知", "", date(2026, 11, 2)),
        ),
        (
            "<meta property='article:published_time' content='2026-10-01T08:00:00+08:00'>"
            "<meta property='og:article:author' content='水务局'>",
            ("", "水务局", date(2026, 10, 1)),
        ),
        ("<h1 id='activity-name'>甲<span>乙</span></h1>", ("甲乙", "", None)),
        ("<time datetime='2026-13-45'>", ("", "", None)),
        ("<time datetime='0001-01-01T00:00:00+14:00'>", ("", "", None)),
        ("", ("", "", None)),
        ("{}", ("", "", None)),
    ],
)
def test_other_shapes(page: str, expected: tuple[str, str, date | None]) -> None:
    found = read(page)
    assert (found.title, found.account, found.published_on) == expected


def test_a_day_to_come_is_not_proposed() -> None:
    found = read(ARTICLE % ("2027-01-01", ""))
    assert (found.published_on, found.is_future) == (None, True)
    assert read(ARTICLE % ("2027-01-01", "1795105800")).published_on == date(2026, 11, 20)
    assert read(ARTICLE % ("1970-01-01", "")) == PageRead("浔武发布：停水通知", "浔武发布")


def test_encodings() -> None:
    page = "<meta charset='gbk'><title>停水通知</title>"
    assert read(page.encode("gbk"), "text/html").title == "停水通知"
    assert read(page.encode("gbk"), "text/html; charset=GB2312").title == "停水通知"
    assert read(b"\xef\xbb\xbf" + page.encode(), "text/html").title == "停水通知"
    assert (
        read("<title>关于供水的公告</title>".encode("gbk"), "text/html").title == ""
    )  # says nothing
    assert read(b"<title>x</title>", "text/html; charset=rot13").title == "x"
    assert read(b"<ti\x00tle>a\x00b</title>").title == "ab"


def test_pages_that_mean_harm() -> None:
    assert read("<title>" + "长" * 500_000 + "</title>").title == "长" * 200
    assert read("<title>深</title>" + "<div>" * 150_000).title == "深"
    assert read("<title><script>alert(1)</script></title>").title == "<script>alert(1)</script>"
    assert read(bytes(range(256)) * 2000).published_on is None
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><title>&a;</title>'
    assert read(outside).title in {"", "&a;"}
    assert read((ARTICLE % ("2026-11-20", ""))[:90]).title == "浔武发布：停水通知"  # cut off


def test_what_calls_itself_a_page_and_whose_it_is() -> None:
    assert is_page("Text/HTML;charset=x")
    assert not is_page("application/pdf")
    assert not is_page("")
    assert is_other_account("水务局", "浔武发布")
    assert not is_other_account(" 浔武 发布", "浔武发布")
    assert not is_other_account("", "浔武发布")
