"""From pieces and their edited texts to a paper."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from minxin.reports.layout.blocks import (
    Addressees,
    Attachments,
    Block,
    Cell,
    Centered,
    Form,
    Heading,
    Paper,
    Paragraph,
    Signature,
    Span,
    Table,
    Title,
)
from minxin.reports.rules.drafts import Piece, read


def compose(
    pieces: Sequence[Piece],
    texts: Mapping[str, str],
    *,
    signed_on: date | None,
    attachments: Sequence[str] = (),
    annexes: Sequence[Block] = (),
    made_on: date,
) -> Paper:
    """The paper as it reads now. A piece whose text was emptied is left out; lines become paragraphs.

    The list of attachments and the annexes are not edited: they are the facts.
    """
    blocks: list[Block] = []
    fields: list[tuple[Piece, str]] = []
    lines: list[tuple[Piece, str]] = []
    agency = ""
    for piece in pieces:
        text = texts.get(piece.id, piece.text).strip()
        if piece.kind == "field":
            fields.append((piece, text))
            continue
        if piece.kind == "figure":
            lines.append((piece, text))
            continue
        blocks += (*_form(fields), *_figures(lines))
        fields, lines = [], []
        if piece.kind == "sign":
            agency = text
        elif text:
            blocks += _blocks(piece, text)
    blocks += (*_form(fields), *_figures(lines))
    blocks.append(Attachments(tuple(attachments)))
    if agency:
        blocks.append(Signature(agency, signed_on))
    title = next((texts.get(each.id, each.text) for each in pieces if each.kind == "title"), "")
    return Paper(title.replace("\n", ""), (*blocks, *annexes), agency, made_on)


def _blocks(piece: Piece, text: str) -> Iterable[Block]:
    match piece.kind:
        case "title":
            yield Title(text)
        case "number":
            yield Centered(text)
        case "to":
            yield Addressees(text)
        case "heading":
            yield Heading(text, piece.level)
        case _:
            spans, _doubts = read(piece, text)
            for line in _lines(spans):
                yield Paragraph(line)


def _lines(spans: Iterable[Span]) -> Iterable[tuple[Span, ...]]:
    line: list[Span] = []
    for span in spans:
        first, *rest = span.text.split("\n")
        line.append(Span(first, span.ref, span.doubt))
        for more in rest:
            yield tuple(line)
            line = [Span(more)]
    yield tuple(line)


def _form(fields: Sequence[tuple[Piece, str]]) -> Iterable[Block]:
    """Labels and values over four columns: narrow ones two a row, wide ones alone."""
    rows: list[tuple[Cell, ...]] = []
    half: tuple[Cell, ...] = ()
    for piece, text in fields:
        pair = (Cell(piece.label, is_label=True), Cell(text, piece.width, lines=piece.lines))
        if piece.width == 1:
            rows, half = (rows, pair) if not half else ([*rows, half + pair], ())
            continue
        if half:
            rows.append((*half[:1], Cell(half[1].text, 3, lines=half[1].lines)))
            half = ()
        rows.append(pair)
    if half:
        rows.append((*half[:1], Cell(half[1].text, 3, lines=half[1].lines)))
    if rows:
        yield Form(tuple(rows), widths=(1.2, 1.8, 1.2, 1.8))


# Tables that are filled in ----------------------------------------------------------------------

FIGURE_LINE = ("部分", "项目", "内容", "可信等级", "来源")
BY_UNIT, CHANGED = "单位填报", "单位填报，原为“{text}”（{grade}，{note}）"


def as_filled_in(piece: Piece, text: str) -> tuple[str, str, str]:
    """What a line says, how far it is believed, from where: what a person wrote is reported by the unit
    (C), whatever it was before; a blank has no grade."""
    if text == piece.text:
        return text, piece.grade if text else "", piece.note
    if not text:
        return "", "", piece.note
    if not piece.text:
        return text, "C", BY_UNIT
    return text, "C", CHANGED.format(text=piece.text, grade=piece.grade or "—", note=piece.note)


def _figures(lines: Sequence[tuple[Piece, str]]) -> Iterable[Block]:
    """The part is said once, where it begins; a number that stands as it was found opens its rows."""
    if not lines:
        return
    rows, refs, part = [], [], ""
    for piece, text in lines:
        said, grade, note = as_filled_in(piece, text)
        rows.append((piece.part if piece.part != part else "", piece.label, said, grade, note))
        ref = next((each.ref for each in piece.spans if each.ref), "")
        refs.append(("", "", ref if said == piece.text else "", "", ""))
        part = piece.part
    yield Table(
        FIGURE_LINE, tuple(rows), widths=(1.3, 2.9, 2.1, 1.3, 2.6), refs=tuple(refs), left=(0, 1, 4)
    )
