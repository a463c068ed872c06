"""Files of every kind become blocks; bad ones are told by what is wrong with them."""

import time

import pytest

from minxin.text.documents import Note, Recognised, Trouble, Unreadable, kind_of, pages_of, read
from tests.support.papers import make_docx, make_pdf, with_member

LINES = ["云溪市养犬管理办法", "第一条 为了规范养犬行为，制定本办法。"]


def texts(name: str, content: bytes) -> list[str]:
    return [block.text for block in read(name, content).blocks]


def test_word_numbers_its_paragraphs_and_merges_cells() -> None:
    rows = [["事项", "材料"], ["补领", "户口簿"], ["", "照片"]]
    reading = read("a.docx", make_docx(LINES, rows=rows, numbered=["先登记。", "后领证。"]))
    said = [block.text for block in reading.blocks]
    assert said == [
        *LINES,
        "事项：补领；材料：户口簿",
        "事项：补领；材料：照片",
        "第一条 先登记。",
        "第二条 后领证。",
    ]
    assert reading.blocks[0].level == 1


def test_macros_are_left_alone_and_told() -> None:
    reading = read("a.docm", with_member(make_docx(LINES), "word/vbaProject.bin", b"evil"))
    assert Note(Trouble.MACROS_IGNORED) in reading.notes
    assert len(reading.blocks) == 2


def test_a_pdf_loses_heads_feet_and_broken_lines() -> None:
    long = (
        "本办法所称养犬人，是指在本市行政区域内饲养犬只的单位和个人，养犬人应当遵守本办法的各项规"
    )
    pages = [
        ["云溪市人民政府公报", f"第{word}条 {long}", f"定，{word}是文明养犬。", f"- {number} -"]
        for number, word in enumerate("一二三四", 1)
    ]
    reading = read("a.pdf", make_pdf(pages))
    assert [block.text for block in reading.blocks] == [
        f"第{word}条 {long}定，{word}是文明养犬。" for word in "一二三四"
    ]
    assert [block.page for block in reading.blocks] == [1, 2, 3, 4]


def test_a_long_scan_is_read_page_by_page_and_taken_up_again() -> None:
    content = make_pdf([None] * 300)
    begun = time.monotonic()
    seen: list[int] = []

    def recognise(picture: object) -> Recognised:
        seen.append(len(seen))
        return Recognised((f"第{len(seen)}页的字",))

    pages = pages_of(content, recognise=recognise)
    total, first = next(pages)
    assert (total, first.lines, first.is_recognised, len(seen)) == (300, ("第1页的字",), True, 1)
    pages.close()
    rest = [page.number for _, page in pages_of(content, start=298, recognise=recognise)]
    assert rest == [298, 299, 300]
    assert time.monotonic() - begun < 20


def test_without_recognition_a_scan_says_so() -> None:
    mixed = read("a.pdf", make_pdf([LINES, None]))
    assert mixed.notes == (Note(Trouble.SCANNED_PAGE, page=2),)
    with pytest.raises(Unreadable) as caught:
        read("a.pdf", make_pdf([None, None]))
    assert caught.value.trouble == Trouble.SCANNED_PAGE


def test_a_reader_can_be_stopped_after_a_page() -> None:
    reading = read("a.pdf", make_pdf([LINES] * 5), on_page=lambda page, total: page < 2)
    assert reading.pages == 5
    assert {block.page for block in reading.blocks} <= {1, 2}


def test_a_page_gives_its_main_content() -> None:
    page = """<html><head><meta charset="utf-8"><title>办事指南_云溪市</title></head><body>
    <nav>首页 政务公开 互动交流</nav><div id="zoom"><h1>补领身份证指南</h1><p>一、材料<br>本人到场。</p>
    <ol start="2"><li>户口簿</li><li>照片</li></ol><table><tr><th>事项</th><th>费用</th></tr>
    <tr><td rowspan="2">补领</td><td>40元</td></tr><tr><td>免费</td></tr></table><script>evil()</script></div>
    <footer>版权所有</footer></body></html>"""
    assert texts("a.html", page.encode()) == [
        "补领身份证指南", "一、材料", "本人到场。", "2. 户口簿", "3. 照片",
        "事项：补领；费用：40元", "事项：补领；费用：免费",
    ]  # fmt: skip
    assert "补领身份证指南" in texts("a.htm", page.replace("utf-8", "gbk").encode("gbk"))


def test_a_sheet_has_its_titles_and_rows() -> None:
    def sheets(name: str, content: bytes) -> list[tuple[str, list[list[str]]]]:
        return [("收费", [["收费标准", "收费标准"], ["事项", "金额"], ["补领", "40元"], ["", ""]])]

    blocks = read("a.csv", b"x", sheets=sheets).blocks
    assert [block.text for block in blocks] == ["收费", "收费标准", "事项：补领；金额：40元"]
    assert (blocks[2].titles, blocks[2].row) == (("事项", "金额"), 1)


def test_text_in_the_encodings_of_offices() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert texts("a.txt", "\n".join(LINES).encode(encoding)) == LINES
    assert texts("a.md", b"# T\n\n|a|b|\n|--|--|\n|1|2|") == ["T", "a：1；b：2"]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("name", "content", "trouble"),
    [
        ("a.txt", b"", Trouble.EMPTY),
        ("a.pdf", b" \n\0", Trouble.EMPTY),
        ("a.pdf", make_pdf([LINES], is_locked=True), Trouble.ENCRYPTED),
        ("a.pdf", b"%PDF-1.4 nothing", Trouble.DAMAGED),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), Trouble.ENCRYPTED),
        ("a.doc", OLE, Trouble.OLD_FORMAT),
        ("a.docx", b"PK\x03\x04 broken", Trouble.DAMAGED),
        ("a.docx", make_pdf([LINES]), Trouble.WRONG_TYPE),
        ("a.pdf", make_docx(LINES), Trouble.WRONG_TYPE),
        ("a.zip", with_member(b"", "x.txt", b"x"), Trouble.UNKNOWN_TYPE),
        ("a.docx", b"\x89PNG\r\n\x1a\n", Trouble.UNKNOWN_TYPE),
        ("a.txt", b"\x81\x00\xff\x00abc", Trouble.UNKNOWN_ENCODING),
        ("a.docx", with_member(make_docx(LINES), "word/big.xml", b"0" * 30_000_000), Trouble.BOMB),
        ("a.docx", with_member(b"", "word/document.xml", b"<w:broken"), Trouble.DAMAGED),
    ],
    # An archive holds the second it was made in: as a name it would differ between two workers.
    ids=lambda each: "content" if isinstance(each, bytes) else None,
)  # fmt: skip
def test_a_bad_file_is_told_by_what_is_wrong(name: str, content: bytes, trouble: Trouble) -> None:
    with pytest.raises(Unreadable) as caught:
        read(name, content)
    assert caught.value.trouble == trouble


def test_entities_are_not_resolved() -> None:
    body = (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body><w:p><w:r><w:t>a&e;b</w:t></w:r></w:p></w:body></w:document>"
    )
    assert texts("a.docx", with_member(b"", "word/document.xml", body)) == ["a"]


def test_what_a_file_is_decides_not_its_name() -> None:
    assert kind_of("办法", make_docx(LINES)) == "word"
    assert kind_of("a.html", b"<p>x</p>") == "page"
