"""A `Paper` as HTML: the preview on screen, and what the PDF is made of. Only classes, no styles."""

from collections.abc import Callable
from html import escape

from minxin.reports.layout.blocks import (
    Addressees,
    Annex,
    Attachments,
    Block,
    Centered,
    Form,
    Heading,
    Paper,
    Paragraph,
    Signature,
    Span,
    Table,
    Title,
    printable,
    said_on,
)
from minxin.reports.layout.titles import ACROSS, UPRIGHT, lines_of

Link = Callable[[str], str]


def as_html(paper: Paper, *, link: Link | None = None) -> str:
    """The body of the document. `link` gives the address of the rows behind a figure's key; without it,
    or where it gives none, figures are plain text. Every text is escaped."""
    return "".join(block_as_html(block, link=link) for block in paper.blocks)


def block_as_html(block: Block, *, link: Link | None = None) -> str:
    """One block."""
    match block:
        case Title(text):
            return f'<h1 class="doc-title">{_title(text)}</h1>'
        case Centered(text):
            return f'<p class="doc-centered">{_text(text)}</p>'
        case Addressees(text):
            return f'<p class="doc-to">{_text(text.rstrip("：:"))}：</p>'
        case Heading(text, level):
            return f'<h{level + 1} class="doc-h{level}">{_text(text)}</h{level + 1}>'
        case Paragraph(spans, is_flush):
            kind = "doc-flush" if is_flush else "doc-text"
            return f'<p class="{kind}">{"".join(_span(span, link) for span in spans)}</p>'
        case Table():
            return _table(block, link)
        case Form():
            return _form(block)
        case Attachments(names):
            return _attachments(names)
        case Signature(agency, on):
            day = said_on(on) if on else "    年  月  日"
            return (
                f'<div class="doc-signature"><p>{_text(agency)}</p>'
                f'<p class="doc-day">{_text(day)}</p></div>'
            )
        case Annex(title, blocks, number, is_wide):
            inner = "".join(block_as_html(each, link=link) for each in blocks)
            kind = "doc-annex doc-wide" if is_wide else "doc-annex"
            return (
                f'<section class="{kind}"><p class="doc-annex-number">附件{_text(number)}</p>'
                f'<h1 class="doc-title">{_title(title, ACROSS if is_wide else UPRIGHT)}</h1>'
                f"{inner}</section>"
            )


def _text(text: str) -> str:
    return escape(printable(text)).replace("\n", "<br>")


def _title(text: str, wide: int = UPRIGHT) -> str:
    return _text("\n".join(lines_of(text, wide)))


def _span(span: Span, link: Link | None) -> str:
    said = _text(span.text)
    if link is None:
        return said
    if span.doubt:
        return f'<mark class="doc-doubt" title="{escape(span.doubt)}">{said}</mark>'
    return _linked(said, span.ref, link)


def _linked(said: str, ref: str, link: Link | None) -> str:
    address = link(ref) if ref and link is not None else ""
    return f'<a class="doc-figure" href="{escape(address)}">{said}</a>' if address else said


def _columns(shares: tuple[float, ...]) -> str:
    """Widths in whole per cent, as attributes: the policy of the console forbids styles."""
    return "".join(f'<col width="{round(share * 100)}%">' for share in shares)


def _table(block: Table, link: Link | None) -> str:
    caption = f"<caption>{_text(block.caption)}</caption>" if block.caption else ""
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in block.columns)
    rows = []
    for number, row in enumerate(block.rows):
        is_total = block.has_total and number == len(block.rows) - 1
        short = [' class="doc-short"' if each or is_total else "" for each in block.centred]
        cells = "".join(
            f"<td{short[at]}>{_linked(_text(text), block.ref(number, at), link)}</td>"
            for at, text in enumerate(row)
        )
        rows.append(f'<tr class="doc-total">{cells}</tr>' if is_total else f"<tr>{cells}</tr>")
    return (
        f'<table class="doc-table">{caption}<colgroup>{_columns(block.shares)}</colgroup>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _form(block: Form) -> str:
    rows = []
    for row in block.rows:
        cells = []
        for cell in row:
            name = "th" if cell.is_label else "td"
            room = "<br>" * (cell.lines - 1)
            cells.append(f'<{name} colspan="{cell.span}">{_text(cell.text)}{room}</{name}>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<table class="doc-table doc-form"><colgroup>{_columns(block.shares)}</colgroup>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _attachments(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    lines = []
    for at, name in enumerate(names):
        number = f"{at + 1}. " if len(names) > 1 else ""
        head = "附件：" if at == 0 else ""
        lines.append(
            f'<p><span class="doc-attached">{head}</span><span>{number}{_text(name)}</span></p>'
        )
    return f'<div class="doc-attachments">{"".join(lines)}</div>'
