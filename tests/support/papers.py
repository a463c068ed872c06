"""Files as offices send them, made here: PDF with and without text, locked ones, docx with numbers."""

import io
import zipfile
from collections.abc import Sequence

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn


def make_pdf(pages: Sequence[Sequence[str] | None], *, is_locked: bool = False) -> bytes:
    """A PDF of lines per page, in a Chinese font that is not embedded; None makes a page of one picture."""
    objects: list[bytes] = [b"", b""]
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
        b"/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[0 -200 1000 900]"
        b"/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>/DW 1000>>]>>"
    )
    picture = b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>stream\n\x80\nendstream"
    objects += [font, picture]
    kids = []
    for lines in pages:
        if lines is None:
            drawn = b"q 500 0 0 700 50 50 cm /I Do Q"
        else:
            drawn = (
                b"BT /F 12 Tf 18 TL 60 780 Td "
                + b" ".join(
                    b"<" + line.encode("utf-16-be").hex().encode() + b"> Tj T*" for line in lines
                )
                + b" ET"
            )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>/XObject<</I 4 0 R>>>>"
            b"/Contents %d 0 R>>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    out, places = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    lock = b""
    if is_locked:
        key = b"<" + b"41" * 32 + b">"
        lock = b"/Encrypt<</Filter/Standard/V 1/R 2/O%s/U%s/P -4>>/ID[%s%s]" % (key, key, key, key)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, lock, start
    )  # fmt: skip
    return bytes(out)


def make_docx(
    lines: Sequence[str], *, rows: Sequence[Sequence[str]] = (), numbered: Sequence[str] = ()
) -> bytes:
    """A docx: the first line as its title, paragraphs, a table whose first column is merged where a cell is
    empty, and paragraphs that Word numbers 第一条, 第二条."""
    paper = docx.Document()
    paper.add_paragraph(lines[0], style="Title")
    for line in lines[1:]:
        paper.add_paragraph(line)
    if rows:
        table = paper.add_table(rows=len(rows), cols=len(rows[0]))
        for at, row in enumerate(rows):
            for across, cell in enumerate(row):
                table.cell(at, across).text = cell
            if at and not row[0]:
                table.cell(at - 1, 0).merge(table.cell(at, 0))
    if numbered:
        part = paper.part.numbering_part.element
        for number, line in enumerate(numbered):
            if not number:
                kind = OxmlElement("w:abstractNum")
                kind.set(qn("w:abstractNumId"), "99")
                level = OxmlElement("w:lvl")
                level.set(qn("w:ilvl"), "0")
                for name, value in (
                    ("start", "1"),
                    ("numFmt", "chineseCounting"),
                    ("lvlText", "第%1条"),
                ):
                    each = OxmlElement(f"w:{name}")
                    each.set(qn("w:val"), value)
                    level.append(each)
                kind.append(level)
                part.insert(0, kind)
                num = OxmlElement("w:num")
                num.set(qn("w:numId"), "99")
                link = OxmlElement("w:abstractNumId")
                link.set(qn("w:val"), "99")
                num.append(link)
                part.append(num)
            properties = paper.add_paragraph(line)._p.get_or_add_pPr()
            properties.get_or_add_numPr().get_or_add_numId().val = 99
            properties.get_or_add_numPr().get_or_add_ilvl().val = 0
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def with_member(archive: bytes, name: str, content: bytes) -> bytes:
    """A zip with one more member in it."""
    file = io.BytesIO(archive)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr(name, content)
    return file.getvalue()
