"""Plain text and Markdown."""

import re

from minxin.text.documents.blocks import Block, Reading, Trouble, Unreadable
from minxin.text.documents.tables import blocks_of_rows

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\Z")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\Z")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def decoded(content: bytes) -> str:
    """The text of bytes in UTF-8, UTF-16 with its mark, or GB 18030. Raises `Unreadable`."""
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    encodings = [marks[content[:2]]] if content[:2] in marks else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Unreadable(Trouble.UNKNOWN_ENCODING)


def read_plain(text: str, *, is_markdown: bool = False) -> Reading:
    """Each line that is not empty is a paragraph."""
    blocks: list[Block] = []
    rows: list[list[str]] = []
    for line in (_COMMENT.sub("", text) if is_markdown else text).splitlines():
        said = line.strip(" \t\u3000\ufeff\f")
        if is_markdown and said.startswith("|") and said.count("|") > 1:
            if not _RULE.match(said):
                rows.append([cell.strip() for cell in said.strip("|").split("|")])
            continue
        if rows:
            blocks += blocks_of_rows(rows)
            rows = []
        heading = _HEADING.match(said) if is_markdown else None
        if heading and heading[2]:
            blocks.append(Block(heading[2], level=len(heading[1])))
        elif said:
            blocks.append(Block(said))
    return Reading((*blocks, *(blocks_of_rows(rows) if rows else [])))
