"""Rows of cells as blocks: titles above the table, its head, its rows."""

from collections.abc import Sequence

from minxin.text.documents.blocks import Block

_MOST_HEADS = 5  # rows above a table that are looked at for its head


def blocks_of_rows(
    rows: Sequence[Sequence[str]],
    *,
    name: str = "",
    page: int | None = None,
    is_sheet: bool = False,
) -> list[Block]:
    """A table as blocks. What is merged stands in each of its cells already.

    Of a sheet, rows above the head that say one thing only are headings; the head is the first row with
    at least two different cells. Empty rows are left out, and a table of one column is paragraphs.
    """
    found: list[Block] = []
    if name.strip():
        found.append(Block(name.strip(), level=2, page=page))
    plain = [tuple(" ".join(cell.split()) for cell in row) for row in rows]
    plain = [row for row in plain if any(row)]
    head: tuple[str, ...] = ()
    if is_sheet or len(plain) > 1:
        for at, row in enumerate(plain[:_MOST_HEADS]):
            said = {cell for cell in row if cell}
            if len(said) > 1:
                head = row
                found += [
                    Block(_once(each), level=1 if is_sheet else 3, page=page) for each in plain[:at]
                ]
                plain = plain[at + 1 :]
                break
    if not head:
        return found + [Block(_once(row), page=page) for row in plain]
    for number, row in enumerate(plain, 1):
        if row == head:  # the head repeated on the next page
            continue
        cells = row + ("",) * (len(head) - len(row))
        found.append(Block(said_of(cells, head), page=page, cells=cells, titles=head, row=number))
    return found or [Block(_once(head), page=page)]


def said_of(cells: Sequence[str], titles: Sequence[str]) -> str:
    """A row as a sentence: 事项：补领身份证；费用：40 元"""
    parts: list[str] = []
    for at, cell in enumerate(cells):
        title = titles[at] if at < len(titles) else ""
        is_repeated = at and cell == cells[at - 1] and title == (titles[at - 1] if titles else "")
        if cell and not is_repeated:
            parts.append(f"{title}：{cell}" if title and title != cell else cell)
    return "；".join(parts)


def _once(row: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(cell for cell in row if cell))
