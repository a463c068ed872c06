"""Pages: their main content, without what surrounds it."""

import re
from typing import Any, cast

from lxml import etree, html

from minxin.text.documents.blocks import Block, Reading, Trouble, Unreadable
from minxin.text.documents.tables import blocks_of_rows

_ASIDE = [
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "aside",
    "footer",
    "iframe",
    "object",
    "form",
    "button",
    "select",
    "svg",
    "header",
]
# Where the editors of government sites put the text (TRS, UCAP and their like).
_MAIN = """//article | //main | //*[@id="UCAP-CONTENT" or @id="zoom" or @id="Zoom" or @id="content"]
 | //*[contains(concat(" ", @class, " "), " TRS_Editor ") or contains(@class, "article-content")]"""
_LEAVES = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "dt",
    "dd",
    "pre",
    "blockquote",
    "figcaption",
    "caption",
    "table",
}
_SPACES = re.compile(r"[\s\u3000\xa0]+")
_ENOUGH = 0.4  # of the page's text: what holds less is not its main content


def read_page(content: bytes) -> Reading:
    """The headings, paragraphs, lists and tables of a page. Raises `Unreadable`."""
    try:
        root = html.document_fromstring(content, parser=_parser(content))
    except (etree.LxmlError, ValueError) as error:
        raise Unreadable(Trouble.DAMAGED) from error
    title = _said(root.find(".//title"))
    heading = _said(next(iter(_at(root, "//body//h1")), None))
    for element in _at(root, "//comment()") + [e for name in _ASIDE for e in root.iter(name)]:
        if element.getparent() is not None:
            element.drop_tree()
    body = root.find("body")
    main = _main_of(body if body is not None else root)
    blocks: list[Block] = []
    _walk(main, blocks)
    named = heading or title.split("_")[0].split(" - ")[0].strip()
    if named and not any(named in block.text for block in blocks[:5]):
        blocks.insert(0, Block(named, level=1))
    return Reading(tuple(blocks))


def _at(element: html.HtmlElement, path: str) -> list[Any]:
    return cast("list[Any]", element.xpath(path))


def _parser(content: bytes) -> html.HTMLParser:
    declared = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", content[:4096], re.IGNORECASE)
    name = declared[1].decode("ascii", "ignore").lower() if declared else ""
    if name in {"gb2312", "gbk", "gb18030"}:
        return html.HTMLParser(encoding="gb18030", no_network=True, huge_tree=False)
    try:
        content.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "gb18030"
    return html.HTMLParser(encoding=encoding, no_network=True, huge_tree=False)


def _main_of(body: html.HtmlElement) -> html.HtmlElement:
    whole = len(_said(body))
    named = [each for each in _at(body, _MAIN) if len(_said(each)) >= _ENOUGH * whole]
    if named:
        return min(named, key=lambda each: len(_said(each)))
    best = body
    while True:  # go down while one child holds nearly everything
        children = [each for each in best if isinstance(each.tag, str) and each.tag not in _LEAVES]
        within = [each for each in children if len(_said(each)) >= 0.75 * max(len(_said(best)), 1)]
        if not within:
            return best
        best = within[0]


def _said(element: html.HtmlElement | None) -> str:
    return "" if element is None else _SPACES.sub(" ", element.text_content()).strip()


def _walk(element: html.HtmlElement, blocks: list[Block]) -> None:
    if element.tag == "table":
        rows = _rows(element)
        if any(sum(bool(cell) for cell in row) > 1 for row in rows) and not _at(
            element, ".//table"
        ):
            blocks += blocks_of_rows(rows)
            return
    if element.tag in _LEAVES and not any(
        each.tag in _LEAVES for each in element.iterdescendants()
    ):
        level = int(element.tag[1]) if re.fullmatch(r"h[1-6]", element.tag) else 0
        mark = _number(element) if element.tag == "li" else ""
        for line in _lines(element):
            blocks.append(Block(mark + line, level=level))
            mark = ""
        return
    _say(element.text, blocks)
    for child in element:
        if isinstance(child.tag, str):
            if child.tag in {"span", "a", "b", "strong", "em", "i", "u", "font"} and not any(
                each.tag in _LEAVES or each.tag == "div" for each in child.iterdescendants()
            ):
                _say(child.text_content(), blocks, joins=True)
            else:
                _walk(child, blocks)
        _say(child.tail, blocks, joins=child.tag != "br")


def _say(text: str | None, blocks: list[Block], *, joins: bool = False) -> None:
    said = _SPACES.sub(" ", text or "").strip()
    if said:
        blocks.append(Block(said))


def _lines(element: html.HtmlElement) -> list[str]:
    for br in element.iter("br"):
        br.tail = "\n" + (br.tail or "")
    lines = [
        re.sub(r"[ \t\u3000\xa0\r]+", " ", line).strip()
        for line in element.text_content().split("\n")
    ]
    # A source's own line breaks are blanks; only those of <br> part a paragraph.
    if not _at(element, ".//br"):
        lines = [_SPACES.sub(" ", " ".join(lines)).strip()]
    return [line for line in lines if line]


def _number(item: html.HtmlElement) -> str:
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    start = int(parent.get("start", "1")) if parent.get("start", "1").isdecimal() else 1
    return f"{start + [each for each in parent if each.tag == 'li'].index(item)}. "


def _rows(table: html.HtmlElement) -> list[list[str]]:
    """The cells of a table; what spans several stands in each of them."""
    rows: list[list[str]] = []
    below: dict[tuple[int, int], str] = {}
    for number, tr in enumerate(table.iter("tr")):
        row: list[str] = []
        for cell in [each for each in tr if each.tag in {"td", "th"}]:
            while (number, len(row)) in below:
                row.append(below.pop((number, len(row))))
            said = _said(cell)
            wide, high = (_span(cell, name) for name in ("colspan", "rowspan"))
            for down in range(1, high):
                for across in range(wide):
                    below[(number + down, len(row) + across)] = said
            row += [said] * wide
        while (number, len(row)) in below:
            row.append(below.pop((number, len(row))))
        rows.append(row)
    return rows


def _span(cell: html.HtmlElement, name: str) -> int:
    text = cell.get(name, "1").strip()
    return min(max(int(text), 1), 100) if text.isdecimal() else 1
